"""The site: built in a fresh folder, protected, given its receipt, and put in place at once.

python tools/publish.py build      builds the pages, and replaces the site in _build/html only
when all is whole
python tools/publish.py twice      builds them twice, in other folders, with other hash seeds,
time zones and locales;
                                exits with 1 unless both and the site in _build/html have the
                                same bytes
python tools/publish.py pages F the pages alone, in the folder F
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import csp
import light
import receipt
import takeaway
import yaml
from environment import fixed

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
SITE = BUILD / "html"
SURROUNDINGS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONUTF8": "0"},
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
DOOR = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <link rel="icon" href="_static/icon.svg">
    <meta http-equiv="Refresh" content="0; url=chapters/index.html">
    <meta name="description" content="{description}">
    <title>{title}</title>
  </head>
  <body><a href="chapters/index.html">{title}</a></body>
</html>
"""
# shown at any address: its style is in it, and its links start at the root of the site
LOST = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="description" content="No such page in this book: its first page, search and index.">
    <title>No such page · {title}</title>
    <style>
      :root {{ color-scheme: light dark; background: Canvas; font: 1.1rem/1.5 sans-serif }}
      main {{ max-width: 34rem; margin: 15vh auto; padding: 0 1rem }}
    </style>
  </head>
  <body>
    <main>
      <h1>This page has probability 0</h1>
      <p>No page of the book stands at this address. It may have moved:</p>
      <ul>
        <li><a href="{root}chapters/index.html">{title}</a>: the answer, and all chapters</li>
        <li><a href="{root}search.html">Search</a></li>
        <li><a href="{root}genindex.html">Index</a></li>
      </ul>
    </main>
  </body>
</html>
"""


def pages(source, folder, surroundings):
    """The pages of a book, built into a folder of their own; every warning is an error."""
    command = [
        str(Path(sys.executable).with_name("jupyter-book")),
        "build",
        ".",
        "--all",
        "-W",
        "-n",
        "--keep-going",
        "--path-output",
        str(folder),
    ]
    done = subprocess.run(
        command,
        cwd=source,
        env=fixed(PYTHONPATH=str(source), **surroundings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode:
        lines = COLOUR.sub("", done.stdout).splitlines()
        told = [line for line in lines if re.search(r"WARNING|ERROR|CRITICAL|Error\b", line)]
        raise SystemExit(
            "\n".join(
                [
                    *(told or lines),
                    (
                        "make: the book was not built; the last good one, if any, is still in "
                        "_build/html"
                    ),
                ]
            )
        )
    site = folder / "_build" / "html"
    light.lighten(site)
    config = yaml.safe_load((source / "_config.yml").read_text("utf-8"))
    described = tomllib.loads((source / "xentlib/book/pages.toml").read_text("utf-8"))
    said = {"title": config["title"], "description": described["index"]["description"]}
    (site / "index.html").write_text(DOOR.format(**said), "utf-8")
    root = urlsplit(config["html"]["baseurl"]).path.rstrip("/") + "/"
    (site / "404.html").write_text(LOST.format(root=root, **said), "utf-8")
    (site / ".nojekyll").touch()  # else GitHub Pages leaves out what starts with an underscore
    shutil.copy(receipt.SCHEMA, site / receipt.SCHEMA.name)
    for page in site.rglob("*.html"):
        csp.protect(page)
    return site


def build():
    """Build the site and put it in place: `_build/html` is a link, which is turned to the new site
    in one step.
    """
    for left in BUILD.glob(
        "next.*"
    ):  # of a build that was killed; no other runs, for make holds the lock
        shutil.rmtree(left)
    fresh = Path(tempfile.mkdtemp(prefix="next.", dir=BUILD))
    try:
        site = pages(ROOT, fresh, {})
        takeaway.notebooks(site, takeaway.repository())
        receipt.write(site)
        place = BUILD / "sites" / receipt.site_hash(site)
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            site.rename(place)
        else:
            for name in receipt.NAMES:
                (site / name).replace(place / name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    link = BUILD / "html.new"
    link.unlink(missing_ok=True)
    link.symlink_to(place.relative_to(BUILD))
    if SITE.is_dir() and not SITE.is_symlink():  # of a build by an earlier version
        shutil.rmtree(SITE)
    link.replace(SITE)
    for other in place.parent.iterdir():
        if other != place:
            shutil.rmtree(other)


def tracked():
    """The files of the book: git's, and outside a checkout all but what builds made."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    inside = done.returncode == 0 and (ROOT / ".git").exists()
    names = (
        done.stdout.split("\0")
        if inside
        else [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    )
    made = re.compile(r"(^|/)(\.git|\.venv[^/]*|_build|drafts|__pycache__|[^/]*\.egg-info)(/|$)")
    return [name for name in names if (ROOT / name).is_file() and not made.search(name)]


def copied(root):
    """The book as it is in the working tree, without what builds have made."""
    for name in tracked():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    return root


def twice():
    """Two builds and the site, file by file, without what readers take along."""
    site = receipt.files(SITE)
    found = [{name: site[name] for name in site if not name.startswith("notebooks")}]
    for surroundings in SURROUNDINGS:
        with tempfile.TemporaryDirectory() as folder:
            root = copied(Path(folder, "book"))
            found.append(receipt.files(pages(root, Path(folder, "out"), surroundings)))
    different = sorted(
        name for name in set().union(*found) if len({files.get(name) for files in found}) > 1
    )
    if different:
        raise SystemExit(f"{len(different)} files differ: {', '.join(different[:10])}")
    print(f"two builds and the site: {len(found[0])} files, the same bytes")
    print(f"site: {receipt.site_hash(SITE)}")


if __name__ == "__main__":
    verb, *words = sys.argv[1:] or [""]
    verbs = {
        "build": build,
        "twice": twice,
        "pages": lambda folder: pages(ROOT, Path(folder).resolve(), {}),
    }
    if verb not in verbs:
        raise SystemExit(__doc__)
    verbs[verb](*words)
