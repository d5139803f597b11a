"""What is drawn before a run begins: uncertain inputs, and the nerve of every formation.

Inputs hang on the `draw` number, nerve on the `run` number: runs that share a draw share their inputs and
differ by chance alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.model.doubts import DOUBT_STEPS
from sim.model.parameters import RULES, attribute
from sim.model.world import World
from sim.rules import chance, combat, morale
from sim.rules.chance import pairs, round_keys
from sim.units import GRID

COLUMNS = (
    "people_0", "quality", "morale_0", "haste", "night", "chance", "delay", "cohesion_0", "collapse_at", "alert",
    "will_0", "aircraft_0", "rate", "wing_night", "effort", "repair", "detour", "restive",
    "willing", "assurance", "recall_at", "capacity",
)  # fmt: skip

_UNSHAKEN = -10 * GRID
"""A threshold below any morale, whatever raises it."""


@dataclass(frozen=True)
class Drawn:
    """The constants of each run: int64 arrays (entities, runs) on the grid, in ticks, people or aircraft, laid out run
    by run in memory.

    `par` holds the rule parameters by attribute name: a float where fixed, else a float64 array (runs,).
    `inputs` (inputs, runs) are the draws in the unit of their scenario field.
    """

    people_0: Any
    quality: Any
    morale_0: Any
    haste: Any
    night: Any
    chance: Any
    delay: Any
    cohesion_0: Any
    collapse_at: Any
    alert: Any
    will_0: Any
    aircraft_0: Any
    rate: Any
    wing_night: Any
    effort: Any
    repair: Any
    detour: Any
    restive: Any
    willing: Any
    assurance: Any
    recall_at: Any
    capacity: Any
    nerve: Any
    fortune_0: Any
    par: dict[str, Any]
    inputs: Any


def draw_inputs(world: World, seed: int, runs: Any, draws: Any) -> Drawn:
    """Draw everything for the given runs (int64 arrays of equal length: run numbers, input draws)."""
    doubts, keys, count = world.doubts, round_keys(seed), len(runs)
    inputs = np.zeros((len(doubts.ids), count))
    seen: dict[int, Any] = {}
    for i, key in enumerate(doubts.keys):
        if key not in seen:
            seen[key] = pairs(keys, draws, np.int64(key), chance.INPUT, np.int64(0))[0]
        inputs[i] = _quantile(np.asarray(doubts.tables[i]), seen[key], doubts.stepped[i])
    columns = {name: _column(doubts.columns.get(name, []), inputs, count) for name in COLUMNS}
    par = {}
    for name in RULES:
        value, source = doubts.columns[f"rule.{name}"][0]
        number = value if source < 0 else inputs[source] * value
        par[attribute(name)] = np.floor(number + 0.5) if name in world.timed else number
    u = pairs(keys, runs[None, :], world.force_key[:, None], chance.NERVE, np.int64(0))[0]
    nerve = morale.nerve(par["morale_break_at"], par["morale_nerve_spread"], u, columns["morale_0"])
    if not world.nerves_on:
        nerve = np.full(u.shape, _UNSHAKEN, np.int64)
    u = pairs(keys, runs[None, :], world.place_key[:, None], chance.FORTUNE, np.int64(0))[0]
    fortune = combat.fortune(world.curves.normal, u, par["combat_fortune"], par["combat_luck_floor"])
    return Drawn(**columns, nerve=nerve, fortune_0=fortune, par=par, inputs=inputs)


def _column(cells: list[tuple[float, int]], inputs: Any, count: int) -> Any:
    out = np.zeros((count, len(cells)), np.int64).T  # laid out run by run, as the engines read it
    for i, (value, source) in enumerate(cells):
        out[i] = int(value + 0.5) if source < 0 else (inputs[source] * value + 0.5).astype(np.int64)
    return out


def _quantile(table: Any, u: Any, stepped: bool) -> Any:
    spot = u * DOUBT_STEPS
    left = np.minimum(spot.astype(np.int64), DOUBT_STEPS - 1)
    below = table[left]
    if stepped:
        return below
    return below + (table[left + 1] - below) * (spot - left)
