"""Command: how a headquarters weighs an objective.

The appeal of taking a place is its value to the faction, its opening towards the faction's aims and whether
it was lost before, times the promise of success at the estimated odds, discounted by march time. The appeal
of helping a threatened place is its value times the danger, discounted the same way. Whole numbers, so that the
choice does not depend on rounding.
"""

from __future__ import annotations

from sim.rules.ops import Number, lookup, most, pick, whole
from sim.units import GRID

FINE = 1024
"""Appeals are counted in 1/1024 of a grid unit of value."""


def opening(best: Number, far: Number, scale: Number) -> Number:
    """How much nearer the aims a place brings (grid): march time saved over `scale`, saturating."""
    saved = most(0.0, best - far)
    return whole(GRID * saved / (saved + scale))


def prize(value: Number, attack: Number, retake: Number, was_ours: Number) -> Number:
    """Benefit of holding a place that is an enemy's now (grid, not whole): more when it was lost before."""
    return value * (attack + retake * was_ours)


def door(gateway: Number, attack: Number) -> Number:
    """Weight of what a place opens towards the aims, once taken."""
    return gateway * attack


def appeal(benefit: Number, promise: Number, share: Number, march: Number, scale: Number) -> Number:
    """Whole appeal of an objective: benefit x promise(odds share) x discount by march time (ticks)."""
    return whole(FINE * benefit * lookup(promise, share) * scale / (scale + march))


def danger(threat: Number, own: Number) -> Number:
    """How threatened a place is, 0..1: the enemy's share of the strength in and around it."""
    return threat / most(threat + own, 1)


def concern(value: Number, defend: Number, core: Number, is_core: Number) -> Number:
    """Weight of a place of one's own that is threatened (grid, not whole)."""
    return value * (defend + core * is_core)


def worth_attacking(share: Number, wanted: Number, hope: Number) -> Number:
    """Whether the estimated odds come within reach of those wanted: a share `hope` of them."""
    return share >= hope * wanted


def guarded(remaining: Number, threat: Number, guard: Number) -> Number:
    """Whether enough people remain at a place: `guard` for each hostile person at or next to it."""
    return remaining >= guard * threat


def worth_the_risk(stake: Number, worth: Number) -> Number:
    """Whether a place without enough of a guard may still be left: what it puts at stake (the appeal that helping
    it would have for somebody who is there) is less than the appeal of the objective."""
    return stake < worth


def reserve_kept(total: Number, reserve: Number) -> Number:
    """People to commit at most: all but the reserve share (reserve on the grid)."""
    return total - whole(total * (reserve / GRID))


def seen(value: Number, score_blind: Number, flat: Number) -> Number:
    """The value a command sees (grid): the strategic score, or `flat` for every place when score-blind."""
    return pick(score_blind > 0, flat, value)
