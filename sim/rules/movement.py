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


def preparation(prepare: Number, spread: Number, harried: Number, harm: Number, u: Number) -> Number:
    """Time from the order to the first vehicle moving (ticks): the mean, up to a share `spread` less or more by the
    draw u, longer by `harm` times the disruption of the rear (harried, grid)."""
    return whole(prepare * (1.0 - spread + 2.0 * spread * u) * (1.0 + harm * harried / GRID)) + 1


def is_dark(second_of_day: Number, dawn: Number, dusk: Number) -> Number:
    """1 between dusk and dawn, else 0 (all in seconds of the local day)."""
    return 1 - (second_of_day >= dawn) * (second_of_day < dusk)
