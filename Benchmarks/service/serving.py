"""A server to be measured, what Linux says of its process, and load on it."""

import contextlib
import dataclasses
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import typing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Profiles of all participants are made before a server is ready.
START = 600


class Trouble(Exception):
    """Something did not work, so that nothing can be measured."""


@dataclasses.dataclass(frozen=True)
class Sample:
    """A process at a moment; memory in KiB."""

    second: float
    rss: int
    # Without pages of mapped files, such as the model's.
    anonymous: int
    # What is shared with other processes counted in part.
    pss: int
    files: int
    threads: int


def sample(pid, second):
    """Raises FileNotFoundError or ProcessLookupError when the process is gone."""
    status = Path("/proc/%d/status" % pid).read_text()
    rollup = Path("/proc/%d/smaps_rollup" % pid).read_text()

    def number(text, name):
        return int(re.search(r"^%s:\s+(\d+)" % name, text, re.MULTILINE).group(1))

    return Sample(
        second, number(status, "VmRSS"), number(status, "RssAnon"), number(rollup, "Pss"),
        len(os.listdir("/proc/%d/fd" % pid)), number(status, "Threads"))


class Server:
    """A server over a data directory, whose log goes to a file."""

    def __init__(self, binary, data, log):
        self.log = Path(log)
        with open(log, "wb") as errors:
            # Not every call: in minutes that would be a large file.
            self.process = subprocess.Popen(
                [binary, "serve", "--listen", "127.0.0.1:0", "--data", data,
                 "--log-calls", "failed"],
                stdout=subprocess.PIPE, stderr=errors, cwd=ROOT)
        self.address = None

    @property
    def pid(self):
        return self.process.pid

    def wait_until_ready(self):
        output = self.process.stdout
        if not select.select([output], [], [], START)[0]:
            raise Trouble("the server was not ready within %d s" % START)
        ready = re.search(r"ready on (\S+:\d+)", output.readline().decode())
        if not ready:
            raise Trouble("the server did not start:\n" + self.log.read_text())
        self.address = ready.group(1)

    def stop(self):
        """Ends it in order; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def logged(self, *levels):
        """The events of some levels; a line that is none, as of a crash, counts as one
        of each."""
        result = []
        for line in self.log.read_text("utf-8", "replace").splitlines():
            try:
                if json.loads(line)["level"] in levels:
                    result.append(line)
            except (ValueError, KeyError, TypeError):
                result.append(line)
        return result

    def failed_calls(self):
        """How many calls the server itself knows to have failed. One that failed only
        for the load was lost on the way."""
        return sum('"event":"call"' in line for line in self.log.open(encoding="utf-8"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def fill(binary, data, count):
    """A store with so many made participants."""
    made = subprocess.run(
        [sys.executable, str(ROOT / "Benchmarks/service/make_participants.py"), str(count)],
        check=True, capture_output=True).stdout
    path = Path(data + ".jsonl")
    path.write_bytes(made)
    done = subprocess.run(
        [binary, "import", "--data", data, str(path)], capture_output=True, text=True, cwd=ROOT)
    path.unlink()
    if done.returncode != 0:
        raise Trouble("the participants were not imported: " + done.stderr.strip())


@contextlib.contextmanager
def load(binary, address, rate, seconds, *options):
    """Load on a server, in a process of its own, which is ended with the context."""
    # Files, since nobody may read until it has ended, and a report can fill a pipe.
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [binary, "load", "--server", address, "--rate", "%.1f" % rate,
             "--duration", "%.0fs" % seconds, "--json", *options],
            stdout=output, stderr=errors, cwd=ROOT)
        try:
            yield Load(process, output, errors)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


@dataclasses.dataclass(frozen=True)
class Load:
    """`encuentro load`, while it runs."""

    process: subprocess.Popen
    output: typing.TextIO
    errors: typing.TextIO

    @property
    def is_running(self):
        return self.process.poll() is None

    def report(self, timeout):
        """What it reports at its end."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Trouble("the load did not end in time")
        self.output.seek(0)
        self.errors.seek(0)
        try:
            return json.loads(self.output.read())
        except ValueError:
            raise Trouble("the load ended with %d: %s" % (
                self.process.returncode, self.errors.read().strip()))


def is_sustained(report, share=0.99, p99_us=100_000):
    """Whether a server has kept up."""
    return (report["achieved"] >= share * report["rate"] and not report["errors"]
            and not report["unanswered"] and report["latency"]["p99"] < p99_us)


def highest_rate(binary, address, tell):
    """The highest rate, within a tenth, at which a server keeps up: doubled until it no
    longer does, then narrowed down.

    A probe that fails is made once more, since others use the machine too."""
    def holds(rate):
        for _ in range(2):
            with load(binary, address, rate, 5, "--warm-up", "1s") as probe:
                report = probe.report(120)
            good = is_sustained(report)
            tell("%.0f calls a second: %.0f achieved, p99 %.1f ms, %s" % (
                rate, report["achieved"], report["latency"]["p99"] / 1000,
                "held" if good else "not held"))
            if good:
                return True
        return False

    low = 100.0
    while not holds(low):
        low /= 2
        if low < 1:
            raise Trouble("the server keeps up with no rate at all")
    high = 2 * low
    while holds(high):
        low, high = high, 2 * high
    while high / low > 1.1:
        middle = (low * high) ** 0.5
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
