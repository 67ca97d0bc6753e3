"""Wrong statements from public questions and answers, in our words, and what refutes them."""

import tomllib
from importlib.resources import files
from typing import NamedTuple


class Statement(NamedTuple):
    """What somebody `says`, in our words; the address where it was `met`; the `claim` and its
    `mistake` that refute it, empty if no check does; whether the mistake was `added` after it was
    met; `why` no check refutes it; and whether a search in `plain` words found it, such as people
    type, not those of the book.
    """

    says: str
    met: str
    claim: str = ""
    mistake: str = ""
    added: bool = False
    why: str = ""
    plain: bool = False


def load() -> tuple[Statement, ...]:
    """Read what is stored, in its order: that of the claims, then what no check refutes.

    Returns
    -------
    tuple of Statement

    Examples
    --------
    >>> first = load()[0]
    >>> first.says, first.claim
    ('The posterior is the likelihood times the prior.', 'bayes_rule')
    """
    text = files("xentlib.data").joinpath("wrong_statements.toml").read_text("utf-8")
    return tuple(Statement(**row) for row in tomllib.loads(text)["statements"])
