"""Handover by hand: how hopeless it looks, how alone a place is, talks and their end."""

from __future__ import annotations

import numpy as np
import pytest
from exactness import never_against

from sim.rules import handover
from sim.units import GRID, HOUR


@pytest.mark.parametrize(
    ("enemies", "garrison", "fear"), [(3000, 1000, 0.75), (3000, 0, 1.0), (0, 1000, 0.0), (0, 0, 0.0)]
)
def test_fear_by_hand(enemies: int, garrison: int, fear: float) -> None:
    assert handover.fear(enemies, garrison) == fear


@pytest.mark.parametrize(
    ("theirs", "ours", "liked"), [(0.5, 0.5, 1.0), (0.6, 0.2, 1.5), (0.0, 0.5, 0.0), (0.5, 0.0, 2.0), (0.0, 0.0, 0.0)]
)
def test_goodwill_by_hand(theirs: float, ours: float, liked: float) -> None:
    assert handover.goodwill(theirs, ours) == pytest.approx(liked)


@pytest.mark.parametrize(
    ("shut", "roads", "cut_off", "alone"),
    [(0, 4, 0, 0.0), (1, 4, 0, 0.25), (4, 4, 0, 1.0), (0, 4, 1, 1.0), (0, 0, 0, 0.0)],
)
def test_isolation_by_hand(shut: int, roads: int, cut_off: int, alone: float) -> None:
    assert handover.isolation(shut, roads, cut_off) == alone


def test_the_chances_are_the_chances() -> None:
    u = (np.arange(30_000) + 0.5) / 30_000
    assert handover.opens(GRID, GRID, 1.0, 1.0, 1.0, 1.0, 2.0, u).mean() == pytest.approx(2 / 3, abs=1e-4)
    # odds of 2 x 0.5 x 0.5 x 0.5 x 0.8 = 0.2: one chance in six
    assert handover.opens(GRID // 2, GRID // 2, 1.0, 0.5, 0.8, 1.0, 2.0, u).mean() == pytest.approx(1 / 6, abs=1e-4)
    assert handover.agree(0.8, 0.5, u).mean() == pytest.approx(0.4, abs=1e-4)
    fates = np.bincount(handover.fate(0.5, 0.3, u)) / len(u)
    assert fates == pytest.approx([0.5, 0.3, 0.2], abs=1e-4)


@pytest.mark.parametrize(("v", "hours"), [(0.0, 6), (0.5, 12), (1.0, 18)])
def test_talks_last(v: float, hours: int) -> None:
    assert handover.lasts(12 * HOUR, v) == hours * HOUR + 1


@pytest.mark.parametrize(
    ("v", "fate"), [(0.0, handover.LEAVE), (0.5, handover.DISBAND), (0.79, handover.DISBAND), (0.8, handover.TAKEN)]
)
def test_fate_by_hand(v: float, fate: int) -> None:
    assert handover.fate(0.5, 0.3, v) == fate


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("fear", "enemies", 1), ("fear", "garrison", -1), ("isolation", "shut", 1), ("isolation", "cut_off", 1),
        ("opens", "willing", 1), ("opens", "liked", 1), ("goodwill", "theirs", 1), ("goodwill", "ours", -1),
        ("opens", "outlook", 1), ("outlook", "alone", 1), ("outlook", "tide", 1),
        ("opens", "assurance", 1), ("opens", "alone", 1), ("opens", "fear", 1),
        ("opens", "rate", 1), ("opens", "u", -1), ("lasts", "mediation", 1), ("lasts", "v", 1), ("agree", "success", 1),
        ("agree", "fear", 1), ("agree", "u", -1), ("fate", "v", 1), ("fate", "leave", -1), ("fate", "disband", -1),
    ],
)  # fmt: skip
def test_direction(rule: str, argument: str, sign: int) -> None:
    never_against(f"handover.{rule}", argument, sign)


@pytest.mark.parametrize(("alone", "tide", "outlook"), [(0.5, 0.0, 0.0), (0.5, 0.3, 0.3), (1.0, 0.0, 1.0)])
def test_the_outlook_by_hand(alone: float, tide: float, outlook: float) -> None:
    assert handover.outlook(alone, tide) == outlook


def test_nobody_talks_while_his_side_stands_firm() -> None:
    u = (np.arange(1_000) + 0.5) / 1_000
    assert not handover.opens(GRID, GRID, 1.0, 0.9, 1.0, handover.outlook(0.9, 0.0), 2.0, u).any()
