#!/usr/bin/env python3
"""Makes a cohort of any size out of the sample's participants, as JSON Lines.

    Benchmarks/service/make_participants.py 10000 > cohort.jsonl
    Benchmarks/service/make_participants.py 10000 --seed 7

Each has a plan whose sections come from two sample plans of one language, and facts
of a participant of the programme's countries, so that texts, sizes and languages are
as in the sample. Half are European. Nobody of them exists.
"""

import argparse
import json
import random
import sys
from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "Sources/Programme/Resources"


def sample():
    for name in ("participants-cities.jsonl", "participants-regions.jsonl"):
        with open(RESOURCES / name, encoding="utf-8") as file:
            yield from (json.loads(line) for line in file if line.strip())


def european_countries():
    regions = json.loads((RESOURCES / "programme.json").read_text("utf-8"))["regions"]
    return {country["code"] for region in regions if region.get("european")
            for country in region["countries"]}


def make(number, facts, plans, chance):
    roles = [s["role"] for s in plans[0]["sections"]]
    sections = []
    for role in roles:
        choices = [s for plan in plans for s in plan["sections"] if s["role"] == role]
        sections.append(chance.choice(choices))
    made = {key: facts[key] for key in ("kind", "country", "languages", "members") if key in facts}
    return made | {
        "id": f"made-{number:05}",
        "name": f"Made {number:05}",
        "population": max(1, int(facts["population"] * chance.lognormvariate(0, 0.5))),
        "alumni": chance.random() < 0.4,
        "capacity": chance.choice([1, 1, 1, 2]),
        "plan": {"language": plans[0]["language"], "title": plans[0]["title"],
                 "illustrative": True, "sections": sections},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    people = [one for one in sample() if one.get("plan")]
    european = european_countries()
    sides = ([p for p in people if p["country"] in european],
             [p for p in people if p["country"] not in european])
    by_language = {}
    for person in people:
        by_language.setdefault(person["plan"]["language"], []).append(person["plan"])
    for number in range(options.count):
        facts = chance.choice(sides[number % 2])
        plans = by_language[facts["plan"]["language"]]
        pair = [facts["plan"], chance.choice(plans)]
        json.dump(make(number, facts, pair, chance), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
