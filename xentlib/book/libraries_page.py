"""What the calls of other libraries do, from the stored results."""

from collections.abc import Iterator

from xentlib.book.claims_page import Link, Page
from xentlib.book.contents import CLAIMS
from xentlib.conformance import CHECKS, KINDS
from xentlib.data.libraries import Call, Library, OfKind

NAMED = 4  # failures that a line names; the others it counts


def calls_of(*libraries: Library) -> Page:
    """Each call of some libraries: how many checks it holds, and the claims that it fails; of a
    call of another kind of labels, whether it is the loss of that kind.
    """

    def lines(link: Link) -> Iterator[str]:
        for library in libraries:
            yield from (f"**{library.versions}**", "")
            for call in library.calls.values():
                held = f"{len(call.holds)} of {call.asked}"
                yield f"- `{call.name}` holds {held}{_fails(link, call)}"
            for name, found in library.kinds.items():
                yield f"- `{name}`, as {_verdict(link, found)}"
            yield ""

    return Page(lines)


def _fails(link: Link, call: Call) -> str:
    if not call.fails:
        return ""
    named = ", ".join(_failure(link, failure.check) for failure in call.fails[:NAMED])
    more = len(call.fails) - NAMED
    return f"; fails {named}" + (f" and {more} more" if more > 0 else "")


def _failure(link: Link, check: str) -> str:
    claim = CLAIMS[CHECKS[check].claim]
    return link("prf:ref", check.replace("_", " "), claim.label)


def _verdict(link: Link, found: OfKind) -> str:
    claim = CLAIMS[KINDS[found.kind].claim]
    kind = link("prf:ref", found.kind.replace("_", " "), claim.label)
    says = f"it looks like: {found.looks_like}" if found.looks_like else found.message
    return f"{kind}: {found.outcome}" + (f"; {says}" if says else "")
