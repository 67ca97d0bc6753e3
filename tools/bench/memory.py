"""How much memory a loss takes beyond its input, in percent of the logits. As the system counts
it, so that libraries that do not use NumPy's memory are seen too; Linux only.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import peers
from losses import OURS, TAKES, batch, size_of

ROWS, CLASSES = 100_000, 100
TASKS = ("soft loss", "hard loss", "soft loss and gradient")
PROCESS = Path("/proc/self")
RESET_PEAK = "5"  # proc(5), clear_refs


def _resident(line: str) -> int:
    """A line of the process's own status, in bytes."""
    for found in (PROCESS / "status").read_text().splitlines():
        if found.startswith(line):
            return int(found.split()[1]) * 1024
    raise LookupError(f"no line {line} in {PROCESS / 'status'}")


def extra(act: Callable[[], object]) -> int:
    """Bytes that an act takes at its peak, what it returns included."""
    act()
    (PROCESS / "clear_refs").write_text(RESET_PEAK)
    before = _resident("VmRSS")
    act()
    return max(0, _resident("VmHWM") - before)


def table() -> Iterator[dict[str, Any]]:
    """Each task beside each peer, less the gradient that is asked for."""
    arrays = batch(ROWS, CLASSES)
    size = arrays["z"].nbytes
    for task in TASKS:
        given = [arrays[name] for name in TAKES[task]]
        calls = {"xentlib": partial(OURS[task], *given)}
        for name, (tasks, array) in peers.found().items():
            if task in tasks:
                calls[name] = partial(tasks[task], *map(array, given))
        asked = size if "gradient" in task else 0
        for name, call in calls.items():
            percent = 100 * (extra(call) - asked) / size
            yield {
                "task": task,
                "size": size_of(ROWS, CLASSES),
                "of": name,
                "percent": max(0.0, percent),
            }
