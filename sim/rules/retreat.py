"""Retreat: stragglers on the road, and the time to be fit again.

A formation that is driven out loses people by the kilometre, poor troops more, an ordered withdrawal fewer.
After a retreat, and after taking a place, a formation reorganises: longer with losses and with distance from
supply. That is how an offensive culminates.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, most, whole
from sim.units import GRID, KM, NEVER

EMBATTLED = 2 * NEVER
"""Longer than any way: a quiet refuge goes before one where there is fighting."""

NO_WAY = 4 * NEVER
"""Longer than the longest way to a refuge where there is fighting."""


def way_out(far: Number, leg: Number, embattled: Number) -> Number:
    """How far off safety is by a road: ticks of the leg and from its end to supply; least is best. embattled: 1 where
    there is fighting at the end of it."""
    return far + leg + EMBATTLED * embattled


def stragglers(people: Number, softness: Number, metres: Number, per_km: Number, order: Number, u: Number) -> Number:
    """People lost over a leg. softness: 1 for middling troops; order: 1 for a rout, less for an ordered withdrawal.
    Each kilometre takes its share of those who are left: close to an exponential, so that it hardly matters into how
    many legs a way is cut."""
    worn = (per_km * metres / KM) * softness * order
    return least(people, whole(people * (1.0 - 1.0 / (1.0 + worn + worn * worn / 2.0)) + u))


def disheartened(morale: Number, step: Number, order: Number) -> Number:
    """Morale (grid) of those who had to leave: lower by `step` after a rout, by the part `order` of it otherwise."""
    return whole(most(0.0, morale - GRID * (step * order)))


def spent(base: Number, morale: Number) -> Number:
    """Morale lost (grid) since the start of the campaign, not below 0."""
    return most(base - morale, 0)


def rest(base: Number, weight: Number, supply_weight: Number, morale_lost: Number, supply: Number) -> Number:
    """Ticks to reorganise after taking a place: `base`, longer with morale lost and supply lacking (both grid).
    supply_weight: what lacking supply counts against morale lost."""
    return whole(base * (1.0 + weight * (morale_lost / GRID + supply_weight * (1.0 - supply / GRID)))) + 1
