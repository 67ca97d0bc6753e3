"""The receipt says what the book's code says; anything else is refused, by name. And the policy of
a page allows the scripts that it had, no other.
"""

import copy
import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import csp  # noqa: E402
import receipt  # noqa: E402

import chapters  # noqa: E402
from xentlib.book.contents import CHAPTERS, CLAIMS  # noqa: E402
from xentlib.verify.evidence import GRADES  # noqa: E402

SITE = ROOT / "_build" / "html"
SCHEMA = json.loads(receipt.SCHEMA.read_text())


@pytest.fixture(scope="module")
def written():
    return json.loads((SITE / "receipt.json").read_text())


def test_the_receipt_follows_its_schema_and_the_schema_is_published(written):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(written, SCHEMA)
    assert (SITE / receipt.SCHEMA.name).read_bytes() == receipt.SCHEMA.read_bytes()
    assert SCHEMA["$defs"]["grade"]["enum"] == list(GRADES)


def test_the_receipt_names_every_claim_with_its_evidence_and_mistakes(written):
    assert [entry["name"] for entry in written["claims"]] == list(CLAIMS)
    for entry in written["claims"]:
        claim = CLAIMS[entry["name"]]
        assert (entry["statement"], entry["grade"], entry["weakest_link"], entry["uses"]) == (
            claim.text,
            claim.grade,
            claim.weakest_link,
            [used.name for used in claim.premises],
        )
        assert len(entry["evidence"]) == len(claim.evidence) and [
            m["mistake"] for m in entry["mistakes"]
        ] == list(claim.mistakes)
        page, _, box = entry["address"].partition("#")
        assert f'id="{box}"' in (SITE / page).read_text()
    counts = written["counts"]
    assert counts["claims"] == len(CLAIMS) == sum(counts["claims_by_grade"].values())
    assert (
        counts["evidence"]
        == sum(len(claim.evidence) for claim in CLAIMS.values())
        == sum(counts["evidence_by_grade"].values())
    )
    assert counts["mistakes_refuted"] == sum(len(claim.mistakes) for claim in CLAIMS.values())
    assert counts["cells_compared"] == sum(about["cells"] for about in written["notebooks"])
    assert written["site"] == {"sha256": receipt.site_hash(SITE), "files": len(receipt.files(SITE))}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: r.pop("verified"),
        lambda r: r["claims"].clear(),
        lambda r: r["claims"][0].update(mistakes=r["claims"][0]["mistakes"][:1]),
        lambda r: r["claims"][0]["evidence"].clear(),
        lambda r: r["claims"][0].update(grade="obvious"),
        lambda r: r["site"].update(sha256="0"),
        lambda r: r["counts"].update(claims=0),
        lambda r: r.update(more=1),
        lambda r: r["verified"].update(commit="main"),
    ],
)
def test_a_receipt_that_lacks_something_breaks_the_schema(written, spoil):
    spoilt = copy.deepcopy(written)
    spoil(spoilt)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(spoilt, SCHEMA)


def test_junit_has_a_case_for_each_piece_of_evidence_and_each_mistake(written):
    root = ET.parse(SITE / "receipt.xml").getroot()
    cases = list(root.iter("testcase"))
    assert len(cases) == written["counts"]["evidence"] + written["counts"]["mistakes_refuted"]
    assert [suite.get("name") for suite in root] == list(CHAPTERS) and all(
        int(suite.get("tests")) == len(suite) for suite in root
    )
    assert all(case.findtext("system-out").strip() for case in cases)


def test_the_page_shows_the_commit_its_date_and_the_hash(written):
    page = (SITE / "chapters" / "receipt.html").read_text()
    assert written["site"]["sha256"] in page and str(written["counts"]["mistakes_refuted"]) in page
    if written["verified"]["commit"]:
        assert written["verified"]["commit"] in page and written["verified"]["date"][:10] in page
    for about in written["notebooks"]:
        assert about["sha256"] in page


def test_what_is_unknown_or_changed_is_said(written):
    unknown = {**written, "verified": {"commit": None, "date": None, "changed": []}}
    assert "an unknown commit" in receipt.human(unknown)
    changed = {
        **written,
        "verified": {
            "commit": "a" * 40,
            "date": "2026-01-01T00:00:00+00:00",
            "changed": ["x<y.py"],
        },
    }
    assert "1 uncommitted change: x&lt;y.py" in receipt.human(changed)


def test_writing_it_again_changes_no_byte(tmp_path, written):
    page = (SITE / "chapters" / "receipt.html").read_text()
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "receipt.html").write_text(page)
    receipt.insert(tmp_path / "chapters" / "receipt.html", receipt.human(written))
    assert (tmp_path / "chapters" / "receipt.html").read_text() == page


# --- what is refused


@pytest.mark.parametrize("file", ["chapters/counts.ipynb", "xentlib/likelihood.py"])
def test_what_was_not_the_verified_is_refused(monkeypatch, file):
    monkeypatch.setattr(
        chapters,
        "subject",
        lambda name, read, of=chapters.subject: {**of(name, read), file: "another"},
    )
    with pytest.raises(SystemExit, match=f"counts.ipynb was not verified as it is: {file} changed"):
        receipt.chapter(ROOT / "chapters" / "counts.ipynb")


def test_a_chapter_without_a_report_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="unread.ipynb was not verified as it is: there is no rep"):
        receipt.chapter(tmp_path / "unread.ipynb")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda record: record.update(grade="sampled"),
        lambda record: record["evidence"].pop(),
        lambda record: record["evidence"][0].update(part="everything"),
        lambda record: record["mistakes"].pop(),
    ],
)
def test_a_verdict_that_is_not_the_claims_is_refused(spoil):
    _, records = receipt.chapter(ROOT / "chapters" / "counts.ipynb")
    spoil(records[0])
    with pytest.raises(
        SystemExit, match="claim-type-identity: the chapter counts shows another verdict"
    ):
        receipt.claim(CLAIMS["type_identity"], "counts", records[0])


def test_a_verdict_that_is_missing_is_refused(monkeypatch):
    whole = receipt.chapter

    def without_its_first_verdict(path):
        cells, verdicts = whole(path)
        return cells, verdicts[1:] if path.stem == "counts" else verdicts

    monkeypatch.setattr(receipt, "chapter", without_its_first_verdict)
    with pytest.raises(SystemExit, match="counts: its verdicts are about multinomial"):
        receipt.receipt(SITE)


def test_a_package_that_is_not_the_locked_one_is_refused(monkeypatch):
    installed = receipt.metadata.version
    monkeypatch.setattr(
        receipt.metadata, "version", lambda name: "2.0.0" if name == "numpy" else installed(name)
    )
    with pytest.raises(SystemExit, match="numpy 2.0.0 is installed, and the lock says"):
        receipt.versions()


def test_the_pins_are_those_of_this_system():
    pins = dict(receipt.pins())
    assert (
        len(pins) > 100
        and pins["sympy"] == "1.14.0"
        and ("colorama" in pins) == (sys.platform == "win32")
    )


# --- the policy

PAGE = (
    '<!DOCTYPE html><html><head><script>let a = "<b>";</script><script '
    'src="x.js"></script></head><body onload="f()"><script type="a">b</script></body></html>'
)


def allowed(html):
    return {
        word for word in csp.policy(html).replace(";", " ").split() if word.startswith("'sha256-")
    }


def test_a_policy_allows_the_scripts_that_were_there():
    import base64
    import hashlib

    assert allowed(PAGE) == {
        f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"
        for text in (b'let a = "<b>";', b"f()", b"b")
    }
    assert "unsafe-inline" not in csp.policy(PAGE).split("style-src")[
        0
    ] and "default-src 'none'" in csp.policy(PAGE)


def test_a_policy_is_written_once_and_first(tmp_path):
    page = tmp_path / "a.html"
    page.write_text(PAGE)
    csp.protect(page)
    html = page.read_text()
    assert html.index("Content-Security-Policy") < html.index("<script") and allowed(
        html
    ) == allowed(PAGE)
    page.write_text("<p>no head</p>")
    with pytest.raises(SystemExit, match="one <head>"):
        csp.protect(page)


@pytest.mark.parametrize("page", sorted(SITE.rglob("*.html")), ids=lambda page: page.stem)
def test_every_page_has_the_policy_of_its_own_scripts(page):
    html = page.read_text()
    assert f'<meta http-equiv="Content-Security-Policy" content="{csp.policy(html)}">' in html
