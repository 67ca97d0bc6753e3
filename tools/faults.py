"""The faults of the drill: what is planted, the check that is there for its kind, and what that
check must say.

A fault is planted by changing the real book, so each names a text that must be there; where it
is not, the drill fails.
"""

import ast
import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nbformat
from notebooks import canonical


class Fault(NamedTuple):
    """`plant(root)` spoils a copy; `check` is one of `drill.CHECKS`, with its arguments; its
    message must match `says`.
    """

    kind: str
    name: str
    plant: Callable[[Path], None]
    check: str
    says: str


def change(file, old, new):
    """Replace a text that must be there."""

    def plant(root):
        text = (root / file).read_text()
        if old not in text:
            raise LookupError(f"{file} has no '{old}' to spoil")
        (root / file).write_text(text.replace(old, new, 1))

    return plant


def _defined(tree, name):
    """The definition of a dotted name in a module: a function, a class, or what is assigned."""
    node = tree
    for word in filter(None, name.split(".")):
        node = next(
            inner
            for inner in ast.walk(node)
            if getattr(inner, "name", None) == word
            or isinstance(inner, ast.Assign)
            and any(word in ast.unparse(target).split(", ") for target in inner.targets)
        )
    return node


def within(file, name, old, new):
    """In the definition of `name`, put the code `new` in place of the first code that means `old`,
    however either is laid out; for a keyword `a=b`, name the new value alone.
    """

    def plant(root):
        text = (root / file).read_text(encoding="utf-8")
        wanted = ast.parse(old).body[0]
        wanted = ast.dump(wanted.value if isinstance(wanted, ast.Expr) else wanted)
        try:
            nodes = ast.walk(_defined(ast.parse(text), name))
            found = next(node for node in nodes if ast.dump(node) == wanted)
        except StopIteration:
            raise LookupError(f"{file}: {name} has no '{old}' to spoil") from None
        lines = text.encode().splitlines(keepends=True)
        start = sum(map(len, lines[: found.lineno - 1])) + found.col_offset
        end = sum(map(len, lines[: found.end_lineno - 1])) + found.end_col_offset
        spoilt = text.encode()[:start] + new.encode() + text.encode()[end:]
        (root / file).write_bytes(spoilt)

    return plant


def add(file, text):
    def plant(root):
        before = (root / file).read_text() if (root / file).exists() else ""
        (root / file).write_text(before + text)

    return plant


def remove(file):
    return lambda root: (root / file).unlink()


def spoil_json(file, spoil):
    def plant(root):
        data = json.loads((root / file).read_text())
        spoil(data)
        (root / file).write_text(json.dumps(data))

    return plant


def notebook(chapter, spoil, form=canonical):
    """Spoil a notebook, and store it in canonical form: what an author would have done."""

    def plant(root):
        path = root / "chapters" / f"{chapter}.ipynb"
        book = nbformat.read(path, as_version=4)
        spoil(book)
        path.write_text(form(book))

    return plant


def as_it_is(book):
    return nbformat.writes(book, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _cell(book, having):
    found = [cell for cell in book.cells if cell.cell_type == "code" and having in cell.source]
    if not found:
        raise LookupError(f"no cell has '{having}'")
    return found[0]


def prose(chapter, old, new):
    """Another text in the Markdown of a notebook."""

    def spoil(book):
        cells = [cell for cell in book.cells if cell.cell_type == "markdown" and old in cell.source]
        if not cells:
            raise LookupError(f"no prose has '{old}'")
        cells[0].update(source=cells[0].source.replace(old, new))

    return notebook(chapter, spoil)


def source(chapter, having, new):
    """Another source for the first cell with a text; its stored outputs stay."""
    return notebook(chapter, lambda book: _cell(book, having).update(source=new))


def output(chapter, having, kind, old, new):
    """Another text in a stored output."""

    def spoil(book):
        data = next(o.data for o in _cell(book, having).outputs if kind in o.get("data", {}))
        if old not in data[kind]:
            raise LookupError(f"the output has no '{old}'")
        data[kind] = data[kind].replace(old, new, 1)

    return notebook(chapter, spoil)


def exchange(chapter, first, second, what):
    """Exchange sources or outputs of two cells."""

    def spoil(book):
        a, b = _cell(book, first), _cell(book, second)
        a[what], b[what] = copy.deepcopy(b[what]), copy.deepcopy(a[what])

    return notebook(chapter, spoil)


def both(*plants):
    def plant(root):
        for one in plants:
            one(root)

    return plant


ANSWERS = "xentlib/data/oracle/oracle.json"


def _wrong_answer(oracle):
    case = next(
        case
        for case in oracle["cases"]
        if case["op"] == "kl" and isinstance(case["expected"], list)
    )
    case["expected"][0] = {
        "f64": (float.fromhex(case["expected"][0]["f64"]) * 1.001 + 1e-3).hex(),
        "dec": str(float(case["expected"][0]["dec"]) * 1.001 + 1e-3),
    }


def _without_hashes(package):
    pinned = re.compile(rf"^({package}==[^\n]*?) \\\n(?:    --hash[^\n]*\n)+", re.MULTILINE)
    return lambda text: pinned.sub(r"\1\n", text)


def _another_hash(package):
    pinned = re.compile(rf"^({package}==.*?)(?=^\S)", re.MULTILINE | re.DOTALL)

    def spoilt(found):
        return re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", found.group(1))

    return lambda text: pinned.sub(spoilt, text)


def rewrite(file, change):
    def plant(root):
        text = (root / file).read_text()
        if change(text) == text:
            raise LookupError(f"{file} has nothing to spoil")
        (root / file).write_text(change(text))

    return plant


IDLE = "limit = xentlib.entropy"  # a cell of counts.ipynb that other cells do not need


def _shows(source, text):
    """The idle cell runs this instead, and stores that it gave this text."""
    output = nbformat.v4.new_output("execute_result", {"text/plain": text}, execution_count=1)
    return lambda book: _cell(book, IDLE).update(source=source, outputs=[output])


def _graded_as_argued(book):
    (record, *_) = _cell(book, "verify(claims.multinomial)").outputs
    record.data["application/vnd.xentlib.verdict+json"].update(grade="argued")


CELL = r"counts\.ipynb, cell \d+: "
DIFFERS = CELL + "mismatch '{}'"
TESTS = "FAILED tests/test_{}.py"
CLAIMS, LIBRARY, CHAINS = "xentlib/claims/", "xentlib/", "xentlib/derivations/"
ENGINES = "xentlib/verify/"


def in_a_notebook():
    """The faults that have a guard of their own: the tests plant the same ones."""
    from test_book import FAULTS

    return [
        Fault(
            "notebook",
            name,
            notebook("bayes", spoil, as_it_is),
            "guards",
            rf"bayes\.ipynb.*{re.escape(message)}",
        )
        for name, (spoil, message) in FAULTS.items()
    ]


STORED = [
    Fault(
        "output",
        "a digit",
        output("counts", "multinomial_log_likelihood(counts, q)", "text/plain", "0.1372", "0.1373"),
        "chapter counts",
        DIFFERS.format("text/plain"),
    ),
    Fault(
        "output",
        "a sign in a derivation",
        output("counts", "derived.multinomial", "text/latex", "-", "+"),
        "chapter counts",
        DIFFERS.format("text/latex"),
    ),
    Fault(
        "output",
        "a sign in a theorem",
        output("counts", "verify(claims.multinomial)", "text/x-myst", r"- \log", r"\log"),
        "chapter counts",
        DIFFERS.format("text/x-myst"),
    ),
    Fault(
        "output",
        "a number in a theorem",
        output("counts", "verify(claims.type_identity)", "text/x-myst", "0.00686", "0.00868"),
        "chapter counts",
        DIFFERS.format("text/x-myst"),
    ),
    Fault(
        "output",
        "a grade",
        output("counts", "verify(claims.multinomial)", "text/plain", "Proved", "Argued"),
        "chapter counts",
        DIFFERS.format("text/plain"),
    ),
    Fault(
        "output",
        "a line of a figure",
        output("counts", "figures.ordered", "image/svg+xml", "\nL ", "\nM "),
        "chapter counts",
        DIFFERS.format(r"image/svg\+xml"),
    ),
    Fault(
        "output",
        "two figures exchanged",
        exchange("five-meanings", "figures.objectives", "figures.climbing", "outputs"),
        "chapter five-meanings",
        r"five-meanings\.ipynb, cell \d+: mismatch",
    ),
    Fault(
        "output",
        "a figure that is stale",
        change(LIBRARY + "figures/counts.py", "markersize=4", "markersize=5"),
        "chapter counts",
        DIFFERS.format(".*"),
    ),
    Fault(
        "output",
        "a number in the record",
        notebook(
            "counts",
            _graded_as_argued,
        ),
        "chapter counts",
        DIFFERS.format("application/vnd.*"),
    ),
    Fault(
        "output",
        "a cell changed, its output stale",
        source("counts", IDLE, "limit = xentlib.entropy(label) + 1\nf'{limit:.4f}'"),
        "chapter counts",
        DIFFERS.format("text/plain"),
    ),
    Fault(
        "output",
        "an output taken away",
        notebook("counts", lambda book: _cell(book, "figures.ordered").update(outputs=[])),
        "chapter counts",
        CELL,
    ),
    Fault(
        "output",
        "numbers without a seed",
        source("counts", IDLE, 'f"{np.random.default_rng().random():.6f}"'),
        "chapter counts",
        DIFFERS.format("text/plain"),
    ),
    Fault(
        "output",
        "the order of a set",
        source(
            "counts", IDLE, 'list({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"})'
        ),
        "chapter counts",
        DIFFERS.format("text/plain"),
    ),
    Fault(
        "output",
        "not a number",
        source("counts", IDLE, "np.multiply(np.inf, 0)"),
        "chapter counts",
        CELL,
    ),
    Fault(
        "output", "a warning", source("counts", IDLE, "np.log(np.zeros(1))"), "chapter counts", CELL
    ),
]
KERNEL = [
    Fault(
        "kernel",
        "a cell that fails",
        source("counts", IDLE, "1 / 0"),
        "chapter counts",
        CELL + "ZeroDivisionError",
    ),
    Fault(
        "kernel",
        "a false assertion",
        source("counts", IDLE, "assert 1 == 2"),
        "chapter counts",
        CELL + "AssertionError",
    ),
    Fault(
        "kernel",
        "a line that is no Python, before one that fails",
        source("counts", IDLE, "%nonsense\nassert False"),
        "chapter counts",
        CELL,
    ),
    Fault(
        "kernel",
        "a cell that leaves",
        source("counts", IDLE, "import sys\nsys.exit()"),
        "chapter counts",
        CELL + "SystemExit|" + CELL,
    ),
    Fault(
        "kernel",
        "a cell that hangs",
        source("counts", IDLE, "while True:\n    pass"),
        "chapter counts",
        CELL,
    ),
    Fault(
        "kernel",
        "a kernel that dies",
        source("counts", IDLE, "import ctypes\nctypes.string_at(0)"),
        "chapter counts",
        CELL,
    ),
    Fault(
        "kernel",
        "a kernel that is not there",
        notebook(
            "counts",
            lambda book: book.metadata.update(kernelspec=dict(name="ir", display_name="R")),
            as_it_is,
        ),
        "guards",
        "counts.ipynb: names another kernel",
    ),
    Fault(
        "kernel",
        "more memory than there is",
        source("counts", IDLE, "np.ones(10**10).sum()"),
        "memory counts",
        CELL + ".*MemoryError",
    ),
    Fault("kernel", "no memory to start in", lambda root: None, "starved counts", r"counts\.ipynb"),
    Fault(
        "surroundings",
        "a time of day",
        source("counts", IDLE, "import datetime\nf'{datetime.datetime.now():%H:%M:%S.%f}'"),
        "chapter counts",
        CELL,
    ),
    Fault(
        "surroundings",
        "the time zone",
        notebook(
            "counts",
            _shows(
                "np.datetime64('today').astype('datetime64[h]').item().astimezone().utcoffset()",
                "datetime.timedelta(0)",
            ),
        ),
        "elsewhere counts",
        DIFFERS.format("text/plain"),
    ),
    Fault(
        "surroundings",
        "the language",
        notebook(
            "counts",
            _shows("import locale\nlocale.setlocale(locale.LC_ALL, '')", "'C.UTF-8'"),
        ),
        "elsewhere counts",
        DIFFERS.format("text/plain"),
    ),
    Fault(
        "surroundings",
        "Python without asserts, and a false claim",
        within(CLAIMS + "counts.py", "type_identity", "F(686, 100000)", "F(687, 100000)"),
        "optimised type_identity",
        "Refuted: The probability of ordered votes",
    ),
]
CONTENTS = [
    Fault(
        "contents",
        "a chapter left out",
        change("_toc.yml", "      - file: chapters/counts\n", ""),
        "guards",
        "chapters/counts.ipynb is not in the contents",
    ),
    Fault(
        "contents",
        "a chapter twice",
        change("_toc.yml", "chapters/counts", "chapters/bayes"),
        "guards",
        "listed twice",
    ),
    Fault(
        "contents",
        "a chapter without a file",
        remove("chapters/counts.ipynb"),
        "guards",
        "chapters/counts has no file",
    ),
    Fault(
        "contents",
        "a chapter that is no notebook",
        change("chapters/counts.ipynb", '"cells": [', '"cells": '),
        "guards",
        "counts.ipynb: is not a notebook",
    ),
    Fault(
        "contents",
        "chapters in another order",
        change(
            "_toc.yml",
            "      - file: chapters/entropy-and-kl\n      - file: chapters/counts\n",
            "      - file: chapters/counts\n      - file: chapters/entropy-and-kl\n",
        ),
        "guards",
        "another order",
    ),
    Fault(
        "contents",
        "a file that turns tests off",
        add("chapters/conftest.py", "collect_ignore_glob = ['*']\n"),
        "guards",
        "chapters/conftest.py: only notebooks",
    ),
    Fault(
        "contents",
        "cells executed by the build",
        change("_config.yml", 'execute_notebooks: "off"', "execute_notebooks: cache"),
        "guards",
        "_config.yml: execute",
    ),
    Fault(
        "contents",
        "errors allowed by the build",
        change(
            "_config.yml",
            'execute_notebooks: "off"',
            'execute_notebooks: "off"\n  allow_errors: true',
        ),
        "guards",
        "_config.yml: execute",
    ),
    Fault(
        "contents",
        "warnings suppressed",
        change(
            "_config.yml", "    numfig: true", "    numfig: true\n    suppress_warnings: [myst]"
        ),
        "guards",
        "suppressed",
    ),
    Fault(
        "contents",
        "a claim that no cell shows",
        source("counts", "verify(claims.multinomial)", "claims.multinomial"),
        "guards",
        r"no cell verify\(claims\.multinomial\)",
    ),
    Fault(
        "contents",
        "claims in another order",
        exchange("counts", "verify(claims.multinomial)", "verify(claims.constants)", "source"),
        "guards",
        "counts.ipynb: claims stand in another order",
    ),
    Fault(
        "contents",
        "a claim taken away",
        change(CLAIMS + "counts.py", "poisson_trick = Claim(", "poisson_trick = dict("),
        "guards",
        "poisson_trick",
    ),
    Fault(
        "contents",
        "a claim taken away everywhere",
        both(
            change(CLAIMS + "counts.py", "poisson_trick = Claim(", "poisson_trick = dict("),
            notebook(
                "counts",
                lambda book: book.cells.remove(_cell(book, "verify(claims.poisson_trick)")),
            ),
        ),
        "tests test_claims.py no_claim_is_missing",
        TESTS.format("claims"),
    ),
    Fault(
        "contents",
        "a claim that uses a later one",
        add(
            CLAIMS + "bayes.py",
            (
                "\nfrom xentlib.claims import categorical\nobject.__setattr__(map_and_mle, "
                "'uses', (categorical.categorical_pmf,))\n"
            ),
        ),
        "tests test_claims.py later_one",
        "map_and_mle",
    ),
    Fault(
        "contents",
        "a claim that nothing rests on, and that rests on nothing",
        within(CLAIMS + "categorical.py", "walk_example", "(categorical_pmf,)", "()"),
        "tests test_graph.py stands_alone",
        "walk_example",
    ),
    Fault(
        "contents",
        "settings that make nbval lax",
        change("pyproject.toml", 'addopts = "-q ', 'addopts = "-q --nbval-lax '),
        "tests test_architecture.py settings",
        TESTS.format("architecture"),
    ),
    Fault(
        "contents",
        "tests left out by a file of settings",
        add("tox.ini", "[pytest]\naddopts = -k nothing\n"),
        "tests test_architecture.py settings",
        TESTS.format("architecture"),
    ),
]
CLAIM = [
    Fault(
        "derivation",
        "a sign in a step",
        within(
            CHAINS + "entropy_and_kl.py",
            "",
            "named.entropy(p) + named.divergence(p, q)",
            "named.entropy(p) - named.divergence(p, q)",
        ),
        "tests test_claims.py claim-cross-entropy-decomposition",
        r"step 2 .*fails at K",
    ),
    Fault(
        "derivation",
        "a positivity dropped",
        change(
            CHAINS + "symbols.py",
            'IndexedBase(letter, positive=True) for letter in "pq"',
            'IndexedBase(letter, real=True) for letter in "pq"',
        ),
        "tests test_claims.py claim-cross-entropy-decomposition",
        "claim-cross-entropy-decomposition",
    ),
    Fault(
        "derivation",
        "a divisor that may be 0",
        change(CHAINS + "cross_entropy.py", ".nonzero(base - 1)", ""),
        "tests test_claims.py claim-units",
        r"divides by log\(b\), and that it is not 0 does not follow",
    ),
    Fault(
        "derivation",
        "a step that repeats the one before",
        within(
            CHAINS + "counts.py",
            "multinomial",
            "-log_coefficient - over_classes(c[k] * log(q[k]))",
            "-log(coefficient * Product(q[k] ** c[k], (k, 1, K)))",
        ),
        "tests test_claims.py claim-multinomial",
        "compares an expression with itself",
    ),
    Fault(
        "derivation",
        "a tiny factor",
        within(
            CHAINS + "five_meanings.py",
            "",
            "1 - over_classes(any_p[k] ** 2)",
            "1 - over_classes(any_p[k] ** 2) * (1 + 1 / sympify(10)**30)",
        ),
        "tests test_claims.py claim-sampled-gradient",
        "NameError|fails at|Refuted",
    ),
    Fault(
        "derivation",
        "about another function of the library",
        within(
            CLAIMS + "counts.py",
            "multinomial",
            "-xentlib.multinomial_log_likelihood(c, q)",
            "xentlib.multinomial_log_likelihood(c, q)",
        ),
        "tests test_claims.py claim-multinomial",
        "the library gives .*the derivation",
    ),
    Fault(
        "claim",
        "a number of the statement, in its evidence",
        within(CLAIMS + "counts.py", "type_identity", "F(686, 100000)", "F(687, 100000)"),
        "chapter counts",
        CELL + "Refuted",
    ),
    Fault(
        "claim",
        "an inequality turned round",
        within(CLAIMS + "counts.py", "ordered_and_counted", "at_most", "at_least"),
        "tests test_claims.py claim-ordered-and-counted",
        "Refuted",
    ),
    Fault(
        "claim",
        "a check that compares a thing with itself",
        within(
            CLAIMS + "counts.py",
            "ordered_and_counted",
            "lambda counts, model: _loss_power(counts, model, entropy=True)",
            "_count_probability",
        ),
        "tests test_claims.py claim-ordered-and-counted",
        "with itself",
    ),
    Fault(
        "claim",
        "a derivation that does not say of what",
        within(
            CHAINS + "counts.py",
            "multinomial",
            "-log_multinomial(c, n, q)",
            "-log_multinomial(c, n, q).unfolded",
        ),
        "tests test_quantity.py starts_with_a_name",
        r"start with no name: counts: derived\.multinomial",
    ),
    Fault(
        "claim",
        "a mistake taken away",
        within(
            CLAIMS + "counts.py",
            "multinomial",
            "{'the coefficient omitted': derived.n * derived.of_proportions, "
            "'n omitted': derived.of_proportions - derived.log_coefficient}",
            "{'the coefficient omitted': derived.n * derived.of_proportions}",
        ),
        "chapter counts",
        DIFFERS.format(".*"),
    ),
    Fault(
        "claim",
        "a mistake that is no mistake",
        within(
            CLAIMS + "counts.py",
            "_bic_as_if_by_votes",
            "_bic_difference(_of_counts, heads, n, rows=1)",
            "_bic_difference(_of_counts, heads, n, rows=1) + mp.log(n)",
        ),
        "tests test_claims.py claim-constants",
        "passes the check",
    ),
    Fault(
        "claim",
        "fewer than two mistakes",
        both(
            within(
                CLAIMS + "counts.py",
                "poisson_trick",
                "{'the total forgotten': derived.log_coefficient "
                "+ over_classes(derived.c[k] * symbolic_log(q[k])), "
                "'K rates of λ': derived.poisson.last - (K - 1) * derived.lam}",
                "{'K rates of λ': derived.poisson.last - (K - 1) * derived.lam}",
            ),
            within(
                CLAIMS + "counts.py",
                "poisson_trick",
                '{"the total\'s rate is λ also without Σ q = 1": _together}',
                "{}",
            ),
        ),
        "tests test_claims.py claim-poisson-trick",
        "1 of at least 2 mistakes",
    ),
    Fault(
        "claim",
        "no case to look at",
        within(
            CLAIMS + "counts.py",
            "type_identity",
            "lambda: [(labels, MODELS[0]) for labels in _orders((0, 1, 1, 1, 2))]",
            "lambda: []",
        ),
        "tests test_claims.py claim-type-identity",
        "0 of at least 1",
    ),
    Fault(
        "claim",
        "a float among the rationals",
        change(
            CLAIMS + "counts.py",
            "MODELS = ((F(1, 5), F(7, 10), F(1, 10))",
            "MODELS = ((0.2, F(7, 10), F(1, 10))",
        ),
        "tests test_claims.py claim-type-identity",
        "not exact|AttributeError",
    ),
    Fault(
        "claim",
        "a certificate with another number",
        change(CLAIMS + "integer_weights.py", "{0: 201160,", "{0: 261160,"),
        "tests test_claims.py claim-distance",
        "distance-to-a-likelihood",
    ),
    Fault(
        "claim",
        "a tolerance widened",
        within(
            ENGINES + "evidence.py",
            "Sampled",
            "tolerance: float = 1e-12",
            "tolerance: float = 1e-2",
        ),
        "chapter entropy-and-kl",
        r"entropy-and-kl\.ipynb, cell \d+",
    ),
    Fault(
        "claim",
        "a side that depends on nothing that it is given",
        change(
            CLAIMS + "cross_entropy.py",
            "lhs=lambda p, q: _clipped(p, q, 1e-3),",
            "lhs=lambda p, q: 0 * _clipped(p, q, 1e-3),",
        ),
        "tests test_claims.py claim-clipping",
        "the left side looks at p, and changes nowhere if p does",
    ),
    Fault(
        "claim",
        "a bound so far off that it says nothing",
        change(
            CLAIMS + "cross_entropy.py",
            "rhs=lambda p, q: min(-np.log(1e-3), xentlib.cross_entropy(p, q)),",
            "rhs=lambda p, q: 1e9 + xentlib.cross_entropy(p, 0.9 * q + 0.1 / len(q)),",
        ),
        "tests test_claims.py claim-clipping",
        "a bound so far off says nothing",
    ),
    Fault(
        "claim",
        "fewer points to look at",
        within(ENGINES + "chain.py", "POINTS", "5", "1"),
        "chapter counts",
        DIFFERS.format(".*"),
    ),
    Fault(
        "claim",
        "an argument without words",
        within(
            CLAIMS + "entropy_and_kl.py",
            "cross_entropy_decomposition",
            r"(r'A class with $p_k=0$ adds nothing to any of the three, by '"
            r"r'<cross_entropy_definition>.', r'If $p_k>0=q_k$ for some $k$, its terms '"
            r"r'$-p_k\log q_k$ and $p_k\log\frac{p_k}{q_k}$ are $+\infty$, and no term is '"
            r"r'$-\infty$. $H(p)$ has finite terms only.')",
            "'Clear.'",
        ),
        "tests test_claims.py claim-cross-entropy-decomposition",
        "needs words",
    ),
    Fault(
        "claim",
        "a notebook changed after verification",
        output("counts", "verify(claims.multinomial)", "text/plain", "Proved", "Argued"),
        "receipt",
        "counts.ipynb: the notebook is not the one that was verified",
    ),
    Fault(
        "claim",
        "verification left out",
        lambda root: (root / "_build" / "verified" / "counts.xml").unlink(),
        "receipt",
        "counts.ipynb was not verified",
    ),
    Fault(
        "claim",
        "a library changed after verification",
        change(LIBRARY + "information.py", "0.0 - _summation", "0.1 - _summation"),
        "receipt",
        "the library is not the one that was verified",
    ),
]
ENGINE = [
    Fault(
        "engine",
        what,
        within(ENGINES + file, name, old, new),
        "tests test_engine.py",
        TESTS.format("engine") + "|ERROR tests/test_engine.py",
    )
    for what, file, name, old, new in (
        (
            "a check that returns before it looks",
            "evidence.py",
            "_Compared._compared",
            "self._refuse_what_shows_nothing()",
            "return [], ''",
        ),
        (
            "a failure that is caught and forgotten",
            "claim.py",
            "verify",
            "findings.append(claim.as_run(evidence).check(seed))",
            "findings.append('held')",
        ),
        (
            "checks by assert",
            "evidence.py",
            "_Compared._compared",
            "not self._holds(left, right)",
            "__debug__ and not self._holds(left, right)",
        ),
        ("any number of draws will do", "evidence.py", "FEWEST_DRAWS", "5", "0"),
        ("one mistake will do", "claim.py", "FEWEST_MISTAKES", "2", "1"),
        (
            "an undecided mistake counts as refuted",
            "evidence.py",
            "_Compared.refute",
            "raise Undecided('it passes the check that it should fail')",
            "return 'it passes'",
        ),
        (
            "a mistake that is no number counts as refuted",
            "evidence.py",
            "Sampled._pairs",
            "raise Undecided(f'at {place}: not a number')",
            "raise Refuted(f'at {place}: not a number')",
        ),
        ("no points looked at", "chain.py", "POINTS", "5", "0"),
        (
            "what does not simplify passes",
            "chain.py",
            "Chain._by_algebra",
            "left == 0",
            "True",
        ),
        (
            "not a number passes",
            "evidence.py",
            "Sampled",
            "np.isnan(a) or np.isnan(b)",
            "False",
        ),
        ("a simulation within 500 errors", "evidence.py", "Simulated", "5.0", "500.0"),
        (
            "the weakest of what covers the whole for the strongest",
            "claim.py",
            "Claim._covering",
            "min",
            "max",
        ),
        ("a box without its wrong versions", "_display.py", "", "wrong[mistake]", "'it is wrong'"),
    )
]
NUMERICS = [
    Fault(
        "library",
        "clipping",
        change(
            LIBRARY + "information.py",
            "np.log(np.where(p == 0, 1.0, q))",
            "np.log(np.maximum(np.where(p == 0, 1.0, q), 1e-15))",
        ),
        "tests test_numerics.py",
        TESTS.format("numerics"),
    ),
    Fault(
        "library",
        "0 log 0 left to the floats",
        change(LIBRARY + "information.py", "p * np.log(np.where(p == 0, 1.0, q))", "p * np.log(q)"),
        "tests test_numerics.py",
        TESTS.format("numerics"),
    ),
    Fault(
        "library",
        "a gradient off by 1e-6",
        within(
            LIBRARY + "latent.py",
            "",
            "_gradient(rows, _probs(weighed), np.ones_like(loss))",
            "_gradient(rows, 1.000001 * _probs(weighed), np.ones_like(loss))",
        ),
        "tests test_latent.py",
        TESTS.format("latent"),
    ),
    Fault(
        "library",
        "the channel transposed",
        within(LIBRARY + "latent.py", "", "table.T[readings]", "table[readings]"),
        "tests test_latent.py",
        TESTS.format("latent"),
    ),
    Fault(
        "library",
        "a label of -1 accepted",
        change(
            LIBRARY + "_checks.py",
            "refuse_rows(argument, array < 0, rule, values=array)",
            "pass",
        ),
        "tests test_checks.py",
        TESTS.format("checks"),
    ),
    Fault(
        "library",
        "rows may sum to 1.01",
        within(LIBRARY + "_checks.py", "SUM_TOLERANCE", "1e-6", "1e-2"),
        "tests test_checks.py",
        TESTS.format("checks"),
    ),
    Fault(
        "library",
        "NaN accepted",
        change(
            LIBRARY + "_checks.py",
            (
                '_refuse(np.isnan(array), array, argument, "NaN is not a number")\n    return '
                "array, dtype"
            ),
            "return array, dtype",
        ),
        "tests test_checks.py",
        TESTS.format("checks"),
    ),
    Fault(
        "library",
        "a sandwich without its filling",
        change(
            LIBRARY + "fitting/inference.py",
            "_featured(fit, bread.covariance(white.T @ white))",
            "_naive(fit, bread)",
        ),
        "tests test_fitting.py",
        TESTS.format("fitting"),
    ),
    Fault(
        "library",
        "a fit reported where none exists",
        change(
            LIBRARY + "fitting/existing.py",
            "return near or _balanced(objective, found.place)",
            "return True",
        ),
        "tests test_separation.py",
        TESTS.format("separation"),
    ),
    Fault(
        "library",
        "predictions that vanish taken for a fit",
        change(LIBRARY + "fitting/newton.py", "< probs / 2", "< probs * 2"),
        "tests test_separation.py",
        TESTS.format("separation"),
    ),
    Fault(
        "library",
        "one vote for each row, however many",
        change(
            LIBRARY + "fitting/regression.py",
            "votes * _weights(sample_weight, X)",
            "_weights(sample_weight, X)",
        ),
        "tests test_fitting.py",
        TESTS.format("fitting"),
    ),
    Fault(
        "library",
        "the weights of votes forgotten",
        change(LIBRARY + "fitting/regression.py", "votes * _weights(sample_weight, X)", "votes"),
        "tests test_model_selection.py",
        TESTS.format("model_selection"),
    ),
    Fault(
        "library",
        "errors take the labels of other rows",
        within(
            LIBRARY + "fitting/regression.py",
            "SoftmaxRegression._labelled",
            '("target_probs", target_probs, 0)',
            '("target_probs", X, 0)',
        ),
        "tests test_inference.py",
        TESTS.format("inference"),
    ),
    Fault(
        "library",
        "soft labels that lose the names of their items",
        within(LIBRARY + "votes.py", "Votes.frame", "list(self.items)", "range(len(self.items))"),
        "tests test_votes.py",
        TESTS.format("votes"),
    ),
    Fault(
        "library",
        "class weights without their divisor",
        change(LIBRARY + "fitting/targets.py", "weight * sums", "weight"),
        "tests test_model_selection.py",
        TESTS.format("model_selection"),
    ),
    Fault(
        "library",
        "shares of two classes taken for classes",
        change(LIBRARY + "fitting/targets.py", "(plain % 1 != 0).any()", "False"),
        "tests test_model_selection.py",
        TESTS.format("model_selection"),
    ),
    Fault(
        "library",
        "a loss taken for a score",
        change(
            LIBRARY + "fitting/scorers.py",
            "return -mean_of(losses, sample_weight)",
            "return mean_of(losses, sample_weight)",
        ),
        "tests test_model_selection.py",
        TESTS.format("model_selection"),
    ),
    Fault(
        "library",
        "a sparse centre forgotten",
        change(
            LIBRARY + "fitting/design.py",
            "(self.X.T @ r.T).T - total * self.scale.middle",
            "(self.X.T @ r.T).T",
        ),
        "tests test_model_selection.py",
        TESTS.format("model_selection"),
    ),
    Fault(
        "library",
        "the curvature of other classes forgotten",
        change(LIBRARY + "fitting/newton.py", "u -= (probs * u).sum(axis=0) / mass", "pass"),
        "tests test_newton.py",
        TESTS.format("newton"),
    ),
    Fault(
        "library",
        "a step that goes uphill",
        change(
            LIBRARY + "fitting/newton.py",
            "if there.loss <= here.loss + DECREASE * part * slope:",
            "if True:",
        ),
        "tests test_newton.py",
        TESTS.format("newton"),
    ),
    Fault(
        "library",
        "a sample that trusts what it has not seen",
        change(LIBRARY + "fitting/newton.py", "labels, ridge + UNSEEN", "labels, ridge"),
        "tests test_newton.py",
        TESTS.format("newton"),
    ),
    Fault(
        "library",
        "two ways of grouping without their intersection",
        change(LIBRARY + "fitting/inference.py", "ways.append(_Way(names, of, -1))", "pass"),
        "tests test_inference.py",
        TESTS.format("inference"),
    ),
    Fault(
        "library",
        "groups without G/(G - 1)",
        change(
            LIBRARY + "fitting/inference.py",
            "return number / (number - 1) * sums.T @ sums",
            "return sums.T @ sums",
        ),
        "tests test_inference.py",
        TESTS.format("inference"),
    ),
    Fault(
        "library",
        "the rows of groups in another order",
        change(
            LIBRARY + "fitting/inference.py",
            "np.add.at(sums, way.of, scores)",
            "np.add.at(sums, way.of[::-1], scores)",
        ),
        "tests test_inference.py",
        TESTS.format("inference"),
    ),
    Fault(
        "library",
        "an annotator who votes twice is counted twice",
        change(LIBRARY + "votes.py", 'if repeats == "refuse":', 'if repeats == "never":'),
        "tests test_votes.py",
        TESTS.format("votes"),
    ),
    Fault(
        "library",
        "the T² of distillation forgotten",
        change(
            LIBRARY + "temperature.py",
            "return temperature * (temperature * loss), temperature * gradient",
            "return loss, gradient / temperature",
        ),
        "tests test_temperature.py",
        TESTS.format("temperature"),
    ),
    Fault(
        "library",
        "a tail bucket without the mass of the tail",
        change(LIBRARY + "sparse.py", "1 - row_sum(kept), 0.0", "0 * row_sum(kept), 0.0"),
        "tests test_sparse.py",
        TESTS.format("sparse"),
    ),
    Fault(
        "library",
        "observers who all share one table",
        change("xentlib/studies/observers.py", "seen[:, observers == observer]", "seen"),
        "tests test_studies.py",
        TESTS.format("studies"),
    ),
    Fault(
        "library",
        "an example of the documentation wrong",
        change(LIBRARY + "information.py", "    1.5\n", "    1.6\n"),
        "doctests",
        "FAILED xentlib/information.py",
    ),
    Fault(
        "library",
        "the numerics import SymPy",
        change(LIBRARY + "labels.py", "import numpy as np\n", "import numpy as np\nimport sympy\n"),
        "tests test_architecture.py",
        "imports sympy",
    ),
    Fault(
        "library",
        "a public function without documentation",
        change(LIBRARY + "latent.py", "    Examples\n", "    Remarks\n"),
        "tests test_architecture.py",
        TESTS.format("architecture"),
    ),
    Fault(
        "library",
        "a tolerance that lets every loss pass",
        change(LIBRARY + "conformance/_setting.py", "OWN_STEPS = 8 ", "OWN_STEPS = 1e16 "),
        "tests test_conformance.py own_mistakes",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "a loss that changes from call to call taken for wrong",
        change(LIBRARY + "conformance/_run.py", "if not found.is_same(again)", "if False"),
        "tests test_conformance.py random",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "a tail that counts nothing, taken for the bucket",
        change(LIBRARY + "conformance/kinds.py", "- (ONE - sum(p)) * Decimal(rest).ln()", ""),
        "tests test_conformance.py each_kind",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "a set that counts all classes",
        change(
            LIBRARY + "conformance/kinds.py",
            "zip(_log_softmax(z), chosen, strict=True) if is_in",
            "zip(_log_softmax(z), chosen, strict=True)",
        ),
        "tests test_conformance.py each_kind",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "a preference with its margin turned round",
        change(
            LIBRARY + "conformance/kinds.py",
            "return -(ONE + (-Decimal(x)).exp()).ln()",
            "return -(ONE + Decimal(x).exp()).ln()",
        ),
        "tests test_conformance.py each_kind",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "stages that no one has to reach",
        change(LIBRARY + "conformance/kinds.py", "passed += _log_sigmoid(-x)", "passed += 0"),
        "tests test_conformance.py each_kind",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "a calibration error in which gaps of other signs cancel",
        change(
            LIBRARY + "conformance/kinds.py",
            "sum((abs(gap) for gap in gaps)",
            "sum((gap for gap in gaps)",
        ),
        "tests test_conformance.py each_kind",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "a report with another title than the claim has",
        change(LIBRARY + "conformance/_claims.py", '"Two classes"', '"Both classes"'),
        "tests test_conformance.py titles",
        TESTS.format("conformance"),
    ),
    Fault(
        "library",
        "a command that is content with a refuted loss",
        change(LIBRARY + "command/_conform.py", "return REFUTED", "return HOLDS"),
        "tests test_console.py module_or_a_file",
        TESTS.format("console"),
    ),
    Fault(
        "library",
        "a wheel that holds the book",
        both(
            change("pyproject.toml", '"xentlib.book*", ', ""),
            change("MANIFEST.in", "prune xentlib/book\n", ""),
        ),
        "tests test_package.py library_and_no_more",
        TESTS.format("package"),
    ),
    Fault(
        "derivation",
        "a derivation that no claim and no chapter takes",
        change(
            "xentlib/claims/smoothing.py",
            'derived.temperature_keeps_the_order.as_part("the factor T² moves no minimiser"),\n',
            "\n",
        ),
        "tests test_bounds_of_the_book.py takes_every",
        "smoothing.temperature_keeps_the_order",
    ),
    Fault(
        "oracle",
        "an answer touched",
        spoil_json(ANSWERS, _wrong_answer),
        "tests test_oracle.py",
        TESTS.format("oracle"),
    ),
    Fault(
        "oracle",
        "a tolerance touched",
        spoil_json(ANSWERS, lambda oracle: oracle["cases"][0].update(rtol=1e-3)),
        "tests test_oracle.py untouched",
        TESTS.format("oracle"),
    ),
    Fault(
        "oracle",
        "a case taken away",
        spoil_json(ANSWERS, lambda oracle: oracle["cases"].pop()),
        "tests test_oracle.py whole",
        TESTS.format("oracle"),
    ),
]
PAGES = [
    Fault(
        "page",
        "a reference to no claim",
        change("chapters/index.ipynb", "claim-ways-out", "claim-way-out"),
        "pages",
        "index.ipynb.*claim-way-out",
    ),
    Fault(
        "page",
        "a link to no page",
        change("chapters/index.ipynb", "{doc}`five-meanings`", "{doc}`six-meanings`"),
        "pages",
        "index.ipynb.*six-meanings",
    ),
    Fault(
        "page",
        "a link to no file",
        add("chapters/notation.md", "\n[here](nowhere.md)\n"),
        "pages",
        "notation.md.*nowhere",
    ),
    Fault(
        "page",
        "a link to no place in a page",
        add("chapters/notation.md", "\n[here](#nowhere-at-all)\n"),
        "pages",
        "notation.md.*nowhere-at-all",
    ),
    Fault(
        "page",
        "a picture that is missing",
        add(
            "chapters/notation.md", "\n![A picture of many words that is not there.](nowhere.svg)\n"
        ),
        "pages",
        "notation.md.*nowhere.svg",
    ),
    Fault(
        "page",
        "a citation of nothing",
        change("chapters/counts.ipynb", "{cite:t}`cover2006`", "{cite:t}`cover2060`"),
        "pages",
        "counts.ipynb.*cover2060",
    ),
    Fault(
        "page",
        "an included file that is missing",
        change("chapters/five-meanings.ipynb", "../xentlib/latent.py", "../xentlib/hiding.py"),
        "pages",
        "five-meanings.ipynb.*hiding.py",
    ),
    Fault(
        "page",
        "an included function that is missing",
        change("chapters/five-meanings.ipynb", ":pyobject: _weighed", ":pyobject: _weighted"),
        "pages",
        "five-meanings.ipynb.*_weighted",
    ),
    Fault(
        "page",
        "one label twice",
        change(
            "chapters/counts.ipynb",
            ":label: exercise-two-layouts",
            ":label: exercise-bits-of-order",
        ),
        "pages",
        "exercise-bits-of-order",
    ),
    Fault(
        "page",
        "an unknown directive",
        change("chapters/index.ipynb", ":::{admonition}", ":::{admonishment}"),
        "pages",
        "index.ipynb.*admonishment",
    ),
    Fault(
        "page",
        "a function that the library lost",
        change("chapters/library.md", "autofunction:: entropy", "autofunction:: enthalpy"),
        "pages",
        "enthalpy",
    ),
    Fault(
        "page",
        "a script by way of a directive",
        add(
            "chapters/library.md",
            "\n```{eval-rst}\n.. raw:: html\n\n   <script>alert(1)</script>\n```\n",
        ),
        "pages",
        "library.html: has active content: <script>",
    ),
    Fault(
        "page",
        "a handler by way of a directive",
        add(
            "chapters/library.md",
            "\n```{eval-rst}\n.. raw:: html\n\n   <b onclick='alert(1)'>x</b>\n```\n",
        ),
        "pages",
        "library.html: has active content: <b onclick>",
    ),
    Fault(
        "site",
        "a script of another host",
        change(
            "_build/html/chapters/counts.html",
            "<head>",
            '<head><script src="https://example.org/a.js"></script>',
        ),
        "site",
        "counts.html: <script> loads",
    ),
    Fault(
        "site",
        "a style sheet of another host",
        add("_build/html/_static/plus.css", "@import 'https://example.org/a.css';"),
        "site",
        "plus.css",
    ),
    Fault(
        "site",
        "a script that the policy does not know",
        change("_build/html/chapters/counts.html", "</body>", "<script>alert(1)</script></body>"),
        "tests test_receipt.py policy",
        r"test_every_page_has_the_policy\w*\[counts\]",
    ),
    Fault(
        "site",
        "a page without a policy",
        rewrite(
            "_build/html/chapters/counts.html",
            lambda html: re.sub('<meta http-equiv="Content-Sec[^>]*>', "", html),
        ),
        "tests test_receipt.py policy",
        r"test_every_page_has_the_policy\w*\[counts\]",
    ),
    Fault(
        "site",
        "a picture without alt text",
        rewrite(
            "_build/html/chapters/counts.html",
            lambda html: re.sub(r'alt="Cost per vote[^"]*"', 'alt=""', html),
        ),
        "site",
        "counts.html.* has alt",
    ),
    Fault(
        "site",
        "a formula left as text",
        change("_build/html/chapters/counts.html", "<p>", r"<p>where $\hat p$ is "),
        "site",
        r"counts.html: .* is shown as it was typed",
    ),
    Fault(
        "site",
        "a formula without MathML",
        change("_build/html/chapters/counts.html", '<span class="mathml">', "<span>"),
        "site",
        "counts.html: not drawn",
    ),
    Fault(
        "site",
        "a formula with a style",
        change("_build/html/chapters/counts.html", "<use href=", '<use style="" href='),
        "site",
        "counts.html: a style in",
    ),
    Fault(
        "site",
        "a script that no list names",
        change(
            "_build/html/chapters/counts.html", "</body>", '<script src="a.js"></script></body>'
        ),
        "site",
        "counts.html: loads a script that tools/light.py does not list",
    ),
    Fault(
        "site",
        "a page that is missing",
        remove("_build/html/chapters/counts.html"),
        "site",
        "counts",
    ),
    Fault(
        "site",
        "a box that is missing",
        change("_build/html/chapters/counts.html", 'id="claim-multinomial"', 'id="claim-multi"'),
        "site",
        "counts: no box claim-multinomial",
    ),
    Fault(
        "site",
        "one id twice",
        change(
            "_build/html/chapters/counts.html", 'id="claim-multinomial"', 'id="claim-constants"'
        ),
        "site",
        "claim-constants|claim-multinomial",
    ),
    Fault(
        "site",
        "a theorem that no link can show",
        change(
            "_build/html/_static/statements/counts.js", '"claim-multinomial": ', '"claim-multi": '
        ),
        "tests test_folds.py shown_at_a_link",
        "claim-multinomial",
    ),
    Fault(
        "site",
        "a theorem without the code of its check",
        change("_build/html/chapters/counts.html", 'class="checked-by', 'class="cell'),
        "tests test_folds.py folds_the_rest",
        r"verify\(claims.type_identity\)",
    ),
    Fault(
        "site",
        "a number that is folded away",
        change(LIBRARY + "book/folds.py", '"figures"}', '"figures", "xentlib"}'),
        "tests test_folds.py only_imports",
        "xentlib.cross_entropy",
    ),
    Fault(
        "site",
        "a file changed after it was built",
        add("_build/html/_static/folds.js", "\n"),
        "tests test_receipt.py names_every_claim",
        TESTS.format("receipt"),
    ),
]
HOUSE = [
    Fault(
        "supply",
        "a pin without hashes",
        rewrite("requirements.txt", _without_hashes("numpy")),
        "tests test_architecture.py pin",
        "numpy",
    ),
    Fault(
        "supply",
        "a wheel with another hash",
        rewrite("requirements.txt", _another_hash("alabaster")),
        "download alabaster",
        "THESE PACKAGES DO NOT MATCH THE HASHES.*alabaster",
    ),
    Fault(
        "supply",
        "a requirement that is not locked",
        add("requirements.in", "leftpad\n"),
        "tests test_architecture.py pin",
        TESTS.format("architecture"),
    ),
    Fault(
        "supply",
        "a package that is not the locked one",
        change("requirements.txt", "sympy==1.14.0", "sympy==1.13.3"),
        "receipt",
        "sympy 1.14.0 is installed, and the lock says 1.13.3",
    ),
    Fault(
        "supply",
        "MathJax changed",
        add("vendor/tex-svg.js", "\n//"),
        "tests test_architecture.py vendored",
        "tex-svg",
    ),
    Fault(
        "supply",
        "dagre changed",
        add("xentlib/book/dagre.min.js", "\n//"),
        "tests test_architecture.py vendored",
        "dagre",
    ),
    Fault(
        "supply",
        "a workflow with an action that is not pinned",
        change(
            ".github/workflows/book.yml",
            "    steps:\n",
            "    steps:\n      - uses: actions/checkout@v4\n",
        ),
        "tests test_architecture.py workflow",
        "actions/checkout@v4",
    ),
    Fault(
        "sources",
        "a source that was not looked up",
        change("references.bib", "Looked up in the source of", "Taken from"),
        "tests test_bibliography.py whole_and_was_looked_up",
        "hutto2014",
    ),
    Fault(
        "sources",
        "another year",
        change("references.bib", "year = {1982}", "year = {1983}"),
        "tests test_bibliography.py whole_and_was_looked_up",
        "the key tells another year",
    ),
    Fault(
        "sources",
        "a last page before the first",
        change("references.bib", "pages = {1--25}", "pages = {25--1}"),
        "tests test_bibliography.py whole_and_was_looked_up",
        "the last page comes before the first",
    ),
    Fault(
        "sources",
        "another DOI",
        change("references.bib", "10.2307/1912526", "10.2307/1912527"),
        "tests test_bibliography.py pages_and_dois",
        "10.2307/1912527",
    ),
    Fault(
        "sources",
        "an entry that nothing cites",
        change("references.bib", "@book{cover2006,", "@misc{cover2005,}\n\n@book{cover2006,"),
        "tests test_bibliography.py every_entry_is_cited",
        "cover2005",
    ),
    Fault(
        "sources",
        "a citation without an entry",
        change("chapters/from-the-answer.md", "`crossvalidated231981`", "`crossvalidated231982`"),
        "tests test_bibliography.py every_entry_is_cited",
        "crossvalidated231982",
    ),
    Fault(
        "sources",
        "a claim that does not say whose it is",
        prose("geometry", ", {prf:ref}`claim-score-equations`.", "."),
        "tests test_bibliography.py folklore",
        "claim-score-equations",
    ),
    Fault(
        "sources",
        "a source that nobody looked for",
        prose("geometry", "**Sources.**", "**Sources.** The rest we have not looked up."),
        "tests test_bibliography.py without_a_search",
        "geometry",
    ),
    Fault(
        "sources",
        "a slip without its line in the walk",
        change("chapters/from-the-answer.md", " | E11 |\n", " | |\n"),
        "tests test_bibliography.py printed_once",
        "E11",
    ),
    Fault(
        "sources",
        "a slip that another claim refutes",
        change(
            "chapters/from-the-answer.md",
            "for a constant prior. | {prf:ref}`claim-map-and-mle`",
            "for a constant prior. | {prf:ref}`claim-bayes-rule`",
        ),
        "tests test_bibliography.py mistake_that_its_claims_refute",
        "claim-bayes-rule",
    ),
    Fault(
        "sources",
        "a slip that no mistake names",
        change(CLAIMS + "bayes.py", " (the walk, slip E1)", ""),
        "tests test_bibliography.py mistake_that_its_claims_refute",
        "claim-map-and-mle",
    ),
    Fault(
        "sources",
        "a slip without its margin note",
        prose("cross-entropy", ":::{margin} Slip E10", ":::{margin} Hard labels"),
        "tests test_bibliography.py margin_note",
        "E10",
    ),
    Fault(
        "formal",
        "a theory changed without Coq",
        add("formal/base.v", "\n(* more *)\n"),
        "tests test_formal.py nothing_is_assumed",
        "formal/base.v is not the theory that was certified",
    ),
    Fault(
        "formal",
        "a sign in what was proved",
        change("formal/says.v", "(eH p p + eKL p q)", "(eH p p - eKL p q)"),
        "tests test_formal.py nothing_is_assumed",
        "formal/says.v is not the theory that was certified",
    ),
    Fault(
        "formal",
        "hypotheses that are not made",
        change(ENGINES + "gallina.py", "[*assumed, said]", "[said]"),
        "tests test_formal.py statements_are_made",
        "python formal/tie.py",
    ),
    Fault(
        "formal",
        "a theorem about another relation passes",
        change(ENGINES + "formal.py", "        self._refuse_another_statement()\n", ""),
        "tests test_formal.py another_relation",
        "DID NOT RAISE",
    ),
    Fault(
        "formal",
        "another theorem named",
        change(CLAIMS + "bayes.py", '"bayes_rule_total"', '"bayes_rule_rule"'),
        "tests test_formal.py statements_are_made",
        "says_bayes_rule_rule says another for another claim",
    ),
    Fault(
        "formal",
        "the case of equality forgotten",
        change(CLAIMS + "entropy_and_kl.py", "            equality=((p, q),),\n", ""),
        "tests test_formal.py statements_are_made",
        "python formal/tie.py",
    ),
    Fault(
        "house",
        "the README's example wrong",
        change("README.md", "0.356675", "0.356676"),
        "tests test_architecture.py readme",
        "readme",
    ),
    Fault(
        "house",
        "the path of a machine",
        add("README.md", "\nSee " + "/".join(["", "home", "somebody"]) + ".\n"),
        "tests test_architecture.py machine",
        "README.md: /",
    ),
]


def each(kind, check, plants):
    """Faults of one kind that one check catches: by name, the plant and what must be said."""
    return [Fault(kind, name, plant, check, says) for name, (plant, says) in plants.items()]


def text(chapter, old, new):
    """Another wording in a text of a notebook."""

    def spoil(book):
        cells = [cell for cell in book.cells if cell.cell_type == "markdown" and old in cell.source]
        if not cells:
            raise LookupError(f"no text of {chapter} has '{old}'")
        cells[0].source = cells[0].source.replace(old, new, 1)

    return notebook(chapter, spoil)


def swap(file, first, second):
    """Exchange two texts of a file."""

    def plant(root):
        for old, new in ((first, "@"), (second, first), ("@", second)):
            change(file, old, new)(root)

    return plant


def _another_alt(book):
    """Another number in the alt text, in its two places."""
    shown = _cell(book, "figures.ordered").outputs[0]
    alt = shown.data["text/plain"].replace("0.996", "0.969")
    shown.data["text/plain"] = shown.metadata["image/svg+xml"]["alt"] = alt


CARDS, TOLD = "xentlib/book/cards.toml", "xentlib/book/pages.toml"
FLOW, SOLUTION = ".github/workflows/book.yml", "{solution-start} exercise-"
RECIPE = "import xentlib\n\nsmoothed = xentlib.smooth_labels(votes.shares, 0.1)\nprint(smoothed[0])"
WORDS = [
    *each(
        "words",
        "guards",
        {
            "two digits exchanged": (text("ten-votes-a-word", "7,520", "7,250"), "types 7,250"),
            "a function that there is not": (
                text("your-library", "`check_loss`", "`check_losses`"),
                r"your-library.ipynb, cell \d+: names `check_losses`",
            ),
            "a method that there is not, in a block": (
                text("practice", "from xentlib.data import", "from xentlib.datum import"),
                r"practice.ipynb, cell \d+: .*xentlib.datum, which does not exist",
            ),
            "a solution to another exercise": (
                text("counts", SOLUTION + "bits-of-order", SOLUTION + "two-layouts"),
                "exercise-bits-of-order is not followed by its own",
            ),
        },
    ),
    *each(
        "words",
        "tests test_recipes.py alone",
        {
            "a recipe that needs another cell": (
                source("practice", "smoothed = xentlib.smooth_labels", RECIPE),
                "the recipe 'Labels that were smoothed' does not run alone: NameError: name 'votes",
            ),
        },
    ),
    *each(
        "words",
        "tests test_exercises.py three_levels",
        {
            "an exercise without a hint": (
                text("counts", ":::{dropdown} Hint", ":::{note}"),
                "1 of its exercises lack a level, a label or a folded hint",
            ),
            "an exercise of no level": (
                text("counts", "{exercise} Prove or compute", "{exercise} Think"),
                "no exercise of the level Prove or compute or With your data",
            ),
        },
    ),
    *each(
        "words",
        "tests test_site.py way or card or each or word or found",
        {
            "a card that two answers lead to": (
                change(CARDS, 'people = "others"', 'people = "same"'),
                "leads to \\['annotators', 'shared'\\]",
            ),
            "a card whose libraries fit different labels": (
                change(CARDS, "0.85, 1.0])\nrows", "0.8, 1.0])\nrows"),
                "fraction-scikit-learn",
            ),
            "a card's code that was not run": (
                change(CARDS, "student / T, p)", "student / T, p) / T"),
                "teacher: run tools/cards.py where torch is installed",
            ),
            "a card that names what there is not": (
                change(CARDS, "TIC that `inference`", "TIC that `infer_all`"),
                "names `infer_all`",
            ),
            "a page that says nothing of itself": (
                change(TOLD, "Soft labels in practice: ", 'Soft labels. "\n# '),
                "practice: 13 characters",
            ),
            "a word that leads to two pages": (
                change(TOLD, '"BIC", "recipes"', '"BIC", "PyTorch"'),
                "test_a_word_of_the_search_leads_to_one_page",
            ),
            "a search that does not find what it should": (
                change("_build/html/searchindex.js", '"pytorch": [[', '"torch": [['),
                "PyTorch: found first in ",
            ),
        },
    ),
    *each(
        "words",
        "tests test_exercises.py refuses",
        {
            "a judge that takes any number": (
                change(LIBRARY + "exercises/_kinds.py", "NEAR = 2e-3", "NEAR = 2e3"),
                "Right",
            ),
            "a slip that is right": (
                change(LIBRARY + "exercises/counts.py", "log(10)", "log(120)"),
                "Not yet",
            ),
        },
    ),
    *each(
        "words",
        "tests test_quiz.py",
        {
            "a false statement without a reason": (
                change(LIBRARY + "book/quiz_page.py", "each of them was paid for", ""),
                "correlated_votes",
            ),
            "a statement that no claim refutes": (
                change(
                    LIBRARY + "book/quiz_page.py", '"soft labels scatter more"', '"soft is bad"'
                ),
                "hard_labels_are_noisiest has no soft is bad",
            ),
        },
    ),
    *each(
        "words",
        "tests test_words.py unread",
        {
            "a headline that says the opposite": (
                text("index", "**Always:**", "**Never:**"),
                "index.ipynb: cell 1",
            ),
            "a title that says the opposite": (
                change(CLAIMS + "counts.py", '"The order costs the entropy"', '"It costs nothing"'),
                "claims of counts: ordered_and_counted",
            ),
            "two reasons exchanged": (
                swap(CHAINS + "counts.py", "log of a product", "counts are $n$ times proportions"),
                "reasons of xentlib.derivations.counts: multinomial",
            ),
            "two names of lines exchanged": (
                swap(LIBRARY + "figures/counts.py", "votes, ordered,", "votes, counted,"),
                "figures of counts: ordered_and_counted",
            ),
            "a rule of the house that says the opposite": (
                change("STYLE.md", "No clipping, no epsilon.", "Clip at 1e-15."),
                "STYLE.md: .*Library",
            ),
            "another author of a source": (
                change("references.bib", "White, Halbert", "Black, Halbert"),
                "references.bib: .*white1982",
            ),
            "the code of two solutions exchanged": (
                both(
                    exchange("counts", "orders = comb", "one_row = ", "source"),
                    exchange("counts", "orders = comb", "one_row = ", "outputs"),
                ),
                "counts.ipynb: another order",
            ),
            "a module that says the opposite of itself": (
                change(LIBRARY + "losses.py", '"""', '"""In bits. '),
                "docstrings of xentlib/losses.py: head",
            ),
            "a constant of the figures": (
                within(LIBRARY + "figures/five_meanings.py", "HIGHEST", "1.5", "1.4"),
                "figures of five_meanings: HIGHEST",
            ),
            "a style that pales the verdicts": (
                add("vendor/book.css", "\n.verdict { color: white; }\n"),
                "looks: vendor/book.css",
            ),
        },
    ),
    *each(
        "words",
        "tests test_words.py card or link or statement or alt or formula or symbol",
        {
            "a card that calls majorities right": (
                change(
                    CARDS, "right = false\n\n[cards.majority", "right = true\n\n[cards.majority"
                ),
                "cards.toml: majority",
            ),
            "a link to another claim": (
                text("index", "`claim-mean-label`", "`claim-map-and-mle`"),
                "index.ipynb: map_and_mle",
            ),
            "a number in a statement": (
                change(CLAIMS + "counts.py", "that is $0.00686$", "that is $0.00689$"),
                "type_identity: 0.00689 stands in the statement",
            ),
            "a number in an alt text": (
                notebook("counts", _another_alt),
                "counts.ipynb, cell 13: 0.969 is not drawn",
            ),
            "a divergence turned round": (
                change(LIBRARY + "information.py", "KL(p‖q) = Σ_k p_k log(p_k / q_k)", "KL(q‖p)"),
                "kl_divergence: ",
            ),
            "a mistake that is a constant": (
                within(
                    CLAIMS + "counts.py",
                    "multinomial",
                    "derived.n * derived.of_proportions",
                    "derived.n - derived.n + 7",
                ),
                "multinomial: the coefficient omitted",
            ),
        },
    ),
]
UNDER_THE_HAND = each(
    "figure",
    "tests test_simplex.py",
    {
        "a divergence turned round": (
            change("vendor/simplex.js", "Math.log(a / q[k])", "Math.log(q[k] / a)"),
            r"parts\(\[\{'p': \[1, 0, 0\].* by xentlib",
        ),
        "a loss that is a hair too large": (
            change("vendor/simplex.js", "(p, q) => 0 -", "(p, q) => 1e-11 -"),
            "numbers_are_those_of_xentlib",
        ),
        "a loss that is clipped": (
            change("vendor/simplex.js", "Math.log(q[k])", "Math.log(Math.max(q[k], 1e-12))"),
            "by xentlib inf",
        ),
        "a mass without its denominator": (
            change("vendor/simplex.js", "step - a + 1", "1"),
            r"mass\(\[0.5, 0, 2\]\) is .* by xentlib -0.125",
        ),
        "a label that is rounded down": (
            change("vendor/simplex.js", "a[0] - b[0] || a[1] - b[1]", "a[1] - b[1]"),
            "snapped_label_is_the_nearest",
        ),
        "a sentence that calls a belief a likelihood": (
            change("vendor/simplex.js", "label: not a likelihood", "label: a likelihood"),
            "sentence_says_what_the_label_is",
        ),
        "a drawing with a style": (
            change("vendor/simplex.js", '<circle r="8"/>', '<circle r="8" style="fill:red"/>'),
            "drawing_needs_no_script_and_no_style",
        ),
        "an address that is not read": (
            change("vendor/simplex.js", "(-bits)?$/", "$/"),
            "address_leads_back_to_the_figure",
        ),
    },
)
REPOSITORY = [
    *each(
        "repository",
        "guards",
        {
            "a hook that has every test pass": (
                add("tests/conftest.py", "\n\ndef pytest_pyfunc_call(): ...\n"),
                "tests/conftest.py: has pytest_pyfunc_call",
            ),
            "a file of settings beside the tests": (
                add("conftest.py", "collect_ignore = ['tests']\n"),
                "conftest.py: could turn tests off",
            ),
        },
    ),
    *each(
        "repository",
        "tests test_architecture.py number or version or licence or policy or hides or icon",
        {
            "a count that is not so": (
                change("README.md", "all 145 take", "all 113 take"),
                "README.md: '113'",
            ),
            "a version that is not so": (
                change("CITATION.cff", "version: 0.1.0", "version: 0.2.0"),
                "there_is_one_version",
            ),
            "a licence cut short": (
                rewrite("LICENSE", lambda text: text[:500]),
                r"published_one\[LICENSE\]",
            ),
            "a policy that lets pages call anybody": (
                change("tools/csp.py", "connect-src 'self'", "connect-src *"),
                "policy_of_a_page_is_this_text",
            ),
            "a style that hides the verdicts": (
                add("vendor/book.css", "\n.verdict { display: none; }\n"),
                "book.css hides",
            ),
            "a script in an icon": (
                change("vendor/icon.svg", "</svg>", "<script>alert(1)</script></svg>"),
                r"runs_and_loads_nothing\[icon.svg\]",
            ),
        },
    ),
    *each(
        "repository",
        "tests test_architecture.py workflow",
        {
            "a workflow with every right": (
                change(FLOW, "permissions: {}", "permissions: write-all"),
                "has_no_right_but",
            ),
            "a workflow for pull requests of strangers": (
                change(FLOW, "  pull_request:", "  pull_request_target:"),
                "starts_on_what",
            ),
            "a workflow that keeps the credentials": (
                change(FLOW, "persist-credentials: false", "persist-credentials: true"),
                "the credentials of git are kept",
            ),
            "a workflow that runs one test": (
                change(FLOW, "run: make test\n", "run: make test T=tests/test_errors.py\n"),
                "build: make has no goal",
            ),
            "a workflow on a machine of somebody": (
                change(FLOW, "runs-on: ubuntu-24.04", "runs-on: self-hosted"),
                "runs on .*self-hosted",
            ),
            "an action at another commit": (
                change(FLOW, "actions/setup-python@a26af", "actions/setup-python@b26af"),
                "setup-python@b26af.* is another",
            ),
            "a weekly job that never runs": (
                change(FLOW, "if: github.event_name == 'schedule'", "if: github.event_name == ''"),
                "does not run it weekly",
            ),
            "a workflow that goes on": (
                change(FLOW, "run: make test", "run: make test || true"),
                "fails_stops_it",
            ),
        },
    ),
    *each(
        "repository",
        "tests test_architecture.py make or strictly or warning or left_out",
        {
            "guards that make does not run": (
                change("Makefile", "$(BIN)/python tools/guards.py\n", "true\n"),
                "Makefile: guards.py",
            ),
            "tables that make does not watch": (
                change("Makefile", "-type f -not", "-name '*.py' -not"),
                "nothing is verified: .*csv",
            ),
            "an installation without hashes": (
                change("Makefile", "--require-hashes --no-build", "--no-build"),
                "installs without hashes",
            ),
            "a test count that is forgotten": (
                change("Makefile", "guards.py tests)", "guards.py tests; true)"),
                "nobody counts the tests",
            ),
            "outputs that are not compared": (
                change("tools/chapters.py", 'COMPARING = "--nbval"', 'COMPARING = "--nbval-lax"'),
                "compared_strictly",
            ),
            "warnings that are no errors": (
                change("tools/publish.py", '"-W"', '"-q"'),
                "every_warning_an_error",
            ),
            "a file of tests ignored": (
                add("tests/conftest.py", "\ncollect_ignore = ['test_oracle.py']\n"),
                r"left_out\[conftest.py\]",
            ),
            "an oracle that may fail": (
                change("tests/test_oracle.py", "@pytest.mark", "@pytest.mark.xfail\n@pytest.mark"),
                r"left_out\[test_oracle.py\]",
            ),
        },
    ),
]


def all_faults():
    return [
        *in_a_notebook(),
        *STORED,
        *KERNEL,
        *CONTENTS,
        *CLAIM,
        *ENGINE,
        *NUMERICS,
        *PAGES,
        *HOUSE,
        *WORDS,
        *UNDER_THE_HAND,
        *REPOSITORY,
    ]
