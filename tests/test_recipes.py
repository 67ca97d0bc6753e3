"""Recipes are copied: each runs alone, and gives what the page shows."""

import ast
import io
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
FEWEST = 10  # kinds of labels on the first page


def recipes():
    """The title, the source and the outputs of each cell that is tagged as a recipe."""
    title = ""
    for cell in nbformat.read(ROOT / "chapters" / "practice.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown":
            titles = [line for line in cell.source.splitlines() if line.startswith("#")]
            title = titles[-1].lstrip("# ") if titles else title
        elif "recipe" in cell.metadata.get("tags", []):
            yield title, cell.source, cell.outputs


RECIPES = list(recipes())


def given(source):
    """What a source prints, and then shows, where nothing was run before it."""
    *body, last = ast.parse(source).body
    names, said = {}, io.StringIO()
    with redirect_stdout(said):
        exec(compile(ast.Module(body, []), "recipe", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "recipe", "eval"), names)
            print("" if value is None else repr(value), end="")
        else:
            exec(compile(ast.Module([last], []), "recipe", "exec"), names)
    return said.getvalue()


def problem(title, source, outputs):
    """What is wrong with a recipe."""
    stored = "".join(o.get("text", "") or o["data"]["text/plain"] for o in outputs)
    try:
        found = given(source)
    except Exception as error:
        return f"the recipe '{title}' does not run alone: {type(error).__name__}: {error}"
    return "" if found == stored else f"the recipe '{title}' gives alone:\n{found}\nnot\n{stored}"


@pytest.mark.parametrize("title, source, outputs", RECIPES, ids=[title for title, *_ in RECIPES])
def test_a_recipe_runs_alone_and_gives_what_is_stored(title, source, outputs):
    assert outputs and not problem(title, source, outputs)


def test_each_kind_of_label_has_its_recipe():
    titles = [title for title, *_ in RECIPES]
    assert len(titles) >= FEWEST and len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("import xentlib\n", "", "NameError: name 'xentlib' is not defined"),
        ("3 * x", "3 * features", "NameError: name 'features' is not defined"),
        ("[1, 2]", "[1, 3]", "gives alone:\n9\nnot\n6"),
    ],
)
def test_a_recipe_that_needs_another_cell_is_named(old, new, says):
    source = "import xentlib\nx = [1, 2][1]\nxentlib.entropy([1.0])\n3 * x"
    outputs = [nbformat.from_dict({"data": {"text/plain": "6"}})]
    assert problem("Mine", source, outputs) == ""
    found = problem("Mine", source.replace(old, new), outputs)
    assert "the recipe 'Mine'" in found and says in found
