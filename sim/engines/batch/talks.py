"""Talks about handing places over, in many runs: how they begin, and how they end."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, lose, select
from sim.engines.batch.capture import capture
from sim.engines.batch.retreat import flee, refuge
from sim.model.kinds import DISBANDED, HANDED_OVER, NO_DEAL, PARLEY, SURRENDER, TALKS, TRANSFER, WITHDRAWN
from sim.rules import handover, rising
from sim.rules.chance import DEAL, TALK
from sim.units import DAY, GRID, NEVER


def parley(b: Boards, r: Any, t: Any) -> None:
    """At the end of a day: about which places talks begin."""
    s, w, x = b.s, b.w, b.x
    gone = s.given_up.take(r, axis=1).T[np.arange(len(r))[:, None], s.holder.take(r, axis=0)] > 0
    j, p = np.nonzero((s.suitor.take(r, axis=0) < 0) & ((x.willing.take(r, axis=0) > 0) | gone))
    if len(j) == 0:
        return
    r, t, gone = r.take(j), t.take(j), gone[j, p]
    new = _suitors(b, r, p)
    lone = np.flatnonzero(gone & (new < 0))
    new[lone] = _nearest(b, r.take(lone), p.take(lone))
    r, t, p, gone, new = select(new >= 0, r, t, p, gone, new)
    c = w.camp.take(new)
    liked = handover.goodwill(w.attitude.take(new * w.P + p), w.attitude.take(cells(s.holder, r, p) * w.P + p))
    liked = np.where(gone, 1.0, liked)
    willing = np.where(gone, GRID, cells(x.willing, r, p))
    alone = np.where(gone, 1.0, _isolation(b, r, p, c))
    fear = np.where(gone, 1.0, _fear(b, r, p, c))
    u, v = b.draw(TALK, w.place_key.take(p), t // DAY, r)
    k, trust = cells(s.holder, r, p), cells(x.assurance, new, r)
    tide = rising.tide(cells(s.cohesion, k, r), cells(x.cohesion_0, k, r), b.par("handover_tide", r))
    outlook = handover.outlook(alone, tide)
    begin = handover.opens(willing, trust, liked, alone, fear, outlook, b.par("handover_per_day", r), u)
    r, t, p, new, v = select(begin, r, t, p, new, v)
    s.suitor[r, p] = new
    s.talks[r, p] += 1
    b.note(r, t, TALKS, new, p, cells(s.holder, r, p), PARLEY, 0)
    b.plan(w.talk_slot + p, r, t + handover.lasts(b.par("handover_mediation", r), v), TRANSFER, p)


def transfer(b: Boards, r: Any, p: Any, t: Any) -> None:
    """Talks end, one place a column: it is handed over, or nothing comes of them."""
    s, w = b.s, b.w
    new, old = cells(s.suitor, r, p).astype(np.int64), cells(s.holder, r, p).astype(np.int64)
    s.suitor[r, p] = -1
    c, d = w.camp.take(new), w.camp.take(old)
    fear = np.where(cells(s.given_up, old, r) > 0, 1.0, _fear(b, r, p, c))
    u, v = b.draw(DEAL, w.place_key.take(p), cells(s.talks, r, p), r)
    deal = (cells(s.given_up, new, r) == 0) & handover.agree(b.par("handover_success", r), fear, u)
    rn, tn, kn, pn, on = select(~deal, r, t, new, p, old)
    b.note(rn, tn, TALKS, kn, pn, on, NO_DEAL, 0)
    r, t, p, c, d, new, v = select(deal, r, t, p, c, d, new, v)
    if len(r) == 0:
        return
    fate = handover.fate(b.par("handover_leave", r), b.par("handover_disband", r), v)
    out = refuge(b, r, p, d)
    j, f = np.nonzero((s.at.take(r, axis=0) == p[:, None]) & (w.side_of == d[:, None]))
    leaves = ((fate == handover.LEAVE) & (out >= 0)).take(j)
    taken = (fate == handover.TAKEN).take(j)
    jl, fl = select(leaves, j, f)
    rl = r.take(jl)
    flee(b, rl, fl, t.take(jl), out.take(jl), b.par("retreat_orderly", rl), WITHDRAWN)
    for who, ledger, cause in ((taken, "captured", SURRENDER), (~taken & ~leaves, "disbanded", DISBANDED)):
        jw, fw = select(who, j, f)
        rw = r.take(jw)
        lose(b, fw, rw, t.take(jw), cells(s.people, rw, fw), ledger, cause)
    capture(b, r, t, p, c, np.full(len(r), HANDED_OVER), new)


def _around(b: Boards, p: Any) -> tuple[Any, Any]:
    """The places next to each place, and which of the cells hold one: (n, ways) each."""
    q = b.w.next_to.take(p, axis=0)
    return np.minimum(q, b.w.P - 1), q < b.w.P


def _at_the_gates(b: Boards, r: Any, p: Any, c: Any) -> Any:
    """People of a camp (one, or one per column) in places and in those next to them: (n,)."""
    s, w = b.s, b.w
    q, real = _around(b, p)
    first = np.broadcast_to(c, p.shape) * w.P
    beside = np.where(real, cells(s.here, r[:, None], first[:, None] + q), 0)
    return cells(s.here, r, first + p) + beside.sum(axis=1)


def _suitors(b: Boards, r: Any, p: Any) -> Any:
    """The faction to talk to: of the enemy camp with most people at the gates, the one with most of those to whom the
    place matters; -1 none: (n,)."""
    s, w = b.s, b.w
    d = w.camp.take(cells(s.holder, r, p))
    best, found = np.zeros(len(r), np.int64), np.full(len(r), -1)
    for e in range(w.C):
        people = np.where(w.hostile.take(d * w.C + e) > 0, _at_the_gates(b, r, p, e), 0)
        found = np.where(people > best, e, found)
        best = np.maximum(best, people)
    near = np.zeros((w.P, w.P + 1), bool)
    near[np.arange(w.P)[:, None], w.next_to] = True
    near[np.arange(w.P), np.arange(w.P)] = True
    near[:, w.P] = False
    at = s.at.take(r, axis=0)
    there = near[p[:, None], np.where(at >= 0, at, w.P)] & (w.side_of == found[:, None])
    j, f = np.nonzero(there)
    people = np.bincount(j * w.K + w.faction.take(f), cells(s.people, r.take(j), f), len(r) * w.K)
    crowd = people.reshape(len(r), w.K) * w.cares.reshape(w.K, w.P).T.take(p, axis=0)
    return np.where(crowd.max(axis=1) > 0, crowd.argmax(axis=1), -1)


def _nearest(b: Boards, r: Any, p: Any) -> Any:
    """The holders of the nearest places of an enemy to whom these matter, by road; -1 none: (n,)."""
    s, w = b.s, b.w
    holder = s.holder.take(r, axis=0)
    d = w.camp.take(cells(s.holder, r, p))
    hostile = w.hostile.take(d[:, None] * w.C + w.camp.take(holder)) > 0
    cares = w.cares.take(holder * w.P + p[:, None]) > 0
    far = np.where(hostile & cares, w.march.reshape(w.P, w.P).take(p, axis=0), NEVER)
    q = far.argmin(axis=1)
    row = np.arange(len(r))
    return np.where(far[row, q] < NEVER, holder[row, q], -1)


def _fear(b: Boards, r: Any, p: Any, c: Any) -> Any:
    """How hopeless it looks to resist a camp: (n,)."""
    s, w = b.s, b.w
    garrison = cells(s.here, r, w.camp.take(cells(s.holder, r, p)) * w.P + p)
    return handover.fear(_at_the_gates(b, r, p, c), garrison)


def _isolation(b: Boards, r: Any, p: Any, c: Any) -> Any:
    """How alone places are against a camp each: (n,)."""
    s, w = b.s, b.w
    d = w.camp.take(cells(s.holder, r, p))
    q, real = _around(b, p)
    shut = (real & (w.camp.take(cells(s.holder, r[:, None], q)) != d[:, None])).sum(axis=1)
    parent = w.parent.take(p)
    lost = (parent >= 0) & (w.camp.take(cells(s.holder, r, np.maximum(parent, 0))) == c)
    return handover.isolation(shut, real.sum(axis=1), lost | (cells(s.far, r, d * w.P + p) == NEVER))
