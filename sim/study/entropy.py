"""How uncertain the outcome is, in bits, and how much of that is the inputs and how much chance.

The entropy of outcomes splits exactly: H(outcome) = I(outcome; inputs) + H(outcome | inputs). The total comes
from the job's runs, the second term from the nested design: the entropy among the replicates of each draw of
the inputs, averaged over draws. The first term is their difference.

Plug-in entropies of small samples are too low (by about (K - 1) / 2n nats for K outcomes), and fifty
replicates are a small sample. Each entropy is estimated as Chao, Wang & Jost 2013 do
(doi:10.1111/2041-210X.12108): nearly unbiased once most of the probability has been seen, and a lower bound
otherwise. `coverage`, the share of probability seen (Good 1953; Chao & Jost 2012, doi:10.1890/11-1952.1),
says which of the two it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.model.results import Floats, Ints
from sim.study.statistics import LEVEL, Estimate, student, wilson, z_of

ENOUGH = 0.8
"""Share of probability that must have been seen for an entropy to count as measured: from there on the bias
is below 0.05 bit in the distributions tried."""

_BIT = math.log(2)


@dataclass(frozen=True)
class Split:
    """Entropies in bits with intervals. `inputs`, `chance` and `share_inputs` (of the total) are None without
    a nested design. `coverage` is the least share of probability seen in either sample; below 0.8 the
    entropies are lower bounds, and the split is indicative."""

    total: Estimate
    inputs: Estimate | None
    chance: Estimate | None
    share_inputs: float | None
    outcomes: int
    runs: int
    coverage: float
    draws: int
    replicates: int

    @property
    def undersampled(self) -> bool:
        """Whether too many outcomes were seen only once to measure the entropy."""
        return self.coverage < ENOUGH


def chao_wang_jost(counts: ArrayLike) -> float:
    """Entropy in bits of the distribution from which these counts of outcomes were drawn."""
    seen = _positive(counts)
    n = int(seen.sum())
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, max(n, 2)))])
    nats = float((seen / n * (harmonic[n - 1] - harmonic[seen - 1])).sum()) if n > 1 else 0.0
    once, twice = int((seen == 1).sum()), int((seen == 2).sum())
    return (nats + _unseen(n, once, twice)) / _BIT


def _unseen(n: int, once: int, twice: int) -> float:
    """What outcomes that were never seen add, in nats, judged by those seen once and twice.

    The published form, (f1/n) (1-A)^(1-n) (-log A - sum over r < n of (1-A)^r / r), is the series
    (f1/n) sum over j >= 1 of (1-A)^j / (n-1+j); where that is short it is summed, to avoid cancellation.
    """
    if once == 0 or n < 2:
        return 0.0
    if twice:
        a = 2 * twice / ((n - 1) * once + 2 * twice)
    else:
        a = 2 / ((n - 1) * (once - 1) + 2)
    if a >= 1:
        return 0.0
    decay = -math.log1p(-a)
    if decay * (n - 1) < 20:
        r = np.arange(1, n)
        rest = (-math.log(a) - float((np.exp(-decay * r) / r).sum())) * math.exp(decay * (n - 1))
    else:
        j = np.arange(1, math.ceil(40 / decay) + 1)
        rest = float((np.exp(-decay * j) / (n - 1 + j)).sum())
    return once / n * max(rest, 0.0)


def coverage(counts: ArrayLike) -> float:
    """Share of the probability of all outcomes that belongs to outcomes seen at least once."""
    seen = _positive(counts)
    n, once, twice = int(seen.sum()), int((seen == 1).sum()), int((seen == 2).sum())
    if once == 0:
        return 1.0
    if n == 1:
        return 0.0
    pairs, spread = (2 * twice, (n - 1) * once) if twice else (2, (n - 1) * (once - 1))
    return 1 - once / n * spread / (spread + pairs)


def entropy(counts: ArrayLike, level: float = LEVEL) -> Estimate:
    """Entropy in bits with its interval: the delta method, and its second order where all outcomes are about
    equally likely. When one outcome was seen only, the interval reaches to the entropy of a second outcome as
    likely as Wilson's bound allows."""
    seen = _positive(counts)
    n = int(seen.sum())
    value = chao_wang_jost(seen)
    half = z_of(level) * math.sqrt(_variance(seen))
    return Estimate(value, max(0.0, value - half), max(value + half, _rarest(seen, n, level)))


def split(total: ArrayLike, nested: Sequence[ArrayLike], level: float = LEVEL) -> Split:
    """Split the entropy of outcomes.

    total: counts of each outcome over the runs of the job. nested: for each draw of the inputs, counts of the
    outcomes of its replicates (independent draws; outcomes need not be in one order).
    """
    whole = entropy(total, level)
    seen = _positive(total)
    runs, kinds, covered = int(seen.sum()), int(seen.size), coverage(seen)
    if len(nested) < 2:
        return Split(whole, None, None, None, kinds, runs, covered, 0, 0)
    each = np.array([chao_wang_jost(counts) for counts in nested])
    weights = np.array([np.sum(counts) for counts in nested])
    # Draws are independent, so the scatter of their entropies holds both what differs between draws and the
    # noise of few replicates.
    middle, error = float(each.mean()), float(each.std(ddof=1) / math.sqrt(each.size))
    half = student(level, each.size - 1) * error
    odd = sum(int(np.sum(counts) - np.max(counts)) for counts in nested)
    ceiling = _binary(float(wilson(0, int(weights.sum()), level)[1])) if odd == 0 else 0.0
    chance = Estimate(middle, max(0.0, middle - half), max(middle + half, ceiling))
    assert whole.value is not None
    difference = whole.value - middle
    half = math.hypot(half, z_of(level) * math.sqrt(_variance(seen)))
    inputs = Estimate(max(0.0, difference), max(0.0, difference - half), max(0.0, difference + half))
    share = min(1.0, max(0.0, difference / whole.value)) if whole.value > 0 else None
    inner = float(np.average([coverage(counts) for counts in nested], weights=weights))
    return Split(whole, inputs, chance, share, kinds, runs, min(covered, inner), each.size, int(weights.max()))


def _positive(counts: ArrayLike) -> Ints:
    array = np.asarray(counts, dtype=np.int64).ravel()
    return array[array > 0]


def _variance(seen: Ints) -> float:
    """Sampling variance of the entropy in bits squared."""
    n = int(seen.sum())
    share: Floats = seen / n
    surprise = -np.log(share)
    first = float((share * surprise**2).sum() - (share * surprise).sum() ** 2) / n
    return float(max(first, 0.0) + (seen.size - 1) / (2 * n * n)) / _BIT**2


def _rarest(seen: Ints, n: int, level: float) -> float:
    return _binary(float(wilson(0, n, level)[1])) if seen.size == 1 else 0.0


def _binary(p: float) -> float:
    """Entropy in bits of a coin with odds p and 1 - p."""
    return 0.0 if p <= 0 or p >= 1 else -(p * math.log2(p) + (1 - p) * math.log2(1 - p))
