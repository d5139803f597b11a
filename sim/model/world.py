"""The compiled scenario: names become indices, hours become ticks, doubts become quantile tables.

`compile_world` turns a Scenario and Parameters into a World: read-only arrays, ordered by id, so that the order
of a file changes nothing. Engines read only this. What is uncertain stands in `Doubt` columns, drawn once per
run by `sim.model.draws`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import numpy as np

from sim.errors import UsageError
from sim.model import kinds
from sim.model.curves import Curves, make_curves
from sim.model.geography import daylight, great_circle_km, travel_ticks
from sim.model.importance import importance
from sim.model.parameters import RULES, SETTINGS, Doctrine, Parameters, attribute
from sim.model.results import Labels
from sim.model.scenario import Condition, Faction, Force, Place, Reinforcement, Scenario, Trigger
from sim.model.spread import Spread
from sim.rules.chance import entity_key
from sim.units import DAY, GRID, HOUR, NEVER, to_grid, to_ticks

KIND_SHIFT, TICK_SHIFT = 16, 20
"""An event's place in time, packed: tick << 20 | kind << 16 | entity."""

IDLE = (1 << 63) - 1
"""The key of a slot with nothing planned."""

DOUBT_STEPS = 512
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")
"""Okabe and Ito's palette, which colour-blind readers can tell apart."""


@dataclass
class Doubts:
    """Drawn quantities, in the order in which they are declared.

    A column is a list of cells; a cell is a constant (source -1) or the index of an input. `tables` holds each
    input's quantiles at DOUBT_STEPS + 1 points (steps for `choice`, else interpolated)."""

    ids: list[str] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    tables: list[list[float]] = field(default_factory=list)
    stepped: list[bool] = field(default_factory=list)
    columns: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    middle: bool = False
    labels: dict[int, tuple[str, str]] = field(default_factory=dict)

    def add(self, column: str, name: str, spread: Spread, scale: float = 1.0) -> None:
        """Append a cell to a column: `spread` times `scale`."""
        cells = self.columns.setdefault(column, [])
        if spread.is_fixed or self.middle:
            cells.append((spread.middle * scale, -1))
            return
        if name not in self.ids:
            self.ids.append(name)
            label = ("shared", spread.shared) if spread.shared else ("input", name)
            key = entity_key(*label)
            if self.labels.setdefault(key, label) != label:
                raise UsageError(f"{' and '.join((name, self.labels[key][1]))} give the same random key: rename one")
            self.keys.append(key)
            self.tables.append([spread.quantile(i / DOUBT_STEPS) for i in range(DOUBT_STEPS + 1)])
            self.stepped.append(spread.shape == "choice")
        cells.append((scale, self.ids.index(name)))

    def declare(self, *columns: str) -> None:
        """Make sure that columns exist, even when nothing is in them."""
        for column in columns:
            self.columns.setdefault(column, [])


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
    airbase: Any  # (P,) 0 or 1
    civil: Any  # (P,) 1 where civilians live
    rear_weight: Any  # (P,) worth as a rear target
    hill_first: Any  # (P + 1,) into hills: commanding heights of each place
    hills: Any
    value: Any  # (K * P,) strategic value to a faction, grid
    worth: Any  # (P,) mean value to those who hold something at the start, grid
    march: Any  # (P * P,) ticks between places at road speed, NEVER where there is no way
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
    patron: Any  # (F,) backer whose will its coming hangs on, or -1
    entry_first: Any  # (F + 1,) into entries: where it may enter, in order
    entries: Any
    # commands
    head_faction: Any  # (H,)
    head_camp: Any  # (H,)
    staff_first: Any  # (H + 1,) into staff: mobile formations of each command, in order of id
    staff: Any
    area_first: Any  # (H + 1,) into area
    area: Any
    aim_far: Any  # (H * P,) ticks from a place to the command's nearest aim, NEVER without aims
    blind: Any  # (H,)
    attack_share: Any  # (H,) thresholds as shares of power, float
    call_off_share: Any
    invest_share: Any
    withdraw_share: Any
    reserve: Any  # (H,) grid
    w_attack: Any  # (H,) weights, float
    w_defend: Any
    w_retake: Any
    w_gateway: Any
    w_core: Any
    w_guard: Any
    is_core: Any  # (K * P,)
    guard: Any  # (K,) command whose doctrine holds the faction's places
    focus_0: Any  # (H,) place
    # wings
    wing_faction: Any  # (W,)
    wing_camp: Any  # (W,)
    wing_backer: Any  # (W,) or -1
    wing_base_0: Any  # (W,) place, or -1 when off the map
    reach: Any  # (W * P,) 0 or 1: in range of the first base
    share_1: Any  # (W,) cumulative shares of effort, float
    share_2: Any
    share_3: Any
    # backers, triggers
    client: Any  # (B,)
    clauses: Any  # (T * 9,) up to three (kind, a, b); kind -1 unused
    # clock
    start_second: int
    dawn: int
    dusk: int
    # keys of chance
    place_key: Any
    force_key: Any
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
    backer_ids: tuple[str, ...]
    road_ids: tuple[str, ...]

    @property
    def slots(self) -> int:
        """How many entities can have an event pending: formations, places, wings, commands, triggers' watch, day."""
        return self.F + self.P + self.W + self.H + 2

    def slot_base(self) -> tuple[int, ...]:
        """First slot of the entities of each kind of event, in the order of kinds."""
        place, wing = self.F, self.F + self.P
        command = wing + self.W
        watch, day = command + self.H, command + self.H + 1
        return (0, wing, place, 0, place, place, 0, watch, day, command, 0)

    def plain(self) -> World:
        """The same world with lists for arrays, which Python reads faster one item at a time."""
        listed = {f.name: _listed(getattr(self, f.name)) for f in fields(self)}
        curves = Curves(**{f.name: _listed(getattr(self.curves, f.name)) for f in fields(Curves)})
        return World(**{**listed, "curves": curves})


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def compile_world(scenario: Scenario, parameters: Parameters, *, middle: bool = False) -> World:
    """The world of a checked scenario. `middle` replaces every range by its median."""
    builder = _Builder(scenario, parameters, middle)
    return builder.build()


class _Builder:
    """Compiles one scenario; a method per noun."""

    def __init__(self, scenario: Scenario, parameters: Parameters, middle: bool) -> None:
        self.scenario, self.parameters = scenario, parameters
        self.places = sorted(scenario.places)
        self.factions = sorted(scenario.factions)
        self.place_at = {name: i for i, name in enumerate(self.places)}
        self.faction_at = {name: i for i, name in enumerate(self.factions)}
        self.doubts = Doubts(middle=middle)
        self.out: dict[str, Any] = {}
        given: dict[str, bool] = {str(name): on for name, on in scenario.mechanisms.items()}
        self.on = {name: given.get(name, True) for name in _TOGGLES}

    def build(self) -> World:
        scenario = self.scenario
        self.out["P"], self.out["K"] = len(self.places), len(self.factions)
        self.out["horizon"] = max(1, int(scenario.days * DAY + 0.5))
        self.out["days"] = -(-self.out["horizon"] // DAY)
        self.out["curves"] = make_curves()
        self._camps()
        self._places()
        self._roads()
        self._commands()
        self._forces()
        self._wings()
        self._rest()
        self._rules()
        self._labels()
        return World(doubts=self.doubts, **self.out)

    # --- factions and camps
    def _camps(self) -> None:
        factions = self.scenario.factions
        camp = list(range(len(self.factions)))
        for name in self.factions:
            for ally in factions[name].allied:
                old, new = sorted((camp[self.faction_at[name]], camp[self.faction_at[ally]]))
                camp = [old if c == new else c for c in camp]
        order = sorted(set(camp))
        camp = [order.index(c) for c in camp]
        count = len(order)
        hostile = np.zeros((count, count), np.int64)
        passable = np.zeros((count, len(self.factions)), np.int64)
        for i, name in enumerate(self.factions):
            passable[camp[i], i] = 1
            for enemy in factions[name].hostile:
                j = self.faction_at[enemy]
                hostile[camp[i], camp[j]] = hostile[camp[j], camp[i]] = 1
            for guest in factions[name].transit:
                passable[camp[self.faction_at[guest]], i] = 1
        self.camp = camp
        self.out.update(C=count, camp=np.array(camp), hostile=hostile.ravel(), passable=passable.ravel())
        defaults = self.parameters.factions
        for name in self.factions:
            faction: Faction = factions[name]
            self.doubts.add("cohesion_0", f"faction.{name}.cohesion", faction.cohesion or defaults["cohesion"], GRID)
            floor = faction.collapse_below or defaults["collapse_below"]
            if not self.on["cohesion"]:
                floor = Spread(values=(0.0,))
            self.doubts.add("collapse_at", f"faction.{name}.collapse_below", floor, GRID)
            alert = faction.alert_h or defaults["alert_h"]
            if not self.on["surprise"]:
                alert = Spread(values=(0.0,))
            self.doubts.add("alert", f"faction.{name}.alert_h", alert, HOUR)

    # --- places
    def _places(self) -> None:
        rows = [self.scenario.places[name] for name in self.places]
        kind = [self.parameters.places[row.kind] for row in rows]
        ground = [
            self.parameters.terrain[row.terrain or k.terrain].protection for row, k in zip(rows, kind, strict=True)
        ]
        districts = [
            row.districts or max(1, round(row.people / k.people_per_district))
            for row, k in zip(rows, kind, strict=True)
        ]
        outer = [to_grid(k.outer) for k in kind]
        forts = [
            to_grid(k.fortification if row.fortification is None else row.fortification)
            for row, k in zip(rows, kind, strict=True)
        ]
        hills: list[list[int]] = [[] for _ in rows]
        for i, row in enumerate(rows):
            for below in row.commands:
                hills[self.place_at[below]].append(i)
        score = importance(self.scenario, self.parameters)
        self.score = score
        value = np.asarray(score.value, np.int64)
        source = np.zeros((self.out["C"], len(rows)), np.int64)
        for i, row in enumerate(rows):
            for name in row.supply:
                source[self.camp[self.faction_at[name]], i] = 1
        for c in range(self.out["C"]):
            if not source[c].any():  # no source named: the camp's largest place, so that nobody starts cut off
                own = [i for i, row in enumerate(rows) if self.camp[self.faction_at[row.holder]] == c]
                for i in sorted(own, key=lambda i: (-rows[i].people, i))[:1]:
                    source[c, i] = 1
        self.hostile_ground = self.on["terrain"]
        self.out.update(
            ground=np.array(ground if self.on["terrain"] else [1.0] * len(rows), np.float64),
            fort_0=np.array(forts if self.on["terrain"] else [0] * len(rows), np.int64),
            frontage=np.array([row.frontage or k.frontage for row, k in zip(rows, kind, strict=True)], np.int64),
            outer=np.array(outer, np.int64),
            whole=np.array([o + d * GRID for o, d in zip(outer, districts, strict=True)], np.int64),
            holder_0=np.array([self.faction_at[row.holder] for row in rows], np.int64),
            airbase=np.array([int(row.airbase or row.kind == "airbase") for row in rows], np.int64),
            civil=np.array([int(row.people > 0) for row in rows], np.int64),
            rear_weight=np.array([_rear_weight(row) for row in rows], np.int64),
            hill_first=_starts(hills),
            hills=_flat(hills),
            value=value.ravel(),
            worth=value[sorted({self.faction_at[row.holder] for row in rows})].mean(axis=0).astype(np.int64),
            source=source.ravel(),
            place_key=_keys("place", self.places),
        )
        core = np.zeros((len(self.factions), len(rows)), np.int64)
        for k, name in enumerate(self.factions):
            faction = self.scenario.factions[name]
            for place in faction.core or [p for p in self.places if self._is_seat_of(p, name)]:
                core[k, self.place_at[place]] = 1
        self.out["is_core"] = core.ravel()

    def _is_seat_of(self, place: str, faction: str) -> bool:
        row = self.scenario.places[place]
        return row.capital and row.holder == faction

    # --- roads
    def _roads(self) -> None:
        roads = sorted(self.scenario.roads, key=lambda r: sorted((r.a, r.b)))
        arcs: list[tuple[int, int, int]] = []
        for e, road in enumerate(roads):
            a, b = self.place_at[road.a], self.place_at[road.b]
            arcs += [(a, b, e), (b, a, e)]
        arcs.sort()
        at = {arc: i for i, arc in enumerate(arcs)}
        first = np.searchsorted([a for a, _, _ in arcs], np.arange(len(self.places) + 1))
        back = [at[(b, a, e)] for a, b, e in arcs]
        free = []
        for _, _, e in arcs:
            hours = roads[e].km / self.parameters.roads[roads[e].road_class].speed_kmh
            free.append(to_ticks(hours))
        side = [1 << int(back[i] - first[head]) for i, (_, head, _) in enumerate(arcs)]
        timed = [(a, b, free[i]) for i, (a, b, _) in enumerate(arcs)]
        march = np.array([travel_ticks(len(self.places), timed, p) for p in range(len(self.places))], np.int64)
        self.march = march
        self.out.update(
            A=len(arcs),
            E=len(roads),
            first=first.astype(np.int64),
            ways=_table(first),
            next_to=np.array([*(head for _, head, _ in arcs), len(self.places)], np.int64)[_table(first)],
            free_to=np.array([*free, NEVER], np.int64)[_table(first)],
            tail=np.array([a for a, _, _ in arcs], np.int64),
            head=np.array([b for _, b, _ in arcs], np.int64),
            free=np.array(free, np.int64),
            metres=np.array([int(roads[e].km * 1000 + 0.5) for _, _, e in arcs], np.int64),
            road=np.array([e for _, _, e in arcs], np.int64),
            back=np.array(back, np.int64),
            side=np.array(side, np.int64),
            bridged=np.array([int(road.bridge is not None) for road in roads], np.int64),
            road_a=np.array([self.place_at[road.a] for road in roads], np.int64),
            road_b=np.array([self.place_at[road.b] for road in roads], np.int64),
            march=march.ravel(),
            road_ids=tuple(f"{road.a}-{road.b}" for road in roads),
        )
        self.doubts.declare("repair", "detour")
        for road in roads:
            name = f"road.{road.a}-{road.b}"
            nothing = Spread(values=(0.0,))
            self.doubts.add("repair", f"{name}.repair_h", road.bridge.repair_h if road.bridge else nothing, HOUR)
            self.doubts.add("detour", f"{name}.delay_h", road.bridge.delay_h if road.bridge else nothing, HOUR)

    # --- commands
    def _commands(self) -> None:
        commands = dict(self.scenario.commands)
        led = {command.faction for command in commands.values()}
        for name in self.factions:
            if name not in led:
                commands[name] = _default_command(name)
        self.command_ids = tuple(sorted(commands))
        rows = [commands[name] for name in self.command_ids]
        self.command_rows = rows
        head_faction = [self.faction_at[row.faction] for row in rows]
        areas = [sorted(self.place_at[p] for p in row.area) or list(range(len(self.places))) for row in rows]
        self.areas = areas
        aim_far = np.full((len(rows), len(self.places)), NEVER, np.int64)
        doctrines = []
        for h, row in enumerate(rows):
            faction = self.scenario.factions[row.faction]
            for aim in row.aims or faction.aims:
                aim_far[h] = np.minimum(aim_far[h], self.march[self.place_at[aim]])
            base = self.parameters.doctrines[row.doctrine or faction.doctrine]
            doctrines.append(base.model_copy(update={k: v for k, v in row.settings.items() if k in SETTINGS}))
        self.doctrines = doctrines
        siege, withdraw = self.on["siege"], self.on["withdraw"]
        guard = [next(h for h, k in enumerate(head_faction) if k == f) for f in range(len(self.factions))]
        self.out.update(
            H=len(rows),
            head_faction=np.array(head_faction, np.int64),
            head_camp=np.array([self.camp[k] for k in head_faction], np.int64),
            area_first=_starts(areas),
            area=_flat(areas),
            aim_far=aim_far.ravel(),
            blind=np.array([int(row.score_blind) for row in rows], np.int64),
            attack_share=_column(doctrines, lambda d: _share(d.attack_odds)),
            call_off_share=_column(doctrines, lambda d: _share(d.call_off_odds)),
            invest_share=_column(doctrines, lambda d: _share(d.invest_odds) if siege and d.invest_odds else 2.0),
            withdraw_share=_column(doctrines, lambda d: _share(d.withdraw_odds) if withdraw else 2.0),
            reserve=np.array([to_grid(d.reserve) for d in doctrines], np.int64),
            w_attack=_column(doctrines, lambda d: d.attack),
            w_defend=_column(doctrines, lambda d: d.defend),
            w_retake=_column(doctrines, lambda d: d.retake),
            w_gateway=_column(doctrines, lambda d: d.gateway),
            w_core=_column(doctrines, lambda d: d.core),
            w_guard=_column(doctrines, lambda d: d.guard),
            guard=np.array(guard, np.int64),
            command_ids=self.command_ids,
        )

    # --- formations
    def _forces(self) -> None:
        forces: dict[str, Force] = {}
        for force in [*self.scenario.forces, *self.scenario.reinforcements]:
            assert force.id is not None, "the loader names every force"
            if isinstance(force, Reinforcement) and not self.on["reinforcement"]:
                continue
            forces[force.id] = force
        self.force_ids = tuple(sorted(forces))
        rows = [forces[name] for name in self.force_ids]
        triggers: list[tuple[str, Trigger]] = []
        summons, patron, entries, mobile, command = [], [], [], [], []
        backers = sorted(self.scenario.backers)
        self.doubts.declare(
            "people_0",
            "quality",
            "morale_0",
            "haste",
            "night",
            "chance",
            "delay",
            "cohesion_0",
            "collapse_at",
            "alert",
        )
        for name, row in zip(self.force_ids, rows, strict=True):
            base = self.parameters.forces[row.force_class]
            label = f"force.{name}"
            self.doubts.add("people_0", f"{label}.people", row.people)
            self.doubts.add("quality", f"{label}.quality", row.quality or base.quality, GRID)
            self.doubts.add("morale_0", f"{label}.morale", row.morale or base.morale, GRID)
            self.doubts.add("haste", f"{label}.speed", row.speed or Spread(values=(base.speed,)), GRID)
            self.doubts.add("night", f"{label}.night", row.night or Spread(values=(base.night,)), GRID)
            mobile.append(int(base.mobile if row.mobile is None else row.mobile))
            command.append(self._command_of(row))
            if isinstance(row, Reinforcement):
                summons.append(len(triggers))
                triggers.append((name, row.when))
                entries.append([self.place_at[p] for p in (row.place, *row.otherwise)])
                patron.append(backers.index(row.backer) if row.backer else -1)
                self.doubts.add("chance", f"{label}.chance", row.chance, GRID)
            else:
                summons.append(-1)
                entries.append([self.place_at[row.place]])
                patron.append(-1)
                self.doubts.add("chance", f"{label}.chance", Spread(values=(1.0,)), GRID)
        for name, trigger in triggers:
            self.doubts.add("delay", f"force.{name}.delay_h", trigger.delay_h, HOUR)
        faction = [self.faction_at[row.faction] for row in rows]
        staff: list[list[int]] = [[] for _ in self.command_ids]
        for f, h in enumerate(command):
            if h >= 0 and mobile[f]:
                staff[h].append(f)
        self.trigger_rows = triggers
        self.out.update(
            F=len(rows),
            T=len(triggers),
            faction=np.array(faction, np.int64),
            side_of=np.array([self.camp[k] for k in faction], np.int64),
            command=np.array(command, np.int64),
            mobile=np.array(mobile, np.int64),
            home=np.array([self.place_at[row.place] for row in rows], np.int64),
            summons=np.array(summons, np.int64),
            called=np.array([f for f, t in enumerate(summons) if t >= 0], np.int64),
            patron=np.array(patron, np.int64),
            entry_first=_starts(entries),
            entries=_flat(entries),
            staff_first=_starts(staff),
            staff=_flat(staff),
            force_key=_keys("force", self.force_ids),
            force_ids=self.force_ids,
            clauses=np.array([self._clauses(t) for _, t in triggers], np.int64).ravel(),
        )
        self.out["repute"] = self._repute(rows)
        self.out["focus_0"] = self._focus(rows, staff)

    def _command_of(self, row: Force) -> int:
        if row.command is not None:
            return self.command_ids.index(row.command)
        place = self.place_at[row.place]
        own = [h for h, command in enumerate(self.command_rows) if command.faction == row.faction]
        inside = [h for h in own if self.command_rows[h].area and place in self.areas[h]]
        return (inside or own)[0]

    def _repute(self, rows: list[Force]) -> Any:
        total = [[0.0, 1e-9] for _ in range(self.out["C"])]
        for row in rows:
            quality = row.quality or self.parameters.forces[row.force_class].quality
            cell = total[self.camp[self.faction_at[row.faction]]]
            cell[0] += row.people.middle * quality.middle
            cell[1] += row.people.middle
        return np.array([max(1, to_grid(a / b)) for a, b in total], np.int64)

    def _focus(self, rows: list[Force], staff: list[list[int]]) -> Any:
        focus = []
        for h, members in enumerate(staff):
            mass: dict[int, float] = {}
            for f in members:
                place = self.place_at[rows[f].place]
                mass[place] = mass.get(place, 0.0) + rows[f].people.middle
            focus.append(min(mass, key=lambda p: (-mass[p], p)) if mass else self.areas[h][0])
        return np.array(focus, np.int64)

    def _clauses(self, trigger: Trigger) -> list[int]:
        out: list[int] = []
        for condition in trigger.all:
            out += self._clause(condition)
        return (out + [-1, 0, 0] * 3)[:9]

    def _clause(self, clause: Condition) -> list[int]:
        if clause.after is not None:
            return [kinds.AFTER, max(0, self._tick(clause.after)), 0]
        if clause.held is not None:
            place, faction = clause.held
            return [kinds.HELD, self.place_at[place], self.camp[self.faction_at[faction]]]
        if clause.lost is not None:
            place, faction = clause.lost
            return [kinds.LOST_BY, self.place_at[place], self.camp[self.faction_at[faction]]]
        if clause.attacked is not None:
            return [kinds.ATTACKED, self.place_at[clause.attacked], 0]
        if clause.cohesion_below is not None:
            faction, level = clause.cohesion_below
            return [kinds.COHESION_BELOW, self.faction_at[faction], to_grid(level)]
        assert clause.score_above is not None, "the loader checks that a condition has one clause"
        faction, level = clause.score_above
        return [kinds.SCORE_ABOVE, self.camp[self.faction_at[faction]], to_grid(level)]

    def _tick(self, moment: datetime) -> int:
        return int((moment - self.scenario.start).total_seconds())

    # --- wings
    def _wings(self) -> None:
        wings = sorted(self.scenario.wings) if self.on["air"] else []
        rows = [self.scenario.wings[name] for name in wings]
        backers = sorted(self.scenario.backers)
        base = [self.place_at.get(row.base, -1) for row in rows]
        reach, shares = [], []
        self.doubts.declare("aircraft_0", "rate", "wing_night", "effort")
        for name, row in zip(wings, rows, strict=True):
            label = f"wing.{name}"
            self.doubts.add("aircraft_0", f"{label}.aircraft", row.aircraft)
            self.doubts.add("rate", f"{label}.sorties_per_day", row.sorties_per_day, GRID)
            self.doubts.add("wing_night", f"{label}.night", row.night, GRID)
            for day in range(self.out["days"]):
                known = [e for e in row.effort if self._tick(e.at) <= day * DAY] or list(row.effort[:1])
                spread = known[-1].share if known else Spread(values=(1.0,))
                # Keyed by hours from the start: a date would be another one in another year or time zone.
                since = f".{self._tick(known[-1].at) / HOUR:+.10g}h" if known else ""
                self.doubts.add("effort", f"{label}.effort{since}", spread, GRID)
            reach.append([self._in_reach(row.base, row.range_km, place) for place in self.places])
            weights = [row.targets.get(k, 0.0) for k in ("close", "interdiction", "rear", "bridges")]
            if not self.on["interdiction"]:
                weights[1] = weights[3] = 0.0
            total = sum(weights)
            if total == 0:  # nothing that it was meant for is left: close support
                weights[0] = total = 1.0
            shares.append([sum(weights[: i + 1]) / total for i in range(3)])
        self.out.update(
            W=len(rows),
            wing_faction=np.array([self.faction_at[row.faction] for row in rows], np.int64),
            wing_camp=np.array([self.camp[self.faction_at[row.faction]] for row in rows], np.int64),
            wing_backer=np.array([backers.index(row.backer) if row.backer else -1 for row in rows], np.int64),
            wing_base_0=np.array(base, np.int64),
            reach=np.array(reach, np.int64).ravel(),
            share_1=np.array([s[0] for s in shares], np.float64),
            share_2=np.array([s[1] for s in shares], np.float64),
            share_3=np.array([s[2] for s in shares], np.float64),
            wing_key=_keys("wing", wings),
        )
        self.wing_ids = tuple(wings)

    def _in_reach(self, base: str, range_km: float, place: str) -> int:
        if base not in self.scenario.places:
            return 1
        a, b = self.scenario.places[base], self.scenario.places[place]
        return int(great_circle_km(a.lat, a.lon, b.lat, b.lon) <= range_km)

    # --- backers, clock, chance
    def _rest(self) -> None:
        backers = sorted(self.scenario.backers)
        self.doubts.declare("will_0")
        for name in backers:
            self.doubts.add("will_0", f"backer.{name}.will", self.scenario.backers[name].will, GRID)
        lat, lon = _centre([self.scenario.places[p] for p in self.places])
        start = self.scenario.start
        dawn, dusk = daylight(lat, lon, start) if self.on["night"] else (0, DAY)
        self.out.update(
            B=len(backers),
            client=np.array([self.faction_at[self.scenario.backers[b].client] for b in backers], np.int64),
            start_second=start.hour * HOUR + start.minute * 60 + start.second,
            dawn=dawn,
            dusk=dusk,
            sky_key=entity_key("sky", "all"),
            nerves_on=int(self.on["morale"]),
            backer_ids=tuple(backers),
        )

    # --- rule parameters
    def _rules(self) -> None:
        off = {name for toggle, names in _TOGGLES.items() if not self.on[toggle] for name in names}
        timed = set()
        for name in RULES:
            parameter = self.parameters.rules[name]
            spread = self.scenario.parameters.get(name, parameter.spread)
            if name in off:
                spread = Spread(values=(0.0,))
            in_hours = parameter.unit == "h" or parameter.unit.startswith("h ")
            if in_hours:
                timed.add(name)
            self.doubts.add(f"rule.{name}", f"rule.{name}", spread, HOUR if in_hours else 1.0)
        self.out["timed"] = frozenset(timed)

    def _labels(self) -> None:
        places, factions = self.scenario.places, self.scenario.factions
        self.out["labels"] = Labels(
            place_ids=tuple(self.places),
            place_names=tuple(places[p].name or p for p in self.places),
            faction_ids=tuple(self.factions),
            faction_names=tuple(factions[k].name or k for k in self.factions),
            faction_colors=tuple(factions[k].color or COLORS[i % len(COLORS)] for i, k in enumerate(self.factions)),
            faction_camp=tuple(self.camp),
            wing_ids=self.wing_ids,
            input_ids=tuple(self.doubts.ids),
            cause_names=kinds.CAUSES,
            end_names=kinds.END_NAMES,
            initial_holder=tuple(int(k) for k in self.out["holder_0"]),
        )


_TOGGLES: dict[str, tuple[str, ...]] = {
    "air": (),
    "supply": ("supply.drain_per_day", "supply.refill_per_day", "supply.desertion_per_day"),
    "morale": ("morale.stress_per_h", "morale.per_loss", "morale.contagion", "morale.retreat"),
    "cohesion": ("cohesion.shock", "cohesion.lift", "backer.shock", "backer.tie", "morale.refuse"),
    "siege": ("siege.drain_per_day",),
    "reinforcement": (),
    "night": (),
    "terrain": ("combat.fortification", "combat.overlook"),
    "interdiction": (),
    "congestion": ("march.congestion",),
    "fortify": ("fortify.per_day",),
    "withdraw": (),
    "culmination": ("culmination.rest", "culmination.loss"),
    "surprise": ("combat.surprise", "cohesion.surprise"),
}
"""What switching a mechanism off does: rule parameters that become 0 (the rest is done where it is compiled)."""


def _default_command(faction: str) -> Any:
    from sim.model.scenario import Command

    return Command(faction=faction)


def _share(odds: float) -> float:
    return odds / (1.0 + odds)


def _column(doctrines: list[Doctrine], read: Any) -> Any:
    return np.array([read(d) for d in doctrines], np.float64)


def _starts(groups: list[list[int]]) -> Any:
    return np.concatenate([[0], np.cumsum([len(g) for g in groups])]).astype(np.int64)


def _flat(groups: list[list[int]]) -> Any:
    return np.array([i for group in groups for i in group], np.int64)


def _centre(rows: list[Place]) -> tuple[float, float]:
    """Mean latitude and longitude of the people, so that an empty place does not move it."""
    weight = [float(row.people) for row in rows]
    if not sum(weight):
        weight = [1.0] * len(rows)
    total = sum(weight)
    lat = sum(w * row.lat for w, row in zip(weight, rows, strict=True)) / total
    return lat, sum(w * row.lon for w, row in zip(weight, rows, strict=True)) / total


def _keys(kind: str, names: Sequence[str]) -> Any:
    """Random keys of entities. Two that collide (one in four thousand million pairs) would share their draws."""
    keys = {name: entity_key(kind, name) for name in names}
    if len(set(keys.values())) < len(keys):
        twins = sorted(name for name in names if list(keys.values()).count(keys[name]) > 1)
        raise UsageError(f"the ids of these {kind}s give the same random key, so rename one: {', '.join(twins)}")
    return np.array(list(keys.values()), np.int64)


def _table(first: Any) -> Any:
    """Numbers first[p] .. first[p + 1] - 1 as row p of a table, filled up with -1."""
    degree = np.diff(first)
    widest = max(1, int(degree.max(initial=0)))
    column = np.arange(widest)
    return np.where(column < degree[:, None], first[:-1, None] + column, -1).astype(np.int64)


def _rear_weight(row: Place) -> int:
    """How much of the other side's rear services hang on a place: bases, depots and seats, never people."""
    return to_grid(
        min(1.0, 0.5 * row.military + 0.5 * (row.kind in ("airbase", "base") or row.airbase) + 0.3 * row.seat)
    )


def attribute_names() -> tuple[str, ...]:
    """Rule parameters as attribute names, in order."""
    return tuple(attribute(name) for name in RULES)
