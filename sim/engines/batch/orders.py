"""A command's review, for many runs of the same command."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, select
from sim.engines.batch.day import around, relax
from sim.model.kinds import DEPART, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import combat, command, morale, movement
from sim.rules.chance import PREPARE
from sim.units import NEVER


def review(b: Boards, r: Any, h: int, t: Any) -> None:
    """Look at the map again, every few hours."""
    s, w = b.s, b.w
    r, t = select(s.given_up[r, w.head_faction[h]] == 0, r, t)
    if len(r) == 0:
        return
    b.appoint(w.F + w.P + w.W + h, r, t + b.ticks("command_review", r), REVIEW, h)
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
    c = w.head_camp[h]
    i = r[:, None] * w.F + staff
    fit = (s.status.reshape(-1).take(i) == PRESENT) & (s.ready.reshape(-1).take(i) <= t[:, None])
    fit &= morale.fit(s.morale.reshape(-1).take(i), b.x.nerve.reshape(-1).take(i))
    men = command.reserve_kept(np.where(fit, s.people.reshape(-1).take(i), 0).sum(axis=1), w.reserve[h])
    held = np.ascontiguousarray(w.camp.take(s.holder.take(r, axis=0)).T)
    mine = held == c
    threat = _threats(w, _crowds(b, r, c))
    march = w.march.reshape(w.P, w.P).take(s.focus[r, h], axis=0)
    area = np.zeros((w.P, 1), bool)
    area[w.area[w.area_first[h] : w.area_first[h + 1]]] = True
    appeal = np.zeros((w.P, len(r)), np.int64)
    help_ = np.nonzero(area & mine & (threat > 0))
    p, j = help_
    danger = command.danger(threat[help_], s.here[r[j], c * w.P + p])
    away = march[j, p]
    appeal[help_] = np.where(away < NEVER, _appeal_of_help(b, h, p, r[j], danger, away), 0)
    near = np.where(mine, w.aim_far[h * w.P : (h + 1) * w.P, None], NEVER).min(axis=0)
    supplied = mine & (np.ascontiguousarray(s.far[r, c * w.P : (c + 1) * w.P].T) < NEVER)
    hostile = w.hostile.take(c * w.C + held) > 0
    take = np.nonzero(area & hostile & (men > 0) & around(w, supplied.view(np.int8)).astype(bool))
    p, j = take
    appeal[take] = _prize(b, r, h, p, j, held[take], men, near, march)
    found = appeal.argmax(axis=0)
    best = appeal[found, np.arange(len(r))]
    found = np.where(best > 0, found, -1)
    s.worth[r, h] = np.where(best > 0, best, 0)
    s.until[r, h] = np.where(found >= 0, t + b.ticks("command_plan", r), 0)
    s.stamp[r, h] = -1
    some = found >= 0
    s.focus[r[some], h] = found[some]
    new = found != s.objective[r, h]
    s.objective[r, h] = found
    rn, tn = select(new, r, t)
    b.note(rn, tn, OBJECTIVE, h, found[new], -1, NONE, best[new])


def _appeal_of_help(b: Boards, h: int, p: Any, rp: Any, danger: Any, march: Any) -> Any:
    """Appeal of helping threatened places of one's own: place p in run rp."""
    w = b.w
    return command.appeal(w.concern.take(h * w.P + p), w.curves.promise, danger, march, b.par("command_time_scale", rp))


def _prize(b: Boards, r: Any, h: int, p: Any, j: Any, holder: Any, men: Any, near: Any, march: Any) -> Any:
    """Appeal of taking hostile places: pairs of place p and column j."""
    s, w, rr = b.s, b.w, r.take(j)
    c = w.head_camp[h]
    there = s.here.reshape(-1).take(rr * (w.C * w.P) + holder * w.P + p)
    cover = w.repute.take(holder) * w.ground.take(p)
    front, relief, strength = w.frontage.take(p), b.par("combat_relief", rr), men.take(j)
    attack = combat.engaged(strength * w.repute[c], strength, front, relief)
    share = combat.odds_share(attack, combat.engaged(there * cover, there, front, relief))
    gain = command.opening(near.take(j), w.aim_far.take(h * w.P + p), b.par("command_gateway_scale", rr))
    benefit = w.prize.take(h * w.P + p) + w.door[h] * gain
    appeal = command.appeal(benefit, w.curves.promise, share, march[j, p], b.par("command_time_scale", rr))
    return np.where(command.worth_attacking(share, w.attack_share[h], b.par("command_hope", rr)), appeal, 0)


def _threats(w: Any, crowd: Any) -> Any:
    """Hostile people at and next to each place: (P, n)."""
    return crowd + around(w, crowd)


def _find_roads(b: Boards, r: Any, h: int) -> None:
    """The next road from every place towards the objective, through places that let the camp pass."""
    s, w = b.s, b.w
    goal = s.objective[r, h]
    opens = np.ascontiguousarray((w.passable.take(w.head_camp[h] * w.K + s.holder.take(r, axis=0)) > 0).T)
    columns = np.arange(len(r))
    far = np.full((w.P, len(r)), NEVER, np.int64)
    far[goal, columns] = 0
    far = relax(w, far, opens)
    padded = np.concatenate([far, np.full((1, len(r)), NEVER, np.int64)])
    hop = np.full((w.P, len(r)), -1, np.int64)
    best = np.where(far < NEVER, NEVER, 0)
    for i in range(w.ways.shape[1]):
        way = padded.take(w.next_to[:, i], axis=0) + w.free_to[:, i, None]
        better = way < best
        best = np.where(better, way, best)
        hop = np.where(better, w.ways[:, i, None], hop)
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
    idle = s.key.reshape(-1).take(rows * w.loose + staff) == IDLE
    busy = marching | (at == goal[:, None]) | ~idle | (s.phase.reshape(-1).take(rows * w.P + spot) != QUIET)
    active = here | marching
    fit = morale.fit(s.morale.reshape(-1).take(i), b.x.nerve.reshape(-1).take(i))
    free = elsewhere & fit & ~busy & (s.hop.reshape(-1).take(rows * (w.H * w.P) + h * w.P + spot) >= 0)
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
    threat = _threats(w, _crowds(b, r, c))
    worth = s.worth[r, h]
    remaining = s.here[r, c * w.P : (c + 1) * w.P]
    for i in np.flatnonzero(free.any(axis=0)).tolist():
        p = spot[:, i]
        rest = remaining[each, p] - people[:, i]
        go = free[:, i] & (committed < limit)
        bare = np.flatnonzero(go & ~command.guarded(rest, threat[p, each], w.w_guard[h]))
        if len(bare):
            pb = p[bare]
            danger = command.danger(threat[pb, bare], rest[bare])
            stake = _appeal_of_help(b, h, pb, r[bare], danger, np.zeros(len(bare), np.int64))
            go[bare] = command.worth_the_risk(stake, worth[bare])
        committed = np.where(go, committed + people[:, i], committed)
        remaining[each[go], p[go]] = rest[go]
        f = int(staff[i])
        rg, tg = select(go, r, t)
        u, _ = b.draw(PREPARE, w.force_key[f], s.legs[rg, f], rg)
        wait = movement.preparation(b.par("march_prepare", rg), s.harried[rg, c], u)
        b.note(rg, tg, ORDERED, f, at[go, i], goal[go], NONE, wait)
        b.plan(f, rg, tg + wait, DEPART, f)
