"""The curves that rules read: made once here, read by interpolation everywhere.

Exponentials and logarithms differ in the last bit between scalar and array code; tables do not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

STEPS = 1024

SURE = 1e-3
"""Shares of power nearer to 0 or 1 than this are read as this: nobody's logarithm is infinite."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Tables over 0..1 at STEPS + 1 points (float64 arrays; lists in the reference engine).

    exponential, normal: quantiles of the unit exponential and the standard normal, both cut at either end.
    ground_gained, strain, promise: of a side's share of fighting power s, with z = log2(s / (1 - s)): z, cut at
    either end; a line through 1 at z = 1, cut to nothing and at the top; a logistic of z.
    peril: the mean promise to somebody who comes with any part of his strength, all parts being equally likely.
    """

    exponential: Any
    normal: Any
    ground_gained: Any
    strain: Any
    promise: Any
    peril: Any


def make_curves(numbers: Mapping[str, float]) -> Curves:
    """All tables. numbers: the `curves` of the parameters."""
    grid = np.linspace(0.0, 1.0, STEPS + 1)
    cut, even = numbers["luck_cut"], numbers["strain_even"]
    inside = np.clip(grid, cut, 1.0 - cut)
    normal = np.array([NormalDist().inv_cdf(float(p)) for p in inside])
    log_odds = np.array([math.log2(s / (1 - s)) for s in np.clip(grid, SURE, 1 - SURE)])
    parts = np.log2((np.arange(STEPS)[:, None] + 0.5) / STEPS)

    def promise(z: Any) -> Any:
        return 1.0 / (1.0 + np.exp2(-numbers["promise_steepness"] * z))

    return Curves(
        exponential=-np.log(1.0 - inside),
        normal=normal,
        ground_gained=np.clip(log_odds, -numbers["setback_cap"], numbers["advance_cap"]),
        strain=np.clip(even + (1.0 - even) * log_odds, 0.0, numbers["strain_cap"]),
        promise=promise(log_odds),
        peril=promise(log_odds + parts).mean(axis=0),
    )
