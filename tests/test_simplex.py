"""The figures under the reader's hand, without a page: their numbers are xentlib's, what they say
follows from these, and what they draw needs no script.
"""

import sys
from itertools import product
from math import fsum
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from small_book import built

import xentlib
from xentlib.book.live import SCRIPT, call, counts

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import simplex

PLANE = 1e-9  # of a point that bisection finds
VOTES = range(1, 11)
POINTS = [[1, 3, 1], [20, 70, 10], [1, 1, 1], [0, 1, 0], [45, 0, 55], [1, 28, 1], [33, 33, 34]]


def state(p=(1, 3, 1), q=(2, 7, 1), n=0, bits=False):
    return {"p": list(p), "q": list(q), "n": n, "bits": bits}


def shares(counts):
    return np.array(counts) / sum(counts)


def test_the_numbers_are_those_of_xentlib():
    asked = list(simplex.answers())
    assert len(asked) > 1500
    found = [call(function, *arguments) for function, arguments, _ in asked]
    assert list(simplex.differences(found)) == []


def test_a_number_that_is_not_xentlibs_is_told():
    found = [list(wanted) for *_, wanted in simplex.answers()]
    assert list(simplex.differences(found)) == []
    found[-1][0] += 1e-11 * max(1, abs(found[-1][0]))
    assert ["mass" in told for told in simplex.differences(found)] == [True]
    place = next(n for n, said in enumerate(found) if said[-1:] == [np.inf])
    found[place] = [27.6, 27.6, 27.6]
    assert sum("by xentlib inf" in told for told in simplex.differences(found)) == 2


@pytest.mark.parametrize("n", VOTES)
def test_the_snapped_label_is_the_nearest_of_n_votes(n):
    lattice = np.array(call("labels", n))
    assert len(lattice) == (n + 1) * (n + 2) // 2 and set(lattice.sum(axis=1)) == {n}
    for point in POINTS:
        found = call("snap", shares(point).tolist(), n)
        away = np.linalg.norm(lattice / n - shares(point), axis=1)
        assert (
            sum(found) == n and np.linalg.norm(shares(found) - shares(point)) <= away.min() + 1e-9
        )


@pytest.mark.parametrize("n", [1, 5, 10])
def test_arrows_lead_to_every_label_and_no_further(n):
    seen, new = set(), {(n, 0, 0)}
    while new:
        seen |= new
        steps = product(new, ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"])
        new = {tuple(call("moved", here, key, 1)) for here, key in steps} - seen
    assert seen == set(map(tuple, call("labels", n)))


def test_an_arrow_does_what_it_says():
    assert call("moved", [2, 2, 1], "ArrowRight", 1) == [1, 3, 1]
    assert call("moved", [2, 2, 1], "ArrowLeft", 1) == [3, 1, 1]
    assert call("moved", [2, 2, 1], "ArrowUp", 1) == [1, 2, 2]
    assert call("moved", [1, 2, 2], "ArrowDown", 1) == [2, 2, 1]
    assert call("moved", [40, 40, 20], "ArrowUp", 10) == [35, 35, 30]
    assert call("moved", [3, 97, 0], "ArrowRight", 10) == [0, 100, 0]


@pytest.mark.parametrize("p", [[1, 3, 1], [1, 1, 1], [0, 1, 1], [0, 1, 0], [98, 1, 1]])
def test_a_contour_is_where_the_loss_is_so_much_above_its_floor(p):
    points = call("contour", shares(p).tolist(), 0.5)
    assert np.allclose(np.sum(points, axis=1), 1) and np.min(points) >= 0
    for point in np.array(points):
        excess = xentlib.kl_divergence(shares(p), point / point.sum())
        on_the_edge = point.min() < PLANE
        assert excess <= 0.5 + PLANE if on_the_edge else abs(excess - 0.5) < PLANE


@pytest.mark.parametrize("n", VOTES)
def test_n_times_the_loss_is_the_votes_negative_log_likelihood(n):
    p, q = call("snap", [0.2, 0.6, 0.2], n), [2, 7, 1]
    votes = np.repeat([0, 1, 2], p)
    log_likelihood = xentlib.categorical_log_likelihood(votes, np.tile(shares(q), (n, 1)))
    of_what = "this vote" if n == 1 else f"these {n} votes, in order"
    assert call("says", state(p, q, n)) == (
        f"{n}·H(p,q) = −log P({of_what}) = {-fsum(log_likelihood):.2f} nats: a likelihood."
    )


@pytest.mark.parametrize(
    "shown, said",
    [
        (
            state(),
            "No single vote gives this label: not a likelihood, and still the right loss on av",
        ),
        (
            state(p=[0, 1, 0]),
            "The label is one vote, for class 2: H(p,q) = −log P(this vote) = 0.36",
        ),
        (state(p=[0, 1, 0], bits=True), "= 0.51 bits: a likelihood."),
        (state(q=[2, 6, 2]), "Here q = p, and the loss is least."),
        (
            state(q=[3, 7, 0]),
            "H(p,q) = ∞: the label has class 3, to which the prediction gives prob",
        ),
        (state(q=[3, 7, 0], n=5), "H(p,q) = ∞: the label has class 3"),
        (state(p=[0, 1, 0], q=[3, 7, 0]), "= 0.36 nats: a likelihood."),
    ],
)
def test_the_sentence_says_what_the_label_is(shown, said):
    assert said in call("says", shown)


@pytest.mark.parametrize("w", simplex.WEIGHTS)
def test_masses_are_a_law_for_whole_weights_and_negative_somewhere_for_others(w):
    masses = call("masses", w)
    outside = [mass for mass in masses if mass["row"] > w and mass["mass"]]
    negative = [mass for mass in masses if mass["mass"] < 0]
    said = call("means", w)
    if w.is_integer():
        assert not outside and not negative and said.endswith("shares: a likelihood.")
        assert sum(mass["mass"] for mass in masses) == 3**w
    else:
        assert outside and negative and said.endswith("not a likelihood.")
        assert f"{len(negative)} of those drawn are negative" in said
        assert min(mass["row"] for mass in negative) == int(w) + 2


def test_the_masses_make_the_sum_1():
    q = np.array([0.9, 0.06, 0.04])
    for w in simplex.WEIGHTS:
        terms = [
            each["mass"] * np.prod(q ** [w - each["row"], each["row"] - each["b"], each["b"]])
            for each in call("masses", w)
        ]
        assert fsum(terms) == pytest.approx(1, abs=1e-5), w  # what the rows left out add


@pytest.mark.parametrize("shown", [state(n=5), state(bits=True), state(p=[0, 1, 0], q=[3, 7, 0])])
def test_an_address_leads_back_to_the_figure(shown):
    assert call("read", "#" + call("written", shown)) == shown


def test_an_address_that_is_none_changes_nothing():
    for w in simplex.WEIGHTS:
        assert call("read", call("written", {"w": w})) == {"w": w}
    for address in (
        "",
        "#claim-multinomial",
        "#weights-900",
        "#weights-20",
        "#simplex-0-0-0-1-1-1-5",
        "#simplex-1-3-1-2-7-1-11",
        "#simplex-1-3-1-2-7-1-5-nats",
        "#simplex-1-3-1-2-7-1",
    ):
        assert call("read", address) is None
    assert call("read", "#simplex-1-1-1-2-7-1-5")["p"] == [2, 2, 1]


DRAWINGS = {
    "simplex": [state(n=5), state(q=[3, 7, 0]), state(p=[0, 1, 0], q=[0, 0, 1])],
    "weights": [{"w": 0.5}, {"w": 1.5}, {"w": 4.0}],
}


@pytest.mark.parametrize("kind, shown", [(k, s) for k, all_ in DRAWINGS.items() for s in all_])
def test_a_drawing_needs_no_script_and_no_style_and_says_what_to_see(kind, shown):
    html = call(kind, shown)
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(style=True) and not soup.find_all("script")
    assert "NaN" not in html and "undefined" not in html and "Infinity" not in html
    assert len(soup.find("svg", role="img")["aria-label"].split()) >= 10
    sentence = call("says", shown) if kind == "simplex" else call("means", shown["w"])
    assert soup.find(class_="xent-says").get_text() == sentence


def test_the_script_is_small_and_asks_nobody():
    text = SCRIPT.read_text("utf-8")
    assert len(text) < 20_000
    for word in ("//www", "http", "eval(", "fetch(", "import(", ".style", "cookie", "Storage"):
        assert word not in text


def test_a_distribution_is_written_as_proportions():
    assert counts("1-3-1") == [1, 3, 1]
    for text in ("1-3", "0-0-0", "a-b-c"):
        with pytest.raises(ValueError):
            counts(text)


def test_a_page_has_the_figure_with_its_caption(tmp_path):
    (tmp_path / "index.md").write_text(
        "# Title\n\n```{simplex}\n:p: 1-3-1\n:q: 2-7-1\n:n: 5\n:name: here\n\nDrag *p*.\n```\n\n"
        "```{weights}\n:w: 1.5\n\nMove it.\n```\n"
    )
    parts = "myst_parser", "sphinx.ext.autodoc", "xentlib.book.sphinx_extension"
    page = (built(tmp_path, *parts) / "index.html").read_text("utf-8")
    first, second = BeautifulSoup(page, "html.parser").find_all("figure")
    assert first["id"] == "here" and first.figcaption.em.get_text() == "p"
    assert first.find("xent-simplex").attrs == {"p": "1-3-1", "q": "2-7-1", "n": "5"}
    assert call("simplex", state(n=5)) in page and call("weights", {"w": 1.5}) in page
    assert second.find("xent-weights")["w"] == "1.5"


def test_a_bar_that_is_cut_off_says_so():
    within, beyond = call("simplex", state()), call("simplex", state(q=[3, 7, 0]))
    assert "xent-more" not in within and "xent-more" in beyond
