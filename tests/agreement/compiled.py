"""Rules and handlers as numba would run them: compiled from the very same source, over flat arrays.

Nothing in `sim` imports numba. This adapter compiles each function of `sim.rules` and `sim.events` as it stands, but
for the branches that serve numpy arrays, and gives the handlers a Board made of structures instead of objects.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import zlib
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.experimental import structref
from numba.extending import overload_method

from sim.events import air as air_events
from sim.events import (
    board,
    calls,
    capture,
    choice,
    civilians,
    day,
    estimate,
    fight,
    march,
    orders,
    retreat,
    roads,
    talks,
)
from sim.events import holding as holding_events
from sim.events import rising as rising_events
from sim.model import kinds
from sim.model.draws import COLUMNS, draw_inputs
from sim.model.state import STATE, initial_state, sizes
from sim.model.world import ENTITY_MASK, IDLE, KIND_MASK, KIND_SHIFT, TICK_SHIFT, World
from sim.rules import (
    air,
    chance,
    cohesion,
    combat,
    command,
    displacement,
    handover,
    holding,
    morale,
    movement,
    ops,
    recall,
    reinforcement,
    rising,
    services,
    supply,
)
from sim.rules import retreat as retreat_rules

RULES = (
    ops, air, chance, cohesion, combat, command, handover, holding, morale, movement, recall, reinforcement,
    retreat_rules, rising, supply, displacement, services,
)  # fmt: skip
EVENTS = (
    board, roads, retreat, capture, fight, march, air_events, calls, rising_events, talks, holding_events,
    civilians, day, estimate, choice, orders,
)  # fmt: skip
SET_UP = {"entity_key", "round_keys", "pairs"}
"""Functions of chance that work on names, big integers or arrays: used before a run begins, never by a handler."""

HANDLERS = {
    "arrive": (kinds.ARRIVE, march),
    "sortie": (kinds.SORTIE, air_events),
    "round_of_fight": (kinds.ROUND, fight),
    "reach_refuge": (kinds.RETREAT, retreat),
    "reinforce": (kinds.REINFORCE, calls),
    "watch": (kinds.TRIGGER, calls),
    "transfer": (kinds.TRANSFER, talks),
    "rise": (kinds.RISE, rising_events),
    "daily": (kinds.DAILY, day),
    "review": (kinds.REVIEW, orders),
    "depart": (kinds.DEPART, march),
}
"""The handlers of sim/events/table.py by name: kind of event and module."""

INT = types.int64


class _ScalarsOnly(ast.NodeTransformer):
    """Removes what serves arrays alone: `if type(x) is _Array: ...` and its kin."""

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        return None if "_Array" in ast.unparse(node.test) else node

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        self.generic_visit(node)
        return node.orelse if "_Array" in ast.unparse(node.test) else node


def _scalar(function: FunctionType, names: dict[str, Any]) -> FunctionType:
    """The same function with other globals and without its branches for arrays."""
    tree = _ScalarsOnly().visit(ast.parse(textwrap.dedent(inspect.getsource(function))))
    code = compile(ast.fix_missing_locations(tree), inspect.getsourcefile(function) or "", "exec", dont_inherit=True)
    there: dict[str, Any] = {}
    exec(code, {"Number": Any, "Any": Any, **function.__globals__}, there)
    made = there[function.__name__]
    return FunctionType(made.__code__, names, function.__name__, function.__defaults__)


@cache
def compiled() -> dict[str, ModuleType]:
    """Every module of rules and events, by name, with its functions as numba dispatchers (compiled when called)."""
    modules = {module.__name__: ModuleType(module.__name__) for module in (*RULES, *EVENTS)}
    functions: dict[Any, Any] = {}
    for module in (*RULES, *EVENTS):
        names = vars(modules[module.__name__])
        for name, value in vars(module).items():
            if isinstance(value, ModuleType) and value.__name__ in modules:
                names[name] = modules[value.__name__]
            elif isinstance(value, FunctionType) and value.__module__ == module.__name__ and name not in SET_UP:
                inner = module in EVENTS and name not in HANDLERS  # never called from Python: nothing to wrap
                made = numba.njit(_scalar(value, names), no_cfunc_wrapper=True, no_cpython_wrapper=inner)
                functions[value] = names[name] = made
            elif isinstance(value, FunctionType) and value in functions:
                names[name] = functions[value]
            elif not name.startswith("__") or name == "__builtins__":
                names[name] = value
    return modules


@overload_method(types.Integer, "bit_count")
def _bit_count(mask: Any) -> Any:
    def count(mask: Any) -> Any:
        bits = 0
        while mask:
            mask &= mask - 1
            bits += 1
        return bits

    return count


# --- the board as structures ---------------------------------------------------------------------------------


class _Record(types.StructRef):
    """A structure passed by reference; numba's name for it, which lists every field, is cut short."""

    def __init__(self, fields: Any) -> None:
        super().__init__(fields)
        self.name = f"{type(self).__name__}({zlib.crc32(self.name.encode()):08x})"

    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


@structref.register
class WorldType(_Record):
    """What does not change."""


@structref.register
class CurvesType(_Record):
    """The world's tables."""


@structref.register
class DrawnType(_Record):
    """The constants of a run."""


@structref.register
class RuleType(_Record):
    """The rule parameters of a run."""


@structref.register
class StateType(_Record):
    """What changes."""


@structref.register
class BoardType(_Record):
    """A run in progress."""


@cache
def _proxy(kind: type, fields: tuple[str, ...]) -> Any:
    """The class that makes structures of a kind with the given fields."""
    proxy = type(kind.__name__.removesuffix("Type"), (structref.StructRefProxy,), {})
    structref.define_proxy(proxy, kind, list(fields))
    return proxy


def _make(kind: type, values: dict[str, Any]) -> Any:
    """A structure with the given fields."""
    return _proxy(kind, tuple(values))(*values.values())


@overload_method(BoardType, "draw")
def _draw(g: Any, purpose: Any, index: Any, k: Any) -> Any:
    pair = compiled()[chance.__name__].pair
    by_force, by_sky = (chance.LEG, chance.COME, chance.PREPARE, chance.UPRISING), (chance.WEATHER, chance.DESERT)
    by_place = (chance.ROUND_ATTACK, chance.ROUND_DEFENCE, chance.FORTUNE, chance.TALK, chance.DEAL, chance.HOLD)
    by_place += (chance.FLIGHT,)
    by_wing = (chance.SORTIE, chance.EFFECT)

    def draw(g: Any, purpose: Any, index: Any, k: Any) -> Any:
        w = g.w
        if purpose in by_place:
            key = w.place_key[index]
        elif purpose in by_wing:
            key = w.wing_key[index]
        elif purpose == chance.JUDGE:
            key = w.head_key[index]
        elif purpose in by_force:
            key = w.force_key[index]
        else:
            assert purpose in by_sky
            key = w.sky_key
        return pair(g.keys, g.run, key, purpose, k)

    return draw


def _flat(world: Any) -> dict[str, Any]:
    """Fields of a dataclass that are arrays or numbers."""
    out = {}
    for name in world.__dataclass_fields__:
        value = getattr(world, name)
        if isinstance(value, np.ndarray):
            out[name] = np.ascontiguousarray(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            out[name] = value
    return out


def _slots(world: World) -> dict[str, int]:
    """What a World works out when asked."""
    names = ("slots", "talk_slot", "wing_slot", "head_slot", "watch_slot", "day_slot")
    return {name: getattr(world, name) for name in names}


class Seat:
    """A board for one run after the other in one world, with the state in one buffer."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed = world, seed
        self.shape = sizes(world)
        self.buffer = np.zeros(sum(self.shape.values()), np.int64)
        self.fields, at = {}, 0
        for name, size in self.shape.items():
            self.fields[name] = self.buffer[at : at + size]
            at += size
        drawn = draw_inputs(world, seed, np.arange(1), np.arange(1))
        self.drawn = {name: np.zeros(len(getattr(drawn, name)), np.int64) for name in (*COLUMNS, "nerve")}
        self.rows = numba.typed.List.empty_list(types.UniTuple(INT, 8))
        curves = _make(CurvesType, _flat(world.curves))
        self.w = _make(WorldType, {**_flat(world), **_slots(world), "curves": curves})
        self.s, self.x = _make(StateType, self.fields), _make(DrawnType, self.drawn)

    def play(self, run: int) -> Any:
        """Play a run; yields tick, kind, entity and the rows of the log after every event."""
        runs = np.array([run])
        drawn = draw_inputs(self.world, self.seed, runs, runs)
        for name, column in self.drawn.items():
            column[:] = getattr(drawn, name)[:, 0]
        state = initial_state(self.world, drawn, 1)
        for name in STATE:
            self.fields[name][:] = state[name][:, 0]
        par = {name: float(np.ravel(value)[0]) for name, value in drawn.par.items()}
        g = _make(
            BoardType,
            {
                "w": self.w,
                "x": self.x,
                "par": _make(RuleType, par),
                "s": self.s,
                "tick": 0,
                "noting": True,
                "touched": numba.typed.List.empty_list(INT),
                "changes": numba.typed.List.empty_list(types.UniTuple(INT, 5)),
                "rows": self.rows,
                "keys": chance.round_keys(self.seed),
                "run": run,
            },
        )
        key = self.fields["key"]
        while True:
            slot = int(key.argmin())
            due = int(key[slot])
            tick, kind, entity = due >> TICK_SHIFT, (due >> KIND_SHIFT) & KIND_MASK, due & ENTITY_MASK
            if tick >= self.world.horizon:
                return
            key[slot] = IDLE
            _set_tick(g, tick)
            handlers()[kind](g, entity)
            rows = list(self.rows)
            self.rows.clear()
            yield tick, kind, entity, rows


@numba.njit
def _set_tick(g: Any, tick: int) -> None:
    g.tick = tick
    g.touched.clear()


@cache
def handlers() -> dict[int, Any]:
    """The compiled handler of each kind of event that is planned."""
    made = compiled()
    return {kind: getattr(made[module.__name__], name) for name, (kind, module) in HANDLERS.items()}
