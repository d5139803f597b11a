"""Saying how far a job has come, and when it will be done.

A terminal gets one line that is written over; anything else (a file, a pipe) gets a line each tenth.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

REDRAW_S = 0.2


class ProgressLine:
    """Give this to `run(progress=...)`; call `close()` when done."""

    def __init__(
        self, stream: TextIO | None = None, *, asked: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """stream: where to write (standard error). asked: runs that were asked for; if there are more, it says why."""
        self._asked = asked
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._clock = clock
        self._began: tuple[float, int] | None = None
        self._drawn = -REDRAW_S
        self._tenth = 0
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` runs are played. The first call starts the clock: what is done by then is old."""
        now = self._clock()
        if self._began is None:
            self._began = (now, done)
            self._tenth = 10 * done // max(total, 1)
            self._explain(total)
        line = self._line(done, total, now)
        if self._terminal:
            if now - self._drawn >= REDRAW_S or done == total:
                self._stream.write("\r" + line.ljust(self._width))
                self._stream.flush()
                self._drawn, self._width = now, len(line)
        elif 10 * done // max(total, 1) > self._tenth:
            self._tenth = 10 * done // max(total, 1)
            self._stream.write(line + "\n")
            self._stream.flush()

    def close(self) -> None:
        """End the line, if one was begun."""
        if self._terminal and self._width:
            self._stream.write("\n")
            self._stream.flush()
            self._width = 0

    def _explain(self, total: int) -> None:
        """Say once what the runs are for that nobody asked for."""
        if self._asked is not None and total > self._asked:
            more = f"{total - self._asked:,} more to tell uncertain inputs from chance"
            self._stream.write(f"{self._asked:,} runs, then {more} (--no-nested leaves them out)\n")

    def _line(self, done: int, total: int, now: float) -> str:
        assert self._began is not None
        began, old = self._began
        text = f"{done:,} of {total:,} runs  {100 * done // max(total, 1)} %"
        elapsed, played = now - began, done - old
        if played > 0 and elapsed > 0:
            rate = played / elapsed
            text += f"  {rate:,.0f} runs/s" if rate >= 10 else f"  {rate:.2g} runs/s"
            text += f"  {duration(elapsed)}" if done == total else f"  {duration((total - done) / rate)} to go"
        return text


def duration(seconds: float) -> str:
    """A span of time for people: `8 s`, `2:05 min`, `3:10 h`."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3_600}:{whole % 3_600 // 60:02} h"
