"""What changes during a run: every field, its shape, its unit, and how it begins.

All fields are whole numbers. An engine may hold one run (a value per entity) or many (a row of runs per
entity); the fields and their order are the same, and so is the digest that compares engines after every event.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model.draws import Drawn
from sim.model.geography import travel_ticks
from sim.model.kinds import (
    ABSENT,
    APPROACH,
    DAILY,
    DORMANT,
    GONE,
    PRESENT,
    QUIET,
    REFUGES,
    REVIEW,
    ROUND,
    SERVICES,
    SORTIE,
    TRIGGER,
)
from sim.model.world import IDLE, KIND_SHIFT, TICK_SHIFT, World
from sim.units import DAY, GRID, NEVER


class Field(NamedTuple):
    """One field of the state: how many entities, and what it holds."""

    size: str
    about: str


STATE: dict[str, Field] = {
    # places
    "holder": Field("P", "faction that holds the place"),
    "before": Field("P", "faction that held it before"),
    "since": Field("P", "tick of the last change of hands"),
    "fort": Field("P", "field works (grid)"),
    "phase": Field("P", "phase of the fight"),
    "foe": Field("P", "attacking camp, -1 when quiet"),
    "lead": Field("P", "command that leads the attack, -1 when quiet"),
    "axes": Field("P", "directions of attack (bits)"),
    "progress": Field("P", "progress of the assault (grid, 65,536 is a district)"),
    "rounds": Field("P", "rounds fought here so far"),
    "fights": Field("P", "fights opened here so far"),
    "fortune": Field("P", "factor on the attacker's power in this fight (grid), 0 when quiet"),
    "began": Field("P", "tick at which the fight began"),
    "suitor": Field("P", "faction with which talks about the place are going on, -1 none"),
    "talks": Field("P", "talks begun so far"),
    "rule": Field("P", "how far the holder's rule is consolidated (grid)"),
    "garrison": Field("P", "people who must stay until it is"),
    "here": Field("C*P", "people of a camp present at a place"),
    "suppressed": Field("C*P", "people of a camp kept from fighting from the air"),
    "far": Field("C*P", "ticks from a camp's nearest source of supply, NEVER when cut off"),
    # formations
    "people": Field("F", "people under arms"),
    "morale": Field("F", "morale (grid)"),
    "supply": Field("F", "supply (grid)"),
    "status": Field("F", "absent, present, marching, fleeing, gone, dormant"),
    "at": Field("F", "place, -1 on the road"),
    "arc": Field("F", "road travelled now or last, -1 at first"),
    "ready": Field("F", "tick from which it is fit for orders"),
    "legs": Field("F", "legs travelled"),
    # wings
    "base": Field("W", "place, -1 off the map, -2 lost"),
    "aircraft": Field("W", "usable aircraft"),
    "blocks": Field("W", "mission blocks so far"),
    "flown": Field("W", "sorties flown"),
    # commands
    "objective": Field("H", "place, -1 none"),
    "worth": Field("H", "appeal of the objective when it was chosen"),
    "choices": Field("H", "choices between places so far"),
    "until": Field("H", "tick at which the plan lapses"),
    "stamp": Field("H", "changes of hands known when the routes were made"),
    "shelved": Field("H*P", "tick before which a place for which nobody could be spared is not chosen again"),
    "way": Field("H*P", "ticks by road to the objective, when the routes were made"),
    "hop": Field("H*P", "next road towards the objective, -1 none"),
    # camps, factions, backers
    "crowd": Field("C*P", "hostile people who can march, there or on the last leg to it, as last estimated"),
    "threat": Field("C*P", "hostile people to reckon with at a place, as last estimated"),
    "estimated": Field("C", "tick of the last estimate, 0 before the first"),
    "harried": Field("C", "disruption of the rear (grid)"),
    "stale": Field("C", "1 when supply distances must be worked out again"),
    "harm": Field("C", "civilian casualties caused from the air, recorded"),
    "cohesion": Field("K", "will to go on (grid)"),
    "given_up": Field("K", "1 once it has collapsed"),
    "recalled": Field("K", "1 once it has called its forces back to its core"),
    "initial": Field("K", "people present at the start"),
    "arrived": Field("K", "people who came later"),
    "dead": Field("K", "people killed"),
    "deserted": Field("K", "people who left"),
    "captured": Field("K", "people who surrendered"),
    "disbanded": Field("K", "people who went home when their faction gave up"),
    "will": Field("B", "will of a backer (grid)"),
    # roads, triggers
    "traffic": Field("C*A", "columns of a camp on a road"),
    "broken": Field("E", "tick until which the bridge is out"),
    "latched": Field("T", "1 once the trigger has fired"),
    "changes": Field("1", "changes of hands so far"),
    # civilians
    "residents": Field("P", "civilians of the place who are at home"),
    "away": Field("3*P", "civilians of a place who are in each of its refuges"),
    "fled": Field("P", "civilians who have left, each time they did"),
    "supplies": Field("P", "bread and fuel, as a share of peacetime (grid)"),
    "utilities": Field("P", "power and telecoms, as a share of peacetime (grid)"),
    "lacking": Field("2*P", "missing supplies, then missing utilities, summed over days (grid)"),
    "heard": Field("P", "rounds fought here until the last day ended"),
    "raids": Field("P", "sorties flown against the place since the last day ended"),
    "unrest": Field("P", "end of the last day on which it was not quiet, 0 before the first"),
    "key": Field("S", "packed time of the next event of each slot"),
}


def sizes(world: World) -> dict[str, int]:
    """Number of entities of every field."""
    w = world
    shape = {
        "P": w.P, "F": w.F, "W": w.W, "H": w.H, "C": w.C, "K": w.K, "B": w.B, "E": w.E, "T": w.T, "1": 1,
        "S": w.slots, "C*P": w.C * w.P, "H*P": w.H * w.P, "C*A": w.C * w.A,
        "3*P": REFUGES * w.P, "2*P": SERVICES * w.P,
    }  # fmt: skip
    return {name: shape[spec.size] for name, spec in STATE.items()}


def initial_state(world: World, drawn: Drawn, runs: int) -> dict[str, Any]:
    """The state at tick 0 of many runs: name -> int64 array (entities, runs), laid out run by run in memory."""
    w = world
    state = {name: np.zeros((runs, size), np.int64).T for name, size in sizes(w).items()}
    state["holder"][:] = state["before"][:] = w.holder_0[:, None]
    state["fort"][:] = w.fort_0[:, None]
    state["foe"][:] = state["lead"][:] = state["suitor"][:] = -1
    state["phase"][:] = QUIET
    state["rule"][:] = GRID
    state["far"][:] = supply_distances_0(w)[:, None]
    state["people"][:] = drawn.people_0
    state["morale"][:] = drawn.morale_0
    state["supply"][:] = GRID
    called = w.summons >= 0
    present = ~called[:, None] & (drawn.people_0 > 0)
    asleep = present & (w.dormant[:, None] > 0)
    state["status"][:] = np.where(called[:, None], ABSENT, np.where(present, PRESENT, GONE))
    state["status"][asleep] = DORMANT
    state["at"][:] = np.where(present & ~asleep, w.home[:, None], -1)
    state["arc"][:] = -1
    for f in range(w.F):
        state["here"][w.side_of[f] * w.P + w.home[f]] += np.where(present[f] & ~asleep[f], drawn.people_0[f], 0)
        state["initial"][w.faction[f]] += np.where(present[f], drawn.people_0[f], 0)
    state["base"][:] = w.wing_base_0[:, None]
    state["aircraft"][:] = drawn.aircraft_0
    state["objective"][:] = state["hop"][:] = -1
    state["stamp"][:] = -1
    state["residents"][:] = w.population[:, None]
    state["supplies"][:] = state["utilities"][:] = GRID
    state["cohesion"][:] = drawn.cohesion_0
    state["will"][:] = drawn.will_0
    state["key"][:] = _first_events(w, drawn, runs)
    _open_fights(w, drawn, state)
    return state


def _open_fights(w: World, drawn: Drawn, state: dict[str, Any]) -> None:
    """Whoever starts in a place that an enemy holds begins to fight for it: the camp with most people there."""
    first = _ticks(drawn, "combat_round", state["foe"].shape[1])
    for p in sorted({int(p) for p in w.home}):
        holder = w.camp[w.holder_0[p]]
        best = np.zeros(state["foe"].shape[1], np.int64)
        foe = np.full(best.shape, -1, np.int64)
        for e in np.flatnonzero(w.hostile[holder * w.C : (holder + 1) * w.C]):
            more = state["here"][e * w.P + p] > best
            best, foe = np.where(more, state["here"][e * w.P + p], best), np.where(more, e, foe)
        r = np.flatnonzero(foe >= 0)
        if len(r) == 0:
            continue
        there = (state["at"][:, r] == p) & (w.side_of[:, None] == foe[r])
        state["phase"][p, r], state["foe"][p, r], state["axes"][p, r] = APPROACH, foe[r], 1
        state["lead"][p, r] = w.command[there.argmax(axis=0)]
        state["fights"][p, r], state["fortune"][p, r] = 1, drawn.fortune_0[p, r]
        state["key"][w.slot_base()[ROUND] + p, r] = _pack(first[r], ROUND, p)


def _first_events(w: World, drawn: Drawn, runs: int) -> Any:
    key = np.full((w.slots, runs), IDLE, np.int64)
    base = w.slot_base()
    cycle, watch, review = (_ticks(drawn, name, runs) for name in ("air_cycle", "trigger_watch", "command_review"))
    for i in range(w.W):
        key[base[SORTIE] + i] = _pack(cycle, SORTIE, i)
    for h in range(w.H):  # a command that is not alert yet wakes at the next of the common hours of review
        key[base[REVIEW] + h] = _pack(1 + -(-drawn.alert[w.head_faction[h]] // review) * review, REVIEW, h)
    if w.T:
        key[base[TRIGGER]] = _pack(watch, TRIGGER, 0)
    key[base[DAILY]] = _pack(np.full(runs, DAY), DAILY, 0)
    return key


def _ticks(drawn: Drawn, name: str, runs: int) -> Any:
    """A rule parameter that is a number of ticks, in each run."""
    return np.broadcast_to(np.asarray(drawn.par[name]), (runs,)).astype(np.int64)


def _pack(tick: Any, kind: int, entity: int) -> Any:
    return (tick << TICK_SHIFT) | (kind << KIND_SHIFT) | entity


def supply_distances_0(world: World) -> Any:
    """Ticks from each camp's nearest source to every place it holds, before anything has happened: (C * P,)."""
    w = world
    far = np.full((w.C, w.P), NEVER, np.int64)
    held = w.camp[w.holder_0]
    for c in range(w.C):
        arcs = [
            (int(w.tail[a]), int(w.head[a]), int(w.free[a]))
            for a in range(w.A)
            if held[w.tail[a]] == c and held[w.head[a]] == c
        ]
        for p in range(w.P):
            if w.source[c * w.P + p] and held[p] == c:
                far[c] = np.minimum(far[c], travel_ticks(w.P, arcs, p))
    return far.ravel()


def sheltered(world: World, away: Any) -> Any:
    """People of other places who are in each place (P, runs), from those of each place in its refuges (P * 3, runs)."""
    there = np.zeros((world.P, away.shape[1]), np.int64)
    for cell in np.flatnonzero(world.refuge >= 0):
        there[world.refuge[cell]] += away[cell]
    return there


_SALT = np.random.Generator(np.random.Philox(key=20241127)).integers(1, 1 << 63, 1 << 16, dtype=np.uint64) * np.uint64(
    2
) + np.uint64(1)


def digest_weights(world: World) -> Any:
    """One odd 64-bit multiplier per number of the state, in the order of STATE: the digest of a state is
    the sum of numbers times multipliers, modulo 2**64; equal in any order of summation."""
    total = sum(sizes(world).values())
    repeats = -(-total // _SALT.size)
    with np.errstate(over="ignore"):
        return np.concatenate([_SALT * np.uint64(2 * i + 1) for i in range(repeats)])[:total]
