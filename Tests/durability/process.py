"""The server that is killed, and the doctor that looks at what it leaves."""

import json
import os
import pathlib
import select
import signal
import subprocess
import time

import server
from ledger import Violation

# For a start on a machine that is busy with other things.
START = 120


class Server:
    """A server over a data directory; its log is added to a file."""

    def __init__(self, binary, data, log):
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                [binary, "serve", "--listen", "127.0.0.1:0", "--data", data,
                 "--log-level", "warning"],
                stdout=subprocess.PIPE, stderr=errors, cwd=server.ROOT)
        self.address = None

    def wait_until_ready(self):
        """Reads where it listens. Raises Violation when it does not start."""
        end = time.monotonic() + START
        line = b""
        while not line.endswith(b"\n"):
            rest = end - time.monotonic()
            if rest < 0 or not select.select([self.process.stdout], [], [], rest)[0]:
                raise Violation("the server was not ready within %d s" % START)
            part = os.read(self.process.stdout.fileno(), 4096)
            if not part:
                raise Violation("the server ended with %d at its start" % self.process.wait(10))
            line += part
        self.address = server.parsed(line.decode())

    def kill(self):
        """Ends it as a crash would. Raises Violation when it had ended by itself."""
        code = self.process.poll()
        if code is not None:
            raise Violation("the server ended by itself with %d" % code)
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self):
        """Ends it in order."""
        os.kill(self.process.pid, signal.SIGTERM)
        code = self.process.wait(60)
        if code != 0:
            raise Violation("the server ended with %d after SIGTERM" % code)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def doctor(binary, data):
    """What `encuentro doctor` counts. Raises Violation when it finds something wrong."""
    done = subprocess.run(
        [binary, "doctor", "--data", data, "--json"], capture_output=True, text=True,
        timeout=300, cwd=server.ROOT)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        raise Violation("doctor ended with %d: %s" % (done.returncode, done.stderr.strip()))
    if report["faults"] or done.returncode != 0:
        raise Violation("doctor ended with %d and found %s" % (
            done.returncode, "; ".join(map(str, report["faults"])) or "nothing"))
    return report


def logged_errors(log):
    """The lines of the server's log that tell of an error."""
    result = []
    for line in pathlib.Path(log).read_text("utf-8", "replace").splitlines():
        try:
            is_error = json.loads(line).get("level") == "error"
        except ValueError:
            # A crash writes no JSON; the last line before a kill may be cut.
            is_error = "atal error" in line
        if is_error:
            result.append(line)
    return result
