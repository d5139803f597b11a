"""What more worker processes bring: the same job played by one and by several, in turns, by the clock on the wall.

One worker plays in this process and several play in processes of their own, as `sim run --workers` does. Both are
warm: what it takes to start processes and to compile the scenario in them is left out.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.errors import UsageError
from sim.files.job import Job, Span
from sim.study.engine import find_engine, play_span
from sim.study.workers import LocalPool

WARMING = 512
"""Runs that each worker plays before the clock starts."""


@dataclass(frozen=True)
class Scaling:
    """How fast several workers were and how much faster than one (median, lowest and highest over the rounds)."""

    workers: int
    runs: int
    one_runs_per_s: float
    several_runs_per_s: float
    several_over_one: tuple[float, float, float]


def scaling(job: Job, workers: int, rounds: int, say: Callable[[str], None]) -> Scaling:
    """Time `job` with one worker and with several, `rounds` times each. Raises UsageError for fewer than two."""
    if workers < 2:
        raise UsageError(f"there must be at least 2 workers to compare with one (got {workers})")
    spans = job.missing([])
    alone, together = [], []
    pool = LocalPool(workers)
    done = False
    try:
        _several(pool, job, [Span(WARMING * i, WARMING * (i + 1)) for i in range(workers)])
        _one(job, [Span(0, WARMING)])
        for i in range(rounds):
            say(f"workers, round {i + 1} of {rounds}")
            first_alone = i % 2 == 0  # whoever comes first is not always the same
            if first_alone:
                alone.append(_one(job, spans))
            together.append(_several(pool, job, spans))
            if not first_alone:
                alone.append(_one(job, spans))
        done = True
    finally:
        pool.close(now=not done)
    ratios = [one / several for one, several in zip(alone, together, strict=True)]
    return Scaling(
        workers=workers,
        runs=job.runs,
        one_runs_per_s=job.runs / statistics.median(alone),
        several_runs_per_s=job.runs / statistics.median(together),
        several_over_one=(statistics.median(ratios), min(ratios), max(ratios)),
    )


def _one(job: Job, spans: Sequence[Span]) -> float:
    """Seconds in which this process plays them."""
    start = time.perf_counter()
    for span in spans:
        play_span(find_engine(job.engine), job, span, False)
    return time.perf_counter() - start


def _several(pool: LocalPool, job: Job, spans: Sequence[Span]) -> float:
    """Seconds in which the pool plays them and hands them over."""
    start = time.perf_counter()
    for future in [pool.submit(play_span, find_engine(job.engine), job, span, False) for span in spans]:
        future.result()
    return time.perf_counter() - start
