"""Retreating, for many runs: where to, what it costs, and arriving."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, bar, cells, legs, lose, put_in, rank, select, take_out
from sim.model.kinds import FLEEING, QUIET, RETREAT, RETREATING, STRAGGLING, SURRENDER
from sim.rules import morale, retreat
from sim.rules.chance import LEG


def refuge(b: Boards, r: Any, p: Any, c: Any) -> Any:
    """The road by which camp `c` leaves each place, -1 when there is no way out."""
    s, w = b.s, b.w
    if w.A == 0:
        return np.full(len(r), -1, np.int64)
    ways = w.ways.take(p, axis=0)
    arc = np.maximum(ways, 0)
    q = w.head.take(arc)
    cell = r[:, None] * w.P + q
    opens = (ways >= 0) & (w.passable.take(c[:, None] * w.K + s.holder.reshape(-1).take(cell)) > 0)
    opens &= ~bar(b, c, arc, r)
    supplied = s.far.reshape(-1).take(r[:, None] * (w.C * w.P) + c[:, None] * w.P + q)
    far = retreat.way_out(supplied, w.free.take(arc), s.phase.reshape(-1).take(cell) != QUIET)
    far = np.where(opens, far, retreat.NO_WAY)
    found = far.argmin(axis=1)
    each = np.arange(len(r))
    return np.where(far[each, found] < retreat.NO_WAY, arc[each, found], -1)


def flee(b: Boards, r: Any, f: Any, t: Any, arc: Any, order: Any, cause: int, group: Any = None) -> None:
    """Formations leave by a road or surrender. Pairs of one `group` (by default, of one column) stand together, in
    order of formation, and leave by the same road; `order` is a number or one per pair."""
    group = r if group is None else group
    if len(r) == 0:
        return
    s, w, x = b.s, b.w, b.x
    shut = arc < 0
    if shut.any():
        rs, fs, ts = select(shut, r, f, t)
        lose(b, fs, rs, ts, cells(s.people, rs, fs), "captured", SURRENDER)
        r, f, t, arc, order, group = select(~shut, r, f, t, arc, order, group)
        if len(r) == 0:
            return
    u, v = b.draw(LEG, w.force_key.take(f), cells(s.legs, r, f), r)
    soft = morale.softness(cells(x.quality, r, f), b.par("retreat_poor_troops", r))
    lost = retreat.stragglers(
        cells(s.people, r, f), soft, w.metres.take(arc), b.par("retreat_straggling_per_km", r), order, v
    )
    lose(b, f, r, t, lost, "deserted", STRAGGLING)
    left = cells(s.people, r, f) > 0
    if not left.all():
        r, f, t, arc, order, group, u = select(left, r, f, t, arc, order, group, u)
        if len(r) == 0:
            return
    ahead = cells(s.traffic, r, w.side_of.take(f) * w.A + arc) + rank(group)
    ticks = legs(b, f, r, t, arc, ahead, u)
    s.morale[r, f] = retreat.disheartened(cells(s.morale, r, f), b.par("morale_retreat", r), order)
    take_out(b, f, r, t, arc, FLEEING, cause)
    b.plan(f, r, t + ticks, RETREAT, f)


def reach_refuge(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Fleeing formations reach their refuge, or find the enemy there and flee on."""
    s, w = b.s, b.w
    p = put_in(b, f, r, t, RETREATING)
    c = w.side_of.take(f)
    enemy = w.hostile.take(c * w.C + w.camp.take(cells(s.holder, r, p))) > 0
    safe = ~enemy
    rs, fs, ts = select(safe, r, f, t)
    s.ready[rs, fs] = ts + b.ticks("retreat_reorganise", rs)
    r, f, t, p, c = select(enemy, r, f, t, p, c)
    if len(r):
        flee(b, r, f, t, refuge(b, r, p, c), 1.0, RETREATING)
