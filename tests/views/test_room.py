"""No text leaves its picture or covers another, however long the names and however many the sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pictures import drive, faults, results, words, written

import sim
from sim.views.comparison import comparison, differences
from sim.views.control import control
from sim.views.falls import falls
from sim.views.maps import control_map, scenario_map
from sim.views.score import score_of
from sim.views.strengths import losses, strengths

PLACES = tuple(f"{name} upon the Great River"[:25] for name in ("Alba", "Brae", "Coll", "Dunmoor", "Esk", "Fara"))
SIDES = (
    "Movement for the People W", "National Front of Union M", "Council of the Old Guards", "Provisional Government W",
    "Army of the Nine Villages",
)  # fmt: skip
assert {len(name) for name in (*PLACES, *SIDES)} <= {24, 25}


def war(shift: int = 0, days: int = 30, runs: int = 40) -> Any:
    """Every side takes every place in some of the runs, early and late; some falls are on record."""
    changes = [
        (run, 30 + 100 * place + 7 * (run + shift) % 300, place, 0, 1 + (run + place + shift) % 4)
        for run in range(runs)
        for place in range(len(PLACES))
        if (run + place + shift) % 5
    ]
    seen = [
        {"place": f"p{i:02}", "to": [f"f{1 + i % 4}"], "at": at}
        for i, at in enumerate(("2024-11-28T09:00:00+03:00", "2024-12-12T00:00:00Z", "2024-12-26T12:00:00+03:00"))
    ]
    return results(changes, runs, names=PLACES, factions=SIDES, observed=seen, days=days)


@pytest.mark.parametrize("picture", [control, falls, control_map, strengths, losses])
@pytest.mark.parametrize("days", [30, 14])
def test_of_one_job(picture: Callable[..., Any], days: int) -> None:
    assert faults(picture(war(days=days))) == []


def test_of_one_place() -> None:
    assert faults(falls(war(), places=[PLACES[0]])) == []
    assert faults(control(war(), places=PLACES[1])) == []


@pytest.mark.parametrize("picture", [comparison, differences])
def test_of_two_jobs(picture: Callable[..., Any]) -> None:
    names = (
        "a long way down to the scenario/four_cities.yaml",
        "the same with places.hama.people=1, mechanisms.air=false",
    )
    ax = picture(war(), war(shift=3), names=names)
    assert faults(ax) == []
    assert "…" not in "".join(text for text, _ in written(ax) if "places.hama" in text)


def test_of_scores() -> None:
    assert faults(score_of(sim.score(sim.load("four_cities")), [f"{PLACES[0][:-1]}{i}" for i in range(9)])) == []


def test_of_a_scenario() -> None:
    plain = sim.load("four_cities").scenario
    long = [f"places.{place}.name={name}" for place, name in zip(sorted(plain.places), PLACES, strict=False)]
    long += [f"factions.{side}.name={name}" for side, name in zip(plain.factions, SIDES, strict=False)]
    assert faults(scenario_map(sim.load("four_cities", set=long).scenario)) == []


def test_names_of_25_letters_are_whole_beside_panels() -> None:
    for picture in (falls, losses):
        told = words(picture(war()))
        assert all(name in told for name in (PLACES if picture is falls else SIDES))


def test_dates_of_neighbouring_panels_do_not_touch() -> None:
    """The first date of a panel is near its left end and the last near its right end, both half a label away."""
    panels = control(war()).child_axes
    shown = [label.get_text() for label in panels[-1].get_xticklabels() if label.get_text()]
    assert len(shown) >= 3
    assert faults(panels[-1]) == []


def test_of_many_sides_it_is_told_who_took_a_place() -> None:
    told = [text for text, _ in written(control(war()))]
    assert any(text.startswith("observed:\nNational Front of") and text.endswith("\n28 Nov") for text in told)
    short = drive(
        factions=("Blue", "Red", "Green"), observed=[{"place": "p00", "to": ["f2"], "at": "2024-12-01T12:00:00Z"}]
    )
    assert "observed: Green\n1 Dec" in [text for text, _ in written(control(short))]
    two = drive(observed=[{"place": "p00", "to": ["f1"], "at": "2024-12-01T12:00:00Z"}])
    assert "observed\n1 Dec" in [text for text, _ in written(control(two))]
