"""Command by hand: what an objective is worth to a headquarters."""

from __future__ import annotations

import pytest
from exactness import never_against

from sim.rules import command
from sim.units import GRID, HOUR


@pytest.mark.parametrize(
    ("best", "far", "opens"),
    [(4 * HOUR, 4 * HOUR, 0), (8 * HOUR, 4 * HOUR, 32_768), (16 * HOUR, 4 * HOUR, 49_152), (4 * HOUR, 9 * HOUR, 0)],
)
def test_opening_by_hand(best: int, far: int, opens: int) -> None:
    # Four hours saved against a scale of four hours: one half; twelve hours: three quarters; a way back: nothing.
    assert command.opening(best, far, 4 * HOUR) == opens


def test_prize_by_hand() -> None:
    # Value 0.5 x (attack 1 + 0.5 when it was ours); attack 0.5 halves it
    half = GRID // 2
    assert command.prize(half, 1.0, 0.5, 0) == 32_768
    assert command.prize(half, 1.0, 0.5, 1) == 49_152
    assert command.prize(half, 0.5, 0.5, 0) == 16_384
    assert command.door(2.0, 0.5) == 1.0


@pytest.mark.parametrize(("march", "appeal"), [(0, 512_000), (12 * HOUR, 256_000), (36 * HOUR, 128_000)])
def test_appeal_by_hand(march: int, appeal: int) -> None:
    # 1,024 x 1,000 x promise 0.5 (a table from 0 to 1, read at 0.5), halved by twelve hours of march.
    assert command.appeal(1_000, [0.0, 1.0], 0.5, march, 12 * HOUR) == appeal


@pytest.mark.parametrize(
    ("threat", "own", "danger"),
    [(0, 100, 0.0), (100, 100, 0.5), (300, 100, 0.75), (50, 0, 1.0), (1, 0, 1.0), (0, 0, 0.0)],
)
def test_danger_by_hand(threat: int, own: int, danger: float) -> None:
    assert command.danger(threat, own) == danger


def test_concern_by_hand() -> None:
    assert command.concern(1_000, 0.5, 2.0, 0) == 500
    assert command.concern(1_000, 0.5, 2.0, 1) == 2_500


def test_the_rest_by_hand() -> None:
    assert command.worth_attacking(0.5, 0.6, 0.75)  # 0.45 is enough
    assert not command.worth_attacking(0.44, 0.6, 0.75)
    assert not command.worth_attacking(0.5, 0.6, 1.0)
    assert command.guarded(50, 100, 0.5)
    assert not command.guarded(49, 100, 0.5)
    assert command.worth_the_risk(99, 100)
    assert not command.worth_the_risk(100, 100)
    assert command.reserve_kept(1_000, GRID // 4) == 750
    assert command.reserve_kept(1_001, GRID // 4) == 751  # the reserve is rounded down, never the rest
    assert command.seen(12_345, 1, 700) == command.seen(99, 1, 700) == 700
    assert command.seen(12_345, 0, 700) == 12_345


@pytest.mark.parametrize(
    ("rule", "argument", "sign"),
    [
        ("opening", "best", 1), ("opening", "far", -1), ("prize", "value", 1), ("prize", "was_ours", 1),
        ("prize", "retake", 1), ("door", "gateway", 1), ("appeal", "benefit", 1), ("appeal", "share", 1),
        ("appeal", "march", -1), ("danger", "threat", 1), ("danger", "own", -1), ("concern", "value", 1),
        ("concern", "is_core", 1), ("worth_attacking", "share", 1), ("worth_attacking", "wanted", -1),
        ("worth_attacking", "hope", -1),
        ("guarded", "remaining", 1), ("guarded", "threat", -1), ("guarded", "guard", -1),
        ("worth_the_risk", "stake", -1), ("worth_the_risk", "worth", 1),
        ("reserve_kept", "total", 1), ("reserve_kept", "reserve", -1),
    ],
)  # fmt: skip
def test_directions(rule: str, argument: str, sign: int) -> None:
    never_against(f"command.{rule}", argument, sign)
