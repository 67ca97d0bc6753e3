"""`python -m xentlib.command` is the command `xentlib`."""

import sys

from xentlib.command import main

if __name__ == "__main__":
    sys.exit(main())
