"""The road graph as arrays of travel times, and what depends on each of its places.

A graph here is a symmetric matrix of direct travel times in whole seconds, places in sorted-id order,
`FAR` where there is no road. Whole seconds make ties between routes exact. Used once per scenario, never
inside a run: the matrices are quadratic in the number of places.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.scenario import Road
from sim.units import to_ticks

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Times = NDArray[np.int32]

FAR = (1 << 30) - 1
"""No way (or one of more than 34 years). Twice this still fits 32 bits: half the work on big graphs."""


@dataclass(frozen=True)
class RoadGraph:
    """Direct travel times between places.

    direct (P, P): seconds along one road, 0 on the diagonal, FAR without a road.
    length (P,): kilometres of road that end here, half of each road counted at either end.
    neighbours: for each place, (other place, seconds), ordered by place.
    """

    direct: Times
    length: Floats
    neighbours: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def size(self) -> int:
        """How many places there are."""
        return len(self.neighbours)


def road_graph(places: Sequence[str], roads: Iterable[Road], speed_kmh: Mapping[str, float]) -> RoadGraph:
    """Roads as travel times at the speed of their class (km/h); of two parallel roads the faster counts."""
    index = {place: i for i, place in enumerate(places)}
    direct = np.full((len(places), len(places)), FAR, np.int32)
    np.fill_diagonal(direct, 0)
    length = np.zeros(len(places))
    for road in sorted(roads, key=lambda road: (min(road.a, road.b), max(road.a, road.b), road.km)):
        a, b = index[road.a], index[road.b]
        if a == b:
            continue
        seconds = min(FAR, to_ticks(road.km / speed_kmh[road.road_class]), int(direct[a, b]))
        direct[a, b] = direct[b, a] = seconds
        length[[a, b]] += road.km / 2
    joined = (direct < FAR) & ~np.eye(len(places), dtype=bool)
    neighbours = tuple(
        tuple((int(j), int(direct[i, j])) for j in np.flatnonzero(joined[i])) for i in range(len(places))
    )
    return RoadGraph(direct, length, neighbours)


def travel_times(direct: Times) -> Times:
    """Fastest time between every two places (P, P), FAR where there is no way (Floyd 1962)."""
    times = direct.copy()
    _let_through(times, range(len(times)))
    return times


def _let_through(times: Times, middles: Iterable[int]) -> None:
    """Shorten `times` in place by the routes that pass through the `middles`."""
    through = np.empty_like(times)
    for k in middles:
        np.add(times[:, k, None], times[None, k, :], out=through)
        np.minimum(times, through, out=times)


def carried(graph: RoadGraph, times: Times, traffic: Floats) -> Floats:
    """Traffic that passes through each place on its way between two others.

    traffic (K, P, P): how much goes from place to place, for K kinds. Traffic divides equally among
    equally fast routes. Returns (K, P). The accumulation of Brandes (2001), from all origins at once.
    """
    size, widest = graph.size, max(1, max(map(len, graph.neighbours)))
    beside = np.tile(np.arange(size)[:, None], (1, widest))
    seconds = np.full((size, widest), FAR, np.int64)
    for i, links in enumerate(graph.neighbours):
        for k, (j, time) in enumerate(links):
            beside[i, k], seconds[i, k] = j, time
    far = times.astype(np.int64)
    order = np.argsort(far, axis=1, kind="stable")
    origin = np.arange(size)
    column = origin[:, None]

    def last_steps(rank: int) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """For each origin: its rank-th nearest place, the places beside that, which are one step before."""
        end = order[:, rank]
        before = beside[end]
        on_way = (far[column, before] + seconds[end] == far[origin, end][:, None]) & (seconds[end] < FAR)
        on_way &= (far[origin, end] < FAR)[:, None]
        return end, before, on_way

    ways = np.zeros((size, size))
    ways[origin, origin] = 1
    for rank in range(1, size):
        end, before, on_way = last_steps(rank)
        ways[origin, end] = (ways[column, before] * on_way).sum(axis=1)
    onward = np.zeros_like(traffic)
    for rank in range(size - 1, 0, -1):
        end, before, on_way = last_steps(rank)
        share = ways[column, before] * on_way / np.maximum(ways[origin, end], 1)[:, None]
        arriving = traffic[:, origin, end] + onward[:, origin, end]
        # The places one step before are distinct for each origin, except padding, whose share is 0.
        for k in range(widest):
            onward[:, origin, before[:, k]] += share[:, k] * arriving
    onward[:, origin, origin] = 0  # what sets out from a place does not pass through it
    passing: Floats = onward.sum(axis=1)
    return passing


def without_each(direct: Times, ends: Ints, visit: Callable[[int, Times], None]) -> None:
    """Call `visit(v, times)` for every place v: fastest times among `ends` (E, E) when v lets nobody through.

    Halves the places again and again, letting one half through before looking into the other, so that
    every place is left out once at the cost of log2(P) complete computations instead of P.
    """

    def narrow(times: Times, rows: Ints, pending: Ints) -> None:
        if pending.size == 1:
            at = np.searchsorted(rows, ends)
            visit(int(pending[0]), times[np.ix_(at, at)])
            return
        for mine, other in ((pending[::2], pending[1::2]), (pending[1::2], pending[::2])):
            opened = times.copy()
            _let_through(opened, np.searchsorted(rows, other))
            # A place already let through matters no more, unless it is an end.
            kept = np.union1d(ends, mine)
            at = np.searchsorted(rows, kept)
            narrow(opened[np.ix_(at, at)], kept, mine)

    everything = np.arange(len(direct))
    if everything.size:
        narrow(direct, everything, everything)


def detours(
    graph: RoadGraph, sources: Iterable[int], closed: frozenset[int]
) -> tuple[list[int], dict[int, dict[int, int]]]:
    """How the fastest times from any of the `sources` grow when one place is closed as well.

    Returns the times (P,) with `closed` places closed, and for every place the places whose time grows
    with the new time; a place beyond whose closing nothing changes has an empty entry.
    """
    times, children = _tree(graph, {source: 0 for source in sources if source not in closed}, closed)
    grown: dict[int, dict[int, int]] = {}
    for place in range(graph.size):
        behind = _descendants(children, place)
        edge: dict[int, int] = {}
        for end in behind:
            reach = [
                times[near] + seconds
                for near, seconds in graph.neighbours[end]
                if near != place and near not in behind and times[near] < FAR
            ]
            if reach:
                edge[end] = min(reach)
        # Only what lay behind the place can change, so only that is searched again.
        shut = frozenset(range(graph.size)).difference(behind) if edge else frozenset[int]()
        anew = _tree(graph, edge, shut)[0] if edge else [FAR] * graph.size
        grown[place] = {end: anew[end] for end in behind if anew[end] > times[end]}
    return times, grown


def _tree(graph: RoadGraph, starts: dict[int, int], closed: frozenset[int]) -> tuple[list[int], list[list[int]]]:
    """Fastest times from the starts (each with its own head start, s) and who is reached through whom."""
    times = [FAR] * graph.size
    children: list[list[int]] = [[] for _ in range(graph.size)]
    queue = [(time, place, -1) for place, time in starts.items()]
    heapq.heapify(queue)
    while queue:
        time, place, through = heapq.heappop(queue)
        if times[place] < FAR:
            continue
        times[place] = time
        if through >= 0:
            children[through].append(place)
        for near, seconds in graph.neighbours[place]:
            if times[near] == FAR and near not in closed and time + seconds < FAR:
                heapq.heappush(queue, (time + seconds, near, place))
    return times, children


def _descendants(children: list[list[int]], place: int) -> set[int]:
    found: set[int] = set()
    pending = list(children[place])
    while pending:
        nearest = pending.pop()
        found.add(nearest)
        pending.extend(children[nearest])
    return found
