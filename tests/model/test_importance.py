"""The strategic score against hand-worked graphs, an independent library, and its invariances."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UsageError
from sim.model.importance import COMPONENTS, ENDS, Importance, importance
from sim.model.parameters import Parameters
from sim.model.ranks import kendall_tau, mean_rank
from sim.model.roadgraph import FAR, carried, detours, road_graph, travel_times, without_each
from sim.model.scenario import Road, Scenario
from sim.units import GRID

PARAMETERS = Parameters.model_validate(
    yaml.safe_load((Path(__file__).parents[2] / "scenarios" / "parameters.yaml").read_text("utf-8"))
)
SPEED = PARAMETERS.roads["secondary"].speed_kmh
HOUR_KM = SPEED  # a secondary road one hour long


def world(
    people: dict[str, int],
    roads: list[tuple[str, str, float]],
    red: str = "",
    attributes: dict[str, dict[str, Any]] | None = None,
    **more: Any,
) -> Scenario:
    """Places with people, roads in hours of travel, held by blue except those listed in `red`."""
    attributes = attributes or {}
    return Scenario.model_validate(
        {
            "scenario": "case",
            "start": "2030-01-01T06:00:00+00:00",
            "days": 10,
            "places": {
                place: {
                    "kind": "town", "lat": 0.0, "lon": 0.0, "people": count,
                    "holder": "red" if place in red.split() else "blue",
                    **attributes.get(place, {}),
                }
                for place, count in people.items()
            },
            "roads": [{"a": a, "b": b, "km": hours * HOUR_KM} for a, b, hours in roads],
            "factions": {"blue": {"hostile": ["red"]}, "red": {}},
            **more,
        }
    )  # fmt: skip


def component(score: Importance, name: str, place: str) -> float:
    return float(score.components[COMPONENTS.index(name), score.place_ids.index(place)]) / GRID


def check(scenario: Scenario, name: str, expected: dict[str, float]) -> None:
    score = importance(scenario, PARAMETERS)
    got = {place: component(score, name, place) for place in expected}
    assert got == pytest.approx(expected, abs=1 / GRID), name


PATH = world({"a": 100, "b": 100, "c": 100, "d": 300}, [("a", "b", 1), ("b", "c", 1), ("c", "d", 1)])
STAR = world({"hub": 50, "x": 10, "y": 10, "z": 20}, [("hub", "x", 1), ("hub", "y", 1), ("hub", "z", 1)])
RING = world(dict.fromkeys("abcd", 100), [("a", "b", 1), ("b", "c", 1), ("c", "d", 1), ("d", "a", 1)])
CLIQUE = [(a, b, 1.0) for group in ("abc", "xyz") for a in group for b in group if a < b]
CLIQUES = world(dict.fromkeys("abcxyz", 100), [*CLIQUE, ("c", "x", 1)])


def test_betweenness_of_a_path() -> None:
    # Road ends weigh 1/2, 1, 1, 1/2. Journeys avoiding b: ac 1/2, ad 1/4, cd 1/2; through b: ac and ad.
    check(PATH, "betweenness", {"a": 0, "b": 0.75 / 1.25, "c": 0.75 / 1.25, "d": 0})


def test_betweenness_of_a_star_a_ring_and_two_cliques() -> None:
    check(STAR, "betweenness", {"hub": 1, "x": 0})
    # Without a: bc, cd and bd, the last equally fast by a and by c: half of one journey in three.
    check(RING, "betweenness", dict.fromkeys("abcd", 0.5 / 3))
    # Ends weigh 1, 1, 3/2, 3/2, 1, 1. Through c: two places (1) to three (7/2): 7. Avoiding c:
    # ab 1, with the other clique 7, within it xy xz 3/2 each and yz 1: 12.
    check(CLIQUES, "betweenness", {"a": 0, "c": 7 / 12, "x": 7 / 12, "z": 0})


def test_gravity_of_a_path_weighs_people_and_time() -> None:
    # Pull at 1, 2, 3 h with a decay of 3 h: 9/16, 9/25, 1/4. Pairs avoiding b: ac 1e4 x .36,
    # ad 3e4 x .25, cd 3e4 x .5625; through b the first two.
    check(PATH, "gravity", {"b": (0.36 + 0.75) / (0.36 + 0.75 + 1.6875), "d": 0})


def test_accessibility_counts_detours() -> None:
    # In a path the others lose all of each other's pull across the gap: as gravity, with no way round.
    check(PATH, "accessibility", {"a": 0, "b": (0.36 + 0.75) / (0.36 + 0.75 + 1.6875)})
    # In a ring nothing gets longer: opposite neighbours have two equal ways.
    check(RING, "accessibility", dict.fromkeys("abcd", 0))
    # With one side of the ring slow (a-d 3 h), a to d still goes that way or by b and c in 3 h; a to c by
    # b in 2 h, 4 h without b: pull 9/25 becomes 9/49. Avoiding b: ac 9/25, ad 1/4, cd 9/16.
    slow = world(dict.fromkeys("abcd", 100), [("a", "b", 1), ("b", "c", 1), ("c", "d", 1), ("d", "a", 3)])
    check(slow, "accessibility", {"b": (9 / 25 - 9 / 49) / (9 / 25 + 1 / 4 + 9 / 16)})


def test_cut_is_the_share_of_people_separated() -> None:
    check(PATH, "cut", {"a": 0, "b": 100 / 500, "c": 200 / 500, "d": 0})
    check(STAR, "cut", {"hub": 20 / 40, "x": 0})
    check(RING, "cut", dict.fromkeys("abcd", 0))
    check(CLIQUES, "cut", {"a": 0, "c": 200 / 500, "x": 200 / 500})


def test_gateway_is_what_opens_to_the_enemy() -> None:
    # Red at r; a stands before b and c; d hangs off r itself. Shut a: b and c (600 of 700 others) are lost.
    people = {"r": 50, "a": 100, "b": 200, "c": 400, "d": 100}
    chain = [("r", "a", 1), ("a", "b", 1), ("b", "c", 1), ("r", "d", 1)]
    check(world(people, chain, red="r"), "gateway", {"a": 600 / 700, "b": 400 / 600, "c": 0, "d": 0})
    # A road round a that takes 3 h longer counts half (scale.detour 3 h): b at 5 h instead of 2 h, c too.
    score = world(people, [*chain, ("r", "b", 5)], red="r")
    check(score, "gateway", {"a": 0.5 * 600 / 700, "b": 400 / 600})
    result = importance(score, PARAMETERS)
    assert result.opens_to[result.place_ids.index("a")] == result.faction_ids.index("red")
    assert result.opens_to[result.place_ids.index("c")] == -1


def test_gateway_starts_from_the_places_that_supply() -> None:
    # Red holds both ends of a chain; seen from r alone, a opens b; seen from both, s reaches b itself.
    chain = [("r", "a", 1), ("a", "b", 1), ("b", "s", 1)]
    people = {"r": 0, "a": 100, "b": 100, "s": 0}
    both = world(people, chain, red="r s")
    one = world(people, chain, red="r s", attributes={"r": {"supply": ["red"]}})
    assert component(importance(both, PARAMETERS), "gateway", "a") == 0
    assert component(importance(one, PARAMETERS), "gateway", "a") == 1


def test_gateway_knows_camps_and_neutral_ground() -> None:
    # The only way from red to b leads over n, held by a neutral third; an ally of red starts beyond it.
    factions: dict[str, Any] = {"blue": {"hostile": ["red"]}, "red": {}, "green": {}}
    people = {"r": 0, "n": 10, "a": 100, "b": 300}
    roads = [("r", "n", 1.0), ("n", "a", 1.0), ("a", "b", 1.0)]
    green = {"n": {"holder": "green"}}

    def gateway(faction: str, **relations: Any) -> float:
        given = {**factions, "green": relations}
        score = importance(world(people, roads, red="r", attributes=green, factions=given), PARAMETERS)
        return float(score.gateway[score.faction_ids.index(faction), score.place_ids.index("a")]) / GRID

    assert gateway("red") == 0
    assert gateway("red", transit=["red"]) == pytest.approx(300 / 310, abs=1 / GRID)
    assert gateway("red", allied=["red"]) == 1
    assert gateway("green", allied=["red"]) == 1
    assert gateway("blue", allied=["red"]) == 0


def test_population_political_military_dependants() -> None:
    scenario = world(
        {"big": 300_000, "small": 0, "peak": 0, "port": 100_000, "child": 280_000},
        [("big", "small", 1), ("big", "peak", 1)],
        attributes={
            "big": {"capital": True, "seat": True, "symbolic": {"red": 0.5}},
            "small": {"military": 0.4, "airbase": True},
            "peak": {"kind": "hill", "commands": ["big", "port"]},
            "child": {"parent": "big"},
        },
    )
    score = importance(scenario, PARAMETERS)
    check(scenario, "population", {"big": 0.5, "small": 0, "port": 0.25})
    check(scenario, "political", {"big": 1 - 0.2 * 0.6, "small": 0})
    red, big = score.faction_ids.index("red"), score.place_ids.index("big")
    political = score.by_faction[COMPONENTS.index("political"), red, big] / GRID
    assert political == pytest.approx(1 - 0.2 * 0.6 * 0.5, abs=1 / GRID)
    check(scenario, "military", {"small": 1 - 0.6 * 0.4, "peak": 0.5, "big": 0})
    # Overlooked: 300,000 + 100,000 people and twice 20,000; child 280,000 + 20,000.
    check(scenario, "dependants", {"peak": 440 / 740, "big": 0.5, "child": 0})


def test_value_is_the_weighted_mean_and_weights_can_be_replaced() -> None:
    zeros = dict.fromkeys(COMPONENTS, 0.0)
    only = PATH.model_copy(update={"score_weights": {**zeros, "cut": 3.0, "population": 1.0}})
    score = importance(only, PARAMETERS)
    wanted = (3 * score.components[COMPONENTS.index("cut")] + score.components[COMPONENTS.index("population")]) / 4
    assert np.abs(score.held_value() - wanted).max() <= 1
    assert not importance(PATH.model_copy(update={"score_weights": zeros}), PARAMETERS).value.any()
    with pytest.raises(UsageError, match="did you mean gravity"):
        importance(PATH.model_copy(update={"score_weights": {"gravty": 1.0}}), PARAMETERS)
    with pytest.raises(UsageError, match="0 or more"):
        importance(PATH.model_copy(update={"score_weights": {"cut": -1.0}}), PARAMETERS)
    short = PARAMETERS.model_copy(update={"score": {}})
    with pytest.raises(UsageError, match="is missing"):
        importance(PATH, short)


def test_degenerate_worlds() -> None:
    for scenario in (
        world({"a": 0}, []),
        world({"a": 10, "b": 20}, []),
        world({"a": 10, "b": 20}, [("a", "b", 1)], red="a b"),
        world(dict.fromkeys("abc", 0), [("a", "b", 1), ("b", "c", 1)], red="a"),
        world(dict.fromkeys("abcd", 5), [("a", "b", 1), ("c", "d", 1)], red="a d"),
    ):
        score = importance(scenario, PARAMETERS)
        for name in ("gateway", "gravity", "accessibility", "cut"):
            assert not score.components[COMPONENTS.index(name)].any(), name


def test_parallel_roads_and_loops_count_once() -> None:
    twice = world({"a": 9, "b": 9, "c": 9}, [("a", "b", 2), ("b", "a", 1), ("b", "b", 1), ("b", "c", 1)])
    check(twice, "cut", {"b": 0.5})
    graph = road_graph(("a", "b", "c"), twice.roads, {"secondary": SPEED})
    assert graph.direct[0, 1] == 3600
    assert graph.neighbours[0] == ((1, 3600),)


# --- against an independent library ------------------------------------------------------------------------


def random_net(seed: int, size: int, ties: bool) -> tuple[Any, Any, np.random.Generator]:
    rng = np.random.default_rng(seed)
    net = networkx.gnm_random_graph(size, int(1.4 * size), seed=seed)
    for a, b in net.edges:
        net[a][b]["km"] = SPEED * (int(rng.integers(1, 4)) if ties else float(rng.uniform(0.2, 4)))
        net[a][b]["s"] = int(net[a][b]["km"] / SPEED * 3600 + 0.5)
    names = tuple(f"{i:03}" for i in range(size))
    roads = [Road.model_validate({"a": names[a], "b": names[b], "km": net[a][b]["km"]}) for a, b in net.edges]
    return net, road_graph(names, roads, {"secondary": SPEED}), rng


@pytest.mark.parametrize(("seed", "ties"), [(1, True), (2, False), (3, True)])
def test_times_and_betweenness_agree_with_networkx(seed: int, ties: bool) -> None:
    net, graph, _ = random_net(seed, 30, ties)
    times = travel_times(graph.direct)
    lengths = dict(networkx.all_pairs_dijkstra_path_length(net, weight="s"))
    for a in net:
        for b in net:
            assert times[a, b] == lengths[a].get(b, FAR)
    passing = carried(graph, times, np.ones((1, 30, 30)))[0]
    wanted = networkx.betweenness_centrality(net, weight="s", normalized=False)
    assert passing / 2 == pytest.approx([wanted[i] for i in range(30)])


@pytest.mark.parametrize("seed", [4, 5])
def test_leaving_each_place_out_agrees_with_networkx(seed: int) -> None:
    net, graph, rng = random_net(seed, 25, ties=seed == 4)
    ends = np.sort(rng.choice(25, 12, replace=False))
    seen = {}
    without_each(graph.direct, ends, lambda place, times: seen.update({place: times.copy()}))
    assert sorted(seen) == list(range(25))
    sources, closed = [0, 7], frozenset({3})
    before, grown = detours(graph, sources, closed)
    for place in range(25):
        rest = net.subgraph(set(net) - {place})
        lengths = dict(networkx.all_pairs_dijkstra_path_length(rest, weight="s"))
        for i, a in enumerate(ends):
            for j, b in enumerate(ends):
                if place not in (a, b):
                    assert seen[place][i, j] == lengths[a].get(b, FAR)
        if place in (*sources, *closed):
            continue
        open_net = rest.subgraph(set(rest) - closed)
        after = networkx.multi_source_dijkstra_path_length(open_net, set(sources), weight="s")
        for end in open_net:
            assert grown[place].get(end, before[end]) == after.get(end, FAR)


# --- properties --------------------------------------------------------------------------------------------


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    size = draw(st.integers(1, 9))
    names = [f"p{i}" for i in range(size)]
    people = {name: draw(st.sampled_from([0, 1, 700, 40_000, 2_000_000])) for name in names}
    ends = st.sampled_from(names)
    roads = draw(st.lists(st.tuples(ends, ends, st.sampled_from([0.5, 1.0, 1.0, 2.5])), max_size=14))
    red = " ".join(draw(st.lists(ends, max_size=4)))
    return world(people, roads, red=red, attributes={names[0]: {"capital": True, "symbolic": {"red": 0.7}}})


def same(score: Importance, other: Importance, rename: dict[str, str]) -> None:
    at = [other.place_ids.index(rename[place]) for place in score.place_ids]
    assert np.array_equal(score.components, other.components[:, at])
    assert np.array_equal(score.by_faction, other.by_faction[:, :, at])
    assert np.array_equal(score.value, other.value[:, at])
    assert np.array_equal(score.gateway, other.gateway[:, at])


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_bounds_and_invariances(scenario: Scenario, shuffle: Any) -> None:
    score = importance(scenario, PARAMETERS)
    for grid in (score.components, score.by_faction, score.value, score.gateway):
        assert grid.dtype == np.int64
        assert 0 <= grid.min() <= grid.max() <= GRID
    raw = scenario.model_dump(mode="json", by_alias=True)

    new = list(scenario.places)
    shuffle.shuffle(new)
    rename = dict(zip(scenario.places, (f"q{n}" for n in new), strict=True))
    renamed = {
        **raw,
        "places": {rename[k]: v for k, v in reversed(raw["places"].items())},
        "roads": [{**r, "a": rename[r["b"]], "b": rename[r["a"]]} for r in reversed(raw["roads"])],
    }
    same(score, importance(Scenario.model_validate(renamed), PARAMETERS), rename)

    lonely = {"kind": "town", "lat": 9.0, "lon": 9.0, "people": 0, "holder": "blue"}
    wider = Scenario.model_validate({**raw, "places": {**raw["places"], "p0x": lonely}})
    same(score, importance(wider, PARAMETERS), {name: name for name in scenario.places})


def test_an_isolated_city_changes_nothing_elsewhere_either() -> None:
    score = importance(CLIQUES, PARAMETERS)
    raw = CLIQUES.model_dump(mode="json", by_alias=True)
    raw["places"]["far"] = {"kind": "city", "lat": 9.0, "lon": 9.0, "people": 9_000_000, "holder": "red"}
    wider = importance(Scenario.model_validate(raw), PARAMETERS)
    at = [wider.place_ids.index(place) for place in score.place_ids]
    shared = [c for c, name in enumerate(COMPONENTS) if name != "gateway"]
    assert np.array_equal(score.components[shared], wider.components[shared][:, at])


def test_a_junction_on_a_road_changes_the_rest_little() -> None:
    split = world({**dict.fromkeys("abcxyz", 100), "m": 0}, [*CLIQUE, ("c", "m", 0.5), ("m", "x", 0.5)])
    before, after = importance(CLIQUES, PARAMETERS), importance(split, PARAMETERS)
    for place in "abcxyz":
        for name in ("gravity", "accessibility", "cut"):
            assert component(before, name, place) == component(after, name, place)
        change = component(before, "betweenness", place) - component(after, "betweenness", place)
        assert abs(change) < 0.06


# --- ranks ---------------------------------------------------------------------------------------------


def test_ranks_and_tau() -> None:
    assert mean_rank(np.array([5, 9, 5, 1])).tolist() == [2.5, 1, 2.5, 4]
    rows = np.array([[1, 2, 3, 4], [4, 3, 2, 1], [1, 2, 2, 3], [7, 7, 7, 7]])
    tau = kendall_tau(rows)
    assert tau[0, 0] == tau[2, 2] == 1
    assert tau[0, 1] == -1
    # Five concordant pairs and one tie: 5 / sqrt(6 x 5).
    assert tau[0, 2] == pytest.approx(5 / 30**0.5)
    assert np.isnan(tau[3]).all()


def test_size() -> None:
    rng = np.random.default_rng(0)

    def grid(width: int, height: int) -> Scenario:
        people = {f"{x:02}-{y:02}": int(1000 * rng.pareto(1.1)) for x in range(width) for y in range(height)}
        roads = []
        for x in range(width):
            for y in range(height):
                if x + 1 < width:
                    roads.append((f"{x:02}-{y:02}", f"{x + 1:02}-{y:02}", float(rng.uniform(0.3, 1))))
                if y + 1 < height:
                    roads.append((f"{x:02}-{y:02}", f"{x:02}-{y + 1:02}", float(rng.uniform(0.3, 1))))
        return world(people, roads, red=" ".join(sorted(people)[: len(people) // 3]))

    small, large = grid(10, 8), grid(25, 40)
    importance(small, PARAMETERS)
    for scenario, limit in ((small, 0.5), (large, 5.0)):
        began = time.process_time()
        score = importance(scenario, PARAMETERS)
        assert time.process_time() - began < limit
        assert len(score.place_ids) in (80, 1000)
    assert ENDS < 1000
