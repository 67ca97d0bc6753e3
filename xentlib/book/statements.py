"""The statements of a chapter as a script, which a page loads when a reader points at a link to one
of them: it works from a server and from a folder, and asks no other host.
"""

import json
import re
from pathlib import Path
from typing import Any

from xentlib.book.mathematics import Formulas

BOX = re.compile(
    r'<div class="proof [^>]*id="(claim-[^"]+)">(.*?)\s*</section>\s*</div>', re.DOTALL
)
# names that a page may have once, and what is for a keyboard
DROPPED = re.compile(r' (?:id|tabindex|role|aria-label|data-tex)="[^"]*"|</?a\b[^>]*>')


def script(page: str, html: str, formulas: Formulas) -> str:
    """A call of `statements` with the outlines and the boxes of a page; nothing without a box."""
    boxes = {name: DROPPED.sub("", inside) + "</section>" for name, inside in BOX.findall(html)}
    if not boxes:
        return ""
    told = (page, formulas.sprite("".join(boxes.values())), boxes)
    return f"statements({', '.join(json.dumps(part, ensure_ascii=False) for part in told)});\n"


def write(app: Any, exception: Exception | None) -> None:
    """A build is done: each chapter that has theorems gets its script."""
    if exception is None and app.builder.format == "html":
        for page in sorted(Path(app.outdir).rglob("*.html")):
            if text := script(page.stem, page.read_text("utf-8"), app.formulas):
                target = Path(app.outdir, "_static", "statements", f"{page.stem}.js")
                target.parent.mkdir(exist_ok=True)
                target.write_text(text, "utf-8")


def setup(app: Any) -> None:
    """Behind the step that draws the last formula."""
    app.connect("build-finished", write, priority=600)
