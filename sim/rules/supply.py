"""Supply: what reaches a formation, and what it still carries.

Supply falls with driving time from the nearest source over roads that the camp holds (half at `reach`), and
is nil when cut off or besieged. Stocks move towards that level by limited steps a day.
"""

from __future__ import annotations

from sim.rules.ops import Number, clamp, pick, whole
from sim.units import GRID, NEVER


def reaching(far: Number, reach: Number, harried: Number, harm: Number, besieged: Number) -> Number:
    """Share of supply that arrives (grid). far: ticks from the nearest source, NEVER when cut off; harried:
    disruption of the rear (grid); harm: share lost when it is disrupted altogether."""
    flow = reach / (reach + far) * (1.0 - harm * harried / GRID)
    return pick((far >= NEVER) | (besieged > 0), 0, whole(flow * GRID))


def stocks(supply: Number, arriving: Number, drain: Number, refill: Number) -> Number:
    """Supply of a formation (grid) a day later."""
    return whole(supply + clamp(arriving - supply, -drain * GRID, refill * GRID))


def dug_in(fort: Number, per_day: Number, ceiling: Number) -> Number:
    """Field works (grid) after a day of digging by a garrison out of contact; better works stay."""
    step = per_day * GRID
    top = ceiling * GRID
    return pick(fort >= top, fort, whole(clamp(fort + step, 0.0, top)))
