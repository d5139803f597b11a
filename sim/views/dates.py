"""Time along an axis, on the clock of the scenario, and what history recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sim.units import HOUR
from sim.views.style import CM, FAINT, INK, SMALL, figure_of, fitted, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL_CM = 0.88
"""Room that a date takes along an axis."""
OVERHANG_CM = 0.1
"""So far a date may stick out beyond the end of its axis: another panel may begin there."""
AIR_CM = 0.08
"""Between neighbouring dates."""
WHO_CM = 2.0
"""Room for who took a place, beside a mark."""
MARK, GAP = SMALL - 0.7, 2.5
"""Points: size of what stands beside a mark, and its distance from it."""
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
    from matplotlib.transforms import ScaledTranslation

    ax.xaxis_date(UTC)
    room = ax.get_window_extent().width / figure_of(ax).dpi / CM
    at, names = time.ticks(max(2, int(room / LABEL_CM)))
    ax.set_xlim(float(date2num(time.start)), float(date2num(time.end)))
    middles = [(moment - time.start) / timedelta(hours=time.hours) * room for moment in at]
    shifts = _inwards(middles, [wide for _, wide in fitted(ax, names, room, fontsize=SMALL)], room)
    labels = ["" if shift is None else name for name, shift in zip(names, shifts, strict=True)]
    ax.xaxis.set_ticks([float(date2num(moment)) for moment in at], labels=labels, fontsize=SMALL)
    for tick, shift in zip(ax.xaxis.get_major_ticks(), shifts, strict=True):
        if shift:
            moved = ScaledTranslation(shift * CM, 0, figure_of(ax).dpi_scale_trans)
            tick.label1.set_transform(tick.label1.get_transform() + moved)
    days, _ = time.ticks(40)
    ax.plot(  # one line of marks: minor ticks would be forty artists
        date2num(days), [0] * len(days), linestyle="none", marker=TICKDOWN, markersize=2, markeredgewidth=0.4,
        color=FAINT, transform=ax.get_xaxis_transform(), clip_on=False, scalex=False, scaley=False,
    )  # fmt: skip
    if label:
        ax.set_xlabel(f"{time.end.year}, {time.zone}", fontsize=SMALL, color=INK, labelpad=1.5)


def _inwards(middles: Sequence[float], widths: Sequence[float], room: float) -> list[float | None]:
    """How far labels must move so as not to stick out of an axis `room` long; None where that would make them touch a
    neighbour. All in centimetres."""
    shifts: list[float | None] = []
    for middle, wide in zip(middles, widths, strict=True):
        low, high = middle - wide / 2 + OVERHANG_CM, middle + wide / 2 - OVERHANG_CM
        shifts.append(max(0.0, -low) - max(0.0, high - room))
    for end, beside in ((0, 1), (-1, -2)):
        shift = shifts[end] if shifts else None
        if shift and len(shifts) > 1:
            apart = abs(middles[beside] - middles[end] - shift)
            if apart < (widths[end] + widths[beside]) / 2 + AIR_CM:
                shifts[end] = None
    return shifts


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


def mark_dates(
    ax: Axes, marks: Sequence[Mark], time: Clock, clear: Sequence[Any] = (), names: Mapping[str, str] | None = None
) -> None:
    """An upright dashed line at each recorded change, labelled with its date where it covers least of the lines in
    `clear` (arrays of dates and heights, in axes units 0..1), and with who took the place where `names` are given."""
    from matplotlib.dates import date2num

    low, high = ax.get_xlim()
    taken: list[tuple[float, float, float, float]] = []
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
        text = ax.annotate(
            "",
            xy=(x, 0.5),
            xycoords=("data", "axes fraction"),
            xytext=(0, 0),
            textcoords="offset points",
            va="center",
            fontsize=MARK,
            color=INK,
            linespacing=1.0,
            zorder=6,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.75, "linewidth": 0},
        )
        who = [names.get(faction, faction) for faction in mark.to] if names else []
        text.set_text(_said(ax, time.day(mark.at), " or ".join(who), first=number == 0))
        plain(text)
        right, y = _spot((x - low) / (high - low), clear, taken, ax, text.get_window_extent())
        text.xy = (x, y)
        text.set_position((GAP if right else -GAP, 0))
        text.set_horizontalalignment("left" if right else "right")


def _said(ax: Axes, day: str, who: str, *, first: bool) -> str:
    """What stands beside a mark: that it was observed (at the first one), who took the place, when."""
    lead = "observed" if first else ""
    if not who:
        return f"{lead}\n{day}".strip()
    (name, _), (whole, _) = fitted(ax, [who, f"{lead}: {who}"], WHO_CM, fontsize=MARK)
    one = f"{lead}: {who}" == whole
    return "\n".join([*([f"{lead}:"] if first and not one else []), whole if first and one else name, day])


def _spot(
    share: float, clear: Sequence[Any], taken: list[tuple[float, float, float, float]], ax: Axes, label: Any
) -> tuple[bool, float]:
    """Which side of a line, and how high, a label of this size covers least; `taken` holds those that stand already
    (from, to, height, how tall; all in shares of the axes)."""
    box = ax.get_window_extent()
    away = GAP / 72 * figure_of(ax).dpi
    wide = (label.width + away) / max(box.width, 1)
    tall = (label.height + away) / max(box.height, 1)
    best = (10**9, share < 0.5, 0.5)
    for right in (False, True):
        left_edge = share if right else share - wide
        if left_edge < -0.02 or left_edge + wide > 1.02:
            continue
        for y in (0.86, 0.5, 0.68, 0.32, 0.15):
            covered = sum(
                int(((x >= left_edge) & (x <= left_edge + wide) & (abs(h - y) <= tall / 2)).sum()) for x, h in clear
            )
            covered += sum(
                1_000 for x, to, at, high in taken
                if left_edge < to and x < left_edge + wide and abs(at - y) < (tall + high) / 2
            )  # fmt: skip
            best = min(best, (covered, right, y), key=lambda spot: spot[0])
    start = share if best[1] else share - wide
    taken.append((start, start + wide, best[2], tall))
    return best[1], best[2]
