"""The page "Met in the wild": wrong statements from public pages, and what refutes them."""

from collections.abc import Iterable, Iterator, Mapping

from xentlib.book.claims_page import Chapters, Link, Page, table
from xentlib.data.wrong_statements import Statement
from xentlib.verify import Claim

SEARCHES = ("searched for in the book's words", "in people's words")
KINDS = (
    "statements met",
    "refuted by a check that was there before",
    "refuted by a check that was added",
    "not refuted",
)


def counts(statements: Iterable[Statement]) -> Page:
    """How many were met, and how many of them which checks refute, by the words searched for."""
    met = list(statements)
    searches = [_numbers(s for s in met if s.plain == plain) for plain in (False, True)]
    rows = list(zip(KINDS, *searches, strict=True))

    def lines(link: Link) -> Iterator[str]:
        return table(("", *SEARCHES, "all"), (_row(said, *numbers) for said, *numbers in rows))

    return Page(lines)


def refuted(chapters: Chapters, statements: Iterable[Statement]) -> Page:
    """By chapter, each statement with the claim and the mistake that refute it."""
    met = [statement for statement in statements if statement.mistake]
    by_name = {name: claim for claims in chapters.values() for name, claim in claims.items()}
    strange = [f"{s.claim}: {s.mistake}" for s in met if not _known(by_name, s)]
    if strange:
        raise LookupError(f"no such mistake: {'; '.join(strange)}")

    def lines(link: Link) -> Iterator[str]:
        for chapter, claims in chapters.items():
            here = [statement for statement in met if statement.claim in claims]
            if here:
                yield from (
                    f"**{link('doc', chapter.replace('-', ' '), chapter)}**",
                    "",
                )
                yield from (_line(link, claims[statement.claim], statement) for statement in here)
                yield ""

    return Page(lines)


def not_refuted(statements: Iterable[Statement]) -> Page:
    """Each statement that no check refutes, and why."""
    kept = [statement for statement in statements if not statement.mistake]

    def lines(link: Link) -> Iterator[str]:
        return (f"- {_said(statement)} Not refuted: {statement.why}." for statement in kept)

    return Page(lines)


def _numbers(statements: Iterable[Statement]) -> tuple[int, int, int, int]:
    met = list(statements)
    refuted = [statement for statement in met if statement.mistake]
    added = sum(statement.added for statement in refuted)
    return len(met), len(refuted) - added, added, len(met) - len(refuted)


def _row(said: str, book: int, people: int) -> tuple[str, str, str, str]:
    return said, str(book), str(people), str(book + people)


def _known(by_name: Mapping[str, Claim], statement: Statement) -> bool:
    return statement.claim in by_name and statement.mistake in by_name[statement.claim].mistakes


def _said(statement: Statement) -> str:
    return f"“{statement.says}” ([met here]({statement.met}))"


def _line(link: Link, claim: Claim, statement: Statement) -> str:
    theorem = link("prf:ref", claim.title, claim.label)
    return f"- {_said(statement)} {theorem} refutes: *{statement.mistake}*."
