# Everything a newcomer needs. `make help` lists it; each target sets up what it needs and can be repeated.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
EXTRAS := embedded,authoring,whisper,voices,meaning,elsewhere,sherpa,test
VENV := .venv
BIN := $(VENV)/bin
# Groups in the order of tests/kinds.py, which begins with those that take longest. Calls in real time need a core each.
WORKERS ?= 2
# After a worker was replaced, xdist 3.8 waits for ever at the end (its issue 1378): a crash ends the run instead.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder --max-worker-restart 0 --durations 20
FAST := $(PYTEST) -m "not (slow or audio or browser or processes)" tests
# A stamp lies inside the folder that it vouches for, so whoever deletes the folder deletes the stamp with it.
PACKAGES := $(VENV)/.installed
MODELS := var/models/.installed
SOUNDS := var/test/armelle/.installed
CHECKERS := tests/node/node_modules/.installed
BROWSER := var/test/axe/.installed

.PHONY: help setup demo test test-fast coverage lint bench serve openfisca lock digests sbom audit clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 11

setup: $(PACKAGES) $(MODELS) ## install everything into .venv and var/

demo: setup ## play one whole call about the RSA, then serve a telephone for the browser (not with DEMO_ONCE=1)
	$(BIN)/voicebot demo

test: setup $(SOUNDS) $(CHECKERS) $(BROWSER) ## run the whole test suite
	$(PYTEST) tests

test-fast: setup ## what to run while working: no sound, no browser, no processes beside the tests
	$(FAST)

coverage: setup ## branches that test-fast reaches, with the floor under which it fails
	$(FAST) -q --cov=voicebot --cov-report=term

lint: $(PACKAGES) ## ruff, mypy, and the checks of procedures and sentences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	git ls-files '*.py' '*.md' | xargs $(BIN)/codespell
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	VOICEBOT_SITE=localhost VOICEBOT_APPS=localhost:8000 $(BIN)/caddy validate --config deploy/Caddyfile 2>/dev/null
	$(BIN)/voicebot flows check
	$(BIN)/voicebot prompts check
	$(BIN)/voicebot facts check

bench: setup ## what is measured, as tables
	$(BIN)/python -m benchmarks.understanding
	$(BIN)/python -m benchmarks.answers_understood
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.texting
	$(BIN)/python -m benchmarks.side_by_side

serve: setup ## run the service; settings come from the environment and .env
	$(BIN)/voicebot serve

# OpenFisca is AGPL and needs an older numpy than ours: an environment of its own, asked over HTTP.
openfisca: ## install OpenFisca-France into var/openfisca, to estimate rights (docs/operating.md)
	$(PYTHON) -m venv var/openfisca
	var/openfisca/bin/pip install --disable-pip-version-check openfisca-france==176.1.8

lock: ## resolve all packages anew into constraints.txt, and those of the image with hashes
	rm -rf var/lock && $(PYTHON) -m venv var/lock
	var/lock/bin/pip install --disable-pip-version-check -e '.[$(EXTRAS)]'
	var/lock/bin/pip freeze --exclude-editable > var/lock/frozen.txt
	! grep ' @ ' var/lock/frozen.txt  # a package that came from an address and not from the registry
	mv var/lock/frozen.txt constraints.txt
	var/lock/bin/pip install --disable-pip-version-check -q --dry-run --ignore-installed -c constraints.txt \
		--report var/lock/report.json '.[authoring,whisper,voices,meaning]' hatchling
	$(PYTHON) .ci/hashes.py var/lock/report.json > deploy/requirements.txt
	rm -rf var/lock

digests: ## the lines for .env that pin the images by digest; needs Docker and the internet
	@for named in PYTHON_IMAGE=python:3.11.10-slim-bookworm REDIS_IMAGE=redis:7.4.1-alpine CADDY_IMAGE=caddy:2.8.4-alpine; do \
		digest=$$(docker buildx imagetools inspect "$${named#*=}" --format '{{.Manifest.Digest}}'); \
		echo "$$named@$$digest"; \
	done

sbom: setup ## what the image contains, as CycloneDX, in var/sbom.cdx.json
	$(PYTHON) -m venv var/sbom && var/sbom/bin/pip install -q --disable-pip-version-check cyclonedx-bom==7.3.0
	var/sbom/bin/cyclonedx-py requirements deploy/requirements.txt --output-file var/sbom.cdx.json

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
	$(BIN)/voicebot models install whisper-phone kokoro
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
