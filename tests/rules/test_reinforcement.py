"""Reinforcement by hand: whether it comes, and shares of value."""

from __future__ import annotations

import numpy as np
import pytest
from exactness import never_against

from sim.rules import reinforcement
from sim.units import GRID


@pytest.mark.parametrize(
    ("chance", "will", "u", "comes"),
    [
        (GRID, GRID, 0.999, True),
        (0, GRID, 0.0, False),
        (GRID // 2, GRID, 0.4999, True),
        (GRID // 2, GRID, 0.5, False),
        (GRID // 2, GRID // 2, 0.2499, True),
        (GRID // 2, GRID // 2, 0.25, False),
    ],
)
def test_coming_by_hand(chance: int, will: int, u: float, comes: bool) -> None:
    assert reinforcement.comes(chance, will, u) == comes


def test_the_chance_is_the_chance() -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    assert reinforcement.comes(round(0.3 * GRID), GRID, u).mean() == pytest.approx(0.3, abs=1e-4)


@pytest.mark.parametrize(
    ("mine", "total", "level", "above"),
    [
        (50, 100, GRID // 2, False),
        (51, 100, GRID // 2, True),
        (0, 0, 0, False),
        (1, 100, 0, True),
        (100, 100, GRID, False),
    ],
)
def test_above_by_hand(mine: int, total: int, level: int, above: bool) -> None:
    assert reinforcement.above(mine, total, level) == above


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [("comes", "chance", 1), ("comes", "will", 1), ("comes", "u", -1), ("above", "mine", 1), ("above", "total", -1),
     ("above", "level", -1)],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    never_against(f"reinforcement.{rule}", argument, sign)
