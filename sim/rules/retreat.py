"""Retreat: stragglers on the road, and the time to be fit again.

A formation that is driven out loses people by the kilometre, poor troops more, an ordered withdrawal fewer.
After a retreat, and after taking a place, a formation reorganises: longer with losses and with distance from
supply. That is how an offensive culminates.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, whole
from sim.units import GRID


def stragglers(people: Number, quality: Number, metres: Number, per_km: Number, order: Number, u: Number) -> Number:
    """People lost over a leg. quality: grid; order: 1 for a rout, less for an ordered withdrawal."""
    softness = 1.5 - quality / GRID
    return least(people, whole(people * (per_km * metres / 1000.0) * softness * order + u))


def rest(base: Number, weight: Number, morale_lost: Number, supply: Number) -> Number:
    """Ticks to reorganise after taking a place: `base`, longer with morale lost in it and supply lacking (grid)."""
    return whole(base * (1.0 + weight * (morale_lost / GRID + 0.5 * (1.0 - supply / GRID)))) + 1
