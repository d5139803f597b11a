"""Pictures: the road graph with the odds of control at chosen dates; a scenario before anything has happened."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UsageError
from sim.model.results import Floats
from sim.units import HOUR
from sim.views.ground import BRIDGE, ROAD, ROADS, Ground, draw_bridges, draw_ground, draw_scale, ground
from sim.views.outlines import find_outline
from sim.views.placement import Tag, find_spots, write_tags
from sim.views.sheet import Key, Sheet, key
from sim.views.style import BODY, INK, SMALL, TINY, WIDTH_CM, Side, people, spell
from sim.views.subject import Runs, Subject, subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.model.scenario import Scenario

TALL = 0.85
"""Width over height below which the key stands beside a map."""
WHEN = (1, 4, 8, 12)
"""Days shown of a campaign of fourteen; of a longer or shorter one, the same shares. The end always."""
SMALLEST, LARGEST = 2.6, 9.0
"""Radius (points) of an empty place and of the most populous one, on a map of full width."""
TAG: dict[str, Any] = {"color": INK, "zorder": 6, "linespacing": 1.0}
ALL, FREE, MUST = 40, 120, 7
"""With ALL places at most, every name is tied to its place where it is tight. With more, so many of those that matter
most are: FREE on a map of full width, MUST on small ones. The others are named where there is room beside them."""
SLICE = 0.004
"""Odds below this make no slice."""


def control_map(
    runs: Runs,
    at: Any = None,
    ax: Axes | None = None,
    *,
    outline: str | Path | bool | None = True,
    title: str | None = None,
) -> Axes:
    """The road graph at chosen dates, each place a pie of the odds of who holds it, sized by population.

    at: a moment or several: hours from the start, datetimes, or ISO-8601 texts; by default days 1, 4, 8, 12 of a
    campaign of 14 (in proportion for others) and the end. outline: the shipped coast and boundaries where they
    cover the places (True), a GeoJSON file, or None. Returns the axes that cover it all; the maps are its
    `child_axes`. Raises UsageError.
    """
    about = subject(runs)
    land = ground(about.scenario)
    if land.ids != about.labels.place_ids:
        raise UsageError("the scenario of these results has other places than the results")
    hours = _moments(about, at)
    under = find_outline(outline, land.box)
    odds = _odds(about, hours)
    seen = [k for k in range(len(about.sides)) if odds[:, :, k].max() > SLICE]
    if title is None:
        one = f" on {about.clock.day(about.clock.moment(hours[0]), hour=True)}" if len(hours) == 1 else ""
        title = f"Probability that each faction holds a place{one}, {about.count}"
    notes = [
        f"Pies: share of runs in which each faction holds the place, clockwise from the top; their area grows with "
        f"population (largest: {people(float(land.people.max()))}). Times {about.clock.zone}.",
        *([under.credit] if under else []),
        about.source,
    ]
    sheet = Sheet(ax, title, _keys(land, [about.sides[k] for k in seen]), notes)
    single = len(hours) == 1
    columns = _columns(len(hours), land.aspect)
    left = 0.75 if single else 0.0
    width = (sheet.width_cm - 0.5 - left - 0.25 * (columns - 1)) / columns
    height = min(width / land.aspect, 17.0 if single else 9.0)
    panels = sheet.panels(
        len(hours), columns, height, left=left, right=0.0, above=0.1 if single else 0.42, below=0.4 if single else 0.1,
        between=0.25, foot=0.1,
    )  # fmt: skip
    crowded = max(0.75, min(1.0, (40 / len(land.ids)) ** 0.5))
    scale = crowded * min(1.0, 1.4 * math.sqrt(width / WIDTH_CM))
    order = np.argsort(-about.weight * (0.3 + about.moved), kind="stable")
    radius = _radii(land, scale)
    names = about.names if single else [_two_lines(name) for name in about.names]
    tags = [Tag(float(land.lon[i]), float(land.lat[i]), float(radius[i]), names[i]) for i in order]
    style: dict[str, Any] = {**TAG, "fontsize": BODY if single else TINY}
    spots: list[Any] = []
    for panel, moment, shares in zip(panels, hours, odds, strict=True):
        draw_ground(panel, land, under, scale=scale, degrees=single)
        _pies(panel, land, shares, radius, about.sides)
        draw_bridges(panel, land, radius, scale=scale)
        if panel is panels[0]:  # all maps are alike: what found room in the first does in the others
            spots = find_spots(
                panel,
                tags,
                land.lines,
                draw_scale(panel, land),
                free=len(tags) if single or len(tags) <= ALL else MUST,
                **style,
            )
        write_tags(panel, tags, spots, path_effects=_halo(), **style)
        if not single:
            day = about.clock.day(about.clock.moment(moment), hour=True)
            panel.set_title(day, loc="left", fontsize=SMALL, pad=2, fontweight="bold")
    return sheet.host


def _two_lines(name: str, longest: int = 14) -> str:
    """A long name broken at the space nearest to its middle."""
    spaces = [at for at, mark in enumerate(name) if mark == " "]
    if len(name) <= longest or not spaces:
        return name
    at = min(spaces, key=lambda at: abs(at - len(name) / 2))
    return f"{name[:at]}\n{name[at + 1 :]}"


def _moments(about: Subject, at: Any) -> list[float]:
    """Hours from the start, in order; raises UsageError outside what was played."""
    if at is None:
        days = about.clock.hours / 24
        chosen = [round(day * days / 14) if days >= 7 else day * days / 14 for day in WHEN]
        return sorted({*(24.0 * day for day in chosen), about.clock.hours})
    asked = [at] if isinstance(at, int | float | str | datetime) else list(at)
    hours = []
    for moment in asked:
        try:
            value = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        except ValueError:
            raise UsageError(f"a date must be ISO-8601, such as 2024-12-05T18:00 (got {moment!r})") from None
        if isinstance(value, datetime):
            zoned = value if value.tzinfo else value.replace(tzinfo=about.clock.start.tzinfo)
            value = (zoned - about.clock.start).total_seconds() / 3600
        if not 0 <= value <= about.clock.hours:
            raise UsageError(f"a date must lie within the scenario, {about.clock.span()} (got {moment!r})")
        hours.append(float(value))
    if not hours:
        raise UsageError("at must give at least one date (got none)")
    return hours


def _odds(about: Subject, hours: Sequence[float]) -> Floats:
    """(moments, places, factions): share of runs in which each faction holds each place."""
    from sim.study.comparison import holders_at

    ticks = np.array([round(hour * HOUR) for hour in hours], dtype=np.int64)
    order = np.argsort(ticks, kind="stable")
    factions = len(about.sides)
    count = np.zeros((len(hours), len(about.names), factions))
    for block in about.runs.iter_blocks():
        for which, holder in zip(order, holders_at(block, about.labels, ticks[order]), strict=True):
            for k in range(factions):
                count[which, :, k] += (holder == k).sum(axis=1)
    return count / about.runs.runs


def _columns(count: int, aspect: float) -> int:
    """Columns that give maps of this shape a fair size."""
    if count == 1:
        return 1
    best = 5 if aspect < 0.8 else 3 if aspect < 1.5 else 2
    rows = -(-count // best)
    return -(-count // rows)


# --- a scenario -------------------------------------------------------------------------------------------------


def scenario_map(
    scenario: Scenario,
    path_or_ax: str | Path | Axes | None = None,
    *,
    outline: str | Path | bool | None = True,
    title: str | None = None,
) -> Axes:
    """A scenario before anything has happened: who holds what, roads by class, bridges, people under arms.

    path_or_ax: a picture to write (.png, .svg, .pdf), or axes to draw into. outline: as for `control_map`. Returns the
    axes. Raises UsageError, StoreError.
    """
    from sim.views.style import save

    as_file = isinstance(path_or_ax, str | Path)
    land = ground(json.loads(scenario.model_dump_json(by_alias=True, include={"places", "roads"})))
    under = find_outline(outline, land.box)
    factions = sorted(scenario.factions)
    looks = _looks(scenario, factions)
    holder = [factions.index(scenario.places[place].holder) for place in land.ids]
    armed = _armed(scenario, land, factions)
    if title is None:
        title = f"Who holds what at the start: {spell(scenario.title, 160) or spell(scenario.scenario)}"
    notes = [
        f"On {scenario.start:%d %b %Y %H:%M} {scenario.start.tzname() or ''}. Below a name, and by the area of its "
        f"square: people under arms there (middle of the range; most: {people(float(armed.sum(axis=1).max()))}). "
        f"Circles grow with population (largest: {people(float(land.people.max()))}); triangles are hills, pentagons "
        f"bases, ✈ an air base.",
        under.credit if under else "",
    ]
    shown = [looks[k] for k in range(len(factions)) if k in holder or armed[:, k].any()]
    totals = [
        replace(look, name=f"{look.name}: {_places(holder.count(k))}, {people(float(armed[:, k].sum()))} under arms")
        for k, look in enumerate(looks)
        if look in shown
    ]
    keys = _keys(land, totals)
    tall = land.aspect < TALL
    given: Any = None if as_file else path_or_ax
    sheet = Sheet(given, title, [] if tall else keys, notes)
    width = sheet.width_cm - 0.5 - 0.75
    height = min(width / land.aspect, 14.5)
    beside = max(width - height * land.aspect, 4.0) if tall else 0.0
    panel = sheet.panels(1, 1, height, left=0.75, right=beside, above=0.1, below=0.4, foot=0.1)[0]
    if tall:
        key(panel, keys, beside - 0.35, at=(0.35, 0.0), corner=(1, 1), columns=1, size=BODY)
    draw_ground(panel, land, under, degrees=True)
    radius = _radii(land, 1.0)
    _holders(panel, land, holder, radius, looks)
    _forces(panel, land, armed, looks)
    texts = [
        spell(scenario.places[place].name or place)
        + (" ✈" if scenario.places[place].takes_wings else "")
        + "".join(
            f"\n{people(n)}" + (f" {looks[k].name}" if k != holder[i] else "") for k, n in enumerate(armed[i]) if n
        )
        for i, place in enumerate(land.ids)
    ]
    clear = np.maximum(radius, _side(armed.sum(axis=1), armed) * 0.72)
    draw_bridges(panel, land, clear)
    order = np.lexsort((-land.people, -armed.sum(axis=1)))
    tags = [Tag(float(land.lon[i]), float(land.lat[i]), float(clear[i]), texts[i]) for i in order]
    style: dict[str, Any] = {**TAG, "fontsize": SMALL}
    spots = find_spots(panel, tags, land.lines, draw_scale(panel, land), free=FREE, **style)
    write_tags(panel, tags, spots, path_effects=_halo(), **style)
    if as_file:
        save(sheet.host, path_or_ax)  # type: ignore[arg-type]
    return sheet.host


def _places(number: int) -> str:
    return f"{number} place{'s' if number != 1 else ''}"


def _looks(scenario: Scenario, factions: list[str]) -> list[Side]:
    """The look of each faction, as results of the scenario would have it."""
    from sim.model.compiling.names import COLORS
    from sim.model.results import Labels
    from sim.views.style import sides

    named = [scenario.factions[faction] for faction in factions]
    labels = Labels(
        (), (), tuple(factions), tuple(f.name or i for i, f in zip(factions, named, strict=True)),
        tuple(f.color or COLORS[i % len(COLORS)] for i, f in enumerate(named)),
        tuple(range(len(factions))), (), (), (), (), (),
    )  # fmt: skip
    return sides(labels)


def _armed(scenario: Scenario, land: Ground, factions: list[str]) -> Floats:
    """(places, factions): people in the forces that start there, each at the middle of its range."""
    found = np.zeros((len(land.ids), len(factions)))
    for force in scenario.forces:
        found[land.ids.index(force.place), factions.index(force.faction)] += force.people.middle
    return found


# --- marks --------------------------------------------------------------------------------------------------------


def _radii(land: Ground, scale: float) -> Floats:
    """Radius of every place in points: the area grows with its people."""
    most = max(float(land.people.max()), 1.0)
    found: Floats = scale * np.sqrt(SMALLEST**2 + (LARGEST**2 - SMALLEST**2) * land.people / most)
    return found


def _pies(ax: Axes, land: Ground, shares: Floats, radius: Floats, looks: Sequence[Side]) -> None:
    """A pie at each place, the small ones over the large ones."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Shape

    kept = np.where(shares > SLICE, shares, 0.0)
    ends = np.cumsum(kept, axis=1) / kept.sum(axis=1, keepdims=True) * 360
    shapes: list[Shape] = []
    where: list[int] = []
    fill: list[str] = []
    edge: list[str] = []
    for p in np.argsort(-radius, kind="stable").tolist():
        start = 0.0
        for k in np.flatnonzero(kept[p]).tolist():
            whole = ends[p, k] - start > 359.99
            shapes.append(Shape.unit_circle() if whole else Shape.wedge(90 - float(ends[p, k]), 90 - start))
            fill.append(looks[k].color)
            edge.append("white")
            start = float(ends[p, k])
        shapes.append(Shape.unit_circle())
        fill.append("none")
        edge.append(INK)
        where += [p] * (len(shapes) - len(where))
    pies = PathCollection(
        shapes, sizes=radius[where] ** 2, offsets=np.column_stack([land.lon, land.lat])[where],
        offset_transform=ax.transData, facecolors=fill, edgecolors=edge,
        linewidths=[0.3 if color == "white" else 0.6 for color in edge], zorder=3, gid="pies",
    )  # fmt: skip
    _add(ax, pies)


def _add(ax: Axes, marks: Any) -> None:
    """Add marks whose size is in points."""
    from matplotlib.transforms import IdentityTransform

    marks.set_transform(IdentityTransform())
    ax.add_collection(marks, autolim=False)


_SHAPES = {"hill": "^", "border": "D", "base": "p", "airbase": "p"}
"""Markers of kinds that are no settlements."""


def _holders(ax: Axes, land: Ground, holder: Sequence[int], radius: Floats, looks: Sequence[Side]) -> None:
    for i, kind in enumerate(land.kind):
        side = looks[holder[i]]
        size = 2 * max(radius[i], 3.2 if kind in _SHAPES else 0)
        ax.plot(
            land.lon[i], land.lat[i], marker=_SHAPES.get(kind, "o"), markersize=size, markerfacecolor=_pale(side.color),
            markeredgecolor=side.color, markeredgewidth=1.2, linestyle="none", zorder=3, gid=land.ids[i],
        )  # fmt: skip


def _forces(ax: Axes, land: Ground, armed: Floats, looks: Sequence[Side]) -> None:
    """A square a faction at each place, its area by the people under arms."""
    side = _side(armed, armed)
    for i, k in zip(*np.nonzero(armed), strict=True):
        ax.scatter(
            land.lon[i], land.lat[i], s=side[i, k] ** 2, marker="s", facecolor=looks[k].color, edgecolor="white",
            linewidth=0.4, zorder=4, gid=f"force {land.ids[i]}",
        )  # fmt: skip


def _side(count: Floats, armed: Floats) -> Floats:
    """Side of the square (points) for so many people: 9 for the strongest place."""
    most = max(float(armed.sum(axis=1).max(initial=0.0)), 1.0)
    found: Floats = np.where(count > 0, 1.5 + 7.5 * np.sqrt(count / most), 0.0)
    return found


def _halo() -> list[Any]:
    """A white edge that keeps a name readable over roads."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=1.4, foreground="white", alpha=0.85)]


def _pale(color: str) -> str:
    """The colour, two thirds on the way to white."""
    parts = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(part + (255 - part) * 0.62):02x}" for part in parts)


def _keys(land: Ground, looks: Sequence[Side]) -> list[Key]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    keys: list[Key] = [(Patch(facecolor=side.color, linewidth=0), side.name) for side in looks]
    for name, (width, dash) in ROADS.items():
        if any(kind == name for _, _, kind, _ in land.roads):
            keys.append((Line2D([], [], color=ROAD, linewidth=width, linestyle=dash), name))
    if any(bridge for *_, bridge in land.roads):
        keys.append(
            (Line2D([], [], linestyle="none", marker="s", markersize=BRIDGE, markerfacecolor="white",
                    markeredgecolor=INK, markeredgewidth=0.8), "bridge"))  # fmt: skip
    return keys
