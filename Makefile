# Needs Python 3.11 or later and make; everything else is installed into .venv from the package registry.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= out
# The locked lists are complete.  Bytecode is made afterwards on all cores: pip would take one, and where Python may not
# write bytecode itself, every command would compile its libraries anew.
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --no-deps
COMPILE = $(BIN)/python -m compileall -q -j 0 -x '/tests?/'

.PHONY: help run stop test check test-masking test-type-one test-postgresql bench bench-web bench-r docs lock clean
.DEFAULT_GOAL := help

help:  ## Show this help
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' Makefile

run: $(VENV)/run.stamp  ## Record to report: play NCT05921058 on synthetic participants, write its report, open its site
	@$(BIN)/equipoise rehearse NCT05921058 --out $(OUT)/rehearsal
	@echo
	@$(BIN)/equipoise serve $(OUT)/site --synthetic NCT05921058 --background
	@echo
	@echo "  The site serves until \`make stop\`."

stop: $(VENV)/run.stamp  ## End the site that `make run` has left open
	@$(BIN)/equipoise serve $(OUT)/site --stop

test: $(VENV)/dev.stamp  ## Run every test
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

check: $(VENV)/dev.stamp  ## Lint, types, import contracts, generated files current
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check

test-masking: $(VENV)/dev.stamp  ## Two worlds at full length: 200 pairs and every planted leak
	@$(BIN)/python -m pytest tests/masking -q -s --pairs 200

test-type-one: $(VENV)/dev.stamp  ## Error rates of the slower methods in 100,000 trials of 15 and of 30: ten minutes of one core
	@EQUIPOISE_TYPE_ONE_TRIALS=100000 $(BIN)/pytest tests/independent/test_design_type_one_models.py -q -s

test-postgresql: $(VENV)/dev.stamp  ## The site's tests with accounts and ledgers on a PostgreSQL server of their own
	@EQUIPOISE_TEST_DATABASE=postgresql $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder tests/spec/test_web_* tests/integration/test_web_* tests/integration/test_store_* tests/functional/test_web_* tests/functional/test_site_*

bench: $(VENV)/dev.stamp  ## Measure what the issues name, beside the named peers
	@$(BIN)/python bench/run.py

bench-web: $(VENV)/dev.stamp  ## The site with 10,000 participants x 20 encounters, in files and on PostgreSQL
	@$(BIN)/python bench/bench_web.py
	@$(BIN)/python bench/bench_web.py --postgresql

bench-r: $(VENV)/dev.stamp  ## The same against R (coin, rpact), where R is installed
	@$(BIN)/python bench/run.py --with-r

docs: $(VENV)/dev.stamp  ## Write the generated reference pages and the JSON Schema anew
	@$(BIN)/python docs/generate.py

lock: $(VENV)/dev.stamp  ## Resolve the dependencies anew
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade pyproject.toml --group dev -o requirements-dev.txt

clean:  ## Remove the environment and what was written
	@rm -rf $(VENV) $(OUT) build dist

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Equipoise needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11.")'
	@echo "Making the environment (once; about a minute)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(VENV)/pyvenv.cfg requirements.txt pyproject.toml
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) -e .
	@$(COMPILE) $(VENV)/lib src
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@$(COMPILE) $(VENV)/lib
	@touch $@
