"""How many sorties are flown, against the expectation, in both engines.

A quiet front: nothing but weather, light and rounding decides. z-tests with the spread seen in 8,000 runs;
a false alarm in 1e-6 of all seeds. Power: a mean that is off by 2 % is found with more than 99 %.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from tiny import BARE, play_both, world_of

from sim.model.world import World
from sim.units import DAY, GRID, HOUR

RUNS = 8_000
Z = NormalDist().inv_cdf(1 - 0.5e-6)
DAYS = 4
AIRCRAFT, RATE, NIGHT, WEATHER, CYCLE_H, WILL = 13, 1.3, 0.25, 0.7, 3, 0.6
EFFORT = (0.8, 0.8, 0.35, 0.35)
"""By day: it changes at noon of the second day, which counts from the next day on."""


def skies(night: bool, backer: bool) -> World:
    wing: dict[str, Any] = {
        "night": NIGHT,
        "effort": {"2030-06-01T00:00+00:00": EFFORT[0], "2030-06-02T12:00+00:00": EFFORT[-1]},
    }
    raw: dict[str, Any] = {
        "days": DAYS,
        "places": {"home": ["airbase", 34, 0, 0, "red"], "far": ["town", 34.5, 0, 9_000, "blue"]},
        "roads": [["home", "far", 80, "primary"]],
        "factions": {"red": {"hostile": "blue"}, "blue": {}},
        "backers": {"patron": {"client": "red", "will": WILL}},
        "wings": {"jets": ["red", "home", AIRCRAFT, RATE, wing]},
        "mechanisms": {**BARE, "air": True, "night": night},
        "parameters": {"air.weather": WEATHER, "air.cycle": CYCLE_H},
    }
    if backer:
        wing["backer"] = "patron"
    return world_of(raw)


def expectation(world: World, night: bool, backer: bool) -> float:
    """Mean sorties of a run, block by block. Weather has the mean of the parameter."""
    total = 0.0
    for tick in range(CYCLE_H * HOUR, DAYS * DAY, CYCLE_H * HOUR):
        dark = night and not world.dawn <= tick % DAY < world.dusk
        light = 1 - (1 - round(NIGHT * GRID) / GRID) if dark else 1
        total += AIRCRAFT * RATE * CYCLE_H / 24 * EFFORT[tick // DAY] * WEATHER * light
    return total * (WILL if backer else 1)


@pytest.mark.parametrize(("night", "backer"), [(False, False), (True, False), (True, True)])
def test_mean_number(night: bool, backer: bool) -> None:
    world = skies(night, backer)
    flown = play_both(world, 5, RUNS, 40).sorties[0]
    error = flown.std() / math.sqrt(RUNS)
    wanted = expectation(world, night, backer)
    assert abs(flown.mean() - wanted) < Z * error, f"{flown.mean():.3f} flown, {wanted:.3f} expected"
    assert Z * error < 0.02 * wanted, "the test is sharp"


def test_rounding_is_unbiased_for_small_numbers() -> None:
    """One old aircraft, 0.05 sorties expected per block in full weather: it flies at times, 3.5 % of blocks."""
    raw: dict[str, Any] = {
        "days": 20,
        "places": {"home": ["airbase", 0, 0, 0, "red"]},
        "factions": {"red": {}},
        "wings": {"relic": ["red", "home", 1, 0.4]},
        "mechanisms": {**BARE, "air": True},
        "parameters": {"air.weather": WEATHER, "air.cycle": CYCLE_H},
    }
    flown = play_both(world_of(raw), 9, RUNS, 20).sorties[0]
    blocks = 20 * 24 // CYCLE_H - 1
    wanted = blocks * 0.4 * CYCLE_H / 24 * WEATHER
    assert abs(flown.mean() - wanted) < Z * flown.std() / math.sqrt(RUNS)
    assert len(np.unique(flown)) > 10
