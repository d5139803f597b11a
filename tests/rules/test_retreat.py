"""Retreat by hand: stragglers and rest."""

from __future__ import annotations

from typing import Any

import pytest
from exactness import never_against

from sim.rules import retreat
from sim.units import DAY, GRID, HOUR, NEVER


@pytest.mark.parametrize(
    ("people", "softness", "km", "order", "u", "lost"),
    [
        (1000, 1.0, 50, 1.0, 0.0, 95),  # 0.002 per km x 50 km: 1 - 1 / (1 + 0.1 + 0.005)
        (1000, 1.5, 50, 1.0, 0.0, 138),  # the worst lose more: 1 - 1 / (1 + 0.15 + 0.01125)
        (1000, 0.5, 50, 1.0, 0.0, 48),  # the best less: 1 - 1 / (1 + 0.05 + 0.00125)
        (1000, 1.0, 50, 0.25, 0.0, 24),  # in good order
        (1000, 1.0, 500, 1.0, 0.0, 600),  # 1 - 1 / (1 + 1 + 0.5)
        (10, 1.0, 25, 1.0, 0.6, 1),  # 0.4876 + 0.6
        (10, 1.0, 25, 1.0, 0.5, 0),
        (1000, 1.5, 500_000, 1.0, 0.9, 1000),  # nobody is lost twice
        (0, 1.5, 50, 1.0, 0.9, 0),
    ],
)
def test_stragglers_by_hand(people: int, softness: float, km: int, order: float, u: float, lost: int) -> None:
    assert retreat.stragglers(people, softness, km * 1000, 0.002, order, u) == lost


@pytest.mark.parametrize("km", [40, 100, 400])
def test_it_hardly_matters_into_how_many_legs_a_way_is_cut(km: int) -> None:
    """0.002 a kilometre of a million middling people: one leg, or two, or eight."""
    after = []
    for legs in (1, 2, 8):
        people = 1_000_000
        for _ in range(legs):
            people -= retreat.stragglers(people, 1.0, km * 1000 // legs, 0.002, 1.0, 0.0)
        after.append(people)
    assert after[0] == pytest.approx(after[2], rel=0.05)
    assert after[1] == pytest.approx(after[2], rel=0.02)
    assert after[0] >= after[1] >= after[2]


@pytest.mark.parametrize(("far", "leg", "embattled", "off"), [(3600, 1800, 0, 5400), (0, 60, 0, 60)])
def test_way_out_by_hand(far: int, leg: int, embattled: int, off: int) -> None:
    assert retreat.way_out(far, leg, embattled) == off


def test_any_quiet_refuge_goes_before_an_embattled_one() -> None:
    cut_off_but_quiet = retreat.way_out(NEVER, 400 * DAY, 0)
    assert cut_off_but_quiet < retreat.way_out(0, 1, 1)
    assert retreat.way_out(NEVER, 400 * DAY, 1) < retreat.NO_WAY


@pytest.mark.parametrize(("order", "after"), [(1.0, 49_152), (0.5, 57_344), (0.0, 65_536)])
def test_disheartened_by_hand(order: float, after: int) -> None:
    assert retreat.disheartened(GRID, 0.25, order) == after  # a quarter of morale after a rout
    assert retreat.disheartened(100, 0.25, 1.0) == 0


@pytest.mark.parametrize(
    ("base", "level", "lost"), [(40_000, 30_000, 10_000), (40_000, 40_000, 0), (40_000, 50_000, 0)]
)
def test_spent_by_hand(base: int, level: int, lost: int) -> None:
    assert retreat.spent(base, level) == lost


@pytest.mark.parametrize(
    ("morale_lost", "supply", "hours"),
    [(0, GRID, 8), (GRID // 4, GRID, 16), (0, 0, 24), (GRID // 4, 0, 32)],
)
def test_rest_by_hand(morale_lost: int, supply: int, hours: int) -> None:
    # 8 h x (1 + 4 x (morale lost + half of the supply lacking)), and a second
    assert retreat.rest(8 * HOUR, 4.0, 0.5, morale_lost, supply) == hours * HOUR + 1


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("stragglers", "people", 1), ("stragglers", "softness", 1), ("stragglers", "metres", 1),
        ("stragglers", "per_km", 1), ("stragglers", "order", 1), ("stragglers", "u", 1), ("rest", "base", 1),
        ("rest", "weight", 1), ("rest", "supply_weight", 1), ("rest", "morale_lost", 1), ("rest", "supply", -1),
        ("way_out", "far", 1), ("way_out", "leg", 1), ("way_out", "embattled", 1), ("spent", "base", 1),
        ("spent", "morale", -1), ("disheartened", "morale", 1), ("disheartened", "step", -1),
        ("disheartened", "order", -1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    # Few people and short ways, so that not everybody is lost at once.
    fixed: dict[str, Any] = {"per_km": 0.002} if rule == "stragglers" and argument != "per_km" else {}
    never_against(f"retreat.{rule}", argument, sign, **fixed)
