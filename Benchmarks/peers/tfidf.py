"""scikit-learn: tf-idf of words and character n-grams, logistic regression."""

from common import LogisticHead, main, tune


class TfIdf:
    def features(self):
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_union

        return make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2))

    def train(self, texts, work):
        # Terms and their frequencies are counted once for each fold.
        rows = {}

        def fit_predict(strength, train, test):
            key = test[0]
            if key not in rows:
                features = self.features()
                rows[key] = (features.fit_transform([texts.texts[at] for at in train]),
                             features.transform([texts.texts[at] for at in test]))
            train_rows, test_rows = rows[key]
            return LogisticHead(train_rows, texts.targets[train], strength).probabilities(test_rows)

        chosen = tune([3, 10, 30, 100], fit_predict, texts)
        features = self.features()
        head = LogisticHead(
            features.fit_transform(texts.texts), texts.targets, chosen["setting"])
        return chosen, (features, head)

    def open(self, state, work):
        self.vectors, self.head = state

    def probabilities(self, texts):
        return self.head.probabilities(self.vectors.transform(texts))


if __name__ == "__main__":
    main(TfIdf())
