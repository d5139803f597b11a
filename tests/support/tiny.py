"""Small worlds for tests: written like a scenario file, loaded like one, played by both engines."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import numpy as np
import yaml

from sim.engines import batch, reference
from sim.files import Loaded, load
from sim.model.results import TABLES, Block
from sim.model.scenario import Mechanism
from sim.model.world import World, compile_world

Raw = dict[str, Any]

MECHANISMS: tuple[str, ...] = get_args(Mechanism)
BARE = dict.fromkeys(MECHANISMS, False)
"""Every mechanism switched off: people march, fight in rounds, and nothing else."""

STEADY: dict[str, float] = {
    "march.friction": 0, "march.night_slowdown": 0, "march.congestion": 0, "combat.spread": 0, "combat.fortune": 0,
}  # fmt: skip
"""Parameters without which marches and rounds have no luck but that of rounding."""


def loaded(raw: Raw, *overrides: str) -> Loaded:
    """A scenario given as the contents of its file. What every file must have is filled in."""
    whole = {"scenario": "tiny", "start": "2030-06-01T00:00+00:00", "days": 5, **raw}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tiny.yaml"
        file.write_text(yaml.safe_dump(whole, sort_keys=False, allow_unicode=True), "utf-8")
        return load(file, overrides)


def world_of(raw: Raw, *overrides: str, middle: bool = False) -> World:
    """The compiled world of a scenario given as the contents of its file."""
    ready = loaded(raw, *overrides)
    return compile_world(ready.scenario, ready.parameters, middle=middle)


def shipped(name: str, *overrides: str, middle: bool = False) -> World:
    """The compiled world of a shipped scenario."""
    ready = load(name, overrides)
    return compile_world(ready.scenario, ready.parameters, middle=middle)


def play(world: World, seed: int, runs: int, first: int = 0) -> Block:
    """Runs of the batch engine."""
    numbers = np.arange(first, first + runs, dtype=np.int64)
    return batch.play(world, seed, numbers, numbers)


def play_slowly(world: World, seed: int, runs: int, first: int = 0) -> Block:
    """Runs of the reference engine."""
    numbers = np.arange(first, first + runs, dtype=np.int64)
    return reference.play(world, seed, numbers, numbers)


def play_both(world: World, seed: int, runs: int, both: int) -> Block:
    """Runs of the batch engine, of which the first `both` were played by the reference engine too and are the same."""
    block = play(world, seed, runs)
    assert_same(play_slowly(world, seed, both), cut(block, both))
    return block


def cut(block: Block, runs: int) -> Block:
    """The first runs of a block."""
    tables = {name: getattr(block, name)[..., :runs] for name in TABLES if name != "change"}
    return Block(**tables, change=block.change[:, block.change[0] < block.run[0] + runs])


def assert_same(a: Block, b: Block, *, but: tuple[str, ...] = ()) -> None:
    """Assert that two blocks hold the same tables, except those named."""
    for name in TABLES:
        if name not in but:
            one, other = getattr(a, name), getattr(b, name)
            assert np.array_equal(one, other), f"table {name} differs: {one.shape} and {other.shape}"


def held(world: World, block: Block, place: str, faction: str) -> Any:
    """For each run, whether a faction holds a place at the end."""
    labels = world.labels
    holder: Any = block.final_holder[labels.place_ids.index(place)]
    return holder == labels.faction_ids.index(faction)


def fallen(world: World, block: Block, place: str, faction: str) -> Any:
    """For each run, the tick at which a faction first takes a place; -1 where it never does."""
    labels = world.labels
    change = block.change
    mine = (change[2] == labels.place_ids.index(place)) & (change[4] == labels.faction_ids.index(faction))
    at = {run: i for i, run in enumerate(block.run.tolist())}
    ticks = np.full(block.runs, -1)
    for run, tick in zip(change[0, mine][::-1].tolist(), change[1, mine][::-1].tolist(), strict=True):
        ticks[at[run]] = tick
    return ticks


def causes(world: World, block: Block, place: str | None = None) -> Counter[str]:
    """How often each cause changed hands, at one place or anywhere."""
    change = block.change
    if place is not None:
        change = change[:, change[2] == world.labels.place_ids.index(place)]
    return Counter(world.labels.cause_names[c] for c in change[5].tolist())
