"""Small battles, played by both engines through real scenarios, against the exact absorbing Markov chain.

Everything that is not the exchange of losses is switched off: no luck but that of rounding, no morale, no ground
taken step by step, so that each battle is fought to the last. Eight thousand runs; a false alarm in 1e-6 of
all seeds for each of the three figures. Power: odds that are wrong by 0.04 or survivors wrong by
0.3 are found with more than 99 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import pytest
from exact import battle, binomial_p
from tiny import BARE, STEADY, causes, held, play_both, world_of

RUNS, BOTH = 8_000, 100
FALSE_ALARM = 1e-6
Z = NormalDist().inv_cdf(1 - FALSE_ALARM / 2)
ROUND_H = 2
FLANK = 0.25


@dataclass(frozen=True)
class Battle:
    """Attackers by formation (each from a place of its own), defenders by formation, losses per enemy and hour."""

    attackers: tuple[int, ...]
    defenders: tuple[int, ...]
    rate: float
    skill_a: float = 1.0
    skill_d: float = 1.0

    def scenario(self) -> dict[str, Any]:
        camps = {f"camp{i}": ["base", 0, 0.1 * i, 0, "red", {"supply": "red"}] for i in range(len(self.attackers))}
        equal = {"morale": 1, "speed": 1}
        return {
            "days": 40,
            "places": {**camps, "town": ["town", 0.1, 0, 20_000, "blue", {"supply": "blue"}]},
            "roads": [[camp, "town", 20, "primary"] for camp in camps],
            "factions": {
                "red": {"hostile": "blue", "doctrine": "offensive", "alert_h": 0, "cohesion": 1, "aims": "town"},
                "blue": {"alert_h": 0, "cohesion": 1},
            },
            "commands": {"reds": {"faction": "red", "settings": dict.fromkeys(ALWAYS, 0)}},
            "forces": {
                **{
                    f"r{i}": ["red", f"camp{i}", n, "light", {"quality": self.skill_a, **equal}]
                    for i, n in enumerate(self.attackers)
                },
                **{
                    f"b{i}": ["blue", "town", n, "garrison", {"quality": self.skill_d, **equal}]
                    for i, n in enumerate(self.defenders)
                },
            },
            "mechanisms": BARE,
            "parameters": {
                **STEADY, "combat.loss_per_h": self.rate, "combat.round": ROUND_H, "combat.advance_per_h": 0,
                "combat.bounce": 1e6, "combat.flank": FLANK,
            },
        }  # fmt: skip

    @property
    def cover(self) -> float:
        """Protection of the defenders: none in the open, less for each further direction of attack."""
        return 1 / (1 + FLANK * (len(self.attackers) - 1))


ALWAYS = ("attack_odds", "call_off_odds", "invest_odds", "reserve", "guard", "defend")
"""Attack whatever the odds, with everybody, to the end."""

BATTLES = {
    "twelve against ten": Battle((12,), (10,), 0.05),
    "ten against twelve": Battle((10,), (12,), 0.05),
    "few good against many poor": Battle((5,), (9,), 0.06, skill_a=1.0, skill_d=0.5),
    "more than one loss a round": Battle((14,), (11,), 0.09),
    "in several formations": Battle((12,), (4, 3, 3), 0.05),
    "from two sides": Battle((6, 6), (13,), 0.05),
}


@pytest.mark.parametrize("name", BATTLES)
def test_odds_and_survivors(name: str) -> None:
    plan = BATTLES[name]
    world = world_of(plan.scenario())
    block = play_both(world, 20241127, RUNS, BOTH)
    labels = world.labels
    left = {k: block.people[2][labels.faction_ids.index(k)] for k in ("red", "blue")}
    assert not ((left["red"] > 0) & (left["blue"] > 0)).any(), "every battle is decided"
    assert set(causes(world, block)) == {"broken"}

    fate = battle(
        sum(plan.attackers), sum(plan.defenders), plan.rate * ROUND_H * plan.skill_d,
        plan.rate * ROUND_H * plan.skill_a / plan.cover,
    )  # fmt: skip
    won = int(held(world, block, "town", "red").sum())
    assert binomial_p(won, RUNS, fate.win) > FALSE_ALARM, f"won {won / RUNS:.4f}, exactly {fate.win:.4f}"
    for side, mean, square in (
        ("red", fate.attackers, fate.attackers_squared),
        ("blue", fate.defenders, fate.defenders_squared),
    ):
        error = math.sqrt((square - mean * mean) / RUNS)
        assert abs(left[side].mean() - mean) < Z * error, f"{side} {left[side].mean():.3f}, exactly {mean:.3f}"
    assert block.people[3].sum() == (block.people[0] - block.people[2]).sum(), "only the dead are missing"
