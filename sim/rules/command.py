"""Command: how a headquarters weighs an objective.

The appeal of taking a place is its value to the faction, what it brings of the command's aims and whether it was
lost before, times the promise of success at the estimated odds, discounted by march time. The appeal of helping a
threatened place is its value times how much less likely it is to be lost with the help, discounted the same way.
Whole numbers, so that the choice does not depend on rounding.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, lookup, most, pick, whole
from sim.units import GRID

FINE = 1024
"""Appeals are counted in 1/1024 of a grid unit of value."""


def brings(weight: Number, nearest: Number, far: Number, scale: Number, gateway: Number) -> Number:
    """What a place brings of an aim: the aim itself all of its weight, another place what it saves of the march from
    the `nearest` place held (ticks), over `scale`, saturating, times the weight that the command gives to gateways."""
    saved = most(0.0, nearest - far)
    return weight * pick(far == 0, 1.0, gateway * saved / (saved + scale))


def prize(value: Number, attack: Number, retake: Number, was_ours: Number) -> Number:
    """Benefit of holding a place that is an enemy's now (grid, not whole): more when it was lost before."""
    return value * (attack + retake * was_ours)


def benefit(prize: Number, attack: Number, brought: Number, aim: Number) -> Number:
    """Prize of a place and what it brings of the aims, where an aim of weight 1 counts `aim` (grid, not whole)."""
    return prize + GRID * attack * brought * aim


def appeal(benefit: Number, chance: Number, march: Number, scale: Number) -> Number:
    """Whole appeal of an objective: benefit x chance that going there brings it x discount by march time (ticks)."""
    return whole(FINE * benefit * chance * scale / (scale + march))


def kept(appeal: Number, persistence: Number) -> Number:
    """Appeal of the objective that a command has already: plans are not dropped for a little more."""
    return whole(appeal * (1.0 + persistence))


def nearness(march: Number, scale: Number) -> Number:
    """How far people count as a threat to a place some march away (ticks), in parts of `FINE`: half at `scale`, a fifth
    at twice that. It falls with the square, so that the far ends of a large map add up to little."""
    return whole(FINE / (1.0 + (march / scale) * (march / scale)))


def held_up(own: Number, nearby: Number) -> Number:
    """What part of the enemies `nearby` the people of one's `own` at a place hold up, man for man (in parts of `FINE`;
    more than `FINE` when they are more)."""
    return whole(FINE * own / most(nearby, 1))


def passing(way: Number, held_up: Number) -> Number:
    """What part of the enemy finds a way on through a place of one's own: of the part that finds a `way` to it, all
    but those held up there (in parts of `FINE`)."""
    return most(0, way - held_up)


def threat(there: Number, others: Number, way: Number) -> Number:
    """Hostile people to reckon with at a place: those who are there, and of all `others`, for as much as they are near,
    the part that finds a way."""
    return there + whole(others * way / FINE)


def danger(threat: Number, own: Number) -> Number:
    """How threatened a place is, 0..1: the enemy's share of the people who are there or could come."""
    return threat / most(threat + own, 1)


def eased(peril: Number, threat: Number, own: Number, men: Number) -> Number:
    """How much less likely a place is lost when `men` more stand there, 0..1."""
    return lookup(peril, danger(threat, own)) - lookup(peril, danger(threat, own + men))


def concern(value: Number, defend: Number, core: Number, is_core: Number) -> Number:
    """Weight of a place of one's own that is threatened (grid, not whole)."""
    return value * (defend + core * is_core)


def judged(men: Number, judgement: Number) -> Number:
    """People that a command believes its own to be worth when it compares them with the enemy's. judgement: a factor
    (grid): more than GRID is confidence, less is caution."""
    return whole(men * judgement / GRID)


def worth_attacking(share: Number, wanted: Number, hope: Number) -> Number:
    """Whether the estimated odds come within reach of those wanted: a share `hope` of them."""
    return share >= hope * wanted


def guard(threat: Number, each: Number) -> Number:
    """People who must stay at a place: `each` for each hostile one that could come."""
    return whole(each * threat)


def untied(threat: Number, people: Number, near: Number) -> Number:
    """What is left of a threat while `people` who are part of it, for as much as they are near, are attacked."""
    return most(0, threat - whole(people * near / FINE))


def watch(threat: Number, left: Number, each: Number) -> Number:
    """People who must stay when others go to attack: `each` for each hostile one who is `left` to come, and somebody
    wherever anybody could."""
    return most(whole(each * left), least(threat, 1)) * pick(each > 0, 1, 0)


def spared(here: Number, guard: Number, muster: Number) -> Number:
    """People of a `muster`, here or on the way, whom a place can spare: a guard stays, with others `here` in it."""
    return least(muster, most(0, most(here, muster) - guard))


def worth_the_risk(stake: Number, worth: Number, people: Number, force: Number) -> Number:
    """Whether `people` may leave a place without enough of a guard: what that puts at stake (the appeal that helping
    it would have for them, on the spot) is less than their share, of all the `force` to send, in the objective's; those
    who are more than that count as all of it."""
    return stake * most(force, people) < worth * people


def reserve_kept(total: Number, reserve: Number) -> Number:
    """People to commit at most: all but the reserve share (reserve on the grid)."""
    return total - whole(total * (reserve / GRID))


def lacking(guard: Number, here: Number) -> Number:
    """People whom a place lacks to its guard, with those `here`."""
    return most(0, guard - here)


def seen(value: Number, score_blind: Number, flat: Number) -> Number:
    """The value a command sees (grid): the strategic score, or `flat` for every place when score-blind."""
    return pick(score_blind > 0, flat, value)
