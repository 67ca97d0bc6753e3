"""Runs a command while no other make of this folder runs; a second one waits, and says so.

    python tools/alone.py COMMAND ...

The lock is the kernel's: it ends with the command, however that ends.
"""

import fcntl
import os
import sys
from pathlib import Path

LOCK = Path("_build/lock")

if __name__ == "__main__":
    try:
        LOCK.parent.mkdir(exist_ok=True)
        descriptor = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        sys.exit(f"make: {LOCK.parent} cannot be written to: {error.strerror}")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("make: another make runs in this folder; waiting for it", file=sys.stderr, flush=True)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.set_inheritable(descriptor, True)
    os.execvp(sys.argv[1], sys.argv[1:])
