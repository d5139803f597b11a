"""Mistakes of different kinds do not hide each other: what is malformed is told together with what is repeated, and
with what the rest of the file names in vain. And no mistake is told twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.files import load

REPEATED = ("  blue: {}", "  blue: {}\n  blue: {doctrine: hold}")
"""On line 15, so that what follows stands a line lower."""


def test_repeated_keys_are_told_together(told: Callable[..., list[str]]) -> None:
    assert told(REPEATED, ("days: 5", "days: 5\ndays: 6"), ("quality: 0.3..0.5", "quality: 0.3, quality: 0.4")) == [
        "5:1 : the key 'days' must stand once (it stands in line 4 already)",
        "16:3 : the key 'blue' must stand once (it stands in line 15 already)",
        "19:66 : the key 'quality' must stand once (it stands in line 19 already)",
    ]


def test_repeated_keys_hide_nothing(told: Callable[..., list[str]]) -> None:
    assert told(REPEATED, ("[town,", "[twon,"), ("[alfa, knoll, 35", "[alfa, knol, 35"), ("days: 5", "dayz: 5")) == [
        "1:1 days: must be given",
        "4:1 dayz: unknown key: did you mean 'days'?",
        "6:10 places.alfa.kind: must be one of city, town, village, junction, hill, airbase, border, base "
        "(got 'twon'; did you mean 'town'?)",
        "10:12 roads.alfa-knol.to: must be the id of a place (got 'knol'; did you mean 'knoll'?)",
        "15:3 : the key 'blue' must stand once (it stands in line 14 already)",
    ]


def test_what_a_repeated_section_adds_is_known(told: Callable[..., list[str]]) -> None:
    more = "places:\n  delta: [town, 50.1, 10.1, 5, blue]\nroads:\n  - [alfa, delta, 20, track]\nfactions:"
    assert told(("factions:", more), ("[alfa, knoll, 35", "[delta, knoll, 35")) == [
        "12:1 : the key 'places' must stand once (it stands in line 5 already)",
        "14:1 : the key 'roads' must stand once (it stands in line 9 already)",
    ]


def test_what_a_repeated_section_adds_is_checked(told: Callable[..., list[str]]) -> None:
    lines = told(("observed:", "roads: [[alfa, knoll, 35, primary], [alfa, hill, 5]]\nobserved:"))
    assert [line.partition(":")[0] for line in lines] == ["23", "23"]
    assert "roads.alfa-hill.to: must be the id of a place" in lines[1]


def test_a_section_repeated_in_another_form(told: Callable[..., list[str]]) -> None:
    for again in ("{new: [red, alfa, 1]}", "red", "null"):
        (line,) = told(("observed:", f"forces: {again}\nobserved:"))
        assert "the key 'forces' must stand once" in line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  bravo: [city", "  alfa: [town, 50.00, 10.00, 20000, red]\n  bravo: [city"),  # two lists make no longer one
        ("attacked: bravo", "lost: [bravo, blue], lost: [bravo, blue]"),
        ("chance: 0.5..0.9", "when: {lost: [bravo, blue]}"),
        ("{id: town-guard,", "{id: town-guard, morale: {fixed: 1}, morale: {range: 0..1},"),
        ("observed:", "forces: [[blue, bravo, 2000, garrison, {id: town-guard, quality: 0.3..0.5}]]\nobserved:"),
        ("observed:", "roads:\n  - [alfa, knoll, 35, primary]\nobserved:"),
    ],
)
def test_a_repeated_key_is_one_mistake(old: str, new: str, told: Callable[..., list[str]]) -> None:
    (line,) = told((old, new))
    assert "must stand once" in line


@pytest.mark.parametrize(
    ("old", "again", "expected"),
    [
        ("  - [blue, bravo", "  - [red, alfa, 9, elite]", "forces.red-alfa-elite: must have an id of its own, such as"),
        ("  - [knoll, bravo", "  - [alfa, knoll, 9]", "roads.alfa-knoll: must be the only road between its places"),
    ],
)
@pytest.mark.parametrize("overrides", [(), ("days=4",)])
def test_a_repeated_entry_is_told_once(
    old: str, again: str, expected: str, overrides: tuple[str, ...], told: Callable[..., list[str]]
) -> None:
    one, two = told((old, f"{again}\n{again}\n{old}"), overrides=overrides)
    assert expected in one
    assert one.split(" ", 1)[1] == two.split(" ", 1)[1], "both name the line of the first"


def test_a_repeated_entry_in_what_is_extended(
    small: str, write: Callable[..., Path], told_by: Callable[..., list[str]]
) -> None:
    again = "  - [red, alfa, 9, elite]\n"
    write(small.replace("  - [blue, bravo", f"{again}  - [blue, bravo", 1), "base.yaml")
    lines = told_by(write("extends: base.yaml\nforces: {town-guard: {people: 7}}\n"))
    assert lines == [
        "17:5 forces.red-alfa-elite: must have an id of its own, such as {id: red-alfa-elite-2} (line 16 has it too)"
    ]


def test_repeated_keys_before_what_is_not_yaml(told: Callable[..., list[str]]) -> None:
    lines = told(REPEATED, ("observed:", "observed: ]"))
    assert lines[0] == "15:3 : the key 'blue' must stand once (it stands in line 14 already)"
    assert "is not YAML" in lines[1]
    assert len(lines) == 2


def test_repeated_keys_of_a_file_whose_base_is_not_there(write: Callable[..., Path]) -> None:
    write("a: ]", "base.yaml")
    with pytest.raises(ScenarioError) as caught:
        load(write("extends: base.yaml\ndays: 3\ndays: 4\n"))
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("base.yaml", 1), ("x.yaml", 3)]


def test_what_is_malformed_hides_nothing_elsewhere(told: Callable[..., list[str]]) -> None:
    assert told(
        ("[town, 50.00", "[town, north"),  # a place that is malformed is still known by its id
        ("{seat: true", "{seet: true, parent: alfaa"),
        ("[alfa, knoll, 35", "[alfa, hill, 35"),
        ("knoll, bravo, 8", "knoll, bravo, 0"),
        ("hostile: blue", "hostile: bleu"),
        ("3000..5000", "5000..3000"),
        ("[blue, bravo, 2000", "[blue, bravi, 2000"),
        ("{attacked: bravo,", "{attacked: bravo, lost: [bravo, grey],"),
        ("[bravo, red, 2031", "[bravo, rod, 2031"),
        ("factions:", "parameters: {combat.los_per_h: 1}\nfactions:"),
    ) == [
        "6:16 places.alfa.lat: must be a number (got 'north')",
        "7:46 places.bravo.seet: unknown key: did you mean 'seat'?",
        "7:66 places.bravo.parent: must be the id of a place (got 'alfaa'; did you mean 'alfa'?)",
        "10:12 roads.alfa-hill.to: must be the id of a place (got 'hill'; known: alfa, bravo, knoll)",
        "11:20 roads.knoll-bravo.km: must be above 0 (got 0)",
        "12:14 parameters.combat.los_per_h: must be a parameter of parameters.yaml "
        "(got 'combat.los_per_h'; did you mean 'combat.loss_per_h'?)",
        "14:39 factions.red.hostile[1]: must be the id of a faction (got 'bleu'; did you mean 'blue'?)",
        "17:17 forces.red-alfa-elite.people: must rise from low to high (got 5,000..3,000)",
        "18:12 forces.town-guard.place: must be the id of a place (got 'bravi'; did you mean 'bravo'?)",
        "23:41 reinforcements.blue-bravo-regular.when.all[1]: must have exactly one clause of after, held, lost, "
        "attacked, cohesion_below, score_above (got lost, attacked)",
        "23:73 reinforcements.blue-bravo-regular.when.all[1].lost[2]: must be the id of a faction "
        "(got 'grey'; known: blue, red)",
        "25:13 observed[1].to[1]: must be the id of a faction (got 'rod'; did you mean 'red'?)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "malformed"),
    [
        ("days: 5", "days: five", "days"),
        ("start: 2031-05-01T06:00+02:00", "start: soon", "start"),
        ("scenario: small\n", "", "scenario"),
        ("title: Two", "title: [Two]\ntitel: Two", "title"),
        ("wings:", "wings: [1]\nwing:", "wings"),
        ("chance: 0.5..0.9", "chance: often", "reinforcements.blue-bravo-regular.chance"),
    ],
)
def test_the_rest_is_still_checked(old: str, new: str, malformed: str, told: Callable[..., list[str]]) -> None:
    lines = told((old, new), ("[alfa, knoll, 35", "[alfa, alfaa, 35"))
    assert any(f" {malformed}: " in line for line in lines)
    assert any("roads.alfa-alfaa.to: must be the id of a place" in line for line in lines)
    assert len(lines) <= 3


def test_what_hangs_on_something_malformed_is_not_told(told: Callable[..., list[str]]) -> None:
    """Nothing is said of what would be sound were it not for a mistake that is told."""
    staff = "commands:\n  staff: {faction: red, dctrine: hold}\nfactions:"
    assert told(("factions:", staff), ("elite]", "elite, {command: staff}]")) == [
        "13:25 commands.staff.dctrine: unknown key: did you mean 'doctrine'?"
    ]
    assert told(("[town,", "[twon,"))[0].startswith("6:10 places.alfa.kind")
    assert len(told(("[town,", "[twon,"))) == 1
    assert len(told(("[alfa, knoll, 35", "[alfa, knoll, far"), ("commands: bravo", "commands: alfa"))) == 1
    green = "blue: {allied: green}\n  green: {allied: [grey, blue]}\n  grey: {allied: [blue, green], coor: x}"
    assert len(told(("blue: {}", green))) == 1


def test_unknown_names_do_not_hide_what_does_not_hang_on_them(told: Callable[..., list[str]]) -> None:
    assert told(
        ("commands: bravo", "commands: [bravo, knoll, brava]"),
        ("capital: true", "parent: bravo"),
        ("seat: true", "parent: alfa"),
        ("factions:", "commands: {staff: {faction: red}}\nfactions:"),
        ("militia]", "militia, {command: staff}]"),
    ) == [
        "6:64 places.alfa.parent: must not lead back to the place itself",
        "8:59 places.knoll.commands[2]: must be another place (got itself)",
        "8:66 places.knoll.commands[3]: must be the id of a place (got 'brava'; did you mean 'bravo'?)",
        "19:48 forces.blue-knoll-militia.command: must be a command of 'blue' (got 'staff' of 'red')",
    ]


def test_overrides_too(told: Callable[..., list[str]]) -> None:
    lines = told(("[town,", "[twon,"), overrides=("forces.town-guard.place=nowhere", "wings.blue-air.night=2"))
    assert [line.split(": ")[0] for line in lines] == ["0:0 ", "0:0 ", "6:10 places.alfa.kind"]
