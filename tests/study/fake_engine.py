"""An engine that makes up histories: quick, deterministic from (seed, run, draw), and with known odds.

Three places (home-north of red; mid, south of blue), two factions in two camps, one wing, one input `luck`.
Blue loses mid with chance 0.3 + 0.4 * luck at a uniform hour of day 2 to 4, then south with chance one half
two days later; red dead are 100 to 199.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.files.job import Job
from sim.model.results import Block, Ints, Labels
from sim.study.experiment import Engine
from sim.units import DAY, HOUR

LABELS = Labels(
    place_ids=("mid", "north", "south"),
    place_names=("حلب", "Północ", "南城"),
    faction_ids=("blue", "red"),
    faction_names=("Blue", "Red"),
    faction_colors=("#0072B2", "#D55E00"),
    faction_camp=(0, 1),
    wing_ids=("jets",),
    input_ids=("luck",),
    cause_names=("assault", "withdrawal"),
    end_names=("horizon", "collapse"),
    initial_holder=(0, 1, 0),
)
DAYS = 10
SCENARIO = json.dumps(
    {
        "scenario": "fake", "title": "A made-up drive south", "start": "2024-11-27T00:00:00+02:00", "days": DAYS,
        "places": {
            "mid": {"kind": "city", "people": 50_000, "holder": "blue"},
            "north": {"kind": "town", "people": 9_000, "holder": "red"},
            "south": {"kind": "city", "people": 900_000, "holder": "blue", "capital": True},
        },
    }
)  # fmt: skip


class World:
    """What an engine plays: here only labels and a horizon."""

    labels = LABELS
    horizon = DAYS * DAY


def compile_fake(job: Job) -> World:
    """A world; the scenario is not read."""
    return World()


def noise(seed: int, key: Ints, purpose: int) -> np.ndarray:
    """Uniform numbers on [0, 1) from integers alone (SplitMix64)."""
    mixed = key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed * 1_000_003 + purpose * 77_777)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53


def play(world: World, seed: int, runs: Ints, draws: Ints) -> Block:
    """Make up these runs."""
    count = runs.size
    luck = noise(seed, draws, 1)
    mid_falls = noise(seed, runs, 2) < 0.3 + 0.4 * luck
    south_falls = mid_falls & (noise(seed, runs, 3) < 0.5)
    mid_tick = ((24 + 48 * noise(seed, runs, 4)) * HOUR).astype(np.int64)
    south_tick = mid_tick + 2 * DAY
    columns = []
    for place, falls, tick in ((0, mid_falls, mid_tick), (2, south_falls, south_tick)):
        n = int(falls.sum())
        columns.append(np.array([runs[falls], tick[falls], [place] * n, [0] * n, [1] * n, [place // 2] * n]))
    change = np.concatenate(columns, axis=1).astype(np.int64)
    change = change[:, np.lexsort((change[2], change[1], change[0]))]
    holder = np.array([mid_falls, np.ones(count), south_falls], dtype=np.int64)
    people = np.zeros((7, 2, count), dtype=np.int64)
    people[0] = 5_000
    people[3, 1] = 100 + (100 * noise(seed, runs, 5)).astype(np.int64)
    people[3, 0] = 3 * people[3, 1]
    people[2] = people[0] - people[3]
    strength = np.repeat(people[None, 2], DAYS, axis=0)
    return Block(
        run=runs,
        draw=draws,
        end_tick=np.where(south_falls, south_tick, DAYS * DAY),
        end_reason=south_falls.astype(np.int64),
        events=50 + runs % 7,
        people=people,
        sorties=(20 * noise(seed, runs, 6)).astype(np.int64)[None],
        harm=np.stack([runs % 3, runs % 5]),
        final_holder=holder,
        cohesion=np.full((2, count), 40_000, dtype=np.int64),
        inputs=luck[None],
        change=change,
        strength=strength,
        displaced=np.stack([(100 + runs % 11) * min(day, 2) for day in range(DAYS)]),
        fled=230 + runs % 11,
        away=np.stack([runs % 11, 0 * runs, 200 + runs % 11]),
        sheltered=np.stack([0 * runs, 200 + 2 * (runs % 11), 0 * runs]),
        lacking=np.stack([np.stack([runs % 4, 0 * runs, runs % 6]), np.stack([runs % 3, 0 * runs, runs % 9])]) << 16,
    )


FAKE = Engine("fake", compile_fake, play)


def play_slowly(world: World, seed: int, runs: Ints, draws: Ints) -> Block:
    """The same, a twentieth of a second a block."""
    time.sleep(0.05)
    return play(world, seed, runs, draws)


def play_luckier(world: World, seed: int, runs: Ints, draws: Ints) -> Block:
    """The same, but a tenth of the runs are nudged, those of least noise: blue loses mid as well, and 50 people."""
    block = play(world, seed, runs, draws)
    nudged = np.flatnonzero((noise(seed, runs, 9) < 0.1) & (block.final_holder[0] == 0))
    extra = np.array([[runs[i], 50 * HOUR, 0, 0, 1, 0] for i in nudged], dtype=np.int64).reshape(-1, 6).T
    change = np.concatenate([block.change, extra], axis=1)
    holder = block.final_holder.copy()
    holder[0, nudged] = 1
    people = block.people.copy()
    people[3, 0, nudged] += 50
    change = change[:, np.lexsort((change[2], change[1], change[0]))]
    return replace(block, change=change, final_holder=holder, people=people)


def play_once_killed(world: World, seed: int, runs: Ints, draws: Ints) -> Block:
    """The same, but the first worker to play runs 200 and up is killed. `$FAKE_MARK` is where it notes that."""
    mark = Path(os.environ["FAKE_MARK"])
    if runs[0] >= 200 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return play(world, seed, runs, draws)


def play_always_killed(world: World, seed: int, runs: Ints, draws: Ints) -> Block:
    """Whoever plays runs 200 and up is killed."""
    if runs[0] >= 200:
        os.kill(os.getpid(), signal.SIGKILL)
    return play(world, seed, runs, draws)


def play_badly(world: World, seed: int, runs: Ints, draws: Ints) -> Block:
    """A bug at run 200."""
    if runs[0] >= 200:
        raise ValueError("the engine met something odd")
    return play(world, seed, runs, draws)


def play_when_let(world: World, seed: int, runs: Ints, draws: Ints) -> Block:
    """The same, when it is let: notes in the folder `$FAKE_GATE` what is begun, and waits for a file there."""
    gate = Path(os.environ["FAKE_GATE"])
    (gate / f"begun-{runs[0]}").touch()
    while not (gate / f"let-{runs[0]}").exists():
        time.sleep(0.005)
    return play(world, seed, runs, draws)


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def double_but_die_in_workers(number: int) -> int:
    """Twice the number, but a worker process that is to double 4 is killed."""
    if number == 4 and multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return double(number)


_started_with: dict[str, object] = {}


def begin_as_started(lifeline: object) -> None:
    """First thing in a worker: note what Ctrl-C does there."""
    _started_with["SIGINT"] = signal.getsignal(signal.SIGINT)


def sigint_as_started() -> object:
    """What Ctrl-C did in this worker when it started."""
    return _started_with["SIGINT"]
