"""Talks about handing a place over: how they begin, and how they end."""

from __future__ import annotations

from sim.events.board import Board, lose, note, plan
from sim.events.capture import capture
from sim.events.retreat import flee, refuge
from sim.model.kinds import DISBANDED, HANDED_OVER, NO_DEAL, PARLEY, SURRENDER, TALKS, TRANSFER, WITHDRAWN
from sim.rules import handover, rising
from sim.rules.chance import DEAL, TALK
from sim.units import DAY, GRID, NEVER


def parley(g: Board) -> None:
    """At the end of a day: about which places talks begin."""
    s, w, par = g.s, g.w, g.par
    for p in range(w.P):
        gone = s.given_up[s.holder[p]]
        if s.suitor[p] >= 0 or not (g.x.willing[p] or gone):
            continue
        new = _suitor(g, p)
        if new < 0 and gone:
            new = _nearest(g, p)
        if new < 0:
            continue
        willing, alone, fear = g.x.willing[p], _isolation(g, p, w.camp[new]), _fear(g, p, w.camp[new])
        liked = handover.goodwill(w.attitude[new * w.P + p], w.attitude[s.holder[p] * w.P + p])
        if gone:
            willing, liked, alone, fear = GRID, 1.0, 1.0, 1.0
        k = s.holder[p]
        outlook = handover.outlook(alone, rising.tide(s.cohesion[k], g.x.cohesion_0[k], par.handover_tide))
        u, v = g.draw(TALK, p, g.tick // DAY)
        if handover.opens(willing, g.x.assurance[new], liked, alone, fear, outlook, par.handover_per_day, u):
            s.suitor[p] = new
            s.talks[p] += 1
            note(g, TALKS, new, p, s.holder[p], PARLEY, 0)
            plan(g, w.talk_slot + p, g.tick + handover.lasts(par.handover_mediation, v), TRANSFER, p)


def transfer(g: Board, p: int) -> None:
    """Talks end: the place is handed over, and its garrison leaves, goes home or is taken; or nothing comes of them."""
    s, w, par = g.s, g.w, g.par
    new, old = s.suitor[p], s.holder[p]
    c, d = w.camp[new], w.camp[old]
    s.suitor[p] = -1
    fear = 1.0 if s.given_up[old] else _fear(g, p, c)
    u, v = g.draw(DEAL, p, s.talks[p])
    if s.given_up[new] or not handover.agree(par.handover_success, fear, u):
        note(g, TALKS, new, p, old, NO_DEAL, 0)
        return
    fate = handover.fate(par.handover_leave, par.handover_disband, v)
    out = refuge(g, p, d)
    for f in range(w.F):
        if s.at[f] != p or w.side_of[f] != d:
            continue
        if fate == handover.LEAVE and out >= 0:
            flee(g, f, out, par.retreat_orderly, WITHDRAWN)
        elif fate == handover.TAKEN:
            lose(g, f, s.people[f], s.captured, SURRENDER)
        else:
            lose(g, f, s.people[f], s.disbanded, DISBANDED)
    capture(g, p, c, HANDED_OVER, new)


def _at_the_gates(g: Board, p: int, c: int) -> int:
    """People of a camp in a place and in those next to it."""
    s, w = g.s, g.w
    people: int = s.here[c * w.P + p]
    for arc in range(w.first[p], w.first[p + 1]):
        people += s.here[c * w.P + w.head[arc]]
    return people


def _suitor(g: Board, p: int) -> int:
    """The faction to talk to: of the enemy camp with most people at the gates, the one with most of those to whom the
    place matters; -1 none."""
    s, w = g.s, g.w
    d, best, found = w.camp[s.holder[p]], 0, -1
    for e in range(w.C):
        if w.hostile[d * w.C + e]:
            people = _at_the_gates(g, p, e)
            if people > best:
                best, found = people, e
    if found < 0:
        return -1
    crowd = [0] * w.K
    for f in range(w.F):
        if w.side_of[f] == found and s.at[f] >= 0 and _is_near(g, p, s.at[f]):
            crowd[w.faction[f]] += s.people[f]
    best, new = 0, -1
    for k in range(w.K):
        if crowd[k] > best and w.cares[k * w.P + p]:
            best, new = crowd[k], k
    return new


def _is_near(g: Board, p: int, q: int) -> bool:
    """Whether a place is this one or next to it."""
    w = g.w
    if q == p:
        return True
    for arc in range(w.first[p], w.first[p + 1]):  # noqa: SIM110  # numba knows no generators
        if w.head[arc] == q:
            return True
    return False


def _nearest(g: Board, p: int) -> int:
    """The holder of the nearest place of an enemy to whom this one matters, by road; -1 none."""
    s, w = g.s, g.w
    d, best, found = w.camp[s.holder[p]], NEVER, -1
    for q in range(w.P):
        k = s.holder[q]
        if w.hostile[d * w.C + w.camp[k]] and w.cares[k * w.P + p] and w.march[p * w.P + q] < best:
            best, found = w.march[p * w.P + q], k
    return found


def _fear(g: Board, p: int, c: int) -> float:
    """How hopeless it looks to resist a camp."""
    s, w = g.s, g.w
    hopeless: float = handover.fear(_at_the_gates(g, p, c), s.here[w.camp[s.holder[p]] * w.P + p])
    return hopeless


def _isolation(g: Board, p: int, c: int) -> float:
    """How alone a place is against a camp."""
    s, w = g.s, g.w
    d, shut = w.camp[s.holder[p]], 0
    for arc in range(w.first[p], w.first[p + 1]):
        if w.camp[s.holder[w.head[arc]]] != d:
            shut += 1
    lost = w.parent[p] >= 0 and w.camp[s.holder[w.parent[p]]] == c
    alone: float = handover.isolation(shut, w.first[p + 1] - w.first[p], lost or s.far[d * w.P + p] == NEVER)
    return alone
