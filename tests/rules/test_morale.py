"""Morale by hand: strain, breaking, rest, desertion."""

from __future__ import annotations

import numpy as np
import pytest
from exactness import never_against

from sim.rules import morale
from sim.units import GRID, HOUR


def test_contact_by_hand() -> None:
    # Table 0 to 2: at share 0.5 it reads 1. 0.01 an hour x 2 h x 1 = 0.02.
    assert morale.contact(0.5, [0.0, 2.0], 0.01, 1.0, 2 * HOUR) == pytest.approx(0.02)
    assert morale.contact(0.5, [0.0, 2.0], 0.01, 0.25, 2 * HOUR) == pytest.approx(0.005)
    assert morale.contact(0.0, [0.0, 2.0], 0.01, 1.0, 2 * HOUR) == 0.0


@pytest.mark.parametrize(
    ("quality", "poor", "softness"),
    [(0, 1.5, 1.5), (GRID // 2, 1.5, 1.0), (GRID, 1.5, 0.5), (0, 2.0, 2.0), (GRID, 2.0, 0.0), (GRID // 4, 1.25, 1.125)],
)
def test_softness_by_hand(quality: int, poor: float, softness: float) -> None:
    # A line through 1 at middling quality.
    assert morale.softness(quality, poor) == softness


@pytest.mark.parametrize(("loss", "people", "strain"), [(10, 100, 0.6), (0, 100, 0.0), (100, 100, 6.0), (0, 0, 0.0)])
def test_toll_by_hand(loss: int, people: int, strain: float) -> None:
    # 1.5 per share of strength x 10 of 100 dead x (1 + 3 wounded each) = 0.6
    assert morale.toll(loss, people, 1.5, 3.0) == pytest.approx(strain)


@pytest.mark.parametrize(
    ("level", "quality", "wear", "after"),
    [
        (GRID, GRID, 0.25, 57_344),  # the best lose half: 1 - 0.5 x 0.25 = 0.875
        (GRID, 0, 0.25, 40_960),  # the worst one and a half: 1 - 1.5 x 0.25 = 0.625
        (GRID, GRID // 2, 0.25, 49_152),  # the middling just so: 0.75
        (100, 0, 1.0, 0),
        (777, GRID // 2, 0.0, 777),
    ],
)
def test_strained_by_hand(level: int, quality: int, wear: float, after: int) -> None:
    assert morale.strained(level, quality, 1.5, wear) == after


@pytest.mark.parametrize(
    ("cohesion", "isolated", "limit"),
    [
        (GRID, 0, 16_384),
        (GRID // 4, 0, 24_576),  # a quarter below 0.375: 0.25 + 0.125 = 0.375
        (0, 0, 40_960),  # 0.25 + 0.375 = 0.625
        (GRID, 1, 24_576),  # cut off: 0.25 + 0.125
        (0, 1, 49_152),
    ],
)
def test_threshold_by_hand(cohesion: int, isolated: int, limit: int) -> None:
    assert morale.threshold(GRID // 4, cohesion, 0.375, isolated, 0.125) == limit


def test_a_formation_without_nerves_never_breaks() -> None:
    """With morale switched off the threshold is far below any morale, whatever else weighs on it."""
    assert morale.threshold(-10 * GRID, 0, 1.0, 1, 1.0) < 0


@pytest.mark.parametrize(
    ("broken", "side", "after"), [(50, 100, 57_344), (100, 100, 49_152), (0, 100, 65_536), (5, 0, 0)]
)
def test_shaken_by_hand(broken: int, side: int, after: int) -> None:
    # A quarter of morale per share of the side that broke.
    assert morale.shaken(GRID, broken, side, 0.25) == after


@pytest.mark.parametrize(
    ("level", "base", "cohesion", "after"),
    [
        (0, GRID, GRID, 8_192),  # one step of an eighth
        (60_000, GRID, GRID, 65_536),  # the rest of the way
        (GRID, GRID // 2, GRID, 57_344),  # too high for what it was: a step down
        (0, GRID, GRID // 32, 4_096),  # cohesion at a sixteenth of what it was (a half): aims at a sixteenth
        (30_000, 30_000, GRID, 30_000),
    ],
)
def test_rested_by_hand(level: int, base: int, cohesion: int, after: int) -> None:
    assert morale.rested(level, base, cohesion, GRID // 2, 0.125) == after


def test_rest_ends_where_it_began() -> None:
    level = 0
    for _ in range(40):
        level = morale.rested(level, 40_000, GRID, GRID, 0.06)
    assert level == 40_000


def test_nerve_lies_between_half_and_one_and_a_half() -> None:
    u = np.array([0.0, 0.5, 0.75, 1.0])
    assert morale.nerve(0.25 + np.zeros(4), 0.5, u, GRID).tolist() == [8_192, 16_384, 20_480, 24_576]
    assert morale.nerve(0.25 + np.zeros(4), 0.25, u, GRID).tolist() == [12_288, 16_384, 18_432, 20_480]
    assert morale.nerve(0.25, 0.0, 0.9, GRID) == 16_384


def test_nobody_starts_out_broken() -> None:
    assert morale.nerve(0.25, 0.5, 1.0, 20_000) == 20_000
    assert morale.fit(20_000, morale.nerve(0.25, 0.5, 1.0, 20_000))


@pytest.mark.parametrize(("level", "step", "after"), [(GRID, 0.25, 49_152), (100, 0.25, 0), (500, 0.0, 500)])
def test_lowered_by_hand(level: int, step: float, after: int) -> None:
    assert morale.lowered(level, step) == after


@pytest.mark.parametrize(
    ("supply", "spirit", "u", "gone"),
    [
        (0, 0, 0.0, 20),  # 1000 x 0.02
        (GRID, 0, 0.99, 0),  # whoever is supplied stays
        (0, GRID, 0.99, 0),  # so does whoever believes in it
        (GRID // 2, GRID // 2, 0.0, 5),  # 1000 x 0.02 / 4
        (GRID // 2, 3 * GRID // 4, 0.25, 2),  # 2.5 + 0.25
        (GRID // 2, 3 * GRID // 4, 0.5, 3),
    ],
)
def test_deserters_by_hand(supply: int, spirit: int, u: float, gone: int) -> None:
    assert morale.deserters(1000, supply, spirit, 0.02, u) == gone


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("contact", "enemy_share", 1), ("contact", "rate", 1), ("contact", "ticks", 1), ("contact", "intensity", 1),
        ("softness", "quality", -1), ("toll", "loss", 1),
        ("toll", "people", -1), ("toll", "hurt", 1), ("toll", "per_loss", 1), ("strained", "morale", 1),
        ("strained", "quality", 1), ("strained", "wear", -1), ("threshold", "nerve", 1), ("threshold", "cohesion", -1),
        ("threshold", "isolated", 1), ("threshold", "refuse", 1), ("threshold", "isolation", 1),
        ("shaken", "broken", -1), ("shaken", "side", 1), ("shaken", "contagion", -1), ("rested", "morale", 1),
        ("rested", "base", 1), ("rested", "cohesion", 1), ("nerve", "break_at", 1), ("nerve", "u", 1),
        ("nerve", "base", 1),
        ("lowered", "step", -1), ("deserters", "people", 1), ("deserters", "supply", -1), ("deserters", "morale", -1),
        ("deserters", "rate", 1), ("deserters", "u", 1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    never_against(f"morale.{rule}", argument, sign)
