"""Withdrawal to the core on orders: who does not come along.

A side that has lost faith in holding everything calls its forces back to hold what matters. Soldiers who are told to
leave their homes behind desert, above all once nothing else holds them (McLauchlin 2014, *Desertion, Terrain, and
Control of the Home Front in Civil Wars*). The form is ours.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, whole
from sim.units import GRID


def deserters(people: Number, share: Number, softness: Number, morale: Number, v: Number) -> Number:
    """People who go home when a formation is called back: `share` of a formation of middling quality (softness 1) with
    no morale (grid), none of one with full morale."""
    return least(people, whole(people * share * softness * (1.0 - morale / GRID) + v))
