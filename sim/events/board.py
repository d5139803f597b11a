"""The board of one run: what is where, what is planned, what is written down.

Handlers in this package move the pieces: they read the world, the run's constants and the state through a
Board, call the rules, write the state, and plan what happens next. They hold no clock and no formula.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sim.model.kinds import (
    FLEEING,
    GONE,
    HANDED_OVER,
    HOLDER,
    LEFT,
    LOST,
    MARCHING,
    PLACED,
    PRESENT,
    QUIET,
    RISEN,
    ROSE,
    ROUND,
)
from sim.model.world import IDLE, KIND_SHIFT, TICK_SHIFT
from sim.rules import holding
from sim.rules.movement import is_dark
from sim.units import DAY


class Board:
    """One run in progress.

    w: the world (lists); x: the run's drawn constants; par: rule parameters; s: the state; tick: now;
    draw(purpose, entity, k): two uniform numbers; touched: slots planned anew by the current event;
    changes: (tick, place, old, new, cause) of every change of hands; rows: the log, when `noting`.
    """

    __slots__ = ("changes", "draw", "noting", "par", "rows", "s", "tick", "touched", "w", "x")

    def __init__(self, w: Any, x: Any, par: Any, s: Any, draw: Callable[[int, int, int], tuple[float, float]]) -> None:
        self.w, self.x, self.par, self.s, self.draw = w, x, par, s, draw
        self.tick = 0
        self.touched: list[int] = []
        self.changes: list[tuple[int, int, int, int, int]] = []
        self.noting = False
        self.rows: list[tuple[int, ...]] = []


def plan(g: Board, slot: int, tick: int, kind: int, entity: int) -> None:
    """Plan the next event of a slot, in place of whatever was planned."""
    g.s.key[slot] = (tick << TICK_SHIFT) | (kind << KIND_SHIFT) | entity
    g.touched.append(slot)


def cancel(g: Board, slot: int) -> None:
    """Nothing is planned for a slot any more."""
    g.s.key[slot] = IDLE
    g.touched.append(slot)


def note(g: Board, kind: int, actor: int, place: int, other: int, cause: int, a: int, b: int = 0) -> None:
    """Write down what followed from the current event."""
    if g.noting:
        g.rows.append((g.tick, kind, actor, place, other, cause, a, b))


def dark(g: Board) -> int:
    """1 between dusk and dawn."""
    w = g.w
    night: int = is_dark((g.tick + w.start_second) % DAY, w.dawn, w.dusk)
    return night


def plan_round(g: Board, p: int, after: int) -> None:
    """Plan the next round of the fight at a place."""
    plan(g, g.w.F + p, g.tick + after, ROUND, p)


def take_out(g: Board, f: int, arc: int, status: int, cause: int) -> None:
    """Put a formation that is at a place onto a road."""
    s = g.s
    c, p = g.w.side_of[f], s.at[f]
    s.here[c * g.w.P + p] -= s.people[f]
    s.traffic[c * g.w.A + arc] += 1
    s.at[f] = -1
    s.arc[f] = arc
    s.status[f] = status
    s.legs[f] += 1
    note(g, LEFT, f, p, g.w.head[arc], cause, s.people[f])


def put_in(g: Board, f: int, cause: int) -> int:
    """Bring a formation from its road into the place at the end of it; returns the place."""
    s, w = g.s, g.w
    c, arc = w.side_of[f], s.arc[f]
    p: int = w.head[arc]
    s.traffic[c * w.A + arc] -= 1
    s.at[f] = p
    s.status[f] = PRESENT
    s.here[c * w.P + p] += s.people[f]
    note(g, PLACED, f, p, w.tail[arc], cause, s.people[f])
    return p


def emerge(g: Board, f: int) -> None:
    """Dormant fighters take up arms at home."""
    s, w = g.s, g.w
    p = w.home[f]
    s.status[f] = PRESENT
    s.at[f] = p
    s.ready[f] = g.tick
    s.here[w.side_of[f] * w.P + p] += s.people[f]
    cancel(g, f)
    note(g, ROSE, f, p, -1, RISEN, s.people[f])


def lose(g: Board, f: int, number: int, ledger: list[int], cause: int) -> None:
    """Take people off a formation and enter them in a faction's ledger (dead, deserted, captured or disbanded)."""
    if number == 0:
        return
    s, w = g.s, g.w
    s.people[f] -= number
    ledger[w.faction[f]] += number
    p = s.at[f]
    if p >= 0:
        s.here[w.side_of[f] * w.P + p] -= number
    note(g, LOST, f, p, -1, cause, number)
    if s.people[f] == 0:
        strike_off(g, f)


def strike_off(g: Board, f: int) -> None:
    """A formation with nobody left is gone."""
    s, w = g.s, g.w
    if s.status[f] in (MARCHING, FLEEING):
        s.traffic[w.side_of[f] * w.A + s.arc[f]] -= 1
    s.status[f] = GONE
    s.at[f] = -1
    cancel(g, f)


def change_hands(g: Board, p: int, new: int, cause: int) -> None:
    """Write down that a place has a new holder, whose rule has only begun; talks about it are over."""
    s, w = g.s, g.w
    liked = w.attitude[new * w.P + p]
    s.rule[p] = holding.begun(1 if cause in (RISEN, HANDED_OVER) else 0, g.par.holding_head_start)
    s.garrison[p] = holding.garrison(w.population[p], g.par.holding_garrison, s.rule[p], liked)
    s.suitor[p] = -1
    cancel(g, w.talk_slot + p)
    old = s.holder[p]
    s.before[p] = old
    s.holder[p] = new
    s.since[p] = g.tick
    s.changes[0] += 1
    g.changes.append((g.tick, p, old, new, cause))
    note(g, HOLDER, p, p, old, cause, new, old)


def is_vacant(g: Board, p: int) -> bool:
    """Whether a place is nobody's but in name: its holder has recalled his forces or given up, and nobody is there."""
    s, w = g.s, g.w
    k = s.holder[p]
    return bool((s.recalled[k] or s.given_up[k]) and s.here[w.camp[k] * w.P + p] == 0 and s.phase[p] == QUIET)


def look_again(g: Board, h: int) -> None:
    """Things have changed for a command: places that it had shelved can be chosen again, and without an objective it
    chooses at its next review."""
    s, w = g.s, g.w
    if s.objective[h] < 0:
        s.until[h] = 0
    for p in range(w.P):
        s.shelved[h * w.P + p] = 0
