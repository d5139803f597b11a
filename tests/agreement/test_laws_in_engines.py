"""Each engine holds the last state of what it plays against the laws, and the batch engine stops at the first
floating-point fault: what is planted in one run is told, though nobody compares the engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from agreement_support import random_world

from sim.engines import batch, reference
from sim.engines.batch.boards import Boards
from sim.errors import LawBroken
from sim.events.board import Board
from sim.model import kinds

SEED = 47
RUNS = np.arange(20, 32)
SICK = 5
"""Position of the run in which a fault is planted, at the end of each of its days."""

FAULTS = [
    ("dead", 1, r"initial \+ arrived = present"),
    ("here", 1, "people counted at a place"),
    ("harm", -(10**9), "harm is not negative"),
    ("residents", 1, r"civilians at home \+ away = population"),
]


def plant_in_batch(monkeypatch: pytest.MonkeyPatch, fault: Callable[[Boards, Any], None]) -> None:
    sound = batch.HANDLERS[kinds.DAILY]

    def faulty(b: Boards, r: Any, e: Any, t: Any) -> None:
        sound(b, r, e, t)
        fault(b, r[r == SICK])

    monkeypatch.setitem(batch.HANDLERS, kinds.DAILY, faulty)


def plant_in_reference(monkeypatch: pytest.MonkeyPatch, fault: Callable[[Board], None]) -> None:
    sound = reference.HANDLERS[kinds.DAILY]
    boards: list[Board] = []

    def faulty(g: Board, e: int) -> None:
        sound(g, e)
        if not boards or boards[-1] is not g:
            boards.append(g)
        if len(boards) == SICK + 1:
            fault(g)

    handlers = [faulty if kind == kinds.DAILY else handler for kind, handler in enumerate(reference.HANDLERS)]
    monkeypatch.setattr(reference, "HANDLERS", handlers)


@pytest.mark.parametrize("engine", [batch, reference])
@pytest.mark.parametrize(("field", "amount", "law"), FAULTS)
def test_a_broken_law_is_told_with_its_run(
    engine: Any, field: str, amount: int, law: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_batch(b: Boards, r: Any) -> None:
        b.state()[field][0, r] += amount

    def in_reference(g: Board) -> None:
        getattr(g.s, field)[0] += amount

    plant_in_batch(monkeypatch, in_batch)
    plant_in_reference(monkeypatch, in_reference)
    told = rf"^a law of the model is broken in run {RUNS[SICK]} \(entity 0\): {law}.*; this is a bug in sim"
    with pytest.raises(LawBroken, match=told):
        engine.play(random_world(SEED), 1, RUNS, RUNS)


@pytest.mark.parametrize("engine", [batch, reference])
def test_without_a_fault_no_law_is_broken(engine: Any) -> None:
    assert engine.play(random_world(SEED), 1, RUNS, RUNS).runs == len(RUNS)


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.0), (0.0, 0.0), (1e308, 1e-308)])
def test_a_floating_point_fault_stops_the_batch(a: float, b: float, monkeypatch: pytest.MonkeyPatch) -> None:
    plant_in_batch(monkeypatch, lambda _, r: np.full(len(r), a) / np.full(len(r), b))
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError):
        batch.play(random_world(SEED), 1, RUNS, RUNS)


def test_numbers_too_small_to_tell_from_nothing_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    plant_in_batch(monkeypatch, lambda _, r: np.full(len(r), 1e-200) * 1e-200)
    with np.errstate(all="raise"):
        assert batch.play(random_world(SEED), 1, RUNS, RUNS).runs == len(RUNS)
