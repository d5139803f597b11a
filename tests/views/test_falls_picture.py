"""Fall times as drawn."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from matplotlib.dates import date2num
from matplotlib.patches import StepPatch
from pictures import DAYS, draw, drive, results, texts, words

from sim.study.ensemble import Ensemble
from sim.views.falls import FILL, PALEST, PEAK, falls


def filled(panel):
    """The filled histograms, from the top row down."""
    return [patch for patch in panel.patches if isinstance(patch, StepPatch) and patch.get_fill()]


def bars(panel):
    """The lines with three marks: the quantiles of each row."""
    return [line.get_xdata() for line in panel.lines if line.get_marker() == "|"]


def test_rows_equal_the_numbers() -> None:
    made = drive()
    ensemble = Ensemble(made)
    ax = falls(made)
    (panel,) = ax.child_axes
    assert [text.get_text() for text in panel.get_yticklabels()] == ["Alba", "Brae"]
    zero = date2num(datetime.fromisoformat(made.provenance.start))
    for row, (place, patch, marks) in enumerate(zip(("p00", "p01"), filled(panel), bars(panel), strict=True)):
        hours = ensemble.fall_times(place).hours
        fell = hours[np.isfinite(hours)]
        heights, edges, baseline = patch.get_data()
        assert baseline == row
        counts, _ = np.histogram(fell, np.append(np.arange(0, 24 * DAYS, 6), 24 * DAYS))
        assert counts.sum() == fell.size
        np.testing.assert_allclose(row - heights, PEAK * fell.size / 40 * counts / counts.max())
        np.testing.assert_allclose(edges[:2], [zero, zero + 0.25])
        assert patch.get_alpha() == pytest.approx(PALEST + (1 - PALEST) * fell.size / 40)
        ranked = np.sort(fell)
        expected = [ranked[int(np.ceil(share * fell.size)) - 1] for share in (0.1, 0.5, 0.9)]
        np.testing.assert_allclose((marks - zero) * 24, expected)
    said = words(ax)
    assert "25 % (" in said  # Alba never falls in a quarter of the runs
    assert "50 % (" in said
    assert "Never falls: Coll" in said
    draw(ax)


def test_one_fall_has_no_quantiles() -> None:
    ax = falls(results([(0, 24, 0, 0, 1)], 1), places=["Alba", "Brae"])
    assert bars(ax.child_axes[0]) == []
    assert "10, 50, 90 %" not in words(ax)
    draw(ax)
    ax = falls(results([(0, 24, 0, 0, 1), (1, 30, 0, 0, 1), (1, 48, 1, 0, 1)], 2))
    assert len(bars(ax.child_axes[0])) == 1, "the other place fell in one run only"
    assert "10, 50, 90 %" in words(ax)
    draw(ax)


def test_rows_and_head_stay_apart() -> None:
    """The quantiles of a row end above the highest peak that the next one can have; the head clears the key."""
    always = results([(run, 24 + place, place, 0, 1) for run in range(40) for place in range(3)], 40)
    ax = falls(always)
    (panel,) = ax.child_axes
    draw(ax)
    ranges = [line.get_window_extent() for line in panel.lines if line.get_marker() == "|"]
    tops = [panel.transData.transform((0, patch.get_data().values.min()))[1] for patch in filled(panel)]
    assert all(box.y0 > top + 2 for box, top in zip(ranges, tops[1:], strict=False))
    (head,) = (text for text in texts(ax) if text.get_text().startswith("never falls\n"))
    assert head.get_window_extent().y1 < ax.get_legend().get_window_extent().y0


def test_the_recorded_fall_is_the_first_loss_to_another_camp() -> None:
    observed = [
        {"place": "p00", "to": ["f2"], "at": "2024-11-29T00:00:00+03:00"},  # to an ally: no fall
        {"place": "p00", "to": ["f1"], "at": "2024-12-01T12:00:00+03:00",
         "earliest": "2024-12-01T06:00:00+03:00", "latest": "2024-12-02T00:00:00+03:00"},
        {"place": "p00", "to": ["f1"], "at": "2024-12-05T12:00:00+03:00"},
    ]  # fmt: skip
    ax = falls(drive(observed=observed, factions=("Blue", "Red", "Green"), camps=(0, 1, 0)))
    (panel,) = ax.child_axes
    diamonds = [line.get_xdata()[0] for line in panel.lines if line.get_marker() == "D"]
    assert diamonds == [pytest.approx(date2num(datetime.fromisoformat("2024-12-01T12:00+03:00")))]
    windows = [
        tuple(line.get_xdata()) for line in panel.lines if line.get_linewidth() == 0.9 and len(line.get_xdata()) == 2
    ]
    expected = [date2num(datetime.fromisoformat(f"2024-12-0{at}+03:00")) for at in ("1T06:00", "2T00:00")]
    assert windows == [pytest.approx(tuple(expected))]
    assert "observed" in words(ax)


def test_one_place_is_a_distribution_function_with_its_band() -> None:
    made = drive(observed=[{"place": "p01", "to": ["f1"], "at": "2024-12-01T12:00:00+03:00"}])
    ax = falls(made, places="Brae")
    (panel,) = ax.child_axes
    (line,) = [line for line in panel.lines if len(line.get_xdata()) > 100]
    hours = Ensemble(made).fall_times("p01").hours
    zero = date2num(datetime.fromisoformat(made.provenance.start))
    for x, y in zip(line.get_xdata()[::30], line.get_ydata()[::30], strict=True):
        assert y == (hours <= (x - zero) * 24 + 1e-3).mean()
    assert line.get_ydata()[-1] == 0.5
    assert "never falls: 50 %" in words(ax)
    assert "Probability that Brae has fallen, 40 runs" in words(ax)
    marks = [other.get_xdata()[0] for other in panel.lines if other.get_linestyle() == "--"]
    assert marks == [pytest.approx(date2num(datetime.fromisoformat("2024-12-01T12:00+03:00")))]
    draw(ax)


def test_no_place_falls() -> None:
    ax = falls(results([], 7))
    assert "No place fell in any run" in words(ax)
    draw(ax)
    alone = falls(results([], 7), places="Alba")
    assert "never falls: 100 %" in words(alone)
    draw(alone)


def test_only_the_likeliest_of_many_are_rows() -> None:
    names = tuple(f"Town {i:02}" for i in range(80))
    changes = [(run, 24 + place, place, 0, 1) for place in range(60) for run in range(place)]
    ax = falls(results(changes, 60, names=names))
    (panel,) = ax.child_axes
    assert len(filled(panel)) == 16
    assert all(patch.get_facecolor()[:3] == filled(panel)[0].get_facecolor()[:3] for patch in filled(panel)), FILL
    assert "Left out" in words(ax)
    draw(ax)
