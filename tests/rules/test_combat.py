"""The fight by hand: power, cover, losses, ground."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exactness import CURVES, never_against
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules import combat
from sim.units import GRID, HOUR, POWER

REPEATABLE = settings(derandomize=True, database=None, deadline=None, max_examples=200)
FIT: dict[str, Any] = {
    "people": 100,
    "quality": GRID,
    "morale": GRID,
    "morale_floor": 0.5,
    "supply": GRID,
    "supply_floor": 0.25,
    "order": 1.0,
    "darkness": 0.0,
    "night": 0,
}


@pytest.mark.parametrize(
    ("change", "power"),
    [
        ({}, 100 * POWER),  # a hundred fully effective people
        ({"quality": GRID // 2}, 12_800),  # half as good
        ({"morale": 0}, 12_800),  # 0.5 + 0.5 x 0
        ({"morale": GRID // 2}, 19_200),  # 0.5 + 0.5 x 0.5 = 0.75
        ({"morale": GRID // 2, "morale_floor": 0.25}, 16_000),  # 0.25 + 0.75 x 0.5 = 0.625
        ({"supply": 0}, 6_400),  # the floor
        ({"supply": GRID // 2}, 16_000),  # 0.25 + 0.75 x 0.5 = 0.625
        ({"order": 0.5}, 12_800),
        ({"darkness": 0.5}, 12_800),
        ({"darkness": 0.5, "night": GRID}, 25_600),
        ({"darkness": 0.5, "night": GRID // 2}, 19_200),  # 1 - 0.5 x 0.5
        ({"people": 0}, 0),
        ({"quality": GRID // 2, "morale": 0, "supply": 0, "order": 0.5, "darkness": 0.5}, 400),  # 25,600 / 64
    ],
)
def test_fighting_power_by_hand(change: dict[str, Any], power: int) -> None:
    assert combat.fighting_power(**{**FIT, **change}) == power


@pytest.mark.parametrize(
    ("argument", "sign"),
    [("people", 1), ("quality", 1), ("morale", 1), ("morale_floor", 1), ("supply", 1), ("supply_floor", 1),
     ("order", 1), ("darkness", -1), ("night", 1)],
)  # fmt: skip
def test_what_makes_power(argument: str, sign: int) -> None:
    fixed: dict[str, Any] = {} if argument == "order" else {"order": 1.0}
    never_against("combat.fighting_power", argument, sign, **fixed)


@pytest.mark.parametrize(
    ("people", "suppressed", "left"),
    [(100, 0, 1000.0), (100, 20, 800.0), (100, 50, 500.0), (100, 5000, 500.0), (0, 3, 500.0)],
)
def test_suppression_is_capped(people: int, suppressed: int, left: float) -> None:
    assert combat.unsuppressed(1000, people, suppressed, 0.5) == left


@pytest.mark.parametrize(
    ("people", "relief", "power"),
    [
        (50, 0.0, 1000.0),  # all find room
        (100, 0.0, 1000.0),
        (400, 0.0, 250.0),  # four deep: a quarter fights
        (400, 1.0, 500.0),  # the square root of four, over four
        (400, 0.5, 375.0),  # half way
        (10_000, 0.0, 10.0),
    ],
)
def test_crowding_by_hand(people: int, relief: float, power: float) -> None:
    assert combat.engaged(1000.0, people, 100, relief) == power


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.integers(1, 10_000), st.floats(0, 1))
@REPEATABLE
def test_more_people_never_count_for_less(a: int, b: int, frontage: int, relief: float) -> None:
    """Each with the power 1; the share of them that counts never grows, what counts in all never falls."""
    few, many = sorted((a, b))
    counts = [combat.engaged(float(n), n, frontage, relief) for n in (few, many)]
    assert counts[1] >= counts[0] * (1 - 1e-12)
    assert counts[1] / many <= counts[0] / few * (1 + 1e-12)
    assert counts[0] == (few if few <= frontage else pytest.approx(max(counts[0], frontage)))


OPEN: dict[str, Any] = {
    "ground": 1.5,
    "fort": 0,
    "fortification": 0.5,
    "overlooked": 0,
    "overlook": 0.25,
    "axes": 1,
    "flank": 0.25,
    "surprised": 0,
    "surprise": 0.5,
    "floor": 0.5,
}


@pytest.mark.parametrize(
    ("change", "cover"),
    [
        ({}, 1.5),
        ({"fort": GRID // 2}, 1.875),  # 1.5 x (1 + 0.5 x 0.5)
        ({"overlooked": 1}, 1.875),  # 1.5 x 1.25
        ({"axes": 2}, 1.2),  # 1.5 / 1.25
        ({"axes": 3}, 1.0),  # 1.5 / 1.5
        ({"axes": 2, "overlooked": 1}, 1.2),  # from two sides the height is of no use
        ({"surprised": 1}, 0.75),
        ({"fort": GRID, "overlooked": 1}, 2.8125),  # 1.5 x 1.5 x 1.25
        ({"surprised": 1, "axes": 3}, 0.5),
        ({"surprised": 1, "axes": 6, "ground": 1.0}, 0.5),  # 1 / 2.25 x 0.5 = 0.22, but never below one half
        ({"surprised": 1, "axes": 3, "floor": 0.75}, 0.75),
    ],
)
def test_protection_by_hand(change: dict[str, Any], cover: float) -> None:
    assert combat.protection(**{**OPEN, **change}) == pytest.approx(cover, rel=1e-15)


@pytest.mark.parametrize(
    ("argument", "sign"),
    [("ground", 1), ("fort", 1), ("fortification", 1), ("overlooked", 1), ("overlook", 1), ("axes", -1), ("flank", -1),
     ("surprised", -1), ("surprise", -1), ("floor", 1)],
)  # fmt: skip
def test_what_protects(argument: str, sign: int) -> None:
    never_against("combat.protection", argument, sign)


@pytest.mark.parametrize(("frontage", "axes", "room"), [(900, 1, 900), (900, 3, 2_700)])
def test_front_by_hand(frontage: int, axes: int, room: int) -> None:
    assert combat.front(frontage, axes) == room


@pytest.mark.parametrize(("fortune", "power"), [(GRID, 1000.0), (GRID // 4, 250.0), (3 * GRID, 3000.0)])
def test_favoured_by_hand(fortune: int, power: float) -> None:
    assert combat.favoured(1000.0, fortune) == power


@pytest.mark.parametrize(
    ("people", "defenders", "odds", "taken"),
    [
        (1500, 100, 7.5, True),  # 1500 x 0.5 against 7.5 x 1.25 x 100 x 0.8 = 750
        (1499, 100, 7.5, False),
        (1500, 101, 7.5, False),
        (1500, 100, 7.75, False),
        (0, 0, 7.5, True),
    ],
)
def test_overrun_by_hand(people: int, defenders: int, odds: float, taken: bool) -> None:
    assert combat.overruns(people, 5_000, defenders, 8_000, 1.25, odds) == taken


@pytest.mark.parametrize(
    ("argument", "sign"),
    [("people", 1), ("repute", 1), ("defenders", -1), ("their_repute", -1), ("ground", -1), ("odds", -1)],
)
def test_who_overruns(argument: str, sign: int) -> None:
    never_against("combat.overruns", argument, sign)


def test_cover_counts_for_the_defence() -> None:
    assert combat.assault_share(300.0, 50.0, 2.0) == 0.75  # 300 against 100
    never_against("combat.assault_share", "cover", -1)


def test_odds_by_hand() -> None:
    assert combat.odds_share(3.0, 1.0) == 0.75
    assert combat.odds_share(1.0, 3.0) == 0.25
    assert combat.odds_share(5.0, 0.0) == 1.0
    assert combat.odds_share(0.0, 0.0) == 0.0


@given(st.floats(0, 1e8), st.floats(0, 1e8))
@REPEATABLE
def test_shares_add_up_to_one(a: float, d: float) -> None:
    share = combat.odds_share(a, d)
    assert 0 <= share <= 1
    if a + d > 1:
        assert share + combat.odds_share(d, a) == pytest.approx(1)


def test_exchange_by_hand() -> None:
    # 100 effective attackers, 50 effective defenders behind cover 2, 1 % an hour, two hours:
    # attackers lose 0.01 x 2 x 50 = 1; defenders 0.01 x 2 x 100 / 2 = 1.
    losses = combat.exchange(100 * POWER, 50 * POWER, 2.0, 0.01, 1.0, 2 * HOUR, 1.0, 1.0)
    assert losses == pytest.approx((1.0, 1.0))
    assert combat.exchange(100 * POWER, 50 * POWER, 2.0, 0.01, 0.25, 2 * HOUR, 1.0, 1.0) == pytest.approx((0.25, 0.25))
    # Each side's luck multiplies what it does to the other.
    losses = combat.exchange(100 * POWER, 50 * POWER, 2.0, 0.01, 1.0, 2 * HOUR, 3.0, 0.5)
    assert (losses.attacker, losses.defender) == pytest.approx((0.5, 3.0))


def test_the_expected_share_by_hand() -> None:
    # 3,000 at 0.5 against 1,000 at 0.6 behind ground worth 1.5: 1,500 to 900, on a front for all of them.
    men, half, better = 3_000, GRID // 2, 6 * GRID // 10
    assert combat.expected_share(men, half, 1_000, better, 1.5, 4_000, 0.7) == pytest.approx(0.625, rel=1e-4)
    # On a front of 750 without relief, 750 count on either side: 375 to 675.
    assert combat.expected_share(men, half, 1_000, better, 1.5, 750, 0.0) == pytest.approx(5 / 14, rel=1e-4)
    assert combat.expected_share(men, half, 0, better, 1.5, 4_000, 0.7) == 1.0


@pytest.mark.parametrize(
    ("argument", "sign"), [("repute", 1), ("defenders", -1), ("their_repute", -1), ("ground", -1), ("men", 1)]
)
def test_what_an_attack_promises(argument: str, sign: int) -> None:
    never_against("combat.expected_share", argument, sign)


@pytest.mark.parametrize(
    ("u", "spread", "luck"),
    [(0.5, 1.0, 0.8), (1.0, 1.0, 3.2), (0.75, 1.0, 1.8), (0.0, 2.0, 0.005), (0.3, 0.0, 1.0), (0.25, 0.5, 9 / 17)],
)
def test_luck_by_hand(u: float, spread: float, luck: float) -> None:
    # The table runs from -2 to 2. Spread 1: at u = 1, (1 + 2 / 2)^2 = 4, over 1 + 1/4; at u = 0.75, z = 1: 2.25 / 1.25.
    # Spread 2: 1 - 2 would be negative and is cut to 0.1; 0.01 / 2. Spread 0.5 at z = -1: (9/16) / (17/16).
    assert combat.scatter([-2.0, 0.0, 2.0], u, spread, 0.1) == pytest.approx(luck, rel=1e-15)


@pytest.mark.parametrize(
    ("u", "spread", "factor"), [(0.5, 1.0, 52_428), (1.0, 1.0, 209_715), (0.0, 2.0, 327), (0.9, 0.0, 65_536)]
)
def test_fortune_by_hand(u: float, spread: float, factor: int) -> None:
    # As luck, on the grid: 3.2 x 65,536 rounded down; never nothing; exactly 1 without spread.
    assert combat.fortune([-2.0, 0.0, 2.0], u, spread, 0.1) == factor


@pytest.mark.parametrize("spread", [0.25, 0.4, 0.6])
def test_luck_on_average(spread: float) -> None:
    """The mean is 1, and the spread of the logarithm is s, as the parameter `combat.spread` (sigma of log) says, to
    15 % over the whole range of the parameter."""
    u = (np.arange(200_000) + 0.5) / 200_000
    luck = combat.scatter(CURVES.normal, u, spread, 0.1)
    assert luck.mean() == pytest.approx(1, rel=0.01)
    assert np.log(luck).std() == pytest.approx(spread, rel=0.15)


@pytest.mark.parametrize(
    ("people", "expected", "u", "dead"),
    [
        (10, 2.25, 0.5, 2),
        (10, 2.25, 0.75, 3),
        (10, 2.25, 0.0, 2),
        (2, 5.5, 0.9, 2),
        (0, 5.5, 0.9, 0),
        (9, 0.0, 0.99, 0),
    ],
)
def test_killed_by_hand(people: int, expected: float, u: float, dead: int) -> None:
    assert combat.killed(people, expected, u) == dead


@given(st.floats(0, 500))
@REPEATABLE
def test_rounding_is_unbiased(expected: float) -> None:
    """floor(e + u) over an even grid of u has the mean e, to the fineness of the grid."""
    n = 4096
    u = (np.arange(n) + 0.5) / n
    assert abs(combat.killed(np.full(n, 1000), expected, u).mean() - expected) <= 1 / n


@pytest.mark.parametrize(
    ("so_far", "share", "luck", "after"),
    [
        (1000, 0.75, 1.0, 7_553),  # 0.1 a h x 2 h x 0.5 = 0.1 district = 6,553.6, and floor
        (1000, 0.5, 1.0, 1_000),
        (20_000, 0.0, 1.0, 6_892),  # thrown back 0.2 of a district: 13,107.2
        (1000, 0.0, 1.0, 0),
        (0, 1.0, 2.0, 26_214),  # 0.4 of a district
    ],
)
def test_progress_by_hand(so_far: int, share: float, luck: float, after: int) -> None:
    # The table reads -1 at share 0 to 1 at share 1.
    assert combat.progress(so_far, share, [-1.0, 1.0], 0.1, 2 * HOUR, luck) == after


def test_progress_follows_the_odds() -> None:
    never_against("combat.progress", "share", 1)
    never_against("combat.progress", "so_far", 1)


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=8), st.floats(0, 1))
@REPEATABLE
def test_losses_are_shared_out_whole(people: list[int], part: float) -> None:
    """What formations lose adds up to the side's loss, nobody loses more than he has, each about his share."""
    men = sum(people)
    loss = int(part * men)
    given_out, so_far, each = 0, 0, []
    for own in people:
        so_far += own
        upto = combat.part_of(loss, so_far, men)
        each.append(upto - given_out)
        given_out = upto
    assert sum(each) == loss
    for own, lost in zip(people, each, strict=True):
        assert 0 <= lost <= own
        assert abs(lost - loss * own / max(men, 1)) < 1


@pytest.mark.parametrize(
    ("odds", "ground", "strain", "promise"),
    [(0.5, -1.0, 0.0, 0.2), (1, 0.0, 0.5, 0.5), (2, 1.0, 1.0, 0.8), (4, 2.0, 1.5, 16 / 17), (8, 3.0, 2.0, 64 / 65),
     (100, 3.0, 2.5, 1.0), (0.01, -1.0, 0.0, 0.0)],
)  # fmt: skip
def test_curves_by_hand(odds: float, ground: float, strain: float, promise: float) -> None:
    """Ground gained is log2 of the odds, cut to -1..3; strain (log2 + 1) / 2, cut to 0..2.5; promise r^2 / (1 + r^2).
    The tables hold 1,024 steps, so between them they are good to one part in a thousand or so."""
    from sim.rules.ops import lookup

    share = odds / (1 + odds)
    assert lookup(CURVES.ground_gained, share) == pytest.approx(ground, abs=0.005)
    assert lookup(CURVES.strain, share) == pytest.approx(strain, abs=0.005)
    assert lookup(CURVES.promise, share) == pytest.approx(promise, abs=0.001)
