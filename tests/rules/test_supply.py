"""Supply by hand: what arrives, what is left, digging in."""

from __future__ import annotations

import pytest
from exactness import never_against

from sim.rules import supply
from sim.units import GRID, HOUR, NEVER

REACH = 8 * HOUR


@pytest.mark.parametrize(
    ("far", "harried", "besieged", "arrives"),
    [
        (0, 0, 0, GRID),
        (REACH, 0, 0, GRID // 2),  # half at `reach`
        (3 * REACH, 0, 0, GRID // 4),
        (0, GRID // 2, 0, 49_152),  # a rear half disrupted costs a quarter
        (0, 0, 1, 0),
        (NEVER, 0, 0, 0),
        (NEVER - 1, 0, 0, 0),  # 136 years away, floor of half a grid point
    ],
)
def test_reaching_by_hand(far: int, harried: int, besieged: int, arrives: int) -> None:
    assert supply.reaching(far, REACH, harried, 0.5, besieged) == arrives


def test_what_a_disrupted_rear_costs_by_hand() -> None:
    assert supply.reaching(0, REACH, GRID // 2, 1.0, 0) == GRID // 2
    assert supply.reaching(0, REACH, GRID // 2, 0.0, 0) == GRID


@pytest.mark.parametrize(
    ("stock", "arriving", "after"),
    [
        (GRID, 0, 49_152),  # drained by a quarter a day
        (GRID, 60_000, 60_000),  # no further than what arrives
        (0, GRID, 32_768),  # refilled by a half a day
        (40_000, GRID, 65_536),
        (30_000, 30_000, 30_000),
    ],
)
def test_stocks_by_hand(stock: int, arriving: int, after: int) -> None:
    assert supply.stocks(stock, arriving, 0.25, 0.5) == after


def test_nothing_moves_where_supply_is_switched_off() -> None:
    assert supply.stocks(GRID, 0, 0.0, 0.0) == GRID


@pytest.mark.parametrize(("fort", "after"), [(0, 8_192), (30_000, 32_768), (32_768, 32_768), (50_000, 50_000)])
def test_dug_in_by_hand(fort: int, after: int) -> None:
    # An eighth a day, up to a half; better works stay as they are.
    assert supply.dug_in(fort, 0.125, 0.5) == after


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("reaching", "far", -1), ("reaching", "reach", 1), ("reaching", "harried", -1), ("reaching", "harm", -1),
        ("reaching", "besieged", -1),
        ("stocks", "supply", 1), ("stocks", "arriving", 1), ("stocks", "drain", -1), ("stocks", "refill", 1),
        ("dug_in", "fort", 1), ("dug_in", "per_day", 1), ("dug_in", "ceiling", 1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    never_against(f"supply.{rule}", argument, sign)
