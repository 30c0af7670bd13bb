# Verbs only. Everything happens in a virtual environment of the project's own.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
DENGWEN := $(BIN)/dengwen
BEGAN := $(shell date +%s)

.DEFAULT_GOAL := help
.PHONY: help setup demo test up down status check chaos bench images containers chart watch

help: ## list the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/run.stamp: deploy/local/requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.13 is needed and none was found; install one, or name it: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo "$(PYTHON) is no Python 3.11 to 3.13: name one that is with make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) >/dev/null || { rm -rf $(VENV); echo "The environment could not be made: install the package that gives Python its venv (Debian: python3-venv)."; exit 1; }
	@$(BIN)/python -m deploy.local.install deploy/local/requirements.lock
	@touch $@

$(DENGWEN): $(VENV)/run.stamp Makefile
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -m deploy.local.command "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $(DENGWEN)
	@chmod +x $(DENGWEN)

$(VENV)/test.stamp: $(VENV)/run.stamp deploy/local/requirements-test.lock
	@$(BIN)/python -m deploy.local.install deploy/local/requirements-test.lock
	@touch $@

setup: $(VENV)/run.stamp $(DENGWEN) ## make the environment

demo: setup ## everything from nothing, one report followed on the screen (REGISTER=file.xlsx for another register)
	@$(DENGWEN) demo --began $(BEGAN) $(if $(REGISTER),--register "$(REGISTER)")

test: check ## all tests that CI runs
	$(BIN)/python -m pytest tests/component tests/end_to_end

up: setup ## start the platform and leave it running
	@$(DENGWEN) up --detach

down: setup ## stop it, keep its data
	@$(DENGWEN) down

status: setup ## how everything stands
	@$(DENGWEN) status

watch: setup ## look at the running platform with Prometheus, until Ctrl-C
	@$(DENGWEN) watch

check: $(VENV)/test.stamp ## style, types, imports, migrations; unit, contract and architecture tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/squawk services/*/migrations/*.sql
	$(BIN)/python -m pytest tests/unit tests/contract tests/architecture

chaos: $(VENV)/test.stamp $(DENGWEN) ## the fault suites and the planted bugs, under an hour (HITS=n per crash point)
	$(DENGWEN) chaos --hits $(or $(HITS),25)

bench: $(VENV)/test.stamp $(DENGWEN) ## the load benches beside their references
	$(DENGWEN) bench

images: $(VENV)/test.stamp ## build the container images twice, compare, write one bundle (BASE=image, OUT=folder)
	@$(BIN)/python -m deploy.container.images $(if $(BASE),--base "$(BASE)") $(if $(OUT),--out "$(OUT)")

containers: $(VENV)/test.stamp ## the whole platform as real containers, the demo against it, every way tried
	@$(BIN)/python -m deploy.container.trial

chart: $(VENV)/test.stamp ## render every profile of the Helm chart, check every manifest, try to install it wrongly
	@$(BIN)/python -m tests.chart
