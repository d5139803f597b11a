"""The curves that rules read: made once here, read by interpolation everywhere.

Exponentials and logarithms differ in the last bit between scalar and array code; tables do not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

STEPS = 1024


@dataclass(frozen=True, slots=True)
class Curves:
    """Tables over 0..1 at STEPS + 1 points (float64 arrays; lists in the reference engine).

    exponential, normal: quantiles of the unit exponential and the standard normal, both cut at 0.5 and 99.5 %.
    ground_gained, strain, promise: of a side's share of fighting power s, with z = log2(s / (1 - s)):
    z cut to -1..3; (z + 1) / 2 cut to 0..2.5; the logistic of 2 z.
    """

    exponential: Any
    normal: Any
    ground_gained: Any
    strain: Any
    promise: Any


def make_curves() -> Curves:
    """All tables."""
    grid = np.linspace(0.0, 1.0, STEPS + 1)
    inside = np.clip(grid, 0.005, 0.995)
    normal = np.array([NormalDist().inv_cdf(float(p)) for p in inside])
    log_odds = np.array([math.log2(s / (1 - s)) for s in np.clip(grid, 1e-3, 1 - 1e-3)])
    return Curves(
        exponential=-np.log(1.0 - inside),
        normal=normal,
        ground_gained=np.clip(log_odds, -1.0, 3.0),
        strain=np.clip((log_odds + 1.0) / 2.0, 0.0, 2.5),
        promise=1.0 / (1.0 + np.exp2(-2.0 * log_odds)),
    )
