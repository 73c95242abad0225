# Everything a developer does goes through here; `make help` lists it. Needs Python 3.11+ and nothing else.

PYTHON ?= python3
BIN := .venv/bin
FLEET := $(BIN)/skill-fleet
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet

# The demo: what to make a skill about, and from which documentation. Any folder, package:NAME or cli:NAME will do.
DEMO_TASK ?= Make skills from documentation, check skills, and search and promote skills with skill-fleet
DEMO_FROM ?= docs/how-to
DEMO_DIR ?= demo

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check format lock bench clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: .venv/dev.stamp ## install the project and everything to develop it into .venv

demo: .venv/run.stamp ## create a skill from real documentation and show where it lies
	@echo "== Starting a fleet in $(DEMO_DIR)/"
	@$(FLEET) init "$(DEMO_DIR)" --quiet
	@echo "== Creating a skill from $(DEMO_FROM): $(DEMO_TASK)"
	@$(FLEET) create "$(DEMO_TASK)" --from "$(DEMO_FROM)" --home "$(DEMO_DIR)" --yes
	@echo "== Checking it against the specification"
	@$(FLEET) validate "$(DEMO_DIR)/skills"
	@echo "== Measuring it"
	@$(FLEET) evaluate @last --sources --home "$(DEMO_DIR)"
	@echo "== Where its first statements come from (all of them: $(FLEET) show @last --provenance --home $(DEMO_DIR))"
	@$(FLEET) show @last --provenance --home "$(DEMO_DIR)" | head -n 5
	@echo "== The skill lies in"
	@ls -t $(DEMO_DIR)/skills/_drafts/*/*/SKILL.md | head -n 1

test: setup ## run the tests
	@echo "== Running the tests"
	@$(BIN)/python -m pytest -n 4 --dist worksteal

check: setup ## check format, lint, types, import contracts and generated docs
	@echo "== Checking the format"
	@$(BIN)/ruff format --check .
	@echo "== Linting"
	@$(BIN)/ruff check .
	@echo "== Checking the types"
	@$(BIN)/mypy
	@echo "== Checking the import contracts"
	@$(BIN)/lint-imports --no-logo
	@echo "== Checking that the reference pages are up to date"
	@$(BIN)/python docs/build_reference.py --check

format: setup ## format the code, mend what the linter can, rebuild the reference pages
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/python docs/build_reference.py

# Releases younger than a week are left out: a bad one is usually withdrawn by then.
LOCK := build/lock/bin/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate --no-config --system-certs \
	--exclude-newer "1 week" --overrides lock/left-out.txt

lock: ## choose the newest allowed versions and write lock/*.txt with hashes
	@echo "== Installing uv into build/lock"
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check --quiet install "uv>=0.9"
	@echo "== Writing lock/dev.txt and lock/run.txt"
	@$(LOCK) --group dev -o lock/dev.txt
	@$(LOCK) --group build -c lock/dev.txt -o lock/run.txt

bench: setup ## measure what the commands cost; the benchmarks that take documentation say so with --help
	@echo "== Measuring start-up and validation"
	@$(BIN)/python benchmarks/cost.py

clean: ## remove .venv, caches and build results; the demo's folder stays
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@command -v "$(PYTHON)" >/dev/null || { \
	  echo "There is no $(PYTHON). Install Python 3.11 or newer, or name one: make setup PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$("$(PYTHON)" --version 2>&1); 3.11 or newer is needed. Name one: make setup PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "== Making a virtual environment in .venv with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; exit 1; }

# One environment for everything: the development lock holds the same versions as the runtime lock, and more.
.venv/run.stamp: lock/run.txt pyproject.toml | .venv/bin/python
	@echo "== Installing $$(grep -c '==' lock/run.txt) pinned packages from lock/run.txt"
	@$(PIP) install --require-hashes --no-deps -r lock/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: lock/dev.txt .venv/run.stamp
	@echo "== Installing the tools for tests and checks from lock/dev.txt"
	@$(PIP) install --require-hashes --no-deps -r lock/dev.txt
	@touch $@
