"""Faults planted on purpose: every law must bite, and the comparison must say where the engines part."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from agreement_support import random_world

from sim.engines import batch, reference
from sim.engines.batch.boards import Boards
from sim.errors import LawBroken
from sim.events.board import Board
from sim.model import kinds
from sim.model.laws import check_laws, first_breach, laws
from sim.model.logbook import Logbook
from sim.model.world import IDLE, World
from sim.rules import combat
from sim.study.agreement import compare_engines, named, reference_history
from sim.units import GRID

SEED = 47
State = dict[str, Any]


@cache
def moments() -> tuple[World, Any, Any]:
    """A world, its whole state after every event of one run (numbers, events), and the ticks."""
    world = random_world(SEED)
    states, ticks = [], []

    def witness(g: Board, kind: int, entity: int) -> None:
        states.append(g.s.buffer.copy())
        ticks.append(g.tick)

    reference.play(world, 1, np.arange(1), np.arange(1), lambda i, board: witness)
    return world, np.array(states).T, np.array(ticks)


def first(mask: Any) -> tuple[int, int]:
    """Where something is the case: entity and column."""
    entity, column = np.argwhere(mask)[0].tolist()
    return entity, column


def put(name: str, value: int, where: Callable[[State], Any]) -> Callable[[State], None]:
    """A fault: a field gets a wrong value at the first place that fits."""

    def plant(s: State) -> None:
        s[name][first(where(s))] = value

    return plant


def everywhere(name: str) -> Callable[[State], Any]:
    return lambda s: np.ones(s[name].shape, bool)


def vanish(s: State) -> None:
    """A column leaves the map without leaving its faction's rolls or its road."""
    f, column = first(s["status"] == kinds.MARCHING)
    s["status"][f, column] = kinds.GONE


FAULTS: dict[str, Callable[[State], None]] = {
    "initial + arrived = present + dead + deserted + captured": put("dead", 10**6, everywhere("dead")),
    "no negative strength": put("people", -1, everywhere("people")),
    "nobody is left in a formation that is gone or has people who stay": put(
        "people", 0, lambda s: s["status"] == kinds.PRESENT
    ),
    "ledgers never run backwards": put("captured", -1, everywhere("captured")),
    "a formation is in one place or on one road": put("at", 0, lambda s: s["status"] == kinds.MARCHING),
    "whoever moves is on a road": put("arc", -1, lambda s: s["status"] == kinds.MARCHING),
    "people counted at a place are those of the formations there": put("here", 7, everywhere("here")),
    "columns counted on a road are those on it": put("traffic", 9, everywhere("traffic")),
    "one holder per place": put("holder", -1, everywhere("holder")),
    "a quiet place has no attacker, an embattled one has": put("foe", 0, lambda s: s["phase"] == kinds.QUIET),
    "only enemies fight": lambda s: _friendly_fire(s),
    "an assault comes from somewhere": put("axes", 0, lambda s: s["phase"] != kinds.QUIET),
    "changes of hands are counted": put("changes", -1, everywhere("changes")),
    **{
        f"{name} lies between 0 and 1": put(name, GRID + 1, everywhere(name))
        for name in ("morale", "supply", "fort", "cohesion", "will", "harried")
    },
    **{
        f"{name} is not negative": put(name, -1, everywhere(name))
        for name in (
            "progress", "rounds", "suppressed", "legs", "blocks", "aircraft", "flown", "harm", "traffic", "broken",
        )
    },
    "distances of supply are times": put("far", -1, everywhere("far")),
    "nothing is planned for the past": lambda s: _belated(s),
    "kinds of event are known": put("key", (1 << 40) | (12 << 16), lambda s: s["key"] == IDLE),
    "whoever is on the road will arrive": lambda s: _forgotten(s),
    "whoever is gone has no plans": lambda s: _haunting(s),
    "every formation is somewhere, absent or gone": put("status", 9, everywhere("status")),
    "keys are positive": put("key", -5, everywhere("key")),
}  # fmt: skip


def _friendly_fire(s: State) -> None:
    world = moments()[0]
    p, column = first(s["phase"] != kinds.QUIET)
    s["foe"][p, column] = world.camp[s["holder"][p, column]]


def _belated(s: State) -> None:
    slot, column = first((s["key"] != IDLE) & (moments()[2] > 100_000))
    s["key"][slot, column] = 1 << 20


def _forgotten(s: State) -> None:
    s["key"][first(s["status"] == kinds.MARCHING)] = IDLE


def _haunting(s: State) -> None:
    s["key"][first(s["status"] == kinds.GONE)] = (1 << 40) | 1


def test_sound_states_break_no_law() -> None:
    world, states, ticks = moments()
    assert states.shape[1] > 300
    assert first_breach(world, named(world, states), ticks) is None


def test_every_law_has_a_fault_planted_against_it() -> None:
    world, states, ticks = moments()
    assert {law for law, _ in laws(world, named(world, states), ticks)} == set(FAULTS)


@pytest.mark.parametrize("law", FAULTS)
def test_laws_bite(law: str) -> None:
    world, states, ticks = moments()
    spoilt = named(world, states.copy())
    FAULTS[law](spoilt)
    broken = {name: holds for name, holds in laws(world, spoilt, ticks) if not holds.all()}
    assert law in broken
    assert broken[law].size - broken[law].sum() == 1
    with pytest.raises(LawBroken, match="law broken"):
        check_laws(world, spoilt, ticks)


def test_a_law_broken_in_the_engine_is_told_with_run_event_and_entity(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, arrivals = list(reference.HANDLERS), 0

    def leaky(g: Board, f: int) -> None:
        nonlocal arrivals
        sound[kinds.ARRIVE](g, f)
        arrivals += 1
        if arrivals == 40:
            g.s.people[f] -= 1  # somebody is left behind, and nobody notices

    handlers = [leaky if kind == kinds.ARRIVE else handler for kind, handler in enumerate(sound)]
    monkeypatch.setattr(reference, "HANDLERS", handlers)
    with pytest.raises(
        LawBroken, match=r"^run \d+, event \d+ \(arrive .+ at tick \d+\): law broken: .+ \(entity \d+\)$"
    ):
        reference_history(random_world(SEED), 1, np.arange(8))


@cache
def story() -> tuple[World, Logbook, list[tuple[int, ...]], Any]:
    """The log of one run, its beginning and its end."""
    world = random_world(SEED)
    kept: list[Any] = []

    def watch(i: int, board: Board) -> Callable[..., None]:
        board.noting = True
        present = [status == kinds.PRESENT for status in board.s.status]
        kept.extend([board, Logbook(board.w, board.s.people, present, board.x.haste)])
        return lambda *event: None

    reference.play(world, 1, np.arange(1), np.arange(1), watch)
    board, book = kept
    return world, book, board.rows, board.s


def retell(rows: list[tuple[int, ...]]) -> None:
    _, book, _, s = story()
    again = Logbook(book.world, book.people, [at >= 0 for at in book.at], book.haste)
    again.read(rows)
    again.close(s.holder, s.at, s.people)


def test_the_log_folds_to_the_final_state() -> None:
    rows = story()[2]
    assert {kinds.HOLDER, kinds.LEFT, kinds.PLACED, kinds.LOST, kinds.JOINED} <= {row[1] for row in rows}
    retell(rows)


@pytest.mark.parametrize("kind", [kinds.HOLDER, kinds.LEFT, kinds.PLACED, kinds.LOST])
def test_a_missing_row_is_missed(kind: int) -> None:
    rows = list(story()[2])
    del rows[next(i for i, row in enumerate(rows) if row[1] == kind)]
    with pytest.raises(LawBroken):
        retell(rows)


@pytest.mark.parametrize(
    ("kind", "column", "value", "law"),
    [
        (kinds.HOLDER, 5, kinds.FIGHT, "for a named cause"),
        (kinds.HOLDER, 7, 77, "from its holder"),
        (kinds.LEFT, 3, -1, "was there"),
        (kinds.LEFT, 4, -1, "takes a road"),
        (kinds.LEFT, 6, 123_456, "was there"),
        (kinds.PLACED, 0, None, "faster than the road"),
        (kinds.LOST, 6, 10**7, "lost where they are"),
        (kinds.PLACED, 0, -1, "time never goes back"),
        (kinds.LOST, 0, 10**9, "after the horizon"),
    ],
)
def test_a_false_row_is_noticed(kind: int, column: int, value: int | None, law: str) -> None:
    rows = list(story()[2])
    at = next(i for i, row in enumerate(rows) if row[1] == kind)
    if value is None:  # as soon as the clock allows after what happened before
        value = rows[at - 1][0]
    rows[at] = (*rows[at][:column], value, *rows[at][column + 1 :])
    with pytest.raises(LawBroken, match=law):
        retell(rows)


def test_a_difference_is_told_with_run_event_and_field(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = batch.HANDLERS[kinds.DAILY]

    def forgetful(b: Boards, r: Any, e: Any, t: Any) -> None:
        sound(b, r, e, t)
        b.s.fort[r[b.run[r] == 3], 2] += 1

    monkeypatch.setitem(batch.HANDLERS, kinds.DAILY, forgetful)
    verdict = compare_engines(random_world(SEED), 1, 6)
    assert verdict.difference is not None
    told = verdict.difference.splitlines()
    assert told[0].startswith("run 3, event ")
    assert "plays daily" in told[0]
    assert told[1].startswith("  fort[2]: reference ")
    assert str(verdict) == verdict.difference


def test_a_difference_in_the_log_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = Boards.note

    def mumbling(self: Boards, r: Any, t: Any, kind: int, *rest: Any) -> None:
        sound(self, r, t, kinds.LEFT if kind == kinds.PLACED else kind, *rest)

    monkeypatch.setattr(Boards, "note", mumbling)
    verdict = compare_engines(random_world(SEED), 1, 2)
    assert verdict.difference is not None
    assert verdict.difference.startswith("first different row of the log: reference [")


def test_an_engine_that_stops_early_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = batch.HANDLERS[kinds.REVIEW]

    def sleepy(b: Boards, r: Any, h: int, t: Any) -> None:
        sound(b, r, h, t)
        b.s.key[r] = IDLE

    monkeypatch.setitem(batch.HANDLERS, kinds.REVIEW, sleepy)
    verdict = compare_engines(random_world(SEED), 1, 2)
    assert verdict.difference is not None
    assert "run 0, event " in verdict.difference


def test_a_wrong_rule_is_invisible_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agreement is blind to a formula that is wrong for everybody: rules need tests of their own."""
    monkeypatch.setattr(combat, "part_of", lambda total, upto, people: total * upto // (people + 5))
    assert compare_engines(random_world(SEED), 1, 2).difference is None
