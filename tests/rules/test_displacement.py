"""Displacement by hand: who leaves, where they go, and who comes back; nobody is lost or divided on the way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from exactness import never_against
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import displacement


@pytest.mark.parametrize(
    ("taken", "share", "liked", "alarm"),
    [
        (0, 0.4, 0.0, 0.0),  # nothing has happened
        (1, 0.4, 1.0, 0.2),  # liked as well as the one before: every second of them
        (1, 0.4, 0.0, 0.4),  # nothing good is expected of him
        (1, 0.4, 2.0, 0.0),  # they waited for him
    ],
)
def test_alarm_by_hand(taken: int, share: float, liked: float, alarm: float) -> None:
    assert displacement.alarm(taken, share, liked) == pytest.approx(alarm)


@pytest.mark.parametrize(
    ("at_home", "fighting", "alarm", "sorties", "u", "leave"),
    [
        (1000, 0.0, 0.0, 0, 0.999, 0),  # a quiet day
        (1000, 0.25, 0.0, 0, 0.0, 175),  # a quarter of the 700 who do not stay whatever happens
        (1000, 0.25, 0.5, 0, 0.0, 437),  # and half of the others
        (1000, 0.0, 0.0, 3, 0.0, 60),  # 20 for each sortie
        (1000, 0.001, 0.0, 0, 0.29, 0),  # 0.7 people: nobody in three of ten cases
        (1000, 0.001, 0.0, 0, 0.31, 1),
        (350, 0.0, 0.0, 9, 0.5, 50),  # 50 are left who would leave at all
        (300, 0.9, 0.9, 9, 0.9, 0),
        (0, 0.9, 0.9, 9, 0.9, 0),
    ],
)
def test_leaving_by_hand(at_home: int, fighting: float, alarm: float, sorties: int, u: float, leave: int) -> None:
    assert displacement.leaving(at_home, 1000, 0.3, fighting, alarm, sorties, 20.0, u) == leave


@pytest.mark.parametrize(
    ("weights", "people", "parts"),
    [
        ((3, 2, 1), 60, [30, 20, 10]),
        ((3, 2, 1), 7, [3, 2, 2]),
        ((0, 2, 1), 7, [0, 4, 3]),  # the first takes in nobody: its share goes to the others
        ((0, 0, 5), 7, [0, 0, 7]),
        ((0, 0, 0), 7, [0, 0, 0]),
        ((1, 1, 1), 1, [0, 0, 1]),
    ],
)
def test_parts_by_hand(weights: tuple[int, ...], people: int, parts: list[int]) -> None:
    assert split(people, weights) == parts


def split(people: int, weights: tuple[int, ...]) -> list[int]:
    """Who goes where; nobody goes where nobody is taken in."""
    if not sum(weights):
        return [0] * len(weights)
    gone = [displacement.up_to(people, so_far, sum(weights)) for so_far in itertools.accumulate(weights)]
    return [out - before for before, out in itertools.pairwise([0, *gone])]


def test_a_refuge_that_is_fought_over_takes_nobody_in() -> None:
    assert displacement.takes_in(123, True) == 123
    assert displacement.takes_in(123, False) == 0


@pytest.mark.parametrize(
    ("away", "liked", "u", "home"),
    [
        (1000, 1.0, 0.0, 30),
        (1000, 2.0, 0.0, 30),  # no faster than that
        (1000, 0.5, 0.0, 15),  # half, where the holder is liked half as well as the one before
        (1000, 0.0, 0.9, 0),
        (10, 1.0, 0.71, 1),  # 0.3 people
        (10, 1.0, 0.69, 0),
        (0, 1.0, 0.99, 0),
    ],
)
def test_returning_by_hand(away: int, liked: float, u: float, home: int) -> None:
    assert displacement.returning(away, 0.03, liked, u) == home


PEOPLE = st.integers(0, 50_000_000)
UNIT = st.floats(0, 1, exclude_max=True)


@given(PEOPLE, st.lists(st.integers(0, 1 << 16), min_size=3, max_size=3))
def test_the_parts_add_up_and_nobody_goes_where_there_is_no_room(people: int, weights: list[int]) -> None:
    parts = split(people, tuple(weights))
    assert sum(parts) == (people if sum(weights) else 0)
    assert all(part >= 0 for part in parts)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(st.lists(PEOPLE, min_size=3, max_size=3), UNIT, st.floats(0, 2), UNIT)
def test_nobody_returns_who_is_not_away(away: list[int], rate: float, liked: float, u: float) -> None:
    home = displacement.returning(sum(away), rate, liked, u)
    assert 0 <= home <= sum(away)
    for there, back in zip(away, split(home, tuple(away)), strict=True):
        assert 0 <= back <= there


@given(PEOPLE, UNIT, UNIT, UNIT, UNIT, st.integers(0, 500), st.floats(0, 1000), UNIT)
def test_those_who_stay_stay(
    population: int, home: float, stay: float, fighting: float, alarm: float, sorties: int, each: float, u: float
) -> None:
    at_home = int(population * home)
    leave = displacement.leaving(at_home, population, stay, fighting, alarm, sorties, each, u)
    assert 0 <= leave <= at_home
    assert leave == 0 or at_home - leave >= stay * population - 1e-6 * population


def test_leaving_is_right_on_average() -> None:
    u = (np.arange(10_000) + 0.5) / 10_000
    leave = displacement.leaving(np.full(10_000, 1_000), 1_000, 0.3, 0.0123, 0.0, 0, 40.0, u)
    assert leave.mean() == pytest.approx(700 * 0.0123, abs=1e-3)


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("alarm", "taken", 1), ("alarm", "share", 1), ("alarm", "liked", -1), ("leaving", "at_home", 1),
        ("leaving", "population", -1), ("leaving", "stay", -1), ("leaving", "fighting", 1), ("leaving", "alarm", 1),
        ("leaving", "sorties", 1), ("leaving", "each", 1), ("leaving", "u", 1), ("takes_in", "pull", 1),
        ("takes_in", "calm", 1), ("up_to", "people", 1), ("up_to", "so_far", 1), ("up_to", "total", -1),
        ("returning", "away", 1), ("returning", "rate", 1), ("returning", "liked", 1), ("returning", "u", 1),
    ],
)  # fmt: skip
def test_direction(rule: str, argument: str, sign: int) -> None:
    never_against(f"displacement.{rule}", argument, sign)
