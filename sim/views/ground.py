"""Under every map: where places are, roads by class, coast and boundaries, a scale bar.

Axes hold degrees, stretched so that a kilometre is as long both ways at the middle of the map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import UsageError
from sim.model.geography import EARTH_RADIUS_KM
from sim.model.results import Floats
from sim.views.outlines import Box, Outline
from sim.views.placement import felt
from sim.views.style import FAINT, INK, SMALL, figure_of, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180

ROADS: dict[str, tuple[float, Any]] = {
    "motorway": (2.6, "solid"),
    "primary": (1.8, "solid"),
    "secondary": (1.1, "solid"),
    "tertiary": (0.6, "solid"),
    "track": (0.7, (0, (1.5, 1.5))),
}
"""Line width (points) and dashes by class."""

ROAD, CASING, SEA, LAND, COAST, BLANK = "#8f8a80", "#ffffff", "#e4eef3", "#f6f3ea", "#9fb3bd", "#f7f6f2"

MARGIN = 0.09
"""Room around the places, as a share of the longer side."""
NARROWEST, WIDEST = 0.62, 1.9
"""Width over height of a map, in kilometres."""


@dataclass(frozen=True)
class Ground:
    """Places in the order of their ids, and roads between them. Longitudes do not jump at 180 degrees."""

    ids: tuple[str, ...]
    lon: Floats
    lat: Floats
    people: Floats
    kind: tuple[str, ...]
    roads: tuple[tuple[int, int, str, bool], ...]
    """From, to, class, whether it has a bridge."""

    @property
    def lines(self) -> list[Floats]:
        """Every road as two points."""
        at = np.column_stack([self.lon, self.lat])
        return [at[[a, b]] for a, b, _, _ in self.roads]

    @property
    def stretch(self) -> float:
        """How much longer a degree of latitude is than one of longitude here."""
        return 1 / max(0.05, math.cos(math.radians(float(self.lat.min() + self.lat.max()) / 2)))

    @property
    def box(self) -> Box:
        """What to show: all places with some room, neither too narrow nor too wide."""
        west, east = float(self.lon.min()), float(self.lon.max())
        south, north = float(self.lat.min()), float(self.lat.max())
        high, wide = north - south, (east - west) / self.stretch
        room = MARGIN * max(high, wide, 0.15)
        high, wide = high + 2 * room, wide + 2 * room
        wide, high = max(wide, NARROWEST * high), max(high, wide / WIDEST)
        x, y = (west + east) / 2, (south + north) / 2
        half = wide * self.stretch / 2
        return x - half, y - high / 2, x + half, y + high / 2

    @property
    def aspect(self) -> float:
        """Width over height of the box, in kilometres."""
        west, south, east, north = self.box
        return (east - west) / self.stretch / (north - south)


def ground(scenario: dict[str, Any]) -> Ground:
    """The ground of a scenario in its long form, as plain data; raises UsageError if places have no position."""
    places: dict[str, Any] = scenario.get("places", {})
    ids = tuple(sorted(places))
    if not ids or any("lat" not in places[p] or "lon" not in places[p] for p in ids):
        raise UsageError("a map needs the scenario of the results, with the positions of its places (got none)")
    lon = np.array([float(places[p]["lon"]) for p in ids])
    if lon.max() - lon.min() > 180:
        lon = np.where(lon < 0, lon + 360, lon)
    index = {place: i for i, place in enumerate(ids)}
    return Ground(
        ids=ids,
        lon=lon,
        lat=np.array([float(places[p]["lat"]) for p in ids]),
        people=np.array([float(places[p].get("people", 0)) for p in ids]),
        kind=tuple(str(places[p].get("kind", "town")) for p in ids),
        roads=tuple(
            (index[r["a"]], index[r["b"]], r.get("class", "secondary"), r.get("bridge") is not None)
            for r in scenario.get("roads", ())
        ),
    )


def draw_ground(ax: Axes, land: Ground, outline: Outline | None, *, scale: float = 1.0, degrees: bool = False) -> None:
    """Coast, boundaries and roads; `scale` thins lines for small maps. `degrees`:
    longitude and latitude along the edges."""
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.path import Path

    west, south, east, north = land.box
    ax.set_xlim(west, east)
    ax.set_ylim(south, north)
    ax.set_aspect(land.stretch, adjustable="box", anchor="N")
    ax.apply_aspect()
    ax.set_facecolor(BLANK if outline is None else SEA)
    for edge in ax.spines.values():
        edge.set_color(FAINT)
        edge.set_linewidth(0.6)
    if outline is not None:
        shapes = [Path.make_compound_path(*(Path(ring) for ring in polygon)) for polygon in outline.land]
        ax.add_collection(
            PathCollection(shapes, facecolor=LAND, edgecolor=COAST, linewidth=0.7 * scale, zorder=0), autolim=False
        )
        for lines, dash in ((outline.boundaries, "solid"), (outline.disputed, (0, (4, 2.5)))):
            ax.add_collection(
                LineCollection(lines, colors="#b5a58f", linewidths=0.9 * scale, linestyles=[dash], zorder=0.5),
                autolim=False,
            )
    _roads(ax, land, scale)
    _degrees(ax) if degrees else ax.set(xticks=[], yticks=[])


def draw_scale(ax: Axes, land: Ground) -> list[Any]:
    """A scale bar of a round length in the corner that holds fewest places, the lower ones first; returns what
    it covers, as boxes in pixels."""
    west, south, east, north = land.box
    wide_km = (east - west) / land.stretch * KM_PER_DEGREE
    length = max(n * 10**k for k in range(-2, 5) for n in (1, 2, 5) if n * 10**k <= 0.3 * wide_km or (n, k) == (1, -2))
    share = length / wide_km
    x, y = (land.lon - west) / (east - west), (land.lat - south) / (north - south)
    corners = [(right, upper) for upper in (False, True) for right in (True, False)]
    right, upper = min(
        corners,
        key=lambda c: int((((x > 0.62) if c[0] else (x < 0.38)) & ((y > 0.86) if c[1] else (y < 0.14))).sum()),
    )
    start, foot = (0.95 - share if right else 0.05), (0.92 if upper else 0.03)
    (bar,) = ax.plot(
        [start, start, start + share, start + share], [foot + 0.012, foot, foot, foot + 0.012], transform=ax.transAxes,
        color=INK, linewidth=0.9, solid_joinstyle="miter", zorder=7, gid="scale",
    )  # fmt: skip
    text = write(
        ax, start + share * right, foot + 0.016, f"{length:g} km", transform=ax.transAxes,
        ha="right" if right else "left", va="bottom",
        fontsize=SMALL - 0.7, zorder=7,
    )  # fmt: skip
    return [bar.get_window_extent(), text.get_window_extent()]


def _roads(ax: Axes, land: Ground, scale: float) -> None:
    from matplotlib.collections import LineCollection

    at = np.column_stack([land.lon, land.lat])
    for name, (width, dash) in reversed(ROADS.items()):
        lines = [at[[a, b]] for a, b, kind, _ in land.roads if kind == name]
        if lines:
            ax.add_collection(
                LineCollection(lines, colors=CASING, linewidths=(width + 1.2) * scale, zorder=1, capstyle="round"),
                autolim=False,
            )
            ax.add_collection(
                LineCollection(lines, colors=ROAD, linewidths=width * scale, linestyles=[dash], zorder=1.2, gid=name),
                autolim=False,
            )


BRIDGE = 3.6
"""Side of the square that stands for a bridge (points)."""


def draw_bridges(ax: Axes, land: Ground, radius: Floats, *, scale: float = 1.0) -> None:
    """A square at every bridge, above the marks of places, whose radii (places,) are given in points."""
    dot = figure_of(ax).dpi / 72
    at = ax.transData.transform(np.column_stack([land.lon, land.lat])) / dot
    half = 0.75 * BRIDGE * scale
    spots = []
    for a, b, _, bridge in land.roads:
        if bridge:
            others = felt([at[[c, d]] for c, d, _, _ in land.roads if {c, d} != {a, b}], half)
            clear = np.concatenate([radius + half, np.full(len(others), half)])
            spots.append(_beside(at[a], at[b], np.concatenate([at, others]), clear))
    if spots:
        x, y = ax.transData.inverted().transform(np.array(spots) * dot).T
        ax.plot(
            x, y, linestyle="none", marker="s", markersize=BRIDGE * scale, markerfacecolor="white",
            markeredgecolor=INK, markeredgewidth=0.8 * scale, zorder=3.5, gid="bridges",
        )  # fmt: skip


def _beside(start: Floats, end: Floats, taken: Floats, clear: Floats) -> Floats:
    """Where the bridge of the road from `start` to `end` stands: as near as can be to its middle, on the road if
    possible, and further than `clear` (n,) from what is `taken` (n, 2). In points."""
    along, middle = end - start, (start + end) / 2
    aside = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
    shares, steps = np.linspace(0.1, 0.9, 33), np.arange(-24.0, 24.5, 1.0)
    spots = (start + shares[:, None, None] * along + steps[None, :, None] * aside).reshape(-1, 2)
    free = (np.hypot(*np.moveaxis(spots[:, None] - taken[None], -1, 0)) >= clear).all(axis=1)
    off_road = np.tile(np.abs(steps) + 0.01 * (steps < 0), shares.size)  # of two alike, always the same
    cost = np.hypot(*(spots - middle).T) + 3 * off_road + np.where(free, 0.0, 1e6)
    found: Floats = spots[int(np.argmin(cost))]
    return found


def _degrees(ax: Axes) -> None:
    ax.tick_params(labelsize=SMALL - 0.7, color=FAINT, labelcolor=INK, width=0.5, length=2, pad=1.5)
    for axis, signs in ((ax.xaxis, "EW"), (ax.yaxis, "NS")):
        low, high = axis.get_view_interval()
        step = next((s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20) if (high - low) / s <= 6), 45)
        at = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        turned = [(value + 180) % 360 - 180 if signs == "EW" else value for value in at.tolist()]
        axis.set_ticks(at, labels=[f"{abs(v):g}°{signs[0] if v >= 0 else signs[1]}" for v in np.round(turned, 6)])
