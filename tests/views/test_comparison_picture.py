"""Paired differences as drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from pictures import draw, drive, results, texts, words

from sim.errors import UsageError
from sim.study.changes import Change
from sim.study.comparison import compare
from sim.study.statistics import Estimate
from sim.views.comparison import comparison, differences


def slower(runs: int = 40):
    """As `drive`, but Alba is never taken in the first half of the runs, and Brae three hours later."""
    changes = [(run, 24 + run, 0, 0, 1) for run in range(runs // 2, runs) if run % 4]
    changes += [(run, 75 + 2 * run, 1, 0, 1) for run in range(runs) if run % 2]
    return results(changes, runs)


def dots(panel):
    return [line for line in panel.lines if line.get_marker() == "o"]


def test_the_forest_shows_the_paired_differences() -> None:
    one, two = drive(), slower()
    numbers = compare(one, two)
    ax = comparison(one, two, names=("quick", "slow"))
    odds, hours = ax.child_axes
    end = list(numbers.control.values())[-1]
    assert [text.get_text() for text in odds.get_yticklabels()] == ["Alba"]  # Brae ends alike
    (dot,) = dots(odds)
    gained = end["p00"]["f0"]
    assert dot.get_xdata()[0] == pytest.approx(100 * gained.difference.value)
    assert to_hex(dot.get_markerfacecolor()) == to_hex(dot.get_markeredgecolor())  # clear of 0
    bounds = [line.get_xdata() for line in odds.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 1.4]
    np.testing.assert_allclose(bounds[0], [100 * gained.difference.low, 100 * gained.difference.high])
    assert [text.get_text() for text in hours.get_yticklabels()] == ["Alba", "Brae"]
    for dot, place in zip(dots(hours), ("p00", "p01"), strict=True):
        assert dot.get_xdata()[0] == pytest.approx(numbers.falls[place].mean_h.difference.value)
    said = words(ax)
    assert "slow less quick: paired differences, 40 runs, seed 1" in said
    assert "Scenario made_up (00000000), parameters 11111111, engine none 1. Seed 1. Probabilities are" in said
    assert "Odds are those of Blue" in said
    assert f"{100 * gained.first:.1f} → {100 * gained.second:.1f}" in said
    draw(ax)


def test_picture_and_table_tell_the_same_faction_and_what_was_changed() -> None:
    one, two = (replace(runs, parameters_json="{}") for runs in (drive(), slower()))
    two = replace(two, scenario_json=two.scenario_json.replace('"km": 30.0', '"km": 60.0'))
    numbers = compare(one, two, names=("quick", "slow"))
    assert numbers.told == ("f0",)
    said, text = words(comparison(numbers)), numbers.to_text()
    assert "probability that Blue holds it at the end (" in said
    assert "Changed: roads.p00-p01.km: 30 → 60; roads.p01-p02.km: 30 → 60. Odds are those of Blue." in said
    assert "Odds that Blue holds a place at the end (%), where they differ\n" in text
    assert "What was changed (first → second)\n  roads.p00-p01.km: 30 → 60\n" in text
    same = compare(one, one)
    assert "Nothing was changed. " in words(comparison(same))
    assert "\nNothing was changed.\n" in same.to_text()
    many = replace(numbers, changes=numbers.changes * 10)
    assert "30 → 60 and 8 more. " in words(comparison(many))
    assert "  and 8 more, which --json tells\n" in many.to_text()


def test_what_is_too_long_for_a_title_stands_whole_at_the_foot() -> None:
    long = "results/summer/with_the_bridge (four_cities) with places.hama.people=100000, mechanisms.air=false"
    numbers = compare(drive(), slower(), names=("quick", long))
    far = replace(numbers, changes=(Change("places.p00.supply", "a, " * 40, "b"),))
    for picture in (comparison, differences):
        said = words(picture(far))
        assert said.startswith("Second job less first: ")
        assert f"First job: quick. Second job: {long}." in said
        assert f"Changed: places.p00.supply: {'a, ' * 40} → b. " in said


def test_a_bound_that_is_not_nought_does_not_read_so() -> None:
    numbers = compare(drive(), slower())
    tiny = replace(numbers.control[240]["p00"]["f0"], difference=Estimate(0.003, 0.0002, 0.006))
    last = {**numbers.control[240], "p00": {"f0": tiny, "f1": tiny}}
    text = words(comparison(replace(numbers, control={240: last})))
    assert "+0.30 (+0.02, +0.60)" in text


def test_figures_beside_the_rows_are_not_cut() -> None:
    late = results([(run, 30 + run, 0, 0, 1) for run in range(40)], 40, days=60)
    ax = comparison(compare(results([], 40, days=60), late))
    (beside,) = (text for text in texts(ax) if text.get_text().startswith("1440.0 → "))
    assert beside.get_window_extent().x1 < ax.figure.bbox.x1


def test_colours_are_those_of_the_factions() -> None:
    ax = comparison(compare(drive(), slower()))
    (dot,) = dots(ax.child_axes[0])
    assert to_hex(dot.get_markeredgecolor()).upper() == drive().labels.faction_colors[0]


def test_an_interval_that_holds_nought_has_a_hollow_mark() -> None:
    changes = [(0, 30, 0, 0, 1)]
    ax = comparison(results([], 40), results(changes, 40))
    (dot,) = dots(ax.child_axes[0])
    assert dot.get_markerfacecolor() == "white"
    assert "made_up, second job less first" in words(ax)


def test_a_difference_in_every_run_is_drawn() -> None:
    never, always = results([], 3), results([(run, 30, 0, 0, 1) for run in range(3)], 3)
    ax = comparison(never, always)
    assert "no difference in any run" not in words(ax)
    assert "0.0 → 100.0, +100.0 (" in words(ax)
    assert "240.0 → 30.0, −210.0 |" in f"{words(ax)} |"
    draw(ax)


def test_a_comparison_alone_and_nothing_to_see() -> None:
    numbers = compare(drive(), drive())
    ax = comparison(numbers)
    assert "no difference in any run" in words(ax)
    draw(ax)
    draw(differences(numbers))
    with pytest.raises(UsageError, match="got a second result"):
        comparison(numbers, drive())
    with pytest.raises(UsageError, match="needs a second result"):
        comparison(drive())


def test_differences_over_time() -> None:
    one, two = drive(), slower()
    numbers = compare(one, two)
    ax = differences(one, two)
    assert [panel.get_title(loc="left") for panel in ax.child_axes] == ["Alba", "Brae"]
    for place, panel in zip(("p00", "p01"), ax.child_axes, strict=True):
        (line,) = [line for line in panel.lines if line.get_gid()]
        expected = [100 * at[place][line.get_gid()].difference.value for at in numbers.control.values()]
        np.testing.assert_allclose(line.get_ydata(), expected)
        np.testing.assert_allclose(line.get_xdata(), date2num(numbers.moments))
    assert ax.child_axes[0].get_ylim() == ax.child_axes[1].get_ylim()
    draw(ax)


def test_places_and_several_factions() -> None:
    factions = ("Blue", "Red", "Green")
    one = results([(run, 30, 0, 0, 1) for run in range(20)], 40, factions=factions)
    two = results([(run, 30, 0, 0, 2) for run in range(10)], 40, factions=factions)
    ax = comparison(one, two, places=["Alba", "Brae"])
    rows = [text.get_text() for text in ax.child_axes[0].get_yticklabels()]
    assert rows == ["Alba: Blue", "Alba: Green", "Alba: Red"]
    over = differences(one, two, places="Alba")
    assert {line.get_gid() for line in over.child_axes[0].lines if line.get_gid()} == {"f0", "f1", "f2"}
    with pytest.raises(UsageError, match="did you mean 'Alba'"):
        comparison(one, two, places="Albo")
