"""Worker processes that leave nothing behind, whatever ends the process that started them.

A worker waits on one end of a pipe, its lifeline; the parent holds the other end and never writes. When the
parent closes it, or dies in any way, the worker ends at once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any

from sim.study.memory import keep_freed
from sim.study.stopping import in_main_thread

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class LocalPool:
    """Some worker processes on this machine, one thread each."""

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        _start_cleaner()
        self._reader, self._lifeline = context.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(self._reader,))

    def submit(self, task: Callable[..., Any], /, *arguments: object) -> Future[Any]:
        """As an executor does. Raises BrokenProcessPool after a worker died."""
        with _spawning():
            return self._executor.submit(task, *arguments)

    def close(self, *, now: bool) -> None:
        """End the workers: `now`, whatever they are doing, or when they have finished."""
        if now:
            self._lifeline.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._lifeline.close()
        self._reader.close()


@contextmanager
def _spawning() -> Iterator[None]:
    """Start processes with one numerical thread each, deaf to Ctrl-C, and without running the user's script again in
    them (so that scripts and notebooks need no `if __name__ == "__main__"`)."""
    main = sys.modules["__main__"]
    interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN) if in_main_thread() else None
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        with _environment(dict.fromkeys(_ONE_THREAD, "1")):
            yield
    finally:
        if in_main_thread():
            signal.signal(signal.SIGINT, interrupt)
        sys.modules["__main__"] = main


def _start_cleaner() -> None:
    """Start the process with which Python removes the semaphores of a parent that was killed, without its remark."""
    if os.name == "nt":  # they go by themselves there
        return
    filters = [os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker"]
    with _environment({"PYTHONWARNINGS": ",".join(filter(None, filters))}):
        resource_tracker.ensure_running()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Have variables of the environment for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _begin(lifeline: Connection) -> None:
    """First thing in a worker. Ctrl-C reaches the whole process group; it is for the parent to decide. Not every
    system starts workers deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_freed()
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection) -> None:
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)
