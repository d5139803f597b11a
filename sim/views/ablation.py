"""Picture: what is otherwise without each mechanism, with paired intervals; and all files of an ablation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.files import disk, tables
from sim.study.ablation import Ablation, Shift
from sim.study.text import counted
from sim.views.sheet import Key, Sheet
from sim.views.style import BODY, FAINT, INK, SMALL, SOFT, heading, listed, name_ticks, plain, save, spell, tidy, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 40
"""Rows, those of the mechanisms that matter most."""
FACTIONS = 3
"""Panels of factions, those whose holdings change most."""
ROW_CM = 0.38

FILES = ("ablation.json", "ablation.csv", "ablation.png")


class Panel(NamedTuple):
    """One measure: its unit, the colour of its marks, and a difference for each mechanism."""

    title: str
    unit: str
    color: str
    shifts: list[Shift]


def ablation(result: Ablation, ax: Axes | None = None, *, most: int = MOST, title: str | None = None) -> Axes:
    """Paired differences, without a mechanism less with it, as forest plots: a row a mechanism, a panel a measure, with
    95 % intervals (or those of the ablation's level).

    most: rows at most. Returns the axes that cover it all; the panels are its `child_axes`.
    """
    shown = result.acting[:most]
    panels = _panels(result, most)
    if title is None:
        title = f"{spell(result.called, 80)}: each mechanism switched off alone, {counted(result.runs, 'run', 'runs')}"
    sheet = Sheet(ax, title, _keys(result), _notes(result, most))
    columns = len(panels) if len(panels) <= 4 else 3
    height = ROW_CM * max(len(shown), 1) + 0.25
    made = sheet.panels(len(panels), columns, height, left=2.45, right=0.2, above=0.5, below=0.85, between=0.5)
    for number, (axes, panel) in enumerate(zip(made, panels, strict=True)):
        _forest(axes, panel, [shift for other in panels if other.unit == panel.unit for shift in other.shifts])
        names = [effect.mechanism for effect in shown] if number % columns == 0 else []
        name_ticks(axes, "y", range(len(names)), names, fontsize=BODY, room_cm=2.3)
    return sheet.host


def prepare(folder: Path) -> None:
    """See before the work that what goes into a folder that is there can be written. Raises StoreError."""
    if folder.exists():
        for name in FILES:
            disk.check_writable(folder / name)


def write_all(result: Ablation, folder: Path) -> list[Path]:
    """Write an ablation as JSON, as a table of all differences, and as a picture; returns their paths.

    Raises StoreError.
    """
    with disk.plainly("make", folder):
        folder.mkdir(parents=True, exist_ok=True)
    json, csv, picture = (folder / name for name in FILES)
    disk.write(json, [result.to_json().encode(), b"\n"])
    disk.write(csv, [tables.listed(list(result.rows()))])
    about = f"{counted(result.runs, 'run', 'runs')}, seed {result.seed}, engine {result.engine} {result.version}"
    return [json, csv, save(ablation(result), picture, about=f"{result.called}: {about}")]


def _panels(result: Ablation, most: int) -> list[Panel]:
    labels, shown = result.labels, result.acting[:most]

    def held(faction: str) -> list[Shift]:
        return [effect.get("held", faction=faction) for effect in shown]

    def size(faction: str) -> float:
        return max((abs(shift.of.difference.value or 0.0) for shift in held(faction)), default=0.0)

    wanted = sorted(result.told, key=lambda faction: -size(faction))[:FACTIONS]
    panels = []
    for faction, name, color in zip(labels.faction_ids, labels.faction_names, labels.faction_colors, strict=True):
        if faction in wanted:
            panels.append(Panel(f"{spell(name, 20)} holds", "places at the end", color, held(faction)))
    for measure, name, unit in (
        ("first_fall", "First place lost", "hours later"), ("changes", "Changes of hands", "changes a run"),
        ("dead", "Dead, all sides", "people"),
    ):  # fmt: skip
        panels.append(Panel(name, unit, INK, [effect.get(measure) for effect in shown]))
    return panels


def _forest(ax: Axes, panel: Panel, scale: Sequence[Shift]) -> None:
    """One panel, as wide as what is measured in its unit needs."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    tidy(ax, grid="x")
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.axvline(0, color=INK, linewidth=0.8, zorder=2)
    ax.set_ylim(max(len(panel.shifts), 1) - 0.4, -0.6)
    ends = [end for shift in scale for end in _ends(shift)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = 0.06 * (high - low) or 1.0
    ax.set_xlim(low - room, high + room)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:z,.6g}".replace("-", "−")))
    plain(ax.set_xlabel(panel.unit, fontsize=SMALL, color=INK, labelpad=1.5))
    heading(ax, panel.title)
    if not panel.shifts:
        write(ax, 0, 0, "no difference in any run ", ha="right", va="center", color=SOFT)
    for y, shift in enumerate(panel.shifts):
        _row(ax, y, shift, panel.color)


def _row(ax: Axes, y: int, shift: Shift, color: str) -> None:
    told = shift.of.difference
    shade = color if shift.of.clear else FAINT
    if told.low is not None and told.high is not None and shift.of.seen:
        ax.plot([told.low, told.high], [y, y], color=shade, linewidth=1.4, zorder=3, solid_capstyle="butt")
    ax.plot([told.value or 0.0], [y], **_mark(shade, filled=shift.distinguishable), zorder=4)


def _ends(shift: Shift) -> list[float]:
    """What an axis must reach."""
    told = shift.of.difference
    return [end for end in (told.low, told.value, told.high) if end is not None] if shift.of.seen else []


def _mark(color: str, *, filled: bool) -> dict[str, Any]:
    return {
        "marker": "o", "markersize": 4.2, "linestyle": "none", "markeredgecolor": color, "markeredgewidth": 1.1,
        "markerfacecolor": color if filled else "white",
    }  # fmt: skip


def _keys(result: Ablation) -> list[Key]:
    from matplotlib.lines import Line2D

    def key(color: str, filled: bool) -> Line2D:
        return Line2D([], [], **{**_mark(color, filled=filled), "color": color, "linewidth": 1.4, "linestyle": "-"})

    return [
        (key(INK, True), f"leaves out 0, all {result.family:,} differences taken together"),
        (key(INK, False), "leaves out 0 by itself"),
        (key(FAINT, False), "holds 0, or there is none"),
    ]


def _notes(result: Ablation, most: int) -> list[str]:
    cut = [effect.mechanism for effect in result.acting[most:]]
    idle = [effect.mechanism for effect in result.effects if effect.idle]
    parts: Sequence[str] = [
        "Differences are without the mechanism less with it; run k uses the same random numbers in both. Bars: paired "
        f"{100 * result.level:g} % intervals. Filled marks: also with Bonferroni's allowance for all looked at. "
        "Rows are in order of how many odds to hold places at the end change, less noise.",
        f"No run differs in anything without {listed(idle)}." if idle else "",
        f"Switched off in the scenario already: {listed(result.off)}." if result.off else "",
        f"Left out: {listed(cut)}." if cut else "",
    ]
    return [" ".join(part for part in parts if part)]
