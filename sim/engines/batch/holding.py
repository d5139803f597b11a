"""Factions hold what they took, in many runs: rule grows, garrisons find recruits, unguarded places may revolt."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, rank, select
from sim.engines.batch.capture import capture
from sim.model.kinds import JOINED, QUIET, RECRUITED, REVOLTED
from sim.rules import command, holding
from sim.rules.chance import HOLD
from sim.units import DAY, GRID


def hold(b: Boards, r: Any, t: Any) -> None:
    """At the end of a day: what becomes of the places that their holders do not rule wholly yet."""
    s, w = b.s, b.w
    j, p = np.nonzero((s.rule.take(r, axis=0) < GRID) & (w.population > 0))
    if len(j) == 0:
        return
    rp, k = r.take(j), cells(s.holder, r.take(j), p)
    burden = np.bincount(j * w.K + k, holding.burden(w.population.take(p), cells(s.rule, rp, p)), len(r) * w.K)
    burden = burden.astype(np.int64).take(j * w.K + k)
    j, p, k, burden = select(cells(s.phase, rp, p) == QUIET, j, p, k, burden)
    r, t = r.take(j), t.take(j)
    u, v = b.draw(HOLD, w.place_key.take(p), t // DAY, r)
    here = cells(s.here, r, w.camp.take(k) * w.P + p)
    _govern(b, *select(here > 0, r, t, p, k, here, burden, v))
    _revolt(b, *select(here == 0, r, t, p, k, u))


def _govern(b: Boards, r: Any, t: Any, p: Any, k: Any, here: Any, burden: Any, v: Any) -> None:
    """Rule grows in so far as there is a garrison; if it lacks people, some of the place join it."""
    s, w = b.s, b.w
    needed, people, liked = cells(s.garrison, r, p), w.population.take(p), w.attitude.take(k * w.P + p)
    capacity, rate = cells(b.x.capacity, k, r), b.par("holding_consolidation", r)
    rule = holding.consolidated(cells(s.rule, r, p), rate, capacity, burden, holding.manned(here, needed))
    s.rule[r, p] = rule
    s.garrison[r, p] = holding.garrison(people, b.par("holding_garrison", r), rule, liked)
    number = holding.recruits(command.lacking(needed, here), people, b.par("holding_recruits", r), liked, v)
    r, t, p, k, number = select(number > 0, r, t, p, k, number)
    there = (s.at.take(r, axis=0) == p[:, None]) & (w.faction == k[:, None])
    r, t, p, number, f = select(there.any(axis=1), r, t, p, number, there.argmax(axis=1))
    s.people[r, f] += number
    b.add("here", w.side_of.take(f) * w.P + p, r, number)
    b.add("arrived", w.faction.take(f), r, number)
    b.note(r, t, JOINED, f, p, -1, RECRUITED, number)


def _revolt(b: Boards, r: Any, t: Any, p: Any, k: Any, u: Any) -> None:
    """Places that nobody guards may go back to the enemies who held them before."""
    s, w = b.s, b.w
    old = cells(s.before, r, p)
    able = (cells(s.given_up, old, r) == 0) & (w.hostile.take(w.camp.take(k) * w.C + w.camp.take(old)) > 0)
    odds, strong = (
        b.par("holding_revolt_per_day", r),
        holding.standing(cells(s.cohesion, old, r), cells(b.x.cohesion_0, old, r)),
    )
    able &= holding.revolts(odds, cells(s.rule, r, p), w.attitude.take(k * w.P + p), strong, u)
    r, t, p, old = select(able, r, t, p, old)
    turn = rank(r)
    for i in range(int(turn.max(initial=-1)) + 1):
        ri, ti, pi, new = select(turn == i, r, t, p, old)
        capture(b, ri, ti, pi, w.camp.take(new), np.full(len(ri), REVOLTED), new)
