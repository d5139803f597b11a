"""Exact probabilities for tests: the binomial test, and small battles as an absorbing Markov chain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import product


def binomial_p(hits: int, trials: int, chance: float) -> float:
    """Two-sided p-value of `hits` of `trials` when each hits with probability `chance`: the probability of all
    outcomes that are no likelier than the one seen."""
    if chance <= 0 or chance >= 1:
        return float(hits == round(chance * trials))
    log_p, log_q = math.log(chance), math.log1p(-chance)
    fixed = math.lgamma(trials + 1)
    weight = [
        fixed - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * log_p + (trials - k) * log_q
        for k in range(trials + 1)
    ]
    limit = weight[hits] + 1e-9
    return min(1.0, math.fsum(math.exp(w) for w in weight if w <= limit))


@dataclass(frozen=True)
class Fate:
    """How a battle ends: the odds that the attackers take the place, means of the survivors of either side and
    of the squares of their numbers."""

    win: float
    attackers: float
    defenders: float
    attackers_squared: float
    defenders_squared: float


def battle(attackers: int, defenders: int, per_defender: float, per_attacker: float) -> Fate:
    """The fate of a battle fought to the end in rounds, exactly.

    In a round, attackers are expected to lose `per_defender` for each defender and defenders `per_attacker` for
    each attacker, at once. An expected loss e becomes floor(e) or floor(e) + 1 people, so that e is the mean,
    and nobody is killed twice. The place is taken when no defender and at least one attacker is left.
    """

    def losses(people: int, expected: float) -> list[tuple[int, float]]:
        sure = math.floor(expected)
        part = expected - sure
        return [(min(people, sure), 1 - part), (min(people, sure + 1), part)]

    @cache
    def fate(a: int, d: int) -> Fate:
        if a == 0 or d == 0:
            return Fate(float(a > 0), a, d, a * a, d * d)
        rounds = product(losses(a, d * per_defender), losses(d, a * per_attacker))
        stay = 0.0
        sums = [0.0] * 5
        for (lost_a, p), (lost_d, q) in rounds:
            if lost_a == 0 and lost_d == 0:
                stay += p * q
            elif p * q > 0:
                after = fate(a - lost_a, d - lost_d)
                terms = (after.win, after.attackers, after.defenders, after.attackers_squared, after.defenders_squared)
                sums = [s + p * q * term for s, term in zip(sums, terms, strict=True)]
        return Fate(*(s / (1 - stay) for s in sums))

    return fate(attackers, defenders)
