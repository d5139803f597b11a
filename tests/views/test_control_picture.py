"""Odds of control over time, as drawn."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from pictures import START, draw, drive, results, words

from sim.errors import UsageError
from sim.study.ensemble import Ensemble
from sim.views.control import control
from sim.views.subject import STEPS


def curves(panel):
    """Lines of a panel that stand for a faction, by its id."""
    return {line.get_gid(): line for line in panel.lines if line.get_gid()}


def dashed(panel):
    """Positions of the marks of recorded changes."""
    return [line.get_xdata()[0] for line in panel.lines if line.get_linestyle() == "--" and not line.get_gid()]


def test_one_curve_of_the_side_that_gains_equals_the_numbers() -> None:
    made = drive()
    table = Ensemble(made).control(every_h=240 / STEPS)
    ax = control(made)
    assert [panel.get_title(loc="left") for panel in ax.child_axes] == ["Alba", "Brae"]
    for place, panel in zip(("p00", "p01"), ax.child_axes, strict=True):
        lines = curves(panel)
        assert list(lines) == ["f1"]
        np.testing.assert_array_equal(lines["f1"].get_ydata(), table.at(place).probability[:, 1])
        np.testing.assert_allclose(lines["f1"].get_xdata(), date2num(table.times))
        band = panel.collections[0].get_paths()[0].vertices
        assert band[:, 1].max() == pytest.approx(table.at(place).high[:, 1].max())
    assert "Probability that Red holds each place, 40 runs, seed 1" in words(ax)
    assert "Never changed hands: Coll. The rest: Blue." in words(ax)
    assert "75 %" in words(ax)
    assert "50 %" in words(ax)


def test_three_sides_have_curves_of_different_colour_and_dash() -> None:
    changes = [(run, 30 + run, 0, 0, 1 + run % 2) for run in range(30)]
    ax = control(results(changes, 40, factions=("Blue", "Red", "Green")))
    lines = curves(ax.child_axes[0])
    assert list(lines) == ["f0", "f1", "f2"]
    assert len({to_hex(line.get_color()) for line in lines.values()}) == 3
    assert len({str(line._unscaled_dash_pattern) for line in lines.values()}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Blue", "Red", "Green"]
    assert "Probability that each faction holds Alba" in words(ax)


def test_one_faction_can_be_asked_for() -> None:
    ax = control(drive(), places=["Coll", "p00"], faction="blue")
    assert [panel.get_title(loc="left") for panel in ax.child_axes] == ["Coll", "Alba"]
    assert list(curves(ax.child_axes[1])) == ["f0"]
    with pytest.raises(UsageError, match=r"faction must be .*did you mean 'Blue'"):
        control(drive(), faction="Blu")
    with pytest.raises(UsageError, match=r"place must be .*did you mean 'Alba'"):
        control(drive(), places="Albs")
    with pytest.raises(UsageError, match="at least one place"):
        control(drive(), places=[])


def test_recorded_changes_stand_at_their_moment() -> None:
    observed = [
        {"place": "p00", "to": ["f1"], "at": "2024-11-29T18:00:00+03:00",
         "earliest": "2024-11-29T12:00:00+03:00", "latest": "2024-11-29T22:00:00+03:00"},
        {"place": "p00", "to": ["f0"], "at": "2024-12-01T09:00:00Z", "earliest": None, "latest": None},
        {"place": "p00", "to": ["f1"], "at": "2024-12-20T00:00:00+03:00"},
    ]  # fmt: skip
    ax = control(drive(observed=observed))
    first, second = ax.child_axes
    moments = [datetime.fromisoformat(entry["at"]) for entry in observed[:2]]
    assert dashed(first) == pytest.approx([date2num(moment) for moment in moments])
    assert dashed(second) == []
    assert "observed 29 Nov" in words(ax)
    assert "1 Dec" in words(ax)
    window = [patch for patch in first.patches if patch.get_alpha() == 0.10]
    assert window[0].get_extents().width > 0
    assert len(window) == 1
    draw(ax)


def test_marks_close_together_and_long_names_do_not_cover_anything() -> None:
    at = [f"2024-12-01T{hour:02}:00:00+03:00" for hour in (2, 9, 16)]
    names = ("A name that is far too long for its panel", "Brae", "Coll")
    made = drive(observed=[{"place": "p00", "to": ["f1"], "at": moment} for moment in at], names=names)
    panel = control(made, places=["p00", "p01", "p02"]).child_axes[0]
    draw(panel)
    boxes = [text.get_window_extent() for text in panel.texts if "1 Dec" in text.get_text()]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    title = panel._left_title
    assert title.get_text().endswith("…")
    assert title.get_window_extent().width <= panel.get_window_extent().width


def test_dates_are_those_of_the_scenarios_own_clock() -> None:
    panel = control(drive(), places=["p00", "p01", "p02"]).child_axes[0]
    labels = {text.get_text(): at for at, text in zip(panel.get_xticks(), panel.get_xticklabels(), strict=True)}
    assert labels["30 Nov"] == pytest.approx(date2num(datetime.fromisoformat("2024-11-30T00:00+03:00")))
    assert panel.get_xlim()[0] == pytest.approx(date2num(datetime.fromisoformat(START)))
    assert panel.get_xlabel() == "2024, UTC+03:00"


def test_of_eighty_places_the_telling_ones_are_shown_and_the_others_named() -> None:
    rng = np.random.default_rng(1)
    changes = [
        (run, 24 + place, place, 0, 1) for place in range(60) for run in np.flatnonzero(rng.random(50) < place / 70)
    ]
    names = tuple(f"Town {i:02}" for i in range(80))
    made = results(changes, 50, names=names)
    ax = control(made)
    shown = [panel.get_title(loc="left") for panel in ax.child_axes]
    assert len(shown) == 12
    assert min(int(name[-2:]) for name in shown) > 40  # the likeliest, and the more populous
    said = words(ax)
    assert "12 of 80 places" in said
    assert "Never changed hands: Town 00" in said
    assert "more" in said
    draw(ax)


def test_nothing_ever_happens() -> None:
    ax = control(results([], 5))
    assert len(ax.child_axes) == 1
    assert "Never changed hands" in words(ax)
    draw(ax)


def test_one_place_one_run() -> None:
    ax = control(results([(0, 12, 0, 0, 1)], 1, names=("Alba",)))
    assert "1 run, seed 1" in words(ax)
    draw(ax)


def test_the_users_axes_are_drawn_into_and_the_rest_left_alone() -> None:
    figure = Figure(figsize=(8, 4))
    left, right = figure.subplots(1, 2)
    right.plot([0, 1], [0, 1])
    assert control(drive(), ax=left) is left
    assert figure.axes == [left, right]
    assert tuple(figure.get_size_inches()) == (8, 4)
    inside = left.get_window_extent()
    for panel in left.child_axes:
        box = panel.get_window_extent()
        assert box.x0 >= inside.x0
        assert box.x1 <= inside.x1
        assert box.y0 >= inside.y0 - 1
    assert len(right.lines) == 1
    draw(left)
