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


def never() -> bool:
    """Nobody wants it to stop."""
    return False


class Crew:
    """Use as a context manager: leaving it ends the processes it started. `stop` says whether to begin no more."""

    def __init__(self, workers: int, executor: Executor | None = None, stop: Callable[[], bool] = never) -> None:
        self._workers = workers
        self._executor = executor
        self._stop = stop
        self._pool: LocalPool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._dismiss(now=kind is not None)

    def play(self, task: Task, spans: Sequence[Span], keep: Keep) -> None:
        """Play blocks, and keep each as soon as it is played. `task` and what it makes must be fit for pickling.

        Raises KeyboardInterrupt if it was to stop and blocks are left, SimError if workers keep dying, and whatever
        task or keep raise.
        """
        waiting = deque(spans)
        if self._executor is None and (self._workers == 1 or len(spans) < 2):
            while waiting and not self._stop():
                keep(waiting[0], task(waiting[0]))
                waiting.popleft()
        deaths = 0
        while waiting and not self._stop():
            before = len(waiting)
            if not self._drain(task, waiting, keep):
                self._dismiss(now=True)
                deaths = 0 if len(waiting) < before else deaths + 1
                if waiting and (deaths == PATIENCE or self._executor is not None):
                    raise SimError(
                        f"worker processes keep dying while they play runs {waiting[0].first} to "
                        f"{waiting[0].stop - 1}; most often memory has run out: use fewer workers or smaller blocks"
                    )
        if waiting:
            raise KeyboardInterrupt

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

    def _drain(self, task: Task, waiting: deque[Span], keep: Keep) -> bool:
        """Play what waits until nothing does, or it is to stop. If workers die, what they had waits again: False."""
        pool: Executor | LocalPool = self._executor or self._local(len(waiting))
        most = self._workers if self._executor is None else FLYING
        flying: dict[Future[Any], Span] = {}
        try:
            while waiting or flying:
                if self._stop():
                    _take_back(flying, waiting)
                    if not flying:
                        break
                else:  # before anything is kept, which takes a while: nobody is to wait for work
                    busy = sum(not future.done() for future in flying)
                    for _ in range(min(len(waiting), most - busy)):
                        flying[pool.submit(task, waiting[0])] = waiting[0]
                        waiting.popleft()
                for future in [future for future in flying if future.done()]:
                    keep(flying[future], future.result())
                    del flying[future]
                wait(flying, timeout=1, return_when=FIRST_COMPLETED)
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

    def _local(self, most: int) -> LocalPool:
        """The workers on this machine, hired when they are first needed."""
        if self._pool is None:
            self._pool = LocalPool(min(self._workers, most))
        return self._pool

    def _dismiss(self, *, now: bool) -> None:
        if self._pool is not None:
            self._pool.close(now=now)
            self._pool = None


def _ahead(pool: LocalPool, task: Callable[[Item], Made], items: Iterable[Item], most: int) -> Iterator[Made]:
    """What is made of the items, in order, while at most so many are at work."""
    left = iter(items)
    flying = deque(pool.submit(task, item) for item in islice(left, most))
    while flying:
        yield flying[0].result()
        flying.popleft()
        flying.extend(pool.submit(task, item) for item in islice(left, 1))


def _take_back(flying: dict[Future[Any], Span], waiting: deque[Span]) -> None:
    """Let what nobody has begun wait again."""
    for future in list(flying):
        if future.cancel():
            waiting.append(flying.pop(future))
