"""Marching, for many runs: setting out, arriving, coming upon the enemy."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, bar, legs, put_in, select, take_out
from sim.engines.batch.capture import capture, open_fight
from sim.model.kinds import (
    ARRIVE,
    COLLAPSE,
    MARCH,
    MARCHING,
    OVERRUN,
    PRESENT,
    QUIET,
    TURNED_BACK,
    WALKED_IN,
)
from sim.rules.chance import LEG


def depart(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Orders to march take effect where they still can."""
    s, w = b.s, b.w
    p = s.at[r, f]
    c = w.side_of[f]
    pinned = (s.phase[r, p] != QUIET) & ((s.foe[r, p] == c) | (w.camp[s.holder[r, p]] == c))
    go = (s.status[r, f] == PRESENT) & ~pinned
    r, f, t, p = select(go, r, f, t, p)
    _follow(b, r, f, t, p)


def _follow(b: Boards, r: Any, f: Any, t: Any, p: Any) -> None:
    """Set out on the command's road from here, where there is one that can be taken."""
    arc = b.s.hop[r, b.w.command[f] * b.w.P + p]
    r, f, t, arc = select(arc >= 0, r, f, t, arc)
    r, f, t, arc = select(may_take(b, r, f, arc), r, f, t, arc)
    set_out(b, r, f, t, arc, MARCH)


def may_take(b: Boards, r: Any, f: Any, arc: Any) -> Any:
    """Whether each formation may take a road."""
    s, w = b.s, b.w
    c, q = w.side_of[f], w.head[arc]
    k = s.holder[r, q]
    lets = w.passable[c * w.K + k] > 0
    attack = (w.hostile[c * w.C + w.camp[k]] > 0) & (s.objective[r, w.command[f]] == q)
    return ~bar(b, c, arc, r) & (lets | attack)


def set_out(b: Boards, r: Any, f: Any, t: Any, arc: Any, cause: int) -> None:
    """Put formations (one a column) on the road and plan their arrival."""
    if len(r) == 0:
        return
    s, w = b.s, b.w
    u, _ = b.draw(LEG, w.force_key[f], s.legs[r, f], r)
    ticks = legs(b, f, r, t, arc, s.traffic[r, w.side_of[f] * w.A + arc], u)
    take_out(b, f, r, t, arc, MARCHING, cause)
    b.plan(f, r, t + ticks, ARRIVE, f)


def arrive(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Marching columns reach the ends of their roads."""
    s, w = b.s, b.w
    q = put_in(b, f, r, t, MARCH)
    enemy = w.hostile[w.side_of[f] * w.C + w.camp[s.holder[r, q]]] > 0
    on = ~enemy & (s.phase[r, q] == QUIET) & (s.ready[r, f] <= t)
    _follow(b, *select(on, r, f, t, q))
    if enemy.any():
        _come_upon(b, *select(enemy, r, f, t, q))


def _come_upon(b: Boards, r: Any, f: Any, t: Any, q: Any) -> None:
    """Columns reach places that the enemy holds."""
    s, w = b.s, b.w
    quiet = s.phase[r, q] == QUIET
    joins = ~quiet & (s.foe[r, q] == w.side_of[f])
    rj, fj, qj = select(joins, r, f, q)
    s.axes[rj, qj] |= w.side[s.arc[rj, fj]]
    r, f, t, q = select(quiet, r, f, t, q)
    if len(r) == 0:
        return
    c, arc, h = w.side_of[f], s.arc[r, f], w.command[f]
    k = s.holder[r, q]
    d = w.camp[k]
    defenders = s.here[r, d * w.P + q]
    strength = s.here[r, c * w.P + q] * w.repute[c]
    empty = defenders == 0
    stride = strength >= b.par("combat_bounce", r) * w.ground[q] * defenders * w.repute[d]
    overrun = ~empty & stride
    back = w.back[arc]
    turn = (
        ~empty & ~stride & (s.objective[r, h] != q)
        & (w.passable[c * w.K + s.holder[r, w.tail[arc]]] > 0) & may_take(b, r, f, back)
    )  # fmt: skip
    fight = ~empty & ~stride & ~turn
    set_out(b, *select(turn, r, f, t, back), TURNED_BACK)
    open_fight(b, *select(fight, r, t, q, c, h, w.side[arc]))
    taken = empty | overrun
    if taken.any():
        cause = np.where(overrun, OVERRUN, np.where(s.given_up[r, k] > 0, COLLAPSE, WALKED_IN))
        capture(b, *select(taken, r, t, q, c, cause))
