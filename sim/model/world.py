"""The compiled scenario: names become indices, hours become ticks, doubts become quantile tables.

`compile_world` turns a Scenario and Parameters into a World: read-only arrays, ordered by id, so that the order
of a file changes nothing. Engines read only this. The rooms of `sim.model.compiling` make the fields, a file per
noun. What is uncertain stands in the columns of `Doubts`, drawn once per run by `sim.model.draws`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sim.model.compiling.civilians import civilians
from sim.model.compiling.commands import commands, posts, prospects
from sim.model.compiling.draft import Draft, Fields
from sim.model.compiling.forces import forces
from sim.model.compiling.ground import places, roads, sky
from sim.model.compiling.names import labels
from sim.model.compiling.numbers import numbers
from sim.model.compiling.sides import backers, camps
from sim.model.compiling.wings import wings
from sim.model.curves import Curves, make_curves
from sim.model.doubts import Doubts
from sim.model.parameters import Parameters
from sim.model.results import Labels
from sim.model.scenario import Scenario
from sim.units import DAY

KIND_SHIFT, TICK_SHIFT = 16, 20
"""An event's place in time, packed: tick << 20 | kind << 16 | entity."""

ENTITY_MASK, ORDER_MASK = (1 << KIND_SHIFT) - 1, (1 << TICK_SHIFT) - 1
KIND_MASK = ORDER_MASK >> KIND_SHIFT
"""The entity; its kind, once shifted down; both together, which order the events of a tick."""

IDLE = (1 << 63) - 1
"""The key of a slot with nothing planned."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything about a campaign that does not change while it runs. Index spaces: P places, A arcs (each
    road both ways), E roads, F formations, K factions, C camps, H commands, W wings, B backers, T triggers.
    Two-dimensional tables are flat, row by row. Times are ticks, shares are on the grid of 1/65,536."""

    P: int
    A: int
    E: int
    F: int
    K: int
    C: int
    H: int
    W: int
    B: int
    T: int
    days: int
    horizon: int
    # places
    ground: Any  # (P,) terrain protection, float
    fort_0: Any  # (P,) grid
    frontage: Any  # (P,) people
    outer: Any  # (P,) grid: progress needed to get inside
    whole: Any  # (P,) grid: progress needed to take the place
    holder_0: Any  # (P,) faction
    civil: Any  # (P,) 1 where civilians live
    rear_weight: Any  # (P,) worth as a rear target
    attitude: Any  # (K * P,) goodwill of a place towards a faction, float
    parent: Any  # (P,) place on which it depends, or -1
    hill_first: Any  # (P + 1,) into hills: commanding heights of each place
    hills: Any
    value: Any  # (K * P,) strategic value to a faction, grid
    gain: Any  # (K * P,) the same as a share of that of all places, grid
    worth: Any  # (P,) mean value to those who hold something at the start, grid
    march: Any  # (P * P,) ticks between places at road speed, NEVER where there is no way
    near: Any  # (P * P,) how far people at one place count as a threat to another, in parts of 1,024
    # civilians
    population: Any  # (P,) civilians who live there
    civilians: int  # all of them
    settled: Any  # places where civilians live
    refuge: Any  # (P * 3,) places to which those of a place flee, what attracts most first; -1 where there are fewer
    pull: Any  # (P * 3,) how much each attracts, grid; they share all
    # roads
    first: Any  # (P + 1,) arcs leaving each place, in order of their head
    ways: Any  # (P, most roads at a place) the same arcs as a table, -1 where there are fewer
    next_to: Any  # (P, most roads at a place) where these arcs lead, P where there are fewer
    free_to: Any  # (P, most roads at a place) ticks along them, NEVER where there are fewer
    tail: Any  # (A,)
    head: Any  # (A,)
    free: Any  # (A,) ticks at road speed
    metres: Any  # (A,)
    road: Any  # (A,)
    back: Any  # (A,) the same road the other way
    side: Any  # (A,) bit of the direction from which the head is entered
    bridged: Any  # (E,) 0 or 1
    road_a: Any  # (E,)
    road_b: Any  # (E,)
    # factions, camps
    camp: Any  # (K,) camp of each faction
    hostile: Any  # (C * C,) 0 or 1
    passable: Any  # (C * K,) whether a camp may move through places a faction holds
    lets_in: Any  # (C * K,) whether camps hostile to a camp may move through places a faction holds
    source: Any  # (C * P,) 1 where a camp draws supply while its own hold it
    repute: Any  # (C,) reputed fighting quality of a camp, grid
    # formations
    faction: Any  # (F,)
    side_of: Any  # (F,) camp
    command: Any  # (F,) or -1
    mobile: Any  # (F,)
    home: Any  # (F,) place where it stands or enters
    summons: Any  # (F,) trigger that calls it, or -1 when present from the start
    called: Any  # (T,) formation that each trigger calls
    dormant: Any  # (F,) 1 for fighters who live at home until they rise
    patron: Any  # (F,) backer whose will its coming hangs on, or -1
    entry_first: Any  # (F + 1,) into entries: where it may enter, in order
    entries: Any
    # commands
    head_faction: Any  # (H,)
    head_camp: Any  # (H,)
    staff_first: Any  # (H + 1,) into staff: mobile formations of each command, in order of id
    staff: Any
    foe_first: Any  # (C + 1,) into foes: mobile formations hostile to each camp, in order of id
    foes: Any
    mate_first: Any  # (C + 1,) into mates: mobile formations of each camp, in order of id
    mates: Any
    area_first: Any  # (H + 1,) into area
    area: Any
    aim_first: Any  # (H + 1,) into aims
    aims: Any  # places each command wants, with their weights (float)
    aim_weight: Any
    attack_share: Any  # (H,) thresholds as shares of power, float
    call_off_share: Any
    invest_share: Any
    withdraw_share: Any
    reserve: Any  # (H,) grid
    w_guard: Any  # (H,) people kept for each hostile one to reckon with, float
    w_attack: Any  # (H,) weight of taking places, float
    occupies: Any  # (H,) 1 if it walks into places that neutrals have left
    w_gateway: Any  # (H,) weight of what lies on the way to the aims, float
    prize: Any  # (H * P,) benefit of taking each place, apart from what it brings of the aims (grid, float)
    concern: Any  # (H * P,) weight of a threatened place of one's own (grid, float)
    is_core: Any  # (K * P,)
    cares: Any  # (K * P,) 1 where a place lies in the area of a command of a faction
    keeper: Any  # (K * P,) command that decides for a faction whether a place is given up
    # wings
    wing_faction: Any  # (W,)
    wing_camp: Any  # (W,)
    wing_backer: Any  # (W,) or -1
    wing_base_0: Any  # (W,) place, or -1 when off the map
    base_row: Any  # (1 + P,) row in reach of off the map (first) and of each place where a wing can be based
    reach: Any  # (W * rows * P,) 0 or 1: whether a wing reaches a place
    reach_rows: int
    alternates: Any  # (rows, air bases) the air bases, nearest first
    share_1: Any  # (W,) cumulative shares of effort, float
    share_2: Any
    share_3: Any
    # backers, triggers
    client: Any  # (B,)
    clauses: Any  # (T * TRIGGER_NUMBERS,) up to three (kind, a, b); kind -1 unused
    # clock
    start_second: int
    dawn: int
    dusk: int
    # keys of chance
    place_key: Any
    force_key: Any
    head_key: Any
    wing_key: Any
    sky_key: int
    nerves_on: int
    timed: frozenset[str]  # rule parameters given in hours, kept in whole ticks
    # tables
    curves: Curves
    doubts: Doubts
    labels: Labels
    force_ids: tuple[str, ...]
    command_ids: tuple[str, ...]
    road_ids: tuple[str, ...]

    @property
    def slots(self) -> int:
        """How many entities can have an event pending: formations, fights and talks of places, wings, commands,
        triggers' watch, day."""
        return self.day_slot + 1

    @property
    def loose(self) -> int:
        """How many of the slots are of formations and places, whose events come at any time; they come first.
        The events of the others come by the clock, and only their own handler plans them."""
        return self.F + 2 * self.P

    @property
    def talk_slot(self) -> int:
        """The first slot of the talks about places."""
        return self.F + self.P

    @property
    def wing_slot(self) -> int:
        """The first slot of the wings."""
        return self.F + 2 * self.P

    @property
    def head_slot(self) -> int:
        """The first slot of the commands."""
        return self.F + 2 * self.P + self.W

    @property
    def watch_slot(self) -> int:
        """The slot of the watch on triggers."""
        return self.F + 2 * self.P + self.W + self.H

    @property
    def day_slot(self) -> int:
        """The slot of the day."""
        return self.F + 2 * self.P + self.W + self.H + 1

    def slot_base(self) -> tuple[int, ...]:
        """First slot of the entities of each kind of event, in the order of kinds."""
        return (
            0, self.wing_slot, self.F, 0, self.talk_slot, 0, 0, self.watch_slot, self.day_slot, self.head_slot, 0
        )  # fmt: skip

    def plain(self) -> World:
        """The same world with lists for arrays, which Python reads faster one item at a time."""
        listed = {f.name: _listed(getattr(self, f.name)) for f in fields(self)}
        curves = Curves(**{f.name: _listed(getattr(self.curves, f.name)) for f in fields(Curves)})
        return World(**{**listed, "curves": curves})


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def compile_world(scenario: Scenario, parameters: Parameters, *, middle: bool = False) -> World:
    """The world of a checked scenario. `middle` replaces every range by its median."""
    draft = Draft(scenario, parameters, middle)
    horizon = max(1, int(scenario.days * DAY + 0.5))
    days = -(-horizon // DAY)
    heads = posts(draft)
    out: Fields = {"horizon": horizon, "days": days, **sky(draft)}
    out["curves"] = make_curves({name: number.value for name, number in parameters.curves.items()})
    out |= camps(draft)
    out |= places(draft)
    out |= roads(draft)
    out |= civilians(draft, out["march"])
    out |= commands(draft, heads)
    out |= prospects(draft, heads, out)
    out |= forces(draft, heads, out["hostile"].reshape(out["C"], -1))
    out |= wings(draft, days)
    out |= backers(draft)
    out |= numbers(draft)
    return World(**out, doubts=draft.doubts, labels=labels(draft))
