"""Ranks and rank agreement, with ties."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mean_rank(values: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rank of each value, 1 for the highest; equal values share the mean of their ranks."""
    _, group, count = np.unique(-values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    mean: NDArray[np.float64] = (last - (count - 1) / 2)[group]
    return mean


def kendall_tau(rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Kendall's tau-b between every two rows (C, P), corrected for ties; nan where a row does not vary.

    Source: Kendall (1945), The treatment of ties in ranking problems, Biometrika 33(3).
    """
    first, second = np.triu_indices(rows.shape[1], 1)
    signs = np.sign(rows[:, first] - rows[:, second]).astype(np.float64)
    agreement = signs @ signs.T
    untied = np.diag(agreement)
    scale = np.sqrt(np.outer(untied, untied))
    tau: NDArray[np.float64] = np.full_like(agreement, np.nan)
    np.divide(agreement, scale, out=tau, where=scale > 0)
    return tau
