"""Every claim of the book, one module a chapter, in reading order: `CHAPTERS[chapter][name]`."""
from importlib import import_module

from xentlib.verify import Claim

_MODULES = {"bayes": "bayes", "observations": "many-observations", "categorical": "categorical", "cross_entropy": "cross-entropy", "divergence": "entropy-and-kl",
            "counts": "counts", "votes": "ten-votes-a-word", "integer_weights": "integer-weights",
            "meanings": "five-meanings", "estimates": "right-on-average"}


def _named(module):
    """A claim's name is that of its variable."""
    claims = {name: value for name, value in vars(module).items() if isinstance(value, Claim)}
    for name, claim in claims.items():
        object.__setattr__(claim, "name", name)
    return claims


CHAPTERS = {chapter: _named(import_module(f"xentlib.claims.{module}")) for module, chapter in _MODULES.items()}
CLAIMS = {name: claim for claims in CHAPTERS.values() for name, claim in claims.items()}
if len(CLAIMS) != sum(map(len, CHAPTERS.values())):
    raise ImportError("two claims have one name")
