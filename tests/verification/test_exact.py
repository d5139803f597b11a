"""The measuring instruments themselves, against values worked by hand."""

from __future__ import annotations

import pytest
from exact import battle, binomial_p


def test_binomial_by_hand() -> None:
    # Ten fair coins: 0 or 10 heads happen 2 times in 1,024; 1 head or rarer, 22 times.
    assert binomial_p(0, 10, 0.5) == pytest.approx(2 / 1024)
    assert binomial_p(9, 10, 0.5) == pytest.approx(22 / 1024)
    assert binomial_p(5, 10, 0.5) == pytest.approx(1)
    # Three throws of a die, no six: likelier is nothing else; three sixes: 1 in 216.
    assert binomial_p(3, 3, 1 / 6) == pytest.approx(1 / 216)
    assert (binomial_p(0, 50, 0.0), binomial_p(1, 50, 0.0)) == (1.0, 0.0)


def test_battles_by_hand() -> None:
    # One against one, each killed in a round with probability 0.1. Something happens in 0.19 of rounds: only the
    # defender dies in 0.09, only the attacker in 0.09, both in 0.01.
    even = battle(1, 1, 0.1, 0.1)
    assert even.win == pytest.approx(9 / 19)
    assert even.defenders == pytest.approx(9 / 19)
    # Certain death on both sides in the first round: nobody takes the place.
    assert battle(2, 2, 1.0, 1.0).win == 0
    # The defender cannot hurt anybody.
    assert battle(3, 5, 0.0, 0.3).win == pytest.approx(1)
    assert battle(3, 5, 0.0, 0.3).attackers == pytest.approx(3)
    # Two against one. Expected losses 0.5 and 1: the defender dies at once; one attacker dies with him in half of all.
    two = battle(2, 1, 0.5, 0.5)
    assert two.win == pytest.approx(1)
    assert two.attackers == pytest.approx(1.5)
