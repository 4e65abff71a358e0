# What a person needs:
#   make run    everything from a fresh Debian machine to the sample's networks,
#               partners, pairs and reassignment
#   make test   the same set-up, then all tests and checks
#   make model  the encoder's model file alone
#   make protos the C of the wire contract, from Protos/
#   make train  the heads, from the corpus
#   make bench  speed, memory and quality beside other systems, into docs/performance.md;
#               EVAL=FILE.jsonl names the labelled texts
#   make bench-matching  partners among a million, cohorts of ten thousand

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

MODEL := Model/encoder.bin
BUILD := swift build -c release

.PHONY: run test deps build model protos train bench bench-matching clean

run: build model
	dev/tour

test: deps model
	dev/check

build: deps
	$(BUILD) --product encuentro

deps:
	dev/install-deps

model: $(MODEL)

$(MODEL): dev/make-model | build
	dev/make-model $(MODEL)

protos: deps
	dev/generate-protos

train: build model
	.build/release/encuentro train Corpus --output Sources/Classification/Resources/heads.json

bench: build model
	Benchmarks/classification $(if $(EVAL),--eval "$(EVAL)")

bench-matching: build model
	Benchmarks/partners
	Benchmarks/cohort

clean:
	rm -rf .build Model
