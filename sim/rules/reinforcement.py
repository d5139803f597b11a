"""Reinforcement: whether it comes, and shares that triggers ask for."""

from __future__ import annotations

from sim.rules.ops import Number
from sim.units import GRID


def comes(chance: Number, will: Number, u: Number) -> Number:
    """Whether a reinforcement comes at all: its chance times its backer's will (both grid) against a draw."""
    return u < (chance / GRID) * (will / GRID)


def above(mine: Number, total: Number, level: Number) -> Number:
    """Whether a share of all value exceeds a level (grid), in whole numbers."""
    return mine * GRID > level * total
