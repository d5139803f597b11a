"""Strengths and losses as drawn."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.dates import date2num
from pictures import draw, drive, words

from sim.views.strengths import losses, strengths


def test_the_median_and_bands_are_those_of_the_runs() -> None:
    made = drive()
    ax = strengths(made)
    assert [panel.get_title(loc="left") for panel in ax.child_axes] == ["Blue", "Red"]
    for k, panel in enumerate(ax.child_axes):
        line = panel.lines[0]
        every = np.vstack([made.block.people[0, k][None], made.block.strength[:, k]])
        np.testing.assert_array_equal(line.get_ydata(), np.quantile(every, 0.5, axis=1, method="inverted_cdf"))
        np.testing.assert_allclose(np.diff(line.get_xdata()), 1.0)
        wide = panel.collections[0].get_paths()[0].vertices[:, 1]
        assert wide.min() == np.quantile(every, 0.05, axis=1, method="inverted_cdf").min()
        assert wide.max() == np.quantile(every, 0.95, axis=1, method="inverted_cdf").max()
        assert panel.get_ylim()[0] == 0
    assert ax.child_axes[0].get_ylabel() == "people under arms"
    assert ax.child_axes[0].get_ylim() == ax.child_axes[1].get_ylim()
    draw(ax)


def test_days_end_at_the_horizon() -> None:
    made = drive()
    x = strengths(made).child_axes[0].lines[0].get_xdata()
    assert x[-1] - x[0] == pytest.approx(10)
    assert x[0] == pytest.approx(float(date2num(np.datetime64("2024-11-27T02:00"))))


def test_one_run_has_no_quantiles() -> None:
    made = drive(1)
    lost, kept = losses(made), strengths(made)
    assert "1,000 (" not in words(lost)
    assert "1,000" in words(lost)
    for ax in (lost, kept):
        assert "median" not in words(ax)
        assert "% of the runs" not in words(ax)
        draw(ax)


def test_losses_are_the_quantiles_of_the_runs() -> None:
    made = drive()
    ax = losses(made)
    (panel,) = ax.child_axes
    medians = [line.get_xdata()[0] for line in panel.lines if line.get_marker() == "o"]
    dead = np.quantile(made.block.people[3, 0], 0.5, method="inverted_cdf")
    assert medians == [dead, 1000, 0, 0, dead, 0, 0, 0]
    said = words(ax)
    assert "1,000 (1,000–1,000)" in said
    low, high = np.quantile(made.block.people[3, 0], [0.05, 0.95], method="inverted_cdf")
    assert f"{dead:,.0f} ({low:,.0f}–{high:,.0f})" in said
    assert [text.get_text() for text in panel.get_yticklabels()] == ["dead", "deserted", "captured", "disbanded"] * 2
    assert panel.get_xlabel() == "people"
    draw(ax)
