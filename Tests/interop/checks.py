"""Runs all checks and prints a line for each; the arguments are parts of names."""

import pathlib
import sys
import time
import unittest


def each(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from each(item)
        else:
            yield item


class Lines(unittest.TestResult):
    """Prints a line when a check ends."""

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()

    def line(self, verdict, test):
        # What fails before a class's first check has another form of name.
        kind, name = (["", ""] + test.id().rsplit(".", 2))[-2:]
        took = 1000 * (time.monotonic() - getattr(self, "began", time.monotonic()))
        name = name.replace("test_", "", 1).replace("_", " ")
        print("%-4s  %-14s  %-62s %6.0f ms" % (verdict, kind, name, took), flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line("FAIL", test)

    def addError(self, test, err):
        super().addError(test, err)
        self.line("FAIL", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line("skip", test)


def main(parts):
    found = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent))
    chosen = [
        test for test in each(found)
        if not parts or any(
            part in test.id() or part in test.id().replace("_", " ") for part in parts)]
    result = Lines()
    began = time.monotonic()
    unittest.TestSuite(chosen).run(result)
    for test, trace in result.failures + result.errors:
        print("\n%s\n%s" % (test.id(), trace))
    wrong = len(result.failures) + len(result.errors)
    print("%d checks, %d failed, %d skipped, %.1f s" % (
        result.testsRun, wrong, len(result.skipped), time.monotonic() - began))
    return 1 if wrong or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
