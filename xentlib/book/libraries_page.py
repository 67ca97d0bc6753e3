"""The table of what other libraries do, from the stored results."""

from collections.abc import Iterator, Mapping

from xentlib.book.claims_page import Link, Page, table
from xentlib.book.contents import CLAIMS
from xentlib.conformance import CHECKS
from xentlib.data.libraries import Call, Library

NAMED = 4  # failures that a line of the table names; the others it counts


def libraries_table(libraries: Mapping[str, Library]) -> Page:
    """Each call: how many checks it holds, and the claims that it fails."""

    def lines(link: Link) -> Iterator[str]:
        header = ("library", "call", "takes; reduction; dtype", "holds", "fails")
        return table(
            header,
            [
                (
                    library.versions,
                    f"`{call.name}`",
                    call.setting,
                    f"{len(call.holds)} of {call.asked}",
                    _fails(link, call),
                )
                for library in libraries.values()
                for call in library.calls.values()
            ],
        )

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
