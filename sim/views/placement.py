"""Names beside points so that none covers another: greedy, the most important first.

Each name is tried at eight positions close to its point, then at eight further out, tied to it by a thin line. The
position that covers least of the roads and stands clear of other points is taken; a name that would cover
another name or a point everywhere is left out (after Christensen, Marks & Shieber 1995, An empirical study of
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

_SPOTS = ((1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1))
"""Where a name may stand, seen from its point, best first."""
_RINGS = (0.0, 8.0, 16.0)
"""How much further out (points)."""
_ALONG = 24
"""Points by which a road is felt."""
_CLOSE = 5.0
"""A name this close (points) to another point might be taken for its name."""


@dataclass(frozen=True)
class Tag:
    """A text to be put beside a point in data coordinates, clear of a disc of `radius` points around it."""

    x: float
    y: float
    radius: float
    text: str


class Spot(NamedTuple):
    """Where a tag found room: which tag, on which side of its point, how far off along each axis (points)."""

    tag: int
    right: int
    up: int
    gap: float
    tied: bool


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
    centres = ax.transData.transform(np.array([(tag.x, tag.y) for tag in tags]).reshape(-1, 2))
    radii = np.array([tag.radius * dot for tag in tags])
    share = np.linspace(0, 1, _ALONG)[:, None]
    felt = [ax.transData.transform(line[0] + share * (line[1] - line[0])) for line in lines]
    roads = np.concatenate(felt) if felt else np.empty((0, 2))
    around = _Around(ax.get_window_extent(), centres, radii, roads, [_padded(box, dot) for box in blocked])
    spots = []
    for number, tag in enumerate(tags):
        text = plain(ax.text(0, 0, tag.text, **style))
        size = text.get_window_extent()
        text.remove()
        spot = around.best(number, tag.radius, (size.width, size.height), dot, _RINGS if number < free else _RINGS[:1])
        if spot is not None:
            spots.append(spot)
    return spots


def _padded(box: Any, dot: float) -> Floats:
    """Left, bottom, right, top with a little room around."""
    found: Floats = np.array(box.extents) + 2 * dot * np.array([-1, -1, 1, 1])
    return found


def write_tags(ax: Axes, tags: Sequence[Tag], spots: Sequence[Spot], **style: Any) -> None:
    """Write the tags that found room."""
    for number, right, up, gap, tied in spots:
        tag = tags[number]
        across = "left" if right > 0 else "right" if right < 0 else "center"
        line = {"arrowstyle": "-", "linewidth": 0.4, "color": SOFT, "shrinkA": 0, "shrinkB": tag.radius}
        plain(
            ax.annotate(
                tag.text, xy=(tag.x, tag.y), xytext=(right * gap, up * gap), textcoords="offset points", ha=across,
                va="bottom" if up > 0 else "top" if up < 0 else "center", multialignment=across,
                annotation_clip=False, arrowprops=line if tied else None, **style,
            )
        )  # fmt: skip


class _Around:
    """What is in the way, in pixels."""

    def __init__(self, frame: Any, centres: Floats, radii: Floats, roads: Floats, taken: list[Floats]) -> None:
        self.frame, self.centres, self.radii, self.roads, self.taken = frame, centres, radii, roads, taken

    def best(
        self, tag: int, radius: float, size: tuple[float, float], dot: float, rings: Sequence[float]
    ) -> Spot | None:
        """The spot with least in its way, which is then taken; None if there is none."""
        found: tuple[float, Spot, Floats] | None = None
        at = self.centres[tag]
        wide, high = size
        for ring in rings:
            for order, (right, up) in enumerate(_SPOTS):
                gap = (0.72 * (radius + ring) + 0.8) if right and up else radius + ring + 1.6
                x = at[0] + right * gap * dot - (wide if right < 0 else 0 if right > 0 else wide / 2)
                y = at[1] + up * gap * dot - (high if up < 0 else 0 if up > 0 else high / 2)
                box = np.array([x, y, x + wide, y + high])
                cost = self._cost(box, tag, (1.6 + ring) * dot, dot, sure=len(rings) == 1)
                if cost is not None:
                    cost += 0.3 * order + 0.8 * ring
                    if found is None or cost < found[0]:
                        found = cost, Spot(tag, right, up, gap, ring > 0), box
            if found is not None and found[0] < 0.8 * _RINGS[1]:
                break  # nothing further out can be better
        if found is None:
            return None
        self.taken.append(found[2] + dot * np.array([-1.5, -0.3, 1.5, 0.3]))
        return found[1]

    def _cost(self, box: Floats, tag: int, off: float, dot: float, *, sure: bool) -> float | None:
        """How much a box is in the way, when it is `off` from its own point; None if it cannot stand there. `sure`:
        nowhere close to another point."""
        frame = self.frame
        if box[0] < frame.x0 + 2 or box[1] < frame.y0 + 2 or box[2] > frame.x1 - 2 or box[3] > frame.y1 - 2:
            return None
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self.taken):
            return None
        nearest = np.clip(self.centres, box[:2], box[2:])
        clear = np.hypot(*(self.centres - nearest).T) - self.radii
        if (clear < 0).any():
            return None
        clear[tag] = np.inf
        if (clear < min(off, 3 * dot)).any():  # it would read as the name of another point
            return None
        confusing = int((clear < _CLOSE * dot).sum())
        if confusing and sure:
            return None
        covered = int(((self.roads > box[:2]) & (self.roads < box[2:])).all(axis=1).sum())
        return covered + 5.0 * confusing
