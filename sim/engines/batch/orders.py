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
    r, t = select(s.given_up[w.head_faction[h], r] == 0, r, t)
    if len(r) == 0:
        return
    b.plan(w.F + w.P + w.W + h, r, t + b.ticks("command_review", r), REVIEW, h)
    staff = w.staff[w.staff_first[h] : w.staff_first[h + 1]]
    if len(staff) == 0:
        return
    threat = _threats(b, r, w.head_camp[h])
    again = t >= s.until[h, r]
    if again.any():
        _choose(b, r[again], t[again], h, staff, threat[:, again])
    aimed = s.objective[h, r] >= 0
    if not aimed.all():
        r, t, threat = r[aimed], t[aimed], threat[:, aimed]
        if len(r) == 0:
            return
    old = r[s.stamp[h, r] != s.changes[0, r]]
    if len(old):
        _find_roads(b, old, h)
    _give_orders(b, r, t, h, staff, threat)


def _threats(b: Boards, r: Any, c: int) -> Any:
    """Hostile people at and next to each place: (P, n)."""
    s, w = b.s, b.w
    crowd = np.zeros((w.P, len(r)), np.int64)
    for e in np.flatnonzero(w.hostile[c * w.C : (c + 1) * w.C]):
        crowd += s.here[e * w.P : (e + 1) * w.P, r]
    threat = crowd.copy()
    for a in range(w.A):
        threat[w.tail[a]] += crowd[w.head[a]]
    return threat


def _choose(b: Boards, r: Any, t: Any, h: int, staff: Any, threat: Any) -> None:
    """Pick the objective with the greatest appeal in each run, the first by id when equal."""
    s, w = b.s, b.w
    c, k = w.head_camp[h], w.head_faction[h]
    fit = (s.status[staff[:, None], r] == PRESENT) & (s.ready[staff[:, None], r] <= t)
    available = np.where(fit, s.people[staff[:, None], r], 0).sum(axis=0)
    men = command.reserve_kept(available, w.reserve[h])
    force = men * w.repute[c]
    held = w.camp[s.holder[:, r]]
    mine = held == c
    aim = w.aim_far[h * w.P : (h + 1) * w.P]
    near = np.where(mine, aim[:, None], NEVER).min(axis=0)
    focus = s.focus[h, r]
    reached = np.zeros((w.P, len(r)), bool)
    supplied = mine & (s.far[c * w.P : (c + 1) * w.P, r] < NEVER)
    for a in range(w.A):
        reached[w.tail[a]] |= supplied[w.head[a]]
    scale = b.par("command_time_scale", r)
    gate = b.par("command_gateway_scale", r)
    best = np.zeros(len(r), np.int64)
    found = np.full(len(r), -1, np.int64)
    for p in w.area[w.area_first[h] : w.area_first[h + 1]]:
        march = w.march[focus * w.P + p]
        value = int(command.blind(int(w.blind[h]), int(w.value[k * w.P + p])))
        help_ = mine[p] & (threat[p] > 0) & (march < NEVER)
        hostile = (w.hostile[c * w.C + held[p]] > 0) & reached[p]
        appeal = np.zeros(len(r), np.int64)
        n = np.flatnonzero(help_)
        if len(n):
            danger = command.danger(threat[p, n], s.here[c * w.P + p, r[n]])
            concern = command.concern(
                value, float(w.w_defend[h]), float(w.w_core[h]), int(w.is_core[k * w.P + p])
            )
            appeal[n] = command.appeal(concern, w.curves.promise, danger, march[n], _of(scale, n))
        n = np.flatnonzero(hostile)
        if len(n):
            holder = held[p, n]
            defence = s.here[holder * w.P + p, r[n]] * w.repute[holder] * w.ground[p]
            share = combat.odds_share(force[n], defence)
            good = (men[n] > 0) & command.worth_attacking(share, w.attack_share[h])
            n, share = n[good], share[good]
            gain = command.opening(near[n], aim[p], _of(gate, n))
            was_ours = 1 if w.camp[w.holder_0[p]] == c else 0
            prize = command.prize(value, w.w_attack[h], w.w_gateway[h], gain, w.w_retake[h], was_ours)
            appeal[n] = command.appeal(prize, w.curves.promise, share, march[n], _of(scale, n))
        more = appeal > best
        best = np.where(more, appeal, best)
        found = np.where(more, p, found)
    s.until[h, r] = t + b.ticks("command_plan", r)
    s.stamp[h, r] = -1
    some = found >= 0
    s.focus[h, r[some]] = found[some]
    new = found != s.objective[h, r]
    s.objective[h, r] = found
    b.note(*select(new, r, t), OBJECTIVE, h, found[new], -1, NONE, best[new])


def _of(value: Any, n: Any) -> Any:
    return value[n] if isinstance(value, np.ndarray) else value


def _find_roads(b: Boards, r: Any, h: int) -> None:
    """The next road from every place towards the objective, through places that let the camp pass."""
    s, w = b.s, b.w
    goal = s.objective[h, r]
    opens = w.passable[w.head_camp[h] * w.K + s.holder[:, r]] > 0
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
    s.hop[h * w.P : (h + 1) * w.P, r] = hop
    s.stamp[h, r] = s.changes[0, r]


def _give_orders(b: Boards, r: Any, t: Any, h: int, staff: Any, threat: Any) -> None:
    """Send formations, in order of id, until all but the reserve are committed."""
    s, w = b.s, b.w
    n = len(r)
    goal, c = s.objective[h, r], w.head_camp[h]
    rows = staff[:, None]
    status, people, at = s.status[rows, r], s.people[rows, r], s.at[rows, r]
    marching = status == MARCHING
    active = (status == PRESENT) | marching
    spot = np.maximum(at, 0)
    busy = marching | (at == goal) | (s.key[rows, r] != IDLE) | (s.phase[spot, r] != QUIET)
    total = np.where(active, people, 0).sum(axis=0)
    committed = np.where(active & busy, people, 0).sum(axis=0)
    free = active & ~busy & (s.ready[rows, r] <= t) & (s.hop[h * w.P + spot, r] >= 0)
    limit = command.reserve_kept(total, w.reserve[h])
    defend = w.camp[s.holder[goal, r]] == c
    wait = movement.preparation(b.par("march_prepare", r), s.harried[c, r])
    stays = defend & (threat[spot, np.arange(n)] > 0)
    for i, f in enumerate(staff.tolist()):
        go = free[i] & (committed < limit) & ~stays[i]
        if not go.any():
            continue
        committed = np.where(go, committed + people[i], committed)
        rg, tg, wait_g = select(go, r, t, wait)
        b.note(rg, tg, ORDERED, f, at[i][go], goal[go], NONE, wait_g)
        b.plan(f, rg, tg + wait_g, DEPART, f)
