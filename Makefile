# Two commands matter: `make demo` and `make test`. Both need only Python 3.11 or newer, and make.

SHELL := /bin/sh
RUN := .venv/bin/python
WORKERS ?= 2
SUITE := -m pytest -n $(WORKERS) --dist loadgroup
PYTHON ?= $(shell for found in python3.11 python3.12 python3.13 python3; do \
  $$found -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
  && echo $$found && break; done)

.PHONY: help demo demo-reset stop test proofs test-fast check style types floors templates deployment \
  dependencies format lock venv browser

help:
	@echo "make demo        everything on this machine, with a busy week of orders"
	@echo "make demo-reset  the same from the beginning"
	@echo "make stop        stops a PostgreSQL that was left running"
	@echo "make test        the suite without the long proofs"
	@echo "make proofs      the long proofs: whole months, killed workers, every page by axe, faults, small benches"
	@echo "make test-fast   the suite without browsers, journeys and long proofs"
	@echo "make check       style, types, floors, templates, deployment, dependencies"
	@echo "make format      puts the style right"
	@echo "make lock        writes requirements.lock anew from pyproject.toml"

demo: venv
	@$(RUN) -W ignore -m integration.demo start

demo-reset: venv
	@$(RUN) -W ignore -m integration.demo reset
	@$(RUN) -W ignore -m integration.demo start

stop: venv
	@$(RUN) -W ignore -m integration.embedded stop

test: venv browser
	@$(RUN) $(SUITE) -m "not slow"

proofs: venv browser
	@$(RUN) $(SUITE) -m slow

test-fast: venv
	@$(RUN) $(SUITE) -m "not browser and not journey and not slow"

check: style types floors templates deployment dependencies

style: venv
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: venv
	$(RUN) -m mypy .

floors: venv
	.venv/bin/lint-imports --no-logo

templates: venv
	$(RUN) -m djlint templates --check
	$(RUN) -m djlint templates --lint

deployment: venv
	.ci/deploy-check $(RUN)
	$(RUN) manage.py makemigrations --check --dry-run

dependencies: venv
	$(RUN) .ci/audit.py

format: venv
	@$(RUN) -m ruff check --fix --quiet . ; $(RUN) -m ruff format --quiet .
	@$(RUN) -m djlint templates --reformat --quiet

lock: venv
	@$(RUN) -m pip install --quiet uv
	@.venv/bin/uv pip compile pyproject.toml --extra dev --generate-hashes --universal \
	  --python-version 3.11 --no-header --quiet --output-file requirements.lock

venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) .ci/venv.py

browser:
	@$(RUN) .ci/browser.py
