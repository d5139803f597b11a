"""A command's review, for many runs of the same command."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, select
from sim.engines.batch.day import relax
from sim.model.kinds import DEPART, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import combat, command, movement
from sim.units import NEVER


def review(b: Boards, r: Any, h: int, t: Any) -> None:
    """Look at the map again, every few hours."""
    s, w = b.s, b.w
    r, t = select(s.given_up[r, w.head_faction[h]] == 0, r, t)
    if len(r) == 0:
        return
    b.plan(w.F + w.P + w.W + h, r, t + b.ticks("command_review", r), REVIEW, h)
    staff = w.staff[w.staff_first[h] : w.staff_first[h + 1]]
    if len(staff) == 0:
        return
    again = t >= s.until[r, h]
    if again.any():
        _choose(b, r[again], t[again], h, staff)
    aimed = s.objective[r, h] >= 0
    r, t = select(aimed, r, t)
    if len(r) == 0:
        return
    old = r[s.stamp[r, h] != s.changes[r, 0]]
    if len(old):
        _find_roads(b, old, h)
    _give_orders(b, r, t, h, staff)


def _crowds(b: Boards, r: Any, c: int) -> Any:
    """Hostile people at each place: (P, n)."""
    s, w = b.s, b.w
    here = s.here.take(r, axis=0)
    crowd = np.zeros((len(r), w.P), np.int64)
    for e in np.flatnonzero(w.hostile[c * w.C : (c + 1) * w.C]):
        crowd += here[:, e * w.P : (e + 1) * w.P]
    return np.ascontiguousarray(crowd.T)


def _choose(b: Boards, r: Any, t: Any, h: int, staff: Any) -> None:
    """Pick the objective with the greatest appeal in each run, the first by id when equal."""
    s, w = b.s, b.w
    c, k = w.head_camp[h], w.head_faction[h]
    fit = (s.status.take(r, axis=0)[:, staff] == PRESENT) & (s.ready.take(r, axis=0)[:, staff] <= t[:, None])
    available = np.where(fit, s.people.take(r, axis=0)[:, staff], 0).sum(axis=1)
    men = command.reserve_kept(available, w.reserve[h])
    force = men * w.repute[c]
    held = np.ascontiguousarray(w.camp[s.holder.take(r, axis=0)].T)
    here = np.ascontiguousarray(s.here.take(r, axis=0).T)
    mine = held == c
    threat = _threats(w, _crowds(b, r, c))
    aim = w.aim_far[h * w.P : (h + 1) * w.P]
    near = np.where(mine, aim[:, None], NEVER).min(axis=0)
    reached = np.zeros((w.P, len(r)), bool)
    supplied = mine & (np.ascontiguousarray(s.far[r, c * w.P : (c + 1) * w.P].T) < NEVER)
    for a in range(w.A):
        reached[w.tail[a]] |= supplied[w.head[a]]
    march = w.march.reshape(w.P, w.P)[s.focus[r, h]]
    scale, gate = b.par("command_time_scale", r), b.par("command_gateway_scale", r)
    best = np.zeros(len(r), np.int64)
    found = np.full(len(r), -1, np.int64)
    for p in w.area[w.area_first[h] : w.area_first[h + 1]].tolist():
        value = int(command.blind(int(w.blind[h]), int(w.value[k * w.P + p])))
        appeal = np.zeros(len(r), np.int64)
        n = np.flatnonzero(mine[p] & (threat[p] > 0) & (march[:, p] < NEVER))
        if len(n):
            danger = command.danger(threat[p, n], here[c * w.P + p, n])
            concern = command.concern(value, float(w.w_defend[h]), float(w.w_core[h]), int(w.is_core[k * w.P + p]))
            appeal[n] = command.appeal(concern, w.curves.promise, danger, march[n, p], _of(scale, n))
        n = np.flatnonzero((w.hostile[c * w.C + held[p]] > 0) & reached[p] & (men > 0))
        if len(n):
            holder = held[p, n]
            there = here[holder * w.P + p, n]
            cover = w.repute[holder] * w.ground[p]
            relief = _of(b.par("combat_relief", r), n)
            attack = combat.engaged(force[n], men[n], w.frontage[p], relief)
            share = combat.odds_share(attack, combat.engaged(there * cover, there, w.frontage[p], relief))
            n, share = select(command.worth_attacking(share, w.attack_share[h]), n, share)
            gain = command.opening(near[n], aim[p], _of(gate, n))
            was_ours = 1 if w.camp[w.holder_0[p]] == c else 0
            prize = command.prize(value, w.w_attack[h], w.w_gateway[h], gain, w.w_retake[h], was_ours)
            appeal[n] = command.appeal(prize, w.curves.promise, share, march[n, p], _of(scale, n))
        more = appeal > best
        best = np.where(more, appeal, best)
        found = np.where(more, p, found)
    s.until[r, h] = t + b.ticks("command_plan", r)
    s.stamp[r, h] = -1
    some = found >= 0
    s.focus[r[some], h] = found[some]
    new = found != s.objective[r, h]
    s.objective[r, h] = found
    b.note(*select(new, r, t), OBJECTIVE, h, found[new], -1, NONE, best[new])


def _threats(w: Any, crowd: Any) -> Any:
    """Hostile people at and next to each place: (P, n)."""
    threat = crowd.copy()
    for a in range(w.A):
        threat[w.tail[a]] += crowd[w.head[a]]
    return threat


def _of(value: Any, n: Any) -> Any:
    return value[n] if isinstance(value, np.ndarray) else value


def _find_roads(b: Boards, r: Any, h: int) -> None:
    """The next road from every place towards the objective, through places that let the camp pass."""
    s, w = b.s, b.w
    goal = s.objective[r, h]
    opens = np.ascontiguousarray((w.passable[w.head_camp[h] * w.K + s.holder.take(r, axis=0)] > 0).T)
    columns = np.arange(len(r))
    far = np.full((w.P, len(r)), NEVER, np.int64)
    far[goal, columns] = 0
    far = relax(w, far, opens)
    hop = np.full((w.P, len(r)), -1, np.int64)
    best = np.full((w.P, len(r)), NEVER, np.int64)
    for a in range(w.A):
        p = w.tail[a]
        way = far[w.head[a]] + w.free[a]
        better = (way < best[p]) & (far[p] < NEVER)
        best[p] = np.where(better, way, best[p])
        hop[p] = np.where(better, a, hop[p])
    hop[goal, columns] = -1
    s.hop[r, h * w.P : (h + 1) * w.P] = hop.T
    s.stamp[r, h] = s.changes[r, 0]


def _give_orders(b: Boards, r: Any, t: Any, h: int, staff: Any) -> None:
    """Send formations, in order of id, until all but the reserve are committed."""
    s, w = b.s, b.w
    goal, c = s.objective[r, h], w.head_camp[h]
    i = r[:, None] * w.F + staff
    at = s.at.reshape(-1).take(i)
    elsewhere = (at >= 0) & (at != goal[:, None]) & (s.ready.reshape(-1).take(i) <= t[:, None])
    r, t, goal, i, at, elsewhere = select(elsewhere.any(axis=1), r, t, goal, i, at, elsewhere)
    if len(r) == 0:
        return
    rows = r[:, None]
    people, status = s.people.reshape(-1).take(i), s.status.reshape(-1).take(i)
    here, marching = status == PRESENT, status == MARCHING
    spot = np.maximum(at, 0)
    idle = s.key.reshape(-1).take(rows * w.slots + staff) == IDLE
    busy = marching | (at == goal[:, None]) | ~idle | (s.phase.reshape(-1).take(rows * w.P + spot) != QUIET)
    active = here | marching
    free = elsewhere & ~busy & (s.hop.reshape(-1).take(rows * (w.H * w.P) + h * w.P + spot) >= 0)
    total = np.where(active, people, 0).sum(axis=1)
    committed = np.where(active & busy, people, 0).sum(axis=1)
    limit = command.reserve_kept(total, w.reserve[h])
    some = free.any(axis=1) & (committed < limit)
    r, t, goal, at, people, spot, free, committed, limit = select(
        some, r, t, goal, at, people, spot, free, committed, limit
    )
    if len(r) == 0:
        return
    each = np.arange(len(r))
    crowd = _crowds(b, r, c)
    crowd[goal, each] = 0
    threat = _threats(w, crowd)
    remaining = s.here[r, c * w.P : (c + 1) * w.P]
    wait = movement.preparation(b.par("march_prepare", r), s.harried[r, c])
    for i in np.flatnonzero(free.any(axis=0)).tolist():
        p = spot[:, i]
        rest = remaining[each, p] - people[:, i]
        go = free[:, i] & (committed < limit) & command.may_spare(rest, threat[p, each], w.w_guard[h])
        committed = np.where(go, committed + people[:, i], committed)
        remaining[each[go], p[go]] = rest[go]
        f = int(staff[i])
        rg, tg, wait_g = select(go, r, t, wait)
        b.note(rg, tg, ORDERED, f, at[go, i], goal[go], NONE, wait_g)
        b.plan(f, rg, tg + wait_g, DEPART, f)
