# Every target sets up what it needs: uv from PyPI into .tools, then .venv from uv.lock. Nothing outside this folder is changed.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
# uv is not to look for another Python than this one, nor to download one.
PYTHON_PATH = $(shell $(PYTHON) -c 'import sys; print(sys.executable)' 2>/dev/null)
SYNC = UV_PYTHON="$(PYTHON_PATH)" $(UV) sync --quiet --frozen --inexact

IN ?= corpus/articles
TO ?= out/records.jsonl sqlite:///out/dateline.sqlite
ARGS ?=
PAGES ?=

.PHONY: help extract test check format eval bench bench-article bench-skipping bench-stores calibrate gazetteers datasette clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'
	@echo
	@echo '  make extract IN=folder TO="sqlite:///x.db out.jsonl"   your own pages, into your own files'

extract: .venv/.run ## Extract IN (default: corpus/articles) into TO (default: out/records.jsonl and out/dateline.sqlite)
	@$(BIN)/dateline extract "$(IN)" $(foreach dest,$(TO),--to $(dest)) $(ARGS) || [ $$? -eq 1 ]

test: .venv/.dev ## Run the tests
	@$(BIN)/pytest $(ARGS)

check: .venv/.dev ## Check formatting, lint, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv/.dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

eval: .venv/.run ## Compare the records of corpus/articles with their gold; figures beside corpus/floors.toml
	@$(BIN)/dateline eval $(ARGS)

bench: .venv/.run ## Measure pages a second, stage by stage
	@$(BIN)/python tests/bench/throughput.py $(ARGS)

bench-skipping: .venv/.dev ## Measure how quickly a second run passes unchanged pages over
	@$(BIN)/python tests/bench/skipping.py $(ARGS)

bench-stores: .venv/.dev ## Measure what writing costs, and how quickly databases are loaded
	@$(BIN)/python tests/bench/stores.py $(ARGS)

calibrate: .venv/.run ## Fit the weights of `confidence` again; other data: ARGS="--articles PAGES --gold FOLDER"
	@$(BIN)/python -m models.build.calibrate $(ARGS)

bench-article: ## Measure the article stage beside its peers, on PAGES (a folder with html/ and truth.json)
	@test -n "$(PAGES)" || { echo "bench-article: which pages? Name a folder with html/ and truth.json: make bench-article PAGES=folder" >&2; exit 2; }
	@test -d "$(PAGES)/html" -a -f "$(PAGES)/truth.json" || { echo "bench-article: $(PAGES) does not hold html/ and truth.json" >&2; exit 2; }
	@$(MAKE) .venv/.bench-article
	@$(BIN)/python tests/bench/bench_article.py "$(PAGES)" $(ARGS)

gazetteers: .venv/.gazetteers ## Make models/gazetteers again from its sources
	@$(BIN)/python -m models.build.build_all

datasette: $(UV) ## Look at out/dateline.sqlite in the browser
	@test -f out/dateline.sqlite || { echo "datasette: out/dateline.sqlite is not there yet: run make extract first" >&2; exit 2; }
	@UV_PYTHON="$(PYTHON_PATH)" $(UV) tool run datasette@0.65.5 serve out/dateline.sqlite --open

clean: ## Remove what was made here, except .venv and .tools
	rm -rf out dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .bench
	find . -name __pycache__ -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +

# ---- setting up ----------------------------------------------------------------------------------------------------------

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Dateline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@echo "setting up uv $(UV_VERSION) in .tools"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .tools uv==$(UV_VERSION) || \
	  { echo "uv could not be installed from PyPI: is pip there ($(PYTHON) -m pip), and the network?" >&2; exit 1; }

# The stamps make a second run quick. --inexact: setting up for one target takes nothing away that another one needs.
.venv/.run: pyproject.toml uv.lock | $(UV)
	@echo "setting up .venv from uv.lock (about 400 MB, a minute or two)"
	@$(SYNC)
	@touch $@

.venv/.dev: pyproject.toml uv.lock | $(UV)
	@echo "setting up .venv from uv.lock, with the tools for tests and checks"
	@$(SYNC) --group dev
	@touch $@

.venv/.bench-article: pyproject.toml uv.lock | $(UV)
	@echo "setting up .venv from uv.lock, with the peers of the article stage"
	@$(SYNC) --group bench-article
	@touch $@

.venv/.gazetteers: pyproject.toml uv.lock | $(UV)
	@echo "setting up .venv from uv.lock, with the sources of the gazetteers"
	@$(SYNC) --group gazetteers
	@touch $@
