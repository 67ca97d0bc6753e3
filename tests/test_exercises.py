"""Exercises: enough of them, in each level, with a hint and a solution that is judged right; and
what judges them takes the right answer, says what a known slip is, and refuses any other.
"""

import re
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

from xentlib.book.contents import CHAPTERS
from xentlib.exercises._kinds import DOTS, NOT_YET, RIGHT, Example, Formula, Number

ROOT = Path(__file__).resolve().parents[1]
LEVELS = (
    ("Check yourself",),
    ("Find the error",),
    ("Prove or compute", "With your data"),
)
NAMES = [*CHAPTERS, "practice"]
EXERCISE = re.compile(
    r"^::::\{exercise\} (?P<level>[^\n]+)\n:label: exercise-(?P<name>[\w-]+)\n\n"
    r"(?P<question>.+?)\n\n:::\{dropdown\} Hint\n(?P<hint>.+?)\n:::\n::::$",
    re.DOTALL | re.MULTILINE,
)
SOLUTION = r":::\{{solution-start\}} exercise-{}\n:class: dropdown\n:::"


def exercises_of(module):
    """The exercises of a module by name, in its order."""
    kinds = Number, Formula, Example
    return {name: thing for name, thing in vars(module).items() if isinstance(thing, kinds)}


MODULES = {name: import_module(f"xentlib.exercises.{name.replace('-', '_')}") for name in NAMES}
ALL = [
    (chapter, name, thing)
    for chapter, module in MODULES.items()
    for name, thing in exercises_of(module).items()
]
each = pytest.mark.parametrize("chapter, name, exercise", ALL, ids=[f"{c}-{n}" for c, n, _ in ALL])


def problems(notebook, names):
    """What is wrong with the exercises of a chapter, one line each."""
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    found = [m for cell in texts for m in EXERCISE.finditer(cell.source)]
    typed = sum(cell.source.count("{exercise}") for cell in texts)
    if typed != len(found):
        yield f"{typed - len(found)} of its exercises lack a level, a label or a folded hint"
    if len(found) not in (4, 5):
        yield f"it has {len(found)} exercises, and not four or five"
    levels = [m["level"] for m in found]
    for level in LEVELS:
        if not set(level) & set(levels):
            yield f"no exercise of the level {' or '.join(level)}"
    yield from (f"{level} is no level" for level in levels if level not in sum(LEVELS, ()))
    said = [m["name"].replace("-", "_") for m in found]
    if said != list(names):
        yield f"its exercises are {', '.join(said)}, and those that are judged {', '.join(names)}"
    for name in said:
        yield from (f"{name}: {problem}" for problem in _judged(notebook, name))


def _judged(notebook, name):
    """An exercise is asked, solved in its own fold, and the solution is judged right."""
    cells = notebook.cells
    asked = f"print(exercises.{name}(...))"
    places = [place for place, cell in enumerate(cells) if cell.source == asked]
    if len(places) != 1 or cells[places[0]].outputs[0].text.strip() != DOTS:
        yield f"no cell {asked}, or it does not say: {DOTS}"
        return
    (place,) = places
    if not re.search(SOLUTION.format(name.replace("_", "-")), cells[place + 1].source):
        yield "its solution does not follow"
    inside = []
    for cell in cells[place + 1 :]:
        if cell.cell_type == "code":
            inside.append(cell)
        elif "{solution-end}" in cell.source:
            break
    judged = [cell for cell in inside if f"exercises.{name}(" in cell.source]
    said = "".join(output.get("text", "") for cell in judged for output in cell.outputs)
    if not re.search(rf"^{RIGHT}\b", said, re.MULTILINE):
        yield "no cell of its solution is judged right"


@pytest.mark.parametrize("chapter", NAMES)
def test_a_chapter_has_four_or_five_exercises_in_three_levels(chapter):
    notebook = nbformat.read(ROOT / "chapters" / f"{chapter}.ipynb", as_version=4)
    assert list(problems(notebook, exercises_of(MODULES[chapter]))) == []


@pytest.mark.parametrize(
    "wrong, right, says",
    [
        ("{exercise} Find the error", "{exercise} Another", "no exercise of the level Find the"),
        (":::{dropdown} Hint", ":::{note}", "1 of its exercises lack a level, a label or a"),
        ("(...))", "(1))", "no cell print(exercises."),
        ("{solution-start} exercise-", "{solution-start} another-", "solution does not follow"),
    ],
)
def test_what_an_exercise_lacks_is_named(wrong, right, says):
    notebook = nbformat.read(ROOT / "chapters" / "bayes.ipynb", as_version=4)
    for cell in notebook.cells:
        if wrong in cell.source:
            cell.source = cell.source.replace(wrong, right, 1)
            if right != "{exercise} Another":
                break
    assert any(says in problem for problem in problems(notebook, exercises_of(MODULES["bayes"])))


def test_a_solution_that_is_judged_wrong_is_named():
    notebook = nbformat.read(ROOT / "chapters" / "bayes.ipynb", as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("text", "").startswith(RIGHT):
                output.text = f"{NOT_YET}."
    found = list(problems(notebook, exercises_of(MODULES["bayes"])))
    assert len(found) == len(exercises_of(MODULES["bayes"]))
    assert all(problem.endswith("no cell of its solution is judged right") for problem in found)


def test_no_two_exercises_of_the_book_have_one_label():
    names = [name for _, name, _ in ALL]
    assert sorted(names) == sorted(set(names))


@each
def test_an_exercise_asks_for_an_answer(chapter, name, exercise):
    assert exercise(...) == DOTS == exercise()


@each
def test_an_exercise_refuses_what_is_wrong(chapter, name, exercise):
    if isinstance(exercise, Number):
        data = exercise.example
        value = exercise.value(*data)
        assert exercise(*data, value).startswith(f"{RIGHT}: ")
        assert exercise(*data, _other(value)) == f"{NOT_YET}."
        assert exercise(*data, "a word").startswith(NOT_YET)
        for slip, wrong in exercise.slips.items():
            assert exercise(*data, wrong(*data)) == f"{NOT_YET}: {slip}."
    elif isinstance(exercise, Formula):
        assert exercise(exercise.value) == f"{RIGHT}, at {len(exercise.points)} points."
        assert exercise(lambda *point: _other(exercise.value(*point))).startswith(NOT_YET)
        assert exercise(lambda *point: 1 / 0).startswith(NOT_YET)
        assert exercise(1).startswith(NOT_YET)
        for wrong in exercise.slips.values():
            assert exercise(wrong).startswith(NOT_YET)
    else:
        assert exercise.hides
        for place in exercise.hides:
            assert exercise(*place).startswith(f"{NOT_YET}: here it is"), place


def _other(value):
    """Another value of the same shape."""
    if hasattr(value, "__len__"):
        return [_other(entry) for entry in value]
    return 1.7 * float(value) + 0.313


def test_a_rounded_answer_counts_and_a_bad_one_says_why():
    third = Number(value=lambda: 1 / 3)
    assert third(0.333) == f"{RIGHT}: 0.3333."
    assert third(0.34) == third([1 / 3]) == third(None) == f"{NOT_YET}."
    total = Number(value=lambda data: sum(data), example=([1, 2],))
    assert total(..., 3) == total([1, 2], ...) == DOTS
    assert total([1, 2], 3) == f"{RIGHT}: 3."
    assert total(1, 3).startswith(f"{NOT_YET}: ")
    half = Example(sides=lambda x: (x, 0.5), hides=((0.5,),), at_most=True)
    assert half(0.4).startswith(NOT_YET) and half(0.6).startswith(RIGHT)
    assert half("a", "b").startswith(NOT_YET)
