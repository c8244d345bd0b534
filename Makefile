python := .venv/bin/python
ready  := .venv/.ready
ifeq ($(origin UV),undefined)
UV := $(shell command -v uv)
endif

# Every command that a test starts would compile all of our modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test lint types bench workbooks wheel-test docs-check crowds long-runs corpus mutations fuzz \
  live-long lock recovery bundle bundle-test licences audit coverage mutation

setup: $(ready)

$(ready): requirements.lock pyproject.toml
ifneq ($(UV),)
	@$(python) -c '$(at_least_3_11)' 2>/dev/null \
	  || "$(UV)" venv --quiet --clear --no-python-downloads --python 3.11 .venv 2>/dev/null \
	  || "$(UV)" venv --clear .venv
	"$(UV)" pip install --quiet --python $(python) --require-hashes -r requirements.lock
	"$(UV)" pip install --quiet --python $(python) --no-deps --no-build-isolation --editable .
else
	@$(python) -c '$(at_least_3_11)' 2>/dev/null || { $(find_python) && "$$found" -m venv --clear .venv; }
	@$(python) -m pip --version >/dev/null 2>&1 || $(python) -m ensurepip --default-pip >/dev/null
	$(python) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(python) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endif
	@touch $@

at_least_3_11 = import sys; sys.exit(sys.version_info < (3, 11))
define find_python
found=; for candidate in python3.11 python3 python3.12 python3.13; do \
	  "$$candidate" -c '$(at_least_3_11)' 2>/dev/null && found=$$candidate && break; done; \
	test -n "$$found" || { echo "Stepladder needs Python 3.11 or newer: install it, then run make setup again." >&2; false; }
endef

demo: setup
	@.venv/bin/stepladder demo

# Files in their order: by the number of their tests, the few long ones would come last.
test: setup
	$(python) -m pytest --numprocesses auto --dist loadscope --no-loadscope-reorder

lint: setup
	$(python) -m ruff check
	$(python) -m ruff format --check

types: setup
	$(python) -m mypy

bench: setup
	$(python) -m tests.benchmarks

# Calibration on simulated offices whose rates are known; renews the table in docs/calibration.md.
recovery: setup
	$(python) -m tests.calibrate.recovery

crowds: setup
	$(python) -m tests.crowds

# Real workbooks in ../shared/corpus, or where STEPLADDER_CORPUS points.
corpus: setup
	$(python) -m tests.corpus

# 2,000 broken workbooks made of those, for check, adopt and refresh.
mutations: setup
	$(python) -m tests.corpus.mutations

# Thousands of inputs for each reader in place of the dozens of an everyday run.
fuzz: setup
	$(python) -m pytest --hypothesis-profile fuzz tests/fuzz

# An hour: 500 refreshes of one workbook, eight processes in one folder, odd names, faulty disks.
# As an administrator of Linux, for the disks.
long-runs: setup
	$(python) -m tests.crowds long

# Every test, and how many branches of each stage they take; fails below the stated minimum.
coverage: setup
	$(python) -m pytest --numprocesses auto --dist loadscope --no-loadscope-reorder --cov --cov-report= \
	  --cov-report=json:build/coverage.json
	$(python) -m tests.branches

# Changes score, match and plan in thousands of ways, one at a time, and asks whether a test notices
# (docs/reliability.md). All of it takes hours: MUTANTS="stepladder.score.*" takes some, and
# MUTANTS="--sample 600 --seed 8" draws some.
mutation: setup
	$(python) -m tests.mutation $(MUTANTS)

# docs/licences.md; fails where a licence is not allowed.
licences: setup
	$(python) -m tests.licences

audit: setup
	$(python) -m tests.audit

# The live tests with 100 refreshes of one open workbook in place of 10.
live-long: setup
	STEPLADDER_LIVE_TIMES=100 $(python) -m pytest tests/live

# The workbooks and the add-in that are shipped; tests/template/test_shipped.py fails when they are stale.
workbooks: setup
	$(python) -m tests.shipped_workbooks

wheel-test: setup
	$(python) -m pytest -m wheel tests/test_wheel.py

# Folders for offices whose network lets nothing in: dist/bundle/, one for each kind of computer.
bundle: setup
	$(python) -m tests.bundle

bundle-test: setup
	$(python) -m pytest -rs -m bundle tests/test_bundle.py

docs-check: setup
	$(python) -m pytest tests/test_docs.py

# Packages younger than a week wait: a bad release is usually withdrawn by then. Without its extra in
# the lock, pip holds a package that another asks for with an extra for one that is not pinned.
lock:
	uv pip compile pyproject.toml --group dev --group bench --group bundle --universal \
	  --python-version 3.11 \
	  --generate-hashes --no-strip-extras --no-emit-index-url --exclude-newer "7 days" \
	  --custom-compile-command "make lock" --quiet --output-file requirements.lock
