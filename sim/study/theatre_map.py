"""The ground of a generated theatre: points, planar roads, people, regions. Distances in km.

Only uniform random numbers are used, in a fixed order, so a seed gives the same theatre everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
T = TypeVar("T")

SPACING_KM = 35.0
"""Typical distance between neighbouring places."""

LATTICE_KM = 38.0
"""Road length in a theatre of ties: one hour on a primary road."""


class Dice:
    """Uniform random numbers from a seed, and what can be made of them."""

    def __init__(self, seed: int) -> None:
        self._stream = np.random.Generator(np.random.PCG64(seed))

    def share(self) -> float:
        """Uniform in [0, 1)."""
        return float(self._stream.random())

    def between(self, low: float, high: float) -> float:
        """Uniform in [low, high)."""
        return low + (high - low) * self.share()

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.share() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self.share() * len(items))]

    def chance(self, odds: float) -> bool:
        """Whether something with these odds (0..1) happens."""
        return self.share() < odds


@dataclass(frozen=True)
class Ground:
    """Points (P, 2) in km east and north, roads as (a, b, km), and whether each road crosses the river."""

    points: Floats
    roads: tuple[tuple[int, int, float], ...]
    bridged: tuple[bool, ...]

    def neighbours(self) -> list[list[int]]:
        """Places one road away, for every place."""
        beside: list[list[int]] = [[] for _ in self.points]
        for a, b, _ in self.roads:
            beside[a].append(b)
            beside[b].append(a)
        return beside


def scatter(dice: Dice, places: int) -> Floats:
    """Random points that keep their distance: the best of five candidates each time (Mitchell 1991)."""
    side = SPACING_KM * places**0.5
    chosen = np.empty((places, 2))
    for i in range(places):
        tried = np.array([[dice.between(0, side), dice.between(0, side)] for _ in range(5)])
        gap = tried[:, None, :] - chosen[None, :i, :]
        room = (gap * gap).sum(axis=2).min(axis=1, initial=np.inf)
        chosen[i] = tried[int(np.argmax(room))]
    return chosen


def lattice(places: int) -> Floats:
    """Points on a square lattice: every road is equally long."""
    width = int(np.ceil(places**0.5))
    return np.array([[i % width, i // width] for i in range(places)], np.float64) * LATTICE_KM


def make_ground(dice: Dice, points: Floats, *, islands: int, ties: bool) -> Ground:
    """Join points by a planar road graph, cut into `islands` parts that no road joins."""
    apart = _distances(points)
    north_bank = _banks(points)
    roads, bridged = [], []
    for members in _strips(points, islands):
        for i, j, essential in _planar(apart[np.ix_(members, members)]):
            # The relative neighbourhood graph holds a part together; a third of the other roads of the
            # Gabriel graph give it ways round.
            a, b = members[i], members[j]
            kept = essential or dice.chance(0.3)
            winding = dice.between(1.05, 1.35)
            if kept:
                roads.append((a, b, LATTICE_KM if ties else max(1.0, round(float(apart[a, b]) * winding))))
                bridged.append(north_bank[a] != north_bank[b])
    return Ground(points, tuple(roads), tuple(bridged))


def zipf_people(dice: Dice, places: int, largest: float) -> list[int]:
    """Town sizes after Zipf's law with some scatter, in random order, whole people (Zipf 1949)."""
    sizes = [largest / (rank + 1) * dice.between(0.7, 1.3) for rank in range(places)]
    order = sorted(range(places), key=lambda _: dice.share())
    return [int(round(sizes[rank], -2)) for rank in order]


def regions(points: Floats, count: int) -> list[int]:
    """Which of `count` regions each place lies in: nearest of as many points chosen far from one another."""
    apart = _distances(points)
    centres = [int(np.argmax(apart.sum(axis=1)))]
    while len(centres) < min(count, len(points)):
        centres.append(int(np.argmax(apart[centres].min(axis=0))))
    return [int(k) for k in np.argmin(apart[centres], axis=0)]


def invented_names(dice: Dice, count: int) -> list[str]:
    """Invented names, all different, whose alphabetical order has nothing to do with the map."""
    names: list[str] = []
    seen: set[str] = set()
    while len(names) < count:
        name = "".join(dice.pick("bdgklmnprstvz") + dice.pick("aeiou") for _ in range(dice.whole(2, 4)))
        if name not in seen:
            seen.add(name)
            names.append(name)
    return names


def _distances(points: Floats) -> Floats:
    gap = points[:, None, :] - points[None, :, :]
    apart: Floats = np.sqrt((gap * gap).sum(axis=2))
    return apart


def _strips(points: Floats, islands: int) -> list[list[int]]:
    """The places from west to east, in so many groups of about the same size."""
    order = [int(place) for place in np.argsort(points[:, 0], kind="stable")]
    cuts = [k * len(points) // islands for k in range(islands + 1)]
    return [sorted(order[low:high]) for low, high in pairwise(cuts)]


def _planar(apart: Floats) -> list[tuple[int, int, bool]]:
    """Edges of the Gabriel graph (1969), each with whether the relative neighbourhood graph has it too
    (Toussaint 1980): no third place nearer to both ends than they are to each other."""
    edges = []
    square = apart * apart
    for a in range(len(apart)):
        lens = np.maximum(apart[a][None, :], apart).min(axis=1, where=_others(len(apart), a), initial=np.inf)
        disc = (square[a][None, :] + square).min(axis=1, where=_others(len(apart), a), initial=np.inf)
        for b in range(a + 1, len(apart)):
            if disc[b] > square[a, b] + 1e-9:
                edges.append((a, b, bool(lens[b] > apart[a, b] - 1e-9)))
    return edges


def _others(size: int, a: int) -> NDArray[np.bool_]:
    """For each b (row), which places are neither a nor b."""
    third = ~np.eye(size, dtype=bool)
    third[:, a] = False
    return third


def _banks(points: Floats) -> list[bool]:
    """Who lives north of the river, which crosses the middle from west to east with a bend halfway."""
    low, high = points.min(axis=0), points.max(axis=0)
    middle = (low + high) / 2
    bend = 0.1 * (high[1] - low[1])
    return [bool(y > middle[1] + (bend if x > middle[0] else -bend)) for x, y in points]
