"""Do the engines give the same history? Compared event by event, and state by state.

Each engine writes a log (what happened, row by row) and, after every event, a digest of its whole state. Rows of one
event are put in a canonical order, since what follows from one event follows at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.engines import batch, reference
from sim.engines.batch.boards import Boards
from sim.errors import LawBroken
from sim.events.board import Board
from sim.model import kinds
from sim.model.laws import first_breach
from sim.model.logbook import Logbook
from sim.model.results import TABLES, Block, concatenate
from sim.model.state import STATE, digest_weights, sizes
from sim.model.world import World


@dataclass
class History:
    """What one engine did: a header per event, the rows that followed, and the tables.

    events (5, N): run index, number of the event in its run, tick, kind, entity; digest (N,) uint64;
    rows (10, M): run index, number of the event, tick, kind, actor, place, other, cause, two amounts."""

    events: Any
    digest: Any
    rows: Any
    block: Block


@dataclass
class Verdict:
    """The outcome of a comparison: how many runs and events agreed, and the first difference, if any; how many
    events came at the same tick as the one before, and how often each kind, cause and row of the log occurred."""

    runs: int
    events: int
    difference: str | None
    ties: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        if self.difference:
            return self.difference
        return f"{self.runs} runs identical ({self.events:,} events, state compared after each)"


def compare_engines(world: World, seed: int, runs: int, *, batch_size: int = 1024, first: int = 0) -> Verdict:
    """Play the runs `first`, `first` + 1, ... with both engines and compare. The laws of the model are checked
    on the state after every event of the reference, which every state of the batch must equal."""
    numbers = np.arange(first, first + runs, dtype=np.int64)
    a = reference_history(world, seed, numbers)
    parts = [batch_history(world, seed, numbers[i : i + batch_size], i) for i in range(0, runs, batch_size)]
    b = _join(parts)
    return Verdict(
        runs=runs,
        events=int(a.events.shape[1]),
        difference=_difference(world, seed, numbers, a, b),
        ties=_ties(a),
        kinds=Counter(kinds.EVENT_NAMES[k] for k in a.events[3].tolist()),
        causes=Counter(kinds.CAUSES[c] for c in a.rows[7].tolist()),
        rows=Counter(_row_name(kind, a) for kind, a in a.rows[[3, 8]].T.tolist()),
    )


def _ties(history: History) -> int:
    """Events at the same tick as the one before in their run (the reference plays run after run, in order)."""
    run, _, tick = history.events[:3]
    return int(((run[1:] == run[:-1]) & (tick[1:] == tick[:-1])).sum())


def _row_name(kind: int, amount: int) -> str:
    """What a row of the log says, with the phase that begins where one does."""
    name = kinds.ROW_NAMES[kind]
    return f"{name} {kinds.PHASE_NAMES[amount]}" if kind == kinds.PHASE else name


class _Journal:
    """What an engine did, event by event, with the state after each: states are kept for a while, then digested
    (and held against the laws, if `lawful`) many at a time, which costs a tenth of doing it one by one."""

    _PAGE = 512

    def __init__(self, world: World, runs: Any, *, lawful: bool) -> None:
        self.world, self.runs, self.lawful = world, runs, lawful
        self.weights = digest_weights(world)
        self.headers: list[Any] = []
        self.states: list[Any] = []
        self.events: list[Any] = [np.zeros((5, 0), np.int64)]
        self.digests: list[Any] = [np.zeros(0, np.uint64)]
        self.waiting = 0

    def add(self, header: Any, states: Any) -> None:
        """Headers (n, 5) of events that have been played, and the whole state (n, numbers) after each."""
        self.headers.append(header)
        self.states.append(states)
        self.waiting += len(header)
        if self.waiting >= self._PAGE:
            self.turn()

    def turn(self) -> None:
        """Digest and check what is waiting; raises LawBroken naming law, run, event and entity."""
        if not self.waiting:
            return
        header, states = np.concatenate(self.headers).T, np.concatenate(self.states)
        self.headers, self.states, self.waiting = [], [], 0
        with np.errstate(over="ignore"):
            self.digests.append(states.view(np.uint64) @ self.weights)
        self.events.append(header)
        if self.lawful:
            breach = first_breach(self.world, named(self.world, np.ascontiguousarray(states.T)), header[2])
            if breach:
                i, count, tick, kind, entity = header[:, breach.column].tolist()
                told = f"{kinds.EVENT_NAMES[kind]} {entity_name(self.world, kind, entity)} at tick {tick}"
                where = f"run {self.runs[i]}, event {count} ({told})"
                raise LawBroken(f"{where}: law broken: {breach.law} (entity {breach.entity})")

    def history(self, rows: list[Any], block: Block) -> History:
        """Everything written down."""
        self.turn()
        events, digests = np.concatenate(self.events, axis=1), np.concatenate(self.digests)
        return History(events, digests, np.concatenate([np.zeros((10, 0), np.int64), *rows], axis=1), block)


def named(world: World, states: Any) -> dict[str, Any]:
    """Whole states (numbers, n) as a view per field (entities, n)."""
    views, at = {}, 0
    for name, size in sizes(world).items():
        views[name] = states[at : at + size]
        at += size
    return views


def reference_history(world: World, seed: int, runs: Any) -> History:
    """Play runs with the reference engine, writing everything down and holding the state after every event
    against every law; raises LawBroken."""
    journal = _Journal(world, runs, lawful=True)
    rows: list[tuple[int, ...]] = []
    closing: list[Callable[[], None]] = []

    def watch(i: int, board: Board) -> Callable[[Board, int, int], None]:
        board.noting = True
        s = board.s
        book = Logbook(board.w, s.people, [status == kinds.PRESENT for status in s.status], board.x.haste)
        closing.append(lambda: book.close(s.holder, s.at, s.people, s.away))
        count = 0

        def witness(g: Board, kind: int, entity: int) -> None:
            nonlocal count
            journal.add(np.array([(i, count, g.tick, kind, entity)]), g.s.buffer[None].copy())
            if g.rows:
                book.read(g.rows)
                rows.extend((i, count, *row) for row in g.rows)
                g.rows.clear()
            count += 1

        return witness

    try:
        block = reference.play(world, seed, runs, runs, watch)
    except Exception:
        journal.turn()  # if a law was broken before, that is the news
        raise
    for close in closing:
        close()
    return journal.history([np.array(rows, np.int64).reshape(-1, 10).T], block)


def batch_history(world: World, seed: int, runs: Any, offset: int = 0) -> History:
    """Play runs with the batch engine, writing everything down."""
    journal = _Journal(world, runs, lawful=False)
    rows: list[Any] = []

    def watch(b: Boards, r: Any, t: Any, kind: int, entity: Any) -> None:
        head = np.empty((5, len(r)), np.int64)
        for i, value in enumerate((r + offset, b.events[r] - 1, t, kind, entity)):
            head[i] = value
        journal.add(head.T, np.concatenate([b.rows(name, r) for name in STATE], axis=1))
        for row in b.log:
            row[0] += offset
        rows.extend(b.log)
        b.log.clear()

    return journal.history(rows, batch.play(world, seed, runs, runs, watch))


def _join(parts: list[History]) -> History:
    return History(
        np.concatenate([h.events for h in parts], axis=1),
        np.concatenate([h.digest for h in parts]),
        np.concatenate([h.rows for h in parts], axis=1),
        concatenate([h.block for h in parts]) if len(parts) > 1 else parts[0].block,
    )


def _sorted(history: History) -> History:
    by_event = np.lexsort((history.events[1], history.events[0]))
    by_row = np.lexsort(history.rows[::-1])
    return History(history.events[:, by_event], history.digest[by_event], history.rows[:, by_row], history.block)


def _difference(world: World, seed: int, numbers: Any, a: History, b: History) -> str | None:
    """The first difference in words: when, where, who, which field; None when there is none."""
    a, b = _sorted(a), _sorted(b)
    n = min(a.events.shape[1], b.events.shape[1])
    same = (a.events[:, :n] == b.events[:, :n]).all(axis=0) & (a.digest[:n] == b.digest[:n])
    rows = _row_difference(world, a, b)
    if same.all() and a.events.shape[1] == b.events.shape[1]:
        return rows or _table_difference(a.block, b.block)
    first = int(np.argmin(same)) if not same.all() else n
    column = a.events[:, first] if first < a.events.shape[1] else b.events[:, first]
    i, count = int(column[0]), int(column[1])
    told = f"run {numbers[i]}, event {count}: reference {_tell(world, a, first)}, batch {_tell(world, b, first)}"
    return "\n".join(filter(None, [told, _field_difference(world, seed, numbers, i, count), rows]))


def _tell(world: World, history: History, at: int) -> str:
    if at >= history.events.shape[1]:
        return "plays nothing"
    _, _, tick, kind, entity = history.events[:, at].tolist()
    return f"plays {kinds.EVENT_NAMES[kind]} {entity_name(world, kind, entity)} at tick {tick}"


def entity_name(world: World, kind: int, entity: int) -> str:
    """Id of the entity that an event of this kind belongs to."""
    if kind in (kinds.ARRIVE, kinds.RETREAT, kinds.REINFORCE, kinds.DEPART):
        return world.force_ids[entity]
    if kind in (kinds.ROUND, kinds.TRANSFER, kinds.RISE):
        return world.labels.place_ids[entity]
    if kind == kinds.SORTIE:
        return world.labels.wing_ids[entity]
    return world.command_ids[entity] if kind == kinds.REVIEW else ""


def _field_difference(world: World, seed: int, numbers: Any, i: int, count: int) -> str:
    """Play one run again in both engines up to an event and name the fields that differ."""
    run = numbers[i : i + 1]
    kept: dict[str, dict[str, Any]] = {}

    def seen(board: Board) -> Callable[[Board, int, int], None]:
        plays = 0

        def witness(g: Board, kind: int, entity: int) -> None:
            nonlocal plays
            if plays == count:
                kept["reference"] = {name: np.array(getattr(g.s, name)) for name in STATE}
            plays += 1

        return witness

    def watch(b: Boards, r: Any, t: Any, kind: int, entity: Any) -> None:
        if int(b.events[0]) - 1 == count:
            kept["batch"] = {name: b.rows(name, np.zeros(1, np.int64))[0] for name in STATE}

    reference.play(world, seed, run, run, lambda _, board: seen(board))
    batch.play(world, seed, run, run, watch)
    if len(kept) < 2:
        return "one engine does not reach this event"
    lines = []
    for name in STATE:
        one, other = kept["reference"][name], kept["batch"][name]
        for entity in np.flatnonzero(one != other)[:3].tolist():
            lines.append(f"  {name}[{entity}]: reference {one[entity]}, batch {other[entity]}")
    return "\n".join(lines) or "  states are equal here: the batch differs only when runs are played together"


def _row_difference(world: World, a: History, b: History) -> str | None:
    n = min(a.rows.shape[1], b.rows.shape[1])
    same = (a.rows[:, :n] == b.rows[:, :n]).all(axis=0)
    if same.all() and a.rows.shape[1] == b.rows.shape[1]:
        return None
    first = int(np.argmin(same)) if not same.all() else n
    one = a.rows[:, first].tolist() if first < a.rows.shape[1] else None
    other = b.rows[:, first].tolist() if first < b.rows.shape[1] else None
    return f"first different row of the log: reference {one}, batch {other}"


def _table_difference(a: Block, b: Block) -> str | None:
    for name in TABLES:
        one, other = getattr(a, name), getattr(b, name)
        if one.shape != other.shape or not np.array_equal(one, other):
            return f"table {name} differs"
    return None
