"""The only conversion factors, and the two grids on which state is kept.

Time inside the engines is whole seconds from the start of the scenario ("ticks"). Shares, morale, supply
and every other quantity between 0 and 1 are whole multiples of 1/65,536, so that sums are exact in any order.
"""

from __future__ import annotations

MINUTE = 60
HOUR = 3_600
DAY = 86_400

KM = 1_000
"""Metres."""

GRID = 65_536
"""One, on the grid of shares: a morale of 65,536 is a morale of 1.0."""

POWER = 256
"""Fighting power is counted in 1/256 of one fully effective person."""

NEVER = (1 << 32) - 1
"""A tick later than any horizon (136 years); also the distance of a place that cannot be reached."""


def to_grid(share: float) -> int:
    """A share (0..1, unitless) on the grid of 1/65,536, rounded to nearest."""
    return int(share * GRID + 0.5)


def to_ticks(hours: float) -> int:
    """Hours as whole seconds, at least one."""
    return max(1, int(hours * HOUR + 0.5))
