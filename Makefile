# `make demo` and `make test` are all that a new machine needs: each makes .venv first if it is not there.

PYTHON ?= python3
bin := .venv/bin

.PHONY: demo test bench

demo: .venv/installed
	$(bin)/lesionmeter demo demo

test: .venv/installed
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/pytest -n 2

bench: .venv/installed
	$(bin)/python bench/stages.py

.venv/installed: pyproject.toml constraints.txt .ci/system_packages
	@.ci/system_packages
	@echo "Installing lesionmeter into .venv; the first time takes a few minutes."
	@test -x $(bin)/python || $(PYTHON) -m venv .venv
	$(bin)/python -m pip install -qq -c constraints.txt -e ".[test]"
	@touch $@
