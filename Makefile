# make demo   sets up everything and answers a real question
# make test   sets up everything and runs all tests
# make help   shows the rest

SHELL := /bin/bash
PREFIX ?= /usr/local
QUESTION ?= Where was the first Fresnel lens lit?
TEXT ?= Examples/lighthouses.txt
PYTHON ?= .venv/bin/python

SOURCES := Package.swift Sources Tests Examples/Answer/Package.swift Examples/Answer/Sources \
	Benchmarks/Fuzz/Package.swift Benchmarks/Fuzz/Sources \
	Benchmarks/tokenizers/Package.swift Benchmarks/tokenizers/Sources \
	Training/Package.swift Training/Sources Training/Tests/SkimTrainingModuleTests Training/Tests/TorchModuleTests
BINARY := .build/release/blockskim
DEFAULT_MODEL := Sources/BlockSkimDefaultModel/Model
# The Swift runtime goes into the program, so that it runs where no Swift is.
RELEASE := swift build -c release --static-swift-stdlib --product blockskim

# The tests of numbers. They run a second time as on a processor without AVX-512.
NUMBERS := TensorModuleTests|EncoderModuleTests|BlockSkimModuleTests|QuestionAnsweringModuleTests|BlockSkimDefaultModelTests

.PHONY: help demo build test test-engine test-training train-setup lint format install install-files bench fuzz clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## Answer a question about a text: [QUESTION=…] [TEXT=FILE] [MODEL=DIR]
	$(BINARY) answer $(if $(MODEL),--model "$(MODEL)") --question "$(QUESTION)" --context-file "$(TEXT)"

build: ## Build the program for release
	@Scripts/setup.sh
	$(RELEASE)

test: test-engine test-training ## Run all tests

test-engine: ## Run the tests of everything but training, which need no libtorch
	@Scripts/setup.sh
	swift build --build-tests
	BLOCKSKIM_TEST_EXAMPLES=1 swift test --skip-build
	ONEDNN_MAX_CPU_ISA=AVX2 LIBXSMM_TARGET=hsw swift test --skip-build --filter "$(NUMBERS)"
	Scripts/check-onednn3.sh

test-training: train-setup ## Run the tests of training
	@Scripts/setup.sh
	swift test --package-path Training

train-setup: ## Put libtorch and the plotting program into a virtual environment
	Scripts/train-setup.sh

lint: ## Check the format and the documentation of the sources
	swift format lint --strict --recursive --parallel $(SOURCES)

format: ## Format the sources
	swift format --in-place --recursive --parallel $(SOURCES)

install: build ## Install the program and its model: [PREFIX=/usr/local]
	@$(MAKE) --no-print-directory install-files

# What is built already, from BINARY. The program finds its model by the path from bin to share.
install-files:
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/blockskim/default-model"
	install -m 755 "$(BINARY)" "$(DESTDIR)$(PREFIX)/bin/blockskim"
	install -m 644 $(DEFAULT_MODEL)/* "$(DESTDIR)$(PREFIX)/share/blockskim/default-model"

bench: build ## Measure beside ONNX Runtime, OpenVINO and PyTorch (needs Python; takes about ten minutes)
	@test -x $(PYTHON) || python3 -m venv .venv
	$(PYTHON) -m pip install -q -r Benchmarks/peers/requirements.txt
	$(PYTHON) Benchmarks/peers/run.py --threads 2 --format markdown

fuzz: ## Feed 100,000 mutated inputs to every reader
	@Scripts/setup.sh
	swift build -c release --package-path Benchmarks/Fuzz
	Benchmarks/Fuzz/run.sh

clean: ## Remove what was built
	rm -rf .build Examples/*/.build Benchmarks/*/.build Training/.build
