"""Marching, for many runs: setting out, arriving, coming upon the enemy."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, bar, cells, is_vacant, legs, put_in, select, take_out
from sim.engines.batch.capture import capture, open_fight
from sim.model.kinds import (
    ABANDONED,
    ARRIVE,
    COLLAPSE,
    MARCH,
    MARCHING,
    OCCUPIED,
    OVERRUN,
    PRESENT,
    QUIET,
    TURNED_BACK,
    WALKED_IN,
)
from sim.rules import combat
from sim.rules.chance import LEG


def depart(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Orders to march take effect where they still can."""
    s, w = b.s, b.w
    p = cells(s.at, r, f)
    c = w.side_of.take(f)
    cell = r * w.P + p
    involved = (s.foe.reshape(-1).take(cell) == c) | (w.camp.take(s.holder.reshape(-1).take(cell)) == c)
    pinned = (s.phase.reshape(-1).take(cell) != QUIET) & involved
    r, f, t, p = select((cells(s.status, r, f) == PRESENT) & ~pinned, r, f, t, p)
    arc = cells(s.hop, r, w.command.take(f) * w.P + p)
    r, f, t, arc = select(arc >= 0, r, f, t, arc)
    r, f, t, arc = select(may_take(b, r, f, arc), r, f, t, arc)
    set_out(b, r, f, t, arc, MARCH)


def may_take(b: Boards, r: Any, f: Any, arc: Any) -> Any:
    """Whether each formation may take a road."""
    s, w = b.s, b.w
    c, q = w.side_of.take(f), w.head.take(arc)
    k = cells(s.holder, r, q)
    lets = w.passable.take(c * w.K + k) > 0
    h = w.command.take(f)
    takes = (w.hostile.take(c * w.C + w.camp.take(k)) > 0) | ((w.occupies.take(h) > 0) & is_vacant(b, r, q))
    attack = takes & (cells(s.objective, h, r) == q)
    return ~bar(b, c, arc, r) & (lets | attack)


def set_out(b: Boards, r: Any, f: Any, t: Any, arc: Any, cause: Any) -> None:
    """Put formations (one a column) on the road and plan their arrival."""
    if len(r) == 0:
        return
    s, w = b.s, b.w
    u, _ = b.draw(LEG, w.force_key.take(f), cells(s.legs, r, f), r)
    ticks = legs(b, f, r, t, arc, cells(s.traffic, r, w.side_of.take(f) * w.A + arc), u)
    take_out(b, f, r, t, arc, MARCHING, cause)
    b.plan(f, r, t + ticks, ARRIVE, f)


def arrive(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Marching columns reach the ends of their roads: they go on, turn back, or meet the enemy."""
    s, w = b.s, b.w
    q = put_in(b, f, r, t, MARCH)
    c, h, came = w.side_of.take(f), w.command.take(f), cells(s.arc, r, f)
    k = cells(s.holder, r, q)
    d = w.camp.take(k)
    enemy = w.hostile.take(c * w.C + d) > 0
    quiet = cells(s.phase, r, q) == QUIET
    joins = enemy & ~quiet & (cells(s.foe, r, q) == c)
    rj, qj, cj = select(joins, r, q, came)
    s.axes[rj, qj] |= w.side.take(cj)

    defenders = cells(s.here, r, d * w.P + q)
    stride = combat.overruns(
        cells(s.here, r, c * w.P + q), w.repute.take(c), defenders, w.repute.take(d), w.ground.take(q),
        b.par("combat_bounce", r),
    )  # fmt: skip
    meets = enemy & quiet
    empty = defenders == 0
    occupies = ~enemy & (d != c) & (cells(s.objective, h, r) == q) & (w.occupies.take(h) > 0)
    occupies[occupies] = is_vacant(b, r[occupies], q[occupies])
    on = ~enemy & ~occupies & quiet & (cells(s.ready, r, f) <= t)
    home = w.passable.take(c * w.K + cells(s.holder, r, w.tail.take(came))) > 0
    turn = meets & ~empty & ~stride & (cells(s.objective, h, r) != q) & home
    arc = np.where(on, cells(s.hop, r, h * w.P + q), w.back.take(came))
    goes = np.flatnonzero((on | turn) & (arc >= 0))
    free = goes[may_take(b, r.take(goes), f.take(goes), arc.take(goes))]
    set_out(b, r.take(free), f.take(free), t.take(free), arc.take(free), np.where(on, MARCH, TURNED_BACK).take(free))

    turned = np.zeros(len(r), bool)
    turned[free] = True
    fight = meets & ~empty & ~stride & ~turned
    if fight.any():
        open_fight(b, *select(fight, r, t, q, c, h, w.side.take(came)))
    taken = (meets & (empty | stride)) | occupies
    if taken.any():
        walked = np.where(cells(s.recalled, k, r) > 0, ABANDONED, WALKED_IN)
        walked = np.where(cells(s.given_up, k, r) > 0, COLLAPSE, walked)
        capture(b, *select(taken, r, t, q, c, np.where(occupies, OCCUPIED, np.where(empty, walked, OVERRUN))))
