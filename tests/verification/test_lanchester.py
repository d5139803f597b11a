"""The rule of losses, without luck and rounding, is Lanchester's (1916) in rounds."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from sim.rules.combat import engaged, exchange
from sim.units import HOUR, POWER

RATE = 0.004
"""Killed per effective enemy and hour."""
A, D = 4_000.0, 3_000.0
SKILL_A, SKILL_D, COVER = 0.7, 0.9, 1.3
KILLS_D, KILLS_A = RATE * SKILL_A / COVER, RATE * SKILL_D
"""Defenders killed by each attacker in an hour, and attackers by each defender."""


def fight(rounds: int, hours: float, frontage: float, relief: float = 0.0, a: float = A, d: float = D) -> Any:
    """Strengths after each round of `hours` / `rounds`, expected losses only."""
    told = [(a, d)]
    for _ in range(rounds):
        attack = engaged(a * SKILL_A * POWER, a, frontage, relief)
        defence = engaged(d * SKILL_D * POWER, d, frontage, relief)
        losses = exchange(attack, defence, COVER, RATE, 1.0, hours / rounds * HOUR, 1.0, 1.0)
        a, d = a - losses.attacker, d - losses.defender
        told.append((a, d))
    return told


def test_exact_invariant_of_the_rounds() -> None:
    """a A^2 - b D^2 shrinks by exactly 1 - a b h^2 in each round of h hours: the discrete form of the square law."""
    for hours in (0.5, 2.0, 8.0):
        rounds = int(200 / hours)
        told = fight(rounds, rounds * hours, frontage=1e9)
        shrink = 1 - KILLS_D * KILLS_A * hours * hours
        for (a0, d0), (a1, d1) in itertools.pairwise(told):
            before, after = (KILLS_D * a * a - KILLS_A * d * d for a, d in ((a0, d0), (a1, d1)))
            scale = KILLS_D * a1 * a1 + KILLS_A * d1 * d1
            assert abs(after - before * shrink) < 1e-12 * scale
        assert told[-1][1] < 0.7 * D, "the fight was long enough to tell"


def test_the_invariant_notices_a_wrong_rule() -> None:
    """If losses came one side after the other, the invariant would be off by far more than 1e-12."""
    told = fight(1, 2.0, frontage=1e9)
    (_, d1) = told[1]
    a1 = A - KILLS_A * 2.0 * d1  # the defenders fire with whom they have left
    shrink = 1 - KILLS_D * KILLS_A * 4
    gap = KILLS_D * a1 * a1 - KILLS_A * d1 * d1 - (KILLS_D * A * A - KILLS_A * D * D) * shrink
    assert abs(gap) > 1e-6 * KILLS_D * A * A


def square_law(hours: float) -> tuple[float, float]:
    """The continuous law: A' = -b D, D' = -a A."""
    root = math.sqrt(KILLS_A * KILLS_D)
    c, s = math.cosh(root * hours), math.sinh(root * hours)
    return A * c - math.sqrt(KILLS_A / KILLS_D) * D * s, D * c - math.sqrt(KILLS_D / KILLS_A) * A * s


@pytest.mark.parametrize("side", [0, 1])
def test_rounds_converge_to_the_square_law(side: int) -> None:
    """Halving the round halves the distance to the continuous law: first order."""
    hours = 150.0
    wanted = square_law(hours)[side]
    assert 0 < square_law(hours)[1] < 0.7 * D
    gaps = [abs(fight(n, hours, frontage=1e9)[-1][side] - wanted) for n in (16, 32, 64, 128, 256)]
    ratios = [one / two for one, two in itertools.pairwise(gaps)]
    assert all(1.9 < ratio < 2.1 for ratio in ratios[1:]), ratios
    assert abs(ratios[-1] - 2) < abs(ratios[0] - 2), "nearer to two as rounds shrink"
    assert gaps[-1] < 1e-2 * wanted


FRONT = 500.0


def test_crowded_rounds_are_the_linear_law() -> None:
    """Where both crowd a front and those behind do not count, losses do not grow with numbers: each side loses in
    proportion to the front, whatever the length of the rounds, and a (A0 - A) = b (D0 - D)."""
    for rounds in (1, 7, 50):
        hours = 200.0
        a, d = fight(rounds, hours, FRONT)[-1]
        assert d > FRONT, "still crowded"
        assert a == pytest.approx(A - KILLS_A * FRONT * hours, rel=1e-12)
        assert d == pytest.approx(D - KILLS_D * FRONT * hours, rel=1e-12)
        assert KILLS_D * (A - a) == pytest.approx(KILLS_A * (D - d), rel=1e-11)


def test_rounds_converge_when_one_side_is_crowded() -> None:
    """Few defenders who all find room, many attackers who do not: D falls in a line, A along a parabola."""
    few, hours = 450.0, 100.0
    wanted_d = few - KILLS_D * FRONT * hours
    wanted_a = A - KILLS_A * (few * hours - KILLS_D * FRONT * hours * hours / 2)
    assert wanted_d > 0
    gaps = []
    for rounds in (8, 16, 32, 64):
        a, d = fight(rounds, hours, FRONT, a=A, d=few)[-1]
        assert d == pytest.approx(wanted_d, rel=1e-12)
        gaps.append(abs(a - wanted_a))
    ratios = [one / two for one, two in itertools.pairwise(gaps)]
    assert all(abs(ratio - 2) < 1e-6 for ratio in ratios), ratios


def test_relief_lies_between_the_two_laws() -> None:
    """Losses with some relief lie between those of a crowded front and those where all fight."""
    hours = 50.0
    ends = [fight(50, hours, FRONT, relief)[-1] for relief in (0.0, 0.5, 1.0)] + [fight(50, hours, 1e9)[-1]]
    for side in (0, 1):
        left = [end[side] for end in ends]
        assert left == sorted(left, reverse=True)
        assert len(set(left)) == 4
