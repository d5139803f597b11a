"""Air by hand: how many missions, and what they do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exactness import never_against

from sim.rules import air
from sim.units import DAY, GRID

FULL: dict[str, Any] = {
    "aircraft": 10,
    "rate": 2 * GRID,
    "ticks": DAY // 4,
    "effort": GRID,
    "will": GRID,
    "sky": 1.0,
    "dark": 0,
    "night": 0,
    "u": 0.0,
}


@pytest.mark.parametrize(
    ("change", "flown"),
    [
        ({}, 5),  # 10 aircraft x 2 a day x a quarter of a day
        ({"effort": GRID // 2}, 2),  # 2.5 + 0
        ({"effort": GRID // 2, "u": 0.5}, 3),  # 2.5 + 0.5
        ({"will": 0, "u": 0.99}, 0),
        ({"sky": 0.6}, 3),
        ({"dark": 1, "u": 0.99}, 0),  # blind at night
        ({"dark": 1, "night": GRID}, 5),
        ({"dark": 1, "night": GRID // 2, "u": 0.5}, 3),  # 2.5 + 0.5
        ({"aircraft": 0, "u": 0.99}, 0),
        ({"rate": 20 * GRID}, 50),
    ],
)
def test_missions_by_hand(change: dict[str, Any], flown: int) -> None:
    assert air.missions(**{**FULL, **change}) == flown


def test_missions_are_unbiased() -> None:
    """Over an even grid of u the mean is the expectation: 7 x 0.9 / 6 x 0.7 = 0.735."""
    u = (np.arange(10_000) + 0.5) / 10_000
    rate, effort = round(0.9 * GRID), round(0.7 * GRID)
    flown = air.missions(7, rate, DAY // 6, effort, GRID, 1.0, 0, 0, u)
    assert set(flown.tolist()) == {0, 1}
    assert flown.mean() == pytest.approx(7 * rate / GRID / 6 * effort / GRID, abs=1e-4)


@pytest.mark.parametrize(("mean", "u", "sky"), [(0.75, 0.0, 0.5), (0.75, 0.5, 0.75), (0.75, 1.0, 1.0), (1.0, 0.1, 1.0)])
def test_weather_by_hand(mean: float, u: float, sky: float) -> None:
    assert air.weather(mean, u) == sky


@pytest.mark.parametrize(
    ("already", "sorties", "each", "after"), [(0, 3, 60.0, 180), (100, 3, 60.5, 281), (100, 0, 60.0, 100)]
)
def test_suppressed_by_hand(already: int, sorties: int, each: float, after: int) -> None:
    assert air.suppressed(already, sorties, each) == after


@pytest.mark.parametrize(("people", "u", "hit"), [(1000, 0.0, 2), (1000, 0.5, 3), (1, 0.5, 1), (0, 0.5, 0)])
def test_struck_by_hand(people: int, u: float, hit: int) -> None:
    assert air.struck(people, 5, 0.5, u) == hit  # 5 x 0.5 = 2.5


@pytest.mark.parametrize(("u", "hurt"), [(0.0, 2), (0.4, 2), (0.5, 3), (0.99, 3)])
def test_casualties_by_hand(u: float, hurt: int) -> None:
    assert air.casualties(5, 0.5, u) == hurt  # 5 x 0.5 = 2.5


@pytest.mark.parametrize(("sorties", "ticks"), [(0, 0), (3, 4_320), (100, 28_800)])
def test_delay_is_capped(sorties: int, ticks: int) -> None:
    assert air.delay(sorties, 1_440.0, 28_800.0) == ticks


@pytest.mark.parametrize(("level", "sorties", "after"), [(0, 10, 10_240), (10_240, 10, 20_480), (30_000, 10, 32_768)])
def test_the_rear_is_never_more_than_half_disrupted(level: int, sorties: int, after: int) -> None:
    assert air.harried(level, sorties, 1 / 64, 0.5) == after  # 10 / 64 of the grid is 10,240


@pytest.mark.parametrize(
    ("sorties", "u", "hit"), [(1, 0.1, True), (1, 0.125, False), (4, 0.4999, True), (4, 0.5, False), (99, 0.94, True),
                              (99, 0.95, False), (0, 0.0, False)],
)  # fmt: skip
def test_bridges_by_hand(sorties: int, u: float, hit: bool) -> None:
    assert air.bridge_hit(sorties, 0.125, 0.95, u) == hit


def test_fading_and_flying_out_by_hand() -> None:
    assert [air.fading(n, 0.5) for n in (0, 1, 1001)] == [0, 0, 500]
    assert [air.fading(n, 0.75) for n in (4, 1001)] == [1, 250]
    assert [air.flown_out(n, 0.5) for n in (0, 1, 9, 10)] == [0, 0, 4, 5]


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("missions", "aircraft", 1), ("missions", "rate", 1), ("missions", "effort", 1), ("missions", "will", 1),
        ("missions", "sky", 1), ("missions", "dark", -1), ("missions", "night", 1), ("missions", "u", 1),
        ("suppressed", "sorties", 1), ("suppressed", "each", 1), ("struck", "people", 1), ("struck", "sorties", 1),
        ("delay", "sorties", 1), ("delay", "cap", 1), ("harried", "sorties", 1), ("harried", "cap", 1),
        ("bridge_hit", "sorties", 1), ("bridge_hit", "cap", 1),
        ("bridge_hit", "chance", 1), ("bridge_hit", "u", -1), ("fading", "share", -1), ("flown_out", "aircraft", 1),
        ("weather", "u", 1), ("weather", "mean", 1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    never_against(f"air.{rule}", argument, sign)


def test_weather_stays_a_share() -> None:
    """For every mean that the parameter file allows (0.6 to 0.95), and down to a half."""
    u = np.linspace(0, 1, 101)
    for mean in (0.5, 0.6, 0.75, 0.95, 1.0):
        sky = air.weather(mean, u)
        assert (sky >= 0).all()
        assert (sky <= 1).all()
        assert sky.mean() == pytest.approx(mean)
