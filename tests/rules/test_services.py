"""Services by hand: what a day of losses leaves, and what a day of repair brings back."""

from __future__ import annotations

import pytest
from exactness import never_against
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import services
from sim.units import GRID


@pytest.mark.parametrize(("taken", "fought", "lost"), [(0, 0, 0), (0, 1, 0), (1, 0, 0.25), (1, 1, 0.5)])
def test_upheaval_by_hand(taken: int, fought: int, lost: float) -> None:
    assert services.upheaval(taken, fought, 0.5, 0.25) == lost


@pytest.mark.parametrize(
    ("sorties", "population", "out"),
    [(0, 100_000, 0.0), (5, 100_000, 0.1), (50, 100_000, 1.0), (80, 100_000, 1.0), (1, 0, 1.0), (0, 0, 0.0)],
)
def test_blackout_by_hand(sorties: int, population: int, out: float) -> None:
    assert services.blackout(sorties, 2000, population) == out


@pytest.mark.parametrize(
    ("level", "upheaval", "fighting", "further", "left"),
    [
        (GRID, 0.0, 0.0, 0.0, GRID),
        (GRID, 0.5, 0.0, 0.0, GRID // 2),
        (GRID, 0.5, 0.5, 0.5, GRID // 8),  # each takes of what the others leave
        (GRID, 0.0, 0.0, 1.0, 0),
        (0, 0.5, 0.5, 0.0, 0),
    ],
)
def test_wear_by_hand(level: int, upheaval: float, fighting: float, further: float, left: int) -> None:
    assert services.worn(level, upheaval, fighting, further) == left


@pytest.mark.parametrize(
    ("level", "fought", "better"),
    [(GRID // 2, 0, GRID * 3 // 4), (GRID // 2, 1, GRID // 2), (GRID - 5, 0, GRID), (GRID, 0, GRID), (0, 0, GRID // 4)],
)
def test_repair_by_hand(level: int, fought: int, better: int) -> None:
    assert services.mended(level, 0.25, fought) == better


LEVEL, SHARE = st.integers(0, GRID), st.floats(0, 1)


@given(LEVEL, SHARE, SHARE, SHARE)
def test_wear_never_helps_and_leaves_something_or_nothing(level: int, a: float, b: float, c: float) -> None:
    assert 0 <= services.worn(level, a, b, c) <= level


@given(LEVEL, SHARE, st.booleans())
def test_repair_never_harms_and_stops_when_all_is_well(level: int, per_day: float, fought: bool) -> None:
    assert level <= services.mended(level, per_day, fought) <= GRID


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("upheaval", "taken", 1), ("upheaval", "assault", 1), ("upheaval", "handover", 1), ("blackout", "sorties", 1),
        ("blackout", "each", 1), ("blackout", "population", -1), ("worn", "level", 1), ("worn", "upheaval", -1),
        ("worn", "fighting", -1), ("worn", "further", -1), ("mended", "level", 1), ("mended", "per_day", 1),
        ("mended", "fought", -1),
    ],
)  # fmt: skip
def test_direction(rule: str, argument: str, sign: int) -> None:
    never_against(f"services.{rule}", argument, sign)
