"""Displacement: civilians leave a place that is fought over, struck from the air or taken by somebody they do not
trust, and come back when it has been quiet for some days.

Where they go follows a gravity law: the number of people at the other end, over a power of the distance (Zipf 1946,
doi:10.2307/2087063). Agents who choose a road by what attracts them at its end over its length have reproduced where
refugees of several conflicts went (Suleimenova, Bell and Groen 2017, doi:10.1038/s41598-017-13828-9). How many leave is
judged, and so is the form: each danger is a share of those at home who would leave at all.
"""

from __future__ import annotations

from sim.rules.ops import Number, least, most, pick, whole


def alarm(taken: Number, share: Number, liked: Number) -> Number:
    """Share of those at home who leave because of a new holder, 0..1. taken: 1 on the day of the change; liked: how
    much better he is liked than the one before, 0..2 (1 when alike)."""
    return taken * share * (1.0 - liked / 2.0)


def leaving(
    at_home: Number, population: Number, stay: Number, fighting: Number, alarm: Number, sorties: Number,
    each: Number, u: Number,
) -> Number:  # fmt: skip
    """People who leave a place within a day, whole. stay: share of the population that does not leave whatever
    happens; fighting, alarm: shares of the others; each: people driven out by a sortie."""
    free = most(at_home - stay * population, 0.0)
    expected = free * (1.0 - (1.0 - fighting) * (1.0 - alarm)) + sorties * each
    return whole(least(free, expected + u))


def takes_in(pull: Number, calm: Number) -> Number:
    """Weight of a refuge among those of a place: its pull, or nothing while it is fought over itself."""
    return pick(calm, pull, 0)


def up_to(people: Number, so_far: Number, total: Number) -> Number:
    """So many of these people that have gone when the weights so far, of a total above 0, have had their share, whole:
    the differences between one weight and the next add up to all, and nobody is divided."""
    return people * so_far // total


def returning(away: Number, rate: Number, liked: Number, u: Number) -> Number:
    """People who return to a quiet place within a day, whole: a share of those away, fewer where the holder is liked
    less (0..2, 1 when alike) than the one before."""
    return least(away, whole(away * rate * least(liked, 1.0) + u))
