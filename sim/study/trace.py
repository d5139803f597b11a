"""One run told as sentences, with dates: what a reader would have seen, from the log of the reference engine.

The past tense is the same for one and for many ("Wardens took", "Opposition took"), so that every sentence is right
for any name; people lost are what their formation lost, never the subject.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

import numpy as np

from sim.engines import reference
from sim.events.board import Board
from sim.model import kinds as k
from sim.model.results import Ints
from sim.model.scenario import Faction, Scenario
from sim.model.world import World
from sim.study.labels import told_apart
from sim.study.text import counted
from sim.study.words import HOW_TAKEN
from sim.units import GRID

_LEFT = {
    k.MARCH: "set out", k.TURNED_BACK: "turned back", k.WITHDRAWN: "withdrew", k.CALLED_OFF: "withdrew",
}  # fmt: skip
_LOSS = {
    k.FIGHT: "in the fight",
    k.AIR: "to strikes from the air",
    k.DESERTION: "to desertion",
    k.STRAGGLING: "to straggling",
    k.SURRENDER: "to surrender",
    k.DISBANDED: "to disbanding",
}
_FROM = {k.FIGHT: "the fighting at", k.AIR: "the strikes on", k.DISTRUST: "the new holders of"}
_PHASE = {
    k.APPROACH: "closed in on",
    k.OUTER: "assaulted the outer defences of",
    k.INSIDE: "broke into",
    k.SIEGE: "laid siege to",
}
SMALL, CROWD = 50, 1_000
"""People; smaller losses of a formation, and of civilians who flee or return, are told only when everything is."""


def trace(world: World, scenario: Scenario, seed: int, run: int, *, every: bool = False) -> Iterator[str]:
    """The sentences of one run of a scenario, compiled as `world`, in order. `every` adds small losses, orders and
    sorties."""
    teller = Teller(world, scenario, every)
    lines: list[str | None] = []

    def watch(_: int, board: Board) -> reference.Witness:
        board.noting = True

        def witness(g: Board, kind: int, entity: int) -> None:
            lines.extend(teller.sentences(g.rows, g.s.people))
            g.rows.clear()

        return witness

    number = np.array([run], np.int64)
    reference.play(world, seed, number, number, watch)
    yield from filter(None, lines)
    yield teller.stamp(world.horizon) + "The run ended."


class _Named(Protocol):
    """What formations, wings and commands have in common."""

    name: str | None
    faction: str


def _names(entries: Mapping[str, _Named], factions: Mapping[str, Faction]) -> dict[str, str]:
    """What to call each entry: its name (its id if it has none) and its faction; with the id as well where another
    is called the same."""
    return told_apart({key: f"{e.name or key} ({factions[e.faction].name or e.faction})" for key, e in entries.items()})


class Teller:
    """Turns rows of the log into sentences; `every`: those of little weight, too."""

    def __init__(self, world: World, scenario: Scenario, every: bool) -> None:
        self.w, self.start, self.every = world, scenario.start, every
        formations = {str(entry.id): entry for entry in [*scenario.forces, *scenario.reinforcements]}
        self.forces = _names(formations, scenario.factions)
        self.wings = _names(scenario.wings, scenario.factions)
        self.commands = _names(scenario.commands, scenario.factions)
        self.bridges = {f"{r.a}-{r.b}": r.bridge.name for r in scenario.roads if r.bridge and r.bridge.name}
        self.tellers: dict[int, Callable[..., str | None]] = {
            k.HOLDER: self.holder, k.LEFT: self.left, k.PLACED: self.placed, k.LOST: self.lost, k.JOINED: self.joined,
            k.PHASE: self.phase, k.STRUCK: self.struck, k.BROKE: self.broke, k.OBJECTIVE: self.objective,
            k.ORDERED: self.ordered, k.COLLAPSED: self.collapsed, k.REBASED: self.rebased,
            k.ROSE: self.rose, k.TALKS: self.talked, k.RECALLED: self.recalled,
            k.FLED: self.fled, k.RETURNED: self.returned,
        }  # fmt: skip

    def sentences(self, rows: Sequence[tuple[int, ...]], people: Ints) -> Iterator[str | None]:
        """What the rows of one event say, after which so many people are left in each formation. A formation that lost
        its last ones has a sentence for that, however few they were; where a faction gives up, all disband at once."""
        last = {row[2]: at for at, row in enumerate(rows) if row[1] == k.LOST and row[5] != k.DISBANDED}
        for at, row in enumerate(rows):
            yield self.sentence(row)
            if last.get(row[2]) == at and people[row[2]] == 0:
                yield f"{self.stamp(row[0])}{self.force(row[2])} ceased to exist."

    def sentence(self, row: tuple[int, ...]) -> str | None:
        """What a row (tick, kind, actor, place, other, cause, amounts) says; None where it is not worth telling."""
        text = self.tellers[row[1]](*row[2:])
        return f"{self.stamp(row[0])}{text}." if text else None

    def stamp(self, tick: int) -> str:
        return f"{self.start + timedelta(seconds=tick):%Y-%m-%d %H:%M}  "

    # --- who and where
    def place(self, p: int) -> str:
        return self.w.labels.place_names[p]

    def faction(self, i: int) -> str:
        return self.w.labels.faction_names[i]

    def camp(self, c: int) -> str:
        return " and ".join(self.faction(i) for i in range(self.w.K) if self.w.camp[i] == c)

    def force(self, f: int) -> str:
        return self.forces[self.w.force_ids[f]]

    def wing(self, i: int) -> str:
        return self.wings[self.w.labels.wing_ids[i]]

    def command(self, h: int) -> str:
        """Every faction has a command, though the scenario may name none."""
        name = self.commands.get(self.w.command_ids[h])
        return f"Command {name}" if name else f"The command of {self.faction(self.w.head_faction[h])}"

    def bridge(self, road: int) -> str:
        name = self.bridges.get(self.w.road_ids[road])
        ends = f"between {self.place(self.w.road_a[road])} and {self.place(self.w.road_b[road])}"
        return f"the bridge {name} {ends}" if name else f"the bridge {ends}"

    # --- what happened, by kind of row: actor, place, other, cause, amount, second amount
    def holder(self, _: int, p: int, __: int, cause: int, new: int, old: int) -> str:
        return f"{self.faction(new)} took {self.place(p)} from {self.faction(old)} {HOW_TAKEN[k.CAUSES[cause]]}"

    def left(self, f: int, p: int, q: int, cause: int, people: int, _: int) -> str:
        number, how = counted(people, "person", "people"), _LEFT.get(cause, "fled")
        return f"{self.force(f)}, {number}, {how} from {self.place(p)} to {self.place(q)}"

    def placed(self, f: int, p: int, _: int, cause: int, __: int, ___: int) -> str:
        return f"{self.force(f)} {'reached' if cause == k.MARCH else 'took refuge in'} {self.place(p)}"

    def lost(self, f: int, p: int, _: int, cause: int, people: int, __: int) -> str | None:
        if not self.every and people < SMALL:
            return None
        where = f"at {self.place(p)}" if p >= 0 else "on the road"
        return f"{self.force(f)} lost {counted(people, 'person', 'people')} {_LOSS[cause]} {where}"

    def joined(self, f: int, p: int, _: int, cause: int, people: int, __: int) -> str | None:
        if cause == k.REINFORCEMENT:
            return f"{self.force(f)} arrived at {self.place(p)} with {counted(people, 'person', 'people')}"
        if cause == k.RECRUITED:
            who = counted(people, "recruit", "recruits")
            return f"{self.force(f)} found {who} at {self.place(p)}" if self.every or people >= SMALL else None
        return f"{self.force(f)} {'found the way barred and waited' if cause == k.CUT_OFF else 'did not come'}"

    def talked(self, i: int, p: int, _: int, cause: int, __: int, ___: int) -> str:
        how = "began" if cause == k.PARLEY else "came to nothing"
        return f"Talks with {self.faction(i)} about {self.place(p)} {how}"

    def rose(self, f: int, p: int, _: int, __: int, people: int, ___: int) -> str:
        return f"{self.force(f)}, {counted(people, 'person', 'people')}, rose at {self.place(p)}"

    def phase(self, p: int, _: int, c: int, cause: int, phase: int, __: int) -> str:
        if phase == k.QUIET:
            how = "called off" if cause == k.CALLED_OFF else "thrown back"
            return f"The attack of {self.camp(c)} on {self.place(p)} was {how}"
        return f"{self.camp(c)} {_PHASE[phase]} {self.place(p)}"

    def struck(self, i: int, _: int, target: int, __: int, number: int, task: int) -> str | None:
        if not self.every:
            return None
        if task == k.CLOSE:
            what = f"the fight at {self.place(target)}"
        elif task == k.INTERDICTION:
            what = f"the column of {self.force(target)}"
        elif task == k.REAR:
            what = f"the rear at {self.place(target)}"
        else:
            what = self.bridge(target)
        return f"{self.wing(i)} flew {counted(number, 'sortie', 'sorties')} against {what}"

    def broke(self, f: int, p: int, _: int, __: int, ___: int, spirit: int) -> str:
        return f"{self.force(f)} broke at {self.place(p)} (morale {spirit / GRID:.2f})"

    def objective(self, h: int, p: int, *_: Any) -> str:
        return f"{self.command(h)} {f'turned to {self.place(p)}' if p >= 0 else 'gave up its objective'}"

    def ordered(self, f: int, _: int, goal: int, *__: Any) -> str | None:
        return f"{self.force(f)} received orders for {self.place(goal)}" if self.every else None

    def collapsed(self, i: int, _: int, __: int, ___: int, cohesion: int, ____: int) -> str:
        return f"{self.faction(i)} gave up (cohesion {cohesion / GRID:.2f}), and the remaining forces disbanded"

    def recalled(self, i: int, _: int, __: int, ___: int, cohesion: int, ____: int) -> str:
        return f"{self.faction(i)} called its forces back to its core (cohesion {cohesion / GRID:.2f})"

    def fled(self, p: int, _: int, q: int, cause: int, people: int, __: int) -> str | None:
        if not self.every and people < CROWD:
            return None
        return f"{counted(people, 'civilian', 'civilians')} fled {_FROM[cause]} {self.place(p)} to {self.place(q)}"

    def returned(self, p: int, _: int, q: int, __: int, people: int, ___: int) -> str | None:
        if not self.every and people < CROWD:
            return None
        return f"{counted(people, 'civilian', 'civilians')} returned to {self.place(p)} from {self.place(q)}"

    def rebased(self, i: int, p: int, other: int, _: int, aircraft: int, __: int) -> str:
        number = counted(aircraft, "aircraft", "aircraft")
        where = f"moved to {self.place(other)} with {number}" if other >= 0 else "had nowhere to go"
        return f"{self.wing(i)} lost the base at {self.place(p)} and {where}"
