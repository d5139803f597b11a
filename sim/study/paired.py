"""Two jobs of one seed, run by run: the pairs, and what their differences are with intervals.

Run k of both uses the same random numbers for the same people, purposes and occasions, so that what differs within a
pair follows from what was changed. Sums are of shapes that do not depend on how many runs there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.model.results import Block, Ints, Labels
from sim.study.chunks import select, windows
from sim.study.control import falls_of
from sim.study.ensemble import Ensemble
from sim.study.statistics import Estimate, mean_from_sums, paired_difference, variance

WINDOW = 4096
"""Runs compared at a time."""


@dataclass(frozen=True)
class Difference:
    """`second - first` of one quantity: both means, and the difference with its paired interval.

    unpaired_runs: how many runs of each job an unpaired comparison would have needed for the same interval;
    None where all runs differ by the same, or none does (no number would do).
    """

    first: float
    second: float
    difference: Estimate
    unpaired_runs: int | None

    @property
    def seen(self) -> bool:
        """Whether any run differs."""
        return self.unpaired_runs is not None or bool(self.difference.value)

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return leaves_out_zero(self.difference)


def leaves_out_zero(estimate: Estimate) -> bool:
    """Whether there is an interval, and 0 is not in it."""
    low, high = estimate.low, estimate.high
    return low is not None and high is not None and (low > 0 or high < 0)


Differences = Callable[..., Difference]
"""The difference at an index of whatever was summed."""


class PairedMeans:
    """Of quantities of any shape: means over runs, differences with Student's intervals."""

    def __init__(self, *shape: int) -> None:
        self.shape = shape
        self._runs = 0
        self._sums = np.zeros((6, *shape))  # of first, second, second - first, and of their squares

    def add(self, first: ArrayLike, second: ArrayLike) -> None:
        """Add the same runs of both jobs: (*shape, runs) each."""
        one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
        parts = one, two, two - one
        self._runs += one.shape[-1]
        self._sums += np.array([*(x.sum(axis=-1) for x in parts), *((x * x).sum(axis=-1) for x in parts)])

    def differences(self, level: float) -> Differences:
        """What the sums say, by index; needs at least one run."""
        runs = self._runs

        def at(*index: int) -> Difference:
            first, second, difference, *squares = (float(total[index]) for total in self._sums)
            apart = variance(runs, first, squares[0]) + variance(runs, second, squares[1])
            together = variance(runs, difference, squares[2])
            estimate = mean_from_sums(runs, difference, squares[2], level)
            return Difference(first / runs, second / runs, estimate, _unpaired(runs, apart, together))

        return at


class PairedOdds:
    """Of who holds what: shares of runs by place and faction, differences with Agresti & Min's intervals."""

    def __init__(self, places: int, factions: int) -> None:
        self.shape = places, factions
        self._runs = 0
        self._first, self._second, self._both = (np.zeros((places, factions), np.int64) for _ in range(3))

    def add(self, first: Ints, second: Ints, factions: Sequence[tuple[int, int]]) -> None:
        """Add the same runs of both jobs: (places, runs) holders each. factions: the index of each in both."""
        self._runs += first.shape[-1]
        for column, (f, g) in enumerate(factions):
            held, holds = first == f, second == g
            self._first[:, column] += held.sum(axis=1)
            self._second[:, column] += holds.sum(axis=1)
            self._both[:, column] += (held & holds).sum(axis=1)

    def differences(self, level: float) -> Differences:
        """What the counts say, by index; needs at least one run."""
        runs, both = self._runs, self._both
        value, low, high = paired_difference(self._second - both, self._first - both, runs, level)
        p, q = self._first / runs, self._second / runs
        apart, together = p * (1 - p) + q * (1 - q), (p + q - 2 * both / runs) - (q - p) ** 2

        def at(*index: int) -> Difference:
            estimate = Estimate(float(value[index]), float(low[index]), float(high[index]))
            needed = _unpaired(runs, float(apart[index]), float(together[index]))
            return Difference(float(p[index]), float(q[index]), estimate, needed)

        return at


def _unpaired(runs: int, apart: float, together: float) -> int | None:
    """Runs of each job for which independent jobs would give this interval; None if pairs do not scatter."""
    return math.ceil(runs * apart / together) if together > 0 else None


def pairs(one: Ensemble, two: Ensemble) -> Iterator[tuple[Block, Block]]:
    """Blocks of both with the same runs, whatever the two were cut into."""
    others = windows(two.iter_blocks(), WINDOW)
    other = next(others, None)
    for window, a in windows(one.iter_blocks(), WINDOW):
        while other is not None and other[0] < window:
            other = next(others, None)
        if other is None:
            return
        if other[0] == window:
            b = other[1]
            if not np.array_equal(a.run, b.run):
                # One job is longer than the other: they share a beginning of this window.
                first, stop = max(a.run[0], b.run[0]), min(a.run[-1], b.run[-1]) + 1
                a, b = select(a, first, stop), select(b, first, stop)
                assert np.array_equal(a.run, b.run), "runs of a job have no gaps"
            yield a, b


def falls_or_end(block: Block, labels: Labels, horizon: int) -> Ints:
    """(places, runs): tick at which each place first fell; the end where it never did."""
    fell = falls_of(block, labels)
    return np.where(fell < 0, horizon, fell)


def runs_apart(a: Block, b: Block) -> Ints:
    """Ids of the runs whose changes of hands differ (run, tick, place, from, to). Places and factions must be the same
    in both."""
    rows = [set(map(tuple, block.change[:5].T.tolist())) for block in (a, b)]
    return np.array(sorted({row[0] for row in rows[0] ^ rows[1]}), dtype=np.int64)
