"""Names beside points so that none covers another.

Each name may stand close to its point or, tied to it by a thin line, further out. All take the place with least in
their way, one after another, and then look again at what the others have left; the best of several orders wins, and
what still covers a more important name is left out (after Christensen, Marks & Shieber 1995, An empirical study of
algorithms for point-feature label placement, doi:10.1145/212332.212334).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.model.results import Floats
from sim.views.style import SOFT, figure_of, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CLOSE = ((1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1))
"""Where a name may stand close to its point, best first."""
_AROUND = 16
"""Directions further out."""
_RINGS, _FURTHER = (5.0, 10.0, 16.0), (24.0, 34.0)
"""How much further out (points); only where names are few: among many nobody follows a long line."""
_STEP = 2.0
"""A road is felt at points so far apart (points)."""
_NEAR, _NEAREST = 4.0, 2.5
"""A name this close (points) to another point might be taken for its name, or would be if its own is no closer."""
_AIR = 1.0
"""Points kept free around a name."""
_FEW, _SWEEPS, _ORDERS = 60, 8, 12
"""With so many names at most: how often they look again, and in how many orders. More names look once."""

_ORDER, _RING, _MISTAKEN, _CROSSED, _COVERED = 0.4, 0.45, 12.0, 25.0, 1_000.0
"""What counts against a spot, in points of road covered: each step down the list of directions, each point further out,
each other point that is near, each point, name or line that its line crosses, each name that it covers."""


@dataclass(frozen=True)
class Tag:
    """A text to be put beside a point in data coordinates, clear of a disc of `radius` points around it."""

    x: float
    y: float
    radius: float
    text: str


class Spot(NamedTuple):
    """Where a tag found room: which tag, how far the near edge or corner of its text is from its point (points), on
    which side (-1, 0, 1 across and up), and whether a line ties it."""

    tag: int
    away: tuple[float, float]
    side: tuple[int, int]
    tied: bool


@dataclass(frozen=True)
class _Options:
    """Where one tag may stand: spots, their boxes and lines in pixels (n, 4), and what counts against each (n,)."""

    spots: list[Spot]
    boxes: Floats
    lines: Floats
    cost: Floats


def find_spots(
    ax: Axes,
    tags: Sequence[Tag],
    lines: Sequence[Floats],
    blocked: Sequence[Any] = (),
    *,
    free: int,
    **style: Any,
) -> list[Spot]:
    """Room for as many tags as possible, the first the most important.

    lines: (2, 2) arrays of data coordinates, which tags avoid where they can. blocked: boxes in pixels that no tag
    may cover. free: so many of the first tags may stand close to another point or further out, tied to their own;
    the others only where nobody can mistake whose name they are. style: as the text will have.
    """
    dot = figure_of(ax).dpi / 72
    around = _Around(
        frame=np.array(ax.get_window_extent().extents),
        centres=ax.transData.transform(np.array([(tag.x, tag.y) for tag in tags]).reshape(-1, 2)),
        radii=np.array([tag.radius for tag in tags]) * dot,
        roads=felt([ax.transData.transform(line) for line in lines], _STEP * dot),
        taken=np.array([box.extents for box in blocked]).reshape(-1, 4),
        dot=dot,
    )
    options = []
    for number, tag in enumerate(tags):
        text = plain(ax.text(0, 0, tag.text, **style))
        size = text.get_window_extent()
        text.remove()
        rings = (_RINGS if len(tags) > _FEW else _RINGS + _FURTHER) if number < free else ()
        options.append(around.options(number, tag, (size.width, size.height), rings))
    return _settled(options)


def write_tags(ax: Axes, tags: Sequence[Tag], spots: Sequence[Spot], **style: Any) -> None:
    """Write the tags that found room."""
    for number, away, (right, up), tied in spots:
        tag = tags[number]
        across = "left" if right > 0 else "right" if right < 0 else "center"
        line = {"arrowstyle": "-", "linewidth": 0.5, "color": SOFT, "shrinkA": 0, "shrinkB": tag.radius}
        plain(
            ax.annotate(
                tag.text, xy=(tag.x, tag.y), xytext=away, textcoords="offset points", ha=across,
                va="bottom" if up > 0 else "top" if up < 0 else "center", multialignment=across,
                annotation_clip=False, arrowprops=line if tied else None, **style,
            )
        )  # fmt: skip


def felt(lines: Sequence[Floats], step: float) -> Floats:
    """Points along lines, `step` apart."""
    found = [np.empty((0, 2))]
    for start, end in lines:
        share = np.linspace(0, 1, 2 + int(np.hypot(*(end - start)) / step))[:, None]
        found.append(start + share * (end - start))
    return np.concatenate(found)


@dataclass(frozen=True)
class _Around:
    """What is in the way, in pixels; `dot`: pixels in a point."""

    frame: Floats
    centres: Floats
    radii: Floats
    roads: Floats
    taken: Floats
    dot: float

    def options(self, number: int, tag: Tag, size: tuple[float, float], rings: Sequence[float]) -> _Options:
        """Where a tag with a text of this size may stand: close to its point and, without rings, clear of others."""
        spots = [
            Spot(number, (gap * right, gap * up), (right, up), False)
            for right, up in _CLOSE
            for gap in [0.72 * tag.radius + 0.8 if right and up else tag.radius + 1.6]
        ]
        cost = [_ORDER * order for order in range(len(spots))]
        for ring in rings:
            for turn in np.arange(_AROUND) * 2 * np.pi / _AROUND:
                across, above = float(np.cos(turn)), float(np.sin(turn))
                side = int(np.sign(round(across, 1))), int(np.sign(round(above * 0.8)))
                out = tag.radius + ring
                spots.append(Spot(number, (out * across, out * above), side, True))
                cost.append(_ORDER * len(_CLOSE) + _RING * ring)
        sides = np.array([spot.side for spot in spots])
        anchor = self.centres[number] + self.dot * np.array([spot.away for spot in spots])
        low = anchor - np.array(size) * (1 - sides) / 2
        boxes = np.hstack([low, low + np.array(size)])
        lines = np.hstack([np.broadcast_to(self.centres[number], anchor.shape), anchor])
        spent = np.array(cost) + self._in_the_way(boxes, lines, number, sure=not rings)
        kept = np.flatnonzero(np.isfinite(spent))
        return _Options([spots[i] for i in kept], boxes[kept], lines[kept], spent[kept])

    def _in_the_way(self, boxes: Floats, lines: Floats, number: int, *, sure: bool) -> Floats:
        """What counts against boxes and their lines; infinite where they cannot stand."""
        inside = (boxes[:, :2] > self.frame[:2] + 2).all(axis=1) & (boxes[:, 2:] < self.frame[2:] - 2).all(axis=1)
        free = ~_overlap(boxes[:, None], self.taken[None], 2 * self.dot).any(axis=1)
        nearest = np.clip(self.centres, boxes[:, None, :2], boxes[:, None, 2:])
        clear = np.hypot(*np.moveaxis(self.centres - nearest, -1, 0)) - self.radii
        free &= (clear >= 0).all(axis=1)
        others = np.arange(len(self.centres)) != number
        mistaken = (clear[:, others] < _NEAR * self.dot).sum(axis=1)
        own = np.minimum(clear[:, number], _NEAREST * self.dot)
        free &= (clear[:, others] >= own[:, None]).all(axis=1)
        crossed = (_apart(self.centres[others], lines) < self.radii[others] + self.dot).sum(axis=1)
        within = (self.roads[None] > boxes[:, None, :2]) & (self.roads[None] < boxes[:, None, 2:])
        covered = _STEP * within.all(axis=2).sum(axis=1)
        cost: Floats = covered + _MISTAKEN * mistaken + _CROSSED * crossed
        return np.where(inside & free & ~((mistaken > 0) & sure), cost, np.inf)


def _settled(options: list[_Options]) -> list[Spot]:
    """One spot for each tag that has one where it covers no other."""
    there = [number for number, option in enumerate(options) if option.spots]
    few = len(there) <= _FEW
    best: tuple[float, dict[int, int]] = np.inf, {}
    for order in range(_ORDERS if few else 1):
        shuffled = there if order == 0 else np.random.default_rng(order).permutation(there).tolist()
        found = _taken_in_turn(options, shuffled, _SWEEPS if few else 1)
        best = min(best, found, key=lambda each: each[0])
    kept: dict[int, int] = {}
    for number, option in sorted(best[1].items()):
        box = options[number].boxes[option]
        if not kept or not _overlap(box, _columns(options, kept)[0], 0.0).any():
            kept[number] = option
    return [options[number].spots[option] for number, option in kept.items()]


def _taken_in_turn(options: list[_Options], order: Sequence[int], sweeps: int) -> tuple[float, dict[int, int]]:
    """Which spot each tag takes (with a single sweep: if it covers no other), and what that costs together."""
    chosen: dict[int, int] = {}
    total = 0.0
    for _ in range(sweeps):
        before, total = dict(chosen), 0.0
        for number in order:
            mine = options[number]
            chosen.pop(number, None)
            cost = mine.cost + _against(mine, options, chosen)
            least = int(np.argmin(cost))
            total += float(cost[least])
            if sweeps > 1 or cost[least] < _COVERED:
                chosen[number] = least
        if chosen == before:
            break
    return total, chosen


def _columns(options: list[_Options], chosen: dict[int, int]) -> tuple[Floats, Floats]:
    """Boxes and lines of the spots that were chosen."""
    boxes = np.array([options[k].boxes[v] for k, v in chosen.items()])
    lines = np.array([options[k].lines[v] for k, v in chosen.items()])
    return boxes, lines


def _against(mine: _Options, options: list[_Options], chosen: dict[int, int]) -> Floats:
    """What the spots that others have chosen count against each of mine."""
    if not chosen:
        return np.zeros(len(mine.spots))
    boxes, lines = _columns(options, chosen)
    covered = _overlap(mine.boxes[:, None], boxes[None], _AIR)
    crossed = (
        _cuts(mine.lines[:, None], boxes[None]).astype(int)
        + _cuts(lines[None], mine.boxes[:, None])
        + _meet(mine.lines[:, None], lines[None])
    )
    found: Floats = _COVERED * covered.sum(axis=1) + _CROSSED * crossed.sum(axis=1)
    return found


def _overlap(one: Floats, other: Floats, room: float) -> Any:
    """Whether boxes (left, bottom, right, top) come closer than `room`."""
    return (
        (one[..., 0] < other[..., 2] + room)
        & (other[..., 0] < one[..., 2] + room)
        & (one[..., 1] < other[..., 3] + room)
        & (other[..., 1] < one[..., 3] + room)
    )


def _apart(points: Floats, lines: Floats) -> Floats:
    """(lines, points): how far points are from lines (from x, y to x, y)."""
    start, along = lines[:, None, :2], (lines[:, 2:] - lines[:, :2])[:, None]
    length = np.maximum((along**2).sum(axis=-1), 1e-9)
    share = np.clip(((points - start) * along).sum(axis=-1) / length, 0, 1)
    found: Floats = np.hypot(*np.moveaxis(points - start - share[..., None] * along, -1, 0))
    return found


def _cuts(lines: Floats, boxes: Floats) -> Any:
    """Whether lines run through boxes, felt at some points along each."""
    share = np.linspace(0.05, 0.95, 10)
    x = lines[..., 0, None] + share * (lines[..., 2] - lines[..., 0])[..., None]
    y = lines[..., 1, None] + share * (lines[..., 3] - lines[..., 1])[..., None]
    across = (x > boxes[..., 0, None]) & (x < boxes[..., 2, None])
    return (across & (y > boxes[..., 1, None]) & (y < boxes[..., 3, None])).any(axis=-1)


def _meet(one: Floats, other: Floats) -> Any:
    """Whether lines cross each other."""

    def turn(a: Floats, b: Floats, c: Floats) -> Any:
        return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])

    a, b, c, d = one[..., :2], one[..., 2:], other[..., :2], other[..., 2:]
    return (turn(a, b, c) * turn(a, b, d) < 0) & (turn(c, d, a) * turn(c, d, b) < 0)
