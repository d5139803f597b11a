"""What happens once a day: supply, rest, desertion, digging in, recovery."""

from __future__ import annotations

from sim.events.board import Board, lose, note, plan
from sim.events.civilians import live
from sim.events.holding import hold
from sim.events.rising import stir
from sim.events.roads import relax
from sim.events.talks import parley
from sim.model.kinds import (
    COLLAPSED,
    DAILY,
    DESERTION,
    DISBANDED,
    DORMANT,
    FLEEING,
    MARCHING,
    NONE,
    PRESENT,
    QUIET,
    RECALLED,
    SIEGE,
)
from sim.rules import air, cohesion, morale, supply
from sim.rules.chance import DESERT
from sim.units import DAY, NEVER


def daily(g: Board, _: int) -> None:
    """The end of a day."""
    s, w, par = g.s, g.w, g.par
    for c in range(w.C):
        if s.stale[c]:
            draw_supply(g, c)
        s.harried[c] = air.fading(s.harried[c], par.air_rear_decay)
    for b in range(w.B):
        s.will[b] = cohesion.returning(s.will[b], g.x.will_0[b], par.backer_recovery_per_day)
    for k in range(w.K):
        if not s.given_up[k] and s.cohesion[k] < g.x.collapse_at[k]:
            _give_up(g, k)
        elif not s.given_up[k] and not s.recalled[k] and s.cohesion[k] < g.x.recall_at[k]:
            s.recalled[k] = 1
            note(g, RECALLED, k, -1, -1, NONE, s.cohesion[k])
        s.cohesion[k] = cohesion.returning(s.cohesion[k], g.x.cohesion_0[k], par.cohesion_recovery_per_day)
    u = g.draw(DESERT, 0, g.tick // DAY)[0]
    for f in range(w.F):
        if s.status[f] == PRESENT:
            _provide(g, f, u)
    for p in range(w.P):
        if (s.phase[p] == QUIET or s.phase[p] == SIEGE) and s.here[w.camp[s.holder[p]] * w.P + p] > 0:
            s.fort[p] = supply.dug_in(s.fort[p], par.fortify_per_day, par.fortify_ceiling)
    hold(g)
    stir(g)
    parley(g)
    live(g)
    plan(g, w.day_slot, g.tick + DAY, DAILY, 0)


def _give_up(g: Board, k: int) -> None:
    """A faction collapses: its formations disband where they are."""
    s, w = g.s, g.w
    s.given_up[k] = 1
    note(g, COLLAPSED, k, -1, -1, NONE, s.cohesion[k])
    for f in range(w.F):
        if w.faction[f] == k and s.status[f] in (PRESENT, MARCHING, FLEEING, DORMANT):
            lose(g, f, s.people[f], s.disbanded, DISBANDED)


def _provide(g: Board, f: int, u: float) -> None:
    """Supply, rest and desertion of one formation."""
    s, w, x, par = g.s, g.w, g.x, g.par
    c, p = w.side_of[f], s.at[f]
    ours = w.camp[s.holder[p]] == c
    besieged = 1 if ours and s.phase[p] == SIEGE else 0
    far = s.far[c * w.P + (p if ours or s.arc[f] < 0 else w.tail[s.arc[f]])]
    arriving = supply.reaching(far, par.supply_reach, s.harried[c], par.supply_harried, besieged)
    s.supply[f] = supply.stocks(s.supply[f], arriving, par.supply_drain_per_day, par.supply_refill_per_day)
    if besieged:
        s.morale[f] = morale.lowered(s.morale[f], par.siege_drain_per_day)
    elif s.phase[p] == QUIET or not (ours or s.foe[p] == c):
        k = w.faction[f]
        s.morale[f] = morale.rested(
            s.morale[f], x.morale_0[f], s.cohesion[k], x.cohesion_0[k], par.morale_recovery_per_day
        )
    lost = morale.deserters(s.people[f], s.supply[f], s.morale[f], par.supply_desertion_per_day, u)
    lose(g, f, lost, s.deserted, DESERTION)


def draw_supply(g: Board, c: int) -> None:
    """Work out a camp's distances from its nearest source over roads between places that it holds."""
    s, w = g.s, g.w
    own = [w.camp[k] == c for k in s.holder]
    far = [0 if own[p] and w.source[c * w.P + p] else NEVER for p in range(w.P)]
    relax(g, far, own)
    for p in range(w.P):
        s.far[c * w.P + p] = far[p]
    s.stale[c] = 0
