"""The server under test: one that runs already, or one that a test starts."""

import os
import pathlib
import re
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def address():
    """Where the runner says that the server listens."""
    return parsed(os.environ["ENCUENTRO_SERVER"])


def parsed(text):
    host, port = re.search(r"(\[[^\]]+\]|[^\s:\[\]]+):(\d+)", text).groups()
    return host.strip("[]"), int(port)


class OwnServer:
    """A server of the test's own, for what ends it."""

    def __init__(self):
        program = os.environ.get("ENCUENTRO_PROGRAM", str(ROOT / ".build/release/encuentro"))
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--log-level", "none"],
            stdout=subprocess.PIPE, cwd=ROOT, text=True)
        self.address = parsed(self.process.stdout.readline())

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, timeout=30):
        """The exit code."""
        return self.process.wait(timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
