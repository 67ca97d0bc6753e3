"""Every claim holds at other random numbers than its chapter used, and every mistake is refuted
there too.
"""

import pytest

from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.verify import FEWEST_MISTAKES, verify
from xentlib.verify.evidence import GRADES

SEED = 20261124


@pytest.mark.parametrize("name", CLAIMS, ids=lambda name: CLAIMS[name].label)
def test_the_claim_holds_and_its_mistakes_do_not(name):
    claim = CLAIMS[name]
    verdict = verify(claim, SEED)
    assert set(verdict.refuted) == set(claim.mistakes) and len(claim.mistakes) >= FEWEST_MISTAKES
    assert all(text.strip() for text in [*verdict.findings, *verdict.refuted.values()])
    assert claim.grade in GRADES and claim.statement and claim.name == name


def test_no_claim_is_missing():
    assert {chapter: len(claims) for chapter, claims in CHAPTERS.items()} == {
        "bayes": 9,
        "many-observations": 6,
        "categorical": 7,
        "cross-entropy": 9,
        "entropy-and-kl": 10,
        "counts": 7,
        "ten-votes-a-word": 3,
        "integer-weights": 13,
        "five-meanings": 9,
        "geometry": 8,
        "right-on-average": 12,
        "what-to-report": 5,
        "smoothing": 6,
        "neighbours": 6,
        "language-models": 10,
        "preferences": 8,
        "sets-and-orders": 8,
        "evaluating": 9,
    }


def test_no_claim_uses_a_later_one():
    seen = []
    for claim in CLAIMS.values():
        assert all(used.name in seen for used in claim.premises), claim.name
        seen.append(claim.name)


def test_missing_or_changed_votes_are_named(monkeypatch):
    import sys

    from xentlib.data import vader

    monkeypatch.setattr(vader, "DIGEST", "0000")
    with pytest.raises(RuntimeError, match="not the lexicon of release 3.3.2"):
        vader.load()
    monkeypatch.setitem(sys.modules, "vaderSentiment", None)
    with pytest.raises(
        RuntimeError, match=r"vader needs the extra verify: pip install 'xentlib\[verify\]'"
    ):
        vader.load()
