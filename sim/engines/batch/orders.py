"""A command's review, for many runs of the same command: choose an objective, find the roads, give orders."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, lose, select, totals
from sim.engines.batch.choice import alike, candidates, distances, most_appealing, muster, tied, watch
from sim.engines.batch.day import relax
from sim.engines.batch.estimate import cover, threats
from sim.model.kinds import DEPART, DESERTION, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import command, morale, movement, recall
from sim.rules.chance import PREPARE
from sim.rules.ops import most
from sim.units import NEVER


def review(b: Boards, r: Any, h: int, t: Any) -> None:
    """Look at the map again, every few hours."""
    s, w = b.s, b.w
    r, t = select(s.given_up[w.head_faction[h]].take(r) == 0, r, t)
    if len(r) == 0:
        return
    b.appoint(w.head_slot + h, r, t + b.ticks("command_review", r), REVIEW, h)
    staff = w.staff[w.staff_first[h] : w.staff_first[h + 1]]
    if len(staff) == 0:
        return
    old = s.objective[h].take(r)
    recalled = s.recalled[w.head_faction[h]].take(r) > 0
    if recalled.any():
        ra, ta = select(recalled, r, t)
        _fall_back(b, ra, ta, h, staff)
    again = ~recalled & (t >= s.until[h].take(r))
    later = np.flatnonzero(~again & ~recalled)
    again[later] = _is_safe(b, r.take(later), t.take(later), h)
    if again.any():
        ra, ta = select(again, r, t)
        _choose(b, ra, ta, h, staff)
    ra, ta = select(s.objective[h].take(r) >= 0, r, t)
    if len(ra):
        outdated = ra[s.stamp[h].take(ra) != s.changes[0].take(ra)]
        if len(outdated):
            _find_roads(b, outdated, h)
        _give_orders(b, ra, ta, h, staff)
    new, worth = s.objective[h].take(r), s.worth[h].take(r)
    r, t, new, worth = select(new != old, r, t, new, worth)
    b.note(r, t, OBJECTIVE, h, new, -1, NONE, worth)


def _is_safe(b: Boards, r: Any, t: Any, h: int) -> Any:
    """Whether the place that a command wants to help needs no help any more: (n,)."""
    s, w = b.s, b.w
    c, p = w.head_camp[h], s.objective[h].take(r)
    safe = (p >= 0) & (w.camp.take(cells(s.holder, r, p)) == c)
    own = np.flatnonzero(safe)
    if len(own):
        p, r, t = p.take(own), r.take(own), t.take(own)
        j = np.arange(len(r))
        guard = command.guard(threats(b, r, t, c)[j, p], w.w_guard[h])
        safe[own] = cover(b, r, c, j, p) >= guard
    return safe


def _choose(b: Boards, r: Any, t: Any, h: int, staff: Any) -> None:
    """Choose an objective, or none, and keep to it as a plan; while nobody is fit to go anywhere, look again soon."""
    s = b.s
    found, worth, until = np.full(len(r), -1, np.int64), np.zeros(len(r), np.int64), np.zeros(len(r), np.int64)
    crowd = muster(b, r, t, staff)
    fit = np.flatnonzero(crowd.any(axis=1))
    if len(fit):
        rf, tf = r.take(fit), t.take(fit)
        until[fit] = tf + b.ticks("command_plan", rf)
        j, p = candidates(b, rf, tf, h)
        some, j = np.unique(j, return_inverse=True)
        if len(some):
            at = fit.take(some)
            found[at], worth[at] = most_appealing(b, r.take(at), h, crowd.take(at, axis=0), j, p)
        put = fit.take(np.flatnonzero(found.take(fit) < 0))
        until[put] = _rested(b, r.take(put), t.take(put), until.take(put), staff)
    s.worth[h][r] = worth
    s.until[h][r] = until
    _aim_at(b, h, *select(found != s.objective[h].take(r), r, found))


def _rested(b: Boards, r: Any, t: Any, until: Any, staff: Any) -> Any:
    """When those who stay put choose again: when the next of the command's formations has rested, at the latest `until`
    (n,)."""
    s = b.s
    i = r[:, None] * b.w.F + staff
    ready = s.ready.reshape(-1).take(i)
    resting = (s.status.reshape(-1).take(i) == PRESENT) & (ready > t[:, None])
    return np.minimum(until, np.where(resting, ready, NEVER).min(axis=1))


def _aim_at(b: Boards, h: int, r: Any, p: Any) -> None:
    """Make places (n,) the objectives; without one (-1), columns on the road go no further than its end."""
    s, w = b.s, b.w
    s.objective[h][r] = p
    s.stamp[h][r] = -1
    s.hop[r[p < 0], h * w.P : (h + 1) * w.P] = -1


def _shelve(b: Boards, r: Any, t: Any, h: int) -> None:
    """Give up an objective for which nobody can be spared: another is chosen at the next review. As long as a plan
    would have been kept, this one is not chosen again unless things change."""
    s = b.s
    s.shelved[r, h * b.w.P + s.objective[h].take(r)] = t + b.ticks("command_plan", r)
    s.until[h][r] = 0
    s.worth[h][r] = 0
    _aim_at(b, h, r, np.full(len(r), -1, np.int64))


def _fall_back(b: Boards, r: Any, t: Any, h: int, staff: Any) -> None:
    """Call everybody back to the nearest place of the core, but for those in contact; some go home instead."""
    s, w = b.s, b.w
    c = w.head_camp[h]
    busy = r[s.objective[h].take(r) >= 0]
    s.worth[h][busy] = 0
    _aim_at(b, h, busy, np.full(len(busy), -1, np.int64))
    outdated = r[s.stamp[h].take(r) != s.changes[0].take(r)]
    if len(outdated):
        _find_ways_back(b, outdated, h)
    rows = r[:, None]
    i = rows * w.F + staff
    spot = np.maximum(s.at.reshape(-1).take(i), 0)
    free = (s.status.reshape(-1).take(i) == PRESENT) & (s.ready.reshape(-1).take(i) <= t[:, None])
    free &= s.key.reshape(-1).take(rows * w.loose + staff) == IDLE
    free &= s.hop.reshape(-1).take(rows * (w.H * w.P) + h * w.P + spot) >= 0
    cell = rows * w.P + spot
    involved = (s.foe.reshape(-1).take(cell) == c) | (w.camp.take(s.holder.reshape(-1).take(cell)) == c)
    free &= (s.phase.reshape(-1).take(cell) == QUIET) | ~involved
    j, i = np.nonzero(free)
    if len(j) == 0:
        return
    r, t, f, p = r.take(j), t.take(j), staff.take(i), spot[j, i]
    u, v = b.draw(PREPARE, w.force_key.take(f), cells(s.legs, r, f), r)
    soft = morale.softness(cells(b.x.quality, r, f), b.par("retreat_poor_troops", r))
    people = cells(s.people, r, f)
    lost = recall.deserters(people, b.par("recall_desertion", r), soft, cells(s.morale, r, f), v)
    lose(b, f, r, t, lost, "deserted", DESERTION)
    r, t, f, p, u = select(lost < people, r, t, f, p, u)
    _order(b, r, t, c, f, p, w.head.take(cells(s.hop, r, h * w.P + p)), u)


def _order(b: Boards, r: Any, t: Any, c: int, f: Any, p: Any, goal: Any, u: Any) -> None:
    """Tell formations of a camp at places to march: they depart when they are ready."""
    wait = movement.preparation(
        b.par("march_prepare", r), b.par("march_prepare_spread", r), b.s.harried[c].take(r),
        b.par("march_prepare_harried", r), u,
    )  # fmt: skip
    b.note(r, t, ORDERED, f, p, goal, NONE, wait)
    b.plan(f, r, t + wait, DEPART, f)


def _find_ways_back(b: Boards, r: Any, h: int) -> None:
    """The next road from every place to the nearest place of the core."""
    s, w = b.s, b.w
    c = w.head_camp[h]
    holder = s.holder.take(r, axis=0)
    core = (w.is_core.reshape(w.K, w.P)[w.head_faction[h]] > 0) & (w.camp.take(holder) == c)
    opens = w.passable.take(c * w.K + holder) > 0
    far = relax(w, np.ascontiguousarray(np.where(core, 0, NEVER).T), np.ascontiguousarray(opens.T))
    _note_roads(b, r, h, *_next_roads(w, far))


def _note_roads(b: Boards, r: Any, h: int, hop: Any, far: Any) -> None:
    """Keep the next roads of a command and the ticks along them (P, n)."""
    s, w = b.s, b.w
    s.hop[r, h * w.P : (h + 1) * w.P] = hop.T
    s.way[r, h * w.P : (h + 1) * w.P] = far.T
    s.stamp[h][r] = s.changes[0].take(r)


def _find_roads(b: Boards, r: Any, h: int) -> None:
    """The next road from every place towards the objective, through places that let the camp pass. Many runs stand at
    the same front with the same aim: their roads are worked out once."""
    s, w = b.s, b.w
    goal = s.objective[h].take(r)
    opens = w.passable.take(w.head_camp[h] * w.K + s.holder.take(r, axis=0)) > 0
    one, like = alike(goal, opens)
    hop, far = _next_roads(w, distances(w, goal.take(one), np.ascontiguousarray(opens.take(one, axis=0).T)))
    _note_roads(b, r, h, hop.take(like, axis=1), far.take(like, axis=1))


def _next_roads(w: Any, far: Any) -> tuple[Any, Any]:
    """The next road from every place along which ticks by road are `far` (P, n), -1 for none; and these ticks."""
    n = far.shape[1]
    padded = np.concatenate([far, np.full((1, n), NEVER, np.int64)])
    hop = np.full((w.P, n), -1, np.int64)
    best = np.where(far < NEVER, NEVER, 0)
    for i in range(w.ways.shape[1]):
        way = padded.take(w.next_to[:, i], axis=0) + w.free_to[:, i, None]
        better = way < best
        best = np.where(better, way, best)
        hop = np.where(better, w.ways[:, i, None], hop)
    hop[far == 0] = -1
    return hop, far


def _staying(b: Boards, r: Any, c: int) -> Any:
    """People of a camp at each place who have no orders to leave, of any command: (n, P)."""
    s, w = b.s, b.w
    staying = s.here.reshape(-1, w.P).take(r * w.C + c, axis=0)
    planned = s.key.take(r, axis=0)[:, : w.F] != IDLE
    j, f = np.nonzero(planned & (s.status.take(r, axis=0) == PRESENT) & (w.side_of == c))
    np.subtract.at(staying, (j, cells(s.at, r.take(j), f)), cells(s.people, r.take(j), f))
    return staying


def _give_orders(b: Boards, r: Any, t: Any, h: int, staff: Any) -> None:
    """Send formations, the nearest first, to attack until all but the reserve are committed, to help until the place
    has its guard; when nobody is committed, the objective is given up. Who fights elsewhere is no part of it, nor are
    those whom others are sent to help."""
    s, w, c = b.s, b.w, b.w.head_camp[h]
    goal, rows = s.objective[h].take(r), r[:, None]
    i = rows * w.F + staff
    people, status, at = s.people.reshape(-1).take(i), s.status.reshape(-1).take(i), s.at.reshape(-1).take(i)
    here, marching, spot = status == PRESENT, status == MARCHING, np.maximum(at, 0)
    idle = s.key.reshape(-1).take(rows * w.loose + staff) == IDLE
    helping = w.camp.take(cells(s.holder, r, goal)) == c
    fights = s.phase.reshape(-1).take(rows * w.P + spot) != QUIET
    here &= ~np.where(at == goal[:, None], helping[:, None], fights)
    busy = (at == goal[:, None]) | ~idle
    free = here & ~busy & (s.ready.reshape(-1).take(i) <= t[:, None])
    free &= s.hop.reshape(-1).take(rows * (w.H * w.P) + h * w.P + spot) >= 0
    free &= morale.fit(s.morale.reshape(-1).take(i), b.x.nerve.reshape(-1).take(i))
    limit = command.reserve_kept(totals(np.where(here | marching, people, 0)), w.reserve[h])
    k = np.flatnonzero(helping)
    if len(k):
        rk, gk = r.take(k), goal.take(k)
        guard = command.guard(threats(b, rk, t.take(k), c)[np.arange(len(k)), gk], w.w_guard[h])
        limit[k] = command.lacking(guard, cells(s.here, rk, c * w.P + gk))
    committed = totals(np.where(marching | (here & busy), people, 0))
    some = np.flatnonzero(free.any(axis=1) & (committed < limit))
    if len(some):
        committed[some] += _send(
            b, r.take(some), t.take(some), h, staff, people.take(some, axis=0), spot.take(some, axis=0),
            free.take(some, axis=0), committed.take(some), limit.take(some),
        )  # fmt: skip
    none = committed == 0
    if none.any():
        _shelve(b, r[none], t[none], h)


def _send(
    b: Boards, r: Any, t: Any, h: int, staff: Any, people: Any, spot: Any, free: Any, committed: Any, limit: Any
) -> Any:
    """Order free formations to march while their places keep a guard or are worth the risk; people sent: (n,).
    people, spot, free (n, staff): the command's formations, where they are, and whether they can go."""
    s, w = b.s, b.w
    c, sent = w.head_camp[h], np.zeros(len(r), np.int64)
    goal, worth, threat, remaining = s.objective[h].take(r), s.worth[h].take(r), threats(b, r, t, c), _staying(b, r, c)
    way = s.way.reshape(-1).take(r[:, None] * (w.H * w.P) + h * w.P + spot)
    queue, waiting = np.argsort(np.where(free, way, 2 * NEVER), axis=1, kind="stable"), free.sum(axis=1)
    for k in range(int(waiting.max())):
        j = np.flatnonzero((k < waiting) & (committed + sent < limit))
        i = queue[j, k]
        p, who, rj = spot[j, i], people[j, i], r.take(j)
        rest, danger = remaining[j, p] - who, threat[j, p]
        stay = watch(b, rj, h, danger, p, goal.take(j))
        eased = command.eased(w.curves.peril, danger, most(0, rest), who)
        stake = command.appeal(w.concern.take(h * w.P + p), eased, 0, b.par("command_time_scale", rj))
        go = (rest >= stay) | command.worth_the_risk(stake, worth.take(j), who, limit.take(j))
        go &= rest >= tied(b, rj, c, p)
        j, p, who, rest, f, rj = select(go, j, p, who, rest, staff.take(i), rj)
        sent[j] += who
        remaining[j, p] = rest
        u, _ = b.draw(PREPARE, w.force_key.take(f), cells(s.legs, rj, f), rj)
        _order(b, rj, t.take(j), c, f, p, goal.take(j), u)
    return sent
