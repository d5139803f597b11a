"""Triggers are looked at, and reinforcements come."""

from __future__ import annotations

from sim.events.board import Board, look_again, note, plan
from sim.model.kinds import (
    AFTER,
    ATTACKED,
    CLAUSE_NUMBERS,
    COHESION_BELOW,
    CUT_OFF,
    GONE,
    HELD,
    JOINED,
    LOST_BY,
    NO_SHOW,
    PRESENT,
    QUIET,
    REINFORCE,
    REINFORCEMENT,
    TRIGGER,
    TRIGGER_NUMBERS,
    UNUSED,
)
from sim.rules import reinforcement
from sim.rules.chance import COME
from sim.units import GRID


def watch(g: Board, _: int) -> None:
    """Look at every trigger that has not fired; those whose conditions all hold, fire once."""
    s, w, par = g.s, g.w, g.par
    left = 0
    for t in range(w.T):
        if s.latched[t]:
            continue
        at, end = t * TRIGGER_NUMBERS, (t + 1) * TRIGGER_NUMBERS
        while at < end and _holds(g, at):
            at += CLAUSE_NUMBERS
        if at == end:
            s.latched[t] = 1
            plan(g, w.called[t], g.tick + g.x.delay[t] + 1, REINFORCE, w.called[t])
        else:
            left += 1
    if left:
        plan(g, w.watch_slot, g.tick + int(par.trigger_watch), TRIGGER, 0)


def _holds(g: Board, at: int) -> bool:
    """Whether one condition holds now."""
    s, w = g.s, g.w
    kind, a, b = w.clauses[at], w.clauses[at + 1], w.clauses[at + 2]
    if kind == UNUSED:
        return True
    if kind == AFTER:
        return bool(g.tick >= a)
    if kind == HELD:
        return bool(w.camp[s.holder[a]] == b)
    if kind == LOST_BY:
        return bool(w.camp[s.holder[a]] != b)
    if kind == ATTACKED:
        return bool(s.phase[a] != QUIET)
    if kind == COHESION_BELOW:
        return bool(s.cohesion[a] < b)
    total = mine = 0
    for p in range(w.P):
        total += w.worth[p]
        if w.camp[s.holder[p]] == a:
            mine += w.worth[p]
    return bool(reinforcement.above(mine, total, b))


def reinforce(g: Board, f: int) -> None:
    """A reinforcement comes, tries again later because its way is barred, or does not come at all."""
    s, w, x = g.s, g.w, g.x
    k, b = w.faction[f], w.patron[f]
    u, _ = g.draw(COME, f, 0)
    will = s.will[b] if b >= 0 else GRID
    decided = s.ready[f] > 0  # it came before and found its way barred
    if s.given_up[k] or not (decided or reinforcement.comes(x.chance[f], will, u)):
        s.status[f] = GONE
        note(g, JOINED, f, -1, -1, NO_SHOW, 0)
        return
    c = w.side_of[f]
    for i in range(w.entry_first[f], w.entry_first[f + 1]):
        p = w.entries[i]
        if w.camp[s.holder[p]] == c:
            s.status[f] = PRESENT
            s.at[f] = p
            s.ready[f] = g.tick
            s.here[c * w.P + p] += s.people[f]
            s.arrived[k] += s.people[f]
            note(g, JOINED, f, p, -1, REINFORCEMENT, s.people[f])
            look_again(g, w.command[f])
            if s.people[f] == 0:
                s.status[f] = GONE
                s.at[f] = -1
            return
    note(g, JOINED, f, -1, -1, CUT_OFF, 0)
    s.ready[f] = g.tick
    plan(g, f, g.tick + int(g.par.reinforcement_retry), REINFORCE, f)
