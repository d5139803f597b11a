"""Cohesion of a faction and will of its backers: shocks, recovery, collapse.

A lost place takes cohesion in proportion to its part of the strategic value that the camp held until then, more when
it fell without a long fight; a place won gives some back. Parts and not values, so that it does not matter how finely a
map is drawn. Cohesion returns towards where it began, so that a collapse can also stop by itself.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, most, whole
from sim.units import GRID


def part(value: Number, held: Number) -> Number:
    """What a place is (grid) of all that a camp holds, by strategic value: `held` includes the place."""
    return whole(GRID * (value / most(held, 1)))


def surprise(weight: Number, fought: Number, half_life: Number) -> Number:
    """Extra share of shock for a place that fell after `fought` ticks: `weight` at none, half at half_life."""
    return weight * half_life / (half_life + fought)


def shocked(cohesion: Number, value: Number, shock: Number, extra: Number, patron: Number) -> Number:
    """Cohesion (grid) after losing a place of a `value` (grid) and `patron` grid points of support."""
    return whole(most(0.0, cohesion - shock * value * (1.0 + extra) - patron))


def discouraged(will: Number, value: Number, shock: Number) -> Number:
    """Will of a backer (grid) after his client lost a place of a `value` (grid)."""
    return whole(most(0.0, will - shock * value))


def forsaken(before: Number, after: Number, tie: Number) -> Number:
    """Support (grid points of cohesion) that a client loses as a backer's will falls."""
    return tie * (before - after)


def lifted(cohesion: Number, value: Number, lift: Number) -> Number:
    """Cohesion (grid) after winning a place of a `value` (grid)."""
    return whole(least(float(GRID), cohesion + lift * value))


def returning(level: Number, base: Number, rate: Number) -> Number:
    """Cohesion or will (grid) a day later, on its way back to where it began."""
    return whole(level + rate * (base - level))
