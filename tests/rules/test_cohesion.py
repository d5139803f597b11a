"""Cohesion by hand: shock, lift, return."""

from __future__ import annotations

import pytest
from exactness import never_against

from sim.rules import cohesion
from sim.units import GRID, HOUR


@pytest.mark.parametrize(("hours", "extra"), [(0, 1.5), (24, 0.75), (72, 0.375)])
def test_surprise_halves_with_the_length_of_the_fight(hours: int, extra: float) -> None:
    # 1.5 x 24 / (24 + hours)
    assert cohesion.surprise(1.5, hours * HOUR, 24 * HOUR) == extra


def test_no_surprise_where_it_is_switched_off() -> None:
    assert cohesion.surprise(0.0, 0, 24 * HOUR) == 0.0


@pytest.mark.parametrize(
    ("level", "value", "extra", "patron", "after"),
    [
        (40_000, GRID, 0.0, 0.0, 23_616),  # a quarter of the grid is 16,384
        (40_000, GRID, 1.0, 0.0, 7_232),  # twice that
        (40_000, GRID // 2, 0.0, 0.0, 31_808),
        (40_000, 0, 0.0, 1_000.0, 39_000),
        (10_000, GRID, 1.0, 0.0, 0),
    ],
)
def test_shocked_by_hand(level: int, value: int, extra: float, patron: float, after: int) -> None:
    assert cohesion.shocked(level, value, 0.25, extra, patron) == after


@pytest.mark.parametrize(("will", "value", "after"), [(40_000, GRID, 23_616), (40_000, 0, 40_000), (10_000, GRID, 0)])
def test_discouraged_by_hand(will: int, value: int, after: int) -> None:
    assert cohesion.discouraged(will, value, 0.25) == after  # a quarter of the grid is 16,384


def test_forsaken_by_hand() -> None:
    assert cohesion.forsaken(40_000, 23_616, 0.5) == 8_192  # half of the 16,384 that the backer lost
    assert cohesion.forsaken(40_000, 40_000, 0.5) == 0


@pytest.mark.parametrize(("level", "value", "after"), [(40_000, GRID, 48_192), (60_000, GRID, 65_536), (5, 0, 5)])
def test_lifted_by_hand(level: int, value: int, after: int) -> None:
    assert cohesion.lifted(level, value, 0.125) == after  # an eighth of the grid is 8,192


@pytest.mark.parametrize(("level", "after"), [(0, 10_000), (40_000, 40_000), (60_000, 55_000)])
def test_returning_by_hand(level: int, after: int) -> None:
    assert cohesion.returning(level, 40_000, 0.25) == after


def test_what_returns_gets_there() -> None:
    """From either side, never past it, and to within the last grid points that a floor may keep."""
    for level in (0, GRID):
        for _ in range(400):
            after = cohesion.returning(level, 30_000, 0.08)
            assert min(level, 30_000) - 1 <= after <= max(level, 30_000)
            level = after
        assert abs(level - 30_000) <= 1 / 0.08


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("surprise", "weight", 1), ("surprise", "fought", -1), ("shocked", "cohesion", 1), ("shocked", "value", -1),
        ("shocked", "shock", -1), ("shocked", "extra", -1), ("shocked", "patron", -1), ("lifted", "value", 1),
        ("discouraged", "will", 1), ("discouraged", "value", -1), ("discouraged", "shock", -1),
        ("forsaken", "before", 1), ("forsaken", "after", -1),
        ("lifted", "lift", 1), ("returning", "base", 1), ("returning", "level", 1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    never_against(f"cohesion.{rule}", argument, sign)
