# Everything that is done with this repository, by name. `make` lists it.
# Needs: make, a POSIX shell, Python 3.11 or newer with venv. All else lands in .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8080
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
# SHARD=1/3 in the environment or behind `make` takes the first third of the files of tests.
TESTS := $(PYTEST) -n $(WORKERS) --dist loadgroup

# Tests start a hundred processes: each would compile every module anew where bytecode is not kept.
unexport PYTHONDONTWRITEBYTECODE

# Stamps: each is newer than what it was made from, so that a second call does nothing.
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
PROJECT := $(VENV)/.project
PAGES := $(VENV)/.pages

.PHONY: help setup run test check night plants bench e2e lint format types contracts docs lock vendor wheel clean

help: ## List these targets
	@echo "Usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Make .venv from the locked requirements, with all tools; bring the pages' npm packages
	@$(MAKE) -s -j2 $(DEVELOPMENT) $(PAGES)
	@$(MAKE) -s $(PROJECT)

run: ## Start the demo plant on 127.0.0.1 (PORT=8080); installs what is missing first
	@$(MAKE) -s -j2 $(RUNTIME) $(PAGES)
	@$(MAKE) -s $(PROJECT)
	@exec $(BIN)/aas-registry demo --port $(PORT)

test: setup ## Run the tests: offline, no browser, on SQLite and PostgreSQL (WORKERS=2, ARGS=, SHARD=1/3)
	@$(TESTS) -m "not check and not night" --hypothesis-profile=quick $(ARGS)

check: lint types contracts ## Run what `test` does not: style, types, contracts, corpus, conformance, outside verifiers, browser
	@$(BIN)/python docs/generate.py --check
	@$(TESTS) -m "(check or hypothesis) and not night" $(ARGS)

night: setup ## Run what is exhaustive: whole plants, many kills, fifty times the examples of each property
	@$(TESTS) -m "night or hypothesis" --hypothesis-profile=night --timeout=14400 $(ARGS)

plants: setup ## Compare the product with the second engine over 2,000 plants, a tenth of them on PostgreSQL (also part of `night`)
	@$(TESTS) tests/property/test_believed.py --hypothesis-profile=plants --timeout=14400 $(ARGS)

bench: setup ## Run the benchmarks (ARGS=bench_x for one); prints name, value, target, ok or SHORT
	@$(BIN)/python tests/benchmarks $(ARGS)

e2e: setup ## Run the browser tests in Debian's Chromium
	@$(PYTEST) tests/browser $(ARGS)

lint: setup ## Check style and format with ruff
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

format: setup ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup ## Check the types with mypy, strictly
	@$(BIN)/mypy

contracts: setup ## Check the direction of imports
	@$(BIN)/lint-imports

docs: setup ## Write the generated pages of docs/ anew from the code
	@$(BIN)/python docs/generate.py

lock: $(BIN)/uv ## Remake the locks from pyproject.toml and package.json (UPGRADE=--upgrade for newest)
	@sh .ci/lock.sh $(BIN)/uv $(UPGRADE)

vendor: $(BIN)/python ## Bring the npm packages of the pages again
	@rm -f $(PAGES)
	@$(MAKE) -s $(PAGES)

wheel: setup ## Build the wheel into dist/
	@$(BIN)/python -m hatchling build -t wheel

clean: ## Remove .venv, caches, builds and the pages' npm packages; the data folder stays
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf aas_registry/web/pages/static/vendor
	find aas_registry tests docs .ci -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$(sh .ci/find-python.sh $(PYTHON)) && echo "Making $(VENV) with $$($$python --version)." \
		&& $$python -m venv $(VENV)

$(RUNTIME): requirements.lock .ci/requirements-build.lock | $(BIN)/python
	@echo "Installing the locked requirements (about half a minute)."
	@$(PIP) install --quiet --require-hashes -r requirements.lock -r .ci/requirements-build.lock
	@touch $@

$(DEVELOPMENT): requirements-dev.lock | $(BIN)/python
	@echo "Installing the locked requirements and tools (about a minute)."
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@ $(RUNTIME)

$(PROJECT): pyproject.toml | $(BIN)/python
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(PAGES): package-lock.json .ci/vendor.py | $(BIN)/python
	@$(BIN)/python .ci/vendor.py
	@touch $@

$(BIN)/uv: | $(BIN)/python
	@$(PIP) install --quiet uv
