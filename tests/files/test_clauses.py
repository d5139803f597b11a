"""`--set` of a condition by the path that the file has, without its position."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.files import load

ATTACKED = "{attacked: bravo, delay_h: 12..24}"
TWO = "{all: [{attacked: bravo, note: x}, {lost: [knoll, blue]}], delay_h: 6}"

When = Callable[..., tuple[list[dict[str, Any]], tuple[float, ...]]]


@pytest.fixture
def when(small: str, write: Callable[..., Path]) -> When:
    """What is given of the conditions of the only reinforcement, and its delay, after changes."""

    def reader(written: str, *changes: str, entry: str = "blue-bravo-regular") -> Any:
        path = write(small.replace(ATTACKED, written))
        (force,) = load(path, [f"reinforcements.{entry}.{change}" for change in changes]).scenario.reinforcements
        given = [condition.model_dump(exclude_defaults=True) for condition in force.when.all]
        return given, force.when.delay_h.values

    return reader


@pytest.mark.parametrize(
    ("clause", "value", "kept"),
    [
        ("held", "[alfa, blue]", ("alfa", "blue")),
        ("lost", "[bravo, blue]", ("bravo", "blue")),
        ("attacked", "knoll", "knoll"),
        ("cohesion_below", "[red, 0.3]", ("red", 0.3)),
        ("score_above", "[red, 0.6]", ("red", 0.6)),
    ],
)
def test_every_clause_takes_the_place_of_the_only_condition(clause: str, value: str, kept: Any, when: When) -> None:
    assert when(ATTACKED, f"when.{clause}={value}") == ([{clause: kept}], (12, 24))
    assert when(f"{{{clause}: {value}, delay_h: 3}}", f"when.{clause}={value}")[1] == (3,)


def test_a_date_too(when: When) -> None:
    for written in ("2031-05-02", "{after: 2031-05-02}", "{all: [{after: 2031-05-02}]}", ATTACKED):
        (given,), _ = when(written, "when.after=2031-05-03")
        assert given["after"].day == 3
        assert list(given) == ["after"]


@pytest.mark.parametrize("entry", ["blue-bravo-regular", "blue-*", "*"])
def test_of_several_conditions_the_one_that_has_the_clause(entry: str, when: When) -> None:
    changed = [{"attacked": "alfa", "note": "x"}, {"lost": ("knoll", "red")}]
    assert when(TWO, "when.attacked=alfa", "when.lost[2]=red", entry=entry) == (changed, (6,))


def test_numbers_inside_are_multiplied(when: When) -> None:
    given, _ = when("{cohesion_below: [red, 0.6]}", "when.cohesion_below[2]=*0.5")
    assert given == [{"cohesion_below": ("red", 0.3)}]


def test_an_entry_without_any_condition_gets_one(when: When) -> None:
    assert when("{all: [], delay_h: 2}", "when={delay_h: 2}", "when.attacked=bravo") == ([{"attacked": "bravo"}], (2,))


@pytest.mark.parametrize(
    ("written", "change", "expected"),
    [
        (TWO, "when.held=[alfa, red]",
         "when.held: none of 2 conditions has 'held': say which it replaces, as when.all[1]={held: ...}"),
        (TWO, "when.held[1]=alfa", "when.held[1]: must name something that is there (nothing matches)"),
        (TWO, "when.score_above[2]=*2", "when.score_above[2]: must name a number that the file gives"),
        (ATTACKED, "when.score_above=*2", "when.score_above: must name a number that the file gives"),
        ("{all: [{attacked: bravo}, {attacked: knoll}]}", "when.attacked=alfa",
         "when.attacked: 2 conditions have 'attacked': say which, as when.all[1].attacked or when.all[2].attacked"),
        (ATTACKED, "when.after=soon", "when.after reinforcements.blue-bravo-regular.when.all[1].after: must be a date"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant(written: str, change: str, expected: str, when: When) -> None:
    with pytest.raises(ScenarioError) as caught:
        when(written, change)
    (problem,) = caught.value.problems
    assert str(problem).startswith(f"--set reinforcements.blue-bravo-regular.{expected}")


def test_nobody_of_that_name(when: When) -> None:
    with pytest.raises(ScenarioError, match="reinforcements has no 'bluebravo-regular'; did you mean"):
        when(ATTACKED, "when.after=2031-05-03", entry="bluebravo-regular")


def test_a_place_called_when(small: str, write: Callable[..., Path]) -> None:
    path = write(small.replace("knoll", "when"))
    assert load(path, ["places.bravo.symbolic.red=1", "factions.red.aims.when=2"]).scenario.factions["red"].aims == {
        "bravo": 1, "when": 2,
    }  # fmt: skip
