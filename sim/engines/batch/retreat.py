"""Retreating, for many runs: where to, what it costs, and arriving."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, bar, legs, lose, put_in, rank, select, take_out
from sim.model.kinds import FLEEING, QUIET, RETREAT, RETREATING, STRAGGLING, SURRENDER
from sim.rules import morale, retreat
from sim.rules.chance import LEG
from sim.units import NEVER


def refuge(b: Boards, r: Any, p: Any, c: Any) -> Any:
    """The road by which camp `c` leaves each place, -1 when there is no way out."""
    s, w = b.s, b.w
    best = np.full(len(r), 4 * NEVER, np.int64)
    found = np.full(len(r), -1, np.int64)
    start, degree = w.first[p], w.first[p + 1] - w.first[p]
    for i in range(int(degree.max(initial=0))):
        inside = i < degree
        arc = np.where(inside, start + i, 0)
        q = w.head[arc]
        ours = inside & (w.camp[s.holder[q, r]] == c) & ~bar(b, c, arc, r)
        far = s.far[c * w.P + q, r] + w.free[arc] + np.where(s.phase[q, r] != QUIET, 2 * NEVER, 0)
        better = ours & (far < best)
        best = np.where(better, far, best)
        found = np.where(better, arc, found)
    return found


def flee(b: Boards, r: Any, f: Any, t: Any, arc: Any, order: Any, cause: int) -> None:
    """Formations leave by a road or surrender. Pairs are ordered by column then formation, and those of a column
    leave together by the same road; `order` is a number or one per pair."""
    if len(r) == 0:
        return
    s, w, x = b.s, b.w, b.x
    shut = arc < 0
    if shut.any():
        rs, fs, ts = select(shut, r, f, t)
        lose(b, fs, rs, ts, s.people[fs, rs], "captured", SURRENDER)
        r, f, t, arc, order = select(~shut, r, f, t, arc, order)
        if len(r) == 0:
            return
    u, v = b.draw(LEG, w.force_key[f], s.legs[f, r], r)
    lost = retreat.stragglers(
        s.people[f, r], x.quality[f, r], w.metres[arc], b.par("retreat_straggling_per_km", r), order, v
    )
    lose(b, f, r, t, lost, "deserted", STRAGGLING)
    left = s.people[f, r] > 0
    if not left.all():
        r, f, t, arc, order, u = select(left, r, f, t, arc, order, u)
        if len(r) == 0:
            return
    ahead = s.traffic[w.side_of[f] * w.A + arc, r] + rank(r)
    ticks = legs(b, f, r, t, arc, ahead, u)
    s.morale[f, r] = morale.lowered(s.morale[f, r], b.par("morale_retreat", r) * order)
    take_out(b, f, r, t, arc, FLEEING, cause)
    b.plan(f, r, t + ticks, RETREAT, f)


def reach_refuge(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Fleeing formations reach their refuge, or find the enemy there and flee on."""
    s, w = b.s, b.w
    p = put_in(b, f, r, t, RETREATING)
    c = w.side_of[f]
    enemy = w.hostile[c * w.C + w.camp[s.holder[p, r]]] > 0
    safe = ~enemy
    rs, fs, ts = select(safe, r, f, t)
    s.ready[fs, rs] = ts + b.ticks("retreat_reorganise", rs)
    r, f, t, p, c = select(enemy, r, f, t, p, c)
    if len(r):
        flee(b, r, f, t, refuge(b, r, p, c), 1.0, RETREATING)
