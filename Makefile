# Everything sets itself up: a .venv of its own by the standard library and pip,
# made again when a lock file changes.
PYTHON ?= $(shell for p in python3.12 python3.11 python3; do $$p -c '' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
RUN_STAMP := $(VENV)/.run
DEV_STAMP := $(VENV)/.dev
LOCK := uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11

.PHONY: play demo test bench genres check lint types contracts pytest system lock clean

play: $(RUN_STAMP)
	@$(BIN)/python -m game

demo: $(RUN_STAMP)
	@$(BIN)/python -m game demo

bench: $(RUN_STAMP)
	@$(BIN)/python -m game bench

# Fingerprints, confusions and novelty of every genre, into docs/genres.md; takes a while.
genres: $(DEV_STAMP)
	@$(BIN)/python tests/genres.py

test: system $(DEV_STAMP) lint types contracts pytest

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_STAMP)
	$(BIN)/mypy

contracts: $(DEV_STAMP)
	$(BIN)/lint-imports

pytest: $(DEV_STAMP)
# The properties' dice fall alike each time; a plain `pytest` throws new ones.
	$(BIN)/pytest -n 2 -m "not real" --hypothesis-profile=ci
# Real time shares the machine with whatever else runs: what fails must fail three times.
	$(BIN)/pytest -m real || $(BIN)/pytest -m real --lf || $(BIN)/pytest -m real --lf

# Real MIDI, sound and terminals for the tests; says what is missing where it cannot install.
system:
	@sh tests/system.sh

$(RUN_STAMP): requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up First Take (once; about a minute) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(DEV_STAMP): requirements-dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up the checks ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_STAMP)

# Names, versions and hashes of every platform's files, from pyproject.toml.
lock: $(DEV_STAMP)
	$(BIN)/$(LOCK) pyproject.toml -o requirements.lock
	$(BIN)/$(LOCK) pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache build dist
