"""Morale: what strains a formation, when it breaks, and how it mends.

Fighting against odds wears morale down, casualties more so, good troops less. A formation breaks when its
morale falls below a threshold of its own, which lies higher when it is cut off or its faction's cohesion is
low: poor troops leave before they die.
"""

from __future__ import annotations

from sim.rules.ops import Number, clamp, least, lookup, most, whole
from sim.units import GRID, HOUR


def contact(enemy_share: Number, strain: Number, rate: Number, intensity: Number, ticks: Number) -> Number:
    """Strain of a round on a side (share of morale). enemy_share: enemy's share of power; strain: table, 1 at odds
    of 2 to 1; rate: morale per hour at 2 to 1; intensity: of the fight, 1 in an assault."""
    return rate * intensity * ticks / HOUR * lookup(strain, enemy_share)


def toll(loss: Number, people: Number, per_loss: Number, hurt: Number) -> Number:
    """Strain of a side's casualties in a round (share of morale): `loss` dead of `people`, each with `hurt` wounded."""
    return per_loss * loss * (1.0 + hurt) / most(people, 1)


def softness(quality: Number, poor: Number) -> Number:
    """How much a formation suffers against one of middling quality (1 at 0.5): `poor` at quality 0, and as much
    less than 1 at quality 1."""
    return poor - 2.0 * (poor - 1.0) * quality / GRID


def strained(morale: Number, quality: Number, poor: Number, wear: Number) -> Number:
    """Morale (grid) of a formation after a round that wore its side down by `wear`; good troops feel it less."""
    return whole(most(0.0, morale - GRID * softness(quality, poor) * wear))


def threshold(nerve: Number, cohesion: Number, refuse: Number, isolated: Number, isolation: Number) -> Number:
    """Morale (grid) below which a formation breaks. nerve: its own threshold (grid); cohesion of its faction
    (grid) below `refuse` raises it; isolated: 1 when no friendly place is next."""
    return whole(nerve + GRID * (most(0.0, refuse - cohesion / GRID) + isolated * isolation))


def fit(morale: Number, nerve: Number) -> Number:
    """Whether a formation can be sent into action: its morale (grid) is not below its own threshold."""
    return morale >= nerve


def shaken(morale: Number, broken: Number, side: Number, contagion: Number) -> Number:
    """Morale (grid) of those who stay when `broken` of `side` people left."""
    return whole(most(0.0, morale - GRID * contagion * broken / most(side, 1)))


def rested(morale: Number, base: Number, cohesion: Number, cohesion_0: Number, rate: Number) -> Number:
    """Morale (grid) after a day out of contact: a step towards where it began, scaled by what is left of
    the faction's cohesion."""
    aim = base * least(1.0, cohesion / most(cohesion_0, 1))
    return whole(morale + clamp(aim - morale, -rate * GRID, rate * GRID))


def nerve(break_at: Number, spread: Number, u: Number, base: Number) -> Number:
    """A formation's own threshold (grid): the middle one, up to the share `spread` less or more by the draw u, but
    never above the morale with which it starts (`base`), so that nobody starts out broken."""
    return whole(least(base, GRID * break_at * (1.0 - spread + 2.0 * spread * u)))


def lowered(level: Number, step: Number) -> Number:
    """A grid level lowered by a share, not below 0."""
    return whole(most(0.0, level - GRID * step))


def deserters(people: Number, supply: Number, morale: Number, rate: Number, u: Number) -> Number:
    """People leaving in a day: the rate at no supply and no morale, scaled by what is lacking of both."""
    want = (1.0 - supply / GRID) * (1.0 - morale / GRID)
    return least(people, whole(people * rate * want + u))
