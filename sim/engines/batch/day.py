"""What happens once a day, for many runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, column, lose, select
from sim.engines.batch.civilians import live
from sim.engines.batch.holding import hold
from sim.engines.batch.rising import stir
from sim.engines.batch.talks import parley
from sim.model.kinds import ABSENT, COLLAPSED, DAILY, DESERTION, DISBANDED, GONE, NONE, PRESENT, QUIET, RECALLED, SIEGE
from sim.rules import air, cohesion, morale, supply
from sim.rules.chance import DESERT
from sim.units import DAY, NEVER

_AT_ONCE = 8192
"""Runs whose days are worked on together: every formation takes part, and the tables should stay close to the core."""


def daily(b: Boards, r: Any, _: Any, t: Any) -> None:
    """The end of a day."""
    for at in range(0, len(r), _AT_ONCE):
        _end_of_day(b, r[at : at + _AT_ONCE], t[at : at + _AT_ONCE])


def _end_of_day(b: Boards, r: Any, t: Any) -> None:
    s, w, x = b.s, b.w, b.x
    for c in range(w.C):
        stale = r[s.stale[c].take(r) > 0]
        if len(stale):
            draw_supply(b, stale, c)
        s.harried[c][r] = air.fading(s.harried[c].take(r), b.par("air_rear_decay", r))
    for i in range(w.B):
        s.will[i][r] = cohesion.returning(s.will[i].take(r), x.will_0[i].take(r), b.par("backer_recovery_per_day", r))
    for k in range(w.K):
        fallen = (s.given_up[k].take(r) == 0) & (s.cohesion[k].take(r) < x.collapse_at[k].take(r))
        if fallen.any():
            rf, tf = select(fallen, r, t)
            _give_up(b, rf, tf, k)
        faint = ~fallen & (s.given_up[k].take(r) == 0) & (s.recalled[k].take(r) == 0)
        faint &= s.cohesion[k].take(r) < x.recall_at[k].take(r)
        if faint.any():
            rf, tf = select(faint, r, t)
            s.recalled[k][rf] = 1
            b.note(rf, tf, RECALLED, k, -1, -1, NONE, s.cohesion[k].take(rf))
        s.cohesion[k][r] = cohesion.returning(
            s.cohesion[k].take(r), x.cohesion_0[k].take(r), b.par("cohesion_recovery_per_day", r)
        )
    _provide(b, r, t)
    _dig(b, r)
    hold(b, r, t)
    stir(b, r, t)
    parley(b, r, t)
    live(b, r, t)
    b.appoint(w.day_slot, r, t + DAY, DAILY, 0)


def _give_up(b: Boards, r: Any, t: Any, k: int) -> None:
    """A faction collapses: its formations disband where they are."""
    s, w = b.s, b.w
    s.given_up[k][r] = 1
    b.note(r, t, COLLAPSED, k, -1, -1, NONE, s.cohesion[k].take(r))
    status = s.status.take(r, axis=0)
    j, f = np.nonzero((w.faction == k) & (status != ABSENT) & (status != GONE))
    lose(b, f, r[j], t[j], cells(s.people, r[j], f), "disbanded", DISBANDED)


def _provide(b: Boards, r: Any, t: Any) -> None:
    """Supply, rest and desertion of every formation that is at a place."""
    s, w, x = b.s, b.w, b.x
    j, f = np.nonzero(s.status.take(r, axis=0) == PRESENT)
    rr, tt = r.take(j), t.take(j)
    c, p = w.side_of.take(f), cells(s.at, rr, f)
    ours = w.camp.take(cells(s.holder, rr, p)) == c
    phase = cells(s.phase, rr, p)
    besieged = (ours & (phase == SIEGE)).astype(np.int64)
    arc = cells(s.arc, rr, f)
    base = np.where(ours | (arc < 0), p, w.tail.take(np.maximum(arc, 0)) if w.A else p)
    arriving = supply.reaching(
        cells(s.far, rr, c * w.P + base),
        b.par("supply_reach", rr),
        cells(s.harried, c, rr),
        b.par("supply_harried", rr),
        besieged,
    )
    stocks = supply.stocks(
        cells(s.supply, rr, f), arriving, b.par("supply_drain_per_day", rr), b.par("supply_refill_per_day", rr)
    )
    s.supply[rr, f] = stocks
    k = w.faction.take(f)
    old = cells(s.morale, rr, f)
    worn = morale.lowered(old, b.par("siege_drain_per_day", rr))
    rested = morale.rested(
        old,
        cells(x.morale_0, rr, f),
        cells(s.cohesion, k, rr),
        cells(x.cohesion_0, k, rr),
        b.par("morale_recovery_per_day", rr),
    )
    calm = (phase == QUIET) | ~(ours | (cells(s.foe, rr, p) == c))
    spirit = np.where(besieged > 0, worn, np.where(calm, rested, old))
    s.morale[rr, f] = spirit
    u = b.draw(DESERT, w.sky_key, t // DAY, r)[0].take(j)
    lost = morale.deserters(cells(s.people, rr, f), stocks, spirit, b.par("supply_desertion_per_day", rr), u)
    lose(b, f, rr, tt, lost, "deserted", DESERTION)


def _dig(b: Boards, r: Any) -> None:
    s, w = b.s, b.w
    phase = s.phase.take(r, axis=0)
    held = w.camp.take(s.holder.take(r, axis=0))
    calm = ((phase == QUIET) | (phase == SIEGE)) & (cells(s.here, r[:, None], held * w.P + np.arange(w.P)) > 0)
    fort = s.fort.take(r, axis=0)
    dug = supply.dug_in(fort, column(b.par("fortify_per_day", r)), column(b.par("fortify_ceiling", r)))
    s.fort[r] = np.where(calm, dug, fort)


def draw_supply(b: Boards, r: Any, c: int) -> None:
    """A camp's distances from its nearest source over roads between places that it holds."""
    s, w = b.s, b.w
    own = np.ascontiguousarray((w.camp.take(s.holder.take(r, axis=0)) == c).T)
    far = np.where(own & (w.source[c * w.P : (c + 1) * w.P, None] > 0), 0, NEVER)
    s.far[r, c * w.P : (c + 1) * w.P] = relax(w, far, own).T
    s.stale[c][r] = 0


def relax(w: Any, far: Any, opens: Any) -> Any:
    """Shortest distances (P, n) given starting ones, stepping only onto places that are open: every place takes
    the best of its neighbours until nothing changes (Bellman and Ford)."""
    return settled(lambda far, opens: np.minimum(far, np.where(opens, by_neighbours(w, far), NEVER)), far, opens)


def settled(step: Callable[..., Any], level: Any, *given: Any) -> Any:
    """What is left of a quantity (P, n) when a step changes nothing any more: level -> step(level, *given), all (P, n).
    Columns are left out as they settle, most of them at once. `level` is written over."""
    now, left = level, np.arange(level.shape[1])
    while True:
        best = step(now, *given)
        moved = np.flatnonzero((best != now).any(axis=0))
        if len(moved) == 0:
            return level
        now, left = best.take(moved, axis=1), left.take(moved)
        level[:, left] = now
        given = tuple(table.take(moved, axis=1) for table in given)


def by_neighbours(w: Any, far: Any) -> Any:
    """Distances (P, n) that the nearest neighbours would give each place."""
    edge = np.full((1, far.shape[1]), NEVER, np.int64)  # where a place has fewer roads than the table has columns
    around = np.concatenate([far, edge])
    best = np.full_like(far, NEVER)
    for way in range(w.next_to.shape[1]):
        np.minimum(best, around.take(w.next_to[:, way], axis=0) + w.free_to[:, way, None], out=best)
    return best


def around(w: Any, level: Any, places: Any = None, join: Any = np.add) -> Any:
    """Sum of a quantity (P, n) over the neighbours of each place, or of some places; or their highest (`np.maximum`),
    where it is never negative."""
    next_to = w.next_to if places is None else w.next_to.take(places, axis=0)
    padded = np.concatenate([level, np.zeros((1, level.shape[1]), level.dtype)])
    total = padded.take(next_to[:, 0], axis=0)
    for way in range(1, next_to.shape[1]):
        join(total, padded.take(next_to[:, way], axis=0), out=total)
    return total
