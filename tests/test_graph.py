"""The graph of claims: whole, without orphans, the same on every run; and where each claim stands
in the code.
"""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import xentlib
from xentlib.book.claim_graph import LOOKS, Graph, Node
from xentlib.book.claims_page import claim_entries, claim_graph, claims_table
from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.book.provenance import trace
from xentlib.verify import Claim
from xentlib.verify.evidence import GRADES, Exact

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html" / "chapters"
GRAPH = claim_graph(CHAPTERS)
SVG = "{http://www.w3.org/2000/svg}"


def test_no_claim_stands_alone():
    touched = {name for edge in GRAPH.edges for name in edge}
    assert sorted(set(CLAIMS) - touched) == []


def test_every_theorem_of_the_book_is_a_claim():
    boxes = {
        box["id"]
        for page in SITE.glob("*.html")
        for box in BeautifulSoup(page.read_text(), "html.parser").select("div.proof")
    }
    assert boxes == {claim.label for claim in CLAIMS.values()}


def test_every_grade_has_a_sign_and_a_colour_of_its_own():
    assert tuple(LOOKS) == GRADES
    assert (
        len(set(LOOKS.values()))
        == len({sign for sign, _ in LOOKS.values()})
        == len({colour for _, colour in LOOKS.values()})
        == len(GRADES)
    )


def test_every_box_is_a_link_that_says_title_grade_and_weakest_link():
    links = {link.get("href"): link for link in ET.fromstring(GRAPH.svg()).iter(f"{SVG}a")}
    assert list(links) == [f"#{claim.place}" for claim in CLAIMS.values()]
    for claim in CLAIMS.values():
        says = links[f"#{claim.place}"].get("aria-label")
        assert claim.title in says and claim.grade in says and claim.weakest_link in says
        words = "".join(
            text
            for part in links[f"#{claim.place}"].iter(f"{SVG}tspan")
            for text in [part.text + " "]
        )
        assert claim.grade in words and LOOKS[claim.grade][0] in words


def test_no_two_boxes_overlap_and_all_lie_in_the_picture():
    root = ET.fromstring(GRAPH.svg())
    boxes = [
        tuple(float(rect.get(side)) for side in ("x", "y", "width", "height"))
        for rect in root.iter(f"{SVG}rect")
    ]
    assert len(boxes) == len(CLAIMS)
    for place, (x, y, w, h) in enumerate(boxes):
        assert (
            x >= 0
            and x + w <= float(root.get("width"))
            and y >= 0
            and y + h <= float(root.get("height"))
        )
        assert not any(
            x < x2 + w2 and x2 < x + w and y < y2 + h2 and y2 < y + h
            for x2, y2, w2, h2 in boxes[:place]
        )


def test_arrows_go_from_what_is_used_to_what_uses_it():
    root = ET.fromstring(
        Graph(
            (
                Node("a", "First", "exact", "exact", ("exact",), "#a"),
                Node("b", "Second", "proved", "exact", ("proved",), "#b"),
            ),
            (("a", "b"),),
        ).svg()
    )
    first, second = (float(rect.get("x")) for rect in root.iter(f"{SVG}rect"))
    assert first < second
    assert "rests on ● exact" in "".join(root.itertext())


def test_another_process_draws_the_same_bytes():
    code = (
        "from xentlib.book.contents import CHAPTERS\n"
        "from xentlib.book.claims_page import claim_graph\n"
        "print(claim_graph(CHAPTERS).svg())"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("1", "2")
    }
    assert drawn == {GRAPH.svg() + "\n"}


# --- where a claim stands


def test_a_trace_follows_helpers_and_leaves_mistakes_out():
    found = trace(CHAPTERS)
    assert found["multinomial"] == (
        ("derivations.counts.multinomial", "derivations.counts.sequences"),
        ("multinomial_log_likelihood",),
        (
            "ordered_and_counted",
            "irrational_labels",
            "poisson_trick",
            "constants",
            "integer_weights",
        ),
    )
    assert "softmax_cross_entropy_hvp" in found["exponential_family"].computed
    mistaken = Claim(
        title="A title",
        statement="A statement.",
        in_words="a test",
        evidence=(
            Exact(
                part="",
                cases=lambda: [()],
                lhs=lambda: 1,
                rhs=lambda: 1 + 0,
                mistakes={"m": lambda: xentlib.entropy([1.0])},
            ),
        ),
    )
    assert trace({"chapter": {"c": mistaken}})["c"].computed == ()


@pytest.mark.parametrize("name", CLAIMS)
def test_what_a_trace_names_is_there(name):
    import importlib

    found = trace(CHAPTERS)[name]
    for place in found.derived:
        module, _, variable = place.rpartition(".")
        assert hasattr(importlib.import_module(f"xentlib.{module}"), variable)
    assert set(found.computed) <= set(xentlib.__all__) and set(found.used_by) <= set(CLAIMS)


def test_the_module_that_states_a_claim_is_there():
    for claim in CLAIMS.values():
        assert (
            f"\n{claim.name} = Claim("
            in (ROOT / f"{claim.module.replace('.', '/')}.py").read_text()
        )


def test_claims_functions_and_boxes_are_linked_both_ways():
    claims, library = (SITE / "claims.html").read_text(), (SITE / "library.html").read_text()
    for name, found in trace(CHAPTERS).items():
        claim = CLAIMS[name]
        chapter = next(chapter for chapter, claims in CHAPTERS.items() if name in claims)
        assert (
            f'id="{claim.place}"' in claims
            and f'href="claims.html#{claim.place}"' in (SITE / f"{chapter}.html").read_text()
        )
        for function in found.computed:
            assert f'href="library.html#xentlib.{function}"' in claims
        for user in found.used_by:
            assert f'href="#{CLAIMS[user].place}"' in claims
        assert not found.computed or f'href="claims.html#{claim.place}"' in library
    assert all(f'id="xentlib.{name}"' in library for name in xentlib.__all__)


def test_the_table_and_the_entries_read_well_without_the_book():
    for page in (claims_table(CHAPTERS), claim_entries(CHAPTERS)):
        bundle = page._repr_mimebundle_()
        assert (
            "{prf:ref}" not in bundle["text/markdown"]
            and "{ref}" not in bundle["text/markdown"]
            and "The Poisson trick" in bundle["text/markdown"]
        )
        assert len(re.findall(r"\{ref\}|\{prf:ref\}", bundle["text/x-myst"])) >= len(CLAIMS)


def test_the_glossary_names_mistakes_that_its_claims_refute(monkeypatch):
    from xentlib.book import claims_page as overview

    assert "| temperature |" in overview.glossary(CLAIMS)._repr_mimebundle_()["text/plain"]
    monkeypatch.setitem(overview.TERMS, "temperature", ("temperature", "a mistake of nobody"))
    with pytest.raises(LookupError, match="no such mistake: temperature: a mistake of nobody"):
        overview.glossary(CLAIMS)
