"""Equal sides on a mirrored map have even odds, whatever they are called.

Ids differ, so that the draws of the two sides do: who wins is a coin, and the exact binomial test says whether it
is fair. Campaigns that end with as many places on either side do not count.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from exact import binomial_p
from tiny import Raw, play, play_slowly, world_of

from sim.model.results import PEOPLE_COLUMNS, Block
from sim.model.world import World

SEED = 3
Z = 4.9
"""Two-sided false-alarm rate of 1e-6."""


def mirror(one: str, other: str, doctrine: str) -> Raw:
    """A front with two roads across it, the same on both sides, everything switched on."""
    places: Raw = {}
    forces: Raw = {}
    wings: Raw = {}
    reserves: Raw = {}
    roads: list[Any] = []
    for side, enemy, sign in ((one, other, 1), (other, one, -1)):
        capital, north, south, hill = (f"{what}-{side}" for what in ("capital", "north", "south", "hill"))
        symbolic = {side: 1, enemy: 0.8}
        places[capital] = ["city", 0.0, 1.5 * sign, 400_000, side, {
            "capital": True, "airbase": True, "supply": side, "symbolic": symbolic,
        }]  # fmt: skip
        places[north] = ["town", 0.3, 0.3 * sign, 60_000, side]
        places[south] = ["town", -0.3, 0.3 * sign, 60_000, side]
        places[hill] = ["hill", 0.05, 1.4 * sign, 0, side, {"commands": capital}]
        roads += [
            [capital, hill, 20, "primary"],
            [hill, north, 130, "primary", {"bridge": True}],
            [capital, south, 150, "secondary"],
        ]
        forces[f"first-{side}"] = [side, north, "3000..5000", "elite"]
        forces[f"second-{side}"] = [side, north, "3000..6000", "regular"]
        forces[f"third-{side}"] = [side, south, "2000..6000", "light"]
        forces[f"fourth-{side}"] = [side, capital, "3000..5000", "regular"]
        forces[f"guard-{side}"] = [side, capital, "1000..2000", "garrison"]
        wings[f"jets-{side}"] = [side, capital, "10..20", "1..2"]
        when = {"attacked": north, "delay_h": "12..48"}
        reserves[f"reserve-{side}"] = [side, capital, "1000..3000", "elite", {"when": when, "chance": 0.7}]
    roads += [[f"north-{one}", f"north-{other}", 65, "primary"], [f"south-{one}", f"south-{other}", 68, "primary"]]
    alike = {"doctrine": doctrine, "alert_h": 0}
    aims = {side: {**alike, "aims": f"capital-{enemy}"} for side, enemy in ((one, other), (other, one))}
    return {
        "days": 12,
        "places": places,
        "roads": roads,
        "factions": {one: {**aims[one], "hostile": other}, other: aims[other]},
        "forces": forces,
        "wings": wings,
        "reinforcements": reserves,
    }


@cache
def war(one: str, other: str, doctrine: str, runs: int, slowly: bool) -> tuple[World, Block]:
    world = world_of(mirror(one, other, doctrine))
    return world, (play_slowly if slowly else play)(world, SEED, runs)


def score(one: str, doctrine: str, runs: int, *, other: str, slowly: bool) -> tuple[int, int]:
    """In how many runs either side ends with more places than the other."""
    world, block = war(one, other, doctrine, runs, slowly)
    held = (block.final_holder == world.labels.faction_ids.index(one)).sum(axis=0)
    return int((2 * held > world.P).sum()), int((2 * held < world.P).sum())


def test_a_mirror_is_fair() -> None:
    """False alarm 1e-3; power against odds of 1 to 3 some 95 %."""
    east, west = score("east", "offensive", 100, other="west", slowly=True)
    assert east + west > 80
    assert binomial_p(east, east + west, 0.5) > 1e-3, f"{east} to {west}"


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), [("east", "west"), ("alpha", "omega")])
def test_a_mirror_is_fair_to_a_few_percent(one: str, other: str) -> None:
    """False alarm 1e-6; power against odds of 45 to 55 some 98 %."""
    won, lost = score(one, "offensive", 5_000, other=other, slowly=False)
    assert won + lost > 4_000
    assert binomial_p(won, won + lost, 0.5) > 1e-6, f"{won} to {lost}"


def test_swapped_sides_swap_the_outcome() -> None:
    """Where each side stands, east or west, is nothing; only who is who."""
    east, west = score("east", "offensive", 20, other="west", slowly=True)
    assert score("west", "offensive", 20, other="east", slowly=True) == (west, east)


def figures(world: World, block: Block) -> dict[str, Any]:
    """What becomes of either side: (2, runs) for each figure."""
    column = {name: block.people[i] for i, name in enumerate(PEOPLE_COLUMNS)}
    return {
        "places held": np.stack([(block.final_holder == k).sum(axis=0) for k in range(world.K)]),
        "people left": column["present"],
        "dead": column["dead"],
        "all losses": sum(column[name] for name in ("dead", "deserted", "captured", "disbanded")),
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("doctrine", "found"),
    [
        ("offensive", {"places held": 0.1, "people left": 0.09, "dead": 0.02, "all losses": 0.09}),
        ("opportunist", {"places held": 0.02, "people left": 0.011, "dead": 0.05, "all losses": 0.16}),
        ("hold", {"places held": 0.025, "people left": 0.012, "dead": 0.025, "all losses": 0.11}),
    ],
)
def test_a_mirror_is_symmetric_in_its_outcomes(doctrine: str, found: dict[str, float]) -> None:
    """Both sides keep and lose alike, run by run: means differ by chance alone. False alarm 1e-6 for each figure, some
    1e-5 in all; power 98 % against a difference of the share of the mean given as `found` (2.05 standard errors on)."""
    for name, (one, other) in figures(*war("east", "west", doctrine, 20_000, False)).items():
        difference = (one - other).astype(float)
        error = difference.std() / len(difference) ** 0.5
        assert abs(difference.mean()) <= Z * error, f"{name}: {difference.mean():.3g} +- {error:.3g}"
        assert (Z + 2.05) * error <= found[name] * (one.mean() + other.mean()) / 2, f"{name}: the power is as stated"
