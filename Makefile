# make demo   sets up everything and answers a real question
# make test   sets up everything and runs all tests
# make help   shows the rest

SHELL := /bin/bash
PREFIX ?= /usr/local
QUESTION ?= Where was the first Fresnel lens lit?
TEXT ?= Examples/lighthouses.txt
PYTHON ?= .venv/bin/python
PRECISION ?= f32

SOURCES := Package.swift Sources Tests Examples/Answer/Package.swift Examples/Answer/Sources \
	Benchmarks/Fuzz/Package.swift Benchmarks/Fuzz/Sources \
	Benchmarks/tokenizers/Package.swift Benchmarks/tokenizers/Sources \
	Training/Package.swift Training/Sources Training/Tests/SkimTrainingModuleTests Training/Tests/TorchModuleTests
BINARY := .build/release/blockskim
DEFAULT_MODEL := Sources/BlockSkimDefaultModel/Model
# The Swift runtime goes into the program, so that it runs where no Swift is.
RELEASE := swift build -c release --static-swift-stdlib --product
STRIP ?= strip
# Made of the built program: its completions and its man page.
REFERENCE := .build/reference
REFERENCE_FILES := share/man/man1/blockskim.1 share/bash-completion/completions/blockskim \
	share/zsh/site-functions/_blockskim share/fish/vendor_completions.d/blockskim.fish
# Asked of the built program, which is the one place that knows it.
VERSION = $(or $(lastword $(shell "$(BINARY)" --version 2>/dev/null)),0.1.0)
ARCHIVE = blockskim-$(VERSION)-$(shell uname -s | tr A-Z a-z)-$(shell uname -m)

# The tests of numbers. They run again as on processors with AVX2 alone and with SSE4.1 alone.
NUMBERS := TensorModuleTests|EncoderModuleTests|BlockSkimModuleTests|QuestionAnsweringModuleTests|BlockSkimDefaultModelTests

.PHONY: help demo build test test-engine test-training test-install test-package train-setup base-model lint format \
	reference install install-files install-reference uninstall archive bench cold-start fuzz clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## Answer a question about a text: [QUESTION=…] [TEXT=FILE] [MODEL=DIR]
	$(BINARY) answer $(if $(MODEL),--model "$(MODEL)") --question "$(QUESTION)" --context-file "$(TEXT)"

build: ## Build the program for release
	@Scripts/setup.sh
	$(RELEASE) blockskim

test: test-engine test-training ## Run all tests

test-engine: ## Run the tests of everything but training, which need no libtorch
	@Scripts/setup.sh
	swift build --build-tests
	BLOCKSKIM_TEST_EXAMPLES=1 swift test --skip-build
	ONEDNN_MAX_CPU_ISA=AVX2 LIBXSMM_TARGET=hsw swift test --skip-build --filter "$(NUMBERS)"
	ONEDNN_MAX_CPU_ISA=SSE41 LIBXSMM_TARGET=wsm swift test --skip-build --filter "$(NUMBERS)"
	Scripts/check-onednn3.sh
	Scripts/check-libxml2.sh

test-training: train-setup ## Run the tests of training
	@Scripts/setup.sh
	swift test --package-path Training

test-install: ## Install, archive and uninstall in a scratch directory, and run the program from there
	Scripts/check-install.sh

test-package: ## Build and run programs that depend on this package, by path and by version
	Scripts/check-package.sh

train-setup: ## Put libtorch and the plotting program into a virtual environment
	Scripts/train-setup.sh

base-model: train-setup build ## Train and measure a base model as in the paper: MODEL=… STUDENT=… TRAIN=… DEV=… QED=…
	swift build -c release --package-path Training
	Experiments/base-model.sh

lint: ## Check the format and the documentation of the sources
	swift format lint --strict --recursive --parallel $(SOURCES)

format: ## Format the sources
	swift format --in-place --recursive --parallel $(SOURCES)

reference: build
	$(RELEASE) generate-manual
	Scripts/reference.sh "$(BINARY)" "$(dir $(BINARY))generate-manual" "$(REFERENCE)"

install: reference ## Install the program with its model, completions and man page: [PREFIX=/usr/local] [DESTDIR=]
	@$(MAKE) --no-print-directory install-files install-reference

# What is built already, from BINARY. The program finds its model by the path from bin to share.
install-files:
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/doc/blockskim"
	install -m 755 "$(BINARY)" "$(DESTDIR)$(PREFIX)/bin/blockskim"
	$(STRIP) "$(DESTDIR)$(PREFIX)/bin/blockskim"
	rm -rf "$(DESTDIR)$(PREFIX)/share/blockskim/default-model"
	install -d "$(DESTDIR)$(PREFIX)/share/blockskim/default-model"
	install -m 644 $(DEFAULT_MODEL)/* "$(DESTDIR)$(PREFIX)/share/blockskim/default-model"
	install -m 644 LICENSE NOTICE CHANGELOG.md "$(DESTDIR)$(PREFIX)/share/doc/blockskim"

# Where bash, zsh, fish and man look for what belongs to a program in PREFIX/bin.
install-reference:
	for file in $(REFERENCE_FILES); do \
		install -d "$(DESTDIR)$(PREFIX)/$${file%/*}" && \
		install -m 644 "$(REFERENCE)/$$file" "$(DESTDIR)$(PREFIX)/$$file" || exit 1; done

uninstall: ## Remove what install put there: [PREFIX=/usr/local] [DESTDIR=]
	rm -rf "$(DESTDIR)$(PREFIX)/share/blockskim/default-model" "$(DESTDIR)$(PREFIX)/share/doc/blockskim"
	rmdir "$(DESTDIR)$(PREFIX)/share/blockskim" 2>/dev/null || true
	rm -f "$(DESTDIR)$(PREFIX)/bin/blockskim" $(foreach file,$(REFERENCE_FILES),"$(DESTDIR)$(PREFIX)/$(file)")

archive: reference ## Pack the program with all that install puts there, to be unpacked and run anywhere
	rm -rf .build/archive
	$(MAKE) --no-print-directory install-files install-reference DESTDIR= PREFIX=".build/archive/$(ARCHIVE)"
	tar --create --gzip --sort=name --owner=0 --group=0 --numeric-owner \
		--directory .build/archive --file "$(ARCHIVE).tar.gz" "$(ARCHIVE)"
	@echo "Wrote $(ARCHIVE).tar.gz"

bench: build ## Measure beside ONNX Runtime, OpenVINO and PyTorch: [PRECISION="f32 bf16 int8"] (needs Python)
	@test -x $(PYTHON) || python3 -m venv .venv
	$(PYTHON) -m pip install -q -r Benchmarks/peers/requirements.txt
	$(PYTHON) Benchmarks/peers/run.py --precision $(PRECISION) --threads 2 --format markdown

cold-start: build ## Measure the time and memory of a whole call of answer: [OPTIONS=--dense] (needs Python)
	python3 Benchmarks/cold-start/run.py $(if $(OPTIONS),--options="$(OPTIONS)")

fuzz: ## Feed 100,000 mutated inputs to every reader
	@Scripts/setup.sh
	swift build -c release --package-path Benchmarks/Fuzz
	Benchmarks/Fuzz/run.sh

clean: ## Remove what was built
	rm -rf .build Examples/*/.build Benchmarks/*/.build Training/.build blockskim-*.tar.gz
