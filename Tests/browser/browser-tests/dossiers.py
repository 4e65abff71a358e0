"""Dossiers of the sample, of odd participants, and of many."""

import json
import random
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ["en", "es", "pt"]
ODD_NAMES = [
    "<script>alert(1)</script>", "\"quotes\" & 'apostrophes'", "مدينة القدس", "עיר", "🏙️ Ciudad 👩‍💻",
    "W" * 10_000, "</script><!--", "]]>&amp;", "\u202eright to left", "javascript:alert(1)"]


class Maker:
    """Runs `encuentro report`, into a folder."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, Path(folder)

    def run(self, *words, check=True):
        return subprocess.run([self.binary, *map(str, words)], cwd=ROOT, check=check, text=True,
                              capture_output=True, timeout=600)

    def report(self, name, *words):
        file = self.folder / (name + ".html")
        self.run("report", "--out", file, *words)
        return file

    def sample(self):
        """The whole sample in every language, with a reassignment."""
        return {language: self.report(
            "sample-" + language, "--lang", language, "--min-size", 9, "--max-size", 16)
            for language in LANGUAGES}

    def participant(self):
        return self.report("participant", "--participant", "Milano")

    def odd(self):
        """Participants with names and plans that no page should trust."""
        people = []
        for place, name in enumerate(ODD_NAMES * 2):
            european = place < len(ODD_NAMES)
            people.append(person(
                f"odd-{place}", name, "IT" if european else "BR",
                text=f"{name}. Solar roofs and cycle lanes for social housing. {name}",
                located=place % 3 != 0))
        return self.report("odd", "--no-quotas", "--participants", self._write("odd", people))

    def many(self, count):
        """Participants without plans, which take no time to read."""
        chance = random.Random(count)
        people = [
            person(f"p-{place}", f"Place {place}", "IT" if place % 2 else "BR", chance=chance)
            for place in range(count)]
        return self.report(
            f"many-{count}", "--no-quotas", "--participants", self._write(f"many-{count}", people))

    def _write(self, name, people):
        file = self.folder / (name + ".jsonl")
        file.write_text("".join(json.dumps(one) + "\n" for one in people), "utf-8")
        return file


def person(id, name, country, text=None, located=True, chance=random.Random(0)):
    result = {
        "id": id, "name": name, "aliases": [], "kind": "city", "members": [], "country": country,
        "population": chance.randint(50_000, 2_000_000), "languages": ["en"], "alumni": False,
        "capacity": 1, "partners": [],
        "survey": {f"N{n}": chance.randint(0, 5) for n in range(1, 8)}}
    if located:
        result |= {"latitude": 41.0 + chance.random() if country == "IT" else -10.0 - chance.random(),
                   "longitude": 12.0 + chance.random() if country == "IT" else -50.0}
    if text:
        result["plan"] = {"language": "en", "title": name, "illustrative": True,
                          "sections": [{"heading": name, "role": "context", "text": text}]}
    return result
