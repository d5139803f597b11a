"""Holding by hand: garrisons, the growth of rule, recruits, revolts."""

from __future__ import annotations

import numpy as np
import pytest
from exactness import never_against
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import holding
from sim.units import GRID


@pytest.mark.parametrize(
    ("inhabitants", "per_thousand", "rule", "attitude", "people"),
    [
        (2_000_000, 1.0, 0, 0.5, 2_000),  # one in a thousand of those who are indifferent
        (2_000_000, 1.0, GRID // 2, 0.5, 1_000),
        (2_000_000, 1.0, GRID, 0.5, 0),  # wholly ruled
        (2_000_000, 1.0, 0, 1.0, 0),  # wholly welcome
        (2_000_000, 1.0, 0, 0.0, 4_000),  # hated
        (1_500, 1.0, 0, 0.5, 1),
        (0, 3.0, 0, 0.0, 0),
    ],
)
def test_garrisons_by_hand(inhabitants: int, per_thousand: float, rule: int, attitude: float, people: int) -> None:
    assert holding.garrison(inhabitants, per_thousand, rule, attitude) == people


@pytest.mark.parametrize(
    ("rule", "rate", "capacity", "burden", "manned", "after"),
    [
        (0, 0.25, 100_000, 100_000, 1.0, GRID // 4),
        (0, 0.25, 100_000, 400_000, 1.0, GRID // 16),  # an administration for a quarter of them
        (0, 0.25, 100_000, 0, 0.5, GRID // 8),  # half of the garrison
        (0, 0.25, 0, 50_000, 1.0, 0),
        (GRID - 5, 0.25, 1, 1, 1.0, GRID),
    ],
)
def test_rule_grows_by_hand(rule: int, rate: float, capacity: int, burden: int, manned: float, after: int) -> None:
    assert holding.consolidated(rule, rate, capacity, burden, manned) == after


@pytest.mark.parametrize(("here", "garrison", "share"), [(50, 100, 0.5), (200, 100, 1.0), (0, 100, 0.0), (1, 0, 1.0)])
def test_how_far_manned(here: int, garrison: int, share: float) -> None:
    assert holding.manned(here, garrison) == share


@pytest.mark.parametrize(
    ("lacking", "inhabitants", "per_thousand", "attitude", "u", "number"),
    [
        (500, 200_000, 0.1, 0.5, 0.0, 20),
        (500, 200_000, 0.1, 1.0, 0.0, 40),
        (500, 200_000, 0.1, 0.0, 0.9, 0),
        (7, 200_000, 0.1, 0.5, 0.0, 7),  # no more than there is room for
        (500, 5_000, 0.1, 0.5, 0.4, 0),  # half a man is one in every other case
        (500, 5_000, 0.1, 0.5, 0.5, 1),
    ],
)
def test_recruits_by_hand(
    lacking: int, inhabitants: int, per_thousand: float, attitude: float, u: float, number: int
) -> None:
    assert holding.recruits(lacking, inhabitants, per_thousand, attitude, u) == number


def test_the_chance_of_a_revolt_is_the_odds() -> None:
    """Odds of 1 are one chance in two; of 1/3, where rule has grown to two thirds, one in four."""
    u = (np.arange(30_000) + 0.5) / 30_000
    assert holding.revolts(1.0, 0, 0.5, 1.0, u).mean() == pytest.approx(1 / 2, abs=1e-4)
    assert holding.revolts(1.0, GRID * 2 // 3, 0.5, 1.0, u).mean() == pytest.approx(1 / 4, abs=1e-4)
    assert not holding.revolts(1.0, GRID, 0.0, 1.0, u).any()
    assert not holding.revolts(1.0, 0, 0.0, 0.0, u).any()  # for a side that is lost


@pytest.mark.parametrize(("came_over", "rule"), [(0, 0), (1, GRID // 2)])
def test_where_rule_begins(came_over: int, rule: int) -> None:
    assert holding.begun(came_over, 0.5) == rule


@pytest.mark.parametrize(("cohesion", "cohesion_0", "share"), [(20, 40, 0.5), (60, 40, 1.0), (0, 40, 0.0), (0, 0, 0.0)])
def test_standing(cohesion: int, cohesion_0: int, share: float) -> None:
    assert holding.standing(cohesion, cohesion_0) == share


@given(
    inhabitants=st.integers(0, 5_000_000), rule=st.integers(0, GRID), rate=st.floats(0, 1),
    capacity=st.integers(0, 5_000_000), here=st.integers(0, 50_000), attitude=st.floats(0, 1),
)  # fmt: skip
def test_rule_never_shrinks_and_needs_ever_fewer(
    inhabitants: int, rule: int, rate: float, capacity: int, here: int, attitude: float
) -> None:
    needed = holding.garrison(inhabitants, 1.0, rule, attitude)
    burden = holding.burden(inhabitants, rule)
    after = holding.consolidated(rule, rate, capacity, burden, holding.manned(here, needed))
    assert rule <= after <= GRID
    assert 0 <= holding.garrison(inhabitants, 1.0, after, attitude) <= needed
    assert 0 <= holding.burden(inhabitants, after) <= burden <= inhabitants


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("garrison", "inhabitants", 1), ("garrison", "per_thousand", 1), ("garrison", "rule", -1),
        ("garrison", "attitude", -1), ("burden", "rule", -1), ("burden", "inhabitants", 1), ("manned", "here", 1),
        ("manned", "garrison", -1), ("consolidated", "rule", 1), ("consolidated", "capacity", 1),
        ("consolidated", "burden", -1), ("consolidated", "manned", 1), ("consolidated", "rate", 1),
        ("recruits", "lacking", 1), ("recruits", "inhabitants", 1), ("recruits", "attitude", 1), ("recruits", "u", 1),
        ("revolts", "rate", 1), ("revolts", "rule", -1), ("revolts", "attitude", -1), ("revolts", "standing", 1),
        ("revolts", "u", -1), ("begun", "head_start", 1), ("begun", "came_over", 1), ("standing", "cohesion", 1),
    ],
)  # fmt: skip
def test_direction(rule: str, argument: str, sign: int) -> None:
    never_against(f"holding.{rule}", argument, sign)
