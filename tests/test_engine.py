"""The engine against planted vacuity: each way in which a check could say nothing is an error."""

from dataclasses import replace
from fractions import Fraction as F
from types import FunctionType

import mpmath
import numpy as np
import pytest
from sympy import IndexedBase, KroneckerDelta, Product, Sum, Symbol, exp, expand_log, log, symbols

import xentlib as x
from xentlib.verify import Claim, verify
from xentlib.verify import samples as domains
from xentlib.verify._display import RECORD
from xentlib.verify._errors import Refuted, Undecided
from xentlib.verify._source import source_of
from xentlib.verify.chain import Chain
from xentlib.verify.evidence import (
    Argued,
    Certified,
    Cited,
    Computed,
    Derived,
    DerivedCases,
    Digits,
    Exact,
    Sampled,
    Simulated,
    at_least,
    at_most,
    less,
)
from xentlib.verify.hypotheses import index, labels, number, real, simplex, size

K, N = symbols("K N", integer=True, positive=True)
i, j, k = symbols("i j k", integer=True, positive=True)
p, q = (IndexedBase(s, positive=True) for s in "pq")
y, z = IndexedBase("y", integer=True, positive=True), IndexedBase("z", real=True)
ENTROPY = -Sum(p[k] * log(p[k]), (k, 1, K))
CROSS = -Sum(p[k] * log(q[k]), (k, 1, K))
KL = Sum(p[k] * log(p[k] / q[k]), (k, 1, K))
TWO = (size(K), simplex(p, K), simplex(q, K))
DECOMPOSITION = Chain(
    start=CROSS,
    steps=((ENTROPY + KL, "add and subtract"),),
    given=TWO,
)


def cross_entropy(p, q, K):
    return x.cross_entropy(p, q)


def entropy_plus_kl(p, q, K):
    return x.entropy(p) + x.kl_divergence(p, q)


MISTAKES = {"reversed": -Sum(q[k] * log(p[k]), (k, 1, K)), "dropped entropy": KL}
DERIVED = Derived(
    part="",
    chain=DECOMPOSITION,
    computes=entropy_plus_kl,
    mistakes=MISTAKES,
)
EXACT = Exact(
    part="",
    cases=lambda: [(F(1, 2),), (F(1, 3),)],
    lhs=lambda a: a + a,
    rhs=lambda a: 2 * a,
    mistakes={"square": lambda a: a * a, "three": lambda a: 3 * a},
)
SAMPLED = Sampled(
    part="",
    cases=dict(p=domains.simplex, q=domains.simplex),
    lhs=lambda p, q: x.cross_entropy(p, q),
    rhs=lambda p, q: x.entropy(p),
    mistakes={"entropy of q": lambda p, q: x.entropy(q), "strict": dict(relation=less)},
    relation=at_least,
    because="an entropy may be 0",
)


def claim(*evidence, **more):
    return Claim(
        title="A claim",
        statement="A statement.",
        in_words="a test",
        evidence=evidence,
        **more,
    )


def test_a_sound_claim_prints_its_evidence():
    verdict = verify(claim(DERIVED))
    bundle = verdict._repr_mimebundle_()
    assert bundle["text/plain"] == str(verdict)
    assert set(bundle) == {"text/plain", "text/markdown", "text/x-myst", RECORD}
    assert "✗ *reversed*. Refuted: `at K =" in bundle["text/markdown"]
    assert claim(EXACT).headline == claim(SAMPLED).headline == "Checked"


a_claim = claim(EXACT)
a_claim_of_two = claim(
    DERIVED,
    Exact(
        part="a part",
        cases=EXACT.cases,
        lhs=EXACT.lhs,
        rhs=EXACT.rhs,
        mistakes=EXACT.mistakes,
    ),
)


def test_a_box_opens_the_wrong_versions_with_their_counter_examples():
    folded = verify(a_claim_of_two)._repr_mimebundle_()["text/x-myst"]
    assert (
        ":label: claim-a-claim-of-two" in folded
        and "<where-a-claim-of-two>" in folded
        and " · 4 wrong versions refuted\n:class-container: verdict" in folded
    )
    for part in (
        ":::{dropdown} ✗ dropped entropy\n$$",
        r"\overset{?}{=}",
        ":::{dropdown} ✗ square\n```python\nrhs = lambda a: a * a\n```",
        "Refuted: `at 1/2: 1 against 1/4`",
    ):
        assert part in folded


def test_a_record_has_every_finding_and_every_counter_example():
    record = verify(a_claim).record
    assert record == {
        "claim": "a_claim",
        "grade": "exact",
        "evidence": [
            {"grade": "exact", "part": "", "found": "2 cases, every one in exact arithmetic"}
        ],
        "mistakes": [
            {"mistake": "square", "counter_example": "at 1/2: 1 against 1/4"},
            {"mistake": "three", "counter_example": "at 1/2: 1 against 3/2"},
        ],
    }


def adds(c):
    return lambda a: a + c


NESTED = lambda a: lambda b: a + b  # noqa: E731
CROSS_ENTROPY = "def cross_entropy(p, q, K):\n    return x.cross_entropy(p, q)"


def documented():
    """One."""
    return 1


PAIR = {"true": lambda: True, "false": lambda: False, "none": lambda: None, "one": lambda: 1}
SPACED = (lambda x: x * 2, lambda  x: x*2)  # fmt: skip
LINES = {
    "rhs": lambda x: max(
        x,
        1,
    )
}


@pytest.mark.parametrize(
    "thing, text",
    [
        (EXACT.mistakes, "square = lambda a: a * a\nthree = lambda a: 3 * a"),
        (cross_entropy, f"cross_entropy\n\n\n{CROSS_ENTROPY}"),
        (dict(rhs=cross_entropy), f"rhs = cross_entropy\n\n\n{CROSS_ENTROPY}"),
        ((documented, 1), "(documented, 1)\n\n\ndef documented():\n    return 1"),
        (FunctionType((lambda: 1).__code__, {}, "lost"), "lost"),
        (("a", less), "('a', less)"),
        (3, "3"),
        (np.mean, "mean"),
        (NESTED, "lambda a: lambda b: a + b"),
        (NESTED(1), "lambda b: a + b"),
        (adds(1), "lambda a: a + c"),
        (PAIR, "true = lambda: True\nfalse = lambda: False\nnone = lambda: None\none = lambda: 1"),
        (LINES, "rhs = lambda x: max(\n    x,\n    1,\n)"),
        (SPACED[0], "<lambda>"),  # two texts, one code: no guess
        (lambda: "é ε 界", 'lambda: "é ε 界"'),
    ],
)
def test_the_text_of_a_mistake_is_as_it_was_written(thing, text):
    assert source_of(thing) == text


def test_a_lambda_is_found_without_positions():
    lost = (lambda a: a + 1).__code__.replace(co_linetable=b"")
    assert source_of(FunctionType(lost, {})) == "lambda a: a + 1"


def test_a_lambda_that_is_not_in_its_file_has_no_text(tmp_path):
    for file, line in ((tmp_path / "gone.py", 1), (__file__, 1)):
        lost = (lambda a: a + 1).__code__.replace(co_filename=str(file), co_firstlineno=line)
        assert source_of(FunctionType(lost, {})) == "<lambda>"


def test_a_file_in_another_encoding_or_with_magic_is_read_as_python_reads_it(tmp_path):
    latin, magic = tmp_path / "latin.py", tmp_path / "magic.py"
    latin.write_bytes("# coding: latin-1\nf = lambda: 'é'\n".encode("latin-1"))
    magic.write_text("%time\nf = lambda: 1\n", encoding="utf-8")
    scope = {}
    exec(compile(latin.read_bytes(), str(latin), "exec"), scope)
    assert source_of(scope["f"]) == "lambda: 'é'"
    exec(compile("\nf = lambda: 1", str(magic), "exec"), scope)
    assert source_of(scope["f"]) == "<lambda>"


@pytest.mark.parametrize("seed", range(3))
def test_other_seeds_give_other_points_and_the_same_grade(seed):
    assert verify(claim(DERIVED), seed).claim.grade == "proved"
    assert list(DECOMPOSITION.points(seed)) != list(DECOMPOSITION.points(seed + 1))


# --- chains


def test_a_chain_without_steps_shows_nothing():
    with pytest.raises(Undecided, match="without a step"):
        Chain(
            start=CROSS,
            steps=(),
            given=TWO,
        ).check()


def test_a_step_that_repeats_its_expression_is_vacuous():
    with pytest.raises(Undecided, match="with itself"):
        Chain(
            start=CROSS,
            steps=((CROSS, "obviously"),),
            given=TWO,
        ).check()


def test_a_wrong_step_is_refuted_with_its_place():
    with pytest.raises(Refuted, match=r"step 2 \(slip\) fails at K ="):
        Chain(
            start=CROSS,
            steps=((ENTROPY + KL, "add"), (ENTROPY - KL, "slip")),
            given=TWO,
        ).check()


def test_a_tiny_error_in_the_last_step_is_refuted():
    with pytest.raises(Refuted, match="step 1"):
        Chain(
            start=CROSS,
            steps=((ENTROPY + KL + F(1, 10**40), "add"),),
            given=TWO,
        ).check()


def test_a_missing_hypothesis_does_not_pass():
    total = Chain(
        start=Sum(p[k] * 3, (k, 1, K)),
        steps=((3 + 0 * K + Sum(0 * p[k], (k, 1, K)), "sums to 1"),),
        given=(size(K), real(p, K)),
    )
    with pytest.raises(Undecided, match="p was drawn .*, which is not positive"):
        total.check()
    true_at_points_only = Chain(
        start=Sum(p[k], (k, 1, K)),
        steps=((Sum(2 * p[k], (k, 1, K)) - 1, "sums to 1"),),
        given=(size(K), simplex(p, K)._replace(facts=())),
    )
    with pytest.raises(Undecided, match="does not simplify"):
        true_at_points_only.check()


def test_what_sympy_would_simplify_under_a_false_assumption_fails_at_the_points():
    a = Symbol("a", positive=True)
    wrong_draws = number(a)._replace(draw=lambda random, known: -number(a).draw(random, known) - 1)
    with pytest.raises((Refuted, Undecided)):
        Chain(
            start=log(a**2),
            steps=((2 * log(a), "positivity"),),
            given=(wrong_draws,),
        ).check()


def test_not_a_number_is_undecided():
    with pytest.raises(Undecided, match="left over"):
        nothing = Sum(p[k], (k, 1, K)) - 1
        Chain(
            start=1 / nothing,
            steps=((2 / nothing, "nonsense"),),
            given=(size(K), simplex(p, K)),
        ).check()


def test_a_symbol_that_nothing_draws_is_undecided():
    with pytest.raises(Undecided):
        Chain(
            start=CROSS,
            steps=((ENTROPY + KL, "add"),),
            given=(size(K), simplex(p, K)),
        ).check()


def test_the_double_product_becomes_the_double_sum():
    likelihood = Product(Product(q[i, k] ** KroneckerDelta(k, y[i]), (k, 1, K)), (i, 1, N))
    chain = Chain(
        start=log(likelihood),
        steps=((expand_log(log(likelihood)), "log"), (Sum(log(q[i, y[i]]), (i, 1, N)), "one term")),
        given=(size(K), size(N), labels(y, N, K), simplex(q, K, N)),
    )
    chain.check()
    text = chain._repr_mimebundle_()["text/latex"]
    assert text.startswith("$$\\begin{aligned}") and "\\text{one term}" in text


# --- derived


def test_a_derivation_about_another_function_is_refuted():
    with pytest.raises(Refuted, match="the library gives"):
        verify(
            claim(
                Derived(
                    part="",
                    chain=DECOMPOSITION,
                    computes=lambda p, q, K: x.kl_divergence(p, q),
                    mistakes=MISTAKES,
                )
            )
        )


def test_a_mistake_that_is_right_is_an_error():
    with pytest.raises(Undecided, match="mistake 'harmless'"):
        verify(
            claim(
                Derived(
                    part="",
                    chain=DECOMPOSITION,
                    computes=entropy_plus_kl,
                    mistakes={"harmless": KL + ENTROPY, "reversed": MISTAKES["reversed"]},
                )
            )
        )


@pytest.mark.parametrize(
    "evidence",
    [
        Exact(
            part="",
            cases=EXACT.cases,
            lhs=EXACT.lhs,
            rhs=EXACT.rhs,
            mistakes={"harmless": lambda a: 4 * a / 2, "three": lambda a: 3 * a},
        ),
        Sampled(
            part="",
            cases=SAMPLED.cases,
            lhs=SAMPLED.lhs,
            rhs=SAMPLED.rhs,
            mistakes={
                "harmless": lambda p, q: x.entropy(p) - 1,
                "entropy of q": lambda p, q: x.entropy(q),
            },
            relation=at_least,
            because=SAMPLED.because,
        ),
    ],
)
def test_a_mistake_that_passes_the_check_is_an_error(evidence):
    with pytest.raises(
        Undecided, match="mistake 'harmless': it passes the check that it should fail"
    ):
        verify(claim(evidence))


def test_a_mistake_that_crashes_is_not_refuted():
    with pytest.raises(Undecided):
        verify(
            claim(
                Derived(
                    part="",
                    chain=DECOMPOSITION,
                    computes=None,
                    mistakes={
                        "unknown symbol": CROSS + Symbol("c"),
                        "reversed": MISTAKES["reversed"],
                    },
                )
            )
        )
    with pytest.raises(Undecided, match="it ends in TypeError, and says nothing"):
        verify(
            claim(
                Exact(
                    part="",
                    cases=EXACT.cases,
                    lhs=EXACT.lhs,
                    rhs=EXACT.rhs,
                    mistakes={"two arguments": lambda a, b: a, "three": lambda a: 3 * a},
                )
            )
        )


def test_infinity_where_the_truth_is_finite_is_a_counter_example_and_no_value_is_none():
    zero = Sum(p[k], (k, 1, K)) - 1
    assert "it is infinite, not" in DECOMPOSITION.refute(1 / zero)
    with pytest.raises(Undecided):
        DECOMPOSITION.refute((Sum(q[k], (k, 1, K)) - 1) / zero)


def test_a_mistake_on_an_empty_domain_is_not_refuted():
    with pytest.raises(Undecided, match="mistake 'nowhere'"):
        verify(
            claim(
                Exact(
                    part="",
                    cases=EXACT.cases,
                    lhs=EXACT.lhs,
                    rhs=EXACT.rhs,
                    mistakes={
                        "nowhere": dict(cases=list, rhs=lambda a: a),
                        "three": lambda a: 3 * a,
                    },
                )
            )
        )
    with pytest.raises(Undecided, match="mistake 'no number'"):
        verify(
            claim(
                Sampled(
                    part="",
                    cases=SAMPLED.cases,
                    lhs=SAMPLED.lhs,
                    rhs=SAMPLED.rhs,
                    mistakes={
                        "no number": lambda p, q: np.nan * x.entropy(p),
                        "entropy of q": lambda p, q: x.entropy(q),
                    },
                    relation=at_least,
                    because=SAMPLED.because,
                )
            )
        )


def test_a_derivation_without_symbols_is_not_called_proved():
    chain = Chain(
        start=log(K.subs(K, 4)),
        steps=((2 * log(K.subs(K, 2)), "power"),),
        given=(),
    )
    assert (
        Derived(
            part="",
            chain=chain,
        ).grade
        == "exact"
    )
    assert DERIVED.grade == "proved"


# --- exact, sampled, computed, simulated


@pytest.mark.parametrize(
    "evidence, message",
    [
        (
            Exact(
                part="",
                cases=list,
                lhs=lambda a: a,
                rhs=lambda a: a + 0,
            ),
            "0 of at least 2 cases",
        ),
        (
            Exact(
                part="",
                cases=lambda: [(0.5,)],
                lhs=lambda a: a,
                rhs=lambda a: a + 0,
            ),
            "0.5 is a float",
        ),
        (
            Exact(
                part="",
                cases=lambda: [(F(1, 2),)],
                lhs=lambda a: a * 1.0,
                rhs=lambda a: a,
            ),
            "1.0 is a float",
        ),
        (
            Exact(
                part="",
                cases=EXACT.cases,
                lhs=lambda a: a * a,
                rhs=lambda a: a * a,
            ),
            "with itself",
        ),
        (
            Exact(
                part="",
                cases=EXACT.cases,
                lhs=abs,
                rhs=abs,
            ),
            "with itself",
        ),
        (
            Sampled(
                part="",
                cases=SAMPLED.cases,
                lhs=SAMPLED.lhs,
                rhs=lambda p, q: np.nan * x.entropy(p),
            ),
            "not a number",
        ),
        (
            Sampled(
                part="",
                cases=SAMPLED.cases,
                lhs=SAMPLED.lhs,
                rhs=SAMPLED.rhs,
                mistakes={},
                relation=at_least,
                where=lambda p, q: False,
            ),
            "with 2 classes 0 of at least 5 different draws",
        ),
        (
            Simulated(
                part="",
                cases=lambda rng: (rng.random(1000),),
                lhs=lambda u: 0 * u,
                rhs=lambda: 0.0,
            ),
            "does not vary",
        ),
        (
            Simulated(
                part="",
                cases=lambda rng: (rng.random(1000),),
                lhs=lambda u: u * np.nan,
                rhs=lambda: 0.5,
            ),
            "is not finite",
        ),
        (
            Argued(
                part="",
                proof="Clear.",
            ),
            "needs words",
        ),
        (
            DerivedCases(
                part="",
                chains={"K = 2": DECOMPOSITION},
            ),
            "one case is no family",
        ),
        (
            DerivedCases(
                part="",
                chains={
                    "K = 2": DECOMPOSITION,
                    "K = 3": Chain(
                        start=CROSS,
                        steps=((CROSS, "itself"),),
                        given=TWO,
                    ),
                },
            ),
            "K = 3: the chain compares an expression with itself",
        ),
        (
            Digits(
                part="",
                cases=lambda: [(2,)],
                lhs=lambda a: 1.5,
                rhs=lambda a: "1.5",
            ),
            "not exact",
        ),
    ],
)
def test_vacuous_evidence_is_undecided(evidence, message):
    with pytest.raises(Undecided, match=message):
        evidence.check()


def test_a_false_inequality_is_refuted_at_a_printed_draw():
    with pytest.raises(Refuted, match=r"at p = \(.*: .* against "):
        Sampled(
            part="",
            cases=SAMPLED.cases,
            lhs=SAMPLED.lhs,
            rhs=SAMPLED.rhs,
            mistakes={},
            relation=at_most,
        ).check()


def test_infinities_are_equal_only_to_themselves():
    Sampled(
        part="",
        cases=SAMPLED.cases,
        lhs=lambda p, q: np.inf if p[0] > 0.5 else 1.0,
        rhs=lambda p, q: 1.0 if p[0] <= 0.5 else np.inf + 0,
    ).check()
    with pytest.raises(Refuted):
        Sampled(
            part="",
            cases=SAMPLED.cases,
            lhs=lambda p, q: 1e300,
            rhs=lambda p, q: np.inf,
        ).check()


def test_a_computed_value_needs_all_its_digits():
    good = Computed(
        part="",
        cases=lambda: [(2,)],
        lhs=lambda a: mpmath.sqrt(a),
        rhs=lambda a: mpmath.exp(mpmath.log(a) / 2),
    )
    assert "40 digits" in good.check()
    with pytest.raises(Refuted):
        Computed(
            part="",
            cases=lambda: [(2,)],
            lhs=lambda a: mpmath.sqrt(a),
            rhs=lambda a: 2**0.5,
        ).check()


def test_printed_digits_come_from_60():
    third = Digits(
        part="",
        cases=lambda: [()],
        lhs=lambda: mpmath.nstr(mpmath.mpf(1) / 3, 40),
        rhs=lambda: "0." + "3" * 40,
        mistakes={"of a float": lambda: mpmath.nstr(1 / 3, 40)},
    )
    assert third.grade == "computed" and "computed to 60" in third.check()
    assert "against 0.3333" in third.refute("of a float")


def test_a_family_of_chains_names_the_case_that_fails():
    wrong = Chain(
        start=CROSS,
        steps=((ENTROPY + 2 * KL, "one too many"),),
        given=TWO,
    )
    with pytest.raises(Refuted, match="second: step 1"):
        DerivedCases(
            part="",
            chains={"first": DECOMPOSITION, "second": wrong},
        ).check()
    family = DerivedCases(
        part="",
        chains={"first": DECOMPOSITION, "second": DECOMPOSITION},
        mistakes={"dropped": ("second", KL), "true": ("first", ENTROPY + KL)},
    )
    assert family.grade == "proved in small cases" and family.refute("dropped").startswith(
        "second, at K ="
    )
    with pytest.raises(Undecided, match="agrees with"):
        family.refute("true")


def test_a_simulation_is_held_against_its_own_standard_error():
    coin = Simulated(
        part="",
        cases=lambda rng: (rng.random(40000),),
        lhs=lambda u: u < 0.3,
        rhs=lambda: 0.3,
        mistakes={"half": lambda: 0.5, "close by": lambda: 0.33},
    )
    assert "standard errors" in coin.check()
    assert "0.33" in coin.refute("close by")


# --- claims


def test_a_claim_without_evidence_is_undecided():
    with pytest.raises(Undecided, match="without evidence"):
        verify(claim())


def test_a_claim_with_fewer_than_two_mistakes_is_undecided():
    with pytest.raises(Undecided, match="1 of at least 2 mistakes"):
        verify(
            claim(
                Derived(
                    part="",
                    chain=DECOMPOSITION,
                    computes=None,
                    mistakes={"dropped entropy": KL},
                )
            )
        )
    with pytest.raises(Undecided, match="one name"):
        verify(claim(EXACT, EXACT))


def test_a_failure_names_the_claim_and_the_part():
    with pytest.raises(Refuted, match=r"A claim \(a part\): "):
        verify(
            claim(
                Exact(
                    part="a part",
                    cases=EXACT.cases,
                    lhs=EXACT.lhs,
                    rhs=lambda a: a,
                    mistakes=EXACT.mistakes,
                )
            )
        )


def test_the_grade_is_the_weakest_that_the_statement_needs():
    argued = Argued(
        part="in general",
        proof="Eight words are needed for an argument, so here.",
    )
    part = Exact(
        part="a part",
        cases=EXACT.cases,
        lhs=EXACT.lhs,
        rhs=EXACT.rhs,
        mistakes=EXACT.mistakes,
    )
    assert claim(part, argued).grade == "argued"
    assert claim(EXACT, argued).grade == "argued"
    beside = replace(argued, of="meaning")
    assert claim(EXACT, beside, meaning="Words beside it.").grade == "exact"
    assert claim(EXACT, beside, meaning="Words beside it.").headline == "Checked"
    verify(claim(EXACT, beside, meaning="Words beside it."))
    with pytest.raises(Undecided, match="evidence is of <meaning>, which is no relation of it"):
        verify(claim(EXACT, beside))
    assert (
        claim(
            EXACT,
            Cited(
                part="",
                key="key",
                place="page 1",
            ),
        ).grade
        == "exact"
    )
    weak = claim(SAMPLED)
    assert claim(DERIVED, uses=(weak,)).weakest_link == "sampled"
    assert (
        Certified(
            part="",
            cases=EXACT.cases,
            lhs=EXACT.lhs,
            rhs=EXACT.rhs,
        ).grade
        == "certified"
    )


def test_checks_do_not_depend_on_assert():
    import subprocess
    import sys

    code = (
        "from dataclasses import replace\nfrom tests.test_engine import *\n"
        "try: verify(claim(replace(EXACT, rhs=lambda a: a)))\nexcept Refuted: print('refuted')"
    )
    done = subprocess.run(
        [sys.executable, "-O", "-c", "import sys; sys.path.insert(0, 'tests')\n" + code],
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "refuted", done.stderr


def test_softmax_gradient_needs_its_index():
    lse = log(Sum(exp(z[k]), (k, 1, K)))
    chain = Chain(
        start=lse.diff(z[j]),
        steps=((exp(z[j]) / Sum(exp(z[k]), (k, 1, K)), "differentiate"),),
        given=(size(K), index(j, K), real(z, K)),
    )
    chain.check()
    Derived(
        part="",
        chain=chain,
        computes=lambda z, K, j: x.softmax(z)[j - 1],
    ).check()
    with pytest.raises(Refuted):
        Derived(
            part="",
            chain=chain,
            computes=lambda z, K, j: x.softmax(z)[-j],
        ).check()
