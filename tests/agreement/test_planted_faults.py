"""Faults planted on purpose: broken laws, false logs and engines that part must be told, and where.

That each law bites is shown in tests/model/test_laws.py."""

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
from sim.model.logbook import Logbook
from sim.model.world import IDLE
from sim.rules import combat
from sim.study.agreement import compare_engines, reference_history

SEED = 47


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


TOLD = {kinds.HOLDER, kinds.LEFT, kinds.PLACED, kinds.LOST, kinds.JOINED, kinds.FLED, kinds.RETURNED}


@cache
def story() -> tuple[Logbook, list[tuple[int, ...]], Any]:
    """The log of the first run in which all kinds of row occur, its beginning and its end."""
    for seed in range(100):
        kept: list[Any] = []

        def watch(i: int, board: Board, kept: list[Any] = kept) -> Callable[..., None]:
            board.noting = True
            present = [status == kinds.PRESENT for status in board.s.status]
            kept.extend([board, Logbook(board.w, board.s.people, present, board.x.haste)])
            return lambda *event: None

        reference.play(random_world(seed), 1, np.arange(1), np.arange(1), watch)
        board, book = kept
        if {row[1] for row in board.rows} >= TOLD:
            return book, board.rows, board.s
    raise AssertionError("no run tells everything")


def retell(rows: list[tuple[int, ...]]) -> None:
    book, _, s = story()
    again = Logbook(book.world, book.people, [at >= 0 for at in book.at], book.haste)
    again.read(rows)
    again.close(s.holder, s.at, s.people, s.away)


def test_the_log_folds_to_the_final_state() -> None:
    retell(story()[1])


@pytest.mark.parametrize("kind", [kinds.HOLDER, kinds.LEFT, kinds.PLACED, kinds.LOST, kinds.FLED, kinds.RETURNED])
def test_a_missing_row_is_missed(kind: int) -> None:
    rows = list(story()[1])
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
        (kinds.FLED, 4, -1, "refuges of their place"),
        (kinds.FLED, 6, 10**9, "leave where they are"),
        (kinds.RETURNED, 6, 10**9, "leave where they are"),
        (kinds.PLACED, 0, -1, "time never goes back"),
        (kinds.LOST, 0, 10**9, "after the horizon"),
    ],
)
def test_a_false_row_is_noticed(kind: int, column: int, value: int | None, law: str) -> None:
    rows = list(story()[1])
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
        b.clock[:, r] = IDLE

    monkeypatch.setitem(batch.HANDLERS, kinds.REVIEW, sleepy)
    verdict = compare_engines(random_world(SEED), 1, 2)
    assert verdict.difference is not None
    assert "run 0, event " in verdict.difference


def test_a_wrong_rule_is_invisible_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agreement is blind to a formula that is wrong for everybody: rules need tests of their own."""
    monkeypatch.setattr(combat, "part_of", lambda total, upto, people: total * upto // (people + 5))
    assert compare_engines(random_world(SEED), 1, 2).difference is None
