"""What is left when the malformed is taken out: as much as can be read, under the names and at the places it had."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sim.files import salvage as module
from sim.files.entries import to_lists
from sim.files.nodes import ANYBODY, Node, Problems, plain
from sim.files.salvage import STAND_INS, salvage
from sim.files.short_forms import LISTED, NAMED, expand
from sim.files.yaml_reader import parse_yaml
from sim.model.scenario import Scenario

Told = Callable[..., list[str]]


@pytest.fixture
def tree(small: str) -> Callable[..., Node]:
    """The small scenario in the long form, with pieces replaced; its dates have their offset."""

    def reader(*changes: tuple[str, str]) -> Node:
        text = small.replace("2031-05-03T18:00]", "2031-05-03T18:00:00Z]").replace(
            "2031-05-01: 0.5, 2031-05-03T12:00: 1", ""
        )
        for old, new in changes:
            assert old in text, f"{old!r} is not in the text"
            text = text.replace(old, new, 1)
        root = parse_yaml(text, "f")
        expand(root, Problems())
        to_lists(root)
        return root

    return reader


def left(root: Node) -> tuple[Scenario, dict[str, Any]]:
    """What is left, as a scenario and as plain values."""
    found = salvage(root)
    assert found is not None
    return found[0], plain(found[1])


def test_a_sound_tree_stays_whole(tree: Callable[..., Node]) -> None:
    scenario, rest = left(tree())
    assert rest == plain(tree())
    assert (scenario.scenario, scenario.days, scenario.start.year) == ("small", 5, 2031)


def test_a_field_is_taken_out_first(tree: Callable[..., Node]) -> None:
    root = tree(("capital: true", "capital: perhaps, terrain: {x: [1]}"), ("doctrine: offensive", "doctrine: 3"))
    scenario, rest = left(root)
    assert scenario.places["alfa"].supply == ["red"]
    assert set(rest["places"]["alfa"]) == {"kind", "lat", "lon", "people", "holder", "supply"}
    assert set(rest["factions"]["red"]) == {"hostile", "aims"}


def test_the_tree_itself_stays_as_it_was(tree: Callable[..., Node]) -> None:
    root = tree(
        ("capital: true", "capital: 3"), ("[city,", "[x,"), ("2000, garrison", "x, garrison"), ("militia]", "x]")
    )
    before = plain(root)
    _, rest = left(root)
    assert plain(root) == before
    assert (rest["places"]["bravo"]["kind"], rest["forces"][1]["people"]) == ("town", 1)


def test_what_stands_deeper_takes_its_field_along(tree: Callable[..., Node]) -> None:
    _, rest = left(tree(("capital: true", "symbolic: {red: 1, blue: x}, commands: [bravo, 7]")))
    assert set(rest["places"]["alfa"]) == {"kind", "lat", "lon", "people", "holder", "supply"}


def test_an_entry_keeps_what_is_sound_of_it(tree: Callable[..., Node]) -> None:
    scenario, rest = left(tree(("[town,", "[twon,"), ("[alfa, knoll, 35", "[alfa, knoll, far"), ("off_map", "7")))
    assert list(scenario.places) == list(rest["places"]) == ["alfa", "bravo", "knoll"]
    assert [(road.a, road.b, road.km) for road in scenario.roads] == [("alfa", "knoll", 1), ("knoll", "bravo", 8)]
    assert (scenario.wings["blue-air"].faction, scenario.wings["blue-air"].base) == ("blue", ANYBODY)


def test_a_trigger_keeps_its_conditions_or_its_delay(tree: Callable[..., Node]) -> None:
    when = left(tree(("delay_h: 12..24", "delay_h: 24..12")))[0].reinforcements[0].when
    assert (when.all[0].attacked, when.delay_h.values) == ("bravo", (0,))
    when = left(tree(("attacked: bravo", "attacked: [bravo]")))[0].reinforcements[0].when
    assert (when.all, when.delay_h.values) == ([], (12, 24))
    assert left(tree(("{attacked: bravo, delay_h: 12..24}", "7")))[0].reinforcements[0].when.all == []


def test_entries_of_lists_keep_their_names_and_places(tree: Callable[..., Node]) -> None:
    many = "".join(f"  - [blue, bravo, {'x' if i in (1, 2, 9, 10) else i}, regular, {{id: f{i}}}]\n" for i in range(12))
    scenario, rest = left(tree(("  - [blue, knoll, 300", f"{many}  - 3\n  - [blue, knoll, 300")))
    names = ["red-alfa-elite", "town-guard", *(f"f{i}" for i in range(12)), None, "blue-knoll-militia"]
    assert [force.id for force in scenario.forces] == names
    assert [entry.get("id") for entry in rest["forces"]] == names
    assert [force.people.values for force in scenario.forces][2:6] == [(0,), (1,), (1,), (3,)]
    assert (scenario.forces[14].faction, scenario.forces[14].place) == (ANYBODY, ANYBODY)


def test_records_keep_their_places(tree: Callable[..., Node]) -> None:
    more = "observed:\n  - [bravo, 7, 2031-05-03T18:00:00Z]\n  - 7"
    scenario, _ = left(tree(("observed:", more)))
    assert [(record.place, record.to) for record in scenario.observed] == [
        ("bravo", []), (ANYBODY, []), ("bravo", ["red"]),
    ]  # fmt: skip


def test_there_is_something_for_all_that_an_entry_must_say(tree: Callable[..., Node]) -> None:
    """Of every section: an entry that says nothing, and one that is none."""
    root = tree()
    for section in LISTED:
        root.children[section] = parse_yaml("[{}, 7]", "f")
    for section in NAMED:
        root.children[section] = parse_yaml("{x: {}, y: 7}", "f")
    scenario, rest = left(root)
    assert all(len(getattr(scenario, section)) == len(rest[section]) == 2 for section in (*LISTED, *NAMED))


@pytest.mark.parametrize("section", ["roads", "forces", "wings", "reinforcements", "observed", "title"])
def test_a_section_that_is_none_goes(section: str, tree: Callable[..., Node]) -> None:
    root = tree()
    root.children[section].value = 7
    _, rest = left(root)
    assert set(plain(tree())) - set(rest) == {section}


@pytest.mark.parametrize("section", STAND_INS)
@pytest.mark.parametrize("value", [None, 0, "", False])
def test_what_every_scenario_must_say_may_be_missing(section: str, value: Any, tree: Callable[..., Node]) -> None:
    root = tree()
    root.children[section].value = value
    scenario, rest = left(root)
    assert set(plain(tree())) - {key for key, content in rest.items() if content} == {section}
    assert len(scenario.places) == (0 if section == "places" else 3)
    assert len(scenario.factions) == (0 if section == "factions" else 2)
    del root.children[section]
    assert left(root)[0] == scenario


def test_a_section_may_lose_all_its_entries(tree: Callable[..., Node]) -> None:
    ids = ("  alfa:", "  a/b:"), ("  bravo:", "  b/c:"), ("  knoll:", "  c/d:")
    scenario, rest = left(tree(*ids, ("red: {doctrine", "r/d: {doctrine"), ("blue: {}", "b/e: {}")))
    assert (scenario.places, scenario.factions) == ({}, {})
    assert (rest["places"], rest["factions"]) == ({}, {})
    assert len(scenario.roads) == 2


def test_there_is_a_stand_in_for_all_that_must_be_said(
    tree: Callable[..., Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(STAND_INS) == {name for name, field in Scenario.model_fields.items() if field.is_required()}
    monkeypatch.delitem(module.STAND_INS, "days")
    assert salvage(tree(("days: 5\n", ""))) is None, "for ever is too long"


ALL_PLACES = ("[town,", "[x,"), ("[city,", "[x,"), ("[hill,", "[x,")
IN_VAIN = (
    ("[alfa, knoll, 35", "[alfa, hill, 35"),
    ("hostile: blue", "hostile: bleu"),
    ("[blue, bravo, 2000", "[blue, x, 2000"),
)


def test_names_are_checked_though_no_place_is_sound(told: Told) -> None:
    assert [line for line in told(*ALL_PLACES, *IN_VAIN) if ".kind: " not in line] == [
        "10:12 roads.alfa-hill.to: must be the id of a place (got 'hill'; known: alfa, bravo, knoll)",
        "13:39 factions.red.hostile[1]: must be the id of a faction (got 'bleu'; did you mean 'blue'?)",
        "17:12 forces.town-guard.place: must be the id of a place (got 'x'; known: alfa, bravo, knoll)",
    ]


def test_names_are_checked_though_no_faction_is_sound(told: Told) -> None:
    changes = ("red: {doctrine", "red: {x: 1, cohesion: 3, doctrine"), ("blue: {}", "blue: 3"), IN_VAIN[0]
    lines = told(*changes, ("[blue, bravo, 2000", "[grey, bravo, 2000"))
    assert len(lines) == 5
    assert lines[0].startswith("10:12 roads.alfa-hill.to: must be the id of a place (got 'hill'")
    assert lines[-1] == "17:6 forces.town-guard.faction: must be the id of a faction (got 'grey'; known: blue, red)"


@pytest.mark.parametrize("places", ["places: {}\nobserve:", "places: [1]\nobserve:", "observe:"])
def test_nobody_knows_the_places_of_a_section_without_any(places: str, told: Told) -> None:
    lines = told(("places:", places), ("hostile: blue", "hostile: bleu"))
    assert len(lines) == 3
    assert sum("must be the id of" in line for line in lines) == 1
    assert "factions.red.hostile[1]: must be the id of a faction" in lines[2]


def test_sections_that_need_not_be_there_have_no_names(told: Told) -> None:
    lines = told(ALL_PLACES[0], ("elite]", "elite, {command: staff}]"))
    assert lines[1].endswith("must be the id of a command (got 'staff'; there is no command at all)")
    (line,) = told(("factions:", "commands: 3\nfactions:"), ("elite]", "elite, {command: staff}]"))
    assert line.endswith("commands: must be a mapping (got 3)")


@pytest.mark.parametrize(
    ("old", "new", "malformed", "also"),
    [
        ("[alfa, knoll, 35", "[alfa, knol, -35", "roads.alfa-knol.km", "roads.alfa-knol.to"),
        ("[alfa, knoll, 35", "[alfaa, 35", "roads[1].km", "roads[1].from"),
        ("[red, alfa, 3000..5000", "[red, alfaa, 5000..3000", "forces.red-alfaa-elite.people",
         "forces.red-alfaa-elite.place"),
        ("[red, alfa, 3000..5000, elite]", "[7, alfaa, 5]", "forces[1].faction", "forces[1].place"),
        ("[city, 50.30, 10.20, 300000, blue", "[city, 150.30, 10.20, 300000, blu", "places.bravo.lat",
         "places.bravo.holder"),
        ("[hill, ", "[hil, ", "places.knoll.kind", "places.knoll.commands[1]"),
        ("[blue, off_map, 4..8", "[bleu, off_map, x", "wings.blue-air.aircraft", "wings.blue-air.faction"),
        ("factions:", "backers: {mill: {client: bleu, will: 2}}\nfactions:", "backers.mill.will",
         "backers.mill.client"),
        ("factions:", "commands: {hq: {faction: 7, area: alfaa}}\nfactions:", "commands.hq.faction",
         "commands.hq.area[1]"),
        ("{attacked: bravo, delay_h: 12..24}", "{attacked: brav, delay_h: 24..12}",
         "reinforcements.blue-bravo-regular.when.delay_h", "reinforcements.blue-bravo-regular.when.all[1].attacked"),
        ("{attacked: bravo, delay_h: 12..24}", "7, otherwise: alfaa", "reinforcements.blue-bravo-regular.when",
         "reinforcements.blue-bravo-regular.otherwise[1]"),
        ("[bravo, red, 2031", "[brav, 7, 2031", "observed[1].to", "observed[1].place"),
    ],
)  # fmt: skip
def test_what_is_malformed_does_not_hide_the_names_beside_it(
    old: str, new: str, malformed: str, also: str, told: Told
) -> None:
    changes = [(old, new)] + ([("commands: bravo", "commands: brav")] if "commands[1]" in also else [])
    lines = told(*changes)
    assert sum(f" {malformed}: must " in line for line in lines) == 1, lines
    assert sum(f" {also}: must be the id of a " in line for line in lines) == 1, lines
    assert len(lines) <= 3


@pytest.mark.parametrize(
    "changes",
    [
        [("[alfa, knoll, 35", "[alfa, 7, 35"), ("[knoll, bravo, 8", "[alfa, 7, 8")],  # they may lead elsewhere
        [("factions:", "commands: {red: {faction: 7}}\nfactions:"), ("elite]", "elite, {command: red}]")],
        [("factions:", "commands: {hq: {faction: red}}\nfactions:"), ("[red, alfa", "[7, alfa"),
         ("elite]", "elite, {command: hq}]")],
        [("forces:\n", "forces:\n  - [7, alfa, 1]\n  - [7, alfa, 1]\n")],
    ],
)  # fmt: skip
def test_nothing_is_said_of_what_stands_in(changes: list[tuple[str, str]], told: Told) -> None:
    assert all("must be text" in line for line in told(*changes))
