"""What is put into the wheel and the sdist: built once, and what is wrong in either is named."""

import sys
from pathlib import Path

import pytest

from xentlib import myst_nb_renderer
from xentlib.verify._display import RECORD

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import package  # noqa: E402


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist's names, and what is read of the wheel."""
    out = tmp_path_factory.mktemp("package")
    sdist = package.build_sdist(out)
    return package.names_of(sdist), package.read_wheel(package.build_wheel(sdist, out))


def test_the_wheel_holds_the_library_and_no_more(built):
    _, wheel = built
    assert list(package.wheel_problems(*wheel)) == []
    assert not any("/book/" in name or "/figures/" in name for name in wheel[0])


def test_the_sdist_holds_the_library_and_its_own_tests(built):
    names, _ = built
    assert list(package.sdist_problems(names)) == []
    assert "tests/test_conformance.py" in names and "tests/test_book.py" not in names


@pytest.mark.parametrize(
    "more, says",
    [
        ("xentlib/book/contents.py", "xentlib/book/contents.py stays in the repository"),
        ("xentlib/studies/slopes.py", "xentlib/studies/slopes.py stays in the repository"),
        ("tests/test_numerics.py", "tests/test_numerics.py does not belong there"),
        ("xentlib/verify/__pycache__/x.pyc", "x.pyc does not belong there"),
    ],
)
def test_what_does_not_belong_into_a_wheel_is_named(built, more, says):
    names, *rest = built[1]
    (problem, *_) = package.wheel_problems([*names, more], *rest)
    assert problem.endswith(says)


@pytest.mark.parametrize(
    "file", ["xentlib/data/oracle/oracle.json", "xentlib/py.typed", "xentlib/claims/_finite.py"]
)
def test_what_a_wheel_or_an_sdist_lacks_is_named(built, file):
    sdist, (names, *rest) = built
    left = [name for name in names if name != file]
    assert list(package.wheel_problems(left, *rest)) == [f"wheel: {file} is missing"]
    left = [name for name in sdist if name != file]
    assert list(package.sdist_problems(left)) == [f"sdist: {file} is missing"]


@pytest.mark.parametrize(
    "old, new, says",
    [
        ("## Two commands", "## Commands", "long description is not the README"),
        ("text/markdown", "text/x-rst", "long description is not Markdown"),
        ("Author: ", "Writer: ", "it has no Author"),
        ("Requires-Dist: numpy\n", "Requires-Dist: numpy\nRequires-Dist: scipy\n", "NumPy alone"),
        ("Python :: 3.14", "Python :: 3.15", "no classifier names Python 3.14"),
        ("Typing :: Typed", "Typing :: Stubs Only", "no classifier says that it is typed"),
    ],
)
def test_what_is_wrong_in_the_metadata_is_named(built, old, new, says):
    names, metadata, entries, size = built[1]
    assert old in metadata
    spoilt = metadata.replace(old, new)
    (problem,) = package.wheel_problems(names, spoilt, entries, size)
    assert says in problem


def test_a_wheel_that_grew_and_entries_that_lead_nowhere_are_named(built):
    names, metadata, entries, size = built[1]
    spoilt = entries.replace("xentlib.myst_nb_renderer:", "xentlib.book.sphinx_extension:")
    (problem,) = package.wheel_problems(names, metadata, spoilt, size)
    assert problem.endswith("xentlib.book.sphinx_extension:Renderer leads nowhere")
    (problem,) = package.wheel_problems(names, metadata, entries, package.LARGEST + 1)
    assert "bytes are more than" in problem
    spoilt = entries.replace("[console_scripts]\nxentlib = xentlib.command:main\n", "")
    assert list(package.wheel_problems(names, metadata, spoilt, size)) == [
        "wheel: no command xentlib"
    ]


def test_a_test_of_the_sdist_may_need_nothing_that_stays(built):
    (problem,) = package.sdist_problems([*built[0], "tests/test_graph.py"])
    assert problem == "sdist: tests/test_graph.py needs what stays in the repository"


def test_the_renderer_knows_what_a_verdict_sends():
    assert myst_nb_renderer.RECORD == RECORD
    other = type("Data", (), {"mime_type": "image/svg+xml", "output_metadata": {}, "content": ""})
    assert myst_nb_renderer.Renderer.handle_mime(None, other, inline=False) is None
