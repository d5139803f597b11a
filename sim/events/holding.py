"""A faction holds what it has taken: rule grows, garrisons find recruits, and what nobody guards may be lost again."""

from __future__ import annotations

from sim.events.board import Board, note
from sim.events.capture import capture
from sim.model.kinds import JOINED, QUIET, RECRUITED, REVOLTED
from sim.rules import command, holding
from sim.rules.chance import HOLD
from sim.units import DAY, GRID


def hold(g: Board) -> None:
    """At the end of a day: what becomes of the places that their holders do not rule wholly yet."""
    s, w = g.s, g.w
    burden = [0] * w.K
    for p in range(w.P):
        if s.rule[p] < GRID:
            burden[s.holder[p]] += holding.burden(w.population[p], s.rule[p])
    lost = []
    for p in range(w.P):
        if s.rule[p] < GRID and w.population[p] > 0 and s.phase[p] == QUIET:
            u, v = g.draw(HOLD, p, g.tick // DAY)
            if s.here[w.camp[s.holder[p]] * w.P + p] > 0:
                _govern(g, p, burden[s.holder[p]], v)
            elif _revolts(g, p, u):
                lost.append(p)
    for p in lost:
        capture(g, p, w.camp[s.before[p]], REVOLTED, s.before[p])


def _govern(g: Board, p: int, burden: int, v: float) -> None:
    """Rule grows in so far as there is a garrison; if it lacks people, some of the place join it."""
    s, w, par = g.s, g.w, g.par
    k = s.holder[p]
    here, liked = s.here[w.camp[k] * w.P + p], w.attitude[k * w.P + p]
    lacking = command.lacking(s.garrison[p], here)
    manned = holding.manned(here, s.garrison[p])
    s.rule[p] = holding.consolidated(s.rule[p], par.holding_consolidation, g.x.capacity[k], burden, manned)
    s.garrison[p] = holding.garrison(w.population[p], par.holding_garrison, s.rule[p], liked)
    number = holding.recruits(lacking, w.population[p], par.holding_recruits, liked, v)
    for f in range(w.F):
        if s.at[f] == p and w.faction[f] == k:
            _enlist(g, f, p, number)
            return


def _enlist(g: Board, f: int, p: int, number: int) -> None:
    if number == 0:
        return
    s, w = g.s, g.w
    s.people[f] += number
    s.here[w.side_of[f] * w.P + p] += number
    s.arrived[w.faction[f]] += number
    note(g, JOINED, f, p, -1, RECRUITED, number)


def _revolts(g: Board, p: int, u: float) -> bool:
    """Whether a place that nobody guards goes back to the enemy who held it before."""
    s, w = g.s, g.w
    k, old = s.holder[p], s.before[p]
    if s.given_up[old] or not w.hostile[w.camp[k] * w.C + w.camp[old]]:
        return False
    strong = holding.standing(s.cohesion[old], g.x.cohesion_0[old])
    return bool(holding.revolts(g.par.holding_revolt_per_day, s.rule[p], w.attitude[k * w.P + p], strong, u))
