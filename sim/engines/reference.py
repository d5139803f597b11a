"""The engine that says what a run is: SimPy processes that wait for their appointments and play them.

Every entity that can act (a formation, a place under attack, a wing, a command, the watch on triggers, the
day) is a process with one appointment at a time. When it comes due, the process hands over to a handler in
`sim.events`, which moves the pieces and may plan new appointments for others; a new appointment replaces the
old one. At the same tick, appointments keep the order of `sim.model.kinds`: kind, then entity.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import make_dataclass
from typing import Any

import numpy as np
import simpy

from sim.events.board import Board
from sim.events.table import HANDLERS
from sim.model.draws import COLUMNS, Drawn, draw_inputs
from sim.model.kinds import DAILY, HORIZON, SERVICES
from sim.model.laws import check_laws
from sim.model.parameters import RULES, attribute
from sim.model.results import CHANGE_COLUMNS, Block
from sim.model.state import STATE, initial_state, sheltered, sizes
from sim.model.world import ENTITY_MASK, IDLE, KIND_MASK, KIND_SHIFT, ORDER_MASK, TICK_SHIFT, World
from sim.rules.chance import (
    COME,
    DEAL,
    DESERT,
    EFFECT,
    FLIGHT,
    FORTUNE,
    HOLD,
    JUDGE,
    LEG,
    PREPARE,
    ROUND_ATTACK,
    ROUND_DEFENCE,
    SORTIE,
    TALK,
    UPRISING,
    WEATHER,
    Keys,
    pair,
    pairs,
    round_keys,
)
from sim.units import DAY

_AT_ONCE = 32
"""Runs for which draws are dealt in advance together."""
_BLOCKS_PER_DAY, _LEGS, _FIGHTS, _ROUNDS, _CHOICES = 6, 8, 2, 16, 24
"""Uses dealt in advance: blocks of a wing, legs of a formation, fights and rounds at a place, choices of a command.
What goes beyond is drawn when needed."""


_State: Any = make_dataclass("_State", [*STATE, ("buffer", Any, None)], slots=True)
_Drawn: Any = make_dataclass("_Drawn", (*COLUMNS, "nerve"), slots=True)
_Numbers: Any = make_dataclass("_Numbers", [attribute(name) for name in RULES], slots=True)
"""What a Board holds of one run, by name. Fixed names are quick to reach."""

Witness = Callable[[Board, int, int], None]
"""Called after every event with the board, the kind of event and the entity."""


class Appointment(simpy.Event):  # type: ignore[misc]  # simpy is untyped
    """An event due at a fixed tick, ordered by kind and entity among those of the same tick."""

    def __init__(self, env: simpy.Environment, tick: int, order: int) -> None:
        # As simpy.Timeout does: an event that is bound to happen is triggered when it is made.
        self.env = env
        self.callbacks: Any = []
        self._ok = True
        self._value = None
        env.schedule(self, order, tick - env._now)


class Campaign:
    """One run: the processes of all entities on one board."""

    def __init__(self, world: World, board: Board, witness: Witness | None = None) -> None:
        self.board, self.witness = board, witness
        self.env = simpy.Environment()
        self.horizon, self.events = world.horizon, 0
        self.strength = [[0] * world.K for _ in range(world.days)]
        self.displaced = [0] * world.days
        slots = range(world.slots)
        self.waiting: list[simpy.Event] = [simpy.Event(self.env) for _ in slots]
        for slot in slots:
            self.env.process(self.life(slot))

    def play(self) -> None:
        """Play until nothing is due before the horizon."""
        self.env.run()
        self.board.tick = self.horizon
        self.muster(self.horizon - 1)
        for event in self.waiting:  # processes and what they wait for hold each other: let go, and nothing is left
            event.callbacks = None

    def life(self, slot: int) -> Generator[simpy.Event, None, None]:
        """The process of one entity: wait for the appointment, play it, and see to whom it matters."""
        board, keys, appoint = self.board, self.board.s.key, self.appoint
        touched = board.touched
        while True:
            yield appoint(slot)
            key = keys[slot]
            keys[slot] = IDLE
            kind = (key >> KIND_SHIFT) & KIND_MASK
            board.tick = key >> TICK_SHIFT
            if kind == DAILY:
                self.muster(board.tick - 1)
            HANDLERS[kind](board, key & ENTITY_MASK)
            self.events += 1
            for other in touched:
                if other != slot:
                    appoint(other)
            touched.clear()
            if self.witness is not None:
                self.witness(board, kind, key & ENTITY_MASK)

    def appoint(self, slot: int) -> simpy.Event:
        """Book the slot's planned event; whoever waited for the old appointment waits for the new one."""
        key = self.board.s.key[slot]
        tick = key >> TICK_SHIFT
        if tick < self.horizon:
            new: simpy.Event = Appointment(self.env, tick, key & ORDER_MASK)
        else:
            new = simpy.Event(self.env)
        old = self.waiting[slot]
        if old.callbacks:
            new.callbacks, old.callbacks = old.callbacks, []
        self.waiting[slot] = new
        return new

    def muster(self, tick: int) -> None:
        """Write down the strength of every faction, and how many are displaced, at the end of the day that contains a
        tick."""
        s = self.board.s
        self.strength[tick // DAY] = [
            i + a - d - e - c - h
            for i, a, d, e, c, h in zip(s.initial, s.arrived, s.dead, s.deserted, s.captured, s.disbanded, strict=True)
        ]
        self.displaced[tick // DAY] = self.board.w.civilians - sum(s.residents)


def play(world: World, seed: int, runs: Any, draws: Any, watch: Callable[[int, Board], Witness] | None = None) -> Block:
    """Play runs one after the other.

    runs, draws: int64 arrays of equal length, run numbers and draws of the inputs. `watch(i, board)` is called
    before the i-th run and returns what is to be called after each of its events; the board then keeps a log.
    Raises LawBroken; whoever watches holds the states against the laws himself, and can tell when one is broken.
    """
    drawn = draw_inputs(world, seed, runs, draws)
    state = initial_state(world, drawn, len(runs))
    plain = world.plain()
    sheets = _Sheets(world, len(runs))
    seats, draws_of = _seats(drawn, state, len(runs)), dealers(world, round_keys(seed), runs)
    for i, ((x, par, s), draw) in enumerate(zip(seats, draws_of, strict=True)):
        board = Board(plain, x, par, s if watch is None else _in_place(state, i), draw)
        campaign = Campaign(plain, board, watch(i, board) if watch else None)
        campaign.play()
        sheets.fill(i, int(runs[i]), campaign)
    final = {name: rows.T for name, rows in sheets.final.items()}
    if watch is None:
        check_laws(world, final, world.horizon, runs)
    return _block(world, drawn, runs, draws, sheets, final)


class _Sheets:
    """What is kept of the runs played: the last state, name -> (runs, entities), changes of hands, strengths."""

    def __init__(self, world: World, count: int) -> None:
        self.final = {name: np.empty((count, size), np.int64) for name, size in sizes(world).items()}
        self.horizon = np.full(count, world.horizon, np.int64)
        self.events = np.empty(count, np.int64)
        self.strength = np.empty((count, world.days, world.K), np.int64)
        self.displaced = np.empty((count, world.days), np.int64)
        self.changes: list[tuple[int, ...]] = []

    def fill(self, i: int, run: int, campaign: Campaign) -> None:
        """Keep what the i-th run has left."""
        for name, rows in self.final.items():
            rows[i] = getattr(campaign.board.s, name)
        self.events[i] = campaign.events
        self.strength[i] = campaign.strength
        self.displaced[i] = campaign.displaced
        self.changes += [(run, *change) for change in campaign.board.changes]


def _seats(drawn: Drawn, state: dict[str, Any], count: int) -> Iterator[tuple[Any, Any, Any]]:
    """Constants, rule parameters and state of each run, unpacked for some runs at a time."""
    numbers = [np.broadcast_to(drawn.par[attribute(name)], count) for name in RULES]
    for at in range(0, count, _AT_ONCE):
        runs = slice(at, min(count, at + _AT_ONCE))
        constants = [getattr(drawn, name)[:, runs].T.tolist() for name in (*COLUMNS, "nerve")]
        fields = [state[name][:, runs].T.tolist() for name in STATE]
        par = np.stack([number[runs] for number in numbers], axis=1).astype(float).tolist()
        for row, values, field in zip(zip(*constants, strict=True), par, zip(*fields, strict=True), strict=True):
            yield _Drawn(*row), _Numbers(*values), _State(*field)


def _in_place(state: dict[str, Any], i: int) -> Any:
    """The state of the i-th run in one buffer, `buffer`, for digests."""
    buffer = np.concatenate([state[name][:, i] for name in STATE])
    ends = np.cumsum([state[name].shape[0] for name in STATE]).tolist()
    return _State(*(memoryview(buffer.data)[a:b] for a, b in zip([0, *ends], ends, strict=False)), buffer)


Draw = Callable[[int, int, int], tuple[float, float]]


def dealers(world: World, keys: Keys, runs: Any) -> Iterator[Draw]:
    """The draws of each run. Those that every run needs are dealt in advance for some runs at a time, because
    that is faster; keyed draws are the same whenever they are made."""
    by_force, by_place, by_wing, by_head = world.force_key, world.place_key, world.wing_key, world.head_key
    sky = np.array([world.sky_key])
    entity = {LEG: by_force, COME: by_force, PREPARE: by_force, UPRISING: by_force, DESERT: sky, WEATHER: sky}
    entity |= {ROUND_ATTACK: by_place, ROUND_DEFENCE: by_place, FORTUNE: by_place, HOLD: by_place}
    entity |= {TALK: by_place, DEAL: by_place, FLIGHT: by_place}
    entity |= {SORTIE: by_wing, EFFECT: by_wing, JUDGE: by_head}
    plain = {purpose: whom.tolist() for purpose, whom in entity.items()}
    blocks = _BLOCKS_PER_DAY * world.days
    count = {SORTIE: blocks, EFFECT: blocks, WEATHER: world.days, DESERT: world.days + 1, LEG: _LEGS}
    count |= {JUDGE: _CHOICES, PREPARE: _LEGS, ROUND_ATTACK: _ROUNDS, ROUND_DEFENCE: _ROUNDS, FORTUNE: _FIGHTS, COME: 1}
    count |= {FLIGHT: world.days + 1}
    for at in range(0, len(runs), _AT_ONCE):
        some = runs[at : at + _AT_ONCE]
        dealt = {purpose: _deal(keys, some, entity[purpose], purpose, times) for purpose, times in count.items()}
        for i, run in enumerate(some.tolist()):
            yield _dealer(keys, run, plain, count, {p: (u[i].data, v[i].data) for p, (u, v) in dealt.items()})


def _deal(keys: Keys, runs: Any, entity: Any, purpose: int, times: int) -> tuple[Any, Any]:
    u, v = pairs(keys, runs[:, None, None], entity[None, :, None], purpose, np.arange(times))
    return u.reshape(len(runs), -1), v.reshape(len(runs), -1)


def _dealer(keys: Keys, run: int, entity: Any, count: dict[int, int], dealt: dict[int, tuple[Any, Any]]) -> Draw:
    """The draws of one run: from what was dealt, or made now."""

    def draw(purpose: int, index: int, k: int) -> tuple[float, float]:
        times = count.get(purpose, 0)
        if k < times:
            u, v = dealt[purpose]
            at = index * times + k
            return u[at], v[at]
        return pair(keys, run, entity[purpose][index], purpose, k)

    return draw


def _block(world: World, drawn: Drawn, runs: Any, draws: Any, sheets: _Sheets, final: dict[str, Any]) -> Block:
    """The tables of the runs played."""
    initial, arrived = final["initial"], final["arrived"]
    gone = [final[name] for name in ("dead", "deserted", "captured", "disbanded")]
    present = initial + arrived - sum(gone)
    return Block(
        run=np.asarray(runs, np.int64),
        draw=np.asarray(draws, np.int64),
        end_tick=sheets.horizon,
        end_reason=np.full(len(runs), HORIZON, np.int64),
        events=sheets.events,
        people=np.stack([initial, arrived, present, *gone]),
        sorties=final["flown"],
        harm=final["harm"],
        final_holder=final["holder"],
        cohesion=final["cohesion"],
        inputs=drawn.inputs,
        change=np.ascontiguousarray(np.array(sorted(sheets.changes), np.int64).reshape(-1, len(CHANGE_COLUMNS)).T),
        strength=sheets.strength.transpose(1, 2, 0),
        displaced=np.ascontiguousarray(sheets.displaced.T),
        fled=final["fled"].sum(axis=0),
        away=world.population[:, None] - final["residents"],
        sheltered=sheltered(world, final["away"]),
        lacking=final["lacking"].reshape(SERVICES, world.P, -1),
    )
