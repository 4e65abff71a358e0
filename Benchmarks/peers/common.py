"""What all runners share: texts, folds, the head, the figures, and the steps.

    python Benchmarks/peers/NAME.py train   CORPUS WORK
    python Benchmarks/peers/NAME.py measure TEXTS.jsonl WORK

`train` learns from every passage of a folder of labelled texts, those of "none
of these" included, and leaves its state in the folder WORK. `measure` is a
process of its own, so that its peak memory is that of classifying alone; it
prints JSON. Both run on one thread; the caller sets the environment for that.
"""

import hashlib
import json
import os
import pickle
import resource
import statistics
import sys
import time
from pathlib import Path

import numpy as np

NETWORKS = [f"N{number}" for number in range(1, 8)]
FOLDS = 5


class Texts:
    """Labelled texts: the file itself, or all .jsonl files of a folder."""

    def __init__(self, path):
        path = Path(path)
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        lines = [line for file in files for line in file.read_text("utf-8").split("\n")]
        items = [json.loads(line) for line in lines if line.strip()]
        self.texts = [item["text"] for item in items]
        self.targets = np.array(
            [[label in item["labels"] for label in NETWORKS] for item in items])
        self.primary = np.array(
            [NETWORKS.index(item["primary"]) if item["primary"] else -1 for item in items])

    def __len__(self):
        return len(self.texts)


def folds(count):
    """The same fold for the same passage whoever asks; neighbours in a file,
    which are alike in kind, are spread over all of them."""
    return np.arange(count) % FOLDS


def average_precision(scores, targets):
    """Label-ranking average precision of one text, ties counting against it."""
    at_least = scores[None, :] >= scores[targets][:, None]
    return (at_least[:, targets].sum(axis=1) / at_least.sum(axis=1)).mean()


def figures(probabilities, texts, threshold):
    """The figures as ClassificationReport defines them. A text is "none of
    these" when no network's probability reaches the threshold. `decision` is
    the share of texts whose final word, a network or none, is right: there a
    labelled text that is called "none of these" counts as wrong."""
    best = probabilities.argmax(axis=1)
    is_none = probabilities.max(axis=1) < threshold
    labelled = texts.primary >= 0
    right = np.where(labelled, best == texts.primary, is_none)
    within = np.where(labelled, texts.targets[np.arange(len(best)), best], is_none)
    return {
        "primaryAccuracy": float(right.mean()),
        "inLabels": float(within.mean()),
        "decision": float((right & (is_none != labelled)).mean()),
        "lrap": float(np.mean([
            average_precision(probabilities[row], texts.targets[row])
            for row in np.flatnonzero(labelled)])),
    }


def tune(candidates, fit_predict, texts):
    """Chooses among settings by cross-validation on the corpus alone.

    fit_predict(setting, train, test) gives the probabilities of the passages
    `test` after learning from `train`, both index arrays. The setting with the
    best mean of the figures wins; with it comes the threshold of the best decisions.
    """
    fold = folds(len(texts))
    best = None
    for setting in candidates:
        probabilities = np.zeros(texts.targets.shape)
        for number in range(FOLDS):
            test = np.flatnonzero(fold == number)
            probabilities[test] = fit_predict(setting, np.flatnonzero(fold != number), test)
        threshold = max(
            np.linspace(0.05, 0.95, 19),
            key=lambda value: figures(probabilities, texts, value)["decision"])
        validated = figures(probabilities, texts, threshold)
        print(f"  {setting}: {validated}", file=sys.stderr)
        merit = sum(validated.values())
        if best is None or merit > best["merit"]:
            best = {"merit": merit, "setting": setting, "threshold": float(threshold),
                    "validated": validated}
    return best


class LogisticHead:
    """One-vs-rest logistic regression over rows of features."""

    def __init__(self, rows, targets, strength):
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier
        from scipy.sparse import issparse

        sparse = issparse(rows)
        self.model = OneVsRestClassifier(LogisticRegression(
            C=strength, solver="liblinear" if sparse else "lbfgs", dual=sparse, max_iter=2000,
            random_state=0)).fit(rows, targets)

    def probabilities(self, rows):
        return self.model.predict_proba(rows)


class EncoderPeer:
    """A pretrained encoder with logistic regression over its embeddings."""

    strengths = [0.3, 1, 3, 10, 30, 100]

    def train(self, texts, work):
        rows = self.cached_embeddings(texts.texts, work)

        def fit_predict(strength, train, test):
            head = LogisticHead(rows[train], texts.targets[train], strength)
            return head.probabilities(rows[test])

        chosen = tune(self.strengths, fit_predict, texts)
        return chosen, LogisticHead(rows, texts.targets, chosen["setting"])

    def open(self, state, work):
        self.head = state
        self.load()

    def probabilities(self, texts):
        return self.head.probabilities(self.embeddings(texts))

    def cached_embeddings(self, texts, work):
        """Passages that an earlier run embedded are not embedded again."""
        file = Path(work) / "embeddings.pickle"
        known = pickle.loads(file.read_bytes()) if file.exists() else {}
        keys = [hashlib.sha1(text.encode()).digest() for text in texts]
        fresh = [(key, text) for key, text in zip(keys, texts) if key not in known]
        if fresh:
            self.load()
        for start in range(0, len(fresh), 64):
            part = fresh[start:start + 64]
            rows = self.embeddings([text for _, text in part])
            known.update((key, row) for (key, _), row in zip(part, rows))
            file.write_bytes(pickle.dumps(known))
        return np.stack([known[key] for key in keys]).astype(np.float64)


def timed(work, count=3, seconds=3.0):
    """Passes over the same work: at least `count`, for `seconds` in all, timed in
    seconds of the processor."""
    times = []
    while len(times) < count or sum(times) < seconds:
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
    passes = {"count": len(times), "fastest": min(times), "median": statistics.median(times)}
    return passes, result


def measure(peer, texts, work):
    """Every text in one call, the fastest way for all peers; the first few
    texts go ahead untimed."""
    result = {}
    peer.probabilities(texts.texts[:4])
    if isinstance(peer, EncoderPeer):
        # Classifying is encoding and the head, measured one by one: encoding is
        # slow enough for some to be done no more often than it must.
        result["encode"], rows = timed(lambda: peer.embeddings(texts.texts))
        head, probabilities = timed(lambda: peer.head.probabilities(rows), seconds=0.5)
        result["classify"] = {
            "count": result["encode"]["count"],
            "fastest": result["encode"]["fastest"] + head["fastest"],
            "median": result["encode"]["median"] + head["median"]}
        np.save(Path(work) / "evaluated.npy", rows)
    else:
        result["classify"], probabilities = timed(lambda: peer.probabilities(texts.texts))
    result["peakMemory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return result, probabilities


def main(peer):
    if len(sys.argv) != 4 or sys.argv[1] not in ("train", "measure"):
        sys.exit(__doc__)
    _, step, source, work = sys.argv
    texts = Texts(source)
    state_file = Path(work) / "state.pickle"
    if step == "train":
        os.makedirs(work, exist_ok=True)
        state_file.write_bytes(pickle.dumps(peer.train(texts, work)))
        return
    chosen, state = pickle.loads(state_file.read_bytes())
    peer.open(state, work)
    result, probabilities = measure(peer, texts, work)
    result["setting"] = chosen["setting"]
    result["validated"] = chosen["validated"]
    result["quality"] = figures(probabilities, texts, chosen["threshold"])
    print(json.dumps(result))
