"""Scripts that run without a page, while the book is built and tested."""

import atexit

from py_mini_racer import MiniRacer


def engine(*scripts: str) -> MiniRacer:
    """An engine that has run some scripts, each without its last value, which may be of a kind
    that does not come across.
    """
    context = MiniRacer()
    atexit.register(context.close)  # left to the end of Python, it may hang there
    for script in scripts:
        context.eval(script + "\n0")
    return context
