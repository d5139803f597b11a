"""Negotiated handover: a place changes hands because those in it and those outside agree on it.

Whoever can expect to lose anyway may do better by an agreement, if the other side can be believed (the bargaining view
of war: Fearon 1995, doi:10.1017/S0020818300033324; that promises must be credible: Walter 1997,
doi:10.1162/002081897550384). Readiness and assurance stand in the scenario, as judgement. The form is ours.
"""

from __future__ import annotations

from sim.rules.ops import Number, happens, most, pick, whole
from sim.units import GRID

LEAVE, DISBAND, TAKEN = range(3)
"""What becomes of the garrison."""


def fear(enemies: Number, garrison: Number) -> Number:
    """How hopeless resistance looks, 0..1: the share of all people here and at the gates who are enemies."""
    return enemies / most(enemies + garrison, 1)


def isolation(shut: Number, roads: Number, cut_off: Number) -> Number:
    """How alone a place is, 0..1: the share of its roads that lead to places of others; wholly so without supply, or
    when the city it depends on has fallen."""
    return pick(cut_off, 1.0, shut / most(roads, 1))


def goodwill(theirs: Number, ours: Number) -> Number:
    """How much better disposed a place is towards those outside than towards its holder, 0..2: 1 when alike. theirs,
    ours: attitude of the place, 0..1."""
    return 2.0 * theirs / most(theirs + ours, 0.01)


def outlook(alone: Number, tide: Number) -> Number:
    """How far a place has reason to look after itself, 0..1: as far as the `tide` has turned against its side, and
    wholly when it is wholly alone. While a side stands firm its places wait for it."""
    return pick(alone >= 1.0, 1.0, tide)


def opens(
    willing: Number, assurance: Number, liked: Number, alone: Number, fear: Number, outlook: Number, rate: Number,
    u: Number,
) -> Number:  # fmt: skip
    """Whether talks begin within a day: odds of `rate` a day for a place wholly ready to negotiate (grid) with an
    enemy wholly trusted (grid) and `liked` as well as its holder, when all looks hopeless, against a draw."""
    return happens(rate * (willing / GRID) * (assurance / GRID) * liked * alone * fear * outlook, u)


def lasts(mediation: Number, v: Number) -> Number:
    """Ticks that talks take: half to one and a half times the mean."""
    return whole(mediation * (0.5 + v)) + 1


def agree(success: Number, fear: Number, u: Number) -> Number:
    """Whether talks end in an agreement: the more hopeless resistance looks at the end, the likelier."""
    return u < success * fear


def fate(leave: Number, disband: Number, v: Number) -> Number:
    """What becomes of the garrison: it leaves, goes home, or is taken."""
    return pick(v < leave, LEAVE, pick(v < leave + disband, DISBAND, TAKEN))
