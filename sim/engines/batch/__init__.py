"""The engine that plays many runs at once.

Every run has a clock of its own. In each pass, the runs whose next event is of the most common kind advance
together by that one event; since runs are independent, the order within each run is all that matters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.engines.batch.air import sortie
from sim.engines.batch.boards import Boards, totals
from sim.engines.batch.calls import reinforce, watch
from sim.engines.batch.day import daily
from sim.engines.batch.fight import round_of_fight
from sim.engines.batch.march import arrive, depart
from sim.engines.batch.orders import review
from sim.engines.batch.retreat import reach_refuge
from sim.engines.batch.rising import rise
from sim.engines.batch.talks import transfer
from sim.model.kinds import (
    ARRIVE,
    DAILY,
    DEPART,
    EVENT_NAMES,
    HORIZON,
    REINFORCE,
    RETREAT,
    REVIEW,
    RISE,
    ROUND,
    SERVICES,
    SORTIE,
    TRANSFER,
    TRIGGER,
)
from sim.model.laws import check_laws
from sim.model.results import CHANGE_COLUMNS, Block
from sim.model.state import sheltered
from sim.model.world import ENTITY_MASK, IDLE, KIND_SHIFT, ORDER_MASK, TICK_SHIFT, World
from sim.units import DAY

HANDLERS: dict[int, Callable[[Boards, Any, Any, Any], None]] = {
    ARRIVE: arrive,
    SORTIE: sortie,
    ROUND: round_of_fight,
    RETREAT: reach_refuge,
    TRANSFER: transfer,
    RISE: rise,
    REINFORCE: reinforce,
    TRIGGER: watch,
    DAILY: daily,
    REVIEW: review,
    DEPART: depart,
}
_KINDS = len(EVENT_NAMES)
_LOOSE = (ARRIVE, ROUND, RETREAT, TRANSFER, RISE, REINFORCE, DEPART)
"""Kinds whose events come at any time; the others come by the clock, in all runs alike."""
_WORTH = 200
"""A pass of loose events is worth while for one run in so many."""
_APART = (SORTIE, REVIEW)
"""Kinds whose handler takes one entity at a time."""


def _groups() -> Any:
    """The group of every kind and entity, by the order part of a key: a number per kind, and for kinds whose
    handler takes one entity at a time, per entity."""
    order = np.arange(1 << TICK_SHIFT)
    kind, entity = order >> KIND_SHIFT, order & ENTITY_MASK
    return np.where(np.isin(kind, _APART), kind + _KINDS * (1 + entity), kind).astype(np.int32)


_GROUPS = _groups()

Witness = Callable[[Boards, Any, Any, int, Any], None]
"""Called after every pass with the boards, the columns, their ticks, the kind and the entities."""


def play(world: World, seed: int, runs: Any, draws: Any, watch: Witness | None = None) -> Block:
    """Play all runs side by side (int64 arrays of equal length: run numbers, draws of the inputs). Raises LawBroken.

    Whoever watches holds the states against the laws himself, and can tell when one is broken.
    """
    boards = Boards(world, seed, runs, draws, watch is not None)
    with np.errstate(all="raise", under="ignore"):  # a division by nothing must not become a number
        advance(boards, watch)
    if watch is None:
        check_laws(world, boards.state(), world.horizon, boards.run)
    return _block(boards, runs, draws)


def advance(b: Boards, watch: Witness | None = None) -> None:
    """Play every run to the horizon."""
    w, key, clock = b.w, b.s.key, b.clock
    base = w.slot_base()
    groups = _KINDS * (1 + max(w.W, w.H))
    end = w.horizon << TICK_SHIFT
    loose, timed = key.min(axis=1), clock.min(axis=0)  # the next events of either sort
    due = np.minimum(loose, timed)
    group = _group(due, groups, end)
    crowd = np.bincount(group, minlength=groups + 1)
    while True:
        g = _next_group(crowd[:groups], b.size)
        if g < 0:
            break
        r = np.flatnonzero(group == g)
        now = due.take(r)
        t = now >> TICK_SHIFT
        kind = g % _KINDS
        e = now & ENTITY_MASK
        if kind in _LOOSE:
            b.cancel(base[kind] + e, r)
        else:
            clock[base[kind] - w.loose + int(e[0])][r] = IDLE
        if kind == DAILY:
            _muster(b, r, t - 1)
        HANDLERS[kind](b, r, int(e[0]) if kind in _APART else e, t)
        b.events[r] += 1
        if watch is not None:
            watch(b, r, t, kind, e)
        if kind not in _LOOSE:
            timed[r] = _soonest(clock, r)
        stirred = r[b.stirred.take(r)]
        loose[stirred] = key.take(stirred, axis=0).min(axis=1)
        b.stirred[stirred] = False
        now = np.minimum(loose.take(r), timed.take(r))
        new = _group(now, groups, end)
        due[r] = now
        group[r] = new
        crowd[g] -= len(r)
        crowd += np.bincount(new, minlength=groups + 1)
    everyone = np.arange(b.size)
    _muster(b, everyone, np.full(b.size, w.horizon - 1))


def _soonest(clock: Any, r: Any) -> Any:
    """The first of the events that come by the clock."""
    first = clock[0].take(r)
    for line in clock[1:]:
        np.minimum(first, line.take(r), out=first)
    return first


def _next_group(crowd: Any, size: int) -> int:
    """The group to advance: the largest of those whose events come at any time, as long as it is worth a pass; else
    the largest of all. So runs meet again at the common hours, groups stay large, and a few stragglers wait for
    the next group of their kind. -1 when all are finished."""
    loose = crowd[list(_LOOSE)]
    most = int(loose.argmax())
    if loose[most] * _WORTH >= size:
        return _LOOSE[most]
    g = int(crowd.argmax())
    return g if crowd[g] else -1


def _group(due: Any, groups: int, end: int) -> Any:
    """Which runs can advance together: a number per run, `groups` for those that are finished."""
    g = _GROUPS.take(due & ORDER_MASK)
    g[due >= end] = groups
    return g


def _muster(b: Boards, r: Any, tick: Any) -> None:
    """Write down the strength of every faction, and how many are displaced, at the end of a day."""
    s = b.s
    initial, arrived, *gone = (
        field.take(r, axis=1) for field in (s.initial, s.arrived, s.dead, s.deserted, s.captured, s.disbanded)
    )
    b.strength[tick // DAY, :, r] = (initial + arrived - sum(gone)).T
    b.displaced[tick // DAY, r] = b.w.civilians - s.residents.take(r, axis=0).sum(axis=1)


def _block(b: Boards, runs: Any, draws: Any) -> Block:
    s, w = b.s, b.w
    gone = [s.dead, s.deserted, s.captured, s.disbanded]
    people = [s.initial, s.arrived, s.initial + s.arrived - sum(gone), *gone]
    change = np.concatenate([np.zeros((len(CHANGE_COLUMNS), 0), np.int64), *b.changed], axis=1)
    change[0] = b.run[change[0]]
    order = np.lexsort(change[::-1])
    return Block(
        run=np.asarray(runs, np.int64),
        draw=np.asarray(draws, np.int64),
        end_tick=np.full(b.size, w.horizon, np.int64),
        end_reason=np.full(b.size, HORIZON, np.int64),
        events=b.events,
        people=np.stack(people),
        sorties=s.flown,
        harm=s.harm,
        final_holder=np.ascontiguousarray(s.holder.T, np.int64),
        cohesion=s.cohesion,
        inputs=b.inputs,
        change=np.ascontiguousarray(change[:, order]),
        strength=b.strength,
        displaced=b.displaced,
        fled=totals(s.fled),
        away=np.ascontiguousarray((w.population - s.residents).T),
        sheltered=sheltered(w, s.away.T),
        lacking=np.ascontiguousarray(s.lacking.T, np.int64).reshape(SERVICES, w.P, b.size),
    )
