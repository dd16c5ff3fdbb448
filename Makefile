# One verb a chore; `make help` lists them. Everything happens in .venv and needs only Python and make.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.DEFAULT_GOAL := help
.PHONY: help lab run guide test lint types bench docs clean

help: ## list the verbs
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Hondo needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[bench]"
	@touch $@

lab: $(VENV)/.ready ## set up and open the lab in the browser
	$(BIN)/hondo lab

run: $(VENV)/.ready ## set up and train the first network: digits, from data to predictions
	$(BIN)/hondo run

guide: $(VENV)/.ready ## run every cell of every chapter, in both languages, and keep what they print
	$(BIN)/python -m hondo.guide.execution.renew --all

test: $(VENV)/.dev ## set up and run the tests; PYTEST="-n 2 --dist loadfile" runs them in two processes
	$(BIN)/python -m pytest $(PYTEST)

lint: $(VENV)/.dev ## style, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev ## static types of src
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: $(VENV)/.bench ## measure beside TensorFlow, PyTorch, Keras on JAX and others
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.prediction
	$(BIN)/python -m benchmarks.augmentation
	$(BIN)/python -m benchmarks.streaming
	$(BIN)/python -m benchmarks.transfer
	$(BIN)/python -m benchmarks.playground
	$(BIN)/python -m benchmarks.lab

docs: $(VENV)/.dev ## write the pages that are made from the code
	$(BIN)/python -m docs.generate

clean: ## remove the environment and everything that tools left
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist benchmarks/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
