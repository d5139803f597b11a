"""Time along an axis, on the clock of the scenario, and what history recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sim.units import HOUR
from sim.views.style import CM, FAINT, INK, SMALL, figure_of, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_CM = 0.88
"""Room that a date takes along an axis."""
_STEPS_H = (1, 2, 3, 6, 12, 24, 48, 72, 96, 120, 168, 336, 672, 1344, 2688, 5376)


@dataclass(frozen=True)
class Clock:
    """The span that was played, on the scenario's own clock."""

    start: datetime
    hours: float

    def moment(self, hours: float) -> datetime:
        """So many hours after the start."""
        return self.start + timedelta(hours=hours)

    @property
    def end(self) -> datetime:
        """The end of what was played."""
        return self.moment(self.hours)

    @property
    def zone(self) -> str:
        """The clock's name, as `UTC+03:00`."""
        offset = f"{self.start:%z}"
        return "UTC" if offset in ("", "+0000") else f"UTC{offset[:3]}:{offset[3:5]}"

    def day(self, moment: datetime, *, hour: bool = False) -> str:
        """A moment in words: `5 Dec`, or `5 Dec 18:50`."""
        local = moment.astimezone(self.start.tzinfo)
        return f"{local.day} {local:%b}" + (f" {local:%H:%M}" if hour else "")

    def span(self) -> str:
        """`27 Nov to 11 Dec 2024`."""
        return f"{self.day(self.start)} to {self.day(self.end)} {self.end.year}"

    def ticks(self, most: int) -> tuple[list[datetime], list[str]]:
        """Round moments (midnights, when there is room for no more) and their labels, at most so many."""
        step = next((s for s in _STEPS_H if self.hours / s <= most), _STEPS_H[-1])
        at = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        found = []
        while at <= self.end:
            if at >= self.start:
                found.append(at)
            at += timedelta(hours=step if found or step < 24 else 24)
        return found, [f"{at:%H:%M}" if step < 24 and (at.hour or at.minute) else self.day(at) for at in found]


def clock(start: str, horizon: int) -> Clock:
    """From the provenance of a result: ISO-8601 start and horizon in ticks."""
    return Clock(datetime.fromisoformat(start), horizon / HOUR)


def date_axis(ax: Axes, time: Clock, *, label: bool = True) -> None:
    """Dates along the x axis, from start to end. The axis holds dates, so that users may add their own."""
    from matplotlib.dates import UTC, date2num
    from matplotlib.markers import TICKDOWN

    ax.xaxis_date(UTC)
    room = ax.get_window_extent().width / figure_of(ax).dpi / CM
    at, names = time.ticks(max(2, int(room / LABEL_CM)))
    ax.set_xlim(float(date2num(time.start)), float(date2num(time.end)))
    ax.xaxis.set_ticks([float(date2num(moment)) for moment in at], labels=names, fontsize=SMALL)
    days, _ = time.ticks(40)
    ax.plot(  # one line of marks: minor ticks would be forty artists
        date2num(days), [0] * len(days), linestyle="none", marker=TICKDOWN, markersize=2, markeredgewidth=0.4,
        color=FAINT, transform=ax.get_xaxis_transform(), clip_on=False, scalex=False, scaley=False,
    )  # fmt: skip
    if label:
        ax.set_xlabel(f"{time.end.year}, {time.zone}", fontsize=SMALL, color=INK, labelpad=1.5)


@dataclass(frozen=True)
class Mark:
    """A change of hands that history recorded; `earliest` and `latest` bound when it was."""

    place: str
    to: tuple[str, ...]
    at: datetime
    earliest: datetime
    latest: datetime

    @property
    def exact(self) -> bool:
        """Whether no window is given."""
        return self.earliest == self.latest


def observed(scenario: dict[str, Any], time: Clock) -> list[Mark]:
    """What history recorded while the scenario lasts, in order of time."""
    marks = []
    for entry in scenario.get("observed", ()):
        at = datetime.fromisoformat(entry["at"])
        early, late = (datetime.fromisoformat(entry.get(end) or entry["at"]) for end in ("earliest", "latest"))
        if time.start <= at <= time.end:
            marks.append(Mark(entry["place"], tuple(entry.get("to", ())), at, early, late))
    return sorted(marks, key=lambda mark: (mark.at, mark.place))


def mark_dates(ax: Axes, marks: Sequence[Mark], time: Clock, clear: Sequence[Any] = ()) -> None:
    """A dashed line at each recorded change, labelled with its date where it covers least of the lines in
    `clear` (arrays of dates and heights, in axes units 0..1)."""
    from matplotlib.dates import date2num

    low, high = ax.get_xlim()
    taken: list[tuple[float, float, float]] = []
    for number, mark in enumerate(marks):
        x = float(date2num(mark.at))
        ax.axvline(x, color=INK, linewidth=0.8, linestyle=(0, (3, 2)), zorder=4)
        if not mark.exact:
            ax.axvspan(
                float(date2num(mark.earliest)),
                float(date2num(mark.latest)),
                color=INK,
                alpha=0.10,
                linewidth=0,
                zorder=0.5,
            )
        share = (x - low) / (high - low)
        right, y = _spot(share, clear, taken, ax)
        text = ax.annotate(
            f"observed\n{time.day(mark.at)}" if number == 0 else time.day(mark.at),
            xy=(x, y),
            xycoords=("data", "axes fraction"),
            xytext=(2.5 if right else -2.5, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=SMALL - 0.7,
            color=INK,
            linespacing=1.0,
            zorder=6,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.75, "linewidth": 0},
        )
        plain(text)


def _spot(share: float, clear: Sequence[Any], taken: list[tuple[float, float, float]], ax: Axes) -> tuple[bool, float]:
    """Which side of a line, and how high, a small label covers least; `taken` holds those that stand already."""
    box = ax.get_window_extent()
    figure = figure_of(ax)
    wide = 34 / 72 * figure.dpi / max(box.width, 1)
    tall = 15 / 72 * figure.dpi / max(box.height, 1)
    best = (10**9, True, 0.5)
    for right in (False, True):
        left_edge = share if right else share - wide
        if left_edge < -0.02 or left_edge + wide > 1.02:
            continue
        for y in (0.86, 0.5, 0.68, 0.32, 0.15):
            covered = sum(
                int(((x >= left_edge) & (x <= left_edge + wide) & (abs(h - y) <= tall / 2)).sum()) for x, h in clear
            )
            covered += sum(
                1_000 for x, to, at in taken if left_edge < to and x < left_edge + wide and abs(at - y) < 1.1 * tall
            )
            best = min(best, (covered, right, y), key=lambda spot: spot[0])
    start = share if best[1] else share - wide
    taken.append((start, start + wide, best[2]))
    return best[1], best[2]
