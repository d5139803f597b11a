"""Command by hand: what an objective is worth to a headquarters."""

from __future__ import annotations

import pytest
from exactness import never_against

from sim.rules import command
from sim.units import GRID, HOUR, NEVER


@pytest.mark.parametrize(
    ("nearest", "far", "brings"),
    [
        (4 * HOUR, 4 * HOUR, 0), (8 * HOUR, 4 * HOUR, 0.2), (16 * HOUR, 4 * HOUR, 0.3), (4 * HOUR, 9 * HOUR, 0),
        (HOUR, 0, 0.8), (0, 4 * HOUR, 0),
    ],
)  # fmt: skip
def test_what_a_place_brings_of_an_aim_by_hand(nearest: int, far: int, brings: float) -> None:
    # Weight 0.8, gateways count one half. Four hours saved against a scale of four hours: one half; twelve hours: three
    # quarters; a way back: nothing. The aim itself brings all of it, whatever gateways count and however near one
    # stood; an aim that is held already, nothing.
    assert command.brings(0.8, nearest, far, 4 * HOUR, 0.5) == pytest.approx(brings)
    assert command.brings(0.8, nearest, far, 4 * HOUR, 0.0) == (0.8 if far == 0 else 0)


def test_benefit_by_hand() -> None:
    # Value 0.5 x (attack 1 + 0.5 when it was ours); attack 0.5 halves it
    half = GRID // 2
    assert command.prize(half, 1.0, 0.5, 0) == 32_768
    assert command.prize(half, 1.0, 0.5, 1) == 49_152
    assert command.prize(half, 0.5, 0.5, 0) == 16_384
    # Half of an aim that counts 0.4, for a doctrine whose attack counts one half: a tenth of all value.
    assert command.benefit(1_000.0, 0.5, 0.5, 0.4) == pytest.approx(1_000 + GRID / 10)


@pytest.mark.parametrize(("march", "appeal"), [(0, 512_000), (12 * HOUR, 256_000), (36 * HOUR, 128_000)])
def test_appeal_by_hand(march: int, appeal: int) -> None:
    # 1,024 x 1,000 x chance 0.5, halved by twelve hours of march.
    assert command.appeal(1_000, 0.5, march, 12 * HOUR) == appeal


def test_plans_are_kept_by_hand() -> None:
    assert command.kept(1_000, 0.25) == 1_250
    assert command.kept(0, 0.25) == 0


@pytest.mark.parametrize(
    ("march", "near"), [(0, 1_024), (4 * HOUR, 512), (8 * HOUR, 204), (12 * HOUR, 102), (NEVER, 0)]
)
def test_nearness_by_hand(march: int, near: int) -> None:
    assert command.nearness(march, 4 * HOUR) == near


@pytest.mark.parametrize(
    ("way", "own", "nearby", "passing"),
    [
        (1_024, 0, 4_000, 1_024), (1_024, 1_000, 4_000, 768), (1_024, 4_000, 4_000, 0), (1_024, 9_000, 4_000, 0),
        (768, 1_000, 4_000, 512), (0, 0, 4_000, 0), (1_024, 0, 0, 1_024), (1_024, 1, 0, 0),
    ],
)  # fmt: skip
def test_what_passes_a_place_by_hand(way: int, own: int, nearby: int, passing: int) -> None:
    # A thousand hold up a quarter of the four thousand nearby, and behind another place a quarter more.
    assert command.passing(way, command.held_up(own, nearby)) == passing


@pytest.mark.parametrize(
    ("there", "others", "way", "threat"),
    [
        (0, 4_000, 1_024, 4_000), (0, 4_000, 512, 2_000), (0, 4_000, 0, 0), (1_000, 3_000, 512, 2_500),
        (1_000, 3_000, 0, 1_000),
    ],
)  # fmt: skip
def test_threat_by_hand(there: int, others: int, way: int, threat: int) -> None:
    # Those who are there count whatever the way of the others.
    assert command.threat(there, others, way) == threat


@pytest.mark.parametrize(
    ("threat", "own", "danger"),
    [(0, 100, 0.0), (100, 100, 0.5), (300, 100, 0.75), (50, 0, 1.0), (1, 0, 1.0), (0, 0, 0.0)],
)
def test_danger_by_hand(threat: int, own: int, danger: float) -> None:
    assert command.danger(threat, own) == danger


def test_what_help_eases_by_hand() -> None:
    # Against 300, 100 stand in danger 3/4; with 200 more 1/2; the curve here is a straight line.
    line = [0.0, 1.0]
    assert command.eased(line, 300, 100, 200) == pytest.approx(0.25)
    assert command.eased(line, 300, 100, 0) == 0
    assert command.eased(line, 0, 100, 200) == 0


def test_who_must_stay_by_hand() -> None:
    # Half of 1,000 people near by one half are part of a threat of 900: attacked, they leave 400 of it.
    assert command.untied(900, 1_000, 512) == 400
    assert command.untied(300, 1_000, 512) == 0
    assert command.watch(900, 400, 0.25) == 100
    assert command.watch(900, 0, 0.25) == 1  # somebody stays wherever anybody could come
    assert command.watch(0, 0, 0.25) == 0
    assert command.watch(900, 900, 0.0) == 0  # a doctrine without a guard leaves nobody


def test_judgement_by_hand() -> None:
    assert command.judged(1_001, GRID // 2) == 500
    assert command.judged(1_001, GRID) == 1_001
    assert command.judged(1_000, GRID + GRID // 4) == 1_250


def test_who_can_be_spared_by_hand() -> None:
    assert command.guard(401, 0.5) == 200
    assert command.spared(1_000, 200, 1_000) == 800  # the guard stays
    assert command.spared(1_000, 200, 700) == 700  # others are the guard
    assert command.spared(0, 200, 700) == 500  # those on the way count as there
    assert command.spared(1_000, 2_000, 700) == 0


def test_concern_by_hand() -> None:
    assert command.concern(1_000, 0.5, 2.0, 0) == 500
    assert command.concern(1_000, 0.5, 2.0, 1) == 2_500


def test_the_rest_by_hand() -> None:
    assert command.worth_attacking(0.5, 0.6, 0.75)  # 0.45 is enough
    assert not command.worth_attacking(0.44, 0.6, 0.75)
    assert not command.worth_attacking(0.5, 0.6, 1.0)
    assert command.worth_the_risk(24, 100, 1_000, 4_000)  # a quarter of the force, a quarter of the prize
    assert not command.worth_the_risk(25, 100, 1_000, 4_000)
    assert command.worth_the_risk(99, 100, 4_000, 2_000)  # more than are to be sent: all of the prize, not twice
    assert not command.worth_the_risk(100, 100, 4_000, 2_000)
    assert command.reserve_kept(1_000, GRID // 4) == 750
    assert command.reserve_kept(1_001, GRID // 4) == 751  # the reserve is rounded down, never the rest
    assert command.lacking(900, 200) == 700
    assert command.lacking(900, 1_000) == 0
    assert command.seen(12_345, 1, 700) == command.seen(99, 1, 700) == 700
    assert command.seen(12_345, 0, 700) == 12_345


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("brings", "weight", 1), ("brings", "nearest", 1), ("brings", "far", -1), ("prize", "value", 1),
        ("prize", "was_ours", 1), ("prize", "retake", 1), ("brings", "gateway", 1), ("benefit", "brought", 1),
        ("benefit", "attack", 1), ("passing", "way", 1), ("passing", "held_up", -1),
        ("held_up", "own", 1), ("held_up", "nearby", -1),
        ("threat", "there", 1), ("threat", "others", 1), ("threat", "way", 1),
        ("benefit", "aim", 1), ("appeal", "benefit", 1), ("appeal", "chance", 1), ("appeal", "march", -1),
        ("kept", "persistence", 1), ("nearness", "march", -1), ("danger", "threat", 1), ("danger", "own", -1),
        ("eased", "men", 1), ("concern", "value", 1), ("concern", "is_core", 1), ("worth_attacking", "share", 1),
        ("judged", "men", 1), ("judged", "judgement", 1), ("untied", "threat", 1), ("untied", "people", -1),
        ("untied", "near", -1), ("watch", "threat", 1), ("watch", "left", 1), ("watch", "each", 1),
        ("worth_attacking", "wanted", -1), ("worth_attacking", "hope", -1),
        ("guard", "threat", 1), ("guard", "each", 1),
        ("spared", "here", 1), ("spared", "guard", -1), ("spared", "muster", 1),
        ("worth_the_risk", "stake", -1), ("worth_the_risk", "worth", 1),
        ("worth_the_risk", "people", 1), ("worth_the_risk", "force", -1),
        ("lacking", "guard", 1), ("lacking", "here", -1), ("reserve_kept", "total", 1), ("reserve_kept", "reserve", -1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    never_against(f"command.{rule}", argument, sign)
