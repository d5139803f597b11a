"""Ends that come from outside: Ctrl-C, and a request to the process to end (SIGTERM)."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sim.errors import Interrupted


@contextmanager
def stoppable(message: Callable[[], str]) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into Interrupted. SIGTERM is caught in the main thread only."""
    terminated = False

    def stop(number: int, frame: object) -> None:
        nonlocal terminated
        terminated = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop) if in_main_thread() else None
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(message(), 143 if terminated else 130) from None
    finally:
        if in_main_thread():
            signal.signal(signal.SIGTERM, before)


@contextmanager
def asking_first(ask: Callable[[], None]) -> Iterator[None]:
    """Make the first Ctrl-C call `ask`; the next interrupts as ever. Where Ctrl-C is not for us, nothing is changed."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or not in_main_thread():
        yield
        return

    def first(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        ask()

    signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def in_main_thread() -> bool:
    """Whether this is where signals are caught."""
    return threading.current_thread() is threading.main_thread()
