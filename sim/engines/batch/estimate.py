"""A camp's estimate of the situation, for many runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells
from sim.engines.batch.day import around, settled
from sim.model.kinds import MARCHING
from sim.rules import command


def threats(b: Boards, r: Any, t: Any, c: int) -> Any:
    """The threat to every place as it is now (n, P), worked out once for all commands of a camp that review at this
    tick."""
    s, w = b.s, b.w
    old = np.flatnonzero(s.estimated[c].take(r) != t)
    if len(old):
        ro = r.take(old)
        s.estimated[c][ro] = t.take(old)
        crowd, threat = _estimate(b, ro, c)
        s.crowd[ro, c * w.P : (c + 1) * w.P] = crowd
        s.threat[ro, c * w.P : (c + 1) * w.P] = threat
        if len(old) == len(r):
            return threat
    return s.threat.reshape(-1, w.P).take(r * w.C + c, axis=0)


def _estimate(b: Boards, r: Any, c: int) -> tuple[Any, Any]:
    """Hostile people who can march, there or on the last leg to it, and the threat, at every place: (n, P) each."""
    s, w = b.s, b.w
    i = r[:, None] * w.F + w.foes[w.foe_first[c] : w.foe_first[c + 1]]
    there = by_place(b, i, s.people.reshape(-1).take(i)).T
    # Whole numbers far below 2^53: exact in any order. Not `@`, which would start threads of its own.
    nearby = np.einsum("pn,pq->qn", there, w.near.reshape(w.P, w.P).astype(np.float64))
    there, nearby = there.astype(np.int64), (nearby / command.FINE).astype(np.int64)
    return there.T, command.threat(there, nearby - there, _ways(b, r, c, nearby)).T


def _ways(b: Boards, r: Any, c: int, nearby: Any) -> Any:
    """What part of the enemy finds a way to each place: all of him where he may move through a neighbouring place,
    elsewhere those whom the camp's own places on the best way would not hold up: (P, n)."""
    s, w = b.s, b.w
    holder = np.ascontiguousarray(s.holder.take(r, axis=0).T)
    mine = w.camp.take(holder) == c
    here = s.here.reshape(-1, w.P).take(r * w.C + c, axis=0).T
    held_up = np.where(mine, command.held_up(here, nearby), command.FINE)  # nobody comes through places of others
    way = np.where(around(w, w.lets_in.take(c * w.K + holder).astype(np.int8)) > 0, command.FINE, 0)
    return settled(
        lambda way, mine, held_up: np.maximum(
            way, np.where(mine, around(w, command.passing(way, held_up), join=np.maximum), 0)
        ),
        way, mine, held_up,
    )  # fmt: skip


def cover(b: Boards, r: Any, c: int, j: Any, p: Any) -> Any:
    """People of a camp at places or on the last leg to them, and those elsewhere who can march, for as much as they are
    near: (cells,). r (n,): runs; j (cells,): which of them; p (cells,): places."""
    s, w = b.s, b.w
    i = r[:, None] * w.F + w.mates[w.mate_first[c] : w.mate_first[c + 1]]
    people = s.people.reshape(-1).take(i)
    coming = by_place(b, i, np.where(s.status.reshape(-1).take(i) == MARCHING, people, 0))
    crowd = by_place(b, i, people).take(j, axis=0)
    crowd[np.arange(len(j)), p] = 0
    nearby = np.einsum("cp,cp->c", crowd, w.near.reshape(w.P, w.P).take(p, axis=0))
    return cells(s.here, r.take(j), c * w.P + p) + (coming[j, p] + np.floor(nearby / command.FINE)).astype(np.int64)


def by_place(b: Boards, i: Any, people: Any) -> Any:
    """Sum of people by the places where they are, or to which they march: (n, P), whole numbers as floats.
    i (n, formations): cells of the fields of formations; people (n, formations)."""
    places = b.w.P + 1  # one more, for those who are nowhere
    cell = np.arange(1, 1 + len(i) * places, places)[:, None] + b.spot.reshape(-1).take(i)
    return np.bincount(cell.reshape(-1), people.reshape(-1), len(i) * places).reshape(len(i), places)[:, 1:]
