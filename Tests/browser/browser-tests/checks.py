"""The checks of Tests/browser/run; each opens a dossier as a reader would."""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import html5lib
from browser import Browser, Failure
from dossiers import LANGUAGES, ODD_NAMES, ROOT, Maker

DESKTOP, PHONE = (1280, 900), (390, 844)
# Bytes that a mail server takes.
LARGEST = 10_000_000
POINT = {"en": ".", "es": ",", "pt": ","}


def expect(holds, what):
    if not holds:
        raise Failure(what)


def anchors(browser):
    """The pages' anchors: the main ones, and one participant's."""
    all_ = browser.evaluate("Array.from(document.querySelectorAll('.page'), (page) => page.id)")
    people = [one for one in all_ if one.startswith("participant-")]
    return [one for one in all_ if one not in people] + people[:1]


def each_look(browser):
    for width, height in (DESKTOP, PHONE):
        for dark in (False, True):
            browser.look(width, height, dark)
            yield ("phone" if width < 500 else "desktop") + ("-dark" if dark else "-light")


class Checks:
    def __init__(self, browser, maker, pictures):
        self.browser, self.maker, self.pictures = browser, maker, pictures
        self.samples = maker.sample()

    def check_every_page_opens_in_every_language(self):
        for language, file in self.samples.items():
            self.browser.open(file)
            expect(self.browser.evaluate("document.documentElement.lang") == language, "lang")
            pages = anchors(self.browser)
            expect(len(pages) == 4, f"pages: {pages}")
            for anchor in pages:
                self.browser.open(file, anchor)
                expect(self.browser.evaluate("document.querySelector('.current').id") == anchor,
                       f"{anchor} is not shown")

    def check_links_change_the_page(self):
        self.browser.open(self.samples["en"])
        self.browser.evaluate("document.querySelector('nav a[href=\"#participants\"]').click()")
        time.sleep(0.2)
        expect(self.browser.evaluate("document.querySelector('.current').id") == "participants",
               "the link does not lead there")
        self.browser.evaluate("document.querySelector('.people a').click()")
        time.sleep(0.2)
        expect(self.browser.evaluate("document.querySelector('.current').id").startswith(
            "participant-"), "no participant's page")

    def rows(self):
        return self.browser.evaluate(
            "Array.from(document.querySelectorAll('#pair-table tbody tr'), (row) => "
            "[row.dataset.pair, row.querySelector('.figure').textContent])")

    def choose(self, id, value):
        self.browser.evaluate(
            "(() => { const field = document.getElementById(%s); field.value = %s; "
            "field.dispatchEvent(new Event('input', {bubbles: true})); })()"
            % (json.dumps(id), json.dumps(value)))
        return self.rows()

    def check_filters_and_sorting(self):
        self.browser.open(self.samples["en"], "cohort")
        all_ = self.rows()
        scores = [float(score) for _, score in all_]
        expect(scores == sorted(scores, reverse=True), "not by score")
        name = self.browser.evaluate(
            "document.querySelector('#pair-table tbody tr:last-child bdi').textContent")
        found = self.choose("pair-text", name.upper())
        expect(found == all_[-1:], f"{name}: {found}")
        expect(len(self.choose("pair-text", "nobody at all")) == 0, "a text that nobody has")
        expect(self.rows() == [] and len(self.choose("pair-text", "")) == len(all_), "no text")
        for id in ("pair-network", "pair-country"):
            values = self.browser.evaluate(
                f"Array.from(document.getElementById('{id}').options, (one) => one.value)")
            expect(values[0] == "" and len(values) > 2, f"{id}: {values}")
            found = [self.choose(id, value) for value in values]
            expect(found[0] == all_, f"{id}: no choice is all")
            expect(all(len(one) < len(all_) for one in found[1:]), f"{id}: nothing is left out")
            expect({row[0] for one in found[1:] for row in one} <= {row[0] for row in all_}
                   and any(found[1:]), f"{id}: nothing is found")
            self.choose(id, "")
        found = self.choose("pair-score", "0.4")
        expect(found == [row for row in all_ if float(row[1]) >= 0.4], "score")
        self.choose("pair-score", "0")
        for column in ("left", "right", "network", "score"):
            self.browser.evaluate(
                f"document.querySelector('#pair-table th[data-column={column}] button').click()")
            once = self.rows()
            self.browser.evaluate(
                f"document.querySelector('#pair-table th[data-column={column}] button').click()")
            twice = self.rows()
            expect(once != twice, f"{column}: two orders")
            expect(sorted(once) == sorted(twice) == sorted(all_), f"{column}: the same rows")

    def check_details_open(self):
        for anchor in anchors_of(self.browser, self.samples["en"]):
            self.browser.open(self.samples["en"], anchor)
            count = self.browser.evaluate(
                "(() => { const all = document.querySelectorAll('.current details'); "
                "all.forEach((one) => one.querySelector('summary').click()); "
                "return Array.from(all).filter((one) => one.open).length; })()")
            expect(anchor == "participants" or count > 0, f"{anchor}: nothing opens")

    def check_figures_are_those_of_the_JSON(self):
        said = json.loads(self.maker.run("pair", "--json").stdout)
        expected = sorted(
            (f"{pair['left']['id']} {pair['right']['id']}", f"{pair['score']:.3f}")
            for pair in said["pairs"])
        for language, file in self.samples.items():
            self.browser.open(file, "cohort")
            shown = sorted((pair, score.replace(POINT[language], ".")) for pair, score in self.rows())
            expect(shown == expected, f"{language}: other pairs or scores")

    def check_nothing_is_wider_than_a_phone(self):
        self.browser.look(*PHONE)
        for file in self.samples.values():
            for anchor in anchors_of(self.browser, file):
                self.browser.open(file, anchor)
                self.browser.evaluate(
                    "document.querySelectorAll('.current details').forEach((one) => "
                    "{ one.open = true; })")
                expect(self.browser.evaluate(
                    "document.scrollingElement.scrollWidth <= innerWidth"), f"{anchor} is wider")
        self.browser.look(*DESKTOP)

    def check_the_keyboard_reaches_everything(self):
        self.browser.open(self.samples["en"], "cohort")
        wanted = self.browser.evaluate(
            "Array.from(document.querySelectorAll('a[href], button, input, select, summary'))"
            ".filter((one) => one.checkVisibility() && !one.disabled).length")
        seen, bare = set(), []
        for _ in range(wanted + 5):
            self.browser.press("Tab", 9)
            place, outline = self.browser.evaluate(
                "(() => { const one = document.activeElement; const style = getComputedStyle(one);"
                "return [Array.from(document.querySelectorAll('*')).indexOf(one), "
                "style.outlineStyle + ' ' + style.outlineWidth + ' ' + style.boxShadow]; })()")
            seen.add(place)
            if outline.startswith("none") and outline.endswith("none"):
                bare.append(place)
        expect(len(seen) >= wanted, f"Tab reaches {len(seen)} of {wanted}")
        # The page itself takes the focus last.
        expect(len(bare) <= 1, f"{len(bare)} elements do not show their focus")

    def check_accessibility(self):
        wrong = set()
        for look in each_look(self.browser):
            if look == "phone-dark":
                continue
            for anchor in anchors_of(self.browser, self.samples["en"]):
                self.browser.open(self.samples["en"], anchor)
                self.browser.evaluate(
                    "document.querySelectorAll('.current details').forEach((one) => "
                    "{ one.open = true; })")
                wrong |= {f"{look} {anchor}: {one}" for one in self.browser.violations()}
        self.browser.look(*DESKTOP)
        expect(not wrong, "\n".join(sorted(wrong)))

    def check_validity(self):
        for file in [*self.samples.values(), self.maker.participant(), self.maker.odd()]:
            parser = html5lib.HTMLParser(strict=True)
            parser.parse(file.read_bytes(), override_encoding="utf-8")
        if tidy := shutil.which("tidy"):
            done = subprocess.run([tidy, "-e", "-q", "--drop-empty-elements", "no",
                                   self.samples["en"]], text=True, capture_output=True)
            errors = [line for line in done.stderr.split("\n") if "Error:" in line]
            expect(not errors, "\n".join(errors[:10]))

    def check_one_participant_alone(self):
        self.browser.open(self.maker.participant())
        expect("Milano" in self.browser.evaluate("document.querySelector('.current h1').textContent"),
               "no heading")

    def check_odd_names(self):
        file = self.maker.odd()
        self.browser.look(*PHONE)
        for anchor in ["cohort", "participants", "participant-odd-0", "participant-odd-5"]:
            self.browser.open(file, anchor)
            expect(self.browser.evaluate("document.scrollingElement.scrollWidth <= innerWidth"),
                   f"{anchor} is wider than a phone")
        self.browser.look(*DESKTOP)
        self.browser.open(file, "participants")
        shown = self.browser.evaluate("document.querySelector('.current').textContent")
        for name in ODD_NAMES[:2]:
            expect(name in shown, f"{name} is not shown as it is")

    def check_none_one_and_many(self):
        for count in (0, 1, 5000):
            file = self.maker.many(count)
            expect(file.stat().st_size < LARGEST, f"{count}: {file.stat().st_size} bytes")
            self.browser.open(file)
            if count == 5000:
                before = self.rows()
                self.browser.evaluate("document.getElementById('pair-next').click()")
                expect(len(before) == 50 and before != self.rows(), "no next page")
                began = time.monotonic()
                self.choose("pair-text", "place 4999")
                expect(time.monotonic() - began < 1, "the filter takes longer than a second")

    def check_saved_results(self):
        saved = self.maker.folder / "pairs.json"
        saved.write_text(self.maker.run("pair", "--json").stdout, "utf-8")
        file = self.maker.report("saved", "--cohort", saved)
        self.browser.open(file, "cohort")
        expect(self.rows(), "no pairs")
        result = json.loads(saved.read_text("utf-8"))
        result["format"] = 0
        saved.write_text(json.dumps(result), "utf-8")
        done = self.maker.run("report", "--cohort", saved, "--out", "-", check=False)
        expect(done.returncode == 65 and "pairs.json" in done.stderr,
               f"an older result: {done.returncode} {done.stderr}")

    def check_first_paint(self):
        file = self.maker.many(1000)
        self.browser.open(file)
        paint = self.browser.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime")
        print(f"      1,000 participants: first paint after {paint:.0f} ms, "
              f"{file.stat().st_size / 1000:,.0f} kB")
        expect(paint is not None, "nothing was painted")

    def check_pictures(self):
        if self.pictures is None:
            return
        for look in each_look(self.browser):
            for anchor in anchors_of(self.browser, self.samples["en"]):
                self.browser.open(self.samples["en"], anchor)
                self.browser.picture(self.pictures / f"{anchor}-{look}.png")
        self.browser.look(*DESKTOP)
        for anchor in anchors_of(self.browser, self.samples["en"]):
            self.browser.open(self.samples["en"], anchor)
            paper = self.pictures / f"{anchor}-paper.pdf"
            self.browser.paper(paper)
            if shutil.which("pdftoppm"):
                subprocess.run(["pdftoppm", "-r", "50", "-png", paper, paper.with_suffix("")],
                               check=True)


def anchors_of(browser, file):
    browser.open(file)
    return anchors(browser)


def main():
    parser = argparse.ArgumentParser(prog="Tests/browser/run", description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / ".build/release/encuentro"))
    parser.add_argument("--pictures", type=Path, help="a folder for pictures of every page")
    parser.add_argument("names", nargs="*", help="parts of the checks' names")
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="encuentro-dossiers-") as folder, Browser() as browser:
        browser.look(*DESKTOP)
        checks = Checks(browser, Maker(str(Path(options.binary).resolve()), folder), options.pictures)
        for name in [one for one in dir(Checks) if one.startswith("check_")]:
            if options.names and not any(part in name for part in options.names):
                continue
            began = time.monotonic()
            try:
                getattr(checks, name)()
                word = "ok   "
            except Exception as error:
                failed += 1
                word = "FAILED"
                print(error if isinstance(error, Failure) else traceback.format_exc())
            print(f"{word} {name[6:].replace('_', ' ')}  {time.monotonic() - began:.1f} s", flush=True)
    print(f"{failed} failed" if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
