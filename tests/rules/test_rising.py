"""Rising by hand: the tide, the thinness of a garrison, and the odds."""

from __future__ import annotations

import numpy as np
import pytest
from exactness import never_against

from sim.rules import rising
from sim.units import DAY, GRID


@pytest.mark.parametrize(
    ("cohesion", "cohesion_0", "speed", "turned"),
    [
        (40_000, 40_000, 2.0, 0.0),  # nothing is lost
        (30_000, 40_000, 2.0, 0.5),  # a quarter is lost, twice as fast
        (20_000, 40_000, 2.0, 1.0),
        (0, 40_000, 2.0, 1.0),  # not more than all
        (50_000, 40_000, 2.0, 0.0),  # victories
        (0, 0, 1.0, 1.0),
    ],
)
def test_the_tide_by_hand(cohesion: int, cohesion_0: int, speed: float, turned: float) -> None:
    assert rising.tide(cohesion, cohesion_0, speed) == turned


@pytest.mark.parametrize(
    ("fighters", "garrison", "deterrence", "thin"),
    [(500, 0, 1.0, 1.0), (500, 500, 1.0, 0.5), (500, 500, 3.0, 0.25), (0, 500, 1.0, 0.0), (0, 0, 1.0, 0.0)],
)
def test_thinness_by_hand(fighters: int, garrison: int, deterrence: float, thin: float) -> None:
    assert rising.thinness(fighters, garrison, deterrence) == thin


def test_the_chance_is_the_odds() -> None:
    """Odds of 2 are two chances in three; half ready, with the tide half turned, odds of 0.25 are one in five."""
    u = (np.arange(30_000) + 0.5) / 30_000
    assert rising.rises(GRID, 1.0, 1.0, 2.0, u).mean() == pytest.approx(2 / 3, abs=1e-4)
    assert rising.rises(GRID // 2, 0.5, 1.0, 2.0, u).mean() == pytest.approx(1 / 5, abs=1e-4)
    assert not rising.rises(GRID, 0.0, 1.0, 2.0, u).any()
    assert not rising.rises(0, 1.0, 1.0, 2.0, u).any()


@pytest.mark.parametrize(("v", "ticks"), [(0.0, 1), (0.5, DAY // 2), (1 - 2**-53, DAY - 1)])
def test_the_hour_by_hand(v: float, ticks: int) -> None:
    assert rising.hour(v) == ticks  # before the next day ends, so that nobody plans twice


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("tide", "cohesion", -1), ("tide", "speed", 1), ("thinness", "fighters", 1), ("thinness", "garrison", -1),
        ("thinness", "deterrence", -1), ("rises", "readiness", 1), ("rises", "tide", 1), ("rises", "thin", 1),
        ("rises", "rate", 1), ("rises", "u", -1), ("hour", "v", 1),
    ],
)  # fmt: skip
def test_direction(rule: str, argument: str, sign: int) -> None:
    never_against(f"rising.{rule}", argument, sign)
