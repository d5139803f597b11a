"""Air: how many missions are flown, and what they do.

Missions of a block follow aircraft, sortie rate, effort, the backer's will, weather and light. Close support
keeps people's heads down for a round and kills few; interdiction delays columns; strikes on the rear slow
reserves and supply; strikes on bridges cost detours. Civil harm is recorded as a consequence.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, whole
from sim.units import DAY, GRID


def weather(mean: Number, u: Number) -> Number:
    """Share of missions that the day's weather allows: uniform around the mean, at most 1."""
    return mean + (2.0 * u - 1.0) * (1.0 - mean)


def missions(
    aircraft: Number,
    rate: Number,
    ticks: Number,
    effort: Number,
    will: Number,
    sky: Number,
    dark: Number,
    night: Number,
    u: Number,
) -> Number:
    """Sorties flown in a block of `ticks`, whole. rate: sorties per aircraft and day; it, effort, will, night: grid."""
    light = 1.0 - dark * (1.0 - night / GRID)
    expected = aircraft * (rate / GRID) * (ticks / DAY) * (effort / GRID) * (will / GRID) * sky * light
    return whole(expected + u)


def suppressed(already: Number, sorties: Number, each: Number) -> Number:
    """People kept from fighting, with those already so."""
    return already + whole(sorties * each)


def casualties(sorties: Number, each: Number, u: Number) -> Number:
    """Civilians hurt, whole: floor(sorties x each + u)."""
    return whole(sorties * each + u)


def struck(people: Number, sorties: Number, each: Number, u: Number) -> Number:
    """People hit, whole: floor(sorties x each + u), never more than there are."""
    return least(people, whole(sorties * each + u))


def delay(sorties: Number, each: Number, cap: Number) -> Number:
    """Ticks by which a struck column is held up."""
    return whole(least(cap, sorties * each))


def harried(level: Number, sorties: Number, each: Number, cap: Number) -> Number:
    """Disruption of a camp's rear (grid), at most the share `cap`."""
    return whole(least(cap * GRID, level + sorties * each * GRID))


def bridge_hit(sorties: Number, chance: Number, cap: Number, u: Number) -> Number:
    """Whether a bridge is broken: each sortie adds its chance, up to `cap`."""
    return u < least(cap, sorties * chance)


def fading(level: Number, share: Number) -> Number:
    """What is left of a disruption (grid), or of people kept from fighting, after a share of it has passed."""
    return whole(level * (1.0 - share))


def flown_out(aircraft: Number, share: Number) -> Number:
    """Aircraft that leave a base as it falls."""
    return whole(aircraft * share)
