"""Triggers are looked at and reinforcements come, for many runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, look_again, select
from sim.model.kinds import (
    AFTER,
    ATTACKED,
    CLAUSE_NUMBERS,
    CLAUSES,
    COHESION_BELOW,
    CUT_OFF,
    GONE,
    HELD,
    JOINED,
    LOST_BY,
    NO_SHOW,
    PRESENT,
    QUIET,
    REINFORCE,
    REINFORCEMENT,
    TRIGGER,
    UNUSED,
)
from sim.rules import reinforcement
from sim.rules.chance import COME
from sim.units import GRID


def watch(b: Boards, r: Any, _: Any, t: Any) -> None:
    """Look at every trigger that has not fired."""
    s, w = b.s, b.w
    left = np.zeros(len(r), bool)
    for i, clauses in enumerate(w.clauses.reshape(w.T, CLAUSES, CLAUSE_NUMBERS).tolist()):
        open_ = s.latched[i].take(r) == 0
        holds = open_.copy()
        for clause in clauses:
            holds &= _holds(b, r, t, *clause)
        rn, tn = select(holds, r, t)
        s.latched[i][rn] = 1
        b.plan(w.called[i], rn, tn + b.x.delay[i].take(rn) + 1, REINFORCE, w.called[i])
        left |= open_ & ~holds
    rl, tl = select(left, r, t)
    b.appoint(w.watch_slot, rl, tl + b.ticks("trigger_watch", rl), TRIGGER, 0)


def _holds(b: Boards, r: Any, t: Any, kind: int, x: int, y: int) -> Any:
    """Whether one condition holds now, in each run."""
    s, w = b.s, b.w
    if kind == UNUSED:
        return np.ones(len(r), bool)
    if kind == AFTER:
        return t >= x
    if kind == HELD:
        return w.camp.take(cells(s.holder, r, x)) == y
    if kind == LOST_BY:
        return w.camp.take(cells(s.holder, r, x)) != y
    if kind == ATTACKED:
        return cells(s.phase, r, x) != QUIET
    if kind == COHESION_BELOW:
        return s.cohesion[x].take(r) < y
    mine = np.where(w.camp.take(s.holder.take(r, axis=0)) == x, w.worth, 0).sum(axis=1)
    return reinforcement.above(mine, int(w.worth.sum()), y)


def reinforce(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Reinforcements come, try again later because their way is barred, or do not come at all."""
    s, w = b.s, b.w
    k, backer = w.faction.take(f), w.patron.take(f)
    u, _ = b.draw(COME, w.force_key.take(f), np.int64(0), r)
    will = np.where(backer >= 0, cells(s.will, np.maximum(backer, 0), r), GRID) if w.B else GRID
    decided = cells(s.ready, r, f) > 0  # it came before and found its way barred
    comes = (cells(s.given_up, k, r) == 0) & (decided | reinforcement.comes(cells(b.x.chance, r, f), will, u))
    rn, fn, tn = select(~comes, r, f, t)
    s.status[rn, fn] = GONE
    b.note(rn, tn, JOINED, fn, -1, -1, NO_SHOW, 0)
    r, f, t, k = select(comes, r, f, t, k)
    c = w.side_of.take(f)
    entry = np.full(len(r), -1, np.int64)
    start, count = w.entry_first.take(f), w.entry_first.take(f + 1) - w.entry_first.take(f)
    for i in range(int(count.max(initial=0))):
        inside = i < count
        p = w.entries.take(np.where(inside, start + i, 0))
        fits = (entry < 0) & inside & (w.camp.take(cells(s.holder, r, p)) == c)
        entry = np.where(fits, p, entry)
    barred = entry < 0
    rb, fb, tb = select(barred, r, f, t)
    b.note(rb, tb, JOINED, fb, -1, -1, CUT_OFF, 0)
    s.ready[rb, fb] = tb
    b.plan(fb, rb, tb + b.ticks("reinforcement_retry", rb), REINFORCE, fb)
    r, f, t, k, c, p = select(~barred, r, f, t, k, c, entry)
    people = cells(s.people, r, f)
    some = people > 0
    s.status[r, f] = np.where(some, PRESENT, GONE)
    s.at[r, f] = b.spot[r, f] = np.where(some, p, -1)
    s.ready[r, f] = t
    s.here[r, c * w.P + p] += people
    s.arrived[k, r] += people
    b.note(r, t, JOINED, f, p, -1, REINFORCEMENT, people)
    look_again(b, w.command.take(f), r)
