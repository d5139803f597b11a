"""Places change hands in many runs, with everything that follows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, change_hands, emerge, look_again, select
from sim.engines.batch.retreat import flee, refuge
from sim.model.kinds import (
    APPROACH,
    ASSEMBLING,
    DORMANT,
    NO_BASE,
    NONE,
    PHASE,
    QUIET,
    REBASED,
    RETREATING,
    ROUND,
    WALKED_IN,
)
from sim.rules import air, cohesion, combat, retreat
from sim.rules.chance import FORTUNE
from sim.units import NEVER


def open_fight(b: Boards, r: Any, t: Any, p: Any, c: Any, h: Any, axes: Any) -> None:
    """Camps begin to close in on places."""
    if len(r) == 0:
        return
    s, w = b.s, b.w
    k = cells(s.fights, r, p)
    u, _ = b.draw(FORTUNE, w.place_key.take(p), k, r)
    s.fights[r, p] = k + 1
    s.fortune[r, p] = combat.fortune(w.curves.normal, u, b.par("combat_fortune", r), b.par("combat_luck_floor", r))
    s.phase[r, p] = APPROACH
    s.foe[r, p] = c
    s.lead[r, p] = h
    s.axes[r, p] = axes
    s.progress[r, p] = 0
    s.began[r, p] = t
    defender = w.camp.take(cells(s.holder, r, p))
    for e in range(w.H):
        look_again(b, e, r[defender == w.head_camp[e]])
    b.note(r, t, PHASE, p, p, c, ASSEMBLING, APPROACH)
    b.plan(b.w.F + p, r, t + b.ticks("combat_round", r), ROUND, p)


def capture(b: Boards, r: Any, t: Any, p: Any, c: Any, cause: Any, new: Any = None) -> None:
    """Camp `c` takes place `p` in each column; `new` become the holders, or else the factions with most people."""
    s, w = b.s, b.w
    old = cells(s.holder, r, p)
    loser = w.camp.take(old)
    fought = np.where(cells(s.phase, r, p) != QUIET, t - cells(s.began, r, p), 0)
    there = s.at.take(r, axis=0) == p[:, None]
    j, f = np.nonzero(there)
    change_hands(b, p, r, t, _largest(b, r, c, j, f) if new is None else new, cause)
    s.fort[r, p] = 0
    quieten(b, r, p)
    s.suppressed[r, c * w.P + p] = 0
    s.suppressed[r, loser * w.P + p] = 0
    _redraw_supply(b, r, p, c)
    out = refuge(b, r, p, loser)
    lost = w.side_of.take(f) == loser[j]
    flee(b, r[j][lost], f[lost], t[j][lost], out[j][lost], 1.0, RETREATING)
    _rest_winners(b, r, t, c, j, f)
    if w.dormant.any():
        waking = (s.status.take(r, axis=0) == DORMANT) & (w.home == p[:, None]) & (w.side_of == c[:, None])
        j, f = np.nonzero(waking)
        emerge(b, f, r.take(j), t.take(j))
    _fly_out(b, r, t, p)
    _shock(b, r, t, p, old, cells(s.holder, r, p), fought)
    for h in range(w.H):
        look_again(b, h, r)
        s.until[h][r[s.objective[h].take(r) == p]] = 0
    next_in_line(b, r, t, p)


def _largest(b: Boards, r: Any, c: Any, j: Any, f: Any) -> Any:
    """Faction of camp `c` with most people; the first by id when equal."""
    s, w = b.s, b.w
    n = len(r)
    people = cells(s.people, r[j], f)
    crowd = np.bincount(j * w.K + w.faction.take(f), weights=people, minlength=n * w.K).reshape(n, w.K)
    mine = w.camp[None, :] == c[:, None]
    return np.argmax(np.where(mine, crowd, -1.0), axis=1)


def quieten(b: Boards, r: Any, p: Any) -> None:
    """The fights at places are over."""
    s = b.s
    r, p = select(cells(s.phase, r, p) != QUIET, r, p)
    s.phase[r, p] = QUIET
    s.foe[r, p] = s.lead[r, p] = -1
    s.axes[r, p] = s.progress[r, p] = s.fortune[r, p] = 0
    b.cancel(b.w.F + p, r)


def _redraw_supply(b: Boards, r: Any, p: Any, c: Any) -> None:
    s, w = b.s, b.w
    for e in range(w.C):
        s.far[r, e * w.P + p] = NEVER
        s.stale[e, r] = 1
    q = w.next_to.take(p, axis=0)
    there = np.minimum(q, w.P - 1)
    ours = (q < w.P) & (w.camp.take(cells(s.holder, r[:, None], there)) == c[:, None])
    way = cells(s.far, r[:, None], c[:, None] * w.P + there) + w.free_to.take(p, axis=0)
    near = np.minimum(np.where(ours, way, NEVER).min(axis=1), NEVER)
    s.far[r, c * w.P + p] = np.where(w.source.take(c * w.P + p) > 0, 0, near)


def _rest_winners(b: Boards, r: Any, t: Any, c: Any, j: Any, f: Any) -> None:
    s, w = b.s, b.w
    mine = w.side_of.take(f) == c[j]
    j, f = j[mine], f[mine]
    rr = r[j]
    spent = retreat.spent(cells(b.x.morale_0, rr, f), cells(s.morale, rr, f))
    rest = retreat.rest(
        b.par("culmination_rest", rr), b.par("culmination_loss", rr), b.par("culmination_supply", rr), spent,
        cells(s.supply, rr, f),
    )  # fmt: skip
    s.ready[rr, f] = t[j] + rest


def _fly_out(b: Boards, r: Any, t: Any, p: Any) -> None:
    s, w = b.s, b.w
    based = (s.base.take(r, axis=1) == p).T
    for i in np.flatnonzero(based.any(axis=0)).tolist():
        hit = based[:, i] & (w.wing_camp[i] != w.camp.take(cells(s.holder, r, p)))
        if not hit.any():
            continue
        ri, ti, pi = select(hit, r, t, p)
        other = np.full(len(ri), NO_BASE)
        for q in w.alternates[w.base_row.take(1 + pi)].T[::-1]:
            other = np.where(w.camp.take(cells(s.holder, ri, q)) == w.wing_camp[i], q, other)
        some = (other != NO_BASE) & (s.given_up[w.wing_faction[i]].take(ri) == 0)
        other = np.where(some, other, NO_BASE)
        s.base[i][ri] = other
        left = air.flown_out(s.aircraft[i].take(ri), b.par("air_relocate", ri))
        s.aircraft[i][ri] = np.where(some, left, 0)
        b.note(ri, ti, REBASED, i, pi, other, NONE, s.aircraft[i].take(ri))


def _shock(b: Boards, r: Any, t: Any, p: Any, old: Any, new: Any, fought: Any) -> None:
    s, w = b.s, b.w
    value = w.value.take(old * w.P + p)
    ours = w.camp.take(s.holder.take(r, axis=0)) == w.camp.take(old)[:, None]
    stake = cohesion.part(value, value + np.where(ours, w.value.reshape(w.K, w.P).take(old, axis=0), 0).sum(axis=1))
    patron = np.zeros(len(r))
    for i in range(w.B):
        client = w.client[i] == old
        before = s.will[i].take(r)
        will = np.where(client, cohesion.discouraged(before, stake, b.par("backer_shock", r)), before)
        patron += np.where(client, cohesion.forsaken(before, will, b.par("backer_tie", r)), 0.0)
        s.will[i][r] = will
    extra = cohesion.surprise(b.par("cohesion_surprise", r), fought, b.par("cohesion_half_life", r))
    s.cohesion[old, r] = cohesion.shocked(cells(s.cohesion, old, r), stake, b.par("cohesion_shock", r), extra, patron)
    gain = w.gain.take(new * w.P + p)
    s.cohesion[new, r] = cohesion.lifted(cells(s.cohesion, new, r), gain, b.par("cohesion_lift", r))


def next_in_line(b: Boards, r: Any, t: Any, p: Any) -> None:
    """A third camp that waited outside opens its own fight, or walks in when nobody defends the place."""
    s, w = b.s, b.w
    if w.C < 3:
        return
    holder = w.camp.take(cells(s.holder, r, p))
    best = np.zeros(len(r), np.int64)
    found = np.full(len(r), -1, np.int64)
    for e in range(w.C):
        people = cells(s.here, r, e * w.P + p)
        more = (w.hostile.take(holder * w.C + e) > 0) & (people > best)
        best = np.where(more, people, best)
        found = np.where(more, e, found)
    waits = found >= 0
    if not waits.any():
        return
    r, t, p, c, holder = select(waits, r, t, p, found, holder)
    empty = cells(s.here, r, holder * w.P + p) == 0
    if empty.any():
        re, te, pe, ce = select(empty, r, t, p, c)
        capture(b, re, te, pe, ce, np.full(len(re), WALKED_IN))
        r, t, p, c = select(~empty, r, t, p, c)
    if len(r) == 0:
        return
    j, f = np.nonzero((s.at.take(r, axis=0) == p[:, None]) & (w.side_of == c[:, None]))
    axes = np.zeros(len(r), np.int64)
    arc = cells(s.arc, r[j], f)
    np.bitwise_or.at(axes, j, np.where(arc >= 0, w.side.take(np.maximum(arc, 0)), 1) if w.A else 1)
    leads = np.full(len(r), -1, np.int64)
    leads[j[::-1]] = w.command[f[::-1]]
    open_fight(b, r, t, p, c, leads, axes)
