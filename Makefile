# Everything a newcomer needs. `make help` lists it; each target sets up what it needs and can be repeated.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
EXTRAS := whisper,voices,test
VENV := .venv
BIN := $(VENV)/bin
# A stamp lies inside the folder that it vouches for, so whoever deletes the folder deletes the stamp with it.
PACKAGES := $(VENV)/.installed
MODELS := var/models/.installed
SOUNDS := var/test/armelle/.installed
CHECKERS := tests/node/node_modules/.installed
BROWSER := var/test/axe/.installed

.PHONY: help setup demo test lint bench serve lock audit clean

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(PACKAGES) $(MODELS) ## install everything into .venv and var/

demo: setup ## play one whole call about the RSA, then serve a telephone for the browser (not with DEMO_ONCE=1)
	$(BIN)/voicebot demo

test: setup $(SOUNDS) $(CHECKERS) $(BROWSER) ## run the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

lint: $(PACKAGES) ## ruff, mypy, and the checks of procedures and sentences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	VOICEBOT_SITE=localhost VOICEBOT_APPS=localhost:8000 $(BIN)/caddy validate --config deploy/Caddyfile 2>/dev/null
	$(BIN)/voicebot flows check
	$(BIN)/voicebot prompts check

bench: setup ## what is measured, as tables
	$(BIN)/python -m benchmarks.understanding
	$(BIN)/python -m benchmarks.gap
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.texting
	$(BIN)/python -m benchmarks.side_by_side

serve: setup ## run the service; settings come from the environment and .env
	$(BIN)/voicebot serve

lock: ## resolve all packages anew into constraints.txt
	rm -rf var/lock && $(PYTHON) -m venv var/lock
	var/lock/bin/pip install --disable-pip-version-check -e '.[$(EXTRAS)]'
	var/lock/bin/pip freeze --exclude-editable > var/lock/frozen.txt
	! grep ' @ ' var/lock/frozen.txt  # a package that came from an address and not from the registry
	mv var/lock/frozen.txt constraints.txt
	rm -rf var/lock

audit: ## known weaknesses of the pinned packages; needs the internet, and says when it is not reached
	bash .ci/audit

clean: ## remove the virtual environment and all that was rendered; models stay
	rm -rf $(VENV) var/audit var/cache var/demo var/lock

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "expected Python 3.11 or newer, got $$($(PYTHON) --version); say which with: make PYTHON=python3.11" >&2; \
	    exit 1; }
	$(PYTHON) -m venv $(VENV)

$(PACKAGES): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "Installing Python packages (about 1.5 GB on disk, some minutes the first time)…"
	$(BIN)/pip install --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

$(MODELS): voicebot/speech/models.yaml | $(PACKAGES)
	@echo "Putting the speech models together…"
	$(BIN)/voicebot models install whisper-base kokoro
	@touch $@

$(CHECKERS): tests/setup_node.sh tests/node/package-lock.json
	@echo "Installing the checkers of the tests from npm…"
	bash tests/setup_node.sh
	@touch $@

$(SOUNDS): tests/setup_sounds.sh
	@echo "Fetching human telephone voices for the tests…"
	bash tests/setup_sounds.sh
	@touch $@

$(BROWSER): tests/setup_browser.sh
	@echo "Fetching a browser for the tests…"
	bash tests/setup_browser.sh
	@touch $@
