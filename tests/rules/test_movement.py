"""March times by hand, and what they must never do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exactness import CURVES, never_against
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules.movement import is_dark, leg, preparation
from sim.units import DAY, GRID, HOUR

PLAIN: dict[str, Any] = {
    "free": 3600, "haste": GRID, "dark": 0, "slowdown": 0.5, "night": 0, "others": 0, "congestion": 0.25,
    "friction": 0.0, "exponential": [0.0, 2.0], "u": 0.5, "detour": 0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "ticks"),
    [
        ({}, 3601),  # an hour at road speed, and the second that a leg takes at least
        ({"haste": GRID // 2}, 7201),  # half the speed, twice the time
        ({"dark": 1}, 7201),  # 3600 / (1 - 0.5)
        ({"dark": 1, "night": GRID}, 3601),  # sees as by day
        ({"dark": 1, "night": GRID // 2}, 4801),  # 3600 / (1 - 0.5 x 0.5) = 3600 / 0.75
        ({"others": 2}, 5401),  # 3600 x (1 + 2 x 0.25)
        ({"friction": 0.5}, 5401),  # the table reads 1 at u = 0.5: 3600 x (1 + 0.5 x 1)
        ({"friction": 0.5, "u": 0.25}, 4501),  # and 0.5 at u = 0.25: 3600 x 1.25
        ({"detour": 600}, 4201),
        ({"free": 1, "haste": 4 * GRID}, 1),  # floor(0.25) + 1
        ({"dark": 1, "others": 2, "friction": 0.5, "detour": 60}, 16261),  # 3600 / 0.5 x 1.5 x 1.5 + 60 + 1
    ],
)
def test_a_leg_by_hand(change: dict[str, Any], ticks: int) -> None:
    assert leg(**{**PLAIN, **change}) == ticks


@pytest.mark.parametrize(
    ("argument", "sign"),
    [("free", 1), ("haste", -1), ("dark", 1), ("slowdown", 1), ("night", -1), ("others", 1), ("congestion", 1),
     ("friction", 1), ("u", 1), ("detour", 1)],
)  # fmt: skip
def test_what_lengthens_a_march(argument: str, sign: int) -> None:
    never_against("movement.leg", argument, sign)


@given(
    free=st.integers(1, 10 * DAY), haste=st.integers(GRID // 20, GRID), dark=st.integers(0, 1), u=st.floats(0, 1),
    others=st.integers(0, 50), friction=st.floats(0, 2), slowdown=st.floats(0, 0.9), night=st.integers(0, GRID),
)  # fmt: skip
@settings(derandomize=True, database=None, deadline=None, max_examples=200)
def test_nobody_is_faster_than_the_road(
    free: int, haste: int, dark: int, u: float, others: int, friction: float, slowdown: float, night: int
) -> None:
    ticks = leg(free, haste, dark, slowdown, night, others, 0.1, friction, CURVES.exponential, u, 0)
    assert isinstance(ticks, int)
    assert ticks > free * GRID / haste * (1 - 1e-12)


def test_mean_friction_is_the_mean_delay() -> None:
    """Delays are exponential with mean `friction`, cut at 0.5 and 99.5 % and drawn by a table: within 1 %."""
    u = (np.arange(100_000) + 0.5) / 100_000
    ticks = leg(1_000_000, GRID, 0, 0.4, 0, 0, 0.1, 0.35, CURVES.exponential, u, 0)
    assert ticks.mean() == pytest.approx(1_350_000, rel=0.01)


@pytest.mark.parametrize(
    ("prepare", "harried", "u", "ticks"),
    [
        (7200, 0, 0.5, 7201),
        (7200, 0, 0.0, 3601),  # at best half the mean
        (7200, 0, 1.0, 10801),  # at worst one and a half
        (7200, GRID // 4, 0.5, 10801),  # x (1 + 2 / 4)
        (7200, GRID // 2, 0.5, 14401),  # a rear half disrupted doubles it
        (7200, GRID // 2, 0.25, 10801),  # 7200 x 0.75 x 2
        (0, GRID // 2, 0.9, 1),
    ],
)
def test_preparation_by_hand(prepare: int, harried: int, u: float, ticks: int) -> None:
    assert preparation(prepare, 0.5, harried, 2.0, u) == ticks


def test_preparation_without_scatter_or_harm() -> None:
    assert preparation(7200, 0.0, GRID // 2, 2.0, 0.9) == 14401
    assert preparation(7200, 0.25, GRID // 2, 0.0, 1.0) == 9001


@pytest.mark.parametrize("argument", ["prepare", "harried", "harm", "u"])
def test_what_delays_a_departure(argument: str) -> None:
    never_against("movement.preparation", argument, 1)


@pytest.mark.parametrize(
    ("second", "dawn", "dusk", "dark"),
    [
        (6 * HOUR - 1, 6 * HOUR, 18 * HOUR, 1),
        (6 * HOUR, 6 * HOUR, 18 * HOUR, 0),
        (18 * HOUR - 1, 6 * HOUR, 18 * HOUR, 0),
        (18 * HOUR, 6 * HOUR, 18 * HOUR, 1),
        (0, 0, DAY, 0),  # polar day, or night switched off
        (DAY - 1, 0, DAY, 0),
        (12 * HOUR, 0, 0, 1),  # polar night
    ],
)
def test_dark_by_hand(second: int, dawn: int, dusk: int, dark: int) -> None:
    assert is_dark(second, dawn, dusk) == dark
