"""Retreating: where to, what it costs, and arriving."""

from __future__ import annotations

from sim.events.board import Board, dark, lose, plan, put_in, take_out
from sim.model.kinds import FLEEING, QUIET, RETREAT, RETREATING, STRAGGLING, SURRENDER
from sim.rules import morale, movement, retreat
from sim.rules.chance import LEG


def refuge(g: Board, p: int, c: int) -> int:
    """The road by which camp `c` leaves a place: to a neighbour that lets it pass, quiet before embattled, nearest to
    supply, with no hostile column coming down it; -1 when there is no way out."""
    s, w = g.s, g.w
    best, found = retreat.NO_WAY, -1
    for arc in range(w.first[p], w.first[p + 1]):
        q = w.head[arc]
        if not w.passable[c * w.K + s.holder[q]]:
            continue
        barred = False
        for e in range(w.C):
            if w.hostile[c * w.C + e] and s.traffic[e * w.A + w.back[arc]] > 0:
                barred = True
        if barred:
            continue
        far = retreat.way_out(s.far[c * w.P + q], w.free[arc], s.phase[q] != QUIET)
        if far < best:
            best, found = far, arc
    return found


def flee(g: Board, f: int, arc: int, order: float, cause: int) -> None:
    """A formation leaves by a road, shedding stragglers, or surrenders when there is none. `order`: 1 for a
    rout, less for an ordered withdrawal."""
    s, w, x, par = g.s, g.w, g.x, g.par
    if arc < 0:
        lose(g, f, s.people[f], s.captured, SURRENDER)
        return
    c, e = w.side_of[f], w.road[arc]
    u, v = g.draw(LEG, f, s.legs[f])
    soft = morale.softness(x.quality[f], par.retreat_poor_troops)
    lost = retreat.stragglers(s.people[f], soft, w.metres[arc], par.retreat_straggling_per_km, order, v)
    lose(g, f, lost, s.deserted, STRAGGLING)
    if s.people[f] == 0:
        return
    ticks = movement.leg(
        w.free[arc], x.haste[f], dark(g), par.march_night_slowdown, x.night[f], s.traffic[c * w.A + arc],
        par.march_congestion, par.march_friction, w.curves.exponential, u, x.detour[e] if s.broken[e] > g.tick else 0,
    )  # fmt: skip
    s.morale[f] = retreat.disheartened(s.morale[f], par.morale_retreat, order)
    take_out(g, f, arc, FLEEING, cause)
    plan(g, f, g.tick + ticks, RETREAT, f)


def reach_refuge(g: Board, f: int) -> None:
    """A fleeing formation reaches its refuge, or finds the enemy there and flees on."""
    s, w = g.s, g.w
    p = put_in(g, f, RETREATING)
    c = w.side_of[f]
    if w.hostile[c * w.C + w.camp[s.holder[p]]]:
        flee(g, f, refuge(g, p, c), 1.0, RETREATING)
    else:
        s.ready[f] = g.tick + int(g.par.retreat_reorganise)
