"""What a text may say: numbers that something shows, names that exist, links to what it speaks of,
and a solution to each exercise. Each problem is the end of a line that names the place.
"""

import builtins
import inspect
import keyword
import math
import pkgutil
import re
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path

import nbformat

import xentlib
from xentlib import conformance, fitting, verify, votes
from xentlib.book.contents import CLAIMS, ROOT
from xentlib.verify.evidence import Argued

ROLE = re.compile(r"\{([\w:+-]+)\}`(?:[^`<]*<)?([^`>]*)>?`")
FENCE = re.compile(r"^```\{?([\w-]*)\}?[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
ADDRESS = re.compile(r"\[[^\]]*\]\([^)]*\)|https?://\S+|^\s*:label:.*$", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.,/-])(?:\d{1,3}(?:,\d{3})+|\d{3,}|\d*\.\d+)(?![\w.,]*\w)")
ROUND = re.compile(r"1[0,]*|\.0*1|1[6-9]\d\d|20\d\d")  # powers of ten, and years
PATH = re.compile(r"[\w./-]*(?:/|\.(?:py|toml|txt|in|yml|css|js|cff|bib|json|xml|ipynb|md|csv))")
MADE = re.compile(r"_build/|drafts/|\.venv|my_claims\.py|receipt\.")  # not in the repository
WORDS = {"scikit-learn", "this-book", "venv"}  # names of other things than code
RECIPE = "recipe"  # the tag of a cell that a reader copies: it runs alone
NEAREST = 12  # a linked claim is among as many that have most in common with the sentence


def plain_numbers(text):
    """The numbers of a text, 1,000 and 1{,}000 as 1000 and 0.7 as .7."""
    text = re.sub(r"(?<=\d)(?:,|_|\{,\})(?=\d{3}(?!\d))", "", text)
    return {number.lstrip("0") for number in re.findall(r"(?<![\d.])\d*\.?\d+", text)}


def number_problems(text, shown):
    """Decimals, and integers of three digits and more, that stand nowhere else: `shown` is what the
    page's cells show and compute with; what the claims linked in the text say, and the files that
    it names, count as well.
    """
    linked = [CLAIMS[name] for name in _linked(text)]
    shown += " ".join(f"{claim.text} {claim.meaning}" for claim in linked)
    shown += "".join(
        path.read_text() for name in CODE.findall(text) if (path := ROOT / name).is_file()
    )
    known = plain_numbers(shown)
    prose = ADDRESS.sub(" ", CODE.sub(" ", ROLE.sub(" ", FENCE.sub(" ", text))))
    for number in NUMBER.findall(prose):
        if not (ROUND.fullmatch(number) or plain_numbers(number) <= known):
            yield f"types {number}, which nothing on the page shows or computes with"


# --- names


@cache
def _names():
    """The names of the library: its modules, what is public in them, their parameters and methods,
    and the claims.
    """
    names = {*keyword.kwlist, *dir(builtins), *CLAIMS, "CLAIMS"}
    for found in pkgutil.walk_packages(xentlib.__path__, "xentlib."):
        names |= set(found.name.split("."))
    modules = [
        xentlib,
        conformance,
        fitting,
        verify,
        votes,
        *(import_module(f"xentlib.verify.{name}") for name in _VERIFY),
    ]
    for name, thing in (pair for module in modules for pair in vars(module).items()):
        names.add(name)
        if inspect.isclass(thing):
            names |= set(dir(thing))
        if inspect.isclass(thing) or inspect.isfunction(thing):
            try:
                names |= set(inspect.signature(thing).parameters)
            except ValueError:  # a class of Python itself
                continue
    return names


_VERIFY = ("chain", "claim", "evidence", "hypotheses", "samples")


def name_problems(text, code=""):
    """Files, goals of make, options and names in backticks that do not exist: a name is one of the
    library, or one of the page's own code.
    """
    for said in CODE.findall(ROLE.sub(" ", FENCE.sub(" ", text))):
        if said in WORDS or MADE.search(said):
            continue
        if goal := re.fullmatch(r"make ([\w-]+).*", said):
            if not re.search(rf"^{goal[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE):
                yield f"names `{said}`, which make does not know"
        elif command := re.fullmatch(r"xentlib (\w+).*", said):
            parsers = (ROOT / "xentlib/command/__init__.py").read_text()
            if f'add_parser("{command[1]}"' not in parsers:
                yield f"names `{said}`, which the command does not know"
        elif PATH.fullmatch(said):
            if not ((ROOT / said).exists() or said[0] == "." or any(ROOT.rglob(said))):
                yield f"names `{said}`, a file that is not there"
        elif option := re.match(r"(?:python -m xentlib\.verify \S* ?)?(--\w+)", said):
            if option[1] not in (ROOT / "xentlib/verify/__main__.py").read_text():
                yield f"names `{said}`, an option that xentlib.verify does not have"
        elif not re.match(r"python -m|grep |[-.]", said):
            yield from _unknown(said, code)


def _unknown(said, code):
    dotted = re.fullmatch(r"xentlib((?:\.\w+)*)", said.split("(")[0])
    if dotted and not _resolves(said.split("(")[0]):
        yield f"names `{said}`, which does not exist"
    names = re.findall(r"(?<![\w.'\"])[A-Za-z_]\w*", re.sub(r"r?\"[^\"]*\"", "", said))
    for name in names:
        if name not in _names() and not re.search(rf"(?<!\w){name}(?!\w)", code):
            yield f"names `{said}`, and neither the library nor the page's code has a {name}"


def _resolves(dotted):
    """Whether a dotted name leads from xentlib to something."""
    try:
        pkgutil.resolve_name(dotted)
    except (ImportError, AttributeError):
        return False
    return True


def block_problems(text):
    """Blocks of Python in a text that are no Python, or that name what xentlib does not have."""
    for language, block in FENCE.findall(text):
        if language == "python":
            try:
                compile(block, "block", "exec")
            except SyntaxError as error:
                yield f"has a block of Python that is none (its line {error.lineno})"
            for name in re.findall(r"\bxentlib(?:\.\w+)+", block):
                if not _resolves(name):
                    yield f"has a block of Python with {name}, which does not exist"


# --- exercises and links


def exercise_problems(texts):
    """Of the texts of a page: each exercise is followed by its own solution, and by no other."""
    directive = re.compile(
        r"^:{3,}\{(exercise|solution-start|solution-end)\} ?([^\n]*)\n?(?::label: ([\w-]+))?",
        re.MULTILINE,
    )
    found = [
        (kind, label or said) for text in texts for kind, said, label in directive.findall(text)
    ]
    for place, (kind, name) in enumerate(found):
        follows = found[place + 1] if place + 1 < len(found) else ("", "")
        before = found[place - 1] if place else ("", "")
        if kind == "exercise" and follows != ("solution-start", name):
            yield f"exercise {name} is not followed by its own solution"
        if kind == "solution-start" and before != ("exercise", name):
            yield f"the solution to {name} does not follow that exercise"
        if kind == "solution-start" and follows[0] != "solution-end":
            yield f"the solution to {name} does not end"


def _linked(text):
    """The names of the claims that a text links to."""
    labels = {claim.label: name for name, claim in CLAIMS.items()}
    return [labels[label] for role, label in ROLE.findall(text) if label in labels]


def _words(text):
    text = re.sub(r"\\(?:operatorname|text|mathsf|mathrm)|[{}$_^\\]", " ", ROLE.sub(" ", text))
    return {
        re.sub(r"(?:ies|es|s|ed|ing|ly|d)$", "", w) for w in re.findall(r"[a-z]{3,}", text.lower())
    }


def _argument(evidence):
    """The steps of a written proof; those of a chain of bounds are no words."""
    return evidence.steps if isinstance(evidence, Argued) else ()


@cache
def _vocabularies():
    """The words of each claim, and how much each word tells."""
    words = {
        name: _words(
            " ".join(
                [name.replace("_", " "), claim.title, claim.text, claim.meaning, *claim.mistakes]
                + [f"{e.part} {' '.join(_argument(e))}" for e in claim.evidence]
            )
        )
        for name, claim in CLAIMS.items()
    }
    counted = Counter(word for each in words.values() for word in each)
    return words, {word: math.log(len(words) / number) for word, number in counted.items()}


def links(text):
    """For each link to a claim: its name, its sentence, and how many claims have more in common
    with the sentence.
    """
    words, tells = _vocabularies()
    for line in re.split(r"\n\s*\n|\n(?=[-|\d#])", text):
        for sentence in re.split(r"(?<=[.:])\s+(?=[A-Z*$])", line):
            for name in _linked(sentence):
                common = {
                    other: sum(tells[word] for word in _words(sentence) & words[other])
                    for other in CLAIMS
                }
                nearer = sum(common[other] > common[name] for other in CLAIMS)
                yield name, sentence, nearer


def notebook_texts(path):
    """The texts of a notebook, each with its place."""
    cells = nbformat.read(path, as_version=4).cells
    return {place: c.source for place, c in enumerate(cells, 1) if c.cell_type == "markdown"}


def pages():
    """The pages of the book by name: their texts by place."""
    for path in sorted((ROOT / "chapters").iterdir()):
        if path.suffix == ".ipynb":
            yield path.name, notebook_texts(path)
        if path.suffix == ".md":
            yield path.name, dict(enumerate(re.split(r"\n(?=#+ )", Path(path).read_text()), 1))
