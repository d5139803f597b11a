"""Picture: when places fall, that is, are first lost by the camp that holds them at the start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.results import Floats, Ints
from sim.study.control import falls_of
from sim.study.statistics import LEVEL, proportion, wilson
from sim.study.tally import Tally
from sim.units import HOUR
from sim.views.dates import Mark, date_axis, mark_dates
from sim.views.sheet import Sheet
from sim.views.style import (
    BODY,
    INK,
    NAMES_CM,
    RULE,
    SMALL,
    SOFT,
    listed,
    name_ticks,
    percent,
    percent_axis,
    tidy,
    write,
)
from sim.views.subject import Runs, Subject, subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 16
"""Rows unless places are named."""
RARELY = 0.02
"""Places that fall in no more of the runs are left out."""
BINS_H = (0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168)
MOST_BINS = 72
STEPS = 240
FILL = "#7A93AC"
"""Neutral: it stands for no faction."""
PEAK, RANGE, OBSERVED = 0.68, 0.15, 0.13
"""In rows: how far above its line the peak of a place that always falls reaches, how far below it the quantiles stand,
and how far above it the recorded date. The range of a row and the peak of the next stay apart."""
PALEST = 0.3
"""Opacity of what hardly ever falls."""


def falls(
    runs: Runs,
    places: Sequence[str] | str | None = None,
    ax: Axes | None = None,
    *,
    most: int = MOST,
    title: str | None = None,
) -> Axes:
    """When places are first lost by the camp that holds them at the start.

    Several places: a ridge of histograms, each as high as the share of runs in which the place falls, with the 10, 50
    and 90 % quantiles of these runs, the share of runs in which it never does, and the recorded date with its window.
    One place: the distribution function with its 95 % band. places: ids or names; by default the `most` likely to
    change hands times strategic value, the soonest first. Returns the axes. Raises UsageError.
    """
    about = subject(runs)
    given = about.places(places)
    chosen = about.telling(most, least=RARELY) if given is None else given
    tallies = _tallies(about)
    fallen = [place for place in chosen if tallies[place].total]
    if len(chosen) == 1:
        return _curve(about, chosen[0], tallies[chosen[0]], ax, title)
    rows = sorted(fallen, key=lambda place: (tallies[place].quantile(0.5).value or 0, place))
    return _ridge(about, rows, tallies, ax, title, by_itself=given is None)


def _tallies(about: Subject) -> list[Tally]:
    """Ticks at which each place falls, over the runs in which it does."""
    tallies = [Tally() for _ in about.names]
    for block in about.runs.iter_blocks():
        for tally, ticks in zip(tallies, falls_of(block, about.labels), strict=True):
            tally.add(ticks[ticks >= 0])
    return tallies


def fallen_by(tally: Tally, ticks: Ints) -> Ints:
    """How many runs have seen the fall by each of these ticks."""
    counted = np.concatenate([[0], np.cumsum(tally.counts)])
    found: Ints = counted[np.searchsorted(tally.values, ticks, side="right")]
    return found


def _first_loss(about: Subject, place: int) -> Mark | None:
    """The recorded change by which the first camp lost the place."""
    camp = dict(zip(about.labels.faction_ids, about.labels.faction_camp, strict=True))
    own = about.labels.faction_camp[about.labels.initial_holder[place]]
    for mark in about.marks_of(place):
        if mark.to and all(camp.get(faction, -1) != own for faction in mark.to):
            return mark
    return None


# --- one place ------------------------------------------------------------------------------------------------


def _curve(about: Subject, place: int, tally: Tally, ax: Axes | None, title: str | None) -> Axes:
    from matplotlib.dates import date2num

    runs = about.runs.runs
    name = about.names[place]
    if title is None:
        title = f"Probability that {name} has fallen, {about.count}"
    never = proportion(runs - tally.total, runs, LEVEL)
    note = (
        f"Fallen: first lost by the camp that holds it at the start. Band: 95 % intervals (Wilson). "
        f"Never falls: {_with_interval(never)} of the runs."
    )
    sheet = Sheet(ax, title, notes=[note, about.source])
    panel = sheet.panels(1, 1, 6.0, left=0.95, right=0.25, below=0.75)[0]
    ticks = np.linspace(0, about.runs.provenance.horizon, STEPS + 1).astype(np.int64)
    count = fallen_by(tally, ticks)
    low, high = wilson(count, runs, LEVEL)
    x = _dates(about, ticks)
    tidy(panel)
    percent_axis(panel, "runs in which it has fallen (%)")
    date_axis(panel, about.clock)
    panel.fill_between(x, low, high, color=FILL, alpha=0.45, linewidth=0, zorder=2)
    panel.plot(x, count / runs, color=INK, linewidth=1.3, zorder=3)
    mark = _first_loss(about, place)
    shares = (x - x[0]) / (x[-1] - x[0])
    marks = [mark] if mark else []
    mark_dates(panel, marks, about.clock, [(shares, (count / runs + 0.02) / 1.04)], about.takers)
    by_end = count[-1] / runs
    write(
        panel, float(date2num(about.clock.end)), min(by_end + 0.03, 0.93), f"never falls: {percent(never.value)} ",
        ha="right", va="bottom", fontsize=BODY,
    )  # fmt: skip
    return sheet.host


# --- many places ------------------------------------------------------------------------------------------------


def _ridge(
    about: Subject, rows: list[int], tallies: list[Tally], ax: Axes | None, title: str | None, *, by_itself: bool
) -> Axes:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if title is None:
        title = f"When places first fall, {about.count}"
    marks = {place: _first_loss(about, place) for place in rows}
    width_h = next((h for h in BINS_H if about.clock.hours / h <= MOST_BINS), BINS_H[-1])
    range_key = Line2D([], [], color=INK, linewidth=1.0, marker="|", markersize=4.5)
    keys: list[Any] = [
        (
            Patch(facecolor=FILL, edgecolor=INK, linewidth=0.5),
            f"when it falls, per {width_h:g} h; the lower and paler, the rarer",
        ),
    ]
    if any(tallies[place].total > 1 for place in rows):
        keys.append((range_key, "10, 50, 90 % of the runs in which it falls"))
    if any(marks.values()):
        keys.append((_diamond(Line2D, [], []), "observed, with its window"))
    sheet = Sheet(ax, title, keys if rows else [], [_note(about, rows, by_itself), about.source])
    names = [about.names[place] for place in rows]
    left = sheet.room_for(names, BODY, least=3.0, most=NAMES_CM)
    panel = sheet.panels(1, 1, 0.92 * max(len(rows), 2) + 0.4, left=left, right=2.55, above=0.1, below=0.75)[0]
    horizon = about.runs.provenance.horizon
    edges = np.append(np.arange(0, horizon, int(width_h * HOUR), dtype=np.int64), horizon)
    shares = np.array([np.diff(fallen_by(tallies[place], edges - 1)) / about.runs.runs for place in rows])
    tidy(panel, grid="x")
    date_axis(panel, about.clock)
    panel.spines["left"].set_visible(False)
    panel.set_ylim(len(rows) - 1 + 2 * RANGE, -PEAK - 0.4)
    for row, place in enumerate(rows):
        _row(panel, about, row, shares[row], edges, tallies[place], marks[place])
    name_ticks(panel, "y", range(len(rows)), names, fontsize=BODY, va="bottom", room_cm=sheet.beside(panel))
    panel.tick_params(axis="y", length=0)
    if rows:
        write(
            panel, 1.02, -0.42, "never falls\n(95 % interval)", transform=panel.get_yaxis_transform(), fontsize=SMALL,
            color=SOFT, va="bottom", linespacing=1.1,
        )  # fmt: skip
    return sheet.host


def _row(ax: Axes, about: Subject, row: int, shares: Floats, edges: Ints, tally: Tally, mark: Mark | None) -> None:
    from matplotlib.dates import date2num
    from matplotlib.lines import Line2D

    x = _dates(about, edges)
    often = float(shares.sum())
    heights = PEAK * often * shares / shares.max()
    faint = PALEST + (1 - PALEST) * often
    ax.stairs(row - heights, x, baseline=row, fill=True, facecolor=FILL, alpha=faint, zorder=2)
    ax.stairs(row - heights, x, baseline=row, color=INK, linewidth=0.5, alpha=faint, zorder=2)
    ax.axhline(row, color=RULE, linewidth=0.5, zorder=1)
    if tally.total > 1:  # one run has no quantiles
        at = _dates(about, np.array([(tally.quantile(share).value or 0) for share in (0.1, 0.5, 0.9)]))
        line: dict[str, Any] = {"linewidth": 1.0, "marker": "|", "markersize": 4, "solid_capstyle": "butt"}
        ax.plot(at, [row + RANGE] * 3, color=INK, alpha=faint, zorder=4, **line)
    if mark:
        window = [float(date2num(moment)) for moment in (mark.earliest, mark.latest)]
        ax.plot(window, [row - OBSERVED] * 2, color=INK, linewidth=0.9, zorder=5)
        ax.add_line(_diamond(Line2D, [float(date2num(mark.at))], [row - OBSERVED]))
    never = proportion(about.runs.runs - tally.total, about.runs.runs, LEVEL)
    write(ax, 1.02, row, _with_interval(never), transform=ax.get_yaxis_transform(), fontsize=SMALL, va="bottom")


def _diamond(line: Any, x: Sequence[float], y: Sequence[float]) -> Any:
    return line(
        x, y, linestyle="none", marker="D", markersize=4.2, markerfacecolor="white", markeredgecolor=INK,
        markeredgewidth=0.9, zorder=6,
    )  # fmt: skip


def _note(about: Subject, rows: list[int], by_itself: bool) -> str:
    parts = [
        "A place falls when the camp that holds it at the start first loses it. The peak of a row is as high as the "
        "share of runs in which the place falls; its shape says when."
    ]
    rest = [place for place in range(len(about.names)) if place not in rows]
    if not rows:
        parts.append("No place fell in any run.")
    elif by_itself and rest:
        never = [about.names[p] for p in rest if about.moved[p] == 0]
        moved = [about.names[p] for p in sorted(rest, key=lambda p: -about.moved[p]) if about.moved[p] > 0]
        if moved:
            parts.append(f"Left out, less likely to fall or of less strategic value: {listed(moved)}.")
        if never:
            parts.append(f"Never falls: {listed(never)}.")
    return " ".join(parts)


def _with_interval(share: Any) -> str:
    low, high = 100 * (share.low or 0), 100 * (share.high or 0)
    digits = 0 if low >= 2 and high <= 98 else 1
    return f"{percent(share.value, digits)} ({low:.{digits}f}–{high:.{digits}f})"


def _dates(about: Subject, ticks: Ints | Floats) -> Floats:
    """Ticks as dates that matplotlib understands."""
    from matplotlib.dates import date2num

    zero: datetime = about.clock.start
    found: Floats = float(date2num(zero)) + np.asarray(ticks, dtype=float) / HOUR / 24
    return found
