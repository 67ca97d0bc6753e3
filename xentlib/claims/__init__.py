"""Every claim of the book, one module a chapter, in reading order: `CHAPTERS[chapter][name]`."""

from importlib import import_module

from xentlib.verify import Claim

_MODULES = {
    "bayes": "bayes",
    "many-observations": "observations",
    "categorical": "categorical",
    "cross-entropy": "cross_entropy",
    "entropy-and-kl": "divergence",
    "counts": "counts",
    "ten-votes-a-word": "votes",
    "integer-weights": "integer_weights",
    "five-meanings": "meanings",
    "geometry": "geometry",
    "right-on-average": "estimates",
    "smoothing": "smoothing",
    "neighbours": "neighbours",
}


def _named(module):
    """A claim's name is that of its variable, its module the one that states it."""
    claims = {name: value for name, value in vars(module).items() if isinstance(value, Claim)}
    for name, claim in claims.items():
        object.__setattr__(claim, "name", name)
        object.__setattr__(claim, "module", module.__name__)
    return claims


CHAPTERS = {
    chapter: _named(import_module(f"xentlib.claims.{module}"))
    for chapter, module in _MODULES.items()
}
CLAIMS = {name: claim for claims in CHAPTERS.values() for name, claim in claims.items()}
if len(CLAIMS) != sum(map(len, CHAPTERS.values())):
    raise ImportError("two claims have one name")
