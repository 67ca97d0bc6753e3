"""Two acts timed in turn: the ratio of their processor times, on one thread."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

PAIRS = 11
SHORTEST = 0.004  # seconds that one look takes, by repetition; the clock's own step is far below
Act = Callable[[], object]


def seconds(act: Act, repeat: int, clock: Callable[[], float]) -> float:
    """What one run of an act takes, of several in a row."""
    start = clock()
    for _ in range(repeat):
        act()
    return (clock() - start) / repeat


def enough(act: Act, clock: Callable[[], float]) -> int:
    """How often an act is run in one look; it has been run then."""
    act()
    once = seconds(act, 1, clock)
    return max(1, round(SHORTEST / max(once, 1e-7)))


def compare(ours: Act, theirs: Act, *, pairs: int = PAIRS, wall: bool = False) -> dict[str, float]:
    """The median ratio of two acts over pairs of looks, either first in turn; the middle half of
    the ratios, and both medians in seconds. `wall` takes the clock on the wall, for acts of
    several threads.
    """
    clock = time.perf_counter if wall else time.process_time
    looks = {
        name: partial(seconds, act, enough(act, clock), clock)
        for name, act in (("ours", ours), ("theirs", theirs))
    }
    both = []
    for pair in range(pairs):
        order = ("ours", "theirs") if pair % 2 else ("theirs", "ours")
        times = {name: looks[name]() for name in order}
        both.append((times["ours"], times["theirs"]))
    ratios = [a / b for a, b in both]
    first, middle, third = statistics.quantiles(ratios, n=4)
    mine, other = (statistics.median(times) for times in zip(*both, strict=True))
    return {"ratio": middle, "low": first, "high": third, "ours": mine, "theirs": other}


def median_seconds(act: Act, looks: int = 5) -> float:
    """What an act takes on one processor."""
    repeat = enough(act, time.process_time)
    return statistics.median(seconds(act, repeat, time.process_time) for _ in range(looks))


def row(task: str, size: str, dtype: str, peer: str, found: dict[str, float]) -> dict[str, Any]:
    """A line of a table of ratios."""
    return {"task": task, "size": size, "dtype": dtype, "peer": peer} | found
