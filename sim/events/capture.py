"""A place changes hands, and everything that follows at once: flight, shock, rest."""

from __future__ import annotations

from sim.events.board import Board, cancel, change_hands, emerge, look_again, note, plan_round
from sim.events.retreat import flee, refuge
from sim.model.kinds import (
    APPROACH,
    ASSEMBLING,
    DORMANT,
    NO_BASE,
    NONE,
    PHASE,
    QUIET,
    REBASED,
    RETREATING,
    WALKED_IN,
)
from sim.rules import air, cohesion, combat, retreat
from sim.rules.chance import FORTUNE
from sim.units import NEVER


def capture(g: Board, p: int, c: int, cause: int, new: int = -1) -> None:
    """Camp `c` takes a place; `new` becomes its holder, or else the faction with most people there."""
    s, w = g.s, g.w
    old = s.holder[p]
    loser = w.camp[old]
    fought = g.tick - s.began[p] if s.phase[p] != QUIET else 0
    change_hands(g, p, _largest(g, p, c) if new < 0 else new, cause)
    s.fort[p] = 0
    quieten(g, p)
    s.suppressed[c * w.P + p] = 0
    s.suppressed[loser * w.P + p] = 0
    _redraw_supply(g, p, c)
    out = refuge(g, p, loser)
    for f in range(w.F):
        if s.at[f] == p and w.side_of[f] == loser:
            flee(g, f, out, 1.0, RETREATING)
    _rest_winners(g, p, c)
    for f in range(w.F):
        if s.status[f] == DORMANT and w.home[f] == p and w.side_of[f] == c:
            emerge(g, f)
    _fly_out(g, p)
    _shock(g, p, old, s.holder[p], fought)
    for h in range(w.H):
        look_again(g, h)
        if s.objective[h] == p:
            s.until[h] = 0
    next_in_line(g, p)


def _largest(g: Board, p: int, c: int) -> int:
    """Faction of camp `c` with most people at a place; the first by id when equal."""
    s, w = g.s, g.w
    crowd = [0] * w.K
    for f in range(w.F):
        if s.at[f] == p:
            crowd[w.faction[f]] += s.people[f]
    best, found = -1, -1
    for k in range(w.K):
        if w.camp[k] == c and crowd[k] > best:
            best, found = crowd[k], k
    return found


def quieten(g: Board, p: int) -> None:
    """The fight at a place is over."""
    s = g.s
    if s.phase[p] == QUIET:
        return
    s.phase[p] = QUIET
    s.foe[p] = s.lead[p] = -1
    s.axes[p] = s.progress[p] = s.fortune[p] = 0
    cancel(g, g.w.F + p)


def _redraw_supply(g: Board, p: int, c: int) -> None:
    """Supply reaches the place for its new camp from the nearest neighbour, for nobody else, until the
    distances are worked out anew."""
    s, w = g.s, g.w
    for e in range(w.C):
        s.far[e * w.P + p] = NEVER
        s.stale[e] = 1
    near = 0 if w.source[c * w.P + p] else NEVER
    for arc in range(w.first[p], w.first[p + 1]):
        q = w.head[arc]
        if w.camp[s.holder[q]] == c and s.far[c * w.P + q] + w.free[arc] < near:
            near = s.far[c * w.P + q] + w.free[arc]
    s.far[c * w.P + p] = near


def _rest_winners(g: Board, p: int, c: int) -> None:
    s, w, par = g.s, g.w, g.par
    for f in range(w.F):
        if s.at[f] == p and w.side_of[f] == c:
            spent = retreat.spent(g.x.morale_0[f], s.morale[f])
            s.ready[f] = g.tick + retreat.rest(
                par.culmination_rest, par.culmination_loss, par.culmination_supply, spent, s.supply[f]
            )


def _fly_out(g: Board, p: int) -> None:
    """Wings whose base has fallen move to the nearest air base of their own camp, with what could take off; those of a
    faction that has given up stay on the ground."""
    s, w = g.s, g.w
    for i in range(w.W):
        if s.base[i] != p or w.wing_camp[i] == w.camp[s.holder[p]]:
            continue
        other = NO_BASE
        if not s.given_up[w.wing_faction[i]]:
            for q in w.alternates[w.base_row[1 + p]]:
                if w.camp[s.holder[q]] == w.wing_camp[i]:
                    other = q
                    break
        s.base[i] = other
        s.aircraft[i] = air.flown_out(s.aircraft[i], g.par.air_relocate) if other >= 0 else 0
        note(g, REBASED, i, p, other, NONE, s.aircraft[i])


def _shock(g: Board, p: int, old: int, new: int, fought: int) -> None:
    """The news: the loser's cohesion and his backers' will fall, the winner's cohesion rises."""
    s, w, par = g.s, g.w, g.par
    value = held = w.value[old * w.P + p]
    for q in range(w.P):
        if w.camp[s.holder[q]] == w.camp[old]:
            held += w.value[old * w.P + q]
    stake = cohesion.part(value, held)
    patron = 0.0
    for b in range(w.B):
        if w.client[b] == old:
            will = cohesion.discouraged(s.will[b], stake, par.backer_shock)
            patron += cohesion.forsaken(s.will[b], will, par.backer_tie)
            s.will[b] = will
    extra = cohesion.surprise(par.cohesion_surprise, fought, par.cohesion_half_life)
    s.cohesion[old] = cohesion.shocked(s.cohesion[old], stake, par.cohesion_shock, extra, patron)
    s.cohesion[new] = cohesion.lifted(s.cohesion[new], w.gain[new * w.P + p], par.cohesion_lift)


def next_in_line(g: Board, p: int) -> None:
    """A third camp that waited outside now opens its own fight against whoever holds the place, or walks in
    when nobody defends it."""
    s, w = g.s, g.w
    holder = w.camp[s.holder[p]]
    best, found = 0, -1
    for e in range(w.C):
        if w.hostile[holder * w.C + e] and s.here[e * w.P + p] > best:
            best, found = s.here[e * w.P + p], e
    if found < 0:
        return
    if s.here[holder * w.P + p] == 0:
        capture(g, p, found, WALKED_IN)
        return
    axes, lead = 0, -1
    for f in range(w.F - 1, -1, -1):
        if s.at[f] == p and w.side_of[f] == found:
            axes |= w.side[s.arc[f]] if s.arc[f] >= 0 else 1
            lead = w.command[f]
    open_fight(g, p, found, lead, axes)


def open_fight(g: Board, p: int, c: int, h: int, axes: int) -> None:
    """Camp `c`, led by command `h`, begins to close in on a place."""
    s = g.s
    u, _ = g.draw(FORTUNE, p, s.fights[p])
    s.fights[p] += 1
    s.fortune[p] = combat.fortune(g.w.curves.normal, u, g.par.combat_fortune, g.par.combat_luck_floor)
    s.phase[p] = APPROACH
    s.foe[p] = c
    s.lead[p] = h
    s.axes[p] = axes
    s.progress[p] = 0
    s.began[p] = g.tick
    for e in range(g.w.H):
        if g.w.head_camp[e] == g.w.camp[s.holder[p]]:
            look_again(g, e)
    note(g, PHASE, p, p, c, ASSEMBLING, APPROACH)
    plan_round(g, p, int(g.par.combat_round))
