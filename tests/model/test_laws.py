"""The laws of the model bite: every one of them catches a fault planted in a sound state, and faults planted in
handlers and rules are caught while an engine runs with its checks on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from tiny import shipped

import sim.events.board
import sim.events.capture
import sim.events.civilians
import sim.events.day
import sim.events.fight
import sim.events.march
import sim.events.orders
import sim.events.retreat
from sim.engines import reference
from sim.errors import LawBroken
from sim.events.board import Board
from sim.model.kinds import ABSENT, DEPART, DORMANT, FLED, GONE, MARCHING, NONE, PRESENT, QUIET
from sim.model.laws import check_laws, first_breach, laws
from sim.model.state import STATE, sizes
from sim.model.world import IDLE, KIND_SHIFT, TICK_SHIFT, World
from sim.study.agreement import reference_history
from sim.units import GRID, NEVER

State = dict[str, Any]


@cache
def war() -> tuple[World, State, int]:
    """A sound state in the midst of a campaign, as three equal columns, with its tick: somebody fights, somebody
    marches, somebody waits to be called, and somebody is gone."""
    world = shipped("three_sides")
    found: list[tuple[State, int]] = []

    def look(i: int, board: Board) -> Callable[[Board, int, int], None]:
        def witness(g: Board, kind: int, entity: int) -> None:
            status = set(g.s.status)
            busy = any(phase != QUIET for phase in g.s.phase)
            if not found and busy and {ABSENT, PRESENT, MARCHING, GONE} <= status:
                found.append(({name: np.array(getattr(g.s, name)) for name in STATE}, g.tick))

        return witness

    runs = np.arange(40)
    reference.play(world, 5, runs, runs, look)
    state, tick = found[0]
    return world, {name: np.repeat(value[:, None], 3, axis=1) for name, value in state.items()}, tick


def fresh() -> State:
    return {name: value.copy() for name, value in war()[1].items()}


def first(s: State, status: int) -> int:
    """The first formation that is doing this."""
    return int(np.argmax(s["status"][:, 1] == status))


def fight(s: State) -> int:
    """The first place that is fought for."""
    return int(np.argmax(s["phase"][:, 1] != QUIET))


def test_a_sound_state_breaks_no_law() -> None:
    world, state, tick = war()
    assert first_breach(world, state, tick) is None
    check_laws(world, state, np.full(3, tick), range(3))


def put(field: str, entity: Any, value: Any) -> Callable[[State], None]:
    """Plant a value in the middle column; `entity` and `value` may be worked out from the state."""

    def plant(s: State) -> None:
        e = entity(s) if callable(entity) else entity
        s[field][e, 1] = value(s, e) if callable(value) else value

    return plant


def both(*plants: Callable[[State], None]) -> Callable[[State], None]:
    def plant(s: State) -> None:
        for each in plants:
            each(s)

    return plant


def doing(status: int) -> Callable[[State], int]:
    return lambda s: first(s, status)


def add(field: str, n: int) -> Callable[[State, int], int]:
    return lambda s, e: int(s[field][e, 1]) + n


def key(tick: int, kind: int) -> int:
    return (tick << TICK_SHIFT) | (kind << KIND_SHIFT)


SHARES = ("morale", "supply", "fort", "cohesion", "will", "harried", "supplies", "utilities")
COUNTS = (
    "progress", "rounds", "suppressed", "threat", "legs", "blocks", "aircraft", "flown", "harm", "traffic", "broken",
    "residents", "away", "lacking", "raids",
)  # fmt: skip

CONSERVED = "initial + arrived = present + dead + deserted + captured + disbanded"
SETTLED = "civilians at home + away = population"
FAULTS: list[tuple[str, Callable[[State], None]]] = [
    # people
    (CONSERVED, put("dead", 0, add("dead", 1))),
    (CONSERVED, put("arrived", 0, add("arrived", -1))),
    (CONSERVED, put("people", doing(MARCHING), add("people", 1))),
    ("no negative strength", put("people", doing(GONE), -1)),
    ("nobody is left in a formation that is gone or has people who stay", put("people", doing(MARCHING), 0)),
    ("ledgers never run backwards", both(put("captured", 0, -1), put("dead", 0, add("dead", 1)))),
    # positions
    ("a formation is in one place or on one road", put("at", doing(MARCHING), 0)),
    ("a formation is in one place or on one road", put("at", doing(PRESENT), -1)),
    ("whoever moves is on a road", put("arc", doing(MARCHING), -1)),
    ("people counted at a place are those of the formations there", put("here", 0, add("here", 1))),
    ("people counted at a place are those of the formations there",
     put("at", doing(PRESENT), lambda s, f: (int(s["at"][f, 1]) + 1) % war()[0].P)),
    ("columns counted on a road are those on it", put("traffic", 0, add("traffic", 1))),
    ("columns counted on a road are those on it",
     put("arc", doing(MARCHING), lambda s, f: (int(s["arc"][f, 1]) + 1) % war()[0].A)),
    # places
    ("one holder per place", put("holder", 0, -1)),
    ("one holder per place", put("holder", 0, 99)),
    ("a quiet place has no attacker, an embattled one has", put("foe", fight, -1)),
    ("a quiet place has no attacker, an embattled one has", put("phase", fight, QUIET)),
    ("only enemies fight", put("foe", fight, lambda s, p: int(war()[0].camp[s["holder"][p, 1]]))),
    ("an assault comes from somewhere", put("axes", fight, 0)),
    ("changes of hands are counted", put("changes", 0, -1)),
    ("talks end", put("suitor", 0, 1)),
    ("rule lies between 0 and 1", put("rule", 0, GRID + 1)),
    ("garrisons are not negative", put("garrison", 0, -1)),
    # levels
    *((f"{name} lies between 0 and 1", put(name, 0, -1)) for name in SHARES),
    *((f"{name} lies between 0 and 1", put(name, 0, GRID + 1)) for name in SHARES),
    *((f"{name} is not negative", put(name, 0, -1)) for name in COUNTS),
    ("no estimate is of the future", put("estimated", 0, lambda s, c: war()[2] + 1)),
    ("distances of supply are times", put("far", 0, -1)),
    ("distances of supply are times", put("far", 0, NEVER + 1)),
    # civilians
    (SETTLED, put("residents", 0, add("residents", 1))),
    (SETTLED, put("away", 0, add("away", 1))),
    ("nobody is in a refuge that is not there", put("away", lambda s: int(np.argmin(war()[0].refuge)), 1)),
    ("whoever is away has left once", put("fled", 0, -1)),
    # plans
    ("nothing is planned for the past", put("key", -1, lambda s, e: key(war()[2] - 1, DEPART))),
    ("kinds of event are known", put("key", -1, key(NEVER, DEPART + 1))),
    ("whoever is on the road will arrive", put("key", doing(MARCHING), IDLE)),
    ("whoever is gone has no plans", put("key", doing(GONE), key(NEVER, DEPART))),
    ("every formation is somewhere, absent or gone", put("status", doing(ABSENT), 9)),
    ("only those who live there wait at home", put("status", doing(PRESENT), DORMANT)),
    ("keys are positive", put("key", doing(PRESENT), -5)),
]  # fmt: skip


@pytest.mark.parametrize(("law", "plant"), FAULTS, ids=[f"{i}-{law}" for i, (law, _) in enumerate(FAULTS)])
def test_a_planted_fault_is_caught(law: str, plant: Callable[[State], None]) -> None:
    world, _, tick = war()
    state = fresh()
    plant(state)
    broken = {name for name, holds in laws(world, state, tick) if not np.asarray(holds).all()}
    assert law in broken
    breach = first_breach(world, state, tick)
    assert breach is not None
    assert breach.column == 1, "the run in which the fault was planted"
    with pytest.raises(LawBroken, match=rf"^a law of the model is broken in run 8 \(entity {breach.entity}\): "):
        check_laws(world, state, tick, [7, 8, 9])


def test_every_law_has_a_fault() -> None:
    world, state, tick = war()
    assert {law for law, _ in FAULTS} == {law for law, _ in laws(world, state, tick)}
    assert sum(sizes(world).values()) == sum(len(value) for value in state.values())


# --- faults in handlers, caught while the reference engine runs


def forgetful(g: Board, f: int, number: int, ledger: list[int], cause: int) -> None:
    """Takes people off without entering them anywhere."""
    sim.events.board.lose(g, f, number, [0] * g.w.K, cause)


def twice(g: Board, f: int, number: int, ledger: list[int], cause: int) -> None:
    """Enters the fallen a second time."""
    sim.events.board.lose(g, f, number, ledger, cause)
    ledger[g.w.faction[f]] += number


def teleport(g: Board, f: int, cause: int) -> int:
    """Brings a column to the place before the one it went to."""
    p = sim.events.board.put_in(g, f, cause)
    back: int = g.w.tail[g.s.arc[f]]
    c = g.w.side_of[f]
    g.s.here[c * g.w.P + p] -= g.s.people[f]
    g.s.here[c * g.w.P + back] += g.s.people[f]
    g.s.at[f] = back
    return p


def haunted(g: Board, f: int, cause: int) -> int:
    """Forgets to take the column off the road."""
    p = sim.events.board.put_in(g, f, cause)
    g.s.traffic[g.w.side_of[f] * g.w.A + g.s.arc[f]] += 1
    return p


def hasty(g: Board, slot: int, tick: int, kind: int, entity: int) -> None:
    """Halves the time of the march."""
    sim.events.board.plan(g, slot, (g.tick + tick) // 2, kind, entity)


def belated(g: Board, slot: int, tick: int, kind: int, entity: int) -> None:
    """Has formations depart a second ago."""
    sim.events.board.plan(g, slot, g.tick - 1 if kind == DEPART else tick, kind, entity)


def undone(g: Board, p: int) -> None:
    """Leaves the attacker behind when a fight ends."""
    foe = g.s.foe[p]
    QUIETEN(g, p)
    g.s.foe[p] = foe


QUIETEN = sim.events.capture.quieten


def unnamed(g: Board, p: int, new: int, cause: int) -> None:
    """Hands a place over for no cause at all."""
    sim.events.board.change_hands(g, p, new, NONE)


def unwritten(g: Board, p: int, new: int, cause: int) -> None:
    """Hands a place over without writing it down."""
    g.s.holder[p] = new


def everywhere(g: Board, f: int, arc: int, status: int, cause: int) -> None:
    """Leaves the column in the place it sets out from, too."""
    p = g.s.at[f]
    sim.events.board.take_out(g, f, arc, status, cause)
    g.s.at[f] = p


def sleepless(g: Board, slot: int) -> None:
    """Cancels nothing: the dead keep their plans."""


def unaccounted(g: Board, kind: int, *rest: int) -> None:
    """Writes down nobody who flees."""
    if kind != FLED:
        sim.events.board.note(g, kind, *rest)


HANDLER_FAULTS: list[tuple[Any, str, Any, str]] = [
    (sim.events.fight, "lose", forgetful, "initial \\+ arrived"),
    (sim.events.fight, "lose", twice, "initial \\+ arrived"),
    (sim.events.day, "lose", forgetful, "initial \\+ arrived"),
    (sim.events.retreat, "lose", twice, "initial \\+ arrived"),
    (sim.events.march, "put_in", teleport, "the log folds|whoever leaves was there"),
    (sim.events.march, "put_in", haunted, "columns counted on a road"),
    (sim.events.retreat, "put_in", haunted, "columns counted on a road"),
    (sim.events.march, "plan", hasty, "nobody is faster than the road"),
    (sim.events.retreat, "plan", hasty, "nobody is faster than the road"),
    (sim.events.orders, "plan", belated, "nothing is planned for the past"),
    (sim.events.march, "take_out", everywhere, "in one place or on one road"),
    (sim.events.capture, "quieten", undone, "a quiet place has no attacker"),
    (sim.events.capture, "change_hands", unnamed, "for a named cause"),
    (sim.events.capture, "change_hands", unwritten, "the log folds|changes hands from its holder"),
    (sim.events.civilians, "note", unaccounted, "the log folds|civilians leave where they are"),
    (sim.events.board, "cancel", sleepless, "whoever is gone has no plans|talks end"),
]


@pytest.mark.parametrize(
    ("module", "name", "fault", "law"), HANDLER_FAULTS,
    ids=[f"{m.__name__.rpartition('.')[2]}.{name}-{fault.__name__}" for m, name, fault, _ in HANDLER_FAULTS],
)  # fmt: skip
def test_a_fault_in_a_handler_is_caught(
    module: Any, name: str, fault: Any, law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, fault)
    with pytest.raises(LawBroken, match=law):
        reference_history(shipped("four_cities"), 1, np.arange(12))


RULE_FAULTS: list[tuple[str, Any, str]] = [
    ("sim.rules.combat.killed", lambda people, expected, u: int(expected * 1e4), "no negative strength|is gone or has"),
    ("sim.rules.morale.strained", lambda morale, quality, poor, wear: morale + GRID, "morale lies between"),
    ("sim.rules.cohesion.lifted", lambda level, value, lift: level + value, "cohesion lies between"),
    ("sim.rules.supply.stocks", lambda supply, arriving, drain, refill: supply + 1, "supply lies between"),
    ("sim.rules.displacement.up_to", lambda people, so_far, total: people + so_far // 9, "civilians at home"),
    ("sim.rules.displacement.leaving", lambda at_home, *rest: at_home + 9, "residents is not negative"),
    ("sim.rules.services.mended", lambda level, per_day, fought: level + GRID, "supplies lies between"),
    ("sim.rules.air.harried", lambda level, sorties, each, cap: level - 1, "harried lies between"),
]


@pytest.mark.parametrize(("rule", "fault", "law"), RULE_FAULTS, ids=[rule for rule, _, _ in RULE_FAULTS])
def test_a_fault_in_a_rule_is_caught(rule: str, fault: Any, law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, fault)
    with pytest.raises(LawBroken, match=law):
        reference_history(shipped("four_cities"), 1, np.arange(4))


def test_without_a_fault_nothing_is_caught() -> None:
    history = reference_history(shipped("four_cities"), 1, np.arange(4))
    assert history.events.shape[1] > 1_000
