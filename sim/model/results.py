"""What comes out of a job: plain tables, the same from every engine, with their provenance.

All tables are columns of numpy arrays. `runs` has one row per run; `changes` one row per change of hands;
`strength` is the strength of every faction at the end of every day of every run. Nothing here reads a
file, draws a plot or touches an engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CHANGE_COLUMNS = ("run", "tick", "place", "old", "new", "cause")
PEOPLE_COLUMNS = ("initial", "arrived", "present", "dead", "deserted", "captured", "disbanded")

SERVICE_NAMES = ("supplies", "utilities")


@dataclass(frozen=True)
class Provenance:
    """Which question these tables answer: enough to play them again to the last bit."""

    scenario: str
    title: str
    scenario_hash: str
    parameters_hash: str
    version: str
    engine: str
    seed: int
    start: str
    """ISO-8601 with offset: the moment of tick 0."""
    horizon: int
    """First tick that is not played."""


@dataclass(frozen=True)
class Labels:
    """Ids and display names, in the order of the indices that the tables use."""

    place_ids: tuple[str, ...]
    place_names: tuple[str, ...]
    faction_ids: tuple[str, ...]
    faction_names: tuple[str, ...]
    faction_colors: tuple[str, ...]
    faction_camp: tuple[int, ...]
    """Camp index of each faction: allied factions share one."""
    wing_ids: tuple[str, ...]
    input_ids: tuple[str, ...]
    """What was drawn per run, such as `force.gov-hama.people` or `rule.combat.loss_per_h`."""
    cause_names: tuple[str, ...]
    end_names: tuple[str, ...]
    initial_holder: tuple[int, ...]


@dataclass(frozen=True)
class Block:
    """Some runs of one job.

    run (R,), draw (R,): which run, and which draw of the uncertain inputs it used (equal unless nested).
    end_tick, end_reason, events (R,): when and why it ended (index into `end_names`), and how many events it took.
    people (7, factions, R): initial, arrived, present, dead, deserted, captured, disbanded; whole people.
    sorties (wings, R); harm (camps, R): sorties flown; civilian casualties caused from the air (recorded).
    final_holder (places, R): faction index.
    cohesion (factions, R): at the end, on the grid of 1/65,536.
    inputs (inputs, R): drawn values, in the unit of the scenario field.
    change (6, C): columns of CHANGE_COLUMNS, ordered by (run, tick, place); `cause` indexes `cause_names`.
    strength (days, factions, R): people present at the end of each day.
    displaced (days, R): civilians away from home at the end of each day, before those who leave or return on account of
    that day itself. fled (R,): civilians who left home, each time they did.
    away, sheltered (places, R): civilians of a place who are elsewhere at the end, and of other places who are there.
    lacking (2, places, R): supplies and utilities missing, summed over days, on the grid (65,536 is a day without).
    """

    run: Ints
    draw: Ints
    end_tick: Ints
    end_reason: Ints
    events: Ints
    people: Ints
    sorties: Ints
    harm: Ints
    final_holder: Ints
    cohesion: Ints
    inputs: Floats
    change: Ints
    strength: Ints
    displaced: Ints
    fled: Ints
    away: Ints
    sheltered: Ints
    lacking: Ints

    @property
    def runs(self) -> int:
        """How many runs the block holds."""
        return int(self.run.size)


TABLES = tuple(Block.__dataclass_fields__)
"""Names of the arrays of a Block, in their canonical order."""


def concatenate(blocks: list[Block]) -> Block:
    """Several blocks as one, in the order of their runs (every array's last axis is runs or changes)."""
    assert blocks, "at least one block"
    merged = {name: np.concatenate([getattr(block, name) for block in blocks], axis=-1) for name in TABLES}
    order = np.argsort(merged["run"], kind="stable")
    for name in TABLES:
        if name != "change":
            merged[name] = merged[name][..., order]
    change = merged["change"]
    merged["change"] = change[:, np.lexsort((change[2], change[1], change[0]))]
    return Block(**merged)


@dataclass(frozen=True)
class Results:
    """A job's runs with their labels and provenance: what `sim.run` returns and every view reads."""

    provenance: Provenance
    labels: Labels
    block: Block
    nested: Block | None = None
    """Runs in which several share one draw of the inputs: splits the entropy of outcomes into inputs and chance."""
    scenario_json: str = field(default="", repr=False)
    """The scenario as loaded, to draw maps and observed dates from."""
    parameters_json: str = field(default="", repr=False)
    """The parameters as loaded, to score places from."""
