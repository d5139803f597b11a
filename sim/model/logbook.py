"""The log told again: folded over the initial state it must give the final one, and break no law on the way.

Time never goes back and ends before the horizon; whoever leaves a place was there and takes a road from it; nobody
is faster than the road and the formation allow; places change hands for a named cause; people lost were present.
"""

from __future__ import annotations

from collections.abc import Iterable

from sim.errors import LawBroken
from sim.model.kinds import (
    ABANDONED,
    ASSAULT,
    CAUSES,
    FLED,
    HANDED_OVER,
    HOLDER,
    JOINED,
    LEFT,
    LOST,
    OCCUPIED,
    PLACED,
    RECRUITED,
    REFUGES,
    REINFORCEMENT,
    RETURNED,
    REVOLTED,
    RISEN,
    ROSE,
    ROW_NAMES,
    STARVED,
)
from sim.model.world import World
from sim.units import GRID

_HANDS = (*range(ASSAULT, STARVED + 1), RISEN, HANDED_OVER, ABANDONED, OCCUPIED, REVOLTED)
"""Causes for which a place may change hands."""


class Logbook:
    """Holders, positions and people of one run, as the log tells them.

    world: plain lists; people, present: of every formation at the start; haste: speed against the road's (grid)."""

    def __init__(self, world: World, people: Iterable[int], present: Iterable[bool], haste: Iterable[int]) -> None:
        w = self.world = world
        self.holder, self.people, self.haste = list(w.holder_0), list(people), list(haste)
        self.at = [home if here else -1 for home, here in zip(w.home, present, strict=True)]
        self.left: list[tuple[int, int]] = [(-1, -1)] * w.F  # the road each formation is on, and since when
        self.residents, self.away = list(w.population), [0] * (REFUGES * w.P)
        self.tick = 0
        self.arc = {(tail, head): arc for arc, (tail, head) in enumerate(zip(w.tail, w.head, strict=True))}

    def read(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Follow rows (tick, kind, actor, place, other, cause, amount_a, amount_b) in order; raises LawBroken."""
        for row in rows:
            tick, kind, actor, place, other, cause, a, b = row
            if not self.tick <= tick < self.world.horizon:
                raise self._broken("time never goes back, and nothing happens after the horizon", row)
            self.tick = tick
            if kind == HOLDER:
                if self.holder[place] != b or cause not in _HANDS:
                    raise self._broken("a place changes hands from its holder, for a named cause", row)
                self.holder[place] = a
            elif kind == LEFT:
                if self.at[actor] != place or (place, other) not in self.arc or self.people[actor] != a:
                    raise self._broken("whoever leaves was there, and takes a road", row)
                self.at[actor], self.left[actor] = -1, (self.arc[place, other], tick)
            elif kind == PLACED:
                arc, since = self.left[actor]
                if arc < 0 or self.arc[other, place] != arc or self.people[actor] != a:
                    raise self._broken("whoever arrives was on the road to there", row)
                if tick - since <= self.world.free[arc] * GRID // self.haste[actor]:
                    raise self._broken("nobody is faster than the road and the formation allow", row)
                self.at[actor], self.left[actor] = place, (-1, -1)
            elif kind == LOST:
                if self.at[actor] != place or not 0 < a <= self.people[actor]:
                    raise self._broken("people are lost where they are", row)
                self.people[actor] -= a
                if self.people[actor] == 0:
                    self.at[actor], self.left[actor] = -1, (-1, -1)
            elif kind == JOINED and cause == REINFORCEMENT and a > 0:
                self.at[actor] = place
            elif kind == JOINED and cause == RECRUITED:
                if self.at[actor] != place or a <= 0:
                    raise self._broken("recruits join those who are there", row)
                self.people[actor] += a
            elif kind == ROSE:
                if place != self.world.home[actor] or self.at[actor] >= 0 or self.people[actor] != a:
                    raise self._broken("whoever rises does so at home", row)
                self.at[actor] = place
            elif kind in (FLED, RETURNED):
                self._move(place, other, a if kind == FLED else -a, row)

    def _move(self, place: int, other: int, people: int, row: tuple[int, ...]) -> None:
        """Civilians flee from home to a refuge, or return if they are fewer than nobody."""
        refuges = self.world.refuge[REFUGES * place : REFUGES * (place + 1)]
        if other not in refuges or other < 0:
            raise self._broken("civilians flee to the refuges of their place, and return from them", row)
        cell = REFUGES * place + refuges.index(other)
        self.residents[place] -= people
        self.away[cell] += people
        if people == 0 or min(self.residents[place], self.away[cell]) < 0:
            raise self._broken("civilians leave where they are", row)

    def close(self, holder: Iterable[int], at: Iterable[int], people: Iterable[int], away: Iterable[int]) -> None:
        """Compare with the final state; raises LawBroken."""
        for name, told, state in (
            ("holder", self.holder, holder),
            ("place", self.at, at),
            ("people", self.people, people),
            ("away", self.away, away),
        ):
            for entity, (one, other) in enumerate(zip(told, state, strict=True)):
                if one != other:
                    raise LawBroken(
                        "law broken: the log folds over the initial state to the final one "
                        f"({name} {entity}: log {one}, state {other})"
                    )

    def _broken(self, law: str, row: tuple[int, ...]) -> LawBroken:
        tick, kind, actor, place, other, cause, a, b = row
        return LawBroken(
            f"law broken: {law} (tick {tick}: {ROW_NAMES[kind]} {actor} place {place} other {other} "
            f"cause {CAUSES[cause]} amounts {a} {b})"
        )
