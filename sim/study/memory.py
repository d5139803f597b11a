"""How this process asks the system for memory.

The batch engine makes and drops arrays of some hundred kilobytes a million times a minute. By default glibc gives
each back at once, and the kernel hands it out again page by page, zeroed: up to a tenth of a run's time.
"""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""Names of glibc's malloc.h for what mallopt() sets."""


def keep_freed() -> None:
    """Keep freed memory for the next array. Only for processes of our own; where the C library knows no such thing,
    nothing happens."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_MMAP_THRESHOLD, 1 << 28)
    mallopt(_TRIM_THRESHOLD, 1 << 30)
    mallopt(_TOP_PAD, 1 << 26)
