"""Who plays the blocks of a job: this process, worker processes of its own, or an executor that somebody else made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import islice
from typing import Any, Self, TypeVar

from sim.errors import SimError
from sim.files.job import Span
from sim.study.workers import LocalPool

FLYING = 16
"""How many blocks an executor that somebody else made is given at a time."""

PATIENCE = 3
"""How often in a row workers may die without any block being finished."""

Task = Callable[[Span], Any]
Keep = Callable[[Span, Any], None]
Item = TypeVar("Item")
Made = TypeVar("Made")


class Crew:
    """Use as a context manager: leaving it ends the processes it started."""

    def __init__(self, workers: int, executor: Executor | None = None) -> None:
        self._workers = workers
        self._executor = executor
        self._pool: LocalPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._dismiss(now=kind is not None)

    def play(self, task: Task, spans: Sequence[Span], keep: Keep) -> None:
        """Play blocks, and keep each as soon as it is played. `task` and what it makes must be fit for pickling.

        Raises SimError if workers keep dying, and whatever task or keep raise.
        """
        if self._executor is None and (self._workers == 1 or len(spans) < 2):
            for span in spans:
                keep(span, task(span))
            return
        waiting = deque(spans)
        deaths = 0
        while waiting and deaths < PATIENCE:
            before = len(waiting)
            if self._executor is not None:
                deaths = 0 if _drain(self._executor, task, waiting, keep, FLYING) else PATIENCE
                continue
            if not _drain(self._local(before), task, waiting, keep, 2 * self._workers):
                self._dismiss(now=True)
            deaths = 0 if len(waiting) < before else deaths + 1
        if waiting:
            raise SimError(
                f"worker processes keep dying while they play runs {waiting[0].first} to {waiting[0].stop - 1}; "
                "most often memory has run out: use fewer workers or smaller blocks"
            )

    def spread(self, task: Callable[[Item], Made], items: Sequence[Item]) -> Iterator[Made]:
        """As `map` does, but by the workers on this machine if there are any: a few in advance, handed out in order."""
        done = 0
        if self._workers > 1 and self._executor is None and len(items) > 1:
            try:
                for made in _ahead(self._local(len(items)), task, items, self._workers + 1):
                    yield made
                    done += 1
            except BrokenExecutor:  # the workers died: the rest is made here
                self._dismiss(now=True)
        yield from map(task, items[done:])

    def _local(self, most: int) -> LocalPool:
        """The workers on this machine, hired when they are first needed."""
        if self._pool is None:
            self._pool = LocalPool(min(self._workers, most))
        return self._pool

    def _dismiss(self, *, now: bool) -> None:
        if self._pool is not None:
            self._pool.close(now=now)
            self._pool = None


def _drain(pool: Executor | LocalPool, task: Task, waiting: deque[Span], keep: Keep, most: int) -> bool:
    """Play what waits, at most so many blocks at a time. If workers die, what they had waits again: False."""
    flying: dict[Future[Any], Span] = {}
    try:
        while waiting or flying:
            while waiting and len(flying) < most:
                flying[pool.submit(task, waiting[0])] = waiting[0]
                waiting.popleft()
            finished, _ = wait(flying, timeout=1, return_when=FIRST_COMPLETED)
            for future in finished:
                data = future.result()
                keep(flying.pop(future), data)
    except BrokenExecutor:
        for future, span in flying.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                keep(span, future.result())
            else:
                waiting.append(span)
        flying.clear()
        ordered = sorted(waiting)
        waiting.clear()
        waiting.extend(ordered)
        return False
    finally:
        for future in flying:
            future.cancel()
    return True


def _ahead(pool: LocalPool, task: Callable[[Item], Made], items: Iterable[Item], most: int) -> Iterator[Made]:
    """What is made of the items, in order, while at most so many are at work."""
    left = iter(items)
    flying = deque(pool.submit(task, item) for item in islice(left, most))
    while flying:
        yield flying[0].result()
        flying.popleft()
        flying.extend(pool.submit(task, item) for item in islice(left, 1))
