# Two commands: `make run` and `make test`. Both set up what they need in .venv.
PYTHON ?= python3
BIN := .venv/bin
RUNS ?= 4000

.PHONY: run test verify check lint bench cover mutate wheel lock clean
.DELETE_ON_ERROR:

run: .venv/core  ## set up, play the main job, show a table and pictures
	$(BIN)/sim run scenarios/four_cities.yaml --runs $(RUNS) --out results/four_cities --plots

test: .venv/dev  ## set up and pass the tests
	$(BIN)/python -m pytest -q -n 2 -m "not slow"

verify: .venv/dev  ## the slow suites: statistics and closed forms
	$(BIN)/python -m pytest -q -n 2 -m slow

check: lint test  ## before every commit

lint: .venv/dev
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/core  ## runs per second, engines side by side; half a minute
	$(BIN)/sim bench scenarios/four_cities.yaml

cover: .venv/dev  ## how much of the handlers the agreement tests alone reach
	$(BIN)/coverage run --branch --source=sim/events,sim/engines/batch -m pytest -q tests/agreement --ignore=tests/agreement/test_numba.py
	$(BIN)/coverage report --show-missing --fail-under=95

mutate: .venv/dev  ## are planted faults caught? takes half an hour
	$(BIN)/python benchmarks/mutate.py

wheel: .venv/dev  ## build the wheel and run it where nothing else is
	sh tests/wheel.sh $(BIN)/python

lock:  ## renew the locked requirements (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv results build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/core: requirements.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/dev: requirements-dev.txt .venv/core
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
