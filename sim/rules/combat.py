"""The fight for a place: who is worth how much, what a round costs, and how far it carries.

Losses follow Lanchester's equations in discrete rounds. Where everybody can fight, each side loses in
proportion to the enemy's fighting power (square law); where a front is crowded only those who fit on it
count, so that losses stop growing with numbers (linear law). Protection by ground, works, heights and
darkness divides or scales power as in Dupuy's Quantified Judgment Model (1979). The expected loss e becomes a
whole number by floor(e + u), which is unbiased.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.rules.ops import Number, least, lookup, most, pick, root, whole
from sim.units import GRID, HOUR, POWER


class Losses(NamedTuple):
    """People killed in a round, expected."""

    attacker: Number
    defender: Number


def fighting_power(
    people: Number,
    quality: Number,
    morale: Number,
    morale_floor: Number,
    supply: Number,
    supply_floor: Number,
    order: Number,
    darkness: Number,
    night: Number,
) -> Number:
    """Fighting power of a formation (1/256 of a fully effective person, whole).

    quality, morale, supply, night: grid; morale_floor, supply_floor: share left with no morale, with no supply;
    order: share left while reorganising (1 when fit); darkness: share lost in the dark by whoever cannot see (0 by
    day and for defenders).
    """
    spirit = morale_floor + (1.0 - morale_floor) * morale / GRID
    provision = supply_floor + (1.0 - supply_floor) * supply / GRID
    sight = 1.0 - darkness * (1.0 - night / GRID)
    return whole(people * (quality * POWER / GRID) * spirit * provision * order * sight)


def unsuppressed(power: Number, people: Number, suppressed: Number, cap: Number) -> Number:
    """Power left when air strikes keep `suppressed` people's heads down, at most a share `cap` of them."""
    return power * (1.0 - least(cap, suppressed / most(people, 1)))


def front(frontage: Number, axes: Number) -> Number:
    """People who can fight at once when the attack comes from `axes` directions."""
    return frontage * axes


def engaged(power: Number, people: Number, frontage: Number, relief: Number) -> Number:
    """Power that counts on a front where `frontage` people can fight at once. Those behind relieve them and add
    their fire, with diminishing returns: `relief` of the square root of the crowding; with 0 they do not count."""
    crowding = most(people, 1) / frontage
    counts = 1.0 + relief * (root(crowding) - 1.0)
    return power * pick(crowding <= 1.0, 1.0, counts / crowding)


def protection(
    ground: Number,
    fort: Number,
    fortification: Number,
    overlooked: Number,
    overlook: Number,
    axes: Number,
    flank: Number,
    surprised: Number,
    surprise: Number,
    floor: Number,
) -> Number:
    """What the defenders' losses are divided by, at least `floor`.

    ground: terrain factor; fort: field works (grid); fortification: extra share of full works; overlooked: 1
    while a commanding height is theirs; axes: directions of attack (from 1); surprised: 1 before the alert.
    """
    height = pick(axes > 1, 0.0, overlook * overlooked)
    front = 1.0 + flank * (axes - 1)
    return most(
        floor,
        ground * (1.0 + fortification * fort / GRID) * (1.0 + height) / front * (1.0 - surprise * surprised),
    )


def odds_share(attack: Number, defence: Number) -> Number:
    """Attacker's share of all power, 0..1: odds of r to 1 are r / (1 + r). Nobody against nobody is 0."""
    return attack / most(attack + defence, 1e-9)


def assault_share(attack: Number, defence: Number, cover: Number) -> Number:
    """Attacker's share of all power when the defence is worth more by its protection `cover`."""
    return odds_share(attack, defence * cover)


def expected_share(
    men: Number,
    repute: Number,
    defenders: Number,
    their_repute: Number,
    ground: Number,
    frontage: Number,
    relief: Number,
) -> Number:
    """The share of power that a headquarters expects in an attack: people by reputed quality (grid), as far as the
    front lets them fight, the defenders' times the terrain factor. Works, night, air and morale are left out."""
    attack = engaged(men * repute, men, frontage, relief)
    return odds_share(attack, engaged(defenders * (their_repute * ground), defenders, frontage, relief))


def overruns(
    people: Number, repute: Number, defenders: Number, their_repute: Number, ground: Number, odds: Number
) -> Number:
    """Whether a column takes a place in its stride: its strength by reputed quality (grid) is at least `odds` times
    that of the defenders, theirs times the terrain factor `ground`."""
    return people * repute >= odds * ground * defenders * their_repute


def exchange(
    attack: Number,
    defence: Number,
    cover: Number,
    rate: Number,
    intensity: Number,
    ticks: Number,
    luck_a: Number,
    luck_d: Number,
) -> Losses:
    """Expected losses of a round of `ticks`: each side's engaged power times the rate per hour and the intensity
    (1 in an assault), the defender's divided by his protection `cover`, each scattered by the other side's luck."""
    hours = rate * intensity * ticks / (HOUR * POWER)
    return Losses(attacker=hours * defence * luck_d, defender=hours * attack / cover * luck_a)


def scatter(normal: Number, u: Number, spread: Number, floor: Number) -> Number:
    """Luck of a side in a round: a positive factor with mean 1 (but for what the floor cuts off), from the table
    `normal` of standard normal quantiles. The rational form (1 + z s / 2)² keeps to exact operations; its root is at
    least `floor`, and it is divided by its mean, 1 + s² / 4."""
    root = most(floor, 1.0 + 0.5 * spread * lookup(normal, u))
    return root * root / (1.0 + 0.25 * spread * spread)


def fortune(normal: Number, u: Number, spread: Number, floor: Number) -> Number:
    """What leadership, intelligence and circumstance make of an attack as a whole: a factor on the attacker's power
    (grid, positive, mean 1; exactly 1 without spread), drawn once for each fight."""
    return whole(GRID * scatter(normal, u, spread, floor))


def favoured(power: Number, fortune: Number) -> Number:
    """Power of an attack as the fortune of the fight has it (grid; GRID leaves it as it is)."""
    return power * fortune / GRID


def killed(people: Number, expected: Number, u: Number) -> Number:
    """Whole losses: floor(expected + u), never more than there are."""
    return least(people, whole(expected + u))


def progress(so_far: Number, share: Number, ground_gained: Number, rate: Number, ticks: Number, luck: Number) -> Number:
    """Progress of an assault after a round (grid; 65,536 is one district); may be thrown back, not below 0.

    share: attacker's share of power; ground_gained: table of log2 odds, cut at both ends; rate: districts per hour.
    """
    gain = rate * ticks / HOUR * lookup(ground_gained, share)
    gain = pick(gain >= 0.0, gain * luck, gain / luck)
    return whole(most(0.0, so_far + gain * GRID))


def part_of(total_loss: Number, up_to: Number, people: Number) -> Number:
    """Cumulative whole share of a side's losses falling on its first formations: `up_to` of `people`."""
    return total_loss * up_to // most(people, 1)
