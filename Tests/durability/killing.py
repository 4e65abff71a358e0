"""Kills a server under a write load, again and again, over one data directory.

After each restart every acknowledged write must be there, and nothing else: none lost,
none torn, none done twice, whatever was under way at the kill. Writes without an answer
are sent again with their keys. A kill ends the process, not the machine: what SQLite has
handed to the kernel survives it, so this tests the order of writing and answering and
the recovery, and not whether the disk was told to keep it.
"""

import argparse
import collections
import dataclasses
import pathlib
import random
import shutil
import sys
import tempfile
import time

import server
import verification
from client import Connection, Failed
from ledger import SENDERS, Ledger, Violation
from process import Server, doctor, logged_errors
from wire import Closed, Silence
from writer import Calm, Writer


@dataclasses.dataclass
class Totals:
    """What happened over all rounds."""

    rounds: int = 0
    early_kills: int = 0
    doctored: int = 0
    # Writes without an answer that had been done at the kill, and that had not.
    done_before: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    done_anew: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    repeated: int = 0
    # Old writes that the server would not know again, since a participant is gone.


class Killing:
    """The test: a data directory, the ledgers of its writers, and the rounds."""

    def __init__(self, options, folder):
        self.options = options
        self.data = str(folder / "data")
        self.log = str(folder / "server.log")
        self.chance = random.Random(options.seed)
        self.ledgers = [Ledger("w%d" % n) for n in range(options.writers)]
        self.totals = Totals()

    def run(self):
        for number in range(1, self.options.rounds + 1):
            start = time.monotonic()
            before = self._acknowledged()
            settled = self._round(number)
            self.totals.rounds = number
            note = ""
            # Not each time: the doctor's opening mends what the server is to mend.
            if number % self.options.doctor_every == 0:
                self._doctor()
                note = ", doctor well"
            print("round %d of %d: %d acknowledged, %d sent again%s (%.1f s)" % (
                number, self.options.rounds, self._acknowledged() - before, settled, note,
                time.monotonic() - start), file=sys.stderr, flush=True)
        self._finish()

    def _acknowledged(self):
        return sum(ledger.acknowledged.total() for ledger in self.ledgers)

    def _round(self, number):
        """Start, check, write, kill. Returns how many writes had to be sent again."""
        if self.chance.random() < 0.1:
            # Recovery must bear to be interrupted too.
            with Server(self.options.binary, self.data, self.log) as early:
                time.sleep(self.chance.uniform(0.0, 0.3))
                early.kill()
            self.totals.early_kills += 1
        with Server(self.options.binary, self.data, self.log) as process:
            process.wait_until_ready()
            settled = self._verify(process.address)
            calm = Calm()
            writers = [
                Writer(process.address, ledger, calm, "%s/%d/%s" % (
                    self.options.seed, number, ledger.name),
                    "s%s-r%d-%s" % (self.options.seed, number, ledger.name))
                for ledger in self.ledgers]
            for writer in writers:
                writer.start()
            time.sleep(self.chance.uniform(0.05, 1.0))
            process.kill()
            for writer in writers:
                writer.join(60)
                if writer.is_alive():
                    raise Violation("writer %s hangs after the kill" % writer.name)
        for writer in writers:
            if isinstance(writer.failure, Violation):
                raise writer.failure
            if writer.failure is not None:
                raise Violation("writer %s: %r" % (writer.name, writer.failure))
        return settled

    def _verify(self, address):
        """Compares, settles what is open, compares again, and repeats old writes."""
        with Connection(address) as connection:
            done = verification.check(verification.look(connection), self.ledgers)
            settled = 0
            for ledger in self.ledgers:
                if ledger.pending is None:
                    continue
                kind = ledger.pending.kind
                was_done = verification.settle(connection, ledger, done)
                (self.totals.done_before if was_done else self.totals.done_anew)[kind] += 1
                settled += 1
            self._repeat_some(connection)
            verification.check(verification.look(connection), self.ledgers)
        return settled

    def _repeat_some(self, connection):
        old = [(ledger, *entry) for ledger in self.ledgers for entry in ledger.remembered]
        for ledger, write, answer in self.chance.sample(old, min(len(old), 5)):
            verification.repeat(connection, write, answer)
            self.totals.repeated += 1

    def _doctor(self):
        report = doctor(self.options.binary, self.data)
        self.totals.doctored += 1
        return report

    def _finish(self):
        """The last look, an orderly end, and the doctor's counts against the ledgers'."""
        with Server(self.options.binary, self.data, self.log) as process:
            process.wait_until_ready()
            self._verify(process.address)
            process.stop()
        report = self._doctor()
        expected = {
            "participants": sum(len(ledger.people) for ledger in self.ledgers),
            "decisions": sum(len(ledger.decisions) for ledger in self.ledgers),
            "runs": sum(len(ledger.runs) for ledger in self.ledgers),
            "keys": self._acknowledged(), "revision": self._acknowledged()}
        for name, count in expected.items():
            if report[name] != count:
                raise Violation("doctor counts %d %s, expected %d" % (report[name], name, count))
        errors = logged_errors(self.log)
        if errors:
            raise Violation("the server has logged errors, first: %s" % errors[0])

    def summary(self):
        totals = self.totals
        kinds = sum((ledger.acknowledged for ledger in self.ledgers), collections.Counter())
        lines = ["%d rounds, %d kills while starting, doctor well %d times" % (
            totals.rounds, totals.early_kills, totals.doctored)]
        lines.append("%d writes acknowledged, %d runs refused because of newer writes" % (
            kinds.total(), sum(ledger.aborted for ledger in self.ledgers)))
        lines.append("%-14s%14s%22s%14s" % (
            "", "acknowledged", "no answer, yet done", "done anew"))
        for kind in SENDERS:
            lines.append("%-14s%14d%22d%14d" % (
                kind, kinds[kind], totals.done_before[kind], totals.done_anew[kind]))
        lines.append("%d old writes sent again and answered as before" % totals.repeated)
        return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(
        prog="Tests/durability/run", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None, help="default: another each time")
    parser.add_argument("--binary", default=str(server.ROOT / ".build/release/encuentro"))
    parser.add_argument("--writers", type=int, default=6, help="connections that write")
    parser.add_argument("--doctor-every", type=int, default=10, metavar="ROUNDS")
    options = parser.parse_args()
    options.binary = str(pathlib.Path(options.binary).resolve())
    if options.seed is None:
        options.seed = random.randrange(1 << 32)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="encuentro-durability-"))
    test = Killing(options, folder)
    print("seed %d, data in %s" % (options.seed, folder), file=sys.stderr, flush=True)
    try:
        test.run()
    except (Violation, Failed, Closed, Silence, AssertionError, OSError) as failure:
        print(test.summary())
        print("VIOLATION in round %d: %s: %s\ndata and log are kept in %s" % (
            test.totals.rounds + 1, type(failure).__name__, failure, folder))
        return 1
    print(test.summary())
    print("nothing lost, nothing torn, nothing done twice")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
