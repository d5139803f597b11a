"""What a scenario says in vain is warned of, and only what is certain."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.files import Loaded, load

Load = Callable[..., Loaded]

WHEN = "{attacked: bravo, delay_h: 12..24}"
TRIGGER = "reinforcements.blue-bravo-regular.when"


def warned(loaded: Load, *changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> list[str]:
    return [str(warning) for warning in loaded(*changes, overrides=overrides).warnings]


def test_a_wing_at_a_base_of_the_enemy(loaded: Load) -> None:
    assert warned(loaded, ("[blue, off_map", "[blue, alfa")) == [
        "x.yaml:20:20 wings.blue-air.base: is held by its enemy 'red': it flies all the same (got 'alfa')"
    ]
    assert warned(loaded, ("[blue, off_map", "[blue, knoll")) == []
    neutral = (("  blue: {}", "  blue: {}\n  grey: {}"), ("20000, red", "20000, grey"))
    assert warned(loaded, *neutral, ("[blue, off_map", "[blue, alfa")) == []


def test_nobody_is_there(loaded: Load) -> None:
    text = "forces: nobody is there, now or later: no place can change hands"
    none = ("forces.*.people=0", "reinforcements.*.people=0")
    assert warned(loaded, overrides=none) == [f"x.yaml:15:1 {text}"]
    assert warned(loaded, overrides=("forces=null", "reinforcements=null")) == [f"x.yaml:1:1 {text}"]
    assert warned(loaded, overrides=(none[0], "reinforcements.*.when=2031-05-02")) == []
    assert warned(loaded, overrides=("forces.*.people=0..10", "reinforcements=null")) == []


def test_nobody_is_at_war(loaded: Load) -> None:
    assert warned(loaded, ("hostile: blue, ", "")) == [
        "x.yaml:12:1 factions: no two of them are hostile: nobody will fight"
    ]


def test_nobody_can_march(loaded: Load) -> None:
    told = "x.yaml:15:1 forces: nobody can march, now or later: none of them is mobile"
    still = "forces.*.mobile=false", "reinforcements.*.mobile=false"
    assert warned(loaded, overrides=still) == [told]
    assert warned(loaded, overrides=("forces.*.class=garrison", "reinforcements.*.class=local")) == [told]
    assert warned(loaded, overrides=still[:1]) == [], "some may come"
    assert warned(loaded, overrides=(*still, "forces.town-guard.mobile=true")) == []
    assert warned(loaded, overrides=(*still, "forces.town-guard.mobile=true", "forces.town-guard.people=0")) == [told]
    assert warned(loaded, overrides=(*still, "factions.red.hostile=null")) == [
        "x.yaml:12:1 factions: no two of them are hostile: nobody will fight"
    ]


IN_VAIN = [
    ("{held: [bravo, grey]}", ".all[1].held: can never hold: 'grey' has nobody who could take 'bravo'"),
    ("{lost: [alfa, grey]}", ".all[1].lost: holds from the start: 'grey' does not hold 'alfa' then"),
    ("{lost: [islet, grey]}", ".all[1].lost: can never hold: nobody is there who could take 'islet' from 'grey'"),
    ("{attacked: islet}", ".all[1].attacked: can never hold: nobody is there who could attack 'islet'"),
    ("{held: [islet, blue]}", ".all[1].held: can never hold: 'blue' has nobody who could take 'islet'"),
    ("{cohesion_below: [red, 0]}", ".all[1].cohesion_below: can never hold: cohesion does not fall below 0"),
    ("{score_above: [red, 1]}", ".all[1].score_above: can never hold: no share is above 1"),
    ("{lost: [bravo, blue], delay_h: 120..130}", ".delay_h: leads to or past the end (2031-05-06T06:00:00+02:00)"),
    ("{after: 2031-05-04T06:00, delay_h: 48}", ".delay_h: leads to or past the end (2031-05-06T06:00:00+02:00)"),
    ("{all: [{held: [bravo, blue]}, {lost: [bravo, blue]}]}", ".all: can never hold together: one place, two sides"),
    ("{all: [{held: [bravo, red]}, {held: [bravo, blue]}]}", ".all: can never hold together: one place, two sides"),
]

SENSIBLE = [
    "{held: [bravo, red]}",
    "{held: [bravo, blue]}",
    "{held: [islet, grey]}",
    "{lost: [bravo, blue]}",
    "{attacked: alfa}",
    "{cohesion_below: [red, 0.01]}",
    "{score_above: [red, 0.99]}",
    "{lost: [bravo, blue], delay_h: 119..500}",
    "{all: [{held: [bravo, red]}, {held: [alfa, red]}, {lost: [knoll, blue]}]}",
]

NEUTRAL = (
    ("  blue: {}", "  blue: {}\n  grey: {}"),
    ("roads:", "  islet: [town, 50.1, 10.1, 100, grey]\nroads:\n  - [alfa, islet, 20]"),
)
"""A faction that nobody fights, and its island."""


@pytest.mark.parametrize(("when", "expected"), IN_VAIN)
def test_conditions_in_vain(when: str, expected: str, loaded: Load) -> None:
    (told,) = warned(loaded, *NEUTRAL, (WHEN, when))
    assert told.startswith("x.yaml:25:")
    assert told.endswith(TRIGGER + expected)


@pytest.mark.parametrize("when", SENSIBLE)
def test_sensible_conditions(when: str, loaded: Load) -> None:
    assert warned(loaded, *NEUTRAL, (WHEN, when)) == []


def test_a_place_may_come_to_a_third_side_by_way_of_the_second(loaded: Load) -> None:
    green = ("  blue: {}", "  blue: {}\n  green: {hostile: red}")
    force = ("  - [blue, bravo, 2000", "  - [green, alfa, 10, militia]\n  - [blue, bravo, 2000")
    told = warned(loaded, green, force, (WHEN, "{held: [bravo, green]}"))
    assert [line for line in told if "never" in line] == []
    (told,) = warned(loaded, green, (WHEN, "{held: [bravo, green]}"))
    assert "can never hold: 'green' has nobody" in told


def test_allies_count_as_one(loaded: Load) -> None:
    ally = ("  blue: {}", "  blue: {allied: azure}\n  azure: {}")
    assert warned(loaded, ally, (WHEN, "{lost: [bravo, azure]}")) == []
    assert warned(loaded, ally, (WHEN, "{held: [alfa, azure]}")) == []
    (told,) = warned(loaded, ally, (WHEN, "{all: [{held: [bravo, azure]}, {lost: [bravo, blue]}]}"))
    assert "can never hold together" in told


@pytest.mark.parametrize("name", ["four_cities", "three_sides"])
def test_shipped_scenarios_say_nothing_in_vain(name: str) -> None:
    assert load(name).warnings == ()
