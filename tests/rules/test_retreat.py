"""Retreat by hand: stragglers and rest."""

from __future__ import annotations

from typing import Any

import pytest
from exactness import never_against

from sim.rules import retreat
from sim.units import GRID, HOUR


@pytest.mark.parametrize(
    ("people", "quality", "km", "order", "u", "lost"),
    [
        (1000, GRID // 2, 50, 1.0, 0.0, 100),  # 0.002 per km x 50 km: a tenth
        (1000, 0, 50, 1.0, 0.0, 150),  # the worst lose half as much again
        (1000, GRID, 50, 1.0, 0.0, 50),  # the best half as much
        (1000, GRID // 2, 50, 0.25, 0.0, 25),  # in good order
        (10, GRID // 2, 25, 1.0, 0.5, 1),  # 0.5 + 0.5
        (10, GRID // 2, 25, 1.0, 0.25, 0),
        (1000, 0, 5_000, 1.0, 0.0, 1000),  # nobody is lost twice
        (0, 0, 50, 1.0, 0.9, 0),
    ],
)
def test_stragglers_by_hand(people: int, quality: int, km: int, order: float, u: float, lost: int) -> None:
    assert retreat.stragglers(people, quality, km * 1000, 0.002, order, u) == lost


@pytest.mark.parametrize(
    ("morale_lost", "supply", "hours"),
    [(0, GRID, 8), (GRID // 4, GRID, 16), (0, 0, 24), (GRID // 4, 0, 32)],
)
def test_rest_by_hand(morale_lost: int, supply: int, hours: int) -> None:
    # 8 h x (1 + 4 x (morale lost + half of the supply lacking)), and a second
    assert retreat.rest(8 * HOUR, 4.0, morale_lost, supply) == hours * HOUR + 1


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("stragglers", "people", 1), ("stragglers", "quality", -1), ("stragglers", "metres", 1),
        ("stragglers", "per_km", 1), ("stragglers", "order", 1), ("stragglers", "u", 1), ("rest", "base", 1),
        ("rest", "weight", 1), ("rest", "morale_lost", 1), ("rest", "supply", -1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    # Few people and short ways, so that not everybody is lost at once.
    fixed: dict[str, Any] = {"per_km": 0.002} if rule == "stragglers" and argument != "per_km" else {}
    never_against(f"retreat.{rule}", argument, sign, **fixed)
