"""A wing's block of missions: how many, against what, with what effect."""

from __future__ import annotations

from sim.events.board import Board, dark, lose, note, plan
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
from sim.rules.chance import EFFECT, WEATHER
from sim.rules.chance import SORTIE as SORTIE_DRAW
from sim.units import DAY, GRID


def sortie(g: Board, i: int) -> None:
    """Fly one block of missions and plan the next."""
    s, w, x, par = g.s, g.w, g.x, g.par
    if s.base[i] == NO_BASE or s.aircraft[i] == 0 or s.given_up[w.wing_faction[i]]:
        return
    plan(g, w.wing_slot + i, g.tick + int(par.air_cycle), SORTIE, i)
    day = g.tick // DAY
    sky, _ = g.draw(WEATHER, 0, day)
    k = s.blocks[i]
    s.blocks[i] = k + 1
    u, v = g.draw(SORTIE_DRAW, i, k)
    b = w.wing_backer[i]
    number = air.missions(
        s.aircraft[i], x.rate[i], par.air_cycle, x.effort[i * w.days + day], s.will[b] if b >= 0 else GRID,
        air.weather(par.air_weather, sky), dark(g), x.wing_night[i], v,
    )  # fmt: skip
    if number == 0:
        return
    s.flown[i] += number
    task = CLOSE
    if u >= w.share_1[i]:
        task = INTERDICTION if u < w.share_2[i] else REAR if u < w.share_3[i] else BRIDGES
    target = _target(g, i, task)
    if target < 0 and task != CLOSE:
        task, target = CLOSE, _target(g, i, CLOSE)
    if target < 0:
        return
    note(g, STRUCK, i, target if task in (CLOSE, REAR) else -1, target, NONE, number, task)
    hit, harm = g.draw(EFFECT, i, k)
    if task == CLOSE:
        _support(g, i, target, number, hit, harm)
    elif task == INTERDICTION:
        _interdict(g, target, number, hit)
    elif task == REAR:
        c = w.camp[s.holder[target]]
        s.harried[c] = air.harried(s.harried[c], number, par.air_rear, par.air_rear_cap)
        _harm(g, i, target, number, harm)
    elif air.bridge_hit(number, par.air_bridge_hit, par.air_bridge_cap, hit):
        s.broken[target] = g.tick + x.repair[target] + 1


def _target(g: Board, i: int, task: int) -> int:
    """What a task is flown against: the weightiest target in range, the first when equal; -1 when none."""
    if task == CLOSE:
        return _busiest_fight(g, i)
    if task == INTERDICTION:
        return _largest_column(g, i)
    if task == REAR:
        return _rear_place(g, i)
    return _front_bridge(g, i)


def _within_range(g: Board, i: int) -> int:
    """Where the table of what the wing reaches from its base begins."""
    w = g.w
    first: int = (i * w.reach_rows + w.base_row[1 + g.s.base[i]]) * w.P
    return first


def _busiest_fight(g: Board, i: int) -> int:
    """Place where the wing's camp fights most enemies."""
    s, w = g.s, g.w
    c, base = w.wing_camp[i], _within_range(g, i)
    best, found = 0, -1
    for p in range(w.P):
        if s.phase[p] != QUIET and w.reach[base + p]:
            enemy = _enemy_there(g, p, c)
            if enemy >= 0 and s.here[enemy * w.P + p] > best:
                best, found = s.here[enemy * w.P + p], p
    return found


def _enemy_there(g: Board, p: int, c: int) -> int:
    """The camp that `c` fights at a place, or -1."""
    holder: int = g.w.camp[g.s.holder[p]]
    foe: int = g.s.foe[p]
    if holder == c:
        return foe
    return holder if foe == c else -1


def _largest_column(g: Board, i: int) -> int:
    s, w = g.s, g.w
    c, base = w.wing_camp[i], _within_range(g, i)
    best, found = 0, -1
    for f in range(w.F):
        if (
            s.status[f] == MARCHING
            and w.hostile[c * w.C + w.side_of[f]]
            and w.reach[base + w.head[s.arc[f]]]
            and s.people[f] > best
        ):
            best, found = s.people[f], f
    return found


def _rear_place(g: Board, i: int) -> int:
    s, w = g.s, g.w
    c, base = w.wing_camp[i], _within_range(g, i)
    best, found = 0, -1
    for p in range(w.P):
        if w.rear_weight[p] > best and w.reach[base + p] and w.hostile[c * w.C + w.camp[s.holder[p]]]:
            best, found = w.rear_weight[p], p
    return found


def _front_bridge(g: Board, i: int) -> int:
    """An unbroken bridge with hostile people at either end; most people first."""
    s, w = g.s, g.w
    c, base = w.wing_camp[i], _within_range(g, i)
    best, found = 0, -1
    for e in range(w.E):
        if w.bridged[e] and s.broken[e] <= g.tick and w.reach[base + w.road_a[e]]:
            crowd = 0
            for enemy in range(w.C):
                if w.hostile[c * w.C + enemy]:
                    crowd += s.here[enemy * w.P + w.road_a[e]] + s.here[enemy * w.P + w.road_b[e]]
            if crowd > best:
                best, found = crowd, e
    return found


def _support(g: Board, i: int, p: int, number: int, hit: float, harm: float) -> None:
    """Close support: keep heads down, kill few; the largest enemy formation bears the losses."""
    s, w, par = g.s, g.w, g.par
    enemy = _enemy_there(g, p, w.wing_camp[i])
    cell = enemy * w.P + p
    s.suppressed[cell] = air.suppressed(s.suppressed[cell], number, par.air_suppression)
    best, found = 0, -1
    for f in range(w.F):
        if s.at[f] == p and w.side_of[f] == enemy and s.people[f] > best:
            best, found = s.people[f], f
    lose(g, found, air.struck(best, number, par.air_kills, hit), s.dead, AIR)
    _harm(g, i, p, number, harm)


def _interdict(g: Board, f: int, number: int, hit: float) -> None:
    """A column on the road is held up and loses a few people."""
    s, par = g.s, g.par
    due = s.key[f] >> TICK_SHIFT
    plan(g, f, due + air.delay(number, par.air_delay, par.air_delay_cap), ARRIVE, f)
    lose(g, f, air.struck(s.people[f], number, par.air_kills, hit), s.dead, AIR)


def _harm(g: Board, i: int, p: int, number: int, u: float) -> None:
    """Record strikes and civilian casualties where people live."""
    w = g.w
    if w.civil[p]:
        g.s.raids[p] += number
        g.s.harm[w.wing_camp[i]] += air.casualties(number, g.par.air_harm, u)
