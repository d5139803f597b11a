"""Local rising: fighters who live at home until the tide has turned and the garrison is thin.

Few rise against a garrison that can punish them while its side stands firm; as it falters and thins out, more do, and
suddenly (Granovetter 1978, doi:10.1086/226707; Kuran 1989, doi:10.1007/BF00116762). How ready a place is stands in the
scenario, as judgement. The form is ours.
"""

from __future__ import annotations

from sim.rules.ops import Number, clamp, happens, most, whole
from sim.units import DAY, GRID


def tide(cohesion: Number, cohesion_0: Number, speed: Number) -> Number:
    """How far the tide has turned against a faction, 0..1: the share of its cohesion (grid) that is lost, times
    `speed`."""
    return clamp(speed * (1.0 - cohesion / most(cohesion_0, 1)), 0.0, 1.0)


def thinness(fighters: Number, garrison: Number, deterrence: Number) -> Number:
    """How thin a garrison is against those who might rise, 0..1: people, each of the garrison holding down
    `deterrence` fighters."""
    return fighters / most(fighters + deterrence * garrison, 1.0)


def rises(readiness: Number, tide: Number, thin: Number, rate: Number, u: Number) -> Number:
    """Whether a place of this readiness (grid) rises within a day: odds of `rate` a day when all is in favour,
    against a draw. The tide counts squared: hardly anybody dares before it has turned for good."""
    return happens(rate * (readiness / GRID) * (tide * tide) * thin, u)


def hour(v: Number) -> Number:
    """Ticks from the end of one day until the rising in the next, at any time of it."""
    return whole(v * (DAY - 1)) + 1
