"""The graph of chapters: whole, the same on every run; and where each claim stands in the code."""

import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

import xentlib
from xentlib.book.claim_graph import COLOURS, Graph, Node
from xentlib.book.claims_page import claim_entries, claim_graph, reach_table
from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.book.provenance import trace
from xentlib.verify import Claim
from xentlib.verify.claim import WORDS, word_of
from xentlib.verify.evidence import GRADES, Exact

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html" / "chapters"
GRAPH, TRACES = claim_graph(CHAPTERS), trace(CHAPTERS)
BOX = re.compile(r'<div class="proof [^>]*id="([^"]+)"')
SVG = "{http://www.w3.org/2000/svg}"


def test_no_claim_stands_alone():
    used = {name for name, found in TRACES.items() if found.used_by}
    touched = used | {user for found in TRACES.values() for user in found.used_by}
    assert sorted(set(CLAIMS) - touched) == []


def test_every_theorem_of_the_book_is_a_claim():
    boxes = {name for page in SITE.glob("*.html") for name in BOX.findall(page.read_text("utf-8"))}
    assert boxes == {claim.label for claim in CLAIMS.values()}


def test_every_box_is_a_link_to_the_claims_of_its_chapter_and_counts_them():
    links = {link.get("href"): link for link in ET.fromstring(GRAPH.svg()).iter(f"{SVG}a")}
    assert list(links) == [f"#claims-of-{chapter}" for chapter in CHAPTERS]
    for chapter, claims in CHAPTERS.items():
        link = links[f"#claims-of-{chapter}"]
        title, says = (text.text for text in link.iter(f"{SVG}text"))
        assert link.get("aria-label") == f"{title}: {says}" and title.split() == chapter.split("-")
        counted = Counter(word_of(claim.grade) for claim in claims.values())
        assert says == ", ".join(f"{counted[word]} {word}" for word in WORDS if counted[word])
        box, *bars = link.iter(f"{SVG}rect")
        colours = [bar.get("fill") for bar in bars]
        assert colours == [COLOURS[word] for word in WORDS if counted[word]]
        whole = sum(float(bar.get("width")) for bar in bars)
        assert math.isclose(whole, float(box.get("width")), abs_tol=0.2)


def test_an_arrow_is_a_use_in_another_chapter():
    of = {name: chapter for chapter, claims in CHAPTERS.items() for name in claims}
    uses = {(of[used.name], of[name]) for name, claim in CLAIMS.items() for used in claim.premises}
    assert set(GRAPH.edges) == {(used, user) for used, user in uses if used != user}
    assert len(GRAPH.edges) == len(set(GRAPH.edges))


def test_no_two_boxes_overlap_and_all_lie_in_the_picture():
    root = ET.fromstring(GRAPH.svg())
    boxes = [
        tuple(float(rect.get(side)) for side in ("x", "y", "width", "height"))
        for link in root.iter(f"{SVG}a")
        for rect in list(link.iter(f"{SVG}rect"))[:1]
    ]
    assert len(boxes) == len(CHAPTERS)
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


def test_arrows_go_down_from_what_is_used_to_what_uses_it():
    nodes = (
        Node("a", "First", "#a", (("proved", 1),)),
        Node("b", "Second", "#b", (("checked", 2), ("argued", 1))),
    )
    root = ET.fromstring(Graph(nodes, (("a", "b"),)).svg())
    tops = {text.text: float(text.get("y")) for text in root.iter(f"{SVG}text")}
    assert tops["First"] < tops["Second"] and "2 checked, 1 argued" in "".join(root.itertext())


def test_another_process_draws_the_same_bytes():
    code = (
        "from xentlib.book.contents import CHAPTERS\n"
        "from xentlib.book.claims_page import claim_graph\n"
        "print(claim_graph(CHAPTERS).svg())"
    )
    drawn = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": "1", "PATH": ""},
    ).stdout
    assert drawn == GRAPH.svg() + "\n"


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
            "dirichlet_multinomial",
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


def test_tables_and_entries_are_folded_by_chapter_and_read_well_without_the_book():
    for page in (reach_table(CHAPTERS, *GRADES), claim_entries(CHAPTERS)):
        bundle = page._repr_mimebundle_()
        assert not re.search(r"\{(prf:)?ref\}|dropdown|^\(", bundle["text/markdown"], re.M)
        assert "The Poisson trick" in bundle["text/markdown"]
        assert "\n**counts: " in bundle["text/markdown"]
        assert len(re.findall(r"\{ref\}|\{prf:ref\}", bundle["text/x-myst"])) >= len(CLAIMS)
        assert bundle["text/x-myst"].count("::::{dropdown}") == len(CHAPTERS)


def test_the_glossary_names_mistakes_that_its_claims_refute(monkeypatch):
    from xentlib.book import claims_page as overview

    assert "| temperature |" in overview.glossary(CLAIMS)._repr_mimebundle_()["text/plain"]
    monkeypatch.setitem(overview.TERMS, "temperature", ("temperature", "a mistake of nobody"))
    with pytest.raises(LookupError, match="no such mistake: temperature: a mistake of nobody"):
        overview.glossary(CLAIMS)
