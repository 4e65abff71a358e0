"""Pairs and reassigns a whole cohort over TCP, and measures what callers notice of it:
how often progress comes, how long a suggest call beside it takes, how soon a cancelled
job stops, and that a commit is there whole or not at all, also after kill -9.

    Benchmarks/service/batch [--participants 10000] [--rate 100] [--cancels 10] [--kills 3]

Prints a table, puts it into docs/performance.md, and leaves every figure in
Benchmarks/results/batch.json. Exit code 1 when a run is not whole.
"""

import argparse
import itertools
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import report
from client import Connection
from run import ROOT, build, say

from encuentro.v1 import cohort_pb2, reassignment_pb2, runs_pb2

PROGRAM = ROOT / ".build/release/encuentro"
# Above what any step takes, so that a hang is an error.
PATIENCE = 600


class Server:
    """`encuentro serve` with a store in a folder."""

    def __init__(self, data):
        self.log = open(data.parent / "log", "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0",
             "--data", data, "--log-calls", "failed"],
            stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=ROOT)
        ready = self.process.stdout.readline()
        self.address = ("127.0.0.1", int(re.search(r"ready on 127\.0\.0\.1:(\d+)", ready)[1]))
        self.metrics_url = re.search(r"http://\S+/metrics", ready)[0]

    def jobs(self):
        """How many batch jobs wait or run."""
        with urllib.request.urlopen(self.metrics_url, timeout=10) as answer:
            return sum(int(n) for n in re.findall(
                r'^encuentro_rpc_open\{method="[^"]*/(?:PairCohort|ReassignNetworks)"\} (\d+)',
                answer.read().decode(), re.MULTILINE))

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(60)
        self.process.stdout.close()
        self.log.close()


class Load:
    """Suggest calls at a constant rate, until stopped."""

    def __init__(self, server, rate):
        self.process = subprocess.Popen(
            [PROGRAM, "load", "--server", "%s:%d" % server.address, "--rate", str(rate),
             "--connections", "4", "--duration", "%ds" % PATIENCE, "--mix", "suggest=1", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        # Past the warm-up, which is not counted.
        time.sleep(4)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        text, _ = self.process.communicate(timeout=60)
        return json.loads(text)


def jobs():
    """Name, method, and the request of a dry run or a commit."""
    def pair(commit=False, **fields):
        return cohort_pb2.PairCohortRequest(commit=commit, actor="benchmark", **fields)

    def reassign(commit=False, **fields):
        return reassignment_pb2.ReassignNetworksRequest(commit=commit, actor="benchmark", **fields)
    return {
        "pairs, without quotas": ("PairCohort", cohort_pb2.PairCohortResponse,
                                  lambda **f: pair(without_quotas=True, **f)),
        "reassignment": ("ReassignNetworks", reassignment_pb2.ReassignNetworksResponse, reassign)}


def open_job(connection, job, **fields):
    method, response, request = job
    return connection.stream("Matchmaking/" + method, response, request(**fields))


def timed(server, name, **fields):
    """What `measured` gives, from a process that lets others go first: this client's
    reading of ten thousand rows is nothing that a caller beside it should feel."""
    with ProcessPoolExecutor(1, initializer=os.nice, initargs=(10,)) as pool:
        return pool.submit(measured, server.address, name, fields).result()


def measured(address, name, fields):
    """Runs a job; its seconds, messages and silences, and the run that it recorded."""
    job = jobs()[name]
    with Connection(address) as connection:
        began = last = time.monotonic()
        call = open_job(connection, job, **fields)
        silences, progress, run = [], 0, None
        while (step := call.next(PATIENCE)) is not None:
            now = time.monotonic()
            if step.WhichOneof("step") in ("progress", "header"):
                silences.append(now - last)
                last = now
                progress += 1
            elif step.HasField("run"):
                run = step.run.id
        return {"seconds": time.monotonic() - began, "progress": progress,
                "longestSilence": max(silences), "run": run, "bytes": call.received}


def beside(server, rate, work):
    """The longest of what happens in ten seconds or once, and the calls meanwhile."""
    load = Load(server, rate)
    end = time.monotonic() + 10
    found = [work()]
    while time.monotonic() < end:
        found.append(work())
    suggest = load.stop()
    result = max(found, key=lambda one: one.get("longestSilence", 0))
    result["times"] = len(found)
    result["suggest"] = {"calls": suggest["answered"], "errors": suggest["errors"],
                         **suggest["latency"]}
    return result


def cancelled(server, job, longest, chance):
    """Cancels a job at some time of its life; seconds until it is answered, and until
    the server says that it runs no more."""
    with Connection(server.address) as connection:
        call = open_job(connection, job)
        connection.pump_for(chance.uniform(0.05, 0.9) * min(longest, 20))
        began = time.monotonic()
        call.cancel()
        code = call.status()
        answered = time.monotonic() - began
        while server.jobs():
            time.sleep(0.001)
        return {"code": code, "answered": answered, "stopped": time.monotonic() - began}


def runs(server):
    """Every recorded run, and whether its document can be read whole."""
    with Connection(server.address) as connection:
        listed = connection.unary("Matchmaking/ListRuns", runs_pb2.ListRunsResponse,
                                  runs_pb2.ListRunsRequest(page_size=1000))
        result = {}
        for run in listed.runs:
            document = b"".join(
                part.result for part in connection.stream(
                    "Matchmaking/GetRun", runs_pb2.GetRunResponse,
                    runs_pb2.GetRunRequest(id=run.id)).all(PATIENCE))
            json.loads(document)
            result[run.id] = run.committed
        return result


def killed(data, name, seconds, key):
    """Kills the server at a time of a commit, and sends the same commit again."""
    server = Server(data)
    with Connection(server.address) as connection:
        before = runs(server)
        open_job(connection, jobs()[name], commit=True, idempotency_key=key)
        connection.pump_for(seconds)
    server.stop(signal.SIGKILL)
    found = subprocess.run([PROGRAM, "doctor", "--data", data], cwd=ROOT, text=True,
                           capture_output=True)
    server = Server(data)
    new = set(runs(server)) - set(before)
    again = timed(server, name, commit=True, idempotency_key=key)["run"]
    after = set(runs(server)) - set(before)
    server.stop()
    return {"at": seconds, "healthy": found.returncode == 0, "runsAfterKill": len(new),
            "once": after == {again} and new <= after}


def fill(folder, count):
    cohort, data = folder / "cohort.jsonl", folder / "data"
    with open(cohort, "wb") as file:
        subprocess.run([ROOT / "Benchmarks/service/make_participants.py", str(count)],
                       stdout=file, check=True)
    subprocess.run([PROGRAM, "import", cohort, "--data", data], check=True, cwd=ROOT,
                   stdout=sys.stderr)
    return data


def measure(arguments, folder):
    chance = random.Random(arguments.seed)
    data = fill(folder, arguments.participants)
    say("starting the server")
    server = Server(data)
    keys = itertools.count()
    alone = beside(server, arguments.rate, lambda: time.sleep(10) or {})
    result = {"participants": arguments.participants, "rate": arguments.rate,
              "seed": arguments.seed, "alone": alone["suggest"], "jobs": {}, "cancels": {}}
    for name in jobs():
        say(name)
        result["jobs"][name] = beside(server, arguments.rate, lambda name=name: timed(server, name))
        result["jobs"][name + ", committed"] = beside(
            server, arguments.rate,
            lambda name=name: timed(
                server, name, commit=True, idempotency_key=f"batch-{next(keys)}"))
    for name, job in jobs().items():
        say(f"cancelling: {name}")
        longest = result["jobs"][name]["seconds"]
        result["cancels"][name] = [
            cancelled(server, job, longest, chance) for _ in range(arguments.cancels)]
    result["runs"] = list(runs(server).values())
    server.stop()
    seconds = result["jobs"]["reassignment"]["seconds"]
    result["kills"] = []
    for number in range(arguments.kills):
        at = seconds * (number + 1) / arguments.kills
        say(f"kill -9 after {at:.2f} s of a commit")
        result["kills"].append(killed(data, "reassignment", at, f"kill-{number}"))
    return result


def microseconds(value):
    return f"{value / 1e3:,.2f} ms"


def markdown(result):
    facts = result["machine"]
    rows = [["none", "", "", "", "", *[microseconds(result["alone"][p]) for p in ("p50", "p99", "max")]]]
    for name, job in result["jobs"].items():
        suggest = job["suggest"]
        rows.append([name, str(job["times"]), f"{job['seconds']:.2f} s", f"{job['progress']:,}",
                     f"{job['longestSilence'] * 1e3:.0f} ms",
                     *[microseconds(suggest[p]) for p in ("p50", "p99", "max")]])
    cancels = [[name, str(len(all_)),
                f"{statistics.median(c['answered'] for c in all_) * 1e3:.1f} ms",
                f"{max(c['answered'] for c in all_) * 1e3:.1f} ms",
                f"{max(c['stopped'] for c in all_) * 1e3:.1f} ms"]
               for name, all_ in result["cancels"].items()]
    kills = result["kills"]
    return "\n\n".join([
        f"Measured on {facts['date']}, commit {facts['commit']}, on {facts['processor']} with "
        f"{facts['cores']} cores, server, load and client together: {result['participants']:,} "
        f"participants, {result['rate']} suggest calls a second beside each job, which is done again "
        "and again for ten seconds. Of the job, the time with the longest silence is shown.",
        report.table(["job", "times", "seconds", "progress messages", "longest silence", "suggest p50", "p99",
                      "max"], rows),
        report.table(["cancelled at a random time", "times", "answered, median", "answered, longest",
                      "stopped, longest"], cancels),
        f"Killed with kill -9 during {len(kills)} commits: the run was there "
        f"{sum(k['runsAfterKill'] for k in kills)} times and whole, otherwise not at all; sent "
        "again with the same key it was there once, and `doctor` found nothing, "
        f"{sum(k['once'] and k['healthy'] for k in kills)} of {len(kills)} times."])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--participants", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=100, help="suggest calls a second")
    parser.add_argument("--cancels", type=int, default=10, help="of each job")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dry", action="store_true", help="print only, write no document")
    arguments = parser.parse_args()
    build("encuentro")
    folder = Path(tempfile.mkdtemp(prefix="encuentro-batch-"))
    try:
        result = {"machine": report.machine(ROOT)} | measure(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.dry:
        print(markdown(result))
    else:
        report.save(result, markdown(result), "batch", "Benchmarks/service/batch", ROOT)
    whole = all(k["once"] and k["healthy"] for k in result["kills"])
    cancelled_all = all(c["code"] == "CANCELLED" for all_ in result["cancels"].values() for c in all_)
    return 0 if whole and cancelled_all else 1


if __name__ == "__main__":
    sys.exit(main())
