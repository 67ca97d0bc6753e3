"""Chapters as text, and back: draft, execute, canonicalise.

    python tools/notebooks.py draft bayes       writes drafts/bayes.md, to be edited as text
    python tools/notebooks.py run [bayes ...]   takes the drafts there are, executes, writes
    chapters/*.ipynb in one canonical form

Only the .ipynb is kept: canonical twice is canonical once, byte for byte.
"""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sysconfig import get_path

import jupytext
import nbformat
from environment import fixed
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS, DRAFTS = ROOT / "chapters", ROOT / "drafts"
OVERVIEWS = [
    "claims",
    "referees-report",
    "which-is-false",
    "met-in-the-wild",
]  # they show what the claims of all chapters are
TEMPLATE = """# A title that says what is found

A question that somebody asks, and an example with numbers.

```{{code-cell}}
from xentlib.claims import {module} as claims
from xentlib.verify import verify
```

## One idea

Motivation, example, derivation, meaning. The cell after a theorem verifies it.

```{{code-cell}}
verify(claims.the_name)
```

**Sources.**

- *Known*: each claim that somebody has, with its theorem or section.
- *Folklore*: each claim that textbooks have, derived here.
- *Found nowhere*: each other claim, and the words that were searched.
"""
CELLS = ["--config", 'extend-exclude = ["vendor"]', "--line-length", "78"]  # what a page shows
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def _joined(outputs):
    """Pieces of one stream as one: where a kernel cuts what is printed depends on the moment."""
    last = None
    for output in outputs:
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            yield output
            last = output


def canonical(notebook):
    """Counts, ids and metadata that follow from the content alone, as text."""
    notebook.metadata = {"kernelspec": KERNEL}
    notebook.nbformat, notebook.nbformat_minor, seen, count = 4, 5, {}, 0
    for cell in notebook.cells:
        cell.source = cell.source.strip("\n")
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        cell.metadata = {
            key: value for key, value in sorted(cell.metadata.items()) if key in {"mystnb", "tags"}
        }
        if cell.cell_type == "code":
            count += 1
            cell.execution_count, cell.outputs = count, list(_joined(cell.outputs))
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
    return (
        nbformat.writes(
            notebook, version=nbformat.NO_CONVERT, indent=1, sort_keys=True, ensure_ascii=False
        ).rstrip("\n")
        + "\n"
    )


def styled(notebook):
    """The same cells, in the one form that the tests ask for."""
    ruff = Path(get_path("scripts"), "ruff")
    done = subprocess.run(
        [ruff, "format", "--no-cache", *CELLS, "--stdin-filename", "cells.ipynb", "-"],
        input=nbformat.writes(notebook),
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return nbformat.reads(done.stdout, as_version=4)


def draft(name):
    """Write drafts/NAME.md from the chapter; for a new one, from the template."""
    DRAFTS.mkdir(exist_ok=True)
    source = CHAPTERS / f"{name}.ipynb"
    if source.exists():
        notebook = nbformat.read(source, as_version=4)
    else:
        module = name.replace("-", "_")
        notebook = jupytext.reads(TEMPLATE.format(module=module), fmt="md:myst")
        notebook.metadata = {"kernelspec": KERNEL}
    (DRAFTS / f"{name}.md").write_text(jupytext.writes(notebook, fmt="md:myst"), "utf-8")
    print(f"drafts/{name}.md")


def run(name):
    """Execute one chapter, from its draft where there is one, and write it in canonical form."""
    text, target = DRAFTS / f"{name}.md", CHAPTERS / f"{name}.ipynb"
    notebook = (
        jupytext.read(text, fmt="md:myst") if text.exists() else nbformat.read(target, as_version=4)
    )
    notebook.metadata = {"kernelspec": KERNEL}
    notebook = styled(notebook)
    client = NotebookClient(
        notebook, timeout=300, record_timing=False, resources={"metadata": {"path": str(CHAPTERS)}}
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise SystemExit(
            f"{name}: a cell failed; {target.name} is left as it was\n{error}"
        ) from None
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise SystemExit(
                    f"{name}, cell {number}: it writes to stderr; {target.name} is left as "
                    f"it was\n{output.text}"
                )
    whole = target.with_suffix(".new")
    whole.write_text(canonical(notebook), "utf-8")
    whole.replace(target)
    text.unlink(missing_ok=True)
    return name


def main(verb, *names):
    os.environ |= fixed()  # kernels inherit what this process has
    for name in set(os.environ) - set(fixed()):
        del os.environ[name]
    if verb == "draft":
        for name in names:
            draft(name)
    elif verb == "run":
        names = names or sorted(
            {path.stem for path in [*CHAPTERS.glob("*.ipynb"), *DRAFTS.glob("*.md")]}
        )
        with ThreadPoolExecutor(2) as pool:
            for batch in ([name for name in names if name not in OVERVIEWS], OVERVIEWS):
                for name in pool.map(run, batch):
                    print(f"{name}: executed", flush=True)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:] or [""])
