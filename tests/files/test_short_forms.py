"""Short forms mean what their long forms mean, and errors stay at the item that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from sim.files import Loaded, load
from sim.model.spread import Spread

LONG = """
scenario: small
title: Two towns and a hill
start: 2031-05-01 06:00:00+02:00
days: 5.0
places:
  knoll: {kind: hill, lat: 50.25, lon: 10.15, people: 0, holder: blue, commands: [bravo]}
  bravo: {kind: city, lat: 50.3, lon: 10.2, people: 300_000, holder: blue, seat: true, supply: [blue]}
  alfa:
    holder: red
    people: 20000
    lon: 10
    lat: 50
    kind: town
    supply: [red]
    capital: true
roads:
  - {from: knoll, to: alfa, km: 35, class: primary}
  - {a: knoll, b: bravo, km: 8, bridge: {name: Mill bridge}}
factions:
  blue: {hostile: [red]}
  red: {doctrine: offensive, aims: {bravo: 1}}
forces:
  - {faction: blue, place: knoll, people: {range: 300..600}, class: militia}
  - {faction: blue, place: bravo, people: {fixed: 2000}, class: garrison, id: town-guard, quality: {range: 0.3..0.5}}
  - {faction: red, place: alfa, people: {uniform: [3000, 5000]}, class: elite, id: red-alfa-elite}
wings:
  blue-air:
    faction: blue
    base: off_map
    aircraft: 4..8
    sorties_per_day: 1..2
    effort: [{at: 2031-05-01T00:00+02:00, share: 0.5}, {at: 2031-05-03T10:00Z, share: 1}]
reinforcements:
  - faction: blue
    place: bravo
    people: 1500
    when: {all: [{attacked: bravo}], delay_h: 12..24}
    chance: 0.5..0.9
observed:
  - {place: bravo, to: [red], at: 2031-05-03T18:00+02:00}
"""


def test_short_and_long_are_the_same_scenario(small: str, write: Callable[..., Path]) -> None:
    short, long = load(write(small)), load(write(LONG))
    assert short.scenario == long.scenario
    assert short.json == long.json
    assert short.hash == long.hash


def test_lists_by_id_are_the_same_scenario(small: str, write: Callable[..., Path]) -> None:
    by_id = small.replace("- [red, alfa, 3000", "red-alfa-elite: [red, alfa, 3000")
    by_id = by_id.replace(
        "- [blue, bravo, 2000, garrison, {id: town-guard, ", "town-guard: [blue, bravo, 2000, garrison, {"
    )
    by_id = by_id.replace("- [blue, knoll", "blue-knoll-militia: [blue, knoll")
    by_id = by_id.replace("- [alfa, knoll", "any-name: [alfa, knoll").replace(
        "- [knoll, bravo, 8", "other: [knoll, bravo, 8"
    )
    assert load(write(by_id)).hash == load(write(small)).hash


def test_the_canonical_json_is_a_scenario_file_with_the_same_hash(
    loaded: Callable[..., Loaded], write: Callable[..., Path]
) -> None:
    first = loaded()
    again = load(write(first.json))
    assert again.hash == first.hash
    assert load(write(yaml.safe_dump(yaml.safe_load(first.json)))).hash == first.hash


def test_any_change_of_content_changes_the_hash(loaded: Callable[..., Loaded]) -> None:
    changes = [("35, primary", "36, primary"), ("20000", "20001"), ("days: 5", "days: 6"), ("elite]", "regular]")]
    changes += [("T12:00: 1}", "T12:01: 1}"), ("0.3..0.5", "{triangular: [0.3, 0.4, 0.5]}"), ("T06:00", "T07:00")]
    hashes = {loaded(change).hash for change in changes}
    assert len(hashes | {loaded().hash}) == len(changes) + 1


def test_ids_that_are_made(loaded: Callable[..., Loaded]) -> None:
    scenario = loaded().scenario
    assert [force.id for force in scenario.forces] == ["blue-knoll-militia", "red-alfa-elite", "town-guard"]
    assert [force.id for force in scenario.reinforcements] == ["blue-bravo-regular"]
    assert [(road.a, road.b) for road in scenario.roads] == [("alfa", "knoll"), ("bravo", "knoll")]


def test_naive_dates_take_the_offset_of_the_start(loaded: Callable[..., Loaded]) -> None:
    scenario = loaded().scenario
    assert [step.at.isoformat() for step in scenario.wings["blue-air"].effort] == [
        "2031-05-01T00:00:00+02:00",
        "2031-05-03T12:00:00+02:00",
    ]
    assert scenario.observed[0].at == datetime.fromisoformat("2031-05-03T16:00:00+00:00")


@pytest.mark.parametrize(
    ("when", "conditions", "delay"),
    [
        ("2031-05-02", [{"after": "2031-05-02T00:00:00+02:00"}], 0),
        ("2031-05-02T03:00Z", [{"after": "2031-05-02T05:00:00+02:00"}], 0),
        ("{lost: [bravo, blue], delay_h: 6}", [{"lost": ("bravo", "blue")}], 6),
        ("{after: 2031-05-02}", [{"after": "2031-05-02T00:00:00+02:00"}], 0),
        ("{all: {held: [alfa, red]}}", [{"held": ("alfa", "red")}], 0),
        ("[2031-05-02, {attacked: bravo}]", [{"after": "2031-05-02T00:00:00+02:00"}, {"attacked": "bravo"}], 0),
        ("{all: [{cohesion_below: [blue, 0.4]}, {score_above: [red, 0.6]}], delay_h: 3}",
         [{"cohesion_below": ("blue", 0.4)}, {"score_above": ("red", 0.6)}], 3),
        ("{delay_h: 8}", [], 8),
    ],
)  # fmt: skip
def test_triggers(when: str, conditions: list[dict[str, object]], delay: float, loaded: Callable[..., Loaded]) -> None:
    trigger = loaded(("{attacked: bravo, delay_h: 12..24}", when)).scenario.reinforcements[0].when
    told = [condition.model_dump(exclude_none=True) for condition in trigger.all]
    for condition in told:
        if "after" in condition:
            condition["after"] = condition["after"].isoformat()
    assert told == conditions
    assert trigger.delay_h == Spread(values=(delay,))


@pytest.mark.parametrize(
    ("bridge", "expected"),
    [("true", (None, None)), ("Mill bridge", ("Mill bridge", None)), ("{repair_h: 30}", (None, 30)), ("false", None)],
)
def test_bridges(bridge: str, expected: tuple[str | None, float] | None, loaded: Callable[..., Loaded]) -> None:
    road = loaded(("bridge: Mill bridge", f"bridge: {bridge}")).scenario.roads[1]
    got = road.bridge and (road.bridge.name, road.bridge.repair_h and road.bridge.repair_h.middle)
    assert got == expected


def test_attributes_may_come_early_and_people_may_be_a_distribution(loaded: Callable[..., Loaded]) -> None:
    scenario = loaded(
        ("[hill, 50.25, 10.15, 0, blue, {commands: bravo}]", "[hill, 50.25, 10.15, {holder: blue, commands: [bravo]}]"),
        ("300..600, militia]", "{lognormal: {p10: 300, p90: 600}}, {class: militia}]"),
    ).scenario
    assert scenario.places["knoll"].holder == "blue"
    assert scenario.forces[0].people == Spread(shape="lognormal", values=(300, 600))
    assert scenario.forces[0].force_class == "militia"


def test_aims_with_and_without_weights(loaded: Callable[..., Loaded]) -> None:
    for written, expected in [
        ("[bravo, knoll]", {"bravo": 1, "knoll": 1}),
        ("{bravo: 0.5}", {"bravo": 0.5}),
        ("bravo", {"bravo": 1}),
    ]:
        assert loaded(("aims: [bravo]", f"aims: {written}")).scenario.factions["red"].aims == expected


def test_names_in_any_script(loaded: Callable[..., Loaded], small: str, write: Callable[..., Path]) -> None:
    text = small.replace("alfa", "حلب").replace("bravo", "Харків").replace("knoll", "丘")
    scenario = load(write(text)).scenario
    assert set(scenario.places) == {"حلب", "Харків", "丘"}
    assert scenario.forces[-2].id == "red-حلب-elite"
    assert load(write(text), ["places.حلب.people=7"]).scenario.places["حلب"].people == 7
