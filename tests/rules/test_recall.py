"""Recall by hand: who goes home."""

from __future__ import annotations

import pytest
from exactness import never_against

from sim.rules import recall
from sim.units import GRID


@pytest.mark.parametrize(
    ("people", "softness", "morale", "v", "gone"),
    [
        (1000, 1.0, 0, 0.0, 300),  # no morale: the whole share
        (1000, 1.0, GRID // 2, 0.0, 150),
        (1000, 1.5, GRID // 2, 0.0, 225),  # poor troops
        (1000, 1.0, GRID, 0.9, 0),
        (3, 1.0, 0, 0.2, 1),  # 0.9 + 0.2
        (0, 1.0, 0, 0.9, 0),
    ],
)
def test_deserters_by_hand(people: int, softness: float, morale: int, v: float, gone: int) -> None:
    assert recall.deserters(people, 0.3, softness, morale, v) == gone


@pytest.mark.parametrize(("argument", "sign"), [("people", 1), ("share", 1), ("softness", 1), ("morale", -1), ("v", 1)])
def test_direction(argument: str, sign: int) -> None:
    never_against("recall.deserters", argument, sign)
