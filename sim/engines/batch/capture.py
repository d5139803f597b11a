"""Places change hands in many runs, with everything that follows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, change_hands, formations, lose, select
from sim.engines.batch.retreat import flee, refuge
from sim.model.kinds import (
    ABSENT,
    APPROACH,
    ASSEMBLING,
    COLLAPSED,
    DISBANDED,
    GONE,
    NONE,
    PHASE,
    QUIET,
    REBASED,
    RETREATING,
    ROUND,
    WALKED_IN,
)
from sim.model.world import IDLE
from sim.rules import air, cohesion, retreat
from sim.units import NEVER


def open_fight(b: Boards, r: Any, t: Any, p: Any, c: Any, h: Any, axes: Any) -> None:
    """Camps begin to close in on places."""
    if len(r) == 0:
        return
    s = b.s
    s.phase[p, r] = APPROACH
    s.foe[p, r] = c
    s.lead[p, r] = h
    s.axes[p, r] = axes
    s.progress[p, r] = 0
    s.began[p, r] = t
    b.note(r, t, PHASE, p, p, c, ASSEMBLING, APPROACH)
    b.plan(b.w.F + p, r, t + b.ticks("combat_round", r), ROUND, p)


def capture(b: Boards, r: Any, t: Any, p: Any, c: Any, cause: Any) -> None:
    """Camp `c` takes place `p` in each column."""
    s, w = b.s, b.w
    old = s.holder[p, r]
    loser = w.camp[old]
    fought = np.where(s.phase[p, r] != QUIET, t - s.began[p, r], 0)
    there = s.at[:, r] == p
    j, f = formations(b, there)
    change_hands(b, p, r, t, _largest(b, r, c, j, f), cause)
    s.fort[p, r] = 0
    quieten(b, r, p)
    s.suppressed[c * w.P + p, r] = 0
    s.suppressed[loser * w.P + p, r] = 0
    _redraw_supply(b, r, p, c)
    out = refuge(b, r, p, loser)
    lost = w.side_of[f] == loser[j]
    flee(b, r[j][lost], f[lost], t[j][lost], out[j][lost], 1.0, RETREATING)
    _rest_winners(b, r, t, c, j, f)
    _fly_out(b, r, t, p)
    _shock(b, r, t, p, old, s.holder[p, r], fought)
    for h in range(w.H):
        hit = s.objective[h, r] == p
        s.until[h, r[hit]] = 0
    next_in_line(b, r, t, p)


def _largest(b: Boards, r: Any, c: Any, j: Any, f: Any) -> Any:
    """Faction of camp `c` with most people; the first by id when equal."""
    s, w = b.s, b.w
    n = len(r)
    crowd = np.bincount(j * w.K + w.faction[f], weights=s.people[f, r[j]], minlength=n * w.K).reshape(n, w.K)
    mine = w.camp[None, :] == c[:, None]
    return np.argmax(np.where(mine, crowd, -1.0), axis=1)


def quieten(b: Boards, r: Any, p: Any) -> None:
    """The fights at places are over."""
    s = b.s
    r, p = select(s.phase[p, r] != QUIET, r, p)
    s.phase[p, r] = QUIET
    s.foe[p, r] = s.lead[p, r] = -1
    s.axes[p, r] = s.progress[p, r] = 0
    s.key[b.w.F + p, r] = IDLE


def _redraw_supply(b: Boards, r: Any, p: Any, c: Any) -> None:
    s, w = b.s, b.w
    for e in range(w.C):
        s.far[e * w.P + p, r] = NEVER
        s.stale[e, r] = 1
    near = np.full(len(r), NEVER, np.int64)
    start, degree = w.first[p], w.first[p + 1] - w.first[p]
    for i in range(int(degree.max(initial=0))):
        inside = i < degree
        arc = np.where(inside, start + i, 0)
        q = w.head[arc]
        way = s.far[c * w.P + q, r] + w.free[arc]
        ours = inside & (w.camp[s.holder[q, r]] == c) & (way < near)
        near = np.where(ours, way, near)
    s.far[c * w.P + p, r] = near


def _rest_winners(b: Boards, r: Any, t: Any, c: Any, j: Any, f: Any) -> None:
    s, w = b.s, b.w
    mine = w.side_of[f] == c[j]
    j, f = j[mine], f[mine]
    rr = r[j]
    spent = np.maximum(b.x.morale_0[f, rr] - s.morale[f, rr], 0)
    rest = retreat.rest(b.par("culmination_rest", rr), b.par("culmination_loss", rr), spent, s.supply[f, rr])
    s.ready[f, rr] = t[j] + rest


def _fly_out(b: Boards, r: Any, t: Any, p: Any) -> None:
    s, w = b.s, b.w
    for i in range(w.W):
        hit = (s.base[i, r] == p) & (w.wing_camp[i] != w.camp[s.holder[p, r]])
        if not hit.any():
            continue
        ri, ti, pi = select(hit, r, t, p)
        safe = (w.airbase[:, None] > 0) & (w.camp[s.holder[:, ri]] == w.wing_camp[i])
        some = safe.any(axis=0)
        other = np.where(some, safe.argmax(axis=0), -2)
        s.base[i, ri] = other
        left = air.flown_out(s.aircraft[i, ri], b.par("air_relocate", ri))
        s.aircraft[i, ri] = np.where(some, left, 0)
        b.note(ri, ti, REBASED, i, pi, other, NONE, s.aircraft[i, ri])


def _shock(b: Boards, r: Any, t: Any, p: Any, old: Any, new: Any, fought: Any) -> None:
    s, w = b.s, b.w
    value = w.value[old * w.P + p]
    patron = np.zeros(len(r))
    for i in range(w.B):
        client = w.client[i] == old
        before = s.will[i, r]
        will = cohesion.shocked(before, value, b.par("backer_shock", r), 0.0, 0.0)
        will = np.where(client, will, before)
        patron = patron + np.where(client, b.par("backer_tie", r) * (before - will), 0.0)
        s.will[i, r] = will
    extra = cohesion.surprise(b.par("cohesion_surprise", r), fought, b.par("cohesion_half_life", r))
    s.cohesion[old, r] = cohesion.shocked(
        s.cohesion[old, r], value, b.par("cohesion_shock", r), extra, patron
    )
    gain = w.value[new * w.P + p]
    s.cohesion[new, r] = cohesion.lifted(s.cohesion[new, r], gain, b.par("cohesion_lift", r))
    fallen = (s.given_up[old, r] == 0) & (s.cohesion[old, r] < b.x.collapse_at[old, r])
    if fallen.any():
        give_up(b, *select(fallen, r, t, old))


def give_up(b: Boards, r: Any, t: Any, k: Any) -> None:
    """Factions collapse: their formations disband where they are."""
    s, w = b.s, b.w
    s.given_up[k, r] = 1
    b.note(r, t, COLLAPSED, k, -1, -1, NONE, s.cohesion[k, r])
    status = s.status[:, r]
    there = (w.faction[:, None] == k) & (status != ABSENT) & (status != GONE)
    j, f = formations(b, there)
    lose(b, f, r[j], t[j], s.people[f, r[j]], "deserted", DISBANDED)


def next_in_line(b: Boards, r: Any, t: Any, p: Any) -> None:
    """A third camp that waited outside opens its own fight, or walks in when nobody defends the place."""
    s, w = b.s, b.w
    if w.C < 3:
        return
    holder = w.camp[s.holder[p, r]]
    best = np.zeros(len(r), np.int64)
    found = np.full(len(r), -1, np.int64)
    for e in range(w.C):
        people = s.here[e * w.P + p, r]
        more = (w.hostile[holder * w.C + e] > 0) & (people > best)
        best = np.where(more, people, best)
        found = np.where(more, e, found)
    waits = found >= 0
    if not waits.any():
        return
    r, t, p, c, holder = select(waits, r, t, p, found, holder)
    empty = s.here[holder * w.P + p, r] == 0
    if empty.any():
        re, te, pe, ce = select(empty, r, t, p, c)
        capture(b, re, te, pe, ce, np.full(len(re), WALKED_IN))
        r, t, p, c = select(~empty, r, t, p, c)
    if len(r) == 0:
        return
    j, f = formations(b, (s.at[:, r] == p) & (w.side_of[:, None] == c))
    axes = np.zeros(len(r), np.int64)
    arc = s.arc[f, r[j]]
    np.bitwise_or.at(axes, j, np.where(arc >= 0, w.side[np.maximum(arc, 0)], 1))
    leads = np.full(len(r), -1, np.int64)
    leads[j[::-1]] = w.command[f[::-1]]
    open_fight(b, r, t, p, c, leads, axes)
