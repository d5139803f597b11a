"""Marching: setting out, arriving, and coming upon the enemy."""

from __future__ import annotations

from sim.events.board import Board, dark, is_vacant, plan, put_in, take_out
from sim.events.capture import capture, open_fight
from sim.model.kinds import (
    ABANDONED,
    ARRIVE,
    COLLAPSE,
    MARCH,
    MARCHING,
    OCCUPIED,
    OVERRUN,
    PRESENT,
    QUIET,
    TURNED_BACK,
    WALKED_IN,
)
from sim.rules import combat, movement
from sim.rules.chance import LEG


def depart(g: Board, f: int) -> None:
    """Orders to march take effect, if they still can."""
    s, w = g.s, g.w
    if s.status[f] != PRESENT:
        return
    p = s.at[f]
    c = w.side_of[f]
    if s.phase[p] != QUIET and (s.foe[p] == c or w.camp[s.holder[p]] == c):
        return
    arc = s.hop[w.command[f] * w.P + p]
    if arc >= 0 and may_take(g, f, arc):
        set_out(g, f, arc, MARCH)


def may_take(g: Board, f: int, arc: int) -> bool:
    """Whether a formation may take a road: no hostile column comes the other way, and the far end lets it
    through or is what it has been told to attack."""
    s, w = g.s, g.w
    c, q = w.side_of[f], w.head[arc]
    other = w.back[arc]
    for e in range(w.C):
        if w.hostile[c * w.C + e] and s.traffic[e * w.A + other] > 0:
            return False
    k = s.holder[q]
    if w.passable[c * w.K + k]:
        return True
    h = w.command[f]
    return bool(s.objective[h] == q and (w.hostile[c * w.C + w.camp[k]] or (w.occupies[h] and is_vacant(g, q))))


def set_out(g: Board, f: int, arc: int, cause: int) -> None:
    """Put a formation on the road and plan its arrival."""
    s, w, x, par = g.s, g.w, g.x, g.par
    c = w.side_of[f]
    e = w.road[arc]
    u, _ = g.draw(LEG, f, s.legs[f])
    ticks = movement.leg(
        w.free[arc], x.haste[f], dark(g), par.march_night_slowdown, x.night[f], s.traffic[c * w.A + arc],
        par.march_congestion, par.march_friction, w.curves.exponential, u, x.detour[e] if s.broken[e] > g.tick else 0,
    )  # fmt: skip
    take_out(g, f, arc, MARCHING, cause)
    plan(g, f, g.tick + ticks, ARRIVE, f)


def arrive(g: Board, f: int) -> None:
    """A marching column reaches the end of its road."""
    s, w = g.s, g.w
    q = put_in(g, f, MARCH)
    c = w.side_of[f]
    k = s.holder[q]
    if w.hostile[c * w.C + w.camp[k]]:
        come_upon(g, f, q)
    elif w.camp[k] != c and s.objective[w.command[f]] == q and w.occupies[w.command[f]] and is_vacant(g, q):
        capture(g, q, c, OCCUPIED)
    elif s.phase[q] == QUIET and s.ready[f] <= g.tick:
        arc = s.hop[w.command[f] * w.P + q]
        if arc >= 0 and may_take(g, f, arc):
            set_out(g, f, arc, MARCH)


def come_upon(g: Board, f: int, q: int) -> None:
    """A column reaches a place that the enemy holds: walk in, overrun, join or open the fight, or turn back."""
    s, w = g.s, g.w
    c, arc = w.side_of[f], s.arc[f]
    k = s.holder[q]
    d = w.camp[k]
    if s.phase[q] != QUIET:
        if s.foe[q] == c:
            s.axes[q] |= w.side[arc]
        return
    defenders = s.here[d * w.P + q]
    if defenders == 0:
        capture(g, q, c, COLLAPSE if s.given_up[k] else ABANDONED if s.recalled[k] else WALKED_IN)
        return
    people = s.here[c * w.P + q]
    if combat.overruns(people, w.repute[c], defenders, w.repute[d], w.ground[q], g.par.combat_bounce):
        capture(g, q, c, OVERRUN)
    elif s.objective[w.command[f]] != q and w.passable[c * w.K + s.holder[w.tail[arc]]] and may_take(g, f, w.back[arc]):
        set_out(g, f, w.back[arc], TURNED_BACK)
    else:
        open_fight(g, q, c, w.command[f], w.side[arc])
