"""A command's review, for many runs of the same command."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, select
from sim.engines.batch.day import around, relax
from sim.model.kinds import DEPART, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import combat, command, morale, movement
from sim.rules.chance import PREPARE
from sim.units import NEVER


@cache
def _marks(count: int) -> Any:
    """Odd numbers by which to tell apart what is the same in many columns."""
    return np.random.Generator(np.random.Philox(key=8)).integers(-(1 << 62), 1 << 62, count) | 1


def review(b: Boards, r: Any, h: int, t: Any) -> None:
    """Look at the map again, every few hours."""
    s, w = b.s, b.w
    r, t = select(s.given_up[w.head_faction[h]].take(r) == 0, r, t)
    if len(r) == 0:
        return
    b.appoint(w.F + w.P + w.W + h, r, t + b.ticks("command_review", r), REVIEW, h)
    staff = w.staff[w.staff_first[h] : w.staff_first[h + 1]]
    if len(staff) == 0:
        return
    again = t >= s.until[h].take(r)
    if again.any():
        _choose(b, r[again], t[again], h, staff)
    aimed = s.objective[h].take(r) >= 0
    r, t = select(aimed, r, t)
    if len(r) == 0:
        return
    old = r[s.stamp[h].take(r) != s.changes[0].take(r)]
    if len(old):
        _find_roads(b, old, h)
    _give_orders(b, r, t, h, staff)


def _crowds(b: Boards, r: Any, c: int) -> Any:
    """Hostile people at each place: (P, n)."""
    w = b.w
    here = b.s.here.reshape(-1, w.P)
    enemies = np.flatnonzero(w.hostile[c * w.C : (c + 1) * w.C]).tolist()
    crowd = here.take(r * w.C + enemies[0], axis=0) if enemies else np.zeros((len(r), w.P), np.int64)
    for e in enemies[1:]:
        crowd += here.take(r * w.C + e, axis=0)
    return np.ascontiguousarray(crowd.T)


def _choose(b: Boards, r: Any, t: Any, h: int, staff: Any) -> None:
    """Pick the objective with the greatest appeal in each run, the first by id when equal."""
    s, w = b.s, b.w
    c, area = w.head_camp[h], w.area[w.area_first[h] : w.area_first[h + 1]]
    held = np.ascontiguousarray(w.camp.take(s.holder.take(r, axis=0)).T)
    mine = held == c
    crowd = _crowds(b, r, c)
    threat = crowd.take(area, axis=0) + around(w, crowd, area)
    supplied = mine & (np.ascontiguousarray(s.far.reshape(-1, w.P).take(r * w.C + c, axis=0).T) < NEVER)
    within = held.take(area, axis=0)
    appeal = np.zeros((len(area), len(r)), np.int64)
    at = np.nonzero((within == c) & (threat > 0))
    appeal[at] = _help(b, r, h, area.take(at[0]), at[1], threat[at])
    at = np.nonzero((w.hostile.take(c * w.C + within) > 0) & (around(w, supplied.view(np.int8), area) > 0))
    appeal[at] = _attack(b, r, t, h, staff, area.take(at[0]), at[1], within[at], mine)
    found = appeal.argmax(axis=0)
    best = appeal[found, np.arange(len(r))]
    found = np.where(best > 0, area.take(found), -1)
    s.worth[h][r] = best
    s.until[h][r] = np.where(found >= 0, t + b.ticks("command_plan", r), 0)
    s.stamp[h][r] = -1
    some = found >= 0
    s.focus[h][r[some]] = found[some]
    new = found != s.objective[h].take(r)
    s.objective[h][r] = found
    rn, tn = select(new, r, t)
    b.note(rn, tn, OBJECTIVE, h, found[new], -1, NONE, best[new])


def _help(b: Boards, r: Any, h: int, p: Any, j: Any, threat: Any) -> Any:
    """Appeal of helping threatened places of one's own that can be reached: place p in column j."""
    s, w, rp = b.s, b.w, r.take(j)
    here = cells(s.here, rp, w.head_camp[h] * w.P + p)
    away = _march(b, rp, h, p)
    return np.where(away < NEVER, _appeal_of_help(b, h, p, rp, command.danger(threat, here), away), 0)


def _march(b: Boards, rp: Any, h: int, p: Any) -> Any:
    """Ticks of march, at road speed, from where a command last had its objective to place p in run rp."""
    return b.w.march.take(b.s.focus[h].take(rp) * b.w.P + p)


def _appeal_of_help(b: Boards, h: int, p: Any, rp: Any, danger: Any, march: Any) -> Any:
    """Appeal of helping threatened places of one's own: place p in run rp."""
    w = b.w
    return command.appeal(w.concern.take(h * w.P + p), w.curves.promise, danger, march, b.par("command_time_scale", rp))


def _attack(b: Boards, r: Any, t: Any, h: int, staff: Any, p: Any, j: Any, holder: Any, mine: Any) -> Any:
    """Appeal of taking hostile places within reach: place p in column j, held by camp `holder`; mine (P, n)."""
    s, w = b.s, b.w
    rp, c = r.take(j), w.head_camp[h]
    men, there = _available(b, r, t, h, staff, j), cells(s.here, rp, holder * w.P + p)
    share = combat.expected_share(
        men, w.repute[c], there, w.repute.take(holder), w.ground.take(p), w.frontage.take(p), b.par("combat_relief", rp)
    )
    near = np.where(mine, w.aim_far[h * w.P : (h + 1) * w.P, None], NEVER).min(axis=0)
    gain = command.opening(near.take(j), w.aim_far.take(h * w.P + p), b.par("command_gateway_scale", rp))
    benefit = w.prize.take(h * w.P + p) + w.door[h] * gain
    scale = b.par("command_time_scale", rp)
    appeal = command.appeal(benefit, w.curves.promise, share, _march(b, rp, h, p), scale)
    worth = (men > 0) & command.worth_attacking(share, w.attack_share[h], b.par("command_hope", rp))
    return np.where(worth, appeal, 0)


def _available(b: Boards, r: Any, t: Any, h: int, staff: Any, j: Any) -> Any:
    """People that a command can commit, of its mobile formations that are fit for orders, for columns j."""
    asked = np.zeros(len(r), bool)
    asked[j] = True
    where = np.flatnonzero(asked)
    s, i = b.s, r.take(where)[:, None] * b.w.F + staff
    fit = (s.status.reshape(-1).take(i) == PRESENT) & (s.ready.reshape(-1).take(i) <= t.take(where)[:, None])
    fit &= morale.fit(s.morale.reshape(-1).take(i), b.x.nerve.reshape(-1).take(i))
    men = np.zeros(len(r), np.int64)
    men[where] = np.where(fit, s.people.reshape(-1).take(i), 0).sum(axis=1)
    return command.reserve_kept(men, b.w.reserve[h]).take(j)


def _find_roads(b: Boards, r: Any, h: int) -> None:
    """The next road from every place towards the objective, through places that let the camp pass. Many runs stand at
    the same front with the same aim: their roads are worked out once."""
    s, w = b.s, b.w
    goal = s.objective[h].take(r)
    opens = w.passable.take(w.head_camp[h] * w.K + s.holder.take(r, axis=0)) > 0
    one, like = _alike(goal, opens)
    hop = _next_roads(w, goal.take(one), np.ascontiguousarray(opens.take(one, axis=0).T))
    s.hop[r, h * w.P : (h + 1) * w.P] = np.ascontiguousarray(hop.T).take(like, axis=0)
    s.stamp[h][r] = s.changes[0].take(r)


def _alike(goal: Any, opens: Any) -> tuple[Any, Any]:
    """Columns of which no two have the same aim and the same places open, and for every column which of them it is
    like. Columns are sorted out by a number made of both; should two differ and have the same, each is its own."""
    marks = _marks(1 + opens.shape[1])
    mark = goal * marks[0] + opens.astype(np.int64) @ marks[1:]
    one, like = np.unique(mark, return_index=True, return_inverse=True)[1:]
    same = (goal.take(one.take(like)) == goal).all() and (opens.take(one.take(like), axis=0) == opens).all()
    return (one, like) if same else (np.arange(len(goal)), np.arange(len(goal)))


def _next_roads(w: Any, goal: Any, opens: Any) -> Any:
    """The next road from every place (P, n) to the goals (n,) through places that are open (P, n), -1 for none."""
    columns = np.arange(len(goal))
    far = np.full((w.P, len(goal)), NEVER, np.int64)
    far[goal, columns] = 0
    far = relax(w, far, opens)
    padded = np.concatenate([far, np.full((1, len(goal)), NEVER, np.int64)])
    hop = np.full((w.P, len(goal)), -1, np.int64)
    best = np.where(far < NEVER, NEVER, 0)
    for i in range(w.ways.shape[1]):
        way = padded.take(w.next_to[:, i], axis=0) + w.free_to[:, i, None]
        better = way < best
        best = np.where(better, way, best)
        hop = np.where(better, w.ways[:, i, None], hop)
    hop[goal, columns] = -1
    return hop


def _staying(b: Boards, r: Any, c: int) -> Any:
    """People of a camp at each place who have no orders to leave, of any command: (n, P)."""
    s, w = b.s, b.w
    staying = s.here.reshape(-1, w.P).take(r * w.C + c, axis=0)
    planned = s.key.take(r, axis=0)[:, : w.F] != IDLE
    j, f = np.nonzero(planned & (s.status.take(r, axis=0) == PRESENT) & (w.side_of == c))
    np.subtract.at(staying, (j, cells(s.at, r.take(j), f)), cells(s.people, r.take(j), f))
    return staying


def _give_orders(b: Boards, r: Any, t: Any, h: int, staff: Any) -> None:
    """Send formations, in order of id, until all but the reserve are committed."""
    s, w = b.s, b.w
    goal, c = s.objective[h].take(r), w.head_camp[h]
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
    crowd = _crowds(b, r, c)
    threat = crowd + around(w, crowd)
    worth = s.worth[h].take(r)
    remaining = _staying(b, r, c)
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
        u, _ = b.draw(PREPARE, w.force_key.take(f), cells(s.legs, rg, f), rg)
        wait = movement.preparation(
            b.par("march_prepare", rg), b.par("march_prepare_spread", rg), s.harried[c].take(rg),
            b.par("march_prepare_harried", rg), u,
        )  # fmt: skip
        b.note(rg, tg, ORDERED, f, at[go, i], goal[go], NONE, wait)
        b.plan(f, rg, tg + wait, DEPART, f)
