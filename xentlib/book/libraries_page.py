"""What the calls of other libraries do, from the stored results."""

from collections.abc import Iterator

from xentlib.book.claims_page import Link, Page, table
from xentlib.book.contents import CLAIMS
from xentlib.conformance import CHECKS
from xentlib.data.libraries import Call, Library

NAMED = 4  # failures that a line of the table names; the others it counts


def calls_table(*libraries: Library) -> Page:
    """Each call of some libraries: how many checks it holds, and the claims that it fails."""

    def lines(link: Link) -> Iterator[str]:
        for library in libraries:
            rows = [
                (f"{len(call.holds)} of {call.asked}", f"`{call.name}`", _fails(link, call))
                for call in library.calls.values()
            ]
            yield from (f"**{library.versions}**", "", *table(("holds", "call", "fails"), rows), "")

    return Page(lines)


def _fails(link: Link, call: Call) -> str:
    if not call.fails:
        return "–"
    named = ", ".join(_failure(link, failure.check) for failure in call.fails[:NAMED])
    more = len(call.fails) - NAMED
    return f"{named} and {more} more" if more > 0 else named


def _failure(link: Link, check: str) -> str:
    claim = CLAIMS[CHECKS[check].claim]
    return link("prf:ref", check.replace("_", " "), claim.label)
