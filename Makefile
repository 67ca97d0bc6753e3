# The two commands: `make book` builds the verified book, `make test` passes all tests. Everything else serves them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.PHONY: book test chapter notebooks draft portability drill twice mutants browser audit newest bench formal package zip tryout pdf clean
PYTHON ?= python3
BIN := .venv/bin

CHAPTERS := $(wildcard chapters/*.ipynb)
LIBRARY := $(shell find xentlib -type f -not -path '*/__pycache__/*')
READERS := $(addprefix tools/,guards.py active_content.py mathjax.py notebooks.py prose.py chapters.py environment.py)
BUILDERS := $(addprefix tools/,publish.py package.py takeaway.py active_content.py csp.py light.py chapters.py environment.py receipt.py receipt.schema.json)
PAGES := $(wildcard chapters/*.md) references.bib _config.yml _toc.yml

# The door: surroundings are fixed there, and one make at a time runs in a folder; a second one waits for the first.
ifneq ($(origin ALONE),command line)
LETTERS := $(filter-out -%,$(firstword $(MAKEFLAGS)))
ifneq (,$(findstring i,$(LETTERS))$(findstring t,$(LETTERS)))
$(error -i and -t would take what failed, or was never run, as verified; run make without them)
endif
GOALS := $(or $(MAKECMDGOALS),book)
.PHONY: $(GOALS)
$(firstword $(GOALS)):
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing; Python 3.11 to 3.14 with venv is needed" >&2; exit 1; }
	+@exec $(PYTHON) -I tools/environment.py $(if $(findstring n,$(LETTERS)),,$(PYTHON) tools/alone.py) $(MAKE) --no-print-directory ALONE=1 $(GOALS)
$(wordlist 2,$(words $(GOALS)),$(GOALS)): $(firstword $(GOALS)) ;
else

book: _build/book.stamp
	@$(BIN)/python tools/receipt.py
	@echo "The book is verified and built: open $(CURDIR)/_build/html/index.html"

# `make test T=tests/test_chain.py` runs some tests alone, without the book.
test: $(if $(T),.venv/stamp,_build/book.stamp)
	$(BIN)/python -m pytest --doctest-modules -n 2 $(or $(T),tests xentlib --durations=8 --junitxml=_build/tests.xml)
	@$(if $(T),,$(BIN)/python tools/guards.py tests)

# One environment from the lock. pip installs only uv, which installs the rest; uv does not read pip's settings,
# so that pip is asked where uv finds no packages. The library itself comes last, for an editable install has no hash.
define install
	@echo "== environment: installing the locked packages (once)"
	@mkdir -p _build $(@D)
	$(PYTHON) -m venv --clear $(@D)
	awk '/^[a-z]/ { on = /^uv==/ } on' requirements.txt > _build/uv.txt
	$(@D)/bin/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes --only-binary :all: -r _build/uv.txt
	for lock in $(1); do \
	  $(@D)/bin/uv pip install -q --system-certs --python $(@D)/bin/python --require-hashes --no-build -r $$lock || \
	  $(@D)/bin/python -m pip install -q --disable-pip-version-check --no-compile --require-hashes --only-binary :all: -r $$lock; done
	$(@D)/bin/uv pip install -q --system-certs --python $(@D)/bin/python --offline --no-deps --no-build-isolation -e .
	touch $@
endef

.venv/stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || { echo "make: $$($(PYTHON) --version) is too old or too new; Python 3.11 to 3.14 is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: $(PYTHON) has no venv; on Debian it is in the package python3-venv" >&2; exit 1; }
	$(call install,requirements.txt)

# Every cell of every chapter is executed, and every output compared with the one that is stored: two chapters at a
# time, and a chapter again only if it, or something that it reads, changed.
_build/chapters.stamp: .venv/stamp $(CHAPTERS) $(LIBRARY) $(READERS) $(PAGES)
	@echo "== chapters: reading every cell"
	@$(BIN)/python tools/guards.py
	@echo "== chapters: executing every cell and comparing every output, two chapters at a time"
	@$(BIN)/python tools/chapters.py
	@touch $@

# `make chapter CH=bayes` verifies one chapter alone.
chapter: .venv/stamp
	@$(BIN)/python tools/chapters.py $(or $(CH),$(error which chapter? make chapter CH=bayes))

# The pages show the stored outputs, which have just been reproduced; a site replaces the last one only when it is whole.
_build/book.stamp: _build/chapters.stamp $(wildcard vendor/*) $(BUILDERS)
	@echo "== book: rendering the pages, every warning an error"
	@$(BIN)/python tools/publish.py build
	@touch $@

# Authoring: `make draft CH=bayes` writes drafts/bayes.md; `make notebooks` executes drafts and chapters, in one canonical form.
draft: .venv/stamp
	$(BIN)/python tools/notebooks.py draft $(CH)
notebooks: .venv/stamp
	$(BIN)/python tools/notebooks.py run $(CH)

# The stored outputs hold elsewhere: without AVX, with the oldest kernels of the linear algebra; in another time zone and language, with another hash seed.
portability: .venv/stamp
	$(BIN)/python tools/chapters.py --elsewhere

# What a green build is worth: faults are planted in copies of the book, and each must be caught and named; and two builds
# in two folders, with other hash seeds, time zones and locales, must give the same bytes.
drill: _build/book.stamp
	$(BIN)/python tools/drill.py
twice: _build/book.stamp
	$(BIN)/python tools/publish.py twice

# What audits the book from outside has an environment of its own, from a lock of its own.
.venv-audit/stamp: requirements.txt requirements-audit.txt pyproject.toml
	$(call install,requirements.txt requirements-audit.txt)

# What the tests would not notice: `make mutants`, `make mutants MODULES="verify/chain losses"`, `make mutants MODULES="since HEAD~1"`.
mutants: .venv-audit/stamp
	.venv-audit/bin/python tools/mutants.py $(MODULES)

# Every page in Chromium, which must be on the machine: what it loads, what its policy stops, what the keyboard reaches.
browser: .venv-audit/stamp _build/book.stamp
	.venv-audit/bin/python tools/browser.py

# Ratios of times, beside other libraries, on this machine.
bench: .venv/stamp
	$(BIN)/python tools/bench $(T) $(if $(STORE),--store)

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
	_build/newest/bin/python tools/chapters.py --elsewhere

# The wheel and the sdist: what is in them, and whether they work where nothing else is; in more Pythons with
# `make package PYTHONS="python3.12 python3.13"`.
package: .venv/stamp
	$(BIN)/python tools/package.py $(PYTHONS)

# What readers take along: the notebooks with their library, the site, and the book as one PDF.
zip: _build/book.stamp
	$(BIN)/python tools/takeaway.py notebooks _build
	$(BIN)/python tools/takeaway.py site _build
pdf: _build/book.stamp
	$(BIN)/python tools/pdf.py _build/book.pdf

# The notebooks as they are downloaded, run where there is Jupyter's kernel and nothing else.
tryout: .venv/stamp
	$(BIN)/python tools/takeaway.py try

# The theories are proved again, and what Coq says is held against the certificate; `make formal CERTIFY=1` writes a new one.
formal:
	@command -v coqc >/dev/null || { echo "make: Coq 8.16.1 with mathcomp-analysis 0.6.0 is needed; on Debian 12: apt-get install --no-install-recommends libcoq-mathcomp-analysis libcoq-mathcomp-algebra-tactics" >&2; exit 1; }
	$(MAKE) --no-print-directory -C formal ALONE=
	$(PYTHON) formal/certify.py $(if $(CERTIFY),,--compare)

clean:
	rm -rf _build drafts

endif
