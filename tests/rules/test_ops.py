"""Operations: small, but everything stands on them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules.ops import clamp, count_bits, least, lookup, most, pick, root, whole

REPEATABLE = settings(derandomize=True, database=None, deadline=None, max_examples=100)
numbers = st.floats(-1e6, 1e6)


def test_pick() -> None:
    assert (pick(True, 1, 2), pick(False, 1, 2)) == (1, 2)
    assert pick(np.array([True, False]), np.array([1, 2]), 9).tolist() == [1, 9]


@given(numbers, numbers)
@REPEATABLE
def test_least_and_most_are_the_two(a: float, b: float) -> None:
    assert (least(a, b), most(a, b)) == (min(a, b), max(a, b))


@given(numbers)
@REPEATABLE
def test_clamp(x: float) -> None:
    assert clamp(x, -1.0, 2.0) == min(max(x, -1.0), 2.0)


@given(st.integers(0, 1 << 50))
@REPEATABLE
def test_root_of_a_square(x: int) -> None:
    assert root(float(x) * float(x)) == float(x)
    assert root(np.array([float(x) * float(x)]))[0] == float(x)


@pytest.mark.parametrize(("x", "wanted"), [(0.0, 0), (0.999, 0), (1.0, 1), (2.5, 2), (7, 7)])
def test_whole(x: float, wanted: int) -> None:
    assert whole(x) == wanted
    assert whole(np.array([x])).tolist() == [wanted]
    assert whole(np.array([x])).dtype == np.int64


@pytest.mark.parametrize(
    ("x", "wanted"),
    [(-3.0, 10.0), (0.0, 10.0), (0.25, 15.0), (0.5, 20.0), (0.625, 10.0), (1.0, -20.0), (1.5, -20.0)],
)
def test_lookup_by_hand(x: float, wanted: float) -> None:
    # Two steps: 10 to 20 over the first half, 20 to -20 over the second; 0.625 lies a quarter into the second.
    assert lookup([10.0, 20.0, -20.0], x) == wanted
    assert lookup(np.array([10.0, 20.0, -20.0]), np.array([x])).tolist() == [wanted]


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=9), st.floats(0, 1))
@REPEATABLE
def test_lookup_is_linear_interpolation(table: list[float], x: float) -> None:
    wanted = np.interp(x, np.linspace(0, 1, len(table)), table)
    assert lookup(table, x) == pytest.approx(wanted, abs=1e-9)


@given(st.integers(0, (1 << 62) - 1))
@REPEATABLE
def test_count_bits(mask: int) -> None:
    assert count_bits(mask) == bin(mask).count("1")
    assert count_bits(np.array([mask]))[0] == bin(mask).count("1")
