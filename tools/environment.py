"""The surroundings in which everything runs: fixed, whatever the user's own settings say.

    python -I tools/environment.py COMMAND ...      runs a command in them

A setting of pytest, Python, Jupyter, Matplotlib or the locale must change no result: none is let
through, but for the few names without which nothing can be found, installed or asked of make.
"""

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
BYTECODE = BUILD / "bytecode"
LET_THROUGH = {"PATH", "TMPDIR", "TERM", "LD_LIBRARY_PATH", "MAKEFLAGS", "MAKELEVEL"}
LET_THROUGH |= {"PYTHON", "PYTHONS", "CH", "MODULES", "SSL_CERT_FILE", "SSL_CERT_DIR"}
LET_THROUGH |= {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}
INSTALLERS = ("PIP_", "UV_")
FIXED = {
    "HOME": str(BUILD / "home"),
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONUTF8": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTHONPYCACHEPREFIX": str(BYTECODE),  # written when needed, outside of the tree
    "MPLCONFIGDIR": str(BUILD / "matplotlib"),
    "IPYTHONDIR": str(BUILD / "ipython"),
    "JUPYTER_CONFIG_DIR": str(BUILD / "jupyter"),
    "JUPYTER_DATA_DIR": str(BUILD / "jupyter"),
    "JUPYTER_RUNTIME_DIR": str(BUILD / "jupyter" / "runtime"),
    "JUPYTER_NO_CONFIG": "1",
    "JUPYTER_PLATFORM_DIRS": "1",
    "SYMPY_CACHE_SIZE": "50000",  # of 1000, results are lost before a chain asks for them again
    # one thread each: two notebooks run side by side, and sums come out in one order
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
# where outputs must hold too: another time zone, language and order of sets, an old processor
ELSEWHERE = {
    "LC_ALL": "C",
    "TZ": "Asia/Tokyo",
    "PYTHONUTF8": "0",
    "PYTHONHASHSEED": "7",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Nehalem",
}


def fixed(**more: str) -> dict[str, str]:
    """The variables of the fixed surroundings, and those that are named on top of them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in LET_THROUGH or name.startswith(INSTALLERS)
    }
    return {**kept, **FIXED, **more}


def chromium() -> str:
    """The browser that looks at pages and prints them."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), "")
    return found or sys.exit("Chromium is missing; on Debian: apt-get install chromium")


if __name__ == "__main__":
    home = os.environ.get("HOME", FIXED["HOME"])  # pip's and git's settings lie there
    os.umask(0o022)
    # of the packages only: an edit of our own within one second could be taken for what it replaced
    shutil.rmtree(f"{BYTECODE}{ROOT}/xentlib", ignore_errors=True)
    os.execvpe(sys.argv[1], sys.argv[1:], fixed(HOME=home))
