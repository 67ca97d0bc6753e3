"""The receipt of a build: what was verified, with which grades and evidence, and with what.

    python tools/receipt.py         writes receipt.json, receipt.xml (JUnit) and the page
    chapters/receipt.html of the site in _build/html

Nothing is verified here: the evidence is read from the outputs that nbval has just reproduced,
and held against the claims.
"""

import hashlib
import json
import platform
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from html import escape
from importlib import metadata
from pathlib import Path

import jsonschema
import nbformat
from packaging.requirements import Requirement

from chapters import changed, reported, sha256

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = Path(__file__).with_name("receipt.schema.json")
NAMES = (
    "receipt.json",
    "receipt.xml",
    "chapters/receipt.html",
)  # the site's hash leaves these out, for they contain it


def files(site):
    """The hash of each file of a site, by its path."""
    return {
        str(path.relative_to(site)): sha256(path)
        for path in sorted(site.rglob("*"))
        if path.is_file() and str(path.relative_to(site)) not in NAMES
    }


def site_hash(site):
    """One hash of all names and contents."""
    return hashlib.sha256(
        "".join(f"{name} {digest}\n" for name, digest in files(site).items()).encode()
    ).hexdigest()


def _git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8")
    return done.stdout.rstrip("\n") if done.returncode == 0 else None


def commit():
    """Which commit this is, of which date, and what differs from it; all unknown outside a
    checkout.
    """
    changed = _git("status", "--porcelain")
    return {
        "commit": _git("rev-parse", "HEAD"),
        "date": _git("log", "-1", "--format=%cI"),
        "changed": [line[3:] for line in (changed or "").splitlines()],
    }


def pins():
    """The pins of the lock that are for this system: name and version."""
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            pin = Requirement(line.rstrip(" \\"))
            if pin.marker is None or pin.marker.evaluate():
                yield pin.name, str(pin.specifier).removeprefix("==")


def versions():
    """The installed version of every package of the lock; one that differs from the lock is an
    error.
    """
    found = {}
    for name, pinned in pins():
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise SystemExit(
                f"{name} is not installed, and the lock says {pinned}: remove .venv and "
                "run make again"
            ) from None
        if found[name] != pinned:
            raise SystemExit(
                f"{name} {found[name]} is installed, and the lock says {pinned}: remove "
                ".venv and run make again"
            )
    return {"python": platform.python_version(), **dict(sorted(found.items()))}


def chapter(path):
    """A notebook as it was verified, and the records of its verdicts."""
    from xentlib.verify._display import RECORD

    if why := changed(path.stem):
        raise SystemExit(f"{path.name} was not verified as it is: {'; '.join(why)}; run make again")
    about, number = reported(path.stem)
    cells = nbformat.read(path, as_version=4).cells
    records = [
        output["data"][RECORD]
        for cell in cells
        for output in cell.get("outputs", [])
        if RECORD in output.get("data", {})
    ]
    return {
        "name": path.stem,
        "sha256": about[f"chapters/{path.name}"],
        "cells": number,
    }, records


def claim(claim, chapter, record):
    """One claim with its evidence; it must be what the book's code says."""
    said = (
        record["grade"],
        [(e["grade"], e["part"]) for e in record["evidence"]],
        [m["mistake"] for m in record["mistakes"]],
    )
    if said != (claim.grade, [(e.grade, e.part) for e in claim.evidence], list(claim.mistakes)):
        raise SystemExit(
            f"{claim.label}: the chapter {chapter} shows another verdict than the claim has"
        )
    return {
        "name": claim.name,
        "title": claim.title,
        "kind": claim.kind,
        "chapter": chapter,
        "address": f"chapters/{chapter}.html#{claim.label}",
        "statement": claim.text,
        "relations": {name: relation.text for name, relation in claim.relations.items()},
        "for_all": list(claim.domain),
        "in_words": claim.in_words,
        "headline": claim.headline,
        "grade": claim.grade,
        "weakest_link": claim.weakest_link,
        "uses": [used.name for used in claim.premises],
        "evidence": record["evidence"],
        "mistakes": record["mistakes"],
    }


def receipt(site):
    """The whole receipt."""
    from xentlib import __version__
    from xentlib.book.contents import CHAPTERS

    read = {path.stem: chapter(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))}
    claims = []
    for name, known in CHAPTERS.items():
        records = {record["claim"]: record for record in read[name][1]}
        if list(records) != list(known):
            raise SystemExit(
                f"{name}: its verdicts are about {', '.join(records)}, its claims are "
                f"{', '.join(known)}"
            )
        claims += [claim(known[key], name, record) for key, record in records.items()]
    evidence = [piece for entry in claims for piece in entry["evidence"]]
    chapters = [about for about, _ in read.values()]
    return {
        "schema": "xentlib-receipt/1",
        "book": re.search(
            r"^title: (.*)$", (ROOT / "_config.yml").read_text("utf-8"), re.MULTILINE
        ).group(1),
        "version": __version__,
        "verified": commit(),
        "counts": {
            "claims": len(claims),
            "evidence": len(evidence),
            "mistakes_refuted": sum(len(entry["mistakes"]) for entry in claims),
            "cells_compared": sum(about["cells"] for about in chapters),
            "claims_by_grade": dict(Counter(entry["grade"] for entry in claims)),
            "evidence_by_grade": dict(Counter(piece["grade"] for piece in evidence)),
        },
        "claims": claims,
        "notebooks": chapters,
        "site": {"sha256": site_hash(site), "files": len(files(site))},
        "versions": versions(),
    }


def junit(receipt):
    """Every piece of evidence and every mistake as a case of JUnit."""
    root = ET.Element("testsuites", name=receipt["book"])
    for name in dict.fromkeys(entry["chapter"] for entry in receipt["claims"]):
        suite = ET.SubElement(root, "testsuite", name=name)
        for entry in (entry for entry in receipt["claims"] if entry["chapter"] == name):
            cases = [
                (f"{piece['grade']}: {piece['part'] or 'the whole statement'}", piece["found"])
                for piece in entry["evidence"]
            ]
            cases += [
                (f"refuted: {mistake['mistake']}", mistake["counter_example"])
                for mistake in entry["mistakes"]
            ]
            for title, found in cases:
                ET.SubElement(
                    ET.SubElement(
                        suite, "testcase", classname=f"{name}.{entry['name']}", name=title
                    ),
                    "system-out",
                ).text = found
        suite.set("tests", str(len(suite)))
        suite.set("failures", "0")
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _rows(pairs):
    return (
        '<table class="table receipt"><tbody>'
        + "".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{value}</td></tr>' for name, value in pairs
        )
        + "</tbody></table>"
    )


def human(receipt):
    """The receipt for people, as HTML."""
    verified, counts = receipt["verified"], receipt["counts"]
    where = (
        f"commit <code>{verified['commit']}</code> of {verified['date'][:10]}"
        if verified["commit"]
        else "an unknown commit: the sources were no checkout"
    )
    if verified["changed"]:
        where += (
            f", with {len(verified['changed'])} uncommitted "
            f"change{'s' * (len(verified['changed']) != 1)}: "
            f"{escape(', '.join(verified['changed'][:8]))}"
        )
    grades = ", ".join(f"{number} {grade}" for grade, number in counts["evidence_by_grade"].items())
    return (
        "<h2>What was verified</h2>"
        + _rows(
            [
                ("sources", where),
                ("claims", str(counts["claims"])),
                ("pieces of evidence", f"{counts['evidence']}: {grades}"),
                ("mistakes refuted", f"{counts['mistakes_refuted']}, each with a counter-example"),
                (
                    "cells executed and compared",
                    f"{counts['cells_compared']}, in {len(receipt['notebooks'])} notebooks",
                ),
                (
                    "site",
                    (
                        f"{receipt['site']['files']} files, SHA-256 "
                        f"<code>{receipt['site']['sha256']}</code>"
                    ),
                ),
            ]
        )
        + "<h2>The notebooks</h2>"
        + _rows(
            [
                (about["name"], f"{about['cells']} cells, SHA-256 <code>{about['sha256']}</code>")
                for about in receipt["notebooks"]
            ]
        )
        + "<h2>With what</h2><p>"
        + ", ".join(
            f"{escape(name)} {escape(version)}" for name, version in receipt["versions"].items()
        )
        + "</p>"
    )


def _write(path, text):
    whole = path.with_name(path.name + ".new")
    whole.write_text(text, "utf-8")
    whole.replace(path)


def insert(page, text):
    """Put the receipt for people where the page has its place, or has an older one."""
    before, after = re.split(
        r'<div id="receipt">.*?</div>', page.read_text("utf-8"), maxsplit=1, flags=re.DOTALL
    )
    _write(page, f'{before}<div id="receipt">{text}</div>{after}')


def write(site):
    """Write the receipt of a site into it, in its three forms."""
    found = receipt(site)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    _write(site / "receipt.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    _write(site / "receipt.xml", junit(found))
    insert(site / "chapters" / "receipt.html", human(found))
    return found


def current(site):
    """The receipt that lies in a site, if all that it is about is as it was."""
    if not all((site / name).exists() for name in NAMES):
        return None
    found = json.loads((site / "receipt.json").read_text("utf-8"))
    now = {path.stem for path in (ROOT / "chapters").glob("*.ipynb")}
    same = (
        found["verified"] == commit()
        and found["site"]["sha256"] == site_hash(site)
        and found["versions"] == versions()
        and {about["name"] for about in found["notebooks"]} == now
        and not any(changed(name) for name in now)
    )
    return found if same else None


if __name__ == "__main__":
    if sys.argv[1:]:
        raise SystemExit(__doc__)
    site = ROOT / "_build" / "html"
    found = current(site) or write(site)
    counts = found["counts"]
    print(
        f"receipt: {counts['claims']} claims, {counts['evidence']} pieces of evidence, "
        f"{counts['mistakes_refuted']} mistakes refuted, {counts['cells_compared']} cells "
        "compared"
    )
    print(f"site: {found['site']['sha256']}")
