"""Services of a place: supplies (bread, fuel) and utilities (power, telecoms), as shares of what they are in peace.

They fall when a place is taken, with each day of fighting or siege, and from the air; they come back by limited steps a
day. How fast is judged by what was reported of single cities; the form is ours.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, most, pick, whole
from sim.units import GRID


def upheaval(taken: Number, fought: Number, assault: Number, handover: Number) -> Number:
    """Share of services lost on the day a place is taken: more if there was fighting for it."""
    return taken * pick(fought, assault, handover)


def blackout(sorties: Number, each: Number, population: Number) -> Number:
    """Share of utilities lost to strikes from the air, 0..1. each: people left without by a sortie."""
    return least(1.0, sorties * each / most(population, 1))


def worn(level: Number, upheaval: Number, fighting: Number, further: Number) -> Number:
    """Services (grid) after a day of losses, each a share of what the others leave: by a change of hands, by fighting,
    and a further one (of supplies by siege, of utilities from the air)."""
    return whole(level * ((1.0 - upheaval) * (1.0 - fighting) * (1.0 - further)))


def mended(level: Number, per_day: Number, fought: Number) -> Number:
    """Services (grid) after a day of repair, of which there is none under fire."""
    return pick(fought, level, whole(least(level + per_day * GRID, GRID)))
