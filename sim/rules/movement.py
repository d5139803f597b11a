"""March: how long a column needs for one leg of road.

Free march time is distance over the speed of the road class; halts, checkpoints and breakdowns only ever
lengthen it, by an exponentially distributed share. Darkness slows whoever lacks night equipment, other
columns of the camp on the same road slow each other, a broken bridge costs a detour. No leg is ever faster
than the road allows. Planning rates after FM 55-30.
"""

from __future__ import annotations

from sim.rules.ops import Number, lookup, whole
from sim.units import GRID


def leg(
    free: Number,
    haste: Number,
    dark: Number,
    slowdown: Number,
    night: Number,
    others: Number,
    congestion: Number,
    friction: Number,
    exponential: Number,
    u: Number,
    detour: Number,
) -> Number:
    """Time on a leg (ticks, at least one).

    free: ticks at road speed; haste: speed of the formation against the road's (grid); dark: 1 at night;
    slowdown: share of speed lost in the dark; night: night capability (grid); others: columns of the camp
    already on the road; congestion: extra share per column; friction: mean extra share; exponential: table of
    the unit exponential's quantiles; u: uniform draw; detour: ticks lost at a broken bridge.
    """
    pace = 1.0 - dark * slowdown * (1.0 - night / GRID)
    delays = 1.0 + friction * lookup(exponential, u)
    return whole(free * GRID / haste / pace * (1.0 + congestion * others) * delays) + detour + 1


def preparation(prepare: Number, harried: Number, u: Number) -> Number:
    """Time from the order to the first vehicle moving (ticks): 0.5 to 1.5 times the mean by the draw u; a harried
    rear (grid, at most one half) up to doubles it."""
    return whole(prepare * (0.5 + u) * (1.0 + 2.0 * harried / GRID)) + 1


def is_dark(second_of_day: Number, dawn: Number, dusk: Number) -> Number:
    """1 between dusk and dawn, else 0 (all in seconds of the local day)."""
    return 1 - (second_of_day >= dawn) * (second_of_day < dusk)
