"""Holding: what it takes to keep a place after it has been taken.

Whoever takes a place must leave people there until his rule is consolidated; how many, is counted per thousand of those
who live there (Quinlivan 1995, "Force requirements in stability operations", Parameters 25: between one and ten for
calm and policed populations, twenty and more in the hardest cases). An administration can absorb so many people and no
more at a time, so a victor who takes much at once holds all of it loosely. The form is ours.
"""

from __future__ import annotations

from sim.rules.ops import Number, happens, least, most, whole
from sim.units import GRID


def loose(rule: Number) -> Number:
    """How far rule (grid) is not yet consolidated, 0..1."""
    return 1.0 - rule / GRID


def ill_will(attitude: Number) -> Number:
    """How badly a place is disposed towards its holder, 0..2: 1 when indifferent. attitude: 0..1."""
    return 2.0 * (1.0 - attitude)


def begun(came_over: Number, head_start: Number) -> Number:
    """Rule (grid) on the first day: a share `head_start` where the place came over of itself (1), else (0) none."""
    return whole(GRID * head_start * came_over)


def garrison(inhabitants: Number, per_thousand: Number, rule: Number, attitude: Number) -> Number:
    """People who must stay: so many per thousand inhabitants where these are indifferent and rule has only begun."""
    return whole(per_thousand * (inhabitants / 1000.0) * loose(rule) * ill_will(attitude))


def burden(inhabitants: Number, rule: Number) -> Number:
    """Inhabitants of a place who still have to be brought under an administration."""
    return whole(inhabitants * loose(rule))


def manned(here: Number, garrison: Number) -> Number:
    """How far a garrison is what it should be, 0..1."""
    return least(1.0, here / most(garrison, 1))


def consolidated(rule: Number, rate: Number, capacity: Number, burden: Number, manned: Number) -> Number:
    """Rule (grid) a day later: it grows by `rate` of the whole a day, slower when the faction has more people to bring
    under its administration than its `capacity`, and in so far as a place is garrisoned."""
    return least(GRID, rule + whole(GRID * rate * least(1.0, capacity / most(burden, 1)) * manned))


def recruits(lacking: Number, inhabitants: Number, per_thousand: Number, attitude: Number, u: Number) -> Number:
    """People of the place who join a garrison that lacks some, in a day: so many per thousand inhabitants where they
    are indifferent, rounded by a draw."""
    return least(lacking, whole(2.0 * per_thousand * (inhabitants / 1000.0) * attitude + u))


def standing(cohesion: Number, cohesion_0: Number) -> Number:
    """What is left of a faction's cohesion (grid), 0..1: hardly anybody takes a risk for a side that is going under."""
    return least(1.0, cohesion / most(cohesion_0, 1))


def revolts(rate: Number, rule: Number, attitude: Number, standing: Number, u: Number) -> Number:
    """Whether a place without any garrison goes back to its former holder within a day: odds of `rate` a day for one
    that is indifferent and not yet ruled at all, while that holder is as strong as at the start, against a draw."""
    return happens(rate * loose(rule) * ill_will(attitude) * standing, u)
