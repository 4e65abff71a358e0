"""fastText's supervised classifier, one-vs-all."""

import os
import tempfile
from pathlib import Path

import numpy as np

from common import NETWORKS, main, tune

NONE = "none"


class FastText:
    def train(self, texts, work):
        def fit_predict(setting, train, test):
            model = self.fit(texts, train, setting)
            return self.predict(model, [texts.texts[at] for at in test])

        chosen = tune(
            [{"lr": lr, "epoch": epoch, "wordNgrams": words}
             for lr, epoch in ((1, 20), (2, 20)) for words in (1, 2)],
            fit_predict, texts)
        model = self.fit(texts, np.arange(len(texts)), chosen["setting"])
        model.save_model(str(Path(work) / "model.bin"))
        return chosen, None

    def open(self, state, work):
        import fasttext

        fasttext.FastText.eprint = lambda *_: None
        self.model = fasttext.load_model(str(Path(work) / "model.bin"))

    def probabilities(self, texts):
        return self.predict(self.model, texts)

    def fit(self, texts, indices, setting):
        import fasttext

        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
            for at in indices:
                labels = np.flatnonzero(texts.targets[at])
                # A line without labels would be left out.
                names = [NETWORKS[label] for label in labels] or [NONE]
                file.write(" ".join(f"__label__{name}" for name in names))
                file.write(" " + self.line(texts.texts[at]) + "\n")
            file.flush()
            return fasttext.train_supervised(
                file.name, loss="ova", dim=50, minn=3, maxn=5, bucket=200_000,
                thread=1, seed=1, verbose=0, **setting)

    def predict(self, model, texts):
        labels, probabilities = model.predict([self.line(text) for text in texts], k=-1)
        rows = np.zeros((len(texts), len(NETWORKS)))
        for row, (names, values) in enumerate(zip(labels, probabilities)):
            for name, value in zip(names, values):
                name = name.removeprefix("__label__")
                if name != NONE:
                    rows[row, NETWORKS.index(name)] = value
        return rows

    @staticmethod
    def line(text):
        """fastText reads words between spaces: lower case, marks set apart."""
        spaced = "".join(
            char if char.isalnum() or char.isspace() else f" {char} " for char in text.lower())
        return " ".join(spaced.split())


if __name__ == "__main__":
    main(FastText())
