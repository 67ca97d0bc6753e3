"""Run the code of the cards that needs a library outside the lock, and store what it prints.

    PYTHON tools/cards.py       PYTHON has torch; writes xentlib/book/cards.json

The cards are in `xentlib/book/cards.toml`. A test compares what is stored with the code as it
stands, and with what the other tabs of a card print.
"""

import contextlib
import datetime
import io
import json
import tomllib
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "xentlib" / "book"
TAB, LIBRARY = "PyTorch", "torch"


def printed(code):
    """What a piece of code prints, in a namespace of its own."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "card", "exec"), {})
    return out.getvalue()


def main():
    cards = tomllib.loads((FOLDER / "cards.toml").read_text("utf-8"))["cards"]
    codes = {name: card["code"][TAB] for name, card in cards.items() if TAB in card["code"]}
    found = {
        "library": LIBRARY,
        "version": version(LIBRARY).partition("+")[0],
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "runs": {name: {"code": code, "printed": printed(code)} for name, code in codes.items()},
    }
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / "cards.json").write_text(text, encoding="utf-8")
    print(f"{len(codes)} cards")


if __name__ == "__main__":
    main()
