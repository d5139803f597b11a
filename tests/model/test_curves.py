"""The tables that rules read, made of other numbers than those shipped."""

from __future__ import annotations

import numpy as np
import pytest

from sim.files import load_parameters
from sim.model.curves import STEPS, Curves, make_curves
from sim.rules.ops import lookup

SHIPPED = {name: number.value for name, number in load_parameters().curves.items()}


def curves(**changed: float) -> Curves:
    return make_curves({**SHIPPED, **changed})


def test_luck_is_cut_alike_at_either_end() -> None:
    tables = curves(luck_cut=0.1)
    assert len(tables.normal) == STEPS + 1
    assert tables.normal[0] == -tables.normal[-1] == pytest.approx(-1.2816, abs=1e-4)  # ten per cent of the normal
    assert tables.exponential[-1] == pytest.approx(2.3026, abs=1e-4)  # -ln 0.1
    assert tables.exponential[0] == pytest.approx(0.1054, abs=1e-4)  # -ln 0.9


def test_ground_is_cut_where_the_numbers_say() -> None:
    ground = curves(advance_cap=1.5, setback_cap=0.25).ground_gained
    assert (ground.min(), ground.max()) == (-0.25, 1.5)
    assert lookup(ground, 2 / 3) == pytest.approx(1.0, abs=0.005)  # in between as ever: 2 to 1


@pytest.mark.parametrize("even", [0.2, 0.5, 0.8])
def test_strain_is_a_line_through_even_and_two_to_one(even: float) -> None:
    strain = curves(strain_even=even, strain_cap=1.25).strain
    assert lookup(strain, 1 / 2) == pytest.approx(even, abs=0.005)
    assert lookup(strain, 2 / 3) == pytest.approx(1.0, abs=0.005)
    assert (strain.min(), strain.max()) == (0.0, 1.25)
    assert (np.diff(strain) >= 0).all()


def test_promise_by_its_steepness() -> None:
    # A logistic of log odds in base 2: with steepness 1 it is the share of power itself.
    assert lookup(curves(promise_steepness=1.0).promise, 0.8) == pytest.approx(0.8, abs=0.005)
    assert lookup(curves(promise_steepness=4.0).promise, 2 / 3) == pytest.approx(16 / 17, abs=0.005)
