"""Many runs side by side: the state as rows of runs, and the small tools that handlers share.

A handler gets a slice of runs whose next event is of one kind: `r`, the columns (ascending, each once), `t`, their
ticks, and `e`, the entity of each. It gathers, calls the rules on whole arrays, and scatters. Nothing here is
shared with `sim.events`: the two engines agree because both follow the rules, not because they share code.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.model.draws import COLUMNS, draw_inputs
from sim.model.kinds import (
    FLEEING,
    GONE,
    HANDED_OVER,
    HOLDER,
    LEFT,
    LOG_COLUMNS,
    LOST,
    MARCHING,
    PLACED,
    PRESENT,
    QUIET,
    RISEN,
    ROSE,
)
from sim.model.results import CHANGE_COLUMNS
from sim.model.state import STATE, initial_state
from sim.model.world import IDLE, KIND_SHIFT, TICK_SHIFT, World
from sim.rules import holding, movement
from sim.rules.chance import WEATHER, pairs, round_keys
from sim.units import DAY

_AT_ONCE = 4096
"""Runs that are set up together."""


class Boards:
    """The boards of a batch of runs.

    w: the world (arrays); s: state; x: drawn constants; sky (runs, days): the weather's draws. Fields of places, roads
    and formations are (runs, entities), so that what belongs to one run lies together in memory; those of which one
    entity is looked at in all runs (wings, commands, camps, factions, backers, triggers) are (entities, runs).
    spot (runs, formations): where each counts, which is the place where it is or to which it marches, else -1.
    The next events are kept apart: s.key for slots whose events come at any time, clock (slots, runs) for those whose
    events come by the clock; stirred (runs,) marks runs where s.key may have changed.
    `log` collects (column, event, row) arrays when `noting`; `changed` collects changes of hands always.
    """

    def __init__(self, world: World, seed: int, runs: Any, draws: Any, noting: bool) -> None:
        self.w = world
        self.size = len(runs)
        self.run = np.asarray(runs, np.int64)
        self.keys = round_keys(seed)
        self._set_up(seed, np.asarray(draws, np.int64))
        self.spot = np.where(self.s.at >= 0, self.s.at, -1)
        self.clock = np.ascontiguousarray(self.s.key[:, world.loose :].T)
        self.s.key = np.ascontiguousarray(self.s.key[:, : world.loose])
        self.stirred = np.zeros(self.size, bool)
        self.events = np.zeros(self.size, np.int64)
        self.sky = pairs(self.keys, self.run[:, None], world.sky_key, WEATHER, np.arange(world.days))[0]
        self.noting = noting
        self.log: list[Any] = []
        self.changed: list[Any] = []
        self.strength = np.zeros((world.days, world.K, self.size), np.int64)
        self.displaced = np.zeros((world.days, self.size), np.int64)

    def _set_up(self, seed: int, draws: Any) -> None:
        """Draw the constants and lay out the pieces, for some runs at a time, as many as a core keeps close."""
        self.s, self.x = SimpleNamespace(), SimpleNamespace()
        self._par: dict[str, Any] = {}
        for at in range(0, max(1, self.size), _AT_ONCE):
            some = slice(at, min(self.size, at + _AT_ONCE))
            drawn = draw_inputs(self.w, seed, self.run[some], draws[some])
            state = initial_state(self.w, drawn, some.stop - at)
            if at == 0:
                self.inputs = np.empty((len(drawn.inputs), self.size))
            self.inputs[:, some] = drawn.inputs
            for name in STATE:
                self._lay_out(self.s, name, state[name], some)
            for name in (*COLUMNS, "nerve"):
                self._lay_out(self.x, name, getattr(drawn, name), some)
            for name, value in drawn.par.items():
                if np.ndim(value):
                    self._par.setdefault(name, np.empty(self.size))[some] = value
                else:
                    self._par[name] = float(value)

    def _lay_out(self, fields: Any, name: str, field: Any, some: slice) -> None:
        """A field (entities, some runs) as handlers want it."""
        tall, entities = name in _TALL, len(field)
        if some.start == 0:
            shape = (entities, self.size) if tall else (self.size, entities)
            setattr(fields, name, np.empty(shape, np.int32 if name in _NARROW else np.int64))
        whole = getattr(fields, name)
        if tall:
            whole[:, some] = field
        else:
            whole[some] = field.T

    def par(self, name: str, r: Any) -> Any:
        """A rule parameter for some columns: a float when it is fixed, else an array."""
        value = self._par[name]
        return value if isinstance(value, float) else value.take(r)

    def ticks(self, name: str, r: Any) -> Any:
        """A rule parameter that is a number of ticks, as integers."""
        value = self.par(name, r)
        return value.astype(np.int64) if isinstance(value, np.ndarray) else int(value)

    def draw(self, purpose: Any, key: Any, k: Any, r: Any) -> Any:
        """Two uniform numbers per column, keyed as everywhere."""
        return pairs(self.keys, self.run.take(r), key, purpose, k)

    def dark(self, t: Any) -> Any:
        """1 between dusk and dawn."""
        w = self.w
        return movement.is_dark((t + w.start_second) % DAY, w.dawn, w.dusk)

    def plan(self, slot: Any, r: Any, tick: Any, kind: int, entity: Any) -> None:
        """Plan the next event of a formation or a place in each column."""
        self.s.key[r, slot] = (tick << TICK_SHIFT) | (kind << KIND_SHIFT) | entity
        self.stirred[r] = True

    def cancel(self, slot: Any, r: Any) -> None:
        """Nothing is planned for a formation or a place any more."""
        self.s.key[r, slot] = IDLE
        self.stirred[r] = True

    def appoint(self, slot: int, r: Any, tick: Any, kind: int, entity: int) -> None:
        """Plan the next event of a slot whose events come by the clock."""
        self.clock[slot - self.w.loose][r] = (tick << TICK_SHIFT) | (kind << KIND_SHIFT) | entity

    def rows(self, name: str, r: Any) -> Any:
        """A field of the state in some columns: (n, entities)."""
        field = getattr(self.s, name)
        if name in _TALL:
            rows: Any = field.take(r, axis=1).T
        else:
            rows = field.take(r, axis=0)
        return rows if name != "key" else np.concatenate([rows, self.clock.take(r, axis=1).T], axis=1)

    def state(self) -> dict[str, Any]:
        """The whole state as the laws take it: name -> (entities, runs)."""
        state = {name: field if name in _TALL else field.T for name, field in vars(self.s).items()}
        return state | {"key": np.concatenate([self.s.key.T, self.clock])}

    def add(self, name: str, row: Any, r: Any, amount: Any) -> None:
        """Add to a field where the same cell may occur more than once."""
        field = getattr(self.s, name)
        first, second = (row, r) if name in _TALL else (r, row)
        np.add.at(field.reshape(-1), first * field.shape[1] + second, amount)

    def note(
        self, r: Any, t: Any, kind: int, actor: Any, place: Any, other: Any, cause: Any, a: Any, b: Any = 0
    ) -> None:
        """Write rows of the log."""
        if self.noting and len(r):
            row = np.empty((len(LOG_COLUMNS), len(r)), np.int64)
            for i, value in enumerate((r, self.events[r], t, kind, actor, place, other, cause, a, b)):
                row[i] = value
            self.log.append(row)


_NARROW = frozenset((
    "holder", "before", "phase", "foe", "lead", "status", "at", "arc", "objective", "hop", "given_up", "suitor",
    "residents", "away", "supplies", "utilities", "lacking", "heard", "raids", "unrest",
))  # fmt: skip
"""Fields that hold indices, and those of civilians, which are small enough: half the width, so that a run's row fits
into fewer cache lines."""


_TALL = frozenset(name for name, field in STATE.items() if field.size in ("W", "H", "C", "K", "B", "T", "1")) | {
    "cohesion_0", "collapse_at", "alert", "assurance", "recall_at", "capacity", "will_0", "aircraft_0", "rate",
    "wing_night", "effort", "delay",
}  # fmt: skip
"""Fields and constants kept as (entities, runs)."""


def cells(field: Any, row: Any, column: Any) -> Any:
    """The numbers at rows and columns of a field: as `field[row, column]`, in half the time."""
    return field.reshape(-1).take(row * field.shape[1] + column)


def select(mask: Any, *arrays: Any) -> Any:
    """The elements of several arrays where a mask holds; plain numbers stay as they are."""
    keep = np.flatnonzero(mask)
    if len(keep) == len(mask):
        return arrays
    return tuple(a.take(keep, axis=0) if isinstance(a, np.ndarray) and a.ndim else a for a in arrays)


def totals(table: Any) -> Any:
    """The sum of each row of whole numbers (n, few): as `sum(axis=1)`, in a quarter of the time."""
    return np.einsum("ij->i", table)


def column(value: Any) -> Any:
    """A parameter per run, to be set against a row of entities."""
    return value[:, None] if isinstance(value, np.ndarray) else value


def rank(j: Any) -> Any:
    """Position of each element within its run of equal values (j ascending): 0, 1, 2, ..."""
    if len(j) == 0:
        return j
    starts = np.flatnonzero(np.concatenate([[True], j[1:] != j[:-1]]))
    counts = np.diff(np.append(starts, len(j)))
    return np.arange(len(j)) - np.repeat(starts, counts)


def take_out(b: Boards, f: Any, r: Any, t: Any, arc: Any, status: int, cause: Any) -> None:
    """Put formations that are at places onto roads."""
    s, w = b.s, b.w
    i = r * w.F + f
    c, p, people = w.side_of.take(f), s.at.reshape(-1).take(i), s.people.reshape(-1).take(i)
    b.add("here", c * w.P + p, r, -people)
    b.add("traffic", c * w.A + arc, r, 1)
    s.at.reshape(-1)[i] = -1
    s.arc.reshape(-1)[i] = arc
    s.status.reshape(-1)[i] = status
    b.spot.reshape(-1)[i] = np.where(np.equal(status, MARCHING), w.head.take(arc), -1)
    s.legs.reshape(-1)[i] += 1
    b.note(r, t, LEFT, f, p, w.head.take(arc), cause, people)


def put_in(b: Boards, f: Any, r: Any, t: Any, cause: int) -> Any:
    """Bring formations from their roads into the places at the end (each column once); returns the places."""
    s, w = b.s, b.w
    i = r * w.F + f
    c, arc = w.side_of.take(f), s.arc.reshape(-1).take(i)
    p = w.head.take(arc)
    people = s.people.reshape(-1).take(i)
    s.traffic.reshape(-1)[r * (w.C * w.A) + c * w.A + arc] -= 1
    s.at.reshape(-1)[i] = b.spot.reshape(-1)[i] = p
    s.status.reshape(-1)[i] = PRESENT
    s.here.reshape(-1)[r * (w.C * w.P) + c * w.P + p] += people
    b.note(r, t, PLACED, f, p, w.tail.take(arc), cause, people)
    return p


def emerge(b: Boards, f: Any, r: Any, t: Any) -> None:
    """Dormant fighters take up arms at home; each (f, r) once."""
    s, w = b.s, b.w
    p, people = w.home.take(f), cells(s.people, r, f)
    s.status[r, f] = PRESENT
    s.at[r, f] = b.spot[r, f] = p
    s.ready[r, f] = t
    b.add("here", w.side_of.take(f) * w.P + p, r, people)
    b.cancel(f, r)
    b.note(r, t, ROSE, f, p, -1, RISEN, people)


def lose(b: Boards, f: Any, r: Any, t: Any, number: Any, ledger: str, cause: int) -> None:
    """Take people off formations and enter them in their factions' ledger; each (f, r) once."""
    some = number > 0
    if not some.any():
        return
    f, r, t, number = select(some, f, r, t, number)
    s, w = b.s, b.w
    left = cells(s.people, r, f) - number
    s.people[r, f] = left
    b.add(ledger, w.faction.take(f), r, number)
    p = cells(s.at, r, f)
    placed = p >= 0
    if placed.all():
        b.add("here", w.side_of.take(f) * w.P + p, r, -number)
    else:
        b.add("here", (w.side_of.take(f) * w.P + p)[placed], r[placed], -number[placed])
    b.note(r, t, LOST, f, p, -1, cause, number)
    empty = left == 0
    if empty.any():
        f, r = f[empty], r[empty]
        status = cells(s.status, r, f)
        moving = (status == MARCHING) | (status == FLEEING)
        b.add("traffic", (w.side_of.take(f) * w.A + cells(s.arc, r, f))[moving], r[moving], -1)
        s.status[r, f] = GONE
        s.at[r, f] = b.spot[r, f] = -1
        b.cancel(f, r)


def change_hands(b: Boards, p: Any, r: Any, t: Any, new: Any, cause: Any) -> None:
    """Write down that places have new holders, whose rule has only begun; talks about them are over."""
    s, w = b.s, b.w
    liked = w.attitude.take(new * w.P + p)
    rule = holding.begun(((cause == RISEN) | (cause == HANDED_OVER)).astype(np.int64), b.par("holding_head_start", r))
    s.rule[r, p] = rule
    s.garrison[r, p] = holding.garrison(w.population.take(p), b.par("holding_garrison", r), rule, liked)
    s.suitor[r, p] = -1
    b.cancel(w.talk_slot + p, r)
    old = cells(s.holder, r, p)
    s.before[r, p] = old
    s.holder[r, p] = new
    s.since[r, p] = t
    s.changes[0][r] += 1
    row = np.empty((len(CHANGE_COLUMNS), len(r)), np.int64)
    for i, value in enumerate((r, t, p, old, new, cause)):
        row[i] = value
    b.changed.append(row)
    b.note(r, t, HOLDER, p, p, old, cause, new, old)


def is_vacant(b: Boards, r: Any, p: Any) -> Any:
    """Whether places are nobody's but in name: the holder has recalled his forces or given up, and nobody is there.
    r, p: columns and places, of shapes that go together."""
    s, w = b.s, b.w
    k = cells(s.holder, r, p)
    left = (cells(s.recalled, k, r) > 0) | (cells(s.given_up, k, r) > 0)
    return left & (cells(s.here, r, w.camp.take(k) * w.P + p) == 0) & (cells(s.phase, r, p) == QUIET)


def look_again(b: Boards, h: Any, r: Any) -> None:
    """Things have changed for commands `h` (one, or one per column): places that they had shelved can be chosen again,
    and without an objective they choose at their next review."""
    s, w = b.s, b.w
    h = np.broadcast_to(h, len(r))
    idle = cells(s.objective, h, r) < 0
    s.until[h[idle], r[idle]] = 0
    s.shelved.reshape(-1, w.P)[r * w.H + h] = 0


def bar(b: Boards, c: Any, arc: Any, r: Any) -> Any:
    """Whether a column hostile to camp `c` comes down a road the other way; `arc` (n,) or (n, ways)."""
    s, w = b.s, b.w
    back = w.back.take(arc)
    if arc.ndim > 1:
        c, r = c[:, None], r[:, None]
    row = r * (w.C * w.A) + back
    traffic = s.traffic.reshape(-1)
    barred = np.zeros(arc.shape, bool)
    for e in range(w.C):
        barred |= (w.hostile.take(c * w.C + e) > 0) & (traffic.take(row + e * w.A) > 0)
    return barred


def legs(b: Boards, f: Any, r: Any, t: Any, arc: Any, others: Any, u: Any) -> Any:
    """Ticks of one leg for each formation."""
    s, w, x = b.s, b.w, b.x
    e = w.road.take(arc)
    detour = np.where(cells(s.broken, r, e) > t, cells(x.detour, r, e), 0)
    return movement.leg(
        w.free.take(arc), cells(x.haste, r, f), b.dark(t), b.par("march_night_slowdown", r), cells(x.night, r, f),
        others, b.par("march_congestion", r), b.par("march_friction", r), w.curves.exponential, u, detour,
    )  # fmt: skip
