"""What the command checks: the claims and derivations of the book, of a module or of a file."""

from __future__ import annotations

import pkgutil
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from xentlib.verify._source import line_of
from xentlib.verify.chain import Chain
from xentlib.verify.claim import Claim
from xentlib.verify.proof import Proof, derivations_in, same

BOOK = "xentlib.claims"  # looked up by name: the engine imports nothing of the book


@dataclass(frozen=True)
class Subject:
    """A claim, or a chain or a proof that no claim of its module uses, and where it is stated."""

    name: str
    thing: Claim | Chain | Proof
    file: str
    line: int | None


class NoSuchName(LookupError):
    """Neither a claim of the book, nor a module, nor a file."""


class Broken(Exception):
    """A file or a module that cannot be imported: `place`, its file and line, and `message`."""

    def __init__(self, trouble: BaseException, file: str) -> None:
        self.place, self.message = place_of(trouble, file), described(trouble)
        super().__init__(self.place, self.message)


def find(argument: str) -> list[Subject]:
    """The subjects that a name or a file stands for."""
    is_file = argument.endswith(".py") or "/" in argument or "\\" in argument
    return _of_file(Path(argument)) if is_file else _of_name(argument)


def described(trouble: BaseException) -> str:
    """An exception as Python prints it, without the place."""
    text = trouble.msg if isinstance(trouble, SyntaxError) else trouble
    return f"{type(trouble).__name__}: {text}"


def place_of(trouble: BaseException, file: str, line: int | None = None) -> str:
    """The last line of a file that an exception went through, or where a syntax is wrong."""
    if isinstance(trouble, SyntaxError) and trouble.filename:
        return place(trouble.filename, trouble.lineno)
    frames = traceback.extract_tb(trouble.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    return place(file, lines[-1] if lines else line)


def place(file: str, line: int | None) -> str:
    """`file:line`, the file as seen from the working directory."""
    path = Path(file)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return f"{path}:{line}" if line else str(path)


def _of_file(path: Path) -> list[Subject]:
    if path.suffix != ".py" or not path.is_file():
        there = [str(near) for near in path.parent.glob("*.py")]
        raise NoSuchName(f"no file {path}{_near(str(path), there)}")
    return list(_of_module(_loaded(path.resolve())))


@cache  # a file that is named twice is one module
def _loaded(path: Path) -> ModuleType:
    name = path.stem.replace(".", "_")
    while name in sys.modules:
        name += "_"
    spec = spec_from_file_location(name, path)
    assert spec and spec.loader  # it ends in .py
    module = sys.modules[name] = module_from_spec(spec)
    sys.path.insert(0, str(path.parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as trouble:
        raise Broken(trouble, str(path)) from trouble
    return module


def _of_name(name: str) -> list[Subject]:
    """A module or its claim, or a chapter or a claim of the book."""
    name = name.replace("-", "_")  # as in the addresses of the pages
    package, _, last = name.rpartition(".")
    for module in (name, f"{BOOK}.{name}"):
        if _exists(module):
            return list(_of_module(_imported(module)))
    modules = [package, f"{BOOK}.{package}"] if package else _that_name(last) or [BOOK]
    inside = [
        subject
        for module in modules
        if _exists(module)
        for subject in _of_module(_imported(module))
    ]
    found = [subject for subject in inside if subject.name.rpartition(".")[2] == last]
    if not found:
        names = dict.fromkeys(part for s in inside for part in s.name.split(".")[-2:])
        raise NoSuchName(f"no claim, module or file is named {name}{_near(last, list(names))}")
    return found


def _that_name(claim: str) -> list[str]:
    """The chapters of the book whose text assigns to the name at its top, found without importing
    any.
    """
    found = import_module(BOOK) if _exists(BOOK) else None
    folders = map(Path, getattr(found, "__path__", []))
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    return [f"{BOOK}.{file.stem}" for file in files if line_of(claim, str(file))]


def _exists(module: str) -> bool:
    try:
        import_module(module)
    except ModuleNotFoundError as missing:
        return not f"{module}.".startswith(f"{missing.name}.")
    except (Exception, SystemExit):
        return True  # and it is broken
    return True


def _imported(name: str) -> ModuleType:
    try:
        return import_module(name)
    except (Exception, SystemExit) as trouble:
        raise Broken(trouble, name) from trouble


def _of_module(module: ModuleType) -> Iterator[Subject]:
    """The claims at its top, the derivations that none of these uses, and those of its
    submodules.
    """
    claims = {name: thing for name, thing in vars(module).items() if isinstance(thing, Claim)}
    used = [part for claim in claims.values() for part in derivations_in(claim.evidence)]
    for name, thing in claims.items():
        yield Subject(f"{module.__name__}.{name}", thing, thing.stated.file, thing.stated.line)
    for name, thing in vars(module).items():
        is_used = any(same(thing, part) for part in used)
        if isinstance(thing, (Chain, Proof)) and not is_used:
            file = module.__file__ or ""
            yield Subject(f"{module.__name__}.{name}", thing, file, line_of(name, file))
    for inner in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if inner.name != "__main__":
            yield from _of_module(_imported(f"{module.__name__}.{inner.name}"))


def _near(name: str, names: list[str]) -> str:
    """The names that are like it, or that have a word like it."""
    near = get_close_matches(name, names) or [
        other for other in names if get_close_matches(name, other.split("_"), cutoff=0.8)
    ]
    return f"; near it: {', '.join(near[:5])}" if near else ""
