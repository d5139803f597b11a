"""A command's review, for many runs of the same command."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, select
from sim.engines.batch.day import around, by_neighbours, relax
from sim.engines.batch.estimate import by_place, cover, threats
from sim.model.kinds import DEPART, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import combat, command, morale, movement
from sim.rules.chance import JUDGE, PREPARE
from sim.rules.ops import lookup
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
    old = s.objective[h].take(r)
    again = t >= s.until[h].take(r)
    later = np.flatnonzero(~again)
    again[later] = _is_safe(b, r.take(later), t.take(later), h)
    if again.any():
        _choose(b, r[again], t[again], h, staff)
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
    """Choose an objective, or none."""
    s = b.s
    found, worth = np.full(len(r), -1, np.int64), np.zeros(len(r), np.int64)
    j, p = _candidates(b, r, t, h)
    some, j = np.unique(j, return_inverse=True)
    if len(some):
        crowd = _muster(b, r.take(some), t.take(some), staff)
        found[some], worth[some] = _most_appealing(b, r.take(some), h, crowd, j, p)
    s.worth[h][r] = worth
    s.until[h][r] = t + np.where(found >= 0, b.ticks("command_plan", r), b.ticks("command_rethink", r))
    _aim_at(b, h, *select(found != s.objective[h].take(r), r, found))


def _aim_at(b: Boards, h: int, r: Any, p: Any) -> None:
    """Make places (n,) the objectives; without one (-1), columns on the road go no further than its end."""
    s, w = b.s, b.w
    s.objective[h][r] = p
    s.stamp[h][r] = -1
    s.hop[r[p < 0], h * w.P : (h + 1) * w.P] = -1


def _shelve(b: Boards, r: Any, t: Any, h: int) -> None:
    """Give up an objective for which nobody can be spared; as long as a plan would have been kept, it is not chosen
    again unless a place changes hands."""
    s = b.s
    s.shelved[r, h * b.w.P + s.objective[h].take(r)] = t + b.ticks("command_plan", r)
    s.until[h][r] = t + b.ticks("command_rethink", r)
    s.worth[h][r] = 0
    _aim_at(b, h, r, np.full(len(r), -1, np.int64))


def _candidates(b: Boards, r: Any, t: Any, h: int) -> Any:
    """Places of a command's area, but for those shelved: its camp's that need help, and enemies' within reach. Cells:
    which of the runs (cells,), and which place (cells,)."""
    s, w = b.s, b.w
    c, area = w.head_camp[h], w.area[w.area_first[h] : w.area_first[h + 1]]
    guard = command.guard(threats(b, r, t, c), w.w_guard[h]).take(area, axis=1)
    here = s.here.reshape(-1, w.P).take(r * w.C + c, axis=0).take(area, axis=1)
    holder = s.holder.take(r, axis=0)
    held = w.camp.take(holder.take(area, axis=1))
    opens = w.passable.take(c * w.K + holder).astype(np.int8)
    reached = around(w, np.ascontiguousarray(opens.T), area).T > 0
    free = t[:, None] >= s.shelved.reshape(-1, w.P).take(r * w.H + h, axis=0).take(area, axis=1)
    j, i = np.nonzero(free & (held == c) & (here < guard))
    some, k = np.unique(j, return_inverse=True)
    needy = cover(b, r.take(some), c, k, area.take(i)) < guard[j, i]
    theirs, to = np.nonzero(free & reached & (w.hostile.take(c * w.C + held) > 0))
    return np.concatenate([j[needy], theirs]), area.take(np.concatenate([i[needy], to]))


def _most_appealing(b: Boards, r: Any, h: int, crowd: Any, j: Any, p: Any) -> tuple[Any, Any]:
    """The place with the greatest appeal, the first by id when equal, and its appeal; -1 when nothing appeals (n,).
    crowd (n, P): who is mustered; j, p (cells,): candidates, by run and place."""
    s, w = b.s, b.w
    appeal = np.zeros((len(r), w.P), np.int64)
    chance = _chances(b, r, h, crowd, j, p)
    j, p, chance = select(chance > 0, j, p, chance)
    some, k = np.unique(j, return_inverse=True)
    if len(some):
        appeal[j, p] = _appeals(b, r.take(some), h, crowd.take(some, axis=0), k, p, chance)
    old = s.objective[h].take(r)
    ranked = appeal.copy()
    at = np.flatnonzero(old >= 0)
    kept = b.par("command_persistence", r.take(at))
    ranked[at, old.take(at)] = command.kept(appeal[at, old.take(at)], kept)
    found = ranked.argmax(axis=1)
    best = appeal[np.arange(len(r)), found]
    return np.where(best > 0, found, -1), best


def _muster(b: Boards, r: Any, t: Any, staff: Any) -> Any:
    """People of a command's mobile formations fit for orders, where they are or march to: (n, P)."""
    s = b.s
    i = r[:, None] * b.w.F + staff
    status = s.status.reshape(-1).take(i)
    fit = (status == MARCHING) | ((status == PRESENT) & (s.ready.reshape(-1).take(i) <= t[:, None]))
    fit &= morale.fit(s.morale.reshape(-1).take(i), b.x.nerve.reshape(-1).take(i))
    return by_place(b, i, np.where(fit, s.people.reshape(-1).take(i), 0), status).astype(np.int64)


def _chances(b: Boards, r: Any, h: int, crowd: Any, j: Any, p: Any) -> Any:
    """What those mustered would change at each candidate, 0..1: how much safer they make a place of their own; the
    promise of success against an enemy's, if the odds allow: (cells,)."""
    s, w = b.s, b.w
    c, row = w.head_camp[h], r * w.C + w.head_camp[h]
    threat, here = s.threat.reshape(-1, w.P).take(row, axis=0), s.here.reshape(-1, w.P).take(row, axis=0)
    spare = command.spared(here[j], _watch(b, r.take(j), h, threat[j], p), crowd[j])
    mustered = crowd[j, p]
    men = command.reserve_kept(spare.sum(axis=1) - spare[np.arange(len(j)), p] + mustered, w.reserve[h])
    held = w.camp.take(cells(s.holder, r.take(j), p))
    judgement = _judgement(b, r, h)
    chance = np.zeros(len(j))
    at = np.flatnonzero((held == c) & (men > mustered))
    k, q = j.take(at), p.take(at)
    chance[at] = command.eased(w.curves.peril, threat[k, q], here[k, q], men.take(at) - mustered.take(at))
    at = np.flatnonzero((held != c) & (men > 0))
    q, rq, e = p.take(at), r.take(j.take(at)), held.take(at)
    judged = command.judged(men.take(at), judgement.take(j.take(at)))
    share = combat.expected_share(
        judged, w.repute[c], cells(s.here, rq, e * w.P + q), w.repute.take(e), w.ground.take(q),
        w.frontage.take(q), b.par("combat_relief", rq),
    )  # fmt: skip
    worth = command.worth_attacking(share, w.attack_share[h], b.par("command_hope", rq))
    chance[at] = np.where(worth, lookup(w.curves.promise, share), 0.0)
    return chance


def _judgement(b: Boards, r: Any, h: int) -> Any:
    """What this choice makes of the odds: a factor on the command's own people (grid): (n,)."""
    s = b.s
    u, _ = b.draw(JUDGE, b.w.head_key[h], s.choices[h].take(r), r)
    s.choices[h][r] += 1
    return combat.fortune(b.w.curves.normal, u, b.par("command_judgement", r), b.par("combat_luck_floor", r))


def _watch(b: Boards, r: Any, h: int, threat: Any, goal: Any) -> Any:
    """People who must stay at every place (n, P) while others go to a place (n,): an enemy who is attacked there does
    not come. threat: (n, P)."""
    s, w = b.s, b.w
    holder = w.camp.take(cells(s.holder, r, goal))
    attacked = np.where(holder == w.head_camp[h], 0, cells(s.here, r, holder * w.P + goal))
    near = w.near.reshape(w.P, w.P).take(goal, axis=1).T
    return command.watch(threat, command.untied(threat, attacked[:, None], near), w.w_guard[h])


def _appeals(b: Boards, r: Any, h: int, crowd: Any, j: Any, p: Any, chance: Any) -> Any:
    """Appeal of each candidate with a chance; none without a way there: (cells,)."""
    s, w = b.s, b.w
    c = w.head_camp[h]
    holder = s.holder.take(r, axis=0)
    seat, opens = crowd.argmax(axis=1), w.passable.take(c * w.K + holder) > 0
    one, like = _alike(seat, opens)
    far = _distances(w, seat.take(one), np.ascontiguousarray(opens.take(one, axis=0).T))
    march = np.minimum(far, by_neighbours(w, far))[p, like.take(j)]
    mine, rp = np.ascontiguousarray(w.camp.take(holder).T) == c, r.take(j)
    taken = command.benefit(
        w.prize.take(h * w.P + p), w.w_attack[h], _brought(b, h, p, j, rp, mine), b.par("command_aim", rp)
    )
    benefit = np.where(mine[p, j], w.concern.take(h * w.P + p), taken)
    appeal = command.appeal(benefit, chance, march, b.par("command_time_scale", rp))
    return np.where(march < NEVER, appeal, 0)


def _brought(b: Boards, h: int, p: Any, j: Any, rp: Any, mine: Any) -> Any:
    """What places bring of the aim of which they bring most: place p in column j of `mine` (P, n), which is run rp."""
    w = b.w
    most, scale = np.zeros(len(p)), b.par("command_gateway_scale", rp)
    for i in range(w.aim_first[h], w.aim_first[h + 1]):
        march = w.march.reshape(w.P, w.P)[w.aims[i]]
        nearest = np.where(mine, march[:, None], NEVER).min(axis=0)
        brings = command.brings(w.aim_weight[i], nearest.take(j), march.take(p), scale, w.w_gateway[h])
        most = np.maximum(most, brings)
    return most


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


def _distances(w: Any, goal: Any, opens: Any) -> Any:
    """Ticks at road speed between places (n,) and every other, through those that are open (P, n): (P, n)."""
    far = np.full((w.P, len(goal)), NEVER, np.int64)
    far[goal, np.arange(len(goal))] = 0
    return relax(w, far, opens)


def _next_roads(w: Any, goal: Any, opens: Any) -> Any:
    """The next road from every place (P, n) to the goals (n,) through places that are open (P, n), -1 for none."""
    columns = np.arange(len(goal))
    far = _distances(w, goal, opens)
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
    """Send formations, in order of id, until all but the reserve are committed; when none are, the objective is given
    up."""
    s, w = b.s, b.w
    goal, rows = s.objective[h].take(r), r[:, None]
    i = rows * w.F + staff
    people, status, at = s.people.reshape(-1).take(i), s.status.reshape(-1).take(i), s.at.reshape(-1).take(i)
    here, marching, spot = status == PRESENT, status == MARCHING, np.maximum(at, 0)
    idle = s.key.reshape(-1).take(rows * w.loose + staff) == IDLE
    busy = (at == goal[:, None]) | ~idle | (s.phase.reshape(-1).take(rows * w.P + spot) != QUIET)
    free = here & ~busy & (s.ready.reshape(-1).take(i) <= t[:, None])
    free &= s.hop.reshape(-1).take(rows * (w.H * w.P) + h * w.P + spot) >= 0
    free &= morale.fit(s.morale.reshape(-1).take(i), b.x.nerve.reshape(-1).take(i))
    limit = command.reserve_kept(np.where(here | marching, people, 0).sum(axis=1), w.reserve[h])
    committed = np.where(marching | (here & busy), people, 0).sum(axis=1)
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
    c, each, sent = w.head_camp[h], np.arange(len(r)), np.zeros(len(r), np.int64)
    goal, worth, threat, remaining = s.objective[h].take(r), s.worth[h].take(r), threats(b, r, t, c), _staying(b, r, c)
    watch = _watch(b, r, h, threat, goal)
    for i in np.flatnonzero(free.any(axis=0)).tolist():
        p = spot[:, i]
        rest = remaining[each, p] - people[:, i]
        go = free[:, i] & (committed + sent < limit)
        bare = np.flatnonzero(go & (rest < watch[each, p]))
        if len(bare):
            pb = p[bare]
            who = people[bare, i]
            eased = command.eased(w.curves.peril, threat[bare, pb], rest[bare], who)
            stake = command.appeal(w.concern.take(h * w.P + pb), eased, 0, b.par("command_time_scale", r[bare]))
            go[bare] = command.worth_the_risk(stake, worth[bare], who, limit[bare])
        sent += np.where(go, people[:, i], 0)
        remaining[each[go], p[go]] = rest[go]
        f = int(staff[i])
        rg, tg = select(go, r, t)
        u, _ = b.draw(PREPARE, w.force_key.take(f), cells(s.legs, rg, f), rg)
        wait = movement.preparation(
            b.par("march_prepare", rg), b.par("march_prepare_spread", rg), s.harried[c].take(rg),
            b.par("march_prepare_harried", rg), u,
        )  # fmt: skip
        b.note(rg, tg, ORDERED, f, p[go], goal[go], NONE, wait)
        b.plan(f, rg, tg + wait, DEPART, f)
    return sent
