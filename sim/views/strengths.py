"""Pictures: people under arms over time, and what was lost, by faction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.results import PEOPLE_COLUMNS, Floats
from sim.study.statistics import LEVEL
from sim.study.tally import Tally
from sim.units import DAY
from sim.views.dates import date_axis
from sim.views.sheet import Key, Sheet
from sim.views.style import (
    BODY,
    INK,
    NAMES_CM,
    SMALL,
    SOFT,
    TICK_CM,
    Side,
    fit,
    heading,
    name_ticks,
    people,
    tidy,
    write,
)
from sim.views.subject import Runs, Subject, subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles drawn: the median, and bands of 50 and 90 % of the runs."""
LOST = ("dead", "deserted", "captured", "disbanded")
GROUP = len(LOST) + 1.4
"""Rows that a faction takes, its name included."""


def strengths(runs: Runs, ax: Axes | None = None, *, title: str | None = None) -> Axes:
    """People under arms by faction at the end of each day: median, and bands of 50 and 90 % of the runs.

    Returns the axes that cover it all; the panels, one a faction, are its `child_axes`. Raises UsageError.
    """
    about = subject(runs)
    bands = strength_bands(about)
    shown = [k for k in range(len(about.sides)) if bands[:, :, k].any()] or [0]
    if title is None:
        title = f"People under arms by faction, {about.count}"
    notes = ["At the end of each day from the start, everyone on the map, marching or holding.", about.source]
    sheet = Sheet(ax, title, _band_keys() if about.runs.runs > 1 else [], notes)
    columns = len(shown) if len(shown) <= 3 else 3 if len(shown) > 4 else 2
    height = {1: 6.0, 2: 5.0}.get(len(shown), 3.4)
    panels = sheet.panels(len(shown), columns, height, left=1.0, right=0.25, between=0.45, below=0.12, foot=0.65)
    top = float(bands.max()) * 1.06 or 1.0
    for number, (k, panel) in enumerate(zip(shown, panels, strict=True)):
        first, last = number % columns == 0, number + columns >= len(shown)
        _strength_panel(panel, about, bands[:, :, k], about.sides[k], top, first=first, last=last)
    return sheet.host


def strength_bands(about: Subject) -> Floats:
    """(quantiles, days + 1, factions): people at the start and at the end of each day."""
    days = -(-about.runs.provenance.horizon // DAY)
    tallies = [[Tally() for _ in about.sides] for _ in range(days + 1)]
    for block in about.runs.iter_blocks():
        for k in range(len(about.sides)):
            tallies[0][k].add(block.people[PEOPLE_COLUMNS.index("initial"), k])
            for day in range(days):
                tallies[day + 1][k].add(block.strength[day, k])
    return np.array([[[t.quantile(share).value or 0.0 for t in row] for row in tallies] for share in SHARES])


def _strength_panel(
    ax: Axes, about: Subject, bands: Floats, side: Side, top: float, *, first: bool, last: bool
) -> None:
    from matplotlib.dates import date2num

    hours = np.minimum(24.0 * np.arange(bands.shape[1]), about.clock.hours)
    x = float(date2num(about.clock.start)) + hours / 24
    tidy(ax)
    ax.fill_between(x, bands[0], bands[4], color=side.color, alpha=0.18, linewidth=0, zorder=2)
    ax.fill_between(x, bands[1], bands[3], color=side.color, alpha=0.38, linewidth=0, zorder=2.1)
    ax.plot(x, bands[2], color=side.color, linewidth=1.5, zorder=3)
    date_axis(ax, about.clock, label=last)
    if not last:
        ax.tick_params(axis="x", labelbottom=False)
    ax.set_ylim(0, top)
    at = [value for value in ax.get_yticks() if 0 <= value <= top]
    ax.yaxis.set_ticks(at, labels=[people(value) for value in at])
    if first:
        ax.set_ylabel("people under arms", fontsize=SMALL, color=INK)
    else:
        ax.tick_params(axis="y", labelleft=False)
    heading(ax, side.name)


def _band_keys() -> list[Key]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        (Line2D([], [], color=INK, linewidth=1.5), "median"),
        (Patch(color=INK, alpha=0.38, linewidth=0), "50 % of the runs"),
        (Patch(color=INK, alpha=0.18, linewidth=0), "90 % of the runs"),
    ]


# --- losses -------------------------------------------------------------------------------------------------------


def losses(runs: Runs, ax: Axes | None = None, *, title: str | None = None) -> Axes:
    """People lost by faction and ledger over the whole campaign: median, 50 and 90 % of the runs.

    Returns the axes that cover it all; `child_axes[0]` holds the rows. Raises UsageError.
    """
    about = subject(runs)
    quantiles = loss_quantiles(about)
    if title is None:
        title = f"Losses by faction to the end, {about.count}"
    notes = [
        "People over the whole campaign; deserted includes stragglers, disbanded are those who went home when their "
        "faction gave up. The scale is linear below 10 and logarithmic above.",
        about.source,
    ]
    single = about.runs.runs == 1  # of which there are no quantiles
    sheet = Sheet(ax, title, [] if single else _interval_keys(), notes)
    rows = [(k, j) for k in range(len(about.sides)) for j in range(len(LOST))]
    height = 0.42 * GROUP * len(about.sides)
    left = sheet.room_for([side.name for side in about.sides], BODY, least=3.2, most=NAMES_CM, fontweight="bold")
    panel = sheet.panels(1, 1, height, left=left, right=3.0, above=0.5, below=0.75)[0]
    tidy(panel, grid="x")
    panel.set_xscale("symlog", linthresh=10, linscale=0.6)
    top = max(20.0, float(quantiles.max()) * 1.25)
    panel.set_xlim(-0.8, top)
    ticks = [0, *(10**power for power in range(1, 8) if 10**power <= top)]
    panel.xaxis.set_ticks(ticks, labels=[people(value) for value in ticks])
    panel.xaxis.set_ticks([], minor=True)
    panel.set_xlabel("people", fontsize=SMALL, color=INK, labelpad=1.5)
    at = [k * GROUP + j for k, j in rows]
    for y, (k, j) in zip(at, rows, strict=True):
        _loss_row(panel, y, quantiles[:, j, k], about.sides[k], single=single)
    panel.set_ylim(max(at) + 0.6, -1.5)
    name_ticks(panel, "y", at, [LOST[j] for _, j in rows], fontsize=SMALL)
    panel.tick_params(axis="y", length=0)
    panel.spines["left"].set_visible(False)
    across = panel.get_yaxis_transform()
    for k, side in enumerate(about.sides):
        text = write(
            panel, -0.012, k * GROUP - 0.95, side.name, transform=across, ha="right", va="center", fontsize=BODY,
            fontweight="bold",
        )  # fmt: skip
        fit(text, sheet.beside(panel) - TICK_CM)
    write(
        panel,
        1.03,
        -1.5,
        "people" if single else "median (5 to 95 %)",
        transform=across,
        fontsize=SMALL,
        color=SOFT,
        va="bottom",
    )
    return sheet.host


def loss_quantiles(about: Subject) -> Floats:
    """(quantiles, one of LOST, factions), people."""
    tallies = [[Tally() for _ in about.sides] for _ in LOST]
    for block in about.runs.iter_blocks():
        for name, row in zip(LOST, tallies, strict=True):
            for k, tally in enumerate(row):
                tally.add(block.people[PEOPLE_COLUMNS.index(name), k])
    return np.array([[[t.quantile(share, LEVEL).value or 0.0 for t in row] for row in tallies] for share in SHARES])


def _loss_row(ax: Axes, y: float, quantiles: Floats, side: Side, *, single: bool) -> None:
    low, lower, middle, upper, high = (float(value) for value in quantiles)
    ax.plot([low, high], [y, y], color=side.color, linewidth=1.0, zorder=2, solid_capstyle="butt")
    ax.plot([lower, upper], [y, y], color=side.color, linewidth=4.0, zorder=3, solid_capstyle="butt")
    ax.plot(
        [middle], [y], marker="o", markersize=4.2, markerfacecolor="white", markeredgecolor=INK, markeredgewidth=0.9,
        linestyle="none", zorder=4,
    )  # fmt: skip
    text = f"{middle:,.0f}" if single or high == 0 else f"{middle:,.0f} ({low:,.0f}–{high:,.0f})"
    write(ax, 1.03, y, text, transform=ax.get_yaxis_transform(), fontsize=SMALL, va="center")


def _interval_keys() -> list[Key]:
    from matplotlib.lines import Line2D

    middle: Any = Line2D(
        [],
        [],
        marker="o",
        markersize=4.2,
        markerfacecolor="white",
        markeredgecolor=INK,
        markeredgewidth=0.9,
        linestyle="none",
    )
    return [
        (middle, "median"),
        (Line2D([], [], color=SOFT, linewidth=4.0, solid_capstyle="butt"), "50 % of the runs"),
        (Line2D([], [], color=SOFT, linewidth=1.0, solid_capstyle="butt"), "90 % of the runs"),
    ]
