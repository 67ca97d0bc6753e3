"""A limit in seconds for what may never end, in any thread of any process.

The seconds are those that the thread works, where the system tells, so that a busy machine decides
nothing. A signal would reach the main thread only: here a second thread raises `_TooLong` in the
first, again and again, until the work has ended.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from threading import Event, RLock, Thread, get_ident
from typing import TypeVar

from xentlib.verify._errors import Undecided

T = TypeVar("T")


class _TooLong(BaseException):
    """Raised in the middle of the work; no `except Exception` of a library stops it."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What the work gives; raise `Undecided` if it takes longer."""
    ended, lock, worker = Event(), RLock(), get_ident()
    clock = _clock_of(worker)
    end = clock() + seconds

    def watch() -> None:
        while not ended.wait(max(end - clock(), 0.1)):
            with lock:
                if clock() >= end and not ended.is_set():
                    _raise_in(worker, _TooLong)

    def stop() -> None:
        with lock:
            ended.set()
            _raise_in(worker, None)  # what was raised too late is taken back

    try:
        try:
            Thread(target=watch, daemon=True).start()
            return work()
        finally:
            stop()
    except _TooLong:
        stop()  # the first may have been interrupted; the lock lets its own thread in again
        raise Undecided(f"undecided after {seconds:g} s") from None


def _clock_of(thread: int) -> Callable[[], float]:
    try:
        clock = time.pthread_getcpuclockid(thread)
    except (AttributeError, OSError):
        return time.monotonic
    return lambda: time.clock_gettime(clock)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    raised = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
