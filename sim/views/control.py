"""Picture: the odds that each faction holds each place, over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.views.dates import date_axis, mark_dates
from sim.views.sheet import Key, Sheet
from sim.views.style import SMALL, heading, listed, percent, percent_axis, plain, tidy
from sim.views.subject import Runs, Subject, subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 12
"""Panels unless places are named."""
SEEN = 0.005
"""A faction is drawn where its odds ever exceed this."""
RARELY = 0.01
"""Places that change hands in no more of the runs are left out."""
COLUMNS = 3


def control(
    runs: Runs,
    places: Sequence[str] | str | None = None,
    faction: str | None = None,
    ax: Axes | None = None,
    *,
    most: int = MOST,
    title: str | None = None,
) -> Axes:
    """Probability of control over time, a panel a place, with 95 % intervals and recorded changes marked.

    places: ids or names; by default the `most` places with the highest odds of changing hands times
    strategic value, in the order in which they are lost. faction: only this one; by default all that ever
    hold one of the places, or, of two, the one that gains. ax: drawn into when given.
    Returns the axes that cover it all; the panels are its `child_axes`. Raises UsageError.
    """
    about = subject(runs)
    given = about.places(places)
    chosen = _in_order(about, about.telling(most, least=RARELY) or [0]) if given is None else given
    seen = _factions(about, chosen, faction)
    single = len(seen) == 1
    if title is None:
        who = f"{about.sides[seen[0]].name} holds" if single else "each faction holds"
        what = about.names[chosen[0]] if len(chosen) == 1 else "each place" if single else "a place"
        title = f"Probability that {who} {what}, {about.count}"
    keys = [] if single else _keys(about, seen)
    sheet = Sheet(ax, title, keys, [_note(about, chosen, seen, given is None), about.source])
    columns = min(COLUMNS, len(chosen)) if ax is None or sheet.width_cm > 10 else min(2, len(chosen))
    height = {1: 6.0, 2: 4.5}.get(len(chosen), 2.5)
    panels = sheet.panels(len(chosen), columns, height, left=0.95, right=0.25, between=0.45, below=0.12, foot=0.65)
    for number, (place, panel) in enumerate(zip(chosen, panels, strict=True)):
        _panel(panel, about, place, seen, first=number % columns == 0, last=number + columns >= len(chosen))
    return sheet.host


def _in_order(about: Subject, places: list[int]) -> list[int]:
    """The places in the order in which they are lost: by the mean time in the hands of their first holder."""
    initial = np.array(about.labels.initial_holder)
    held = about.control.probability[:, np.arange(initial.size), initial].mean(axis=0)
    return sorted(places, key=lambda place: (float(held[place]), place))


def _factions(about: Subject, places: list[int], wanted: str | None) -> list[int]:
    """The factions to draw, in index order."""
    if wanted is not None:
        return [about.faction(wanted)]
    odds = about.control.probability[:, places]
    seen = np.flatnonzero(odds.max(axis=(0, 1)) > SEEN)
    if seen.size == 2:  # what one gains the other loses: one curve tells both
        gained = (odds[-1] - odds[0]).sum(axis=0)
        return [int(max(seen, key=lambda k: (gained[k], -k)))]
    return [int(k) for k in seen]


def _panel(ax: Axes, about: Subject, place: int, seen: list[int], *, first: bool, last: bool) -> None:
    from matplotlib.dates import date2num

    table = about.control
    low, high = table.low[:, place], table.high[:, place]
    x = np.asarray(date2num(table.times))
    tidy(ax)
    percent_axis(ax, "probability (%)" if first else "")
    date_axis(ax, about.clock, label=last)
    if not last:
        ax.tick_params(axis="x", labelbottom=False)
    if not first:
        ax.tick_params(axis="y", labelleft=False)
    clear = []
    for k in seen:
        y = table.probability[:, place, k]
        if len(seen) > 1 and y.max() <= SEEN:
            continue
        side = about.sides[k]
        ax.fill_between(x, low[:, k], high[:, k], color=side.color, alpha=0.28, linewidth=0, zorder=2)
        dash = "solid" if len(seen) == 1 else side.dash
        ax.plot(x, y, color=side.color, linestyle=dash, linewidth=1.4, zorder=3, gid=about.labels.faction_ids[k])
        if len(seen) == 1:
            ax.fill_between(x, 0, y, color=side.color, alpha=0.10, linewidth=0, zorder=1)
            _end(ax, x[-1], y[-1], high[-1, k], side.color)
        clear.append(((x - x[0]) / max(x[-1] - x[0], 1e-9), (y + 0.02) / 1.04))
    mark_dates(ax, about.marks_of(place), about.clock, clear, about.takers)
    heading(ax, about.names[place])


def _end(ax: Axes, x: float, y: float, top: float, color: str) -> None:
    """The odds at the end, beside the end of the curve and clear of its band, which ends at `top`."""
    low = top > 0.85  # no room above it
    text = ax.annotate(
        percent(float(y)), xy=(x, 2 * y - top if low else top), xytext=(0, -3 if low else 3),
        textcoords="offset points", ha="right", va="top" if low else "bottom", fontsize=SMALL, color=color,
        fontweight="bold", zorder=5,
    )  # fmt: skip
    plain(text)


def _keys(about: Subject, seen: list[int]) -> list[Key]:
    from matplotlib.lines import Line2D

    handles: list[Any] = [Line2D([], [], color=about.sides[k].color, linestyle=about.sides[k].dash, linewidth=1.4)
                          for k in seen]  # fmt: skip
    return [(handle, about.sides[k].name) for handle, k in zip(handles, seen, strict=True)]


def _note(about: Subject, chosen: list[int], seen: list[int], by_itself: bool) -> str:
    """Bands, marks, and what was left out."""
    parts = ["Bands: 95 % intervals (Wilson)."]
    if any(about.marks_of(place) for place in chosen):
        parts.append("Upright dashed lines: changes of hands that history recorded, grey: their windows.")
    rest = [place for place in range(len(about.names)) if place not in chosen]
    if by_itself and rest:
        never = [about.names[p] for p in rest if about.moved[p] == 0]
        moved = [about.names[p] for p in sorted(rest, key=lambda p: -about.moved[p]) if about.moved[p] > 0]
        if moved:
            parts.append(
                f"{len(chosen)} of {len(about.names)} places, those with the highest odds of changing hands times "
                f"strategic value. Left out: {listed(moved)}."
            )
        if never:
            parts.append(f"Never changed hands: {listed(never)}.")
    if len(seen) == 1:
        others = about.control.probability[:, chosen].max(axis=(0, 1))
        rest_of = [about.sides[k].name for k in np.flatnonzero(others > SEEN) if k != seen[0]]
        parts.append(f"The rest: {listed(rest_of)}." if rest_of else "")
    return " ".join(part for part in parts if part)
