"""`extends`: mappings merge, lists replace, null removes; errors name the file that says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.files import Loaded, load


@pytest.fixture
def child(small: str, write: Callable[..., Path]) -> Callable[[str], Loaded]:
    """Load a file that extends the small scenario."""

    def loader(text: str) -> Loaded:
        write(small, "base.yaml")
        return load(write(f"extends: base.yaml\n{text}", "child.yaml"))

    return loader


def fails(loader: Callable[[str], Loaded], text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        loader(text)
    return str(caught.value).splitlines()


def test_nothing_said_is_the_same_scenario(child: Callable[[str], Loaded], loaded: Callable[..., Loaded]) -> None:
    assert child("").hash == loaded().hash
    assert [path.name for path in child("").files] == ["base.yaml", "child.yaml"]


def test_mappings_merge_deeply(child: Callable[[str], Loaded]) -> None:
    scenario = child("places: {bravo: {people: 5, symbolic: {red: 1}}}\nfactions: {red: {cohesion: 0.4}}\n").scenario
    assert scenario.places["bravo"].people == 5
    assert scenario.places["bravo"].kind == "city"
    assert scenario.places["bravo"].symbolic == {"red": 1}
    assert scenario.factions["red"].aims == {"bravo": 1}
    assert len(scenario.places) == 3


def test_lists_and_short_entries_replace(child: Callable[[str], Loaded]) -> None:
    scenario = child("places: {bravo: [town, 50.3, 10.2, 9, blue]}\nforces: [[red, alfa, 10, light]]\n").scenario
    assert scenario.places["bravo"].seat is False
    assert [force.id for force in scenario.forces] == ["red-alfa-light"]
    assert child("factions: {red: {aims: [knoll]}}").scenario.factions["red"].aims == {"knoll": 1}
    assert child("factions: {red: {aims: {knoll: 1}}}").scenario.factions["red"].aims == {"bravo": 1, "knoll": 1}


def test_null_removes(child: Callable[[str], Loaded]) -> None:
    scenario = child("wings: null\nobserved:\nplaces: {bravo: {seat: null}}\nreinforcements: null\n").scenario
    assert not scenario.wings
    assert not scenario.observed
    assert not scenario.places["bravo"].seat


def test_null_removes_what_is_there_and_nothing_else(child: Callable[[str], Loaded]) -> None:
    lines = fails(
        child,
        "places: {knol: null}\nforces: {town-guard: null, guard: null}\nroads: {knoll-alfa: null, bravo-alfa: null}\n"
        "backers: {mill: null}\nwings: {blue-air: null}\n",
    )
    assert [line for line in lines if "removed" in line] == [
        "child.yaml:2:10 places.knol: must be there to be removed (places has no 'knol'; did you mean 'knoll'?)",
        "child.yaml:3:28 forces.guard: must be there to be removed (forces has no 'guard'; did you mean 'town-guard'?)",
        "child.yaml:4:27 roads.bravo-alfa: must be there to be removed "
        "(roads has no 'bravo-alfa'; did you mean 'bravo-knoll'?)",
        "child.yaml:5:11 backers.mill: must be there to be removed (backers has no 'mill')",
    ]
    assert len(lines) == 4


def test_nobody_knows_what_a_malformed_section_has(small: str, write: Callable[..., Path]) -> None:
    write(small.replace("wings:\n", "wings: [1]\nabout:\n"), "base.yaml")
    with pytest.raises(ScenarioError) as caught:
        load(write("extends: base.yaml\nwings: {x: null}\nforces: {town-guard: null}\n", "child.yaml"))
    assert not any("removed" in problem.message or "is empty" in problem.message for problem in caught.value.problems)


def test_nobody_knows_what_is_in_a_file_that_is_not_there(write: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write("extends: gone.yaml\nforces: {town-guard: null}\nfactions: {red: null}\n"))
    assert not any("is empty" in problem.message for problem in caught.value.problems)


def test_an_empty_scenario_lacks_what_must_be_given(write: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(write("{}\n"))
    assert {problem.message for problem in caught.value.problems} == {"must be given"}


def test_what_was_removed_has_no_name(child: Callable[[str], Loaded]) -> None:
    gone = "places: {knoll: null}\nforces: {blue-knoll-militia: null}\nroads: {knoll-bravo: null}\n"
    unknown, told = fails(child, f"{gone}factions: {{blue: {{x: 1}}}}")
    assert unknown == "base.yaml:10:12 roads.alfa-knoll.to: must be the id of a place (got 'knoll'; known: alfa, bravo)"
    assert "factions.blue.x: unknown key" in told


def test_forces_and_roads_merge_by_id(child: Callable[[str], Loaded]) -> None:
    scenario = child(
        "forces: {town-guard: {people: 7}, red-alfa-elite: null, new: [red, alfa, 1, light]}\n"
        "roads: {knoll-alfa: {km: 40}, bravo-knoll: null, x: [alfa, bravo, 60, track]}\n"
        "reinforcements: {blue-bravo-regular: {place: knoll}}\n"
    ).scenario
    assert {force.id: force.people.middle for force in scenario.forces} == {
        "blue-knoll-militia": 450, "new": 1, "town-guard": 7,
    }  # fmt: skip
    assert [(road.a, road.b, road.km) for road in scenario.roads] == [("alfa", "bravo", 60), ("alfa", "knoll", 40)]
    assert [(force.id, force.place) for force in scenario.reinforcements] == [("blue-bravo-regular", "knoll")]


def test_a_distribution_is_replaced_not_merged(child: Callable[[str], Loaded], write: Callable[..., Path]) -> None:
    child("")
    write("extends: base.yaml\nforces: {town-guard: {people: {lognormal: [100, 200]}}}\n", "one.yaml")
    write("extends: one.yaml\nforces: {town-guard: {people: {uniform: [1, 2]}}}\n", "two.yaml")
    assert load("two.yaml").scenario.forces[-1].people.values == (1, 2)


def test_errors_stand_in_the_file_that_says_it(child: Callable[[str], Loaded], write: Callable[..., Path]) -> None:
    assert fails(child, "places: {bravo: {people: x}}") == [
        "child.yaml:2:26 places.bravo.people: must be a whole number (got 'x')"
    ]
    assert fails(child, "factions: {red: null}\nforces: {red-alfa-elite: null}\nobserved: null") == [
        "base.yaml:6:37 places.alfa.holder: must be the id of a faction (got 'red'; known: blue)",
        "base.yaml:6:51 places.alfa.supply[1]: must be the id of a faction (got 'red'; known: blue)",
    ]


def test_relative_to_the_file_and_by_shipped_name(small: str, tmp_path: Path, write: Callable[..., Path]) -> None:
    (tmp_path / "deep").mkdir()
    write(small, "base.yaml")
    write("extends: ../base.yaml\ndays: 6\n", "deep/child.yaml")
    assert load(tmp_path / "deep" / "child.yaml").scenario.days == 6
    write("extends: four_cities\nscenario: mine\n", "mine.yaml")
    assert load("mine.yaml").scenario.scenario == "mine"


def test_chains_that_cannot_be(small: str, child: Callable[[str], Loaded], write: Callable[..., Path]) -> None:
    write("extends: b.yaml\n", "a.yaml")
    write("extends: ./a.yaml\n", "b.yaml")
    with pytest.raises(ScenarioError, match=r"b\.yaml:1:10 extends: must not come back to a file that extends it"):
        load("a.yaml")
    write("extends: gone.yaml\n", "a.yaml")
    with pytest.raises(ScenarioError, match=r"a\.yaml:1:10 extends: must be a file beside this one"):
        load("a.yaml")
    write(small, "f0.yaml")
    for i in range(1, 9):
        write(f"extends: f{i - 1}.yaml\n", f"f{i}.yaml")
    assert load("f7.yaml").scenario.scenario == "small"
    with pytest.raises(ScenarioError, match=r"f1\.yaml:1:10 extends: must be a chain of at most 8 files"):
        load("f8.yaml")
    write("extends: /dev/zero\n", "a.yaml")
    with pytest.raises(ScenarioError, match="must be a regular file"):
        load("a.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("root:x:0:0:hunter2:/root\n", "base.yaml:1:1: a scenario must be a mapping of sections (got a single value)"),
        (
            "- hunter2\n- hunter2: 1\n  hunter2: 1\n",
            "base.yaml:1:1: a scenario must be a mapping of sections (got a list)",
        ),
        ("*hunter2\n", "base.yaml:1:1: a scenario must be a mapping of sections (got a single value)"),
        (
            "user: hunter2\nhunter2: &hunter2\nhunter2: !!hunter2 x\n",
            "base.yaml:1:1: a scenario must have sections, such as places and factions (got none of them)",
        ),
        (
            "hunter2: x\nplacess: {}\n",
            "base.yaml:1:1: a scenario must have sections, such as places and factions "
            "(got none of them; did you mean 'places'?)",
        ),
    ],
)
def test_what_is_no_scenario_is_not_quoted(text: str, expected: str, write: Callable[..., Path]) -> None:
    """It may be any file of the machine: a scenario from elsewhere must not learn what it holds."""
    write(text, "base.yaml")
    write("days: 3\ndays: 4\nextends: base.yaml\n", "a.yaml")
    with pytest.raises(ScenarioError) as caught:
        load("a.yaml")
    assert [str(problem) for problem in caught.value.problems] == [
        "a.yaml:2:1: the key 'days' must stand once (it stands in line 1 already)", expected,
    ]  # fmt: skip


def test_two_forces_of_one_id_in_the_extended_list(small: str, write: Callable[..., Path]) -> None:
    write(small.replace("- [blue, knoll", "- [red, alfa, 9, elite]\n  - [blue, knoll"), "base.yaml")
    write("extends: base.yaml\nforces: {red-alfa-elite: {people: 1}}\n", "child.yaml")
    with pytest.raises(ScenarioError, match=r"base\.yaml:18:5 forces\.red-alfa-elite: must have an id of its own"):
        load("child.yaml")
