"""Intervals for what many runs estimate.

Proportions: Wilson's score interval. It is closed, stays inside 0 and 1, is never empty when nothing was
seen, and covers close to its nominal level on average (Brown, Cai & DasGupta 2001,
doi:10.1214/ss/1009213286). Quantiles: order statistics, exact for any distribution (David & Nagaraja 2003,
Order Statistics, section 7.1).
Differences of paired proportions: Agresti & Min 2005, doi:10.1002/sim.1781 (Wald after half an observation is
added to each cell). Means: Student's t.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from sim.model.results import Floats

LEVEL = 0.95
"""Coverage of an interval unless another is asked for."""


ROUNDING = 1e-12
"""Share of a sum of squares below which a difference of two such sums is rounding."""


@dataclass(frozen=True)
class Estimate:
    """A number and its interval. A value of None stands for "never": beyond the end of the scenario. An end of None is
    one that so few runs do not give, or "never"."""

    value: float | None
    low: float | None
    high: float | None


def z_of(level: float) -> float:
    """Half-width of a two-sided interval of this level, in standard errors."""
    assert 0 < level < 1, f"level must lie between 0 and 1 (got {level})"
    return NormalDist().inv_cdf(0.5 + level / 2)


def wilson(successes: Any, trials: Any, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Wilson's interval for a proportion, elementwise; `trials` at least 1."""
    z2 = z_of(level) ** 2
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    share = k / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    # At the ends rounding would leave 1e-19 where the formula gives 0.
    return np.where(k == 0, 0.0, centre - half), np.where(k == n, 1.0, centre + half)


def proportion(successes: int, trials: int, level: float = LEVEL) -> Estimate:
    """A share with its Wilson interval."""
    low, high = wilson(successes, trials, level)
    return Estimate(successes / trials, float(low), float(high))


def quantile_ranks(trials: int, share: float, level: float = LEVEL) -> tuple[int, int, int]:
    """Ranks (from 1) of the order statistics that estimate a quantile and bound it.

    The true quantile lies from the low to the high one with at least this probability, whatever the
    distribution. A rank of 0 or trials + 1 means that the sample is too small to bound it on that side.
    """
    tail = (1 - level) / 2
    # The number of observations below the quantile is binomial; its distribution within 12 deviations.
    deviation = math.sqrt(trials * share * (1 - share))
    first = max(0, math.floor(trials * share - 12 * deviation - 12))
    last = min(trials, math.ceil(trials * share + 12 * deviation + 12))
    counts = np.arange(first, last)
    steps = np.log((trials - counts) / (counts + 1)) + math.log(share / (1 - share))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    masses = np.exp(logs - logs.max())
    below = np.cumsum(masses / masses.sum())
    low = first + int(np.searchsorted(below, tail, side="right"))
    high = first + int(np.searchsorted(below, 1 - tail, side="left")) + 1
    return min(trials, math.ceil(trials * share - 1e-9) or 1), low, high


def student(level: float, degrees: float) -> float:
    """Half-width in standard errors for a mean: Student's t, by Abramowitz & Stegun 26.7.5 (within 0.1 %
    from five degrees of freedom; wide enough below)."""
    z = z_of(level)
    if degrees < 1:
        return math.inf
    if degrees < 3:
        # Closed forms: the expansion fails here.
        tail = math.pi * level / 2
        return math.tan(tail) if degrees < 2 else level * math.sqrt(2 / (1 - level * level))
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / degrees ** (power + 1) for power, term in enumerate(terms))


def mean(values: Iterable[float], level: float = LEVEL) -> Estimate:
    """The mean of independent values with Student's interval (none from a single value, or from values all alike)."""
    array = np.asarray(list(values), dtype=float)
    return mean_from_sums(array.size, float(array.sum()), float((array * array).sum()), level)


def mean_from_sums(count: int, total: float, squares: float, level: float = LEVEL) -> Estimate:
    """The same from the number of values, their sum and the sum of their squares."""
    centre, scatter = total / count, variance(count, total, squares)
    if not scatter:
        return Estimate(centre, None, None)
    half = student(level, count - 1) * math.sqrt(scatter / count)
    return Estimate(centre, centre - half, centre + half)


def variance(count: int, total: float, squares: float) -> float:
    """Variance (n - 1) from sums; 0 rather than a rounding error about it."""
    apart = squares - total * total / count
    return apart / (count - 1) if count > 1 and apart > ROUNDING * squares else 0.0


def paired_difference(
    only_first: Any, only_second: Any, trials: int, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """Difference of two proportions seen on the same runs: value, low, high, elementwise.

    only_first, only_second: runs in which only the first, or only the second, had the outcome.
    """
    b, c = np.asarray(only_first, dtype=float), np.asarray(only_second, dtype=float)
    difference = (b - c) / trials
    b, c, n = b + 0.5, c + 0.5, trials + 2
    centre = (b - c) / n
    half = z_of(level) * np.sqrt((b + c) - (b - c) ** 2 / n) / n
    return difference, np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)
