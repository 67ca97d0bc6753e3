# The two commands: `make book` builds the verified book, `make test` passes all tests. Everything else serves them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: book test notebooks draft portability drill twice mutants browser audit newest bench clean
PYTHON ?= python3
BIN := .venv/bin
export PYTHONDONTWRITEBYTECODE := 1
export MPLCONFIGDIR := $(CURDIR)/_build/matplotlib
export IPYTHONDIR := $(CURDIR)/_build/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/_build/jupyter
# one thread each: two notebooks run side by side, and sums come out in one order
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
unexport PYTHONOPTIMIZE PYTHONPATH PYTHONWARNINGS

CHAPTERS := $(sort $(wildcard chapters/*.ipynb))
PAGES := $(wildcard chapters/*.md) references.bib
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout 120
VERIFIED := $(CHAPTERS:chapters/%.ipynb=_build/verified/%.xml)
CODE := $(shell find xentlib -name '*.py' -not -path '*/__pycache__/*') xentlib/book/dagre.min.js
READERS := $(addprefix tools/,guards.py active_content.py mathjax.py notebooks.py prose.py)
BUILDERS := $(addprefix tools/,publish.py active_content.py csp.py run_chapter.py receipt.py receipt.schema.json)

# One make at a time in a folder: the goals run under a lock, and a second make waits for the first.
ifndef ALONE
GOALS := $(or $(MAKECMDGOALS),book)
.PHONY: $(GOALS)
$(firstword $(GOALS)):
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing; Python 3.11 to 3.14 with venv is needed" >&2; exit 1; }
	+@exec $(PYTHON) tools/alone.py $(MAKE) --no-print-directory ALONE=1 $(GOALS)
$(wordlist 2,$(words $(GOALS)),$(GOALS)): $(firstword $(GOALS)) ;
else

book: _build/book.stamp
	@$(BIN)/python tools/receipt.py
	@echo "The book is verified and built: open $(CURDIR)/_build/html/index.html"

test: _build/book.stamp
	$(BIN)/python -m pytest --doctest-modules -n 2 tests xentlib --durations=8 --junitxml=_build/tests.xml
	@$(BIN)/python tools/guards.py tests

# One environment from the lock; the package itself in a second step, for an editable install has no hash.
.venv/stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || { echo "make: $$($(PYTHON) --version) is too old or too new; Python 3.11 to 3.14 is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no venv; on Debian it is in the package python3-venv" >&2; exit 1; }
	@echo "== environment: installing the locked packages (once)"
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

# Every cell of every chapter is executed, and every output compared with the one that is stored: two chapters at a
# time, and a chapter again only if it or the library changed. nbval's report of a chapter stands for its verification.
_build/chapters.stamp: .venv/stamp $(CHAPTERS) $(CODE) $(READERS) tools/run_chapter.py _config.yml _toc.yml $(wildcard chapters/*.md)
	@mkdir -p _build/verified
	@echo "== chapters: reading every cell"
	$(BIN)/python tools/guards.py
	@echo "== chapters: executing every cell and comparing every output, two chapters at a time"
	+@$(MAKE) --no-print-directory -j2 --output-sync=target $(VERIFIED)
	touch $@

_build/verified/%.xml: chapters/%.ipynb .venv/stamp $(CODE) tools/run_chapter.py
	@mkdir -p $(@D)
	@$(BIN)/python tools/run_chapter.py $< $@

# The pages show the stored outputs, which have just been reproduced; a site replaces the last one only when it is whole.
_build/book.stamp: _build/chapters.stamp _config.yml _toc.yml $(PAGES) $(wildcard vendor/*) $(BUILDERS)
	@echo "== book: rendering the pages, every warning an error"
	@$(BIN)/python tools/publish.py build
	touch $@

# Authoring: `make draft CH=bayes` writes drafts/bayes.md; `make notebooks` executes drafts and chapters, in one canonical form.
draft: .venv/stamp
	$(BIN)/python tools/notebooks.py draft $(CH)
notebooks: .venv/stamp
	$(BIN)/python tools/notebooks.py run $(CH)

# The stored outputs hold elsewhere: without AVX, with the oldest kernels of the linear algebra; in another time zone and language, with another hash seed.
portability: .venv/stamp
	TZ=Asia/Tokyo LC_ALL=C PYTHONHASHSEED=7 NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL AVX512_SPR" OPENBLAS_CORETYPE=Nehalem $(BIN)/python -m pytest $(NBVAL) chapters -n 2 --dist loadfile

# What a green build is worth: faults are planted in copies of the book, and each must be caught and named; and two builds
# in two folders, with other hash seeds, time zones and locales, must give the same bytes.
drill: _build/book.stamp
	$(BIN)/python tools/drill.py
twice: _build/book.stamp
	$(BIN)/python tools/publish.py twice

# What audits the book from outside has an environment of its own, from a lock of its own.
.venv-audit/stamp: requirements.txt requirements-audit.txt pyproject.toml
	@echo "== environment of the audits: installing the locked packages (once)"
	$(PYTHON) -m venv --clear .venv-audit
	for lock in requirements.txt requirements-audit.txt; do .venv-audit/bin/python -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r $$lock; done
	.venv-audit/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

# What the tests would not notice: `make mutants`, `make mutants MODULES="chain losses"`, `make mutants MODULES="since HEAD~1"`.
mutants: .venv-audit/stamp
	.venv-audit/bin/python tools/mutants.py $(MODULES)

# Every page in Chromium, which must be on the machine: what it loads, what its policy stops, what the keyboard reaches.
browser: .venv-audit/stamp _build/book.stamp
	.venv-audit/bin/python tools/browser.py

# Ratios of times, beside other libraries, on this machine.
bench: .venv/stamp
	$(BIN)/python tools/bench.py

# Known vulnerabilities among the pins; a pin that could not be looked up is a failure.
audit: .venv-audit/stamp
	.venv-audit/bin/zizmor --offline --persona auditor .github/workflows
	.venv-audit/bin/python tools/audit.py requirements.txt requirements-audit.txt

# What is coming: the newest packages, whatever the lock and the upper bounds say, except Jupyter Book 2 and other words of the lexicon.
newest: _build/book.stamp
	$(PYTHON) -m venv --clear _build/newest
	sed -E '/^#/d; s/<[0-9.]+//' requirements.in > _build/newest.in
	_build/newest/bin/python -m pip install -q --disable-pip-version-check --upgrade --upgrade-strategy eager -r _build/newest.in
	_build/newest/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	_build/newest/bin/python -m pytest --doctest-modules -n 2 tests xentlib --deselect tests/test_receipt.py::test_a_package_that_is_not_the_locked_one_is_refused
	_build/newest/bin/python -m pytest $(NBVAL) chapters -n 2 --dist loadfile

clean:
	rm -rf _build drafts

endif
