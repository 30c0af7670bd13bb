# Verbs only. Everything happens in a virtual environment of the project's own.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup test check

help: ## list the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/run.stamp: deploy/local/requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.13 is needed and none was found; install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r deploy/local/requirements.lock
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp deploy/local/requirements-test.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r deploy/local/requirements-test.lock
	@touch $@

setup: $(VENV)/run.stamp ## make the environment

check: $(VENV)/test.stamp ## style, types, imports, unit, contract and architecture tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/unit

test: check ## all tests that CI runs
