"""What must not matter, does not: names, order, idle factions, far-off places, dates, blocks of runs.

The reference engine plays a few runs of each; the batch engine, which needs many runs to be fast, plays its own
share among the slow tests.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from tiny import Raw, assert_same, cut, loaded, play, play_slowly

from sim.engines import batch
from sim.files import load
from sim.model.results import TABLES, Block, concatenate
from sim.model.world import World, compile_world
from sim.units import DAY, HOUR

SCENARIOS = ("four_cities", "three_sides")
SEED = 77
ENGINES = (pytest.param(play_slowly, 10, id="reference"), pytest.param(play, 400, id="batch", marks=pytest.mark.slow))
"""How to play, and how many runs."""

Play = Callable[[World, int, int], Block]
everywhere = pytest.mark.parametrize("name", SCENARIOS)
engines = pytest.mark.parametrize(("engine", "runs"), ENGINES)


def raw(name: str) -> Raw:
    """A shipped scenario in the long form, as plain data."""
    data: Raw = json.loads(load(name).json)
    return data


def compiled(data: Raw, *overrides: str) -> World:
    ready = loaded(data, *overrides)
    return compile_world(ready.scenario, ready.parameters)


@cache
def original(name: str, engine: Play, runs: int) -> tuple[World, Block]:
    world = compiled(raw(name))
    return world, sizeable(engine(world, SEED, runs))


def sizeable(block: Block) -> Block:
    assert block.change.shape[1] > block.runs, "something happens in these runs"
    return block


@everywhere
@engines
def test_labels_are_only_labels(name: str, engine: Play, runs: int) -> None:
    data = raw(name)
    data["title"], data["about"] = "Another title", "Another text"
    for section in ("places", "factions", "commands", "wings", "backers"):
        for i, entry in enumerate(data.get(section, {}).values()):
            entry["name"] = f"حلب Харків {i}"
            entry["note"] = "a note"
    for entry in (*data["forces"], *data["reinforcements"], *data["roads"]):
        entry["name"] = "the same for all"
    for entry in data["factions"].values():
        entry["color"] = "#123456"
    world, block = original(name, engine, runs)
    renamed = compiled(data)
    assert renamed.labels.place_names != world.labels.place_names
    assert_same(engine(renamed, SEED, runs), block)


@everywhere
@engines
def test_order_in_the_file_is_nothing(name: str, engine: Play, runs: int) -> None:
    data, dice = raw(name), random.Random(3)

    def shuffled(value: Any, path: str = "") -> Any:
        if isinstance(value, dict):
            keys = list(value)
            dice.shuffle(keys)
            return {key: shuffled(value[key], key) for key in keys}
        if isinstance(value, list) and path in (
            "roads",
            "forces",
            "reinforcements",
            "observed",
            "area",
            "hostile",
            "core",
        ):
            items = [shuffled(item) for item in value]
            dice.shuffle(items)
            return items
        return value

    mixed = shuffled(data)
    for road in mixed["roads"]:
        road["a"], road["b"] = road["b"], road["a"]
    assert list(mixed["places"]) != list(data["places"])
    assert_same(engine(compiled(mixed), SEED, runs), original(name, engine, runs)[1])


def without(block: Block, world: World, wanted: World) -> dict[str, Any]:
    """The tables of a world with more entities, with indices as in the world wanted and what is extra left out."""
    places = [world.labels.place_ids.index(p) for p in wanted.labels.place_ids]
    factions = [world.labels.faction_ids.index(k) for k in wanted.labels.faction_ids]
    inputs = [world.labels.input_ids.index(i) for i in wanted.labels.input_ids]
    camps = sorted({world.labels.faction_camp[k] for k in factions})
    old_place = np.full(world.P, -1)
    old_place[places] = np.arange(wanted.P)
    old_faction = np.full(world.K, -1)
    old_faction[factions] = np.arange(wanted.K)
    change = block.change.copy()
    change[2], change[3], change[4] = old_place[change[2]], old_faction[change[3]], old_faction[change[4]]
    tables = {name: getattr(block, name) for name in TABLES}
    tables.update(
        people=block.people[:, factions], harm=block.harm[camps], cohesion=block.cohesion[factions],
        final_holder=old_faction[block.final_holder[places]], inputs=block.inputs[inputs], change=change,
        strength=block.strength[:, factions], away=block.away[places], sheltered=block.sheltered[places],
        lacking=block.lacking[:, places],
    )  # fmt: skip
    return tables


def assert_nothing_changed(name: str, data: Raw, engine: Play, runs: int, idle: int) -> None:
    """The changed scenario is played as the original; only the reviews of `idle` more commands are held."""
    world, block = original(name, engine, runs)
    changed = compiled(data)
    tables = without(engine(changed, SEED, runs), changed, world)
    tables["events"] = tables["events"] - idle * len(range(1, world.horizon, REVIEW))
    for table in TABLES:
        assert np.array_equal(tables[table], getattr(block, table)), f"table {table} differs"


REVIEW = 6 * HOUR
"""Time between reviews of a command."""


@everywhere
@pytest.mark.parametrize("idle", ["aa_idle", "zz_idle"])
@engines
def test_an_idle_faction_is_nothing(name: str, idle: str, engine: Play, runs: int) -> None:
    """Neutral, without a place or a force; first or last in the alphabet. It only holds its reviews."""
    data = raw(name)
    data["factions"][idle] = {"alert_h": 0}
    assert_nothing_changed(name, data, engine, runs, 1)


@everywhere
@pytest.mark.parametrize("isle", ["aa_isle", "zz_isle"])
@pytest.mark.parametrize("neutral", [True, False])
@engines
def test_a_far_off_place_is_nothing(name: str, isle: str, neutral: bool, engine: Play, runs: int) -> None:
    """Empty, joined to nothing; held by an idle neutral faction or by one at war; first or last in the alphabet."""
    data = raw(name)
    holder = next(iter(data["factions"]))
    if neutral:
        holder = "mm_idle"
        data["factions"][holder] = {"alert_h": 0}
    data["places"][isle] = {"kind": "village", "lat": 60.0, "lon": -150.0, "people": 0, "holder": holder}
    assert_nothing_changed(name, data, engine, runs, int(neutral))


@everywhere
@engines
def test_the_date_is_nothing_where_there_is_no_night(name: str, engine: Play, runs: int) -> None:
    data = raw(name)
    shift = timedelta(days=45)

    def later(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: later(item) for key, item in value.items()}
        if isinstance(value, list):
            return [later(item) for item in value]
        if isinstance(value, str) and value[:2] == "20" and "T" in value:
            return (datetime.fromisoformat(value) + shift).isoformat()
        return value

    data.setdefault("mechanisms", {})["night"] = False
    before, after = compiled(data), compiled(later(data))
    assert before.labels.input_ids == after.labels.input_ids
    assert_same(engine(after, SEED, runs), sizeable(engine(before, SEED, runs)))


def test_the_date_matters_where_there_is_night() -> None:
    """Days are longer in summer, and marches faster by day: the test above would notice a date that matters."""
    data = raw("four_cities")
    wings = {name: {**wing, "effort": []} for name, wing in data["wings"].items()}
    winter, summer = {**data, "wings": wings}, {**data, "wings": wings, "start": "2024-06-27T05:00+03:00"}
    one, other = play_slowly(compiled(winter), SEED, 5), play_slowly(compiled(summer), SEED, 5)
    assert not np.array_equal(one.strength, other.strength)


@pytest.mark.parametrize(
    ("name", "runs", "most"),
    [("four_cities", 14, 14), *(pytest.param(name, 160, 1_024, marks=pytest.mark.slow) for name in SCENARIOS)],
)
def test_blocks_of_runs_are_nothing(name: str, runs: int, most: int) -> None:
    """Blocks of 1, 7 or 1,024 runs, in any order; the first of more runs are the same."""
    world = compiled(raw(name), *(["days=6"] if most == runs else []))
    block = play(world, SEED, runs)
    mixed = np.random.default_rng(1).permutation(runs)
    sevens = [mixed[i : i + 7] for i in range(0, runs, 7)]
    assert_same(concatenate([batch.play(world, SEED, part, part) for part in sevens]), block)
    assert_same(concatenate([play(world, SEED, 1, i) for i in range(4)]), cut(block, 4))
    if most > runs:
        assert_same(cut(play(world, SEED, most), runs), block)


def test_runs_that_share_a_draw_share_their_inputs_alone() -> None:
    world, block = original("four_cities", play_slowly, 10)
    runs, draws = np.array([3, 4, 5, 3]), np.array([3, 3, 9, 9])
    nested = batch.play(world, SEED, runs, draws)
    assert np.array_equal(nested.inputs[:, 0], block.inputs[:, 3])
    assert np.array_equal(nested.inputs[:, 0], nested.inputs[:, 1])
    assert not np.array_equal(nested.inputs[:, 0], nested.inputs[:, 2])
    for i in range(4):
        alone = batch.play(world, SEED, runs[i : i + 1], draws[i : i + 1])
        assert alone.end_tick[0] == world.days * DAY
        assert alone.events[0] == nested.events[i]
        assert np.array_equal(alone.people[..., 0], nested.people[..., i])
