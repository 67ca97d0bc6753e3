"""The chapters of the book in reading order, each with its claims: `_toc.yml` says which."""

from pathlib import Path

import yaml

from xentlib.claims import MODULES, chapter
from xentlib.verify import Claim

ROOT = Path(__file__).resolve().parents[2]


def pages(root: Path = ROOT) -> list[str]:
    """The pages of _toc.yml in a checkout, in order, as paths without a suffix."""
    listed = root / "_toc.yml"
    if not listed.exists():  # installed with the notebooks, the book brings its contents along
        listed = Path(__file__).with_name("_toc.yml")
    contents = yaml.safe_load(listed.read_text(encoding="utf-8"))
    parts = [page["file"] for part in contents["parts"] for page in part["chapters"]]
    return [contents["root"], *parts]


def chapters() -> dict[str, dict[str, Claim]]:
    """The claims of each chapter that has some: a page and its module share one name."""
    names = [Path(page).name for page in pages()]
    return {
        name: chapter(name.replace("-", "_")) for name in names if name.replace("-", "_") in MODULES
    }


CHAPTERS = chapters()
CLAIMS = {name: claim for claims in CHAPTERS.values() for name, claim in claims.items()}
