"""Random inputs for every rule, by the name of the argument: what an engine may pass, and nothing else.

A rule with an argument that is not listed here makes the tests fail, so that no new rule goes untried.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np

import sim.rules
from sim.files import load_parameters
from sim.model.curves import make_curves
from sim.units import DAY, GRID, NEVER

Rule = Callable[..., Any]
Dice = np.random.Generator
Maker = Callable[[Dice, int], Any]
CURVES = make_curves({name: number.value for name, number in load_parameters().curves.items()})

NOT_ELEMENTWISE = {"chance"}
"""Files of sim/rules that hold no elementwise rule: keyed chance has tests of its own."""


def whole_numbers(low: int, high: int) -> Maker:
    """Whole numbers from low to high, both ends often."""

    def make(dice: Dice, n: int) -> Any:
        values = dice.integers(low, high + 1, n)
        values[dice.random(n) < 0.1] = low
        values[dice.random(n) < 0.1] = high
        return values

    return make


def reals(low: float, high: float) -> Maker:
    """Real numbers from low to high, both ends at times."""

    def make(dice: Dice, n: int) -> Any:
        values = low + (high - low) * dice.random(n)
        values[dice.random(n) < 0.05] = low
        values[dice.random(n) < 0.05] = high
        return values

    return make


def _uniform(dice: Dice, n: int) -> Any:
    return dice.random(n)


def _distance(dice: Dice, n: int) -> Any:
    return np.where(dice.random(n) < 0.1, NEVER, dice.integers(0, 4 * DAY, n))


def _condition(dice: Dice, n: int) -> Any:
    return dice.random(n) < 0.5


def _table(values: Any) -> Maker:
    return lambda dice, n: values


def _each(make: Maker, names: str) -> dict[str, Maker]:
    return dict.fromkeys(names.split(), make)


GRID_LEVEL, SHARE, FACTOR = whole_numbers(0, GRID), reals(0, 1), reals(0.01, 3)
PEOPLE, TICKS = whole_numbers(0, 40_000), whole_numbers(1, 4 * DAY)

TABLES: dict[str, Maker] = {
    "ground_gained": _table(CURVES.ground_gained),
    "strain": _table(CURVES.strain),
    "table": _table(CURVES.strain),
    "peril": _table(CURVES.peril),
    "exponential": _table(CURVES.exponential),
    "normal": _table(CURVES.normal),
}
"""Arguments that are a curve, the same for every element."""

ARGUMENTS: dict[str, Maker] = {
    **TABLES,
    **_each(GRID_LEVEL, "arriving base chance cohesion cohesion_0 effort fort gain harried level morale morale_lost"),
    **_each(GRID_LEVEL, "after before night quality repute reserve supply their_repute value will"),
    **_each(PEOPLE, "aircraft already broken defenders loss men mine others own people remaining side sorties"),
    **_each(PEOPLE, "crowd force here left muster nearby suppressed there threat"),
    **_each(PEOPLE, "total total_loss up_to"),
    **_each(TICKS, "detour fought free half_life leg march nearest prepare reach scale ticks"),
    **_each(whole_numbers(0, 1), "besieged dark embattled is_core isolated overlooked score_blind surprised was_ours"),
    **_each(whole_numbers(0, DAY), "dawn dusk second_of_day"),
    **_each(SHARE, "break_at cap ceiling congestion contagion darkness drain enemy_share flank fortification friction"),
    **_each(SHARE, "floor harm intensity morale_floor supply_weight"),
    **_each(SHARE, "isolation mean order overlook per_day refill refuse relief share sky spread step supply_floor"),
    **_each(SHARE, "aim brought gateway hope persistence surprise wanted weight"),
    **_each(FACTOR, "attack core cover defence defend each extra ground guard hurt lift luck luck_a luck_d"),
    **_each(FACTOR, "odds per_km per_loss rate retake shock softness tie wear"),
    **_each(reals(0, 50_000), "benefit expected power prize"),
    **_each(reals(0, 1_000), "a b no x yes"),
    **_each(whole_numbers(0, 1_000_000), "appeal flat stake worth"),
    **_each(GRID_LEVEL, "assurance readiness willing"),
    **_each(PEOPLE, "enemies fighters garrison held"),
    **_each(SHARE, "alone disband fear leave ours success theirs thin tide"),
    **_each(FACTOR, "deterrence liked speed"),
    **_each(GRID_LEVEL, "rule"),
    **_each(SHARE, "attitude head_start manned outlook standing"),
    **_each(FACTOR, "per_thousand"),
    **_each(whole_numbers(0, 3_000_000), "burden capacity inhabitants"),
    "came_over": whole_numbers(0, 1),
    "lacking": PEOPLE,
    **_each(GRID_LEVEL, "pull"),
    **_each(PEOPLE, "at_home away"),
    **_each(SHARE, "alarm assault fighting further handover stay upheaval"),
    **_each(whole_numbers(0, 1), "calm taken"),
    "population": whole_numbers(0, 80_000),
    "roads": whole_numbers(6, 12),
    "shut": whole_numbers(0, 6),
    "cut_off": whole_numbers(0, 1),
    "mediation": TICKS,
    "u": _uniform,
    "v": _uniform,
    "axes": whole_numbers(1, 6),
    "condition": _condition,
    "far": _distance,
    "fortune": whole_numbers(1, 4 * GRID),
    "frontage": whole_numbers(1, 6_000),
    "haste": whole_numbers(GRID // 20, 4 * GRID),
    "high": reals(400, 1_000),
    "low": reals(0, 400),
    "mask": whole_numbers(0, (1 << 40) - 1),
    "metres": whole_numbers(100, 300_000),
    "nerve": whole_numbers(-10 * GRID, GRID),
    "patron": reals(0, GRID),
    "poor": reals(1, 2),
    "slowdown": reals(0, 0.9),
    **_each(whole_numbers(0, 1_024), "held_up near way"),
    "judgement": whole_numbers(0, 3 * GRID),
    "so_far": whole_numbers(0, 12 * GRID),
}
"""What an argument of this name may be, in any rule."""

SPECIAL: dict[str, dict[str, Maker]] = {
    "air.bridge_hit": {"chance": SHARE, "sorties": whole_numbers(0, 60)},
    "air.delay": {"cap": TICKS, "each": TICKS},
    "air.harried": {"level": whole_numbers(0, GRID // 2)},
    "air.missions": {"rate": whole_numbers(0, 20 * GRID), "aircraft": whole_numbers(0, 300)},
    "air.weather": {"mean": reals(0.5, 1)},
    "cohesion.returning": {"rate": SHARE},
    "command.appeal": {"chance": SHARE},
    "command.prize": {"value": reals(0, GRID)},
    "command.lacking": {"guard": PEOPLE},
    "command.spared": {"guard": PEOPLE},
    "morale.deserters": {"rate": SHARE},
    "morale.rested": {"rate": SHARE},
    "displacement.alarm": {"liked": reals(0, 2)},
    "displacement.leaving": {"sorties": whole_numbers(0, 60), "each": reals(0, 100)},
    "displacement.up_to": {"total": whole_numbers(1, 3 * GRID)},
    "displacement.returning": {"liked": reals(0, 2), "rate": SHARE},
    "ops.lookup": {"x": reals(-0.2, 1.2)},
    "retreat.rest": {"base": TICKS},
    "services.blackout": {"sorties": whole_numbers(0, 60), "each": reals(0, 5_000)},
    "services.mended": {"fought": whole_numbers(0, 1)},
    "services.upheaval": {"fought": whole_numbers(0, 1)},
    "supply.reaching": {"harried": whole_numbers(0, GRID // 2)},
    "combat.odds_share": {"attack": reals(0, 5e6), "defence": reals(0, 5e6)},
    "combat.assault_share": {"attack": reals(0, 5e6), "defence": reals(0, 5e6), "cover": reals(0.5, 4)},
    "combat.exchange": {"attack": reals(0, 5e6), "defence": reals(0, 5e6), "cover": reals(0.5, 4)},
}
"""Where the same name means something else, by `file.rule`."""


def rules() -> dict[str, Rule]:
    """Every public function of sim.rules, by `file.name`."""
    found: dict[str, Rule] = {}
    for info in pkgutil.iter_modules(sim.rules.__path__):
        if info.name in NOT_ELEMENTWISE:
            continue
        module = importlib.import_module(f"sim.rules.{info.name}")
        for name, item in inspect.getmembers(module, inspect.isfunction):
            if item.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{info.name}.{name}"] = item
    return found


def arguments(name: str, rule: Rule, dice: Dice, n: int) -> dict[str, Any]:
    """Random arguments of a rule by name: an array of n for each, a table where it reads one."""
    drawn: dict[str, Any] = {}
    for argument in inspect.signature(rule).parameters:
        make = SPECIAL.get(name, {}).get(argument) or ARGUMENTS.get(argument)
        assert make is not None, f"tests/support/exactness.py must say what {argument!r} of {name} may be"
        drawn[argument] = make(dice, n)
    return drawn


def one(drawn: dict[str, Any], i: int) -> dict[str, Any]:
    """The i-th set of arguments as plain Python numbers and lists, as the reference engine passes them."""
    return {k: v.tolist() if k in TABLES else v[i].item() for k, v in drawn.items()}


def never_against(name: str, argument: str, sign: int, *, n: int = 4_000, **fixed: Any) -> None:
    """Assert that a rule never moves against the sign of a change of one argument, the others being equal;
    and that it does move somewhere, so that the argument is not ignored. `fixed` replaces random arguments."""
    rule = rules()[name]
    dice = np.random.default_rng(20241127)
    drawn = arguments(name, rule, dice, n)
    drawn.update({k: np.full(n, v) for k, v in fixed.items()})
    other = arguments(name, rule, dice, n)[argument]
    less, more = {**drawn, argument: np.minimum(drawn[argument], other)}, dict(drawn)
    more[argument] = np.maximum(drawn[argument], other)
    low, high = rule(**less), rule(**more)
    if not isinstance(low, tuple):
        low, high = (low,), (high,)
    step = [sign * (np.asarray(b).astype(float) - np.asarray(a).astype(float)) for a, b in zip(low, high, strict=True)]
    worst = min(float(s.min()) for s in step)
    assert worst >= -1e-9, f"{name} moves the wrong way by {-worst} as {argument} grows"
    assert max(float(s.max()) for s in step) > 0, f"{name} does not feel {argument}"
