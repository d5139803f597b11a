"""One run told as sentences, with dates: what a reader would have seen, from the log of the reference engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from sim.engines import reference
from sim.events.board import Board
from sim.model import kinds as k
from sim.model.world import World
from sim.units import GRID

_WHY = {
    "assault": "by assault",
    "broken": "when the last defenders broke",
    "withdrawn": "after the defenders left on orders",
    "walked_in": "unopposed",
    "overrun": "in stride",
    "collapsed": "whose defenders had gone home",
    "starved": "after a siege",
}
_LOSS = {
    "fight": "killed in the fight",
    "air": "killed from the air",
    "desertion": "desert",
    "straggling": "lost on the road",
    "surrender": "surrender",
    "disbanded": "go home",
}


def trace(world: World, start: str, seed: int, run: int, *, every: bool = False) -> Iterator[str]:
    """The sentences of one run, in order. `start` is ISO-8601 with offset; `every` adds small losses and orders."""
    teller = _Teller(world, datetime.fromisoformat(start), every)
    number = np.array([run], np.int64)
    reference.play(world, seed, number, number, teller.watch)
    yield from teller.lines
    yield teller.stamp(world.horizon) + "The run ends."


class _Teller:
    """Collects sentences as events happen."""

    def __init__(self, world: World, start: datetime, every: bool) -> None:
        self.w, self.start, self.every = world, start, every
        self.lines: list[str] = []
        self.tellers: dict[int, Callable[..., str | None]] = {
            k.HOLDER: self.holder, k.LEFT: self.left, k.PLACED: self.placed, k.LOST: self.lost, k.JOINED: self.joined,
            k.PHASE: self.phase, k.STRUCK: self.struck, k.BROKE: self.broke, k.OBJECTIVE: self.objective,
            k.ORDERED: self.ordered, k.COLLAPSED: self.collapsed, k.REBASED: self.rebased,
        }  # fmt: skip

    def watch(self, _: int, board: Board) -> reference.Witness:
        board.noting = True

        def witness(g: Board, kind: int, entity: int) -> None:
            for row in g.rows:
                text = self.tellers[row[1]](*row[2:])
                if text:
                    self.lines.append(self.stamp(row[0]) + text)
            g.rows.clear()

        return witness

    def stamp(self, tick: int) -> str:
        return f"{self.start + timedelta(seconds=tick):%Y-%m-%d %H:%M}  "

    def place(self, p: int) -> str:
        return self.w.labels.place_names[p]

    def faction(self, i: int) -> str:
        return self.w.labels.faction_names[i]

    def camp(self, c: int) -> str:
        return " and ".join(self.faction(i) for i in range(self.w.K) if self.w.camp[i] == c)

    def force(self, f: int) -> str:
        return f"{self.w.force_ids[f]} ({self.faction(self.w.faction[f])})"

    def holder(self, actor: int, p: int, old: int, cause: int, new: int, _: int) -> str:
        why = _WHY.get(k.CAUSES[cause], k.CAUSES[cause])
        return f"{self.faction(new)} takes {self.place(p)} from {self.faction(old)} {why}."

    def left(self, f: int, p: int, q: int, cause: int, people: int, _: int) -> str:
        how = {k.MARCH: "sets out", k.TURNED_BACK: "turns back"}.get(cause, "flees")
        if cause in (k.WITHDRAWN, k.CALLED_OFF):
            how = "withdraws"
        return f"{self.force(f)}, {people:,} people, {how} from {self.place(p)} to {self.place(q)}."

    def placed(self, f: int, p: int, q: int, cause: int, people: int, _: int) -> str:
        how = "reaches" if cause == k.MARCH else "takes refuge in"
        return f"{self.force(f)} {how} {self.place(p)}."

    def lost(self, f: int, p: int, _: int, cause: int, people: int, __: int) -> str | None:
        if not self.every and people < 50:
            return None
        where = f" at {self.place(p)}" if p >= 0 else ""
        return f"{people:,} people of {self.force(f)} {_LOSS[k.CAUSES[cause]]}{where}."

    def joined(self, f: int, p: int, _: int, cause: int, people: int, __: int) -> str:
        if cause == k.REINFORCEMENT:
            return f"{self.force(f)} arrives at {self.place(p)} with {people:,} people."
        return f"{self.force(f)} {'finds its way barred and waits' if cause == k.CUT_OFF else 'does not come'}."

    def phase(self, p: int, _: int, c: int, cause: int, phase: int, __: int) -> str:
        name = self.place(p)
        if phase == k.QUIET:
            return (
                f"The attack of {self.camp(c)} on {name} is {'called off' if cause == k.CALLED_OFF else 'thrown back'}."
            )
        doing = {
            k.APPROACH: f"closes in on {name}", k.OUTER: f"assaults the outer defences of {name}",
            k.INSIDE: f"breaks into {name}", k.SIEGE: f"besieges {name}",
        }[phase]  # fmt: skip
        return f"{self.camp(c)} {doing}."

    def struck(self, i: int, p: int, target: int, _: int, number: int, task: int) -> str | None:
        if not self.every:
            return None
        if task == k.CLOSE:
            what = f"the fight at {self.place(target)}"
        elif task == k.INTERDICTION:
            what = f"the column of {self.force(target)}"
        elif task == k.REAR:
            what = f"the rear at {self.place(target)}"
        else:
            what = f"the bridge {self.w.road_ids[target]}"
        return f"{self.w.labels.wing_ids[i]} flies {number} sorties against {what}."

    def broke(self, f: int, p: int, _: int, __: int, people: int, spirit: int) -> str:
        return f"{self.force(f)} breaks at {self.place(p)} (morale {spirit / GRID:.2f})."

    def objective(self, h: int, p: int, *_: Any) -> str:
        return f"Command {self.w.command_ids[h]} " + (f"turns to {self.place(p)}." if p >= 0 else "rests.")

    def ordered(self, f: int, p: int, goal: int, *_: Any) -> str | None:
        return f"{self.force(f)} gets orders for {self.place(goal)}." if self.every else None

    def collapsed(self, i: int, p: int, _: int, __: int, cohesion: int, ___: int) -> str:
        return f"{self.faction(i)} gives up (cohesion {cohesion / GRID:.2f}); what remains of it disbands."

    def rebased(self, i: int, p: int, other: int, _: int, aircraft: int, __: int) -> str:
        where = f"moves to {self.place(other)} with {aircraft} aircraft" if other >= 0 else "is lost"
        return f"Wing {self.w.labels.wing_ids[i]} loses its base at {self.place(p)} and {where}."
