"""Local fighters rise: out of the blue in a place that the enemy holds, or to join friends who have taken it."""

from __future__ import annotations

from sim.events.board import Board, emerge, plan
from sim.events.capture import capture, open_fight
from sim.model.kinds import DORMANT, QUIET, RISE, RISEN
from sim.rules import combat, rising
from sim.rules.chance import UPRISING
from sim.units import DAY


def stir(g: Board) -> None:
    """At the end of a day: who will rise in the next."""
    s, w, par = g.s, g.w, g.par
    for f in range(w.F):
        if s.status[f] != DORMANT:
            continue
        p = w.home[f]
        c, k = w.side_of[f], s.holder[p]
        if not w.hostile[c * w.C + w.camp[k]]:
            continue
        turned = rising.tide(s.cohesion[k], g.x.cohesion_0[k], par.rising_tide)
        thin = rising.thinness(s.people[f], s.here[w.camp[k] * w.P + p], par.rising_deterrence)
        u, v = g.draw(UPRISING, f, g.tick // DAY)
        if rising.rises(g.x.restive[p], turned, thin, par.rising_per_day, u):
            plan(g, f, g.tick + rising.hour(v), RISE, f)


def rise(g: Board, f: int) -> None:
    """Fighters take up arms at home: they take the place if nobody, or hardly anybody, guards it, or else fight."""
    s, w = g.s, g.w
    p, c = w.home[f], w.side_of[f]
    emerge(g, f)
    d = w.camp[s.holder[p]]
    if not w.hostile[c * w.C + d]:
        return
    if s.phase[p] != QUIET:
        if s.foe[p] == c:
            s.axes[p] |= 1
        return
    people, defenders = s.here[c * w.P + p], s.here[d * w.P + p]
    if combat.overruns(people, w.repute[c], defenders, w.repute[d], w.ground[p], g.par.combat_bounce):
        capture(g, p, c, RISEN)
    else:
        open_fight(g, p, c, w.command[f], 1)
