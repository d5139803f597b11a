"""Saying how far a job has come, and when it will be done.

Runs are finished a block at a time, and a block can take a minute. In between, the clock goes on. A terminal gets one
line that is written over each second; anything else (a file, a pipe) gets a line each tenth, and one if it has heard
nothing for half a minute. Who asks it to stop is told how long that takes, which the first block teaches.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TextIO

REDRAW_S = 0.2
TICK_S = 1.0
QUIET_S = 30.0

STOPPING = "stopping: what is being played is finished and kept; Ctrl-C again ends it now and loses that"
UNKNOWN = "how long a block takes is not known before the first one is done"


class _Heard(NamedTuple):
    """What was told when: so many runs of so many."""

    at: float
    done: int
    total: int


class ProgressLine:
    """Give this to `run(progress=...)`; call `close()` when done, and `tick()` in between, from any thread."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        asked: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """stream: where to write (standard error). asked: runs that were asked for; if there are more, it says why.
        stopping: whether the job was asked to stop when what is being played is done."""
        self._asked = asked
        self.stopping = stopping
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._first: _Heard | None = None
        self._last = _Heard(0.0, 0, 0)
        self._written = 0.0
        self._width = 0
        self._told = False
        self._block_s: float | None = None
        """How long the first block took; hardly any is larger."""
        self._begun = 0.0
        """When the last block was begun, as far as is known: blocks are begun when others are done."""

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` runs are played. The first call starts the clock: what is done by then is old."""
        with self._one_at_a_time:
            now = self._clock()
            before, self._last = self._last, _Heard(now, done, total)
            if not self.stopping():
                self._begun = now
            if self._first is None:
                self._first = before = self._last
                self._written = now - REDRAW_S
                self._explain(total)
            elif self._block_s is None:
                self._block_s = now - self._first.at
            if self._terminal:
                if now - self._written >= REDRAW_S or done == total:
                    self._write(now)
            elif _tenths(done, total) > _tenths(before.done, total):
                self._write(now)

    def tick(self) -> None:
        """Time has passed."""
        with self._one_at_a_time:
            now, news = self._clock(), self.stopping() and not self._told
            patience = TICK_S / 2 if self._terminal else QUIET_S
            if self._first is not None and (news or now - self._written >= patience):
                if news:
                    self._told = True
                    self._say(STOPPING if self._block_s is not None else f"{STOPPING}; {UNKNOWN}")
                self._write(now)

    def close(self) -> None:
        """End the line, if one was begun."""
        with self._one_at_a_time:
            if self._terminal and self._width:
                self._stream.write("\n")
                self._stream.flush()
                self._width = 0

    def _explain(self, total: int) -> None:
        """Say once what the runs are for that nobody asked for."""
        if self._asked is not None and total > self._asked:
            more = f"{total - self._asked:,} more to tell uncertain inputs from chance"
            self._stream.write(f"{self._asked:,} runs, then {more} (--no-nested leaves them out)\n")

    def _say(self, text: str) -> None:
        """A line of its own, in the place of the one that is written over."""
        self._stream.write(("\r" + text.ljust(self._width) if self._terminal else text) + "\n")

    def _write(self, now: float) -> None:
        line = self._line(now)
        if self._terminal:
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()
        self._written = now

    def _line(self, now: float) -> str:
        first, last = self._first, self._last
        assert first is not None
        text = f"{last.done:,} of {last.total:,} runs  {100 * last.done // max(last.total, 1)} %"
        if self.stopping():
            return f"{text}  stopping{self._until_stopped(now)}"
        played, took = last.done - first.done, last.at - first.at
        if played > 0 and took > 0:
            rate = played / took
            text += f"  {rate:,.0f} runs/s" if rate >= 10 else f"  {rate:.2g} runs/s"
            left = (last.total - last.done) / rate - (now - last.at)
            text += f"  {duration(max(left, 0))} to go" if last.done < last.total else f"  {duration(now - first.at)}"
        elif now > first.at:
            text += f"  {duration(now - first.at)} so far"
        return text

    def _until_stopped(self, now: float) -> str:
        """How long what is being played still takes: as long as a block, from when the last one was begun."""
        first = self._first
        assert first is not None
        if self._block_s is None:
            return f" after the first block, {duration(now - first.at)} so far"
        left = self._block_s - (now - self._begun)
        return f", up to about {duration(left)} to go" if left >= 1 else ", any moment now"


@contextmanager
def ticking(line: ProgressLine) -> Iterator[None]:
    """Let a line know each second that time has passed."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(TICK_S):
            try:
                line.tick()
            except (OSError, ValueError):  # nobody reads it any more
                return

    clock = threading.Thread(target=tick, daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def duration(seconds: float) -> str:
    """A span of time for people: `8 s`, `2:05 min`, `3:10 h`."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3_600}:{whole % 3_600 // 60:02} h"


def _tenths(done: int, total: int) -> int:
    return 10 * done // max(total, 1)
