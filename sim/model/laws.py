"""The laws of the model, checked on a state of one run or of many.

People are conserved per faction; every place has one holder; nobody's strength is negative; a formation is in one
place or on one road; sums kept in passing equal sums made anew. A broken law is a bug in an engine.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.errors import LawBroken
from sim.model.kinds import ABSENT, DEPART, FLEEING, GONE, MARCHING, PRESENT, QUIET
from sim.model.world import IDLE, KIND_SHIFT, TICK_SHIFT, World
from sim.units import GRID, NEVER


def check_laws(world: World, state: dict[str, Any], tick: Any) -> None:
    """Raise LawBroken naming the first law that does not hold, with run and entity.

    state: name -> int64 array (entities, runs); tick: the time of each run (array or number)."""
    for law, holds in laws(world, state, tick):
        if not holds.all():
            where = np.argwhere(~np.atleast_1d(holds))[0].tolist()
            raise LawBroken(f"law broken: {law} (first at {where})")


def laws(world: World, s: dict[str, Any], tick: Any) -> list[tuple[str, Any]]:
    """Each law in words, and where it holds."""
    return [*_people(world, s), *_positions(world, s), *_places(world, s), *_levels(s), *_plans(world, s, tick)]


def _people(w: World, s: dict[str, Any]) -> list[tuple[str, Any]]:
    under_arms = np.isin(s["status"], (PRESENT, MARCHING, FLEEING))
    present = np.zeros_like(s["initial"])
    np.add.at(present, w.faction, np.where(under_arms, s["people"], 0))
    accounted = present + s["dead"] + s["deserted"] + s["captured"]
    return [
        ("initial + arrived = present + dead + deserted + captured", s["initial"] + s["arrived"] == accounted),
        ("no negative strength", s["people"] >= 0),
        ("nobody is left in a formation that is gone or has people who stay", (s["people"] > 0) | ~under_arms),
        ("ledgers never run backwards", np.minimum.reduce([s["dead"], s["deserted"], s["captured"]]) >= 0),
    ]


def _positions(w: World, s: dict[str, Any]) -> list[tuple[str, Any]]:
    status, at, arc = s["status"], s["at"], s["arc"]
    placed, moving = status == PRESENT, (status == MARCHING) | (status == FLEEING)
    runs = status.shape[1]
    here, traffic = np.zeros_like(s["here"]), np.zeros_like(s["traffic"])
    f, r = np.nonzero(placed)
    np.add.at(here, (w.side_of[f] * w.P + at[f, r], r), s["people"][f, r])
    f, r = np.nonzero(moving)
    np.add.at(traffic, (w.side_of[f] * w.A + arc[f, r], r), 1)
    assert runs == here.shape[1]
    return [
        ("a formation is in one place or on one road", (at >= 0) == placed),
        ("whoever moves is on a road", ~moving | (arc >= 0)),
        ("people counted at a place are those of the formations there", here == s["here"]),
        ("columns counted on a road are those on it", traffic == s["traffic"]),
    ]


def _places(w: World, s: dict[str, Any]) -> list[tuple[str, Any]]:
    holder, quiet = s["holder"], s["phase"] == QUIET
    foe = np.maximum(s["foe"], 0)
    hostile = w.hostile[w.camp[holder] * w.C + foe] > 0
    return [
        ("one holder per place", (holder >= 0) & (holder < w.K)),
        ("a quiet place has no attacker, an embattled one has", quiet == (s["foe"] < 0)),
        ("only enemies fight", quiet | hostile),
        ("an assault comes from somewhere", quiet | (s["axes"] > 0)),
        ("changes of hands are counted", s["changes"] >= 0),
    ]


def _levels(s: dict[str, Any]) -> list[tuple[str, Any]]:
    shares = ("morale", "supply", "fort", "cohesion", "will", "harried")
    out = [(f"{name} lies between 0 and 1", (s[name] >= 0) & (s[name] <= GRID)) for name in shares]
    counts = ("progress", "rounds", "suppressed", "legs", "blocks", "aircraft", "flown", "harm", "traffic", "broken")
    out += [(f"{name} is not negative", s[name] >= 0) for name in counts]
    out.append(("distances of supply are times", (s["far"] >= 0) & (s["far"] <= NEVER)))
    return out


def _plans(w: World, s: dict[str, Any], tick: Any) -> list[tuple[str, Any]]:
    key = s["key"]
    idle = key == IDLE
    kind = (key >> KIND_SHIFT) & 15
    formation = key[: w.F]
    asleep = idle[: w.F]
    moving = np.isin(s["status"], (MARCHING, FLEEING))
    lost = np.isin(s["status"], (GONE,))
    waits = np.isin(s["status"], (ABSENT, PRESENT))
    return [
        ("nothing is planned for the past", idle | ((key >> TICK_SHIFT) >= tick)),
        ("kinds of event are known", idle | (kind <= DEPART)),
        ("whoever is on the road will arrive", ~moving | ~asleep),
        ("whoever is gone has no plans", ~lost | asleep),
        ("every formation is somewhere, absent or gone", moving | lost | waits),
        ("keys are positive", formation > 0),
    ]
