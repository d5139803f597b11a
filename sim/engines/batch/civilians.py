"""What a day does to those who live in places, for many runs: some flee, some return, services fail and are mended."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, column, select
from sim.model.kinds import AIR, APPROACH, DISTRUST, FIGHT, FLED, INSIDE, NONE, OUTER, QUIET, REFUGES, RETURNED, SIEGE
from sim.rules import displacement, handover, services
from sim.rules.chance import FLIGHT
from sim.units import DAY, GRID


def live(b: Boards, r: Any, t: Any) -> None:
    """The end of a day, wherever civilians live."""
    s, w = b.s, b.w
    if len(w.settled) == 0:
        return
    # All runs meet at the end of a day, so the rows are hardly ever scattered: a slice copies nothing.
    rows = slice(int(r[0]), int(r[-1]) + 1) if r[-1] - r[0] == len(r) - 1 else r
    fought = (s.phase[rows] != QUIET) | (s.rounds[rows] != s.heard[rows])
    taken = s.since[rows] > (t - DAY)[:, None]
    restless = fought | taken | (s.raids[rows] > 0)
    if len(w.settled) < w.P:
        restless &= w.population > 0
    j, p = np.nonzero(restless)
    if len(j):
        rr, f, k = r.take(j), fought[j, p].astype(np.int64), taken[j, p].astype(np.int64)
        _wear(b, rr, p, f, k)
        _flee(b, rr, t.take(j), p, f, k)
        s.heard[rr, p] = cells(s.rounds, rr, p)
        s.raids[rr, p] = 0
        s.unrest[rr, p] = t.take(j)
    _mend(b, r, rows, fought)
    quiet = column(b.par("displacement_quiet", r))
    j, p = np.nonzero(~restless & (s.residents[rows] < w.population) & (t[:, None] - s.unrest[rows] >= quiet))
    if len(j):
        _return(b, r.take(j), t.take(j), p)


def _wear(b: Boards, r: Any, p: Any, fought: Any, taken: Any) -> None:
    """Services fail."""
    s = b.s
    upheaval = services.upheaval(taken, fought, b.par("services_assault", r), b.par("services_handover", r))
    fighting = np.where(fought > 0, b.par("services_fighting", r), 0.0)
    siege = np.where(cells(s.phase, r, p) == SIEGE, b.par("services_siege", r), 0.0)
    out = services.blackout(cells(s.raids, r, p), b.par("services_sortie", r), b.w.population.take(p))
    s.supplies[r, p] = services.worn(cells(s.supplies, r, p), upheaval, fighting, siege)
    s.utilities[r, p] = services.worn(cells(s.utilities, r, p), upheaval, fighting, out)


def _mend(b: Boards, r: Any, rows: Any, fought: Any) -> None:
    """Services come back, and what is missing is counted."""
    s, places = b.s, b.w.P
    for at, (name, level) in enumerate((("supplies", s.supplies), ("utilities", s.utilities))):
        better = services.mended(level[rows], column(b.par(f"services_{name}_per_day", r)), fought)
        level[rows] = better
        s.lacking[rows, at * places : (at + 1) * places] += GRID - better


def _liked(b: Boards, r: Any, p: Any) -> Any:
    """How much better the holders of places are liked than those before."""
    s, w = b.s, b.w
    now, then = cells(s.holder, r, p), cells(s.before, r, p)
    return handover.goodwill(w.attitude.take(now * w.P + p), w.attitude.take(then * w.P + p))


def _fighting(b: Boards, r: Any, p: Any, fought: Any, taken: Any) -> Any:
    """Share of those who would leave at all that a day's fighting drives out: by what goes on as the day ends, or by
    how it went."""
    phase = cells(b.s.phase, r, p)
    phase = np.where((phase == QUIET) & (fought > 0), np.where(taken > 0, INSIDE, OUTER), phase)
    share = np.zeros(len(r))
    for kind, name in ((APPROACH, "approach"), (OUTER, "outer"), (INSIDE, "inside"), (SIEGE, "siege")):
        share = np.where(phase == kind, b.par(f"displacement_{name}", r), share)
    return share


def _flee(b: Boards, r: Any, t: Any, p: Any, fought: Any, taken: Any) -> None:
    """People leave places for those of their refuges that are not fought over."""
    s, w = b.s, b.w
    cell = REFUGES * p[:, None] + np.arange(REFUGES)
    q = w.refuge.take(cell)
    calm = (q >= 0) & (cells(s.phase, r[:, None], np.maximum(q, 0)) == QUIET)
    room = displacement.takes_in(w.pull.take(cell), calm)
    total = room.sum(axis=1)
    r, t, p, fought, taken, cell, room, total = select(total > 0, r, t, p, fought, taken, cell, room, total)
    raids, at_home = cells(s.raids, r, p), cells(s.residents, r, p)
    u, _ = b.draw(FLIGHT, w.place_key.take(p), t // DAY, r)
    leaving = displacement.leaving(
        at_home, w.population.take(p), b.par("displacement_stay", r), _fighting(b, r, p, fought, taken),
        displacement.alarm(taken, b.par("displacement_capture", r), _liked(b, r, p)),
        raids, b.par("displacement_sortie", r), u,
    )  # fmt: skip
    s.residents[r, p] = at_home - leaving
    s.fled[r, p] += leaving
    cause = np.where(fought > 0, FIGHT, np.where(taken > 0, DISTRUST, AIR))
    so_far, gone = 0, 0
    for i in range(REFUGES):
        so_far = so_far + room[:, i]
        out = displacement.up_to(leaving, so_far, total)
        _move(b, r, t, p, cell[:, i], out - gone, FLED, cause)
        gone = out


def _return(b: Boards, r: Any, t: Any, p: Any) -> None:
    """People come home."""
    s, w = b.s, b.w
    at_home = cells(s.residents, r, p)
    away = w.population.take(p) - at_home
    _, v = b.draw(FLIGHT, w.place_key.take(p), t // DAY, r)
    home = displacement.returning(away, b.par("displacement_return_per_day", r), _liked(b, r, p), v)
    s.residents[r, p] = at_home + home
    so_far, gone = np.zeros(len(r), np.int64), 0
    for i in range(REFUGES):
        cell = REFUGES * p + i
        so_far = so_far + cells(s.away, r, cell)
        back = displacement.up_to(home, so_far, away)
        _move(b, r, t, p, cell, back - gone, RETURNED, np.full(len(r), NONE))
        gone = back


def _move(b: Boards, r: Any, t: Any, p: Any, cell: Any, people: Any, kind: int, cause: Any) -> None:
    """So many people go to one refuge of each place, or come home from it; each place once."""
    s, w = b.s, b.w
    s.away[r, cell] += people if kind == FLED else -people
    if b.noting:
        r, t, p, cell, cause, people = select(people > 0, r, t, p, cell, cause, people)
        b.note(r, t, kind, p, p, w.refuge.take(cell), cause, people)
