"""Keyed chance: every random number is a pure function of who draws it, for what, and for which time.

Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, doi:10.1145/2063384.2063405) is applied to the counter
(run, entity, purpose, k) under the key of the seed. There is no "next number in the stream": a draw does not
depend on what else was drawn, so two scenarios stay aligned after they part, and it does not matter in
which order, in which batch or on which machine the runs are played.

Each call gives two independent uniform numbers in [0, 1) of 53 bits.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

LEG, NERVE, ROUND_ATTACK, ROUND_DEFENCE, SORTIE, EFFECT = range(6)
INPUT, COME, WEATHER, DESERT, FORTUNE, PREPARE, JUDGE, UPRISING, TALK, DEAL, HOLD, FLIGHT = range(6, 18)
"""What a number is drawn for."""

_MASK = 0xFFFFFFFF
_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10
_IN_CACHE = 12_288
"""Counters worked on at once: about what a core keeps close, and no array so large that its memory is fetched anew."""
_SCALE = 1.0 / (1 << 53)


def entity_key(kind: str, name: str) -> int:
    """The 32-bit key of a named entity, stable across versions, files and orders."""
    return int.from_bytes(hashlib.blake2b(f"{kind}:{name}".encode(), digest_size=4).digest(), "big")


Keys = tuple[tuple[int, int], ...]


def round_keys(seed: int) -> Keys:
    """The ten pairs of round keys of a 64-bit seed: worked out once per job."""
    k0, k1 = seed & _MASK, (seed >> 32) & _MASK
    keys: list[tuple[int, int]] = []
    for _ in range(_ROUNDS):
        keys.append((k0, k1))
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return tuple(keys)


def words(keys: Keys, c0: int, c1: int, c2: int, c3: int) -> tuple[int, int, int, int]:
    """Four 32-bit random words for one counter of four 32-bit words. The masks of the upper halves change nothing
    here; they make the same lines right where integers wrap at 64 bits with a sign."""
    for k0, k1 in keys:
        a = c0 * 0xD2511F53
        b = c2 * 0xCD9E8D57
        c0 = ((b >> 32) & 0xFFFFFFFF) ^ c1 ^ k0
        c2 = ((a >> 32) & 0xFFFFFFFF) ^ c3 ^ k1
        c1 = b & 0xFFFFFFFF
        c3 = a & 0xFFFFFFFF
    return c0, c1, c2, c3


def pair(keys: Keys, run: int, entity: int, purpose: int, k: int) -> tuple[float, float]:
    """Two uniform numbers in [0, 1) for the k-th use of this purpose by this entity in this run."""
    a, b, c, d = words(keys, run, entity, purpose, k)
    return ((a >> 5) * 67108864 + (b >> 6)) * _SCALE, ((c >> 5) * 67108864 + (d >> 6)) * _SCALE


def pairs(keys: Keys, run: Any, entity: Any, purpose: Any, k: Any) -> tuple[Any, Any]:
    """The same as `pair` for arrays of counters, broadcast together: two float64 arrays."""
    counter = np.broadcast_arrays(run, entity, purpose, k)
    size = counter[0].size
    if size <= _IN_CACHE:
        return _pairs(keys, *counter)
    flat = counter if counter[0].ndim == 1 else [word.reshape(-1) for word in counter]
    first, second = np.empty(size), np.empty(size)
    for at in range(0, size, _IN_CACHE):
        part = slice(at, at + _IN_CACHE)
        first[part], second[part] = _pairs(keys, *(word[part] for word in flat))
    return first.reshape(counter[0].shape), second.reshape(counter[0].shape)


def _pairs(keys: Keys, *counter: Any) -> tuple[Any, Any]:
    c0, c1, c2, c3 = (word.astype(np.uint64) for word in counter)
    mask, shift, m0, m1 = np.uint64(_MASK), np.uint64(32), np.uint64(_M0), np.uint64(_M1)
    for k0, k1 in keys:
        a = c0 * m0
        b = c2 * m1
        np.right_shift(b, shift, out=c0)
        c0 ^= c1
        c0 ^= np.uint64(k0)
        np.right_shift(a, shift, out=c2)
        c2 ^= c3
        c2 ^= np.uint64(k1)
        c1 = np.bitwise_and(b, mask, out=b)
        c3 = np.bitwise_and(a, mask, out=a)
    return _fraction(c0, c1), _fraction(c2, c3)


def _fraction(high: Any, low: Any) -> Any:
    """53 bits of two words as a fraction of one."""
    return ((high >> np.uint64(5)) * np.uint64(67108864) + (low >> np.uint64(6))).astype(np.float64) * _SCALE
