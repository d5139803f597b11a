"""Ablations as drawn."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from pictures import COLORS, draw, drive, results, texts, words

from sim.study.ablation import Ablation, ranked
from sim.study.ensemble import Ensemble
from sim.study.knockout import effect_of
from sim.views.ablation import ablation
from sim.views.style import FAINT


def ablated(full, off=(), family=50, **without) -> Ablation:
    """An ablation of made-up results."""
    effects = [
        effect_of(name, Ensemble(full), Ensemble(other), 0.95, 1 - 0.05 / family) for name, other in without.items()
    ]
    return Ablation("made_up", 40, 1, "none", "1", full.labels, ranked(effects), off, 0.95, family)


def made() -> Ablation:
    """Without air, Alba is never lost; without night, one run is another; without supply, all is the same."""
    full = drive()
    never = results([(run, 72 + 2 * run, 1, 0, 1) for run in range(40) if run % 2], 40)
    once = results([(run, 24 + run, 0, 0, 1) for run in range(40) if run % 4 or not run]
                   + [(run, 72 + 2 * run, 1, 0, 1) for run in range(40) if run % 2], 40)  # fmt: skip
    return ablated(full, air=never, night=once, supply=full, off=("siege",))


def marks(panel):
    return [line for line in panel.lines if line.get_marker() == "o"]


def test_dots_and_bars_are_the_differences() -> None:
    result = made()
    ax = ablation(result)
    assert [panel.get_title(loc="left") for panel in ax.child_axes] == [
        "Red holds", "First place lost", "Changes of hands", "Dead, all sides",
    ]  # fmt: skip
    assert [panel.get_xlabel() for panel in ax.child_axes] == [
        "places at the end",
        "hours later",
        "changes a run",
        "people",
    ]
    assert [text.get_text() for text in ax.child_axes[0].get_yticklabels()] == ["air", "night"]
    for panel, key in zip(ax.child_axes, (("held", None, "f1"), ("first_fall",), ("changes",), ("dead",)), strict=True):
        shifts = [effect.get(*key) for effect in result.acting]
        assert [mark.get_xdata()[0] for mark in marks(panel)] == [shift.of.difference.value for shift in shifts]
        bars = [line.get_xdata() for line in panel.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 1.4]
        seen = [shift.of.difference for shift in shifts if shift.of.seen]
        np.testing.assert_allclose(np.reshape(bars, (-1, 2)), np.reshape([(e.low, e.high) for e in seen], (-1, 2)))
    air, night = marks(ax.child_axes[0])
    assert to_hex(air.get_markerfacecolor()) == to_hex(air.get_markeredgecolor()) == COLORS[1].lower()
    assert (night.get_markerfacecolor(), to_hex(night.get_markeredgecolor())) == ("white", FAINT)
    draw(ax)


def test_what_cannot_be_seen_is_said() -> None:
    said = words(ablation(made()))
    assert "made_up: each mechanism switched off alone, 40 runs" in said
    assert "No run differs in anything without supply. Switched off in the scenario already: siege." in said
    assert "leaves out 0, all 50 differences taken together" in said
    assert "Left out: night." in words(ablation(made(), most=1))


def test_nothing_acts() -> None:
    ax = ablation(ablated(drive(), air=drive()))
    assert "no difference in any run" in words(ax)
    draw(ax)


def test_several_factions_share_a_scale_and_nothing_is_cut() -> None:
    factions = ("Blue", "Red", "Green")
    full = results([(run, 30, run % 3, 0, 1) for run in range(20)], 40, factions=factions)
    other = results([(run, 30, run % 3, 0, 2) for run in range(10)], 40, factions=factions)
    ax = ablation(ablated(full, reinforcement=other))
    assert len(ax.child_axes) == 6
    assert len({panel.get_xlim() for panel in ax.child_axes[:3]}) == 1
    draw(ax)
    edge = ax.figure.bbox
    for text in texts(ax):
        box = text.get_window_extent()
        assert edge.x0 <= box.x0
        assert box.x1 <= edge.x1


def test_it_fits_in_axes_that_are_given() -> None:
    from matplotlib.figure import Figure

    given = Figure(figsize=(7, 4)).add_subplot(1, 2, 1)
    assert ablation(made(), given, title="") is given
    draw(given)


@pytest.mark.parametrize("name", ["$x_1$", "سلاح"])
def test_names_are_data(name: str) -> None:
    full = drive(factions=("Blue", name))
    ax = ablation(ablated(full, air=results([], 40, factions=("Blue", name))))
    assert f"{name} holds" in words(ax)
    draw(ax)
