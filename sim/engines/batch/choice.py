"""Which place appeals most to a command, for many runs of the same command: candidates, chances, appeals."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, is_vacant, select
from sim.engines.batch.day import around, by_neighbours, relax
from sim.engines.batch.estimate import by_place, cover, threats
from sim.model.kinds import MARCHING, PRESENT, QUIET
from sim.rules import combat, command, morale
from sim.rules.chance import JUDGE
from sim.rules.ops import lookup, most
from sim.units import NEVER


def candidates(b: Boards, r: Any, t: Any, h: int) -> Any:
    """Places of a command's area, but for those shelved: its camp's that need help, and within reach enemies' and those
    that neutrals have left. Cells: which of the runs (cells,), and which place (cells,)."""
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
    wanted = w.hostile.take(c * w.C + held) > 0
    if w.occupies[h]:
        wanted |= (held != c) & is_vacant(b, r[:, None], area)
    theirs, to = np.nonzero(free & reached & wanted)
    return np.concatenate([j[needy], theirs]), area.take(np.concatenate([i[needy], to]))


def most_appealing(b: Boards, r: Any, h: int, crowd: Any, j: Any, p: Any) -> tuple[Any, Any]:
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


def muster(b: Boards, r: Any, t: Any, staff: Any) -> Any:
    """People of a command's mobile formations fit for orders, where they are or march to: (n, P)."""
    s = b.s
    i = r[:, None] * b.w.F + staff
    status = s.status.reshape(-1).take(i)
    fit = (status == MARCHING) | ((status == PRESENT) & (s.ready.reshape(-1).take(i) <= t[:, None]))
    fit &= morale.fit(s.morale.reshape(-1).take(i), b.x.nerve.reshape(-1).take(i))
    return by_place(b, i, np.where(fit, s.people.reshape(-1).take(i), 0)).astype(np.int64)


def _judgement(b: Boards, r: Any, h: int) -> Any:
    """What this choice makes of the odds: a factor on the command's own people (grid): (n,)."""
    s = b.s
    u, _ = b.draw(JUDGE, b.w.head_key[h], s.choices[h].take(r), r)
    s.choices[h][r] += 1
    return combat.fortune(b.w.curves.normal, u, b.par("command_judgement", r), b.par("combat_luck_floor", r))


def _chances(b: Boards, r: Any, h: int, crowd: Any, j: Any, p: Any) -> Any:
    """What those to be had from elsewhere would change at each candidate, 0..1: how much safer they make a place of
    their own; with those there already, the promise of success against an enemy's, if the odds allow: (cells,)."""
    s, w = b.s, b.w
    c, row = w.head_camp[h], r * w.C + w.head_camp[h]
    mustered, men = crowd[j, p], _available(b, r, h, crowd, j, p)
    held = w.camp.take(cells(s.holder, r.take(j), p))
    judgement = _judgement(b, r, h)
    chance = np.zeros(len(j))
    at = np.flatnonzero((held == c) & (men > 0))
    i = row.take(j.take(at)) * w.P + p.take(at)
    threat, here = s.threat.reshape(-1).take(i), s.here.reshape(-1).take(i)
    chance[at] = command.eased(w.curves.peril, threat, here, men.take(at))
    men += mustered
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


def _available(b: Boards, r: Any, h: int, crowd: Any, j: Any, goal: Any) -> Any:
    """People of those mustered (n, P) whom other places can spare for each candidate: to attack, all but the reserve;
    to help, all. Where there is a fight, nobody can be spared: (cells,)."""
    s, w = b.s, b.w
    cell, p = np.nonzero(crowd.take(j, axis=0))
    away = (p != goal.take(cell)) & (cells(s.phase, r.take(j.take(cell)), p) == QUIET)
    cell, p = select(away, cell, p)
    row, to = j.take(cell), goal.take(cell)
    rows, here = r.take(row), r.take(row) * (w.C * w.P) + w.head_camp[h] * w.P + p
    mustered = crowd[row, p]
    stay = watch(b, rows, h, s.threat.reshape(-1).take(here), p, to)
    stay = most(stay, tied(b, rows, b.w.head_camp[h], p))
    had = command.spared(s.here.reshape(-1).take(here), stay, mustered)
    total = np.bincount(cell, had, len(j)).astype(np.int64)
    helping = w.camp.take(cells(s.holder, r.take(j), goal)) == w.head_camp[h]
    return np.where(helping, total, command.reserve_kept(total, w.reserve[h]))


def watch(b: Boards, r: Any, h: int, threat: Any, p: Any, goal: Any) -> Any:
    """People who must stay at a place of the camp under threat while others go to another: an enemy who is attacked
    there does not come (cells,)."""
    s, w = b.s, b.w
    c = w.head_camp[h]
    attacked = np.where(w.camp.take(cells(s.holder, r, goal)) == c, 0, cells(s.crowd, r, c * w.P + goal))
    stay = command.watch(threat, command.untied(threat, attacked, w.near.take(p * w.P + goal)), w.w_guard[h])
    return np.where(w.camp.take(cells(s.holder, r, p)) == c, stay, 0)


def tied(b: Boards, r: Any, c: int, p: Any) -> Any:
    """People of a camp who must hold places down (cells,)."""
    s = b.s
    return np.where(b.w.camp.take(cells(s.holder, r, p)) == c, cells(s.garrison, r, p), 0)


def _appeals(b: Boards, r: Any, h: int, crowd: Any, j: Any, p: Any, chance: Any) -> Any:
    """Appeal of each candidate with a chance; none without a way there: (cells,)."""
    s, w = b.s, b.w
    c = w.head_camp[h]
    holder = s.holder.take(r, axis=0)
    seat, opens = crowd.argmax(axis=1), w.passable.take(c * w.K + holder) > 0
    one, like = alike(seat, opens)
    far = distances(w, seat.take(one), np.ascontiguousarray(opens.take(one, axis=0).T))
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


def distances(w: Any, goal: Any, opens: Any) -> Any:
    """Ticks at road speed between places (n,) and every other, through those that are open (P, n): (P, n)."""
    far = np.full((w.P, len(goal)), NEVER, np.int64)
    far[goal, np.arange(len(goal))] = 0
    return relax(w, far, opens)


@cache
def _marks(count: int) -> Any:
    """Odd numbers by which to tell apart what is the same in many columns."""
    return np.random.Generator(np.random.Philox(key=8)).integers(-(1 << 62), 1 << 62, count) | 1


def alike(goal: Any, opens: Any) -> tuple[Any, Any]:
    """Columns of which no two have the same aim and the same places open, and for every column which of them it is
    like. Columns are sorted out by a number made of both; should two differ and have the same, each is its own."""
    marks = _marks(1 + opens.shape[1])
    mark = goal * marks[0] + opens.astype(np.int64) @ marks[1:]
    one, like = np.unique(mark, return_index=True, return_inverse=True)[1:]
    same = (goal.take(one.take(like)) == goal).all() and (opens.take(one.take(like), axis=0) == opens).all()
    return (one, like) if same else (np.arange(len(goal)), np.arange(len(goal)))
