"""A wing's block of missions, for many runs of the same wing."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, lose, select
from sim.model.kinds import (
    AIR,
    ARRIVE,
    BRIDGES,
    CLOSE,
    INTERDICTION,
    MARCHING,
    NO_BASE,
    NONE,
    QUIET,
    REAR,
    SORTIE,
    STRUCK,
)
from sim.model.world import TICK_SHIFT
from sim.rules import air
from sim.rules.chance import EFFECT
from sim.rules.chance import SORTIE as SORTIE_DRAW
from sim.units import DAY, GRID


def sortie(b: Boards, r: Any, i: int, t: Any) -> None:
    """Fly one block of missions of wing `i` and plan the next."""
    s, w, x = b.s, b.w, b.x
    able = (s.base[i].take(r) != NO_BASE) & (s.aircraft[i].take(r) > 0) & (s.given_up[w.wing_faction[i]].take(r) == 0)
    r, t = select(able, r, t)
    if len(r) == 0:
        return
    b.appoint(w.wing_slot + i, r, t + b.ticks("air_cycle", r), SORTIE, i)
    day = t // DAY
    sky = cells(b.sky, r, day)
    k = s.blocks[i].take(r)
    s.blocks[i][r] = k + 1
    u, v = b.draw(SORTIE_DRAW, w.wing_key[i], k, r)
    backer = w.wing_backer[i]
    will = s.will[backer].take(r) if backer >= 0 else GRID
    number = air.missions(
        s.aircraft[i].take(r), x.rate[i].take(r), b.par("air_cycle", r), cells(x.effort, i * w.days + day, r), will,
        air.weather(b.par("air_weather", r), sky), b.dark(t), x.wing_night[i].take(r), v,
    )  # fmt: skip
    r, t, k, u, number = select(number > 0, r, t, k, u, number)
    if len(r) == 0:
        return
    s.flown[i][r] += number
    task = np.where(
        u < w.share_1[i],
        CLOSE,
        np.where(u < w.share_2[i], INTERDICTION, np.where(u < w.share_3[i], REAR, BRIDGES)),
    )
    target = np.full(len(r), -1, np.int64)
    for kind, find in ((INTERDICTION, _largest_column), (REAR, _rear_place), (BRIDGES, _front_bridge)):
        mine = task == kind
        if mine.any():
            rm, tm = select(mine, r, t)
            target[mine] = find(b, rm, tm, i)
    task = np.where(target < 0, CLOSE, task)
    close = task == CLOSE
    if close.any():
        rm, tm = select(close, r, t)
        target[close] = _busiest_fight(b, rm, tm, i)
    r, t, k, number, task, target = select(target >= 0, r, t, k, number, task, target)
    if len(r) == 0:
        return
    place = np.where((task == CLOSE) | (task == REAR), target, -1)
    b.note(r, t, STRUCK, i, place, target, NONE, number, task)
    hit, harm = b.draw(EFFECT, w.wing_key[i], k, r)
    for kind, strike in (
        (CLOSE, _support),
        (INTERDICTION, _interdict),
        (REAR, _harry),
        (BRIDGES, _break_bridge),
    ):
        mine = task == kind
        if mine.any():
            rm, tm, what, flown, u, v = select(mine, r, t, target, number, hit, harm)
            strike(b, rm, tm, i, what, flown, u, v)


def _best(weight: Any) -> Any:
    """Where the greatest positive weight of each run stands, the first when equal; -1 when none is positive."""
    if weight.shape[1] == 0:
        return np.full(weight.shape[0], -1, np.int64)
    found = weight.argmax(axis=1)
    return np.where(weight[np.arange(weight.shape[0]), found] > 0, found, -1)


def _enemy_there(b: Boards, r: Any, p: Any, c: int) -> Any:
    """The camp that `c` fights at each place, or -1."""
    s, w = b.s, b.w
    holder = w.camp.take(cells(s.holder, r, p))
    foe = cells(s.foe, r, p)
    return np.where(holder == c, foe, np.where(foe == c, holder, -1))


def _within_range(b: Boards, r: Any, i: int) -> Any:
    """Which places the wing reaches from where it is based: (n, P)."""
    w = b.w
    row = i * w.reach_rows + w.base_row.take(1 + b.s.base[i].take(r))
    return w.reach.reshape(-1, w.P).take(row, axis=0) > 0


def _busiest_fight(b: Boards, r: Any, t: Any, i: int) -> Any:
    """Place where the wing's camp fights most enemies."""
    s, w = b.s, b.w
    j, p = np.nonzero((s.phase.take(r, axis=0) != QUIET) & _within_range(b, r, i))
    weight = np.zeros((len(r), w.P), np.int64)
    rr = r.take(j)
    enemy = _enemy_there(b, rr, p, w.wing_camp[i])
    people = cells(s.here, rr, np.maximum(enemy, 0) * w.P + p)
    weight[j, p] = np.where(enemy >= 0, people, 0)
    return _best(weight)


def _largest_column(b: Boards, r: Any, t: Any, i: int) -> Any:
    s, w = b.s, b.w
    c = w.wing_camp[i]
    enemy = w.hostile[c * w.C + w.side_of] > 0
    weight = np.where(enemy & (s.status.take(r, axis=0) == MARCHING), s.people.take(r, axis=0), 0)
    if w.A:
        head = w.head.take(np.maximum(s.arc.take(r, axis=0), 0))
        weight = np.where(np.take_along_axis(_within_range(b, r, i), head, axis=1), weight, 0)
    return _best(weight)


def _rear_place(b: Boards, r: Any, t: Any, i: int) -> Any:
    s, w = b.s, b.w
    c = w.wing_camp[i]
    weight = w.rear_weight * _within_range(b, r, i)
    enemy = w.hostile.take(c * w.C + w.camp).take(s.holder.take(r, axis=0)) > 0
    return _best(np.where(enemy, weight, 0))


def _front_bridge(b: Boards, r: Any, t: Any, i: int) -> Any:
    s, w = b.s, b.w
    c = w.wing_camp[i]
    crowd = np.zeros((len(r), w.E), np.int64)
    near = _within_range(b, r, i)
    for e in np.flatnonzero(w.bridged):
        for enemy in np.flatnonzero(w.hostile[c * w.C : (c + 1) * w.C]):
            crowd[:, e] += cells(s.here, r, enemy * w.P + w.road_a[e]) + cells(s.here, r, enemy * w.P + w.road_b[e])
        crowd[(cells(s.broken, r, e) > t) | ~near[:, w.road_a[e]], e] = 0
    return _best(crowd)


def _support(b: Boards, r: Any, t: Any, i: int, p: Any, number: Any, hit: Any, harm: Any) -> None:
    """Close support: keep heads down, kill few; the largest enemy formation bears the losses."""
    s, w = b.s, b.w
    enemy = _enemy_there(b, r, p, w.wing_camp[i])
    cell = enemy * w.P + p
    s.suppressed[r, cell] = air.suppressed(cells(s.suppressed, r, cell), number, b.par("air_suppression", r))
    there = (s.at.take(r, axis=0) == p[:, None]) & (w.side_of == enemy[:, None])
    people = np.where(there, s.people.take(r, axis=0), 0)
    f = people.argmax(axis=1)
    lost = air.struck(people[np.arange(len(r)), f], number, b.par("air_kills", r), hit)
    lose(b, f, r, t, lost, "dead", AIR)
    _harm(b, r, i, p, number, harm)


def _interdict(b: Boards, r: Any, t: Any, i: int, f: Any, number: Any, hit: Any, harm: Any) -> None:
    """Columns on the road are held up and lose a few people."""
    s = b.s
    due = cells(s.key, r, f) >> TICK_SHIFT
    held = air.delay(number, b.par("air_delay", r), b.par("air_delay_cap", r))
    b.plan(f, r, due + held, ARRIVE, f)
    lose(b, f, r, t, air.struck(cells(s.people, r, f), number, b.par("air_kills", r), hit), "dead", AIR)


def _harry(b: Boards, r: Any, t: Any, i: int, p: Any, number: Any, hit: Any, harm: Any) -> None:
    """The rear services of the camp that holds a place are disrupted."""
    s, w = b.s, b.w
    c = w.camp.take(cells(s.holder, r, p))
    s.harried[c, r] = air.harried(cells(s.harried, c, r), number, b.par("air_rear", r), b.par("air_rear_cap", r))
    _harm(b, r, i, p, number, harm)


def _break_bridge(b: Boards, r: Any, t: Any, i: int, e: Any, number: Any, hit: Any, harm: Any) -> None:
    down = air.bridge_hit(number, b.par("air_bridge_hit", r), b.par("air_bridge_cap", r), hit)
    r, t, e = select(down, r, t, e)
    b.s.broken[r, e] = t + cells(b.x.repair, r, e) + 1


def _harm(b: Boards, r: Any, i: int, p: Any, number: Any, u: Any) -> None:
    """Record strikes and civilian casualties where people live."""
    w = b.w
    civil = w.civil.take(p) > 0
    b.s.raids[r, p] += np.where(civil, number, 0)
    hurt = air.casualties(number, b.par("air_harm", r), u)
    b.s.harm[w.wing_camp[i]][r] += np.where(civil, hurt, 0)
