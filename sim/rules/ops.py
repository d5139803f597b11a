"""The only control flow that rules use: it works alike on Python numbers and on numpy arrays.

Every function is elementwise and exact: the same inputs give the same bits whether they arrive one by one
or in an array. That is why curves are tables read by `lookup` instead of calls to exp or log.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_Array = np.ndarray
Number = Any
"""A Python int or float, or a numpy array of them."""


def pick(condition: Number, yes: Number, no: Number) -> Number:
    """`yes` where the condition holds, else `no`; both have been computed already."""
    if type(condition) is _Array:
        return np.where(condition, yes, no)
    return yes if condition else no


def least(a: Number, b: Number) -> Number:
    """The smaller of two quantities."""
    if type(a) is _Array or type(b) is _Array:
        return np.minimum(a, b)
    return a if a < b else b


def most(a: Number, b: Number) -> Number:
    """The larger of two quantities."""
    if type(a) is _Array or type(b) is _Array:
        return np.maximum(a, b)
    return a if a > b else b


def root(x: Number) -> Number:
    """Square root, which is exact to the last bit everywhere."""
    return np.sqrt(x) if type(x) is _Array else math.sqrt(x)


def clamp(x: Number, low: Number, high: Number) -> Number:
    """`x`, but not below `low` nor above `high`."""
    return least(most(x, low), high)


def whole(x: Number) -> Number:
    """The whole part of `x`, as an integer: the largest whole number not above it, where it is not negative."""
    if type(x) is _Array:
        return x.astype(np.int64)
    return math.trunc(x)


def lookup(table: Any, x: Number) -> Number:
    """Read a curve stored at n + 1 equal steps over 0..1, with linear interpolation; x is cut to 0..1."""
    steps = len(table) - 1
    if type(x) is _Array:
        at = np.minimum(np.maximum(x, 0.0), 1.0) * steps
        left = np.minimum(at.astype(np.int64), steps - 1)
        below = table[left]
        return below + (table[left + 1] - below) * (at - left)
    spot = (0.0 if x < 0.0 else 1.0 if x > 1.0 else x) * steps
    index = int(spot)
    if index >= steps:
        index = steps - 1
    under = table[index]
    return under + (table[index + 1] - under) * (spot - index)


def happens(odds: Number, u: Number) -> Number:
    """Whether what has these odds happens (1 means one chance in two), against a draw."""
    return u * (1.0 + odds) < odds


def count_bits(mask: Number) -> Number:
    """How many bits of a mask are set."""
    if type(mask) is _Array:
        return np.bitwise_count(mask).astype(np.int64)
    return mask.bit_count()
