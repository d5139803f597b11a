"""Columns on random road graphs arrive when Dijkstra says, in both engines."""

from __future__ import annotations

import itertools
from typing import Any

import networkx
import numpy as np
import pytest
from tiny import BARE, STEADY, causes, fallen, play_both, world_of

from sim.rules.chance import PREPARE, entity_key, pair, round_keys
from sim.units import HOUR

SPEED_KMH = {"motorway": 45, "primary": 38, "secondary": 30, "tertiary": 20, "track": 12}
"""Written down here once more: the roads of parameters.yaml, checked below."""
PREPARE_H = 2.5
REVIEW = 1
"""Tick of the first review of a command that is alert from the start."""


def random_roads(dice: np.random.Generator, size: int) -> list[list[Any]]:
    """A connected random graph: a random tree and as many roads again, any length and class."""
    order = dice.permutation(size)
    pairs = {tuple(sorted((int(order[i]), int(order[dice.integers(i)])))) for i in range(1, size)}
    while len(pairs) < min(2 * size - 2, size * (size - 1) // 2):
        a, b = sorted(dice.choice(size, 2, replace=False).tolist())
        pairs.add((a, b))
    classes = list(SPEED_KMH)
    return [
        [f"p{a}", f"p{b}", round(float(dice.uniform(3, 90)), 3), classes[dice.integers(5)]] for a, b in sorted(pairs)
    ]


def expedition(seed: int, columns: int) -> tuple[dict[str, Any], networkx.Graph]:
    """Columns somewhere in a country of their own, and one empty enemy town that beckons; with the graph of its
    roads in whole seconds, each leg with the second that it takes at least."""
    dice = np.random.default_rng(seed)
    size = int(dice.integers(4, 15))
    roads = random_roads(dice, size)
    graph = networkx.Graph()
    for a, b, km, kind in roads:
        seconds = int(km / SPEED_KMH[kind] * HOUR + 0.5)
        graph.add_edge(a, b, free=seconds, leg=seconds + 1)
    own = [f"p{i}" for i in range(1, size)]
    places: dict[str, Any] = {name: ["village", 0, 0.01 * i, 1_000, "red"] for i, name in enumerate(own)}
    for name in own:
        places[name].append({"supply": "red"})
    places["p0"] = ["city", 0, -0.01, 500_000, "blue", {"symbolic": {"red": 1}}]
    raw = {
        "days": 10,
        "places": places,
        "roads": roads,
        "factions": {"red": {"hostile": "blue", "doctrine": "offensive", "alert_h": 0}, "blue": {}},
        "commands": {"reds": {"faction": "red", "settings": {"reserve": 0, "guard": 0}}},
        "forces": {f"column{i}": ["red", str(dice.choice(own)), 100, "light", {"speed": 1}] for i in range(columns)},
        "mechanisms": BARE,
        "parameters": {**STEADY, "march.prepare": PREPARE_H},
    }
    return raw, graph


def preparation(seed: int, run: int, force: str) -> int:
    """Time from the order to the first vehicle of a force: half to one and a half of the mean, by its own draw."""
    u, _ = pair(round_keys(seed), run, entity_key("force", force), PREPARE, 0)
    return int(PREPARE_H * HOUR * (0.5 + u)) + 1


def expected(raw: dict[str, Any], graph: networkx.Graph, seed: int, run: int) -> int:
    """The tick at which the first column walks in: order, preparation, and the fastest way. A column is not
    led through the enemy's town, which is the end of its way."""
    arrivals: list[int] = []
    for name, force in raw["forces"].items():
        way = networkx.dijkstra_path(graph, force[1], "p0", weight="free")
        legs = sum(graph.edges[a, b]["leg"] for a, b in itertools.pairwise(way))
        arrivals.append(REVIEW + preparation(seed, run, name) + legs)
    return min(arrivals)


@pytest.mark.parametrize("columns", [1, 3])
def test_first_arrival_is_the_shortest_way(columns: int) -> None:
    legs = []
    for seed in range(12):
        raw, graph = expedition(100 * columns + seed, columns)
        world = world_of(raw)
        block = play_both(world, seed, 2, 2)
        assert set(causes(world, block)) == {"walked_in"}
        wanted = [expected(raw, graph, seed, run) for run in (0, 1)]
        assert fallen(world, block, "p0", "red").tolist() == wanted, f"seed {seed}"
        legs.append(len(networkx.dijkstra_path(graph, raw["forces"]["column0"][1], "p0", weight="free")) - 1)
    assert max(legs) >= 4, "some ways are long"


def test_slow_columns_take_longer() -> None:
    """At half the speed every leg takes twice its time (and the second)."""
    raw, graph = expedition(7, 1)
    raw["forces"]["column0"][4]["speed"] = 0.5
    way = networkx.dijkstra_path(graph, raw["forces"]["column0"][1], "p0", weight="free")
    legs = sum(2 * graph.edges[a, b]["free"] + 1 for a, b in itertools.pairwise(way))
    world = world_of(raw)
    wanted = REVIEW + preparation(1, 0, "column0") + legs
    assert fallen(world, play_both(world, 1, 1, 1), "p0", "red").tolist() == [wanted]


def test_speeds_are_those_of_the_parameters() -> None:
    raw, _ = expedition(1, 1)
    for kind, speed in SPEED_KMH.items():
        raw["places"] = {name: raw["places"][name] for name in ("p0", "p1")}
        raw["forces"] = {"column": ["red", "p1", 100, "light"]}
        raw["roads"] = [["p0", "p1", 90, kind]]
        world = world_of(raw)
        assert world.free.tolist() == [int(90 / speed * HOUR + 0.5)] * 2
