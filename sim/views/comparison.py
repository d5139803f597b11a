"""Pictures: what differs between two jobs, run by run, with paired intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.errors import UsageError
from sim.study.comparison import Comparison, compare
from sim.study.comparison_text import MOST_CHANGES
from sim.study.labels import find
from sim.study.paired import Difference
from sim.study.text import counted, digits_to_tell
from sim.views.dates import Clock, date_axis
from sim.views.sheet import Key, Sheet
from sim.views.style import (
    BODY,
    DASHES,
    INK,
    SMALL,
    SOFT,
    heading,
    listed,
    name_ticks,
    plain,
    signed,
    spell,
    tidy,
    write,
)
from sim.views.subject import CONDITIONAL, Runs, origin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 16
"""Rows of each kind, or panels, unless places are named."""
LONGEST = 60
"""Characters of what a side is called in a title; a longer name stands at the foot."""
WHOLE = 400
"""Characters of what is told at the foot."""
NAME_CM = 5.6
"""Room for names along the side."""

LETTER = 0.108
"""Centimetres that a letter of the figures beside a row takes."""


class Row(NamedTuple):
    """A difference with its name and the scale it is shown on."""

    name: str
    difference: Difference
    color: str


def comparison(
    first: Runs | Comparison,
    second: Runs | None = None,
    places: Sequence[str] | str | None = None,
    ax: Axes | None = None,
    *,
    names: tuple[str, str] | None = None,
    most: int = MOST,
    title: str | None = None,
) -> Axes:
    """Differences, second less first, as forest plots: the odds to hold each place at the end, and the hours until it
    first falls, with paired 95 % intervals.

    first, second: two results of one seed, or a Comparison alone. places: ids or names; by default the `most` with the
    largest differences. names: what to call the two. Returns the axes that cover it all; `child_axes` holds the panels.
    Raises UsageError.
    """
    about = _compared(first, second, names)
    wanted = None if places is None else _wanted(about, places)
    odds = _largest(_odds_rows(about, wanted), most, keep=places is not None)
    falls = _largest(_fall_rows(about, wanted or list(about.falls)), most, keep=places is not None)
    if title is None:
        title = f"{_which(about)}: paired differences, {_count(about)}"
    sheet = Sheet(ax, title, _keys(), _notes(about, odds))
    heights = [0.5 * max(len(rows), 1) + 0.35 for rows in (odds, falls)]
    longest = max(
        (len(_figures(row, scale, 1)) for rows, scale in ((odds, 100), (falls, 1)) for row in rows), default=0
    )
    left = sheet.room_for([row.name for row in (*odds, *falls)], BODY, least=3.0, most=NAME_CM)
    top, bottom = sheet.stack(heights, left=left, right=max(3.9, LETTER * longest + 0.3), above=0.75, below=0.8)
    end = Clock(datetime.fromisoformat(about.start), list(about.control)[-1])
    whose = f"that {spell(about.names[about.told[0]], 20)} holds it" if len(about.told) == 1 else "of holding it"
    room = sheet.beside(top)
    _forest(
        top, room, odds, 100, 1, f"probability {whose} at the end ({end.day(end.end)}), percentage points", "odds (%)"
    )
    _forest(bottom, room, falls, 1, 1, "hours until it first falls, or to the end", "mean hours")
    return sheet.host


def differences(
    first: Runs | Comparison,
    second: Runs | None = None,
    places: Sequence[str] | str | None = None,
    ax: Axes | None = None,
    *,
    names: tuple[str, str] | None = None,
    most: int = 12,
    title: str | None = None,
) -> Axes:
    """Differences in the odds of holding each place over time, a panel a place, with paired 95 % intervals.

    Arguments as for `comparison`. Returns the axes that cover it all; the panels are its `child_axes`.
    """
    about = _compared(first, second, names)
    chosen = _wanted(about, places) if places is not None else _moved(about)[:most]
    chosen = chosen or list(about.falls)[:1]
    factions = about.told
    if title is None:
        who = f" that {spell(about.names[factions[0]])} holds" if len(factions) == 1 else " of holding"
        title = f"{_which(about)}: probability{who} each place, {_count(about)}"
    keys = _lines(about, factions) if len(factions) > 1 else []
    left_out = [spell(about.names[place]) for place in _moved(about) if place not in chosen]
    notes = [
        _called(about),
        _changed(about)
        + "Bands: paired 95 % intervals of the difference."
        + (f" Left out: {listed(left_out)}." if left_out else ""),
        _source(about),
    ]
    sheet = Sheet(ax, title, keys, notes)
    columns = min(3, len(chosen))
    height = {1: 6.0, 2: 4.5}.get(len(chosen), 2.5)
    panels = sheet.panels(len(chosen), columns, height, left=1.05, right=0.25, between=0.45, below=0.12, foot=0.65)
    time = Clock(datetime.fromisoformat(about.start), list(about.control)[-1])
    ends = [end for at in about.control.values() for place in chosen for f in factions for end in _ends(at[place][f])]
    span = 105 * min([-0.01, *ends]), 105 * max([0.01, *ends])
    for number, (place, panel) in enumerate(zip(chosen, panels, strict=True)):
        first_column, last = number % columns == 0, number + columns >= len(chosen)
        _over_time(panel, about, place, factions, time, span, first=first_column, last=last)
    return sheet.host


def _compared(first: Runs | Comparison, second: Runs | None, names: tuple[str, str] | None) -> Comparison:
    if not isinstance(first, Comparison):
        if second is None:
            raise UsageError("a comparison needs a second result (got none)")
        return compare(first, second, names=names)
    if second is not None:
        raise UsageError("a comparison needs nothing to be compared with (got a second result)")
    return first if names is None else replace(first, first=names[0], second=names[1])


def _count(about: Comparison) -> str:
    return f"{counted(about.runs, 'run', 'runs')}, seed {about.provenance[0].seed}"


def _which(about: Comparison) -> str:
    """What is taken from what; names too long for a title stand in `_called`."""
    if about.first == about.second:
        return f"{spell(about.first, LONGEST)}, second job less first"
    if _called(about):
        return "Second job less first"
    return f"{spell(about.second, LONGEST)} less {spell(about.first, LONGEST)}"


def _called(about: Comparison) -> str:
    """What the two jobs are called, where that is too long for a title."""
    if max(len(about.first), len(about.second)) <= LONGEST or about.first == about.second:
        return ""
    return f"First job: {spell(about.first, WHOLE)}. Second job: {spell(about.second, WHOLE)}."


def _changed(about: Comparison) -> str:
    """What was changed, in a sentence."""
    if about.changes is None:
        return ""
    some = [spell(str(change), WHOLE) for change in about.changes[:MOST_CHANGES]]
    more = f" and {len(about.changes) - MOST_CHANGES:,} more" if len(about.changes) > MOST_CHANGES else ""
    return f"Changed: {'; '.join(some)}{more}. " if some else "Nothing was changed. "


def _source(about: Comparison) -> str:
    """Where both jobs come from."""
    first, second = (origin(job) for job in about.provenance)
    jobs = first if first == second else f"First: {first}. Second: {second}"
    return f"{jobs}. Seed {about.provenance[0].seed}. {CONDITIONAL}"


def _wanted(about: Comparison, places: Sequence[str] | str | None) -> list[str]:
    ids = tuple(about.falls)
    if places is None:
        return list(ids)
    names = tuple(about.names[place] for place in ids)
    asked = [places] if isinstance(places, str) else places
    return [ids[find(ids, names, place, "place")] for place in asked]


def _moved(about: Comparison) -> list[str]:
    """Places of which the odds ever differ, the largest difference first."""
    largest = {
        place: max(abs(d.difference.value or 0) for at in about.control.values() for d in at[place].values())
        for place in about.falls
    }
    return [p for p in sorted(largest, key=lambda p: (-largest[p], p)) if largest[p] > 0]


def _odds_rows(about: Comparison, places: Sequence[str] | None) -> list[Row]:
    alone = len(about.told) == 1
    return [
        Row(
            spell(about.names[place]) if alone else f"{spell(about.names[place])}: {spell(about.names[f])}",
            odds, about.colors[f],
        )
        for place, f, odds in about.odds_at_end(places)
    ]  # fmt: skip


def _fall_rows(about: Comparison, places: Sequence[str]) -> list[Row]:
    return [Row(spell(about.names[place]), about.falls[place].mean_h, INK) for place in places]


def _largest(rows: list[Row], most: int, *, keep: bool) -> list[Row]:
    """The largest differences, or all that were asked for, by size with sign."""
    if not keep:
        rows = [row for row in rows if row.difference.seen]
        rows = sorted(rows, key=lambda row: -abs(row.difference.difference.value or 0))[:most]
    return sorted(rows, key=lambda row: -(row.difference.difference.value or 0))


def _forest(ax: Axes, room_cm: float, rows: Sequence[Row], scale: float, digits: int, label: str, what: str) -> None:
    tidy(ax, grid="x")
    ax.spines["left"].set_visible(False)
    ax.axvline(0, color=INK, linewidth=0.8, zorder=2)
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    plain(ax.set_xlabel(label, fontsize=SMALL, color=INK, labelpad=1.5))
    across = ax.get_yaxis_transform()
    ends = [scale * end for row in rows for end in _ends(row.difference)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = max(0.06 * (high - low), 10.0**-digits)
    ax.set_xlim(low - room, high + room)
    name_ticks(ax, "y", range(len(rows)), [row.name for row in rows], fontsize=BODY, room_cm=room_cm)
    ax.tick_params(axis="y", length=0)
    if not rows:
        write(ax, 0, 0, "no difference in any run ", ha="right", va="center", color=SOFT)
        return
    write(
        ax, 1.02, -0.62, f"{what}: first → second,\ndifference (95 % interval)", transform=across, fontsize=SMALL - 0.5,
        color=SOFT, va="bottom", linespacing=1.1,
    )  # fmt: skip
    for y, row in enumerate(rows):
        _forest_row(ax, y, row, scale, digits)


def _ends(difference: Difference) -> list[float]:
    """What an axis must reach: the value and the ends of its interval."""
    estimate = difference.difference
    return [end for end in (estimate.low, estimate.value, estimate.high) if end is not None]


def _forest_row(ax: Axes, y: int, row: Row, scale: float, digits: int) -> None:
    difference = row.difference.difference
    value = scale * (difference.value or 0.0)
    known = difference.low is not None and difference.high is not None
    low, high = scale * (difference.low or 0.0), scale * (difference.high or 0.0)
    if known:
        ax.plot([low, high], [y, y], color=row.color, linewidth=1.4, zorder=3, solid_capstyle="butt")
    ax.plot(
        [value], [y], marker="o", markersize=4.6, linestyle="none", markeredgecolor=row.color, markeredgewidth=1.1,
        markerfacecolor=row.color if row.difference.clear else "white", zorder=4,
    )  # fmt: skip
    write(
        ax, 1.02, y, _figures(row, scale, digits), transform=ax.get_yaxis_transform(), fontsize=SMALL - 0.3, va="center"
    )


def _figures(row: Row, scale: float, digits: int) -> str:
    """What stands beside a row: both means, and the difference with its interval."""
    told = row.difference.difference
    values = [scale * value for value in (told.value or 0.0, told.low, told.high) if value is not None]
    value, *ends = [signed(each, digits_to_tell(values, digits)) for each in values]
    bounds = f" ({', '.join(ends)})" if len(ends) == 2 else ""
    means = f"{scale * row.difference.first:.{digits}f} → {scale * row.difference.second:.{digits}f}"
    return f"{means}, {value}{bounds}"


def _over_time(
    ax: Axes,
    about: Comparison,
    place: str,
    factions: Sequence[str],
    time: Clock,
    span: tuple[float, float],
    *,
    first: bool,
    last: bool,
) -> None:
    from matplotlib.dates import date2num

    x = np.array([float(date2num(moment)) for moment in about.moments])
    tidy(ax)
    ax.axhline(0, color=INK, linewidth=0.7, zorder=1.5)
    for number, faction in enumerate(factions):
        estimates: list[Any] = [at[place][faction].difference for at in about.control.values()]
        low, value, high = (
            100 * np.array([getattr(e, name) for e in estimates], dtype=float) for name in ("low", "value", "high")
        )
        color = about.colors[faction]
        dash = "solid" if len(factions) == 1 else DASHES[number % len(DASHES)]
        ax.fill_between(x, low, high, color=color, alpha=0.28, linewidth=0, zorder=2)
        ax.plot(x, value, color=color, linestyle=dash, linewidth=1.4, zorder=3, gid=faction)
    ax.set_ylim(*span)
    date_axis(ax, time, label=last)
    if not last:
        ax.tick_params(axis="x", labelbottom=False)
    if first:
        ax.set_ylabel("difference (points)", fontsize=SMALL, color=INK)
    else:
        ax.tick_params(axis="y", labelleft=False)
    heading(ax, spell(about.names[place]))


def _keys() -> list[Key]:
    from matplotlib.lines import Line2D

    common: Any = {"color": SOFT, "linewidth": 1.4, "marker": "o", "markersize": 4.6, "markeredgecolor": SOFT}
    return [
        (Line2D([], [], markerfacecolor=SOFT, **common), "interval leaves out 0"),
        (Line2D([], [], markerfacecolor="white", **common), "interval holds 0, or there is none"),
    ]


def _lines(about: Comparison, factions: Sequence[str]) -> list[Key]:
    from matplotlib.lines import Line2D

    return [
        (Line2D([], [], color=about.colors[f], linestyle=DASHES[i % len(DASHES)], linewidth=1.4), spell(about.names[f]))
        for i, f in enumerate(factions)
    ]


def _notes(about: Comparison, odds: Sequence[Row]) -> list[str]:
    alone = len(about.told) == 1
    whose = f"Odds are those of {spell(about.names[about.told[0]])}. " if alone else ""
    cut = alone and len(_moved(about)) > len({row.name for row in odds})
    return [
        _called(about),
        f"{_changed(about)}{whose}Run k of both jobs uses the same random numbers, so what differs follows from the "
        f"change. {100 * (about.same.value or 0):.1f} % of runs have the same history in both."
        + (" Only the largest differences are shown." if cut else ""),
        _source(about),
    ]
