"""The laws of the model, checked on a state of one run or of many.

People are conserved per faction; every place has one holder; nobody's strength is negative; a formation is in one
place or on one road; sums kept in passing equal sums made anew. A broken law is a bug in an engine.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.errors import LawBroken
from sim.model.kinds import ABSENT, DEPART, DORMANT, FLEEING, GONE, MARCHING, PRESENT, QUIET, REFUGES
from sim.model.world import IDLE, KIND_MASK, KIND_SHIFT, TICK_SHIFT, World
from sim.units import GRID, NEVER


class Breach(NamedTuple):
    """A law that does not hold, in words; for which entity, and in which of the runs or moments checked."""

    law: str
    entity: int
    column: int


def check_laws(world: World, state: dict[str, Any], tick: Any, runs: Any) -> None:
    """Raise LawBroken naming the first law that does not hold, with run and entity.

    state: name -> integer array (entities, runs); tick: the time of each run (array or number); runs: their numbers."""
    breach = first_breach(world, state, tick)
    if breach:
        where = f"run {runs[breach.column]} (entity {breach.entity})"
        plea = "this is a bug in sim, not in your files: please report it with the command and the scenario"
        raise LawBroken(f"a law of the model is broken in {where}: {breach.law}; {plea}")


def first_breach(world: World, state: dict[str, Any], tick: Any) -> Breach | None:
    """The breach in the first column that has one, None when every law holds. The columns may be runs, or one
    run at many moments: a law speaks of one state."""
    breaches = []
    for law, holds in laws(world, state, tick):
        if not holds.all():
            entity, column = np.argwhere(~holds.T)[0][::-1].tolist()
            breaches.append(Breach(law, entity, column))
    return min(breaches, key=lambda breach: breach.column, default=None)


def laws(world: World, s: dict[str, Any], tick: Any) -> list[tuple[str, Any]]:
    """Each law in words, and where it holds."""
    return [
        *_people(world, s),
        *_positions(world, s),
        *_places(world, s),
        *_levels(s),
        *_plans(world, s, tick),
        *_civilians(world, s),
    ]


def _people(w: World, s: dict[str, Any]) -> list[tuple[str, Any]]:
    status = s["status"]
    under_arms = (status == PRESENT) | (status == MARCHING) | (status == FLEEING) | (status == DORMANT)
    people = np.where(under_arms, s["people"], 0)
    present = np.stack([people[w.faction == k].sum(axis=0) for k in range(w.K)])
    ledgers = [s[name] for name in ("dead", "deserted", "captured", "disbanded")]
    accounted = present + sum(ledgers)
    return [
        (
            "initial + arrived = present + dead + deserted + captured + disbanded",
            s["initial"] + s["arrived"] == accounted,
        ),
        ("no negative strength", s["people"] >= 0),
        ("nobody is left in a formation that is gone or has people who stay", (s["people"] > 0) | ~under_arms),
        ("ledgers never run backwards", np.minimum.reduce(ledgers) >= 0),
    ]


def _positions(w: World, s: dict[str, Any]) -> list[tuple[str, Any]]:
    status, at, arc = s["status"], s["at"], s["arc"]
    placed, moving = status == PRESENT, (status == MARCHING) | (status == FLEEING)
    f, r = np.nonzero(placed)  # what lies outside the map breaks another law, and must not break this code
    here = _sums(s["here"].shape, w.side_of[f] * w.P + np.clip(at[f, r], 0, w.P - 1), r, s["people"][f, r])
    f, r = np.nonzero(moving)
    traffic = _sums(s["traffic"].shape, w.side_of[f] * w.A + np.clip(arc[f, r], 0, w.A - 1), r, np.ones(len(f)))
    return [
        ("a formation is in one place or on one road", (at >= 0) == placed),
        ("whoever moves is on a road", ~moving | (arc >= 0)),
        ("people counted at a place are those of the formations there", here == s["here"]),
        ("columns counted on a road are those on it", traffic == s["traffic"]),
    ]


def _sums(shape: tuple[int, int], row: Any, column: Any, amount: Any) -> Any:
    """Amounts added up by row and column: whole numbers well below 2**53, so floating sums are exact."""
    added = np.bincount(row * shape[1] + column, weights=amount, minlength=shape[0] * shape[1])
    return added.reshape(shape)


def _places(w: World, s: dict[str, Any]) -> list[tuple[str, Any]]:
    holder, quiet = s["holder"], s["phase"] == QUIET
    foe = np.maximum(s["foe"], 0)
    hostile = w.hostile[w.camp[np.clip(holder, 0, w.K - 1)] * w.C + np.minimum(foe, w.C - 1)] > 0
    return [
        ("one holder per place", (holder >= 0) & (holder < w.K)),
        ("a quiet place has no attacker, an embattled one has", quiet == (s["foe"] < 0)),
        ("only enemies fight", quiet | hostile),
        ("an assault comes from somewhere", quiet | (s["axes"] > 0)),
        ("rule lies between 0 and 1", (s["rule"] >= 0) & (s["rule"] <= GRID)),
        ("garrisons are not negative", s["garrison"] >= 0),
        ("changes of hands are counted", s["changes"] >= 0),
        ("talks end", (s["suitor"] >= 0) == (s["key"][w.talk_slot : w.wing_slot] != IDLE)),
    ]


def _civilians(w: World, s: dict[str, Any]) -> list[tuple[str, Any]]:
    away = s["away"].reshape(w.P, REFUGES, -1)
    return [
        ("civilians at home + away = population", s["residents"] + away.sum(axis=1) == w.population[:, None]),
        ("nobody is in a refuge that is not there", (s["away"] == 0) | (w.refuge >= 0)[:, None]),
        ("whoever is away has left once", away.sum(axis=1) <= s["fled"]),
    ]


def _levels(s: dict[str, Any]) -> list[tuple[str, Any]]:
    shares = ("morale", "supply", "fort", "cohesion", "will", "harried", "supplies", "utilities")
    out = [(f"{name} lies between 0 and 1", (s[name] >= 0) & (s[name] <= GRID)) for name in shares]
    counts = (
        "progress", "rounds", "suppressed", "threat", "legs", "blocks", "aircraft", "flown", "harm", "traffic",
        "broken", "residents", "away", "lacking", "raids",
    )  # fmt: skip
    out += [(f"{name} is not negative", s[name] >= 0) for name in counts]
    out.append(("distances of supply are times", (s["far"] >= 0) & (s["far"] <= NEVER)))
    return out


def _plans(w: World, s: dict[str, Any], tick: Any) -> list[tuple[str, Any]]:
    key = s["key"]
    idle = key == IDLE
    kind = (key >> KIND_SHIFT) & KIND_MASK
    formation = key[: w.F]
    asleep = idle[: w.F]
    status = s["status"]
    moving, lost = (status == MARCHING) | (status == FLEEING), status == GONE
    waits = (status == ABSENT) | (status == PRESENT) | (status == DORMANT)
    return [
        ("nothing is planned for the past", idle | ((key >> TICK_SHIFT) >= tick)),
        ("kinds of event are known", idle | (kind <= DEPART)),
        ("whoever is on the road will arrive", ~moving | ~asleep),
        ("whoever is gone has no plans", ~lost | asleep),
        ("every formation is somewhere, absent or gone", moving | lost | waits),
        ("only those who live there wait at home", (status != DORMANT) | (w.dormant[:, None] > 0)),
        ("keys are positive", formation > 0),
        ("no estimate is of the future", s["estimated"] <= tick),
    ]
