"""Small stories that an analyst can check, played by both engines: one YAML file each.

    story: what happens, in a sentence           why: what it shows
    runs: 100                                    scenario: as in a scenario file, or `mechanisms: only: [...]`
    variants: {name: [PATH=VALUE, ...]}          the same story with something changed
    expect:                                      what must come out, one entry each
      - say: in words
        share | mean | median | each: FIGURE     of runs, of a figure over runs, or in every run
        in: variant                              in which variant (as told, when not given)
        is: lo..hi                               both ends included; or
        below | above | equal: variant           compared with the same figure there

Figures, one number per run (nothing in runs where it never happens; `share` counts the others):
    {falls: [place, faction], cause: NAME}       hour at which the faction first takes the place (for this cause)
    {holds: [place, faction]}                    1 where it holds the place at the end
    {logged: [ROW, cause or phase], at: place, to: place, who: force, by: faction}   hour of the first such row
    {people: [faction, column]}                  dead, deserted, captured, disbanded, arrived, present, initial
    {cohesion: faction}                          at the end, 0 to 1
    {fled | away | sheltered: place}             civilians who left it, are away from it, or have fled to it, at the end
    {lacking: [place, supplies or utilities]}    days of a service lost
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from tiny import BARE, Raw, assert_same, play, world_of

from sim.model import kinds
from sim.model.results import PEOPLE_COLUMNS, SERVICE_NAMES
from sim.model.spread import parse_range
from sim.model.world import World
from sim.study.agreement import History, reference_history
from sim.units import GRID, HOUR

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
STORIES: dict[str, Raw] = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in FILES}
SEED = 2024
AS_TOLD = "as told"
ROWS = {name: kind for kind, name in kinds.ROW_NAMES.items()}


@dataclass(frozen=True)
class Played:
    """A variant of a story, played by both engines."""

    world: World
    history: History


@cache
def played(story: str, variant: str) -> Played:
    """Play a variant with both engines, laws checked after every event; the tables must be the same."""
    told = STORIES[story]
    raw = dict(told["scenario"])
    raw["parameters"] = {"command.judgement": 0, **raw.get("parameters", {})}
    only = raw.get("mechanisms", {}).get("only")
    if only is not None:
        raw["mechanisms"] = {**BARE, **dict.fromkeys(only, True)}
    overrides = [] if variant == AS_TOLD else told["variants"][variant]
    world = world_of(raw, *overrides)
    runs = told.get("runs", 100)
    history = reference_history(world, SEED, np.arange(runs))
    assert_same(play(world, SEED, runs), history.block)
    return Played(world, history)


def figure(what: Raw, game: Played) -> Any:
    """A number per run; NaN where there is none."""
    labels, block = game.world.labels, game.history.block
    place, faction = labels.place_ids.index, labels.faction_ids.index
    if "falls" in what:
        p, k = what["falls"]
        rows = block.change[:, (block.change[2] == place(p)) & (block.change[4] == faction(k))]
        if "cause" in what:
            rows = rows[:, rows[5] == kinds.CAUSES.index(what["cause"])]
        return first_hours(block.runs, rows[0], rows[1])
    if "before" in what:
        hours = [first_hours(block.runs, *block.change[:2, block.change[2] == place(p)]) for p in what["before"]]
        return (np.nan_to_num(hours[0], nan=np.inf) < np.nan_to_num(hours[1], nan=np.inf)).astype(float)
    if "holds" in what:
        p, k = what["holds"]
        return (block.final_holder[place(p)] == faction(k)).astype(float)
    if "people" in what:
        k, column = what["people"]
        return block.people[PEOPLE_COLUMNS.index(column), faction(k)].astype(float)
    if "cohesion" in what:
        return block.cohesion[faction(what["cohesion"])] / GRID
    for name in ("fled", "away", "sheltered"):
        if name in what:
            return civilians(name, what[name], game)
    if "lacking" in what:
        p, service = what["lacking"]
        return block.lacking[SERVICE_NAMES.index(service), place(p)] / GRID
    return logged(what, game)


def civilians(name: str, p: str, game: Played) -> Any:
    """Civilians of a place who are elsewhere, of others who are there, or who ever left it as the log tells."""
    place, block = game.world.labels.place_ids.index(p), game.history.block
    if name != "fled":
        return getattr(block, name)[place].astype(float)
    rows = game.history.rows
    rows = rows[:, (rows[3] == kinds.FLED) & (rows[5] == place)]
    return np.bincount(rows[0], weights=rows[8], minlength=block.runs)


def logged(what: Raw, game: Played) -> Any:
    """Hour of the first row of the log of this kind: with this cause or phase, at a place, of a force or a camp."""
    labels, rows = game.world.labels, game.history.rows
    name, *more = what["logged"]
    keep = rows[3] == ROWS[name]
    for word in more:
        if name == "phase" and word in kinds.PHASE_NAMES:
            keep &= rows[8] == kinds.PHASE_NAMES.index(word)
        else:
            keep &= rows[7] == kinds.CAUSES.index(word)
    if "at" in what:
        keep &= rows[5] == labels.place_ids.index(what["at"])
    if "to" in what:
        keep &= rows[6] == labels.place_ids.index(what["to"])
    if "who" in what:
        keep &= rows[4] == game.world.force_ids.index(what["who"])
    if "by" in what:
        keep &= rows[6] == labels.faction_camp[labels.faction_ids.index(what["by"])]
    return first_hours(game.history.block.runs, rows[0, keep], rows[2, keep])


def first_hours(runs: int, run: Any, tick: Any) -> Any:
    hours = np.full(runs, np.nan)
    for i, t in zip(run.tolist(), tick.tolist(), strict=True):
        hours[i] = np.fmin(hours[i], t / HOUR)
    return hours


def summed_up(entry: Raw, game: Played) -> Any:
    """The figure of an expectation, summed up over runs: one number, or one per run for `each`."""
    how = next(name for name in ("share", "mean", "median", "each") if name in entry)
    values = figure(entry[how], game)
    if how == "share":
        return np.mean(~np.isnan(values) & (values != 0))
    known = values[~np.isnan(values)]
    assert known.size, f"{entry['say']}: it never happens"
    return known if how == "each" else np.mean(known) if how == "mean" else np.median(known)


CASES = [(story, i) for story, told in STORIES.items() for i in range(len(told["expect"]))]


@pytest.mark.parametrize(("story", "i"), CASES, ids=[f"{s}: {STORIES[s]['expect'][i]['say']}" for s, i in CASES])
def test_story(story: str, i: int) -> None:
    entry = STORIES[story]["expect"][i]
    game = played(story, entry.get("in", AS_TOLD))
    got = summed_up(entry, game)
    if "is" in entry:
        low, high = parse_range(entry["is"])
        assert np.min(got) >= low - 1e-9, f"{entry['say']}: got {np.min(got):.4g}"
        assert np.max(got) <= high + 1e-9, f"{entry['say']}: got {np.max(got):.4g}"
    relation = next((name for name in ("below", "above", "equal") if name in entry), None)
    assert relation or "is" in entry, "an expectation says what must hold"
    if relation:
        other = summed_up(entry, played(story, entry[relation]))
        assert {"below": got < other, "above": got > other, "equal": np.array_equal(got, other)}[relation], (
            f"{entry['say']}: got {got}, {entry[relation]} {other}"
        )


def test_every_story_says_what_it_shows() -> None:
    assert 8 <= len(STORIES) <= 40
    for told in STORIES.values():
        assert set(told) <= {"story", "why", "runs", "scenario", "variants", "expect"}
        assert told["story"]
        assert told["why"]
        assert len(told["expect"]) >= 3
