"""What is said about how far a job is."""

import io
import time

from sim.study.progress import QUIET_S, STOPPING, TICK_S, UNKNOWN, ProgressLine, duration, ticking


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_for_a_terminal():
    now = iter([0.0, 1.0, 1.1, 3.0])
    stream = Terminal()
    line = ProgressLine(stream, clock=lambda: next(now))
    for done in (100, 300, 310, 1_100):
        line(done, 1_100)
    line.close()
    drawn = stream.getvalue().split("\r")[1:]
    assert [text.rstrip() for text in drawn] == [
        "100 of 1,100 runs  9 %",
        "300 of 1,100 runs  27 %  200 runs/s  4 s to go",
        "1,100 of 1,100 runs  100 %  333 runs/s  3 s",
    ]
    assert stream.getvalue().endswith("\n")


def test_progress_says_what_more_runs_than_asked_for_are_for():
    stream = io.StringIO()
    line = ProgressLine(stream, asked=1_000, clock=lambda: 0.0)
    line(0, 1_500)
    line(150, 1_500)
    assert stream.getvalue().splitlines() == [
        "1,000 runs, then 500 more to tell uncertain inputs from chance (--no-nested leaves them out)",
        "150 of 1,500 runs  10 %",
    ]
    plain = io.StringIO()
    ProgressLine(plain, asked=1_000, clock=lambda: 0.0)(0, 1_000)
    assert plain.getvalue() == ""


def test_progress_for_a_file_is_a_line_each_tenth():
    stream = io.StringIO()
    line = ProgressLine(stream, clock=lambda: 0.0)
    for done in range(0, 1_001, 5):
        line(done, 1_000)
    line.close()
    assert [text.split("  ")[1] for text in stream.getvalue().splitlines()] == [f"{n} %" for n in range(10, 101, 10)]


def test_durations_for_people():
    assert [duration(s) for s in (7.6, 125, 11_400)] == ["8 s", "2:05 min", "3:10 h"]


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def drawn(stream):
    """What a terminal showed, one state of its line after the other."""
    return [text.rstrip() for text in stream.getvalue().split("\r")[1:]]


def test_the_clock_goes_on_inside_a_block():
    clock, stream = Clock(), Terminal()
    line = ProgressLine(stream, clock=clock)
    line.tick()  # nothing has begun
    for now, done in ((0, 0), (1, None), (2, None), (10, 100), (11, None), (14, None), (25, None)):
        clock.now = now
        line.tick() if done is None else line(done, 200)
    assert drawn(stream) == [
        "0 of 200 runs  0 %",
        "0 of 200 runs  0 %  1 s so far",
        "0 of 200 runs  0 %  2 s so far",
        "100 of 200 runs  50 %  10 runs/s  10 s to go",
        "100 of 200 runs  50 %  10 runs/s  9 s to go",
        "100 of 200 runs  50 %  10 runs/s  6 s to go",
        "100 of 200 runs  50 %  10 runs/s  0 s to go",
    ]


def test_after_the_last_run_the_clock_goes_on_while_tables_are_written():
    clock, stream = Clock(), Terminal()
    line = ProgressLine(stream, clock=clock)
    for now in (0, 5):
        clock.now = now
        line(10 * now, 50)
    clock.now = 7
    line.tick()
    assert drawn(stream)[-1] == "50 of 50 runs  100 %  10 runs/s  7 s"


def test_a_file_hears_something_twice_a_minute_at_least():
    clock, stream = Clock(), io.StringIO()
    line = ProgressLine(stream, clock=clock)
    line(0, 1_000)
    for now in range(1, 100):
        clock.now = now
        line.tick()
    assert stream.getvalue().splitlines() == [
        f"0 of 1,000 runs  0 %  {text} so far" for text in ("30 s", "1:00 min", "1:30 min")
    ]
    assert QUIET_S == 30


def asked_to_stop(stream):
    """A line, its clock, and how to ask it to stop."""
    asked, clock = [], Clock()
    return ProgressLine(stream, stopping=lambda: bool(asked), clock=clock), clock, lambda: asked.append(True)


def test_in_the_first_block_nobody_knows_how_long_stopping_takes():
    stream = Terminal()
    line, clock, ask = asked_to_stop(stream)
    line(0, 1_000)
    ask()
    for clock.now in (0.1, 1.1, 2.1):
        line.tick()
    first, said, *rest = drawn(stream)
    assert first == "0 of 1,000 runs  0 %"
    assert said == f"{STOPPING}; {UNKNOWN}"
    text = "0 of 1,000 runs  0 %  stopping after the first block, {} s so far"
    assert rest == [text.format(second) for second in (0, 1, 2)]


def test_later_a_block_takes_no_longer_than_the_first():
    stream = Terminal()
    line, clock, ask = asked_to_stop(stream)
    for clock.now, done in ((0, 0), (20, 100), (22, 200)):  # two workers
        line(done, 1_000)
    clock.now = 30
    ask()
    line.tick()
    clock.now = 40
    line(300, 1_000)  # nothing was begun any more
    clock.now = 42
    line.tick()
    assert drawn(stream)[3:] == [
        STOPPING,
        "200 of 1,000 runs  20 %  stopping, up to about 12 s to go",
        "300 of 1,000 runs  30 %  stopping, up to about 2 s to go",
        "300 of 1,000 runs  30 %  stopping, any moment now",
    ]


def test_a_file_is_told_once_of_a_request_to_stop():
    stream = io.StringIO()
    line, clock, ask = asked_to_stop(stream)
    for clock.now, done in ((0, 0), (20, 100)):
        line(done, 2_000)
    ask()
    for clock.now in (20.1, 21.1, 22.1):
        line.tick()
    assert stream.getvalue().splitlines() == [STOPPING, "100 of 2,000 runs  5 %  stopping, up to about 20 s to go"]


def test_ticks_come_by_themselves_and_end():
    stream = Terminal()
    line = ProgressLine(stream)
    with ticking(line):
        line(0, 10)
        end = time.monotonic() + 20
        while len(drawn(stream)) < 2 and time.monotonic() < end:
            time.sleep(0.02)
    assert drawn(stream)[1].startswith("0 of 10 runs  0 %  ")
    written = stream.getvalue()
    time.sleep(1.2 * TICK_S)
    assert stream.getvalue() == written


def test_a_stream_that_is_closed_ends_the_ticks_and_nothing_else():
    stream = Terminal()
    line = ProgressLine(stream)
    line(0, 10)
    with ticking(line):
        stream.close()
        time.sleep(1.2 * TICK_S)
