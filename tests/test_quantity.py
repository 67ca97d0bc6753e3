"""A relation is printed and checked as one thing: another sign, argument or sum is refused."""

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from sympy import Derivative, Dummy, Indexed, Integral, Product, Rational, Sum, Symbol, sympify

from xentlib.derivations import quantities as named
from xentlib.derivations.entropy_and_kl import gibbs
from xentlib.derivations.symbols import K, k, log, over_classes, p, q
from xentlib.verify import Argued, Claim, Derived, Refuted, Undecided, verify
from xentlib.verify.chain import Chain
from xentlib.verify.hypotheses import number, positive, simplex, size
from xentlib.verify.quantity import (
    AtLeast,
    AtMost,
    Equal,
    Quantity,
    Relation,
    called,
    entry,
    evaluated,
    quantity,
    unfold,
)

H, H1, KL = named.cross_entropy, named.entropy, named.divergence
t = Symbol("t", real=True)
GIVEN = (size(K), simplex(p, K), simplex(q, K))
DECOMPOSITION = Chain(
    start=H(p, q),
    steps=(
        (H1(p) + over_classes(p[k] * (log(p[k]) - log(q[k]))), "add and subtract log p"),
        (H1(p) + KL(p, q), "a difference of logarithms"),
    ),
    given=GIVEN,
)
MISTAKES = {"the other divergence": H1(p) + KL(q, p), "the other entropy": H1(q) + KL(p, q)}


def claim(relation, statement="For $p,q$: $<it>$.", of="it", **more):
    evidence = Derived(part="", of=of, chain=DECOMPOSITION, mistakes=MISTAKES)
    more = {"for_all": GIVEN, **more}
    return Claim(
        title="T", statement=statement, relations={"it": relation}, evidence=(evidence,), **more
    )


TRUE = Equal(H(p, q), H1(p) + KL(p, q))


def test_the_statement_is_rendered_from_what_is_checked():
    stated = claim(TRUE)
    assert stated.text == r"For $p,q$: $H(p, q) = H(p) + \operatorname{KL}(p\,\|\,q)$."
    assert verify(stated).claim.grade == "proved"
    assert "H(p, q)" in DECOMPOSITION._repr_mimebundle_()["text/latex"]


def test_a_long_formula_stands_on_lines_of_its_own_with_its_point():
    long = Equal(H(p, q), H1(p) + over_classes(p[k] * (log(p[k]) - log(q[k]))))
    stated = claim(long, statement="For $p,q$: $<it>$. Then more.")
    before, formula, after = stated.text.split("\n\n")
    assert (before, after) == ("For $p,q$:", "Then more.")
    assert formula == f"$$\n{long.latex}.\n$$"
    assert claim(long, statement="$a+<it>+b$").text == f"$a+{long.latex}+b$"


@pytest.mark.parametrize(
    "relation",
    [
        Equal(H(q, p), H1(p) + KL(p, q)),
        Equal(H(p, q), H1(p) - KL(p, q)),
        Equal(H(p, q), H1(q) + KL(p, q)),
        Equal(H(p, q), H1(p) + KL(q, p)),
        Equal(H(p, q), 2 * H1(p) + KL(p, q)),
        Equal(-H(p, q), H1(p) + KL(p, q)),
        Equal(H(p, q) / K, H1(p) + KL(p, q)),
        AtLeast(H(p, q), H1(p) + KL(p, q)),
        AtMost(H(p, q), H1(p) + KL(p, q)),
    ],
    ids=lambda relation: relation.text,
)
def test_another_relation_is_refused(relation):
    with pytest.raises(Refuted, match="stated is"):
        verify(claim(relation))


@pytest.mark.parametrize("relation", [AtMost(named.on_support.divergence(p, q), 0), None])
def test_a_bound_in_the_other_direction_is_refused(relation):
    right = AtLeast(named.on_support.divergence(p, q), 0)
    stated = Claim(
        title="T",
        statement="$<it>$",
        relations={"it": relation or right},
        for_all=gibbs.given,
        evidence=(gibbs.as_part("", of="it"),),
    )
    if relation is None:
        assert verify(stated).claim.grade == "proved"
    else:
        with pytest.raises(Refuted, match="≤ 0\nshown is"):
            verify(stated)


def test_a_claim_without_a_relation_says_why():
    silent = Claim(title="T", statement="S.", evidence=claim(TRUE, of="").evidence)
    with pytest.raises(Undecided, match="T: it has no relation, and does not say in_words why"):
        verify(silent)
    verify(replace(silent, in_words="a definition"))


def test_a_domain_that_is_not_said_is_refused():
    with pytest.raises(Undecided, match="T: for_all must say for which letters"):
        verify(claim(TRUE, for_all=()))


@pytest.mark.parametrize(
    ("stated", "beyond"),
    [
        ((size(K, 1), *GIVEN[1:]), "K ≥ 2"),
        (GIVEN[:2], "q[·] > 0, Σₖ q[k] = 1"),
        ((GIVEN[0], positive(p, K), GIVEN[2]), "p[·] > 0, Σₖ p[k] = 1"),
    ],
)
def test_evidence_for_a_smaller_domain_is_refused(stated, beyond):
    said = rf"T: the evidence for <it> assumes {re.escape(beyond)}.*, which is not stated; stated"
    with pytest.raises(Refuted, match=said):
        verify(claim(TRUE, for_all=stated))
    part = Derived(part="inside", of="it", chain=DECOMPOSITION, mistakes=MISTAKES)
    with pytest.raises(Refuted, match=said):
        verify(replace(claim(TRUE, for_all=stated), evidence=(part,)))


def test_evidence_for_a_larger_domain_serves():
    verify(claim(TRUE, for_all=(size(K, 3), *GIVEN[1:], number(t))))


def test_a_relation_that_nothing_is_run_on_is_refused():
    with pytest.raises(Undecided, match="T: no evidence is run on the relation <it>"):
        verify(claim(TRUE, of=""))
    with pytest.raises(Undecided, match="evidence is of <other>, which is no relation of it"):
        both = Derived(part="x", of="other", chain=DECOMPOSITION)
        whole = claim(TRUE)
        verify(
            Claim(
                title="T",
                statement="$<it>$",
                relations={"it": TRUE},
                evidence=(*whole.evidence, both),
            )
        )


@pytest.mark.parametrize("statement", ["without it", "$<it>$ and $<it>$", "$<it>$, $<that>$"])
def test_each_relation_stands_once_in_the_statement(statement):
    with pytest.raises(Undecided, match="must stand once|is no relation of the claim"):
        claim(TRUE, statement)


def test_the_library_computes_what_the_names_say_on_faces_too():
    for point in ([0.5, 0.5, 0], [0.2, 0, 0.8]), ([0.5, 0.5, 0], [0.2, 0.8, 0]), ([1.0], [1.0]):
        values = {p: point[0], q: point[1], K: len(point[0])}
        left, right = (evaluated(side, values) for side in (TRUE.left, TRUE.right))
        assert left == pytest.approx(right)
    assert evaluated(over_classes(p[k] ** 2), {p: [0.5, 0.25], K: 2}) == 0.3125


def test_a_relation_is_of_a_kind_and_between_two_things():
    with pytest.raises(TypeError, match="one of Equal"):
        Relation(p[1], q[1])
    with pytest.raises(ValueError, match="an expression and itself"):
        Equal(H(p, q), H(p, q).unfolded)


def test_a_quantity_of_rows():
    @quantity("m({})")
    def mean(row):
        return over_classes(entry(row, k)) * Rational(1, 2)

    assert mean(p[2]).unfolded == over_classes(p[2, k]) / 2 and str(mean(p)) == "mean(p)"


EIGHT = "These eight words argue one relation, the other not."


def test_the_grade_of_two_relations_is_that_of_the_weaker_and_parts_do_not_cover():
    argued = Argued(
        part="", proof="These eight words argue one relation, the other not.", of="that"
    )
    proved = Derived(part="", of="it", chain=DECOMPOSITION, mistakes=MISTAKES)
    both = {"it": TRUE, "that": AtLeast(H(p, q), 0)}
    stated = Claim(
        title="T", statement="$<it>$, $<that>$", relations=both, evidence=(proved, argued)
    )
    assert stated.grade == "argued" and stated.headline == "Proved: it · argued: the whole"
    part = Derived(part="interior", of="it", chain=DECOMPOSITION, mistakes=MISTAKES)
    stated = Claim(title="T", statement="$<it>$", relations={"it": TRUE}, evidence=(part, argued))
    assert stated.grade == "argued"


# --- names of what is derived


def displays():
    """The derivations that chapters show: their names, and what each starts with."""
    for path in sorted(Path(__file__).parents[1].glob("chapters/*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "code" and re.fullmatch(r"derived\.\w+(\[.*\])?", cell.source):
                module = import_module(f"xentlib.derivations.{path.stem.replace('-', '_')}")
                shown = eval(cell.source, {"derived": module})
                if hasattr(shown, "start"):
                    yield f"{path.stem}: {cell.source}", shown.start


def is_named(start):
    """Whether it says what is derived: names alone, perhaps with numbers, or the slope of one."""
    left = sympify(start).replace(Derivative, lambda inner, *_: inner)
    left = left.replace(lambda part: isinstance(part, Quantity), lambda _: Dummy())
    return start.has(Quantity) and not left.has(Sum, Product, Integral, Indexed)


def test_every_derivation_of_a_chapter_starts_with_a_name():
    unnamed = [name for name, start in displays() if not is_named(start)]
    assert not unnamed, f"start with no name: {', '.join(unnamed)}"


@pytest.mark.parametrize(
    "start, named_so",
    [
        (H(p, q), True),
        (-t * H(p, q) - log(2), True),
        (Derivative(H(p, q), q[k]), True),
        (H(p, q) - over_classes(p[k]), False),
        (-over_classes(p[k] * log(q[k])), False),
        (t / (1 - t), False),
    ],
)
def test_what_a_name_is(start, named_so):
    assert is_named(start) is named_so


def test_what_is_called_by_a_name_is_written_out_once_and_checked_as_what_it_is():
    square = called(r"\bar t", t**2)
    chain = Chain(
        start=Derivative(square, t),
        steps=((2 * t, "a rule for $t^2$"), (square * 2 / t, "by name")),
        given=(number(t, 0, 1),),
    )
    chain.check()
    shown = chain._repr_mimebundle_()
    assert shown["text/plain"] == (
        "Derivative(t̄, t)\n  = Derivative(t**2, t)\n  = 2*t    (a rule for t^2)\n"
        "  = 2*t̄/t    (by name)"
    )
    assert r"& \frac{d}{d t} \bar t = \frac{d}{d t} t^{2} \\" in shown["text/latex"]
    step = ":::{div} step\n$\\displaystyle = 2 t$\n\na rule for $t^2$\n:::"
    assert step in shown["text/x-myst"]
    assert unfold(square) == t**2 and square.free_symbols == {t}
    assert square.subs(t, 2).unfolded == 4
    with pytest.raises(Refuted):
        replace(chain, steps=((3 * t, "wrong"),)).check()


def test_a_definition_stands_on_the_line_of_its_name():
    steps = ((-over_classes(p[k] * log(q[k])), "by definition"), *DECOMPOSITION.steps)
    shown = replace(DECOMPOSITION, steps=steps)._repr_mimebundle_()
    assert r"& H(p, q) = - \sum_{k=1}^{K} p_k \log q_k \\" in shown["text/latex"]
    assert "by definition" not in shown["text/x-myst"] and shown["text/x-myst"].count("step\n") == 3
