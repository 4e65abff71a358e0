# What a person needs:
#   make run    everything from a fresh Debian machine to the sample's networks,
#               partners, pairs and reassignment, and a server asked over TCP
#   make serve  the same set-up, then a server on LISTEN (127.0.0.1:7431) with the
#               store in DATA (.build/data; the sample, when it is new), until Ctrl-C
#   make test   the same set-up, then all tests and checks
#   make model  the encoder's model file alone
#   make protos the C of the wire contract, from Protos/
#   make train  the heads, from the corpus
#   make bench  speed, memory and quality beside other systems, into docs/performance.md;
#               EVAL=FILE.jsonl names the labelled texts
#   make bench-matching  partners among a million, cohorts of ten thousand
#   make bench-rpc       the protocol beside gRPC
#   make bench-service   batches of 10,000 over the wire, and calls beside them
# What takes long and is no part of make test:
#   make fuzz        random bytes for frames and messages, five minutes each
#   make threads     the runtime's tests under ThreadSanitizer
#   make durability  a server killed a hundred times under a write load
#   make browser     dossiers opened in a headless Chromium; PICTURES=FOLDER keeps
#                    pictures of every page
#   make soak        ten minutes of load with connections coming and going

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

MODEL := Model/encoder.bin
BUILD := swift build -c release

.PHONY: run serve test deps build model protos train bench bench-matching bench-rpc \
  bench-service fuzz threads durability browser soak clean

LISTEN ?= 127.0.0.1:7431
DATA ?= .build/data

run: build model
	dev/tour

serve: build model
	test -e "$(DATA)" || .build/release/encuentro import --sample --data "$(DATA)"
	exec .build/release/encuentro serve --listen $(LISTEN) --data "$(DATA)"

test: build model
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

bench-rpc: build
	dev/install-deps g++ gcc libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc
	Benchmarks/rpc

bench-service: build model
	Benchmarks/service/batch

fuzz: deps
	dev/install-deps xxd
	Tests/Fuzz/run

threads: deps
	RUNTIME_ONLY=1 swift test --sanitize=thread --scratch-path .build/threads

durability: build model
	Tests/durability/run

browser: build model
	dev/install-deps chromium poppler-utils
	Tests/browser/run $(if $(PICTURES),--pictures "$(PICTURES)")

soak: build model
	Benchmarks/service/soak

clean:
	rm -rf .build Model
