"""One round of the fight for a place, for many runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, column, lose, rank, select
from sim.engines.batch.capture import capture, next_in_line, quieten
from sim.engines.batch.retreat import flee, refuge
from sim.model.kinds import (
    APPROACH,
    ASSAULT,
    BROKE,
    BROKEN,
    CALLED_OFF,
    COLLAPSE,
    FIGHT,
    INSIDE,
    NONE,
    OUTER,
    PHASE,
    QUIET,
    REPELLED,
    RETREATING,
    ROUND,
    SIEGE,
    STARVED,
    WITHDRAWN,
)
from sim.rules import air, combat, morale
from sim.rules.chance import ROUND_ATTACK, ROUND_DEFENCE
from sim.rules.ops import count_bits

BOTH = np.array([ROUND_ATTACK, ROUND_DEFENCE])


class Sides:
    """The formations that fight, of both sides: pairs (j, f) ordered by column j, then formation; `own` is 0 for the
    attacker's and 1 for the defender's; `i` is where a formation's numbers stand in a flat field, `two` where its
    side stands among two numbers per column."""

    def __init__(self, j: Any, f: Any, own: Any, r: Any, formations: int) -> None:
        self.j, self.f, self.own = j, f, own
        self.r = r.take(j)
        self.i = self.r * formations + f
        self.two = j * 2 + own

    def keep(self, on: Any, r: Any, formations: int) -> Sides:
        """The pairs of the columns that are kept, numbered anew; r: the columns kept."""
        index = np.cumsum(on) - 1
        some = np.flatnonzero(on.take(self.j))
        return Sides(index.take(self.j.take(some)), self.f.take(some), self.own.take(some), r, formations)


class Ends:
    """How fights end in a pass, gathered so that what follows is done once for all columns."""

    def __init__(self) -> None:
        self.taken: list[tuple[Any, ...]] = []
        self.quiet: list[tuple[Any, ...]] = []

    def take(self, mask: Any, r: Any, t: Any, p: Any, c: Any, cause: Any) -> None:
        """Places that camp `c` takes."""
        self.taken.append(select(mask, r, t, p, c, np.broadcast_to(cause, r.shape)))

    def leave(self, mask: Any, r: Any, t: Any, p: Any, cause: int) -> None:
        """Attacks that are over."""
        self.quiet.append(select(mask, r, t, p, np.broadcast_to(cause, r.shape)))

    def follow(self, b: Boards) -> None:
        """Everything that follows."""
        if self.quiet:
            _stand_down(b, *(np.concatenate(part) for part in zip(*self.quiet, strict=True)))
        if self.taken:
            capture(b, *(np.concatenate(part) for part in zip(*self.taken, strict=True)))


def round_of_fight(b: Boards, r: Any, p: Any, t: Any) -> None:
    """Both sides fight for the time of a round; then somebody may have won, left or broken."""
    s, w, ends = b.s, b.w, Ends()
    c = cells(s.foe, r, p)
    d = w.camp.take(cells(s.holder, r, p))
    men = _men(b, r, p, c, d)
    on = _emptied(b, ends, r, p, t, c, men)
    r, p, t, c, d, men = select(on, r, p, t, c, d, men)
    if len(r):
        j, f = np.nonzero(s.at.take(r, axis=0) == p[:, None])
        camp = w.side_of.take(f)
        own = camp == d.take(j)
        j, f, own = select(own | (camp == c.take(j)), j, f, own)
        _engage(b, ends, r, p, t, c, d, men, Sides(j, f, own.astype(np.int64), r, w.F))
    ends.follow(b)


def _men(b: Boards, r: Any, p: Any, c: Any, d: Any) -> Any:
    """People of attacker and defender at each place: (n, 2)."""
    base = r * (b.w.C * b.w.P) + p
    here = b.s.here.reshape(-1)
    return np.stack([here.take(base + c * b.w.P), here.take(base + d * b.w.P)], axis=1)


def _engage(b: Boards, ends: Ends, r: Any, p: Any, t: Any, c: Any, d: Any, men: Any, sides: Sides) -> None:
    s, w = b.s, b.w
    suppressed = s.suppressed.reshape(-1)
    base = r * (w.C * w.P) + p
    cell = np.stack([base + c * w.P, base + d * w.P], axis=1)
    power = _power(b, sides, t, b.par("combat_night", r) * b.dark(t), len(r))
    axes = count_bits(cells(s.axes, r, p))
    cover = _cover(b, r, p, t, d, axes)
    fit = combat.unsuppressed(power, men, suppressed.take(cell), column(b.par("air_suppression_cap", r)))
    front = combat.front(w.frontage.take(p), axes)
    fight = combat.engaged(fit, men, front[:, None], column(b.par("combat_relief", r)))
    fight[:, 0] = combat.favoured(fight[:, 0], cells(s.fortune, r, p))
    share = combat.assault_share(fight[:, 0], fight[:, 1], cover)
    phase = _next_phase(b, r, p, t, c, share)
    off = phase == QUIET
    if off.any():
        back = off.take(sides.j) & (sides.own == 0)
        j, f, rr = select(back, sides.j, sides.f, sides.r)
        out = refuge(b, r, p, c)
        flee(b, rr, f, t.take(j), out.take(j), b.par("retreat_orderly", rr), CALLED_OFF)
        ends.leave(off, r, t, p, CALLED_OFF)
        sides = sides.keep(~off, r[~off], w.F)
        r, p, t, c, d, phase, share, fight, cover, men, cell = select(
            ~off, r, p, t, c, d, phase, share, fight, cover, men, cell
        )
        if len(r) == 0:
            return
    _fight(b, r, p, t, c, phase, sides, share, fight, cover, men)
    suppressed[cell] = air.fading(suppressed.take(cell), column(b.par("air_suppression_fading", r)))
    won = (cells(s.phase, r, p) != SIEGE) & (cells(s.progress, r, p) >= w.whole.take(p))
    if won.any():
        ends.take(won, r, t, p, c, ASSAULT)
        sides = sides.keep(~won, r[~won], w.F)
        r, p, t, c, d, share = select(~won, r, p, t, c, d, share)
        if len(r) == 0:
            return
    _after(b, ends, r, p, t, c, d, sides, share)


def _emptied(b: Boards, ends: Ends, r: Any, p: Any, t: Any, c: Any, men: Any) -> Any:
    """See to the places where a side has nobody left; returns where both still have."""
    s = b.s
    no_a = men[:, 0] == 0
    no_d = ~no_a & (men[:, 1] == 0)
    if no_a.any():
        ends.leave(no_a, r, t, p, REPELLED)
    if no_d.any():
        rr, tt, pp, cc = select(no_d, r, t, p, c)
        fallen = np.where(cells(s.phase, rr, pp) == SIEGE, STARVED, BROKEN)
        cause = np.where(cells(s.given_up, cells(s.holder, rr, pp), rr) > 0, COLLAPSE, fallen)
        ends.take(np.ones(len(rr), bool), rr, tt, pp, cc, cause)
    return ~(no_a | no_d)


def _power(b: Boards, sides: Sides, t: Any, darkness: Any, count: int) -> Any:
    """Fighting power of attacker and defender: (n, 2)."""
    s, x, i, r = b.s, b.x, sides.i, sides.r
    disorder = b.par("combat_disorder", r)
    order = np.where(s.ready.reshape(-1).take(i) > t.take(sides.j), disorder, 1.0)
    dim = np.where(sides.own == 0, darkness.take(sides.j), 0.0)
    power = combat.fighting_power(
        s.people.reshape(-1).take(i), x.quality.reshape(-1).take(i), s.morale.reshape(-1).take(i),
        b.par("morale_floor", r), s.supply.reshape(-1).take(i), b.par("supply_floor", r), order, dim,
        x.night.reshape(-1).take(i),
    )  # fmt: skip
    return np.bincount(sides.two, weights=power, minlength=2 * count).reshape(count, 2)


def _cover(b: Boards, r: Any, p: Any, t: Any, d: Any, axes: Any) -> Any:
    s, w = b.s, b.w
    overlooked = np.zeros(len(r), np.int64)
    start, count = w.hill_first.take(p), w.hill_first.take(p + 1) - w.hill_first.take(p)
    for i in range(int(count.max(initial=0))):
        inside = i < count
        hill = w.hills.take(np.where(inside, start + i, 0))
        overlooked |= inside & (w.camp.take(cells(s.holder, r, hill)) == d)
    surprised = (t < cells(b.x.alert, cells(s.holder, r, p), r)).astype(np.int64)
    return combat.protection(
        w.ground.take(p), cells(s.fort, r, p), b.par("combat_fortification", r), overlooked,
        b.par("combat_overlook", r), axes, b.par("combat_flank", r), surprised, b.par("combat_surprise", r),
        b.par("combat_cover_floor", r),
    )  # fmt: skip


def _next_phase(b: Boards, r: Any, p: Any, t: Any, c: Any, share: Any) -> Any:
    """What the attackers do at these odds; QUIET where they call it off and have a way out."""
    s, w = b.s, b.w
    phase, h = cells(s.phase, r, p), cells(s.lead, r, p)
    waiting = (phase == APPROACH) | (phase == SIEGE)
    ready = share >= w.attack_share.take(h)
    tired = t - cells(s.began, r, p) > b.par("combat_patience", r)
    poor = share < w.call_off_share.take(h)
    fallback = np.where(share >= w.invest_share.take(h), SIEGE, QUIET)
    while_waiting = np.where(
        ready,
        OUTER,
        np.where((phase == APPROACH) & ~tired, APPROACH, fallback),
    )
    new = np.where(waiting, while_waiting, np.where(poor, fallback, phase))
    off = np.flatnonzero(new == QUIET)
    if len(off):
        stuck = refuge(b, r.take(off), p.take(off), c.take(off)) < 0
        new[off[stuck]] = APPROACH
    back = (new != phase) & ((new == SIEGE) | (new == APPROACH))
    s.progress[r[back], p[back]] = 0
    moved = (new != phase) & (new != QUIET)
    rm, tm, pm, cm, nm = select(moved, r, t, p, c, new)
    s.phase[rm, pm] = nm
    b.note(rm, tm, PHASE, pm, pm, cm, NONE, nm)
    return new


def _fight(
    b: Boards, r: Any, p: Any, t: Any, c: Any, phase: Any, sides: Sides, share: Any, fight: Any, cover: Any, men: Any
) -> None:
    """Losses, strain and ground gained in one round."""
    s, w = b.s, b.w
    siege = phase == SIEGE
    closing = np.where(phase == APPROACH, b.par("combat_approach_intensity", r), 1.0)
    intensity = np.where(siege, b.par("combat_siege_intensity", r), closing)
    ticks = np.where(siege, b.par("combat_siege_round", r), b.par("combat_round", r))
    k = cells(s.rounds, r, p)
    s.rounds[r, p] = k + 1
    u, v = b.draw(BOTH, w.place_key.take(p)[:, None], k[:, None], r[:, None])
    luck = combat.scatter(w.curves.normal, u, column(b.par("combat_spread", r)), column(b.par("combat_luck_floor", r)))
    luck_a = luck[:, 0]
    rate = b.par("combat_loss_per_h", r)
    losses = combat.exchange(fight[:, 0], fight[:, 1], cover, rate, intensity, ticks, luck_a, luck[:, 1])
    expected = np.stack([losses.attacker, losses.defender], axis=1)
    loss = combat.killed(men, expected, v)
    stress, enemy = column(b.par("morale_stress_per_h", r)), np.stack([1.0 - share, share], axis=1)
    contact = morale.contact(enemy, w.curves.strain, stress, intensity[:, None], ticks[:, None])
    toll = morale.toll(loss, men, column(b.par("morale_per_loss", r)), column(b.par("combat_hurt_per_dead", r)))
    wear = (contact + toll).reshape(-1).take(sides.two)
    spirit = s.morale.reshape(-1)
    poor = b.par("morale_poor_troops", sides.r)
    spirit[sides.i] = morale.strained(spirit.take(sides.i), b.x.quality.reshape(-1).take(sides.i), poor, wear)
    _spread_losses(b, sides, t, loss, men)
    storm = (phase == OUTER) | (phase == INSIDE)
    r, p, t, c, phase, share, ticks, luck_a = select(storm, r, p, t, c, phase, share, ticks, luck_a)
    gained = combat.progress(
        cells(s.progress, r, p), share, w.curves.ground_gained, b.par("combat_advance_per_h", r), ticks, luck_a
    )
    s.progress[r, p] = gained
    inside = (phase == OUTER) & (gained >= w.outer.take(p))
    ri, ti, pi, ci = select(inside, r, t, p, c)
    s.phase[ri, pi] = INSIDE
    b.note(ri, ti, PHASE, pi, pi, ci, NONE, INSIDE)


def _spread_losses(b: Boards, sides: Sides, t: Any, loss: Any, men: Any) -> None:
    """Each side's losses over its formations by cumulative whole shares."""
    people = b.s.people.reshape(-1).take(sides.i)
    first = rank(sides.j) == 0
    theirs = np.where(sides.own == 1, people, 0)
    running = np.where(sides.own == 1, _within(theirs, first), _within(people - theirs, first))
    side_loss, side_men = loss.reshape(-1).take(sides.two), men.reshape(-1).take(sides.two)
    upto = combat.part_of(side_loss, running, side_men)
    earlier = combat.part_of(side_loss, running - people, side_men)
    lose(b, sides.f, sides.r, t.take(sides.j), upto - earlier, "dead", FIGHT)


def _within(amount: Any, first: Any) -> Any:
    """Running sums that start anew wherever `first` is set."""
    running = np.cumsum(amount)
    starts = np.flatnonzero(first)
    before = (running - amount).take(starts)
    return running - np.repeat(before, np.diff(np.append(starts, len(amount))))


def _after(b: Boards, ends: Ends, r: Any, p: Any, t: Any, c: Any, d: Any, sides: Sides, share: Any) -> None:
    """Who leaves after a round: defenders on orders, and on both sides those who break."""
    s, w = b.s, b.w
    phase = cells(s.phase, r, p)
    keeper = w.keeper.take(cells(s.holder, r, p) * w.P + p)
    leave = ((phase == OUTER) | (phase == INSIDE)) & (share >= w.withdraw_share.take(keeper))
    if leave.any():
        out = np.full(len(r), -1, np.int64)
        out[leave] = refuge(b, r[leave], p[leave], d[leave])
        leave = out >= 0
        some = leave.take(sides.j) & (sides.own == 1) & (s.people.reshape(-1).take(sides.i) > 0)
        j, f, rr = select(some, sides.j, sides.f, sides.r)
        flee(b, rr, f, t.take(j), out.take(j), b.par("retreat_orderly", rr), WITHDRAWN)
        ends.take(leave, r, t, p, c, WITHDRAWN)
        sides = sides.keep(~leave, r[~leave], w.F)
        r, p, t, c, d = select(~leave, r, p, t, c, d)
        if len(r) == 0:
            return
    _break(b, r, p, t, np.stack([c, d], axis=1), sides, _men(b, r, p, c, d))
    on = _emptied(b, ends, r, p, t, c, _men(b, r, p, c, d))
    r, p, t = select(on, r, p, t)
    pause = np.where(cells(s.phase, r, p) == SIEGE, b.par("combat_siege_round", r), b.par("combat_round", r))
    b.plan(w.F + p, r, t + pause.astype(np.int64), ROUND, p)


def _break(b: Boards, r: Any, p: Any, t: Any, camps: Any, sides: Sides, men: Any) -> None:
    """Formations whose morale has fallen below their threshold leave; it shakes the others of their side. The way out
    is looked for only where somebody would break without one. camps: (n, 2)."""
    s, i, rr = b.s, sides.i, sides.r
    spirit = s.morale.reshape(-1)
    people = s.people.reshape(-1).take(i)
    broken = (people > 0) & (spirit.take(i) < _threshold(b, sides.f, rr, 1))
    shaky = np.flatnonzero(broken)
    if len(shaky) == 0:
        return
    way = np.full(2 * len(r), -1, np.int64)
    asking = np.zeros(2 * len(r), bool)
    asking[sides.two.take(shaky)] = True
    where = np.flatnonzero(asking)
    way[where] = refuge(b, r.take(where // 2), p.take(where // 2), camps.reshape(-1).take(where))
    way = way.take(sides.two)
    isolated = (way.take(shaky) < 0).astype(np.int64)
    broken[shaky] = spirit.take(i.take(shaky)) < _threshold(b, sides.f.take(shaky), rr.take(shaky), isolated)
    if not broken.any():
        return
    theirs = broken & (sides.own == 1)
    fled = np.bincount(sides.j[theirs], weights=people[theirs], minlength=len(r))
    won = (men[:, 1] - fled == 0) & (men[:, 0] > 0)  # then the attackers have nobody left to break before
    broken &= (sides.own == 1) | ~won.take(sides.j)
    gone = np.bincount(sides.two[broken], weights=people[broken], minlength=2 * len(r)).astype(np.int64)
    stay = (people > 0) & ~broken & (gone.take(sides.two) > 0)
    two, at, rs = select(stay, sides.two, i, rr)
    spirit[at] = morale.shaken(
        spirit.take(at), gone.take(two), men.reshape(-1).take(two), b.par("morale_contagion", rs)
    )
    together = np.flatnonzero(broken)
    together = together[np.argsort(sides.two.take(together), kind="stable")]  # a side leaves by one road
    j, f, rb, two = (a.take(together) for a in (sides.j, sides.f, rr, sides.two))
    number, at = people.take(together), i.take(together)
    b.note(rb, t.take(j), BROKE, f, p.take(j), -1, NONE, number, spirit.take(at))
    flee(b, rb, f, t.take(j), way.take(together), 1.0, RETREATING, two)


def _threshold(b: Boards, f: Any, r: Any, isolated: Any) -> Any:
    """Morale below which formations break."""
    w = b.w
    cohesion = cells(b.s.cohesion, w.faction.take(f), r)
    nerve = b.x.nerve.reshape(-1).take(r * w.F + f)
    return morale.threshold(nerve, cohesion, b.par("morale_refuse", r), isolated, b.par("morale_isolation", r))


def _stand_down(b: Boards, r: Any, t: Any, p: Any, cause: Any) -> None:
    """The attack is over: the command that led it chooses anew; a third camp may open its own."""
    b.note(r, t, PHASE, p, p, cells(b.s.foe, r, p), cause, QUIET)
    b.s.until[cells(b.s.lead, r, p), r] = 0
    quieten(b, r, p)
    next_in_line(b, r, t, p)
