"""One round of the fight for a place, for many runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, formations, lose, rank, select
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
from sim.rules import combat, morale
from sim.rules.chance import ROUND_ATTACK, ROUND_DEFENCE
from sim.rules.ops import count_bits


class Side:
    """The formations of one side in each column: pairs (j, f) ordered by column, then formation."""

    def __init__(self, j: Any, f: Any, r: Any) -> None:
        self.j, self.f, self.r = j, f, r[j]

    def keep(self, mask: Any, index: Any, r: Any) -> Side:
        """The pairs whose column is kept; `index` maps old columns to new ones."""
        some = mask[self.j]
        return Side(index[self.j[some]], self.f[some], r)


def round_of_fight(b: Boards, r: Any, p: Any, t: Any) -> None:
    """Both sides fight for the time of a round; then somebody may have won, left or broken."""
    s, w = b.s, b.w
    c, k = s.foe[p, r], s.holder[p, r]
    d = w.camp[k]
    j, f = formations(b, s.at[:, r] == p)
    side = w.side_of[f]
    no_a = s.here[c * w.P + p, r] == 0
    no_d = ~no_a & (s.here[d * w.P + p, r] == 0)
    if no_a.any():
        _stand_down(b, *select(no_a, r, t, p), REPELLED)
    if no_d.any():
        re, te, pe, ce = select(no_d, r, t, p, c)
        capture(b, re, te, pe, ce, _emptied(b, re, pe))
    on = ~(no_a | no_d)
    mine = on[j] & (side == c[j])
    theirs = on[j] & (side == d[j])
    index = np.cumsum(on) - 1
    r, p, t, c, d = select(on, r, p, t, c, d)
    if len(r) == 0:
        return
    attackers = Side(index[j[mine]], f[mine], r)
    defenders = Side(index[j[theirs]], f[theirs], r)
    _engage(b, r, p, t, c, d, attackers, defenders)


def _engage(b: Boards, r: Any, p: Any, t: Any, c: Any, d: Any, attackers: Side, defenders: Side) -> None:
    s, w = b.s, b.w
    cell_a, cell_d = c * w.P + p, d * w.P + p
    men_a, men_d = s.here[cell_a, r], s.here[cell_d, r]
    power_a = _power(b, attackers, t, b.par("combat_night", r) * b.dark(t))
    power_d = _power(b, defenders, t, np.zeros(len(r)))
    axes = count_bits(s.axes[p, r])
    cover = _cover(b, r, p, t, d, axes)
    cap = b.par("air_suppression_cap", r)
    front = w.frontage[p] * axes
    fit_a = combat.unsuppressed(power_a, men_a, s.suppressed[cell_a, r], cap)
    fit_d = combat.unsuppressed(power_d, men_d, s.suppressed[cell_d, r], cap)
    fight_a = combat.engaged(fit_a, men_a, front)
    fight_d = combat.engaged(fit_d, men_d, front)
    share = combat.odds_share(fight_a, fight_d * cover)
    phase = _next_phase(b, r, p, t, c, share)
    off = phase == QUIET
    if off.any():
        gone = attackers.keep(off, np.cumsum(off) - 1, r[off])
        ro, po, to, co = select(off, r, p, t, c)
        out = refuge(b, ro, po, co)
        flee(
            b, gone.r, gone.f, to[gone.j], out[gone.j], _at(b.par("retreat_orderly", ro), gone.j), CALLED_OFF
        )
        _stand_down(b, ro, to, po, CALLED_OFF)
        on = ~off
        index = np.cumsum(on) - 1
        attackers, defenders = attackers.keep(on, index, r[on]), defenders.keep(on, index, r[on])
        r, p, t, c, d, phase, share, fight_a, fight_d, cover, men_a, men_d, cell_a, cell_d = select(
            on, r, p, t, c, d, phase, share, fight_a, fight_d, cover, men_a, men_d, cell_a, cell_d
        )
        if len(r) == 0:
            return
    _fight(b, r, p, t, c, phase, attackers, defenders, share, fight_a, fight_d, cover, men_a, men_d)
    s.suppressed[cell_a, r] //= 2
    s.suppressed[cell_d, r] //= 2
    won = (s.phase[p, r] != SIEGE) & (s.progress[p, r] >= w.whole[p])
    if won.any():
        rw, tw, pw, cw = select(won, r, t, p, c)
        capture(b, rw, tw, pw, cw, np.full(len(rw), ASSAULT))
        on = ~won
        index = np.cumsum(on) - 1
        attackers, defenders = attackers.keep(on, index, r[on]), defenders.keep(on, index, r[on])
        r, p, t, c, d, share = select(on, r, p, t, c, d, share)
        if len(r) == 0:
            return
    _after(b, r, p, t, c, d, attackers, defenders, share)


def _at(value: Any, j: Any) -> Any:
    """A number, or an array per column read at each pair."""
    return value[j] if isinstance(value, np.ndarray) else value


def _emptied(b: Boards, r: Any, p: Any) -> Any:
    s = b.s
    starved = np.where(s.phase[p, r] == SIEGE, STARVED, BROKEN)
    return np.where(s.given_up[s.holder[p, r], r] > 0, COLLAPSE, starved)


def _power(b: Boards, side: Side, t: Any, darkness: Any) -> Any:
    s, x, f, r = b.s, b.x, side.f, side.r
    order = np.where(s.ready[f, r] > t[side.j], b.par("combat_disorder", r), 1.0)
    power = combat.fighting_power(
        s.people[f, r], x.quality[f, r], s.morale[f, r], s.supply[f, r], b.par("supply_floor", r), order,
        darkness[side.j], x.night[f, r],
    )  # fmt: skip
    return np.bincount(side.j, weights=power, minlength=len(t))


def _cover(b: Boards, r: Any, p: Any, t: Any, d: Any, axes: Any) -> Any:
    s, w = b.s, b.w
    overlooked = np.zeros(len(r), np.int64)
    start, count = w.hill_first[p], w.hill_first[p + 1] - w.hill_first[p]
    for i in range(int(count.max(initial=0))):
        inside = i < count
        hill = w.hills[np.where(inside, start + i, 0)]
        overlooked |= inside & (w.camp[s.holder[hill, r]] == d)
    surprised = (t < b.x.alert[s.holder[p, r], r]).astype(np.int64)
    return combat.protection(
        w.ground[p], s.fort[p, r], b.par("combat_fortification", r), overlooked, b.par("combat_overlook", r), axes,
        b.par("combat_flank", r), surprised, b.par("combat_surprise", r),
    )  # fmt: skip


def _next_phase(b: Boards, r: Any, p: Any, t: Any, c: Any, share: Any) -> Any:
    """What the attackers do at these odds; QUIET where they call it off."""
    s, w = b.s, b.w
    phase, h = s.phase[p, r], s.lead[p, r]
    waiting = (phase == APPROACH) | (phase == SIEGE)
    ready = share >= w.attack_share[h]
    tired = t - s.began[p, r] > b.par("combat_patience", r)
    poor = share < w.call_off_share[h]
    fallback = np.where(share >= w.invest_share[h], SIEGE, QUIET)
    while_waiting = np.where(
        ready,
        OUTER,
        np.where(phase == APPROACH, np.where(tired, fallback, APPROACH), np.where(poor, QUIET, SIEGE)),
    )
    new = np.where(waiting, while_waiting, np.where(poor, fallback, phase))
    siege = (new == SIEGE) & (phase != SIEGE)
    s.progress[p[siege], r[siege]] = 0
    moved = (new != phase) & (new != QUIET)
    rm, tm, pm, cm, nm = select(moved, r, t, p, c, new)
    s.phase[pm, rm] = nm
    b.note(rm, tm, PHASE, pm, pm, cm, NONE, nm)
    return new


def _fight(
    b: Boards, r: Any, p: Any, t: Any, c: Any, phase: Any, attackers: Side, defenders: Side,
    share: Any, fight_a: Any, fight_d: Any, cover: Any, men_a: Any, men_d: Any,
) -> None:  # fmt: skip
    """Losses, strain and ground gained in one round."""
    s, w = b.s, b.w
    siege = phase == SIEGE
    intensity = np.where(
        siege,
        b.par("combat_siege_intensity", r),
        np.where(phase == APPROACH, b.par("combat_approach_intensity", r), 1.0),
    )
    ticks = np.where(siege, b.par("combat_siege_round", r), b.par("combat_round", r))
    k = s.rounds[p, r]
    s.rounds[p, r] = k + 1
    ua, va = b.draw(ROUND_ATTACK, w.place_key[p], k, r)
    ud, vd = b.draw(ROUND_DEFENCE, w.place_key[p], k, r)
    luck_a = combat.scatter(w.curves.normal, ua, b.par("combat_spread", r))
    luck_d = combat.scatter(w.curves.normal, ud, b.par("combat_spread", r))
    rate = b.par("combat_loss_per_h", r) * intensity
    losses = combat.exchange(fight_a, fight_d, cover, rate, ticks, luck_a, luck_d)
    loss_a = combat.killed(men_a, losses.attacker, va)
    loss_d = combat.killed(men_d, losses.defender, vd)
    stress = b.par("morale_stress_per_h", r) * intensity
    _wear(b, attackers, 1.0 - share, stress, ticks, loss_a, men_a)
    _wear(b, defenders, share, stress, ticks, loss_d, men_d)
    _spread_losses(b, attackers, t, loss_a, men_a)
    _spread_losses(b, defenders, t, loss_d, men_d)
    storm = (phase == OUTER) | (phase == INSIDE)
    r, p, t, c, phase, share, ticks, luck_a = select(storm, r, p, t, c, phase, share, ticks, luck_a)
    gained = combat.progress(
        s.progress[p, r], share, w.curves.ground_gained, b.par("combat_advance_per_h", r), ticks, luck_a
    )
    s.progress[p, r] = gained
    inside = (phase == OUTER) & (gained >= w.outer[p])
    ri, ti, pi, ci = select(inside, r, t, p, c)
    s.phase[pi, ri] = INSIDE
    b.note(ri, ti, PHASE, pi, pi, ci, NONE, INSIDE)


def _wear(b: Boards, side: Side, enemy_share: Any, stress: Any, ticks: Any, loss: Any, men: Any) -> None:
    s, j, f, r = b.s, side.j, side.f, side.r
    s.morale[f, r] = morale.strained(
        s.morale[f, r], b.x.quality[f, r], enemy_share[j], b.w.curves.strain, stress[j], ticks[j], loss[j], men[j],
        b.par("morale_per_loss", r), b.par("combat_hurt_per_dead", r),
    )  # fmt: skip


def _spread_losses(b: Boards, side: Side, t: Any, loss: Any, men: Any) -> None:
    """A side's losses over its formations by cumulative whole shares."""
    s, j, f, r = b.s, side.j, side.f, side.r
    people = s.people[f, r]
    running = np.cumsum(people)
    starts = np.flatnonzero(rank(j) == 0)
    before = (running - people)[starts]
    running = running - np.repeat(before, np.diff(np.append(starts, len(j))))
    upto = combat.part_of(loss[j], running, men[j])
    earlier = combat.part_of(loss[j], running - people, men[j])
    lose(b, f, r, t[j], upto - earlier, "dead", FIGHT)


def _after(
    b: Boards, r: Any, p: Any, t: Any, c: Any, d: Any, attackers: Side, defenders: Side, share: Any
) -> None:
    """Who leaves after a round: defenders on orders, and on both sides those who break."""
    s, w = b.s, b.w
    out_a, out_d = refuge(b, r, p, c), refuge(b, r, p, d)
    phase = s.phase[p, r]
    guard = w.guard[s.holder[p, r]]
    leave = ((phase == OUTER) | (phase == INSIDE)) & (share >= w.withdraw_share[guard]) & (out_d >= 0)
    if leave.any():
        gone = defenders.keep(leave, np.arange(len(r)), r)
        some = s.people[gone.f, gone.r] > 0
        fj, ff, fr = gone.j[some], gone.f[some], gone.r[some]
        flee(b, fr, ff, t[fj], out_d[fj], _at(b.par("retreat_orderly", r), fj), WITHDRAWN)
        rl, tl, pl, cl = select(leave, r, t, p, c)
        capture(b, rl, tl, pl, cl, np.full(len(rl), WITHDRAWN))
        on = ~leave
        index = np.cumsum(on) - 1
        attackers, defenders = attackers.keep(on, index, r[on]), defenders.keep(on, index, r[on])
        r, p, t, c, d, out_a, out_d = select(on, r, p, t, c, d, out_a, out_d)
        if len(r) == 0:
            return
    _break(b, r, p, t, defenders, out_d, s.here[d * w.P + p, r])
    _break(b, r, p, t, attackers, out_a, s.here[c * w.P + p, r])
    no_a = s.here[c * w.P + p, r] == 0
    no_d = ~no_a & (s.here[d * w.P + p, r] == 0)
    if no_a.any():
        _stand_down(b, *select(no_a, r, t, p), REPELLED)
    if no_d.any():
        re, te, pe, ce = select(no_d, r, t, p, c)
        capture(b, re, te, pe, ce, _emptied(b, re, pe))
    r, p, t = select(~(no_a | no_d), r, p, t)
    pause = np.where(s.phase[p, r] == SIEGE, b.par("combat_siege_round", r), b.par("combat_round", r))
    b.plan(w.F + p, r, t + pause.astype(np.int64), ROUND, p)


def _break(b: Boards, r: Any, p: Any, t: Any, side: Side, out: Any, men: Any) -> None:
    """Formations whose morale has fallen below their threshold leave; it shakes the others."""
    s, w, x, j, f, rr = b.s, b.w, b.x, side.j, side.f, side.r
    limit = morale.threshold(
        x.nerve[f, rr], s.cohesion[w.faction[f], rr], b.par("morale_refuse", rr), (out[j] < 0).astype(np.int64),
        b.par("morale_isolation", rr),
    )  # fmt: skip
    people = s.people[f, rr]
    broken = (people > 0) & (s.morale[f, rr] < limit)
    if not broken.any():
        return
    gone = np.bincount(j[broken], weights=people[broken], minlength=len(r)).astype(np.int64)
    stay = (people > 0) & ~broken & (gone[j] > 0)
    js, fs, rs = j[stay], f[stay], rr[stay]
    s.morale[fs, rs] = morale.shaken(s.morale[fs, rs], gone[js], men[js], b.par("morale_contagion", rs))
    jb, fb, rb = j[broken], f[broken], rr[broken]
    b.note(rb, t[jb], BROKE, fb, p[jb], -1, NONE, people[broken], s.morale[fb, rb])
    flee(b, rb, fb, t[jb], out[jb], 1.0, RETREATING)


def _stand_down(b: Boards, r: Any, t: Any, p: Any, cause: int) -> None:
    """The attack is over; a third camp may open its own."""
    b.note(r, t, PHASE, p, p, b.s.foe[p, r], cause, QUIET)
    quieten(b, r, p)
    next_in_line(b, r, t, p)
