"""Counting whole numbers without keeping them: a distribution in bounded memory.

Values are counted exactly until there are more than 65,536 different ones; then they are rounded down to
multiples of 2, 4, 8, ... as far as needed. What is left does not depend on the order of the values.
"""

from __future__ import annotations

import numpy as np

from sim.model.results import Ints
from sim.study.statistics import LEVEL, Estimate, quantile_ranks

MOST = 1 << 16


class Tally:
    """How often each whole number was seen."""

    def __init__(self) -> None:
        self.values: Ints = np.empty(0, dtype=np.int64)
        self.counts: Ints = np.empty(0, dtype=np.int64)
        self.shift = 0
        """Values are kept to the multiple of 2**shift below them."""

    def add(self, values: Ints) -> None:
        """Count some more."""
        fresh, counts = np.unique(values >> self.shift << self.shift, return_counts=True)
        self._set(np.concatenate([self.values, fresh]), np.concatenate([self.counts, counts]))
        while self.values.size > MOST:
            self.shift += 1
            self._set(self.values >> self.shift << self.shift, self.counts)

    def _set(self, values: Ints, counts: Ints) -> None:
        self.values, where = np.unique(values, return_inverse=True)
        self.counts = np.bincount(where, weights=counts, minlength=self.values.size).astype(np.int64)

    @property
    def total(self) -> int:
        """How many values were counted."""
        return int(self.counts.sum())

    def mean(self) -> float:
        """Their mean, to the resolution that was kept."""
        return float((self.values * self.counts).sum() / self.total)

    def at_rank(self, rank: int) -> int | None:
        """The value at a rank from 1 in ascending order; None outside what was counted."""
        if not 1 <= rank <= self.total:
            return None
        return int(self.values[np.searchsorted(np.cumsum(self.counts), rank)])

    def quantile(self, share: float, level: float = LEVEL, *, never: int = 0, unit: float = 1.0) -> Estimate:
        """The quantile of all values, with its interval, divided by `unit`.

        never: how many more there were that lie above every number (places that did not fall): a quantile
        among them is None.
        """
        trials = self.total + never
        if not trials:
            return Estimate(None, None, None)
        value, low, high = (self.at_rank(rank) for rank in quantile_ranks(trials, share, level))
        return Estimate(_per(value, unit), _per(low, unit), _per(high, unit))


def _per(value: int | None, unit: float) -> float | None:
    return None if value is None else value / unit
