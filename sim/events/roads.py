"""Distances by road in one run."""

from __future__ import annotations

import heapq
from typing import Any

from sim.events.board import Board
from sim.units import NEVER


def relax(g: Board, far: list[int], opens: Any) -> None:
    """Make starting distances (ticks; NEVER where none is known) the shortest at road speed, stepping only onto places
    that are open."""
    w = g.w
    heap = [(far[p], p) for p in range(w.P) if far[p] < NEVER]
    heapq.heapify(heap)
    while heap:
        so_far, p = heapq.heappop(heap)
        if so_far > far[p]:
            continue
        for arc in range(w.first[p], w.first[p + 1]):
            q = w.head[arc]
            if opens[q] and so_far + w.free[arc] < far[q]:
                far[q] = so_far + w.free[arc]
                heapq.heappush(heap, (far[q], q))
