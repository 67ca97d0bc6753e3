"""Words against what they are about, as far as a machine sees; and no word changes unread."""

import ast
import doctest
import math
import re
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction as F
from itertools import product
from pathlib import Path

import nbformat
import numpy as np
import pytest

import xentlib
from xentlib.book.cards import CARDS
from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.book.provenance import trace
from xentlib.data import vader
from xentlib.verify.evidence import Derived, DerivedCases

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import guards  # noqa: E402
import prose  # noqa: E402
import words  # noqa: E402


def test_no_word_changed_unread():
    found = list(words.problems())
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "now, said",
    [
        ({"a": "1", "b": "3"}, "page: b: not as it stands"),
        ({"a": "1"}, "page: 1 taken away"),
        ({"b": "2", "a": "1"}, "page: another order"),
        ({"a": "1", "b": "2", "c": "3"}, "page: c: not as it stands"),
    ],
)
def test_a_word_that_changed_is_named(tmp_path, monkeypatch, now, said):
    monkeypatch.setattr(words, "LEDGER", tmp_path / "words.toml")
    for standing in ({"a": "1", "b": "2"}, now):
        monkeypatch.setattr(words, "standing", lambda standing=standing: [("page", standing)])
        if not words.LEDGER.exists():
            words.read()
            assert list(words.problems()) == []
    (problem,) = words.problems()
    assert problem.startswith(said)


# --- the first page


PI, Q = (F(1, 5), F(7, 10), F(1, 10)), (F(1, 3), F(1, 3), F(1, 3))
VERTICES = [tuple(F(k == j) for k in range(3)) for j in range(3)]


def mixed(a, b, share):
    return tuple((1 - share) * x + share * y for x, y in zip(a, b, strict=True))


def votes(of, law=PI, number=3):
    """The probability of each sequence of votes, with the label that is made of them."""
    for labels in product(range(3), repeat=number):
        yield math.prod(law[label] for label in labels), of([labels.count(k) for k in range(3)])


def shares(counts):
    return tuple(F(count, sum(counts)) for count in counts)


def majority(counts):
    return VERTICES[counts.index(max(counts))]


def readings(channel=((F(4, 5), F(1, 10), F(1, 10)),) * 2 + ((F(0), F(0), F(1)),)):
    """A noisy reading of a hidden class, its likelihoods made to sum to 1."""
    for reading in range(3):
        evidence = [row[reading] for row in channel]
        weight = sum(a * b for a, b in zip(PI, evidence, strict=True))
        yield weight, tuple(value / sum(evidence) for value in evidence)


def reported_sets():
    """The uniform label on a set: of the true class, and each other with the chance one half."""
    for members in product((0, 1), repeat=3):
        if any(members):
            weight = sum(a for a, member in zip(PI, members, strict=True) if member) / 4
            yield weight, shares(members)


SHIFTED = (mixed(PI, VERTICES[0], F(1, 5)), mixed(PI, VERTICES[0], -F(1, 5)))
LABELS = {  # the law of the label of each card, where the truth is PI
    "votes": votes(shares),
    "preference": votes(shares),
    "annotators": ((w / 2, p) for law in SHIFTED for w, p in votes(shares, law, 5)),
    "shared": ((w / 2, p) for law in SHIFTED for w, p in votes(shares, law)),
    "truth": [(1, PI)],
    "teacher": [(1, Q)],
    "truncated": [(1, shares([chance * (chance > min(PI)) for chance in PI]))],
    "fraction": [(F(1, 2), law) for law in SHIFTED],
    "reading": readings(),
    "set": reported_sets(),
    "smoothed": [(w, mixed(v, Q, F(1, 10))) for w, v in zip(PI, VERTICES, strict=True)],
    "majority": votes(majority),
    "self": [(1, Q)],
    "mixed": [
        (v * w, mixed(a, b, F(1, 2)))
        for (v, a), (w, b) in product(zip(PI, VERTICES, strict=True), zip(Q, VERTICES, strict=True))
    ],
}


def test_a_card_says_right_where_the_mean_label_is_the_truth():
    assert set(LABELS) == set(CARDS)
    for name, law in LABELS.items():
        weighed = [(weight, p) for weight, p in law]
        assert sum(weight for weight, _ in weighed) == 1, name
        mean = tuple(sum(weight * p[k] for weight, p in weighed) for k in range(3))
        assert CARDS[name]["right"] == (mean == PI), f"cards.toml: {name}"


SAID_OTHERWISE = {  # links whose sentence has no more in common with the claim than with a dozen
    "index.ipynb: cross_entropy_decomposition",
    "index.ipynb: ordered_and_counted",
    "practice.ipynb: em_step",
    "smoothing.ipynb: temperature",
}


def test_a_link_leads_to_what_its_sentence_speaks_of():
    far = {
        f"{page}: {name}"
        for page, texts in prose.pages()
        for text in texts.values()
        if page != "from-the-answer.md" and "*Folklore*" not in text  # lists, and no sentences
        for name, _, nearer in prose.links(text)
        if nearer >= prose.NEAREST
    }
    assert far == SAID_OTHERWISE, far ^ SAID_OTHERWISE


# --- pages


@pytest.mark.parametrize("page", ["practice.ipynb"])
def test_a_block_of_python_in_a_text_runs(page, monkeypatch, capsys):
    from xentlib.data import plans

    few = plans.Plans(np.arange(8.0).reshape(4, 2) ** 2, np.array([0.5, 0.2, 1.0, 0.7]))
    monkeypatch.setattr(plans, "load", lambda: few)  # the data are not part of the build
    texts = prose.notebook_texts(ROOT / "chapters" / page).values()
    imports = "import numpy as np\nfrom xentlib.fitting import SoftmaxRegression\n"
    blocks = [b for text in texts for kind, b in prose.FENCE.findall(text) if kind == "python"]
    assert blocks
    for block in blocks:
        exec(imports + block, {})


@pytest.mark.parametrize(
    "text, problem",
    [
        ("It costs 7,250 nats.", "types 7,250"),
        ("The share is .37.", "types .37"),
        ("Use `xentlib.losses.focal`.", "`xentlib.losses.focal`, which does not exist"),
        ("Use `cross_entropies(p, q)`.", "a cross_entropies"),
        ("Run `make everything`.", "make does not know"),
        ("It is in `tools/nothing.py`.", "a file that is not there"),
        ("Give it `--xml FILE`.", "an option that"),
        ("```python\nimport xentlib\nxentlib.focal(1)\n```", "xentlib.focal, which does not"),
        ("```python\nimport xentlib as\n```", "block of Python that is none"),
    ],
)
def test_a_slip_in_a_text_is_named(text, problem):
    (found,) = guards.prose_problems(text, "", "")
    assert problem in found


EXERCISE = ":::{exercise} Check yourself\n:label: exercise-a\nWhy?\n:::\n\n"
SOLUTION = ":::{solution-start} exercise-a\n:class: dropdown\n:::\n"
END = ":::{solution-end}\n:::\n"


@pytest.mark.parametrize(
    "texts, problem",
    [
        ([EXERCISE], "exercise exercise-a is not followed by its own"),
        ([EXERCISE + SOLUTION.replace("-a", "-b"), END], "exercise exercise-a is not followed"),
        ([EXERCISE + SOLUTION, END + SOLUTION, END], "the solution to exercise-a does not follow"),
        ([EXERCISE + SOLUTION], "the solution to exercise-a does not end"),
    ],
)
def test_an_exercise_has_one_solution_beside_it(texts, problem):
    assert next(prose.exercise_problems(texts)).startswith(problem)
    assert list(prose.exercise_problems([EXERCISE + SOLUTION, END])) == []


# --- pictures: data are read back, by the ticks of their axes


SVG = "{http://www.w3.org/2000/svg}"


def scale(axes, letter):
    """From places in a picture to data, as slope and start; None where the axis is not linear."""
    ticks = []
    for group in axes.iter(f"{SVG}g"):
        if group.get("id", "").startswith(f"{letter}tick_"):
            label = "".join(group.itertext()).strip().replace("−", "-")
            if re.fullmatch(r"-?\d+(\.\d+)?", label):
                mark = next(group.iter(f"{SVG}use"))
                ticks.append((float(mark.get(letter)), float(label)))
    if len(ticks) < 2:
        return None
    slope, start = np.polyfit(*np.transpose(ticks), 1)
    straight = all(abs(slope * place + start - value) < 1e-4 for place, value in ticks)
    return (slope, start) if straight else None


def told(axes):
    """The marks of a picture; of each line that has many points, its ends and extremes."""
    for group in axes:
        for path in group.iter(f"{SVG}path"):
            points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d", "")), dtype=float)
            few = [*range(len(points))] if len(points) <= 24 else [0, -1]
            yield from points[[*few, *points.argmin(axis=0), *points.argmax(axis=0)]]
        for mark in group.iter(f"{SVG}use"):
            yield np.array([float(mark.get("x", 0)), float(mark.get("y", 0))])


def data(svg):
    """What is drawn, in the units of the axes; None where there are none."""
    seen = []
    for axes in ET.fromstring(svg).iter(f"{SVG}g"):
        if axes.get("id", "").startswith("axes_"):
            drawn = [group for group in axes if not group.get("id").startswith("matplotlib.axis")]
            for place, letter in enumerate("xy"):
                if line := scale(axes, letter):
                    seen += [line[0] * point[place] + line[1] for point in told(drawn)]
    return np.array(seen)


def pictures():
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for place, cell in enumerate(nbformat.read(path, as_version=4).cells, 1):
            for output in cell.get("outputs", []):
                svg = output.get("data", {}).get("image/svg+xml", "")
                if "axes_1" in svg:
                    yield f"{path.name}, cell {place}", output.data["text/plain"], svg


def test_the_decimals_of_an_alt_text_are_drawn():
    looked = 0
    for place, alt, svg in pictures():
        drawn = data(svg)
        for number in re.findall(r"(?<![\w.])\d*\.\d+", alt):
            looked += 1
            near = 0.6 * 10.0 ** -len(number.partition(".")[2])
            seen = bool(len(drawn)) and np.abs(drawn - float(number)).min() <= near
            assert seen or not float(number), f"{place}: {number} is not drawn"
    assert looked >= 25


def look(path):
    return re.findall(r"stroke(?:-dasharray)?: [#\w.,]+", path.get("style", ""))


def named(legend):
    """The names of a legend, each with the look of its line."""
    line = None
    for group in legend:
        path, text = group.find(f"{SVG}path"), "".join(group.itertext()).strip()
        if text and line is not None:
            yield text, look(line)
        line = None if text else path


def values(axes, style):
    """Where the lines that look like this have ends and extremes, along both axes."""
    lines = [g for g in axes.findall(f"{SVG}g") if any(look(p) == style for p in g)]
    for place, letter in enumerate("xy"):
        if line := scale(axes, letter):
            yield from (line[0] * point[place] + line[1] for point in told(lines))


def test_a_value_in_a_legend_is_where_its_line_ends():
    """ "KL = 0.046" is the name of a line that begins or ends at 0.046."""
    looked = 0
    for place, _, svg in pictures():
        for axes in ET.fromstring(svg).iter(f"{SVG}g"):
            for legend in axes.findall(f"{SVG}g"):
                if legend.get("id", "").startswith("legend") and scale(axes, "y"):
                    for name, style in named(legend):
                        if value := re.search(r" = (\d*\.\d{2,})$", name):
                            looked += 1
                            far = [abs(end - float(value[1])) for end in values(axes, style)]
                            assert min(far) <= 0.01, f"{place}: '{name}' names another line"
    assert looked >= 2


# --- docstrings: a formula is computed as it is written


def soft(logits):
    return np.exp(logits) / np.exp(logits).sum()


p, q, z, r = np.array([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2], [0.1, 0.3, 0.6], [0.4, 0.4, 0.2]])
c, y, eps, T, log, softmax = np.array([3, 1, 2]), 1, 0.2, 1.7, np.log, soft(z)
CHANNEL = np.array([[0.8, 0.1, 0.1], [0.3, 0.5, 0.2], [0.0, 0.2, 0.8]])
INTEGERS = "softmax_cross_entropy_with_integer_labels"
FORMULAS = (  # a function, the formula in its docstring, what that says, and the arguments
    ("entropy", "H(p) = -Σ_k p_k log p_k", -(p * log(p)).sum(), (p,)),
    ("cross_entropy", "H(p, q) = -Σ_k p_k log q_k", -(p * log(q)).sum(), (p, q)),
    ("kl_divergence", "KL(p‖q) = Σ_k p_k log(p_k / q_k)", (p * log(p / q)).sum(), (p, q)),
    ("logsumexp", "log Σ_k exp(z_k)", log(np.exp(z).sum()), (z,)),
    ("log_softmax", "z_k - log Σ_j exp(z_j)", z - log(np.exp(z).sum()), (z,)),
    ("softmax", "exp(z_k) / Σ_j exp(z_j)", softmax, (z,)),
    ("nats_to_bits", "Nats as bits, x / log 2", p / log(2), (p,)),
    ("perplexity", "exp of a cross-entropy in nats", np.exp(p), (p,)),
    ("smooth_labels", "(1 - ε) p + ε/K", (1 - eps) * p + eps / 3, (p, eps)),
    ("undo_smoothing", "(q - ε/K) / (1 - ε)", (q - eps / 3) / (1 - eps), (q, eps)),
    ("votes_to_probs", "c_k / Σ_j c_j", c / c.sum(), (c,)),
    ("categorical_log_likelihood", ", log q_y.", log(q[y]), (y, q)),
    (
        "multinomial_log_likelihood",
        "log(n! / ∏ c_k!) + Σ_k c_k log q_k",
        log(math.factorial(6) / 12) + (c * log(q)).sum(),
        (c, q),
    ),
    ("softmax_cross_entropy", "-Σ_k p_k log softmax(z)_k", -(p * log(softmax)).sum(), (z, p)),
    (INTEGERS, "-log softmax(z)_y", -log(softmax[y]), (z, y)),
    ("softmax_cross_entropy_value_and_grad", "(Σ_k p_k) softmax(z) - p", softmax - p, (z, p)),
    (f"{INTEGERS}_value_and_grad", "softmax(z) - e_y", softmax - np.eye(3)[y], (z, y)),
    (
        "softmax_cross_entropy_hvp",
        "(diag q - q qᵀ) v with q = softmax(z)",
        softmax * p - softmax * (softmax @ p),
        (z, p),
    ),
    (
        "linear_softmax_cross_entropy",
        "-Σ_k p_k log softmax(W x)_k",
        -q @ log(soft(CHANNEL @ p)),
        (p, CHANNEL, q),
    ),
    (
        "linear_softmax_cross_entropy_with_integer_labels",
        "-log softmax(W x)_y",
        -log(soft(CHANNEL @ p)[y]),
        (p, CHANNEL, y),
    ),
    (
        "linear_softmax_cross_entropy_with_sparse_labels",
        "-Σ_j p_j log softmax(W x)_{k_j}",
        -q[1:] @ log(soft(CHANNEL @ p)[[0, 2]]),
        (p, CHANNEL, [0, 2], q[1:]),
    ),
    ("tempered_softmax", "softmax(z / T)", soft(z / T), (z, T)),
    (
        "distillation_loss",
        "T² H(softmax(v/T), softmax(z/T))",
        -(T**2) * soft(r / T) @ log(soft(z / T)),
        (z, r, T),
    ),
    (
        "distillation_loss_value_and_grad",
        "T (softmax(z/T) - softmax(v/T))",
        T * (soft(z / T) - soft(r / T)),
        (z, r, T),
    ),
    ("virtual_evidence_loss", "-log Σ_k λ_k q_k", -log(softmax @ r), (z, r)),
    ("responsibilities", "r_k = λ_k q_k / Σ_j λ_j q_j", r * softmax / (r @ softmax), (z, r)),
    (
        "virtual_evidence_loss_value_and_grad",
        "q - r with r the responsibilities",
        softmax - r * softmax / (r @ softmax),
        (z, r),
    ),
    (
        "forward_corrected_loss",
        "-log Σ_k q_k T_ky with T_kj = P(reading j | class k)",
        -log(softmax @ CHANNEL[:, y]),
        (z, y, CHANNEL),
    ),
)


@pytest.mark.parametrize("name, formula, value, arguments", FORMULAS, ids=lambda x: str(x)[:30])
def test_a_docstring_has_the_formula_of_its_function(name, formula, value, arguments):
    found = getattr(xentlib, name)(*arguments)
    np.testing.assert_allclose(found[1] if name.endswith("grad") else found, value, rtol=1e-12)
    assert formula in " ".join(getattr(xentlib, name).__doc__.split()), f"{name}: {formula}"


@pytest.mark.parametrize("name", [name for name in xentlib.__all__ if name[0].islower()])
def test_an_example_of_a_docstring_shows_a_number(name):
    examples = doctest.DocTestParser().get_examples(getattr(xentlib, name).__doc__)
    assert any(re.search(r"\d|True|inf", example.want) for example in examples)


# --- claims


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_numbers_of_a_statement_stand_in_its_evidence(chapter):
    """In the code of the chapter's claims and derivations, or in what a cell computes."""
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if not cell.source.startswith("verify(")]
    shown = [text for cell in cells for _, text in guards.outputs_of(cell)]
    code = [evidence_alone(ROOT / "xentlib" / "claims" / f"{chapter.replace('-', '_')}.py")]
    code += [str(len(vader.load().tokens)), str(vader.load().counts.sum())]
    traces = trace(CHAPTERS)
    for name, claim in CHAPTERS[chapter].items():
        for place in traces[name].derived:
            module = ROOT / "xentlib" / "derivations" / f"{place.split('.')[1]}.py"
            code.append(module.read_text(encoding="utf-8"))
        known = {digits(number) for number in prose.plain_numbers("\n".join(code + shown))}
        said = f"{claim.text} {claim.meaning}".replace("{,}", ",")
        for number in prose.NUMBER.findall(said):
            printed = len(number) > 8 and any(n.startswith(digits(number)) for n in known)
            if not (printed or digits(number) in known):
                pytest.fail(f"{name}: {number} stands in the statement and not in its evidence")


def digits(number):
    """What 0.00686 and F(686, 100000) share."""
    return number.replace(",", "").replace(".", "").lstrip("0")


def evidence_alone(path):
    """The code of a module of claims without titles, statements and arguments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            words = ("statement", "title", "proof", "meaning", "in_words")
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in words]
    return ast.unparse(tree)


def test_a_claim_uses_whose_derivation_its_evidence_takes():
    traces, owner = trace(CHAPTERS), {}
    for name, found in traces.items():
        for place in found.derived:
            first = owner.setdefault(place, name)
            assert first in {name, *below(CLAIMS[name])}, f"{name} takes {place} of {first}"


def below(claim):
    """The names of all that a claim rests on."""
    for used in claim.premises:
        yield used.name
        yield from below(used)


def test_a_mistake_in_a_derivation_shares_a_symbol_with_it():
    for name, mistake, chain, wrong in mistakes():
        expressions = [chain.start, *(step for step, _ in chain.steps)]
        symbols = set().union(*(expression.free_symbols for expression in expressions))
        assert not symbols or wrong.free_symbols & symbols, f"{name}: {mistake}"


def mistakes():
    for claim in CLAIMS.values():
        for evidence in claim.evidence:
            for mistake, wrong in evidence.mistakes.items():
                if isinstance(evidence, Derived):
                    yield claim.name, mistake, evidence.chain, wrong
                if isinstance(evidence, DerivedCases):
                    yield claim.name, mistake, evidence.chains[wrong[0]], wrong[1]
