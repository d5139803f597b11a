"""Generated theatres: valid, repeatable, plausible, and as nasty as asked for."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import networkx
import pytest
import yaml
from hostile import hostile_theatre

from sim.errors import UsageError
from sim.files.loader import load
from sim.model.scenario import Scenario
from sim.study.theatre import theatre, to_yaml


def net(scenario: Scenario) -> Any:
    graph = networkx.Graph()
    graph.add_nodes_from(scenario.places)
    graph.add_edges_from((road.a, road.b) for road in scenario.roads)
    return graph


def check(raw: dict[str, Any]) -> Scenario:
    """Valid, and every reference meets something."""
    scenario = Scenario.model_validate(raw)
    places, factions = set(scenario.places), set(scenario.factions)
    for road in scenario.roads:
        assert {road.a, road.b} <= places
        assert road.a != road.b
    ids = [force.id for force in (*scenario.forces, *scenario.reinforcements)]
    assert len(ids) == len(set(ids))
    assert len({frozenset((road.a, road.b)) for road in scenario.roads}) == len(scenario.roads)
    for force in (*scenario.forces, *scenario.reinforcements):
        assert force.faction in factions
        assert force.place in places
    for place in scenario.places.values():
        assert place.holder in factions
        assert {*place.commands, *([place.parent] if place.parent else [])} <= places
    for wing in scenario.wings.values():
        assert wing.base == "off_map" or scenario.places[wing.base].airbase or wing.base in places
        assert wing.backer is None or wing.backer in scenario.backers
    for command in scenario.commands.values():
        assert command.faction in factions
        assert set(command.area) <= places
    for more in scenario.reinforcements:
        assert set(more.otherwise) <= places
        assert 1 <= len(more.when.all) <= 3
        for clause in more.when.all:
            assert len(clause.model_fields_set) == 1
    return scenario


def test_the_benchmark_theatre() -> None:
    scenario = check(theatre(80, 100, 2, 1))
    assert (len(scenario.places), len(scenario.forces), len(scenario.factions)) == (80, 100, 2)
    graph = net(scenario)
    assert networkx.is_connected(graph)
    assert networkx.check_planarity(graph)[0]
    assert 2 < 2 * len(scenario.roads) / 80 < 3.5  # roads per place, as in real road networks
    people = sorted((place.people for place in scenario.places.values()), reverse=True)
    assert 1.3 < people[0] / people[1] < 4  # Zipf: about twice
    assert {place.holder for place in scenario.places.values()} == set(scenario.factions)
    assert {"city", "town", "village", "hill"} <= {place.kind for place in scenario.places.values()}
    assert any(road.bridge for road in scenario.roads)
    assert scenario.wings
    assert scenario.reinforcements
    assert len(scenario.commands) >= 4


def test_forces_stand_near_the_front() -> None:
    scenario = check(theatre(60, 200, 2, 5))
    graph = net(scenario)
    holder = {name: place.holder for name, place in scenario.places.items()}
    front = {a for a in graph if any(holder[a] != holder[b] for b in graph[a])}
    share = sum(force.place in front for force in scenario.forces) / len(scenario.forces)
    assert share > 0.6 > len(front) / 60


def test_a_seed_is_a_theatre_and_yaml_brings_it_back() -> None:
    assert theatre(20, 10, 3, 7) == theatre(20, 10, 3, 7)
    assert theatre(20, 10, 3, 7) != theatre(20, 10, 3, 8)
    raw = theatre(20, 10, 3, 7, allies=1, neutral=1)
    back = yaml.safe_load(to_yaml(raw))
    assert Scenario.model_validate(back) == Scenario.model_validate(raw)


def test_switches() -> None:
    apart = check(theatre(30, 10, 2, 3, islands=3))
    assert networkx.number_connected_components(net(apart)) == 3
    tied = check(theatre(36, 12, 2, 3, ties=True))
    assert len({road.km for road in tied.roads}) == 1
    assert len({place.people for place in tied.places.values()}) == 1
    assert all(force.people.is_fixed for force in tied.forces)
    empty = check(theatre(30, 40, 3, 3, zero=True))
    assert not any(force.people.high for force in empty.forces if force.faction == "crimson")
    assert any(force.people.high for force in empty.forces)
    mixed = check(theatre(40, 20, 4, 3, allies=2, neutral=2, off=["air", "night"]))
    assert mixed.factions["ally-1"].allied == ["amber"]
    assert not mixed.factions["neutral-1"].hostile
    assert mixed.mechanisms == {"air": False, "night": False}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 63, 64, 65, 127, 128, 129])
def test_sizes(size: int) -> None:
    assert len(check(theatre(size, size // 2, 4, size)).places) == size


def test_the_loader_takes_every_theatre(tmp_path: Path) -> None:
    for seed in range(30):
        file = tmp_path / f"{seed}.yaml"
        file.write_text(to_yaml(hostile_theatre(seed)), "utf-8")
        loaded = load(file).scenario
        assert len(loaded.places) == len(hostile_theatre(seed)["places"])


def test_hostile_theatres_are_valid_and_varied() -> None:
    seen = [check(hostile_theatre(seed)) for seed in range(40)]
    assert {len(s.places) for s in seen} & {63, 64, 65, 127, 128, 129}
    assert {len([f for f in s.factions if "-" not in f]) for s in seen} == {2, 3, 4}
    assert any(not networkx.is_connected(net(s)) for s in seen)
    assert any(s.parameters for s in seen)
    assert any(s.mechanisms for s in seen)


@pytest.mark.parametrize(
    "wrong", [{"places": 0}, {"places": 2001}, {"factions": 0}, {"factions": 9}, {"forces": -1}, {"islands": 0}]
)
def test_limits(wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="must lie between"):
        theatre(**wrong)


def test_the_script(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    script = Path(__file__).parents[2] / "scenarios" / "theatre.py"
    monkeypatch.setattr(sys, "argv", ["theatre.py", "--places", "9", "--forces", "4", "--seed", "2"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(script), run_name="__main__")
    assert end.value.code == 0
    assert len(Scenario.model_validate(yaml.safe_load(capsys.readouterr().out)).places) == 9
    monkeypatch.setattr(sys, "argv", ["theatre.py", "--places", "0"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(script), run_name="__main__")
    assert end.value.code == 2
    assert "places must lie between 1 and 2,000 (got 0)" in capsys.readouterr().err
