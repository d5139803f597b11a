"""One round of the fight for a place."""

from __future__ import annotations

from sim.events.board import Board, dark, lose, note, plan_round
from sim.events.capture import capture, next_in_line, quieten
from sim.events.retreat import flee, refuge
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
    SIEGE,
    STARVED,
    WITHDRAWN,
)
from sim.rules import air, combat, morale
from sim.rules.chance import ROUND_ATTACK, ROUND_DEFENCE
from sim.rules.ops import count_bits


def round_of_fight(g: Board, p: int) -> None:
    """Both sides fight for the time of a round; then somebody may have won, left or broken."""
    s, w, par = g.s, g.w, g.par
    c, d, h = s.foe[p], w.camp[s.holder[p]], s.lead[p]
    attackers = [f for f in range(w.F) if s.at[f] == p and w.side_of[f] == c]
    defenders = [f for f in range(w.F) if s.at[f] == p and w.side_of[f] == d]
    if not attackers:
        _stand_down(g, p, REPELLED)
        return
    if not defenders:
        capture(g, p, c, _emptied(g, p))
        return
    men_a, men_d = s.here[c * w.P + p], s.here[d * w.P + p]
    power_a = _power(g, attackers, par.combat_night if dark(g) else 0.0)
    power_d = _power(g, defenders, 0.0)
    cover = _cover(g, p, d)
    axes = count_bits(s.axes[p])
    front = combat.front(w.frontage[p], axes)
    fit_a = combat.unsuppressed(power_a, men_a, s.suppressed[c * w.P + p], par.air_suppression_cap)
    fit_d = combat.unsuppressed(power_d, men_d, s.suppressed[d * w.P + p], par.air_suppression_cap)
    fight_a = combat.favoured(combat.engaged(fit_a, men_a, front, par.combat_relief), s.fortune[p])
    fight_d = combat.engaged(fit_d, men_d, front, par.combat_relief)
    share = combat.assault_share(fight_a, fight_d, cover)
    phase = _next_phase(g, p, share, h)
    if phase == QUIET:
        out = refuge(g, p, c)
        for f in attackers:
            flee(g, f, out, par.retreat_orderly, CALLED_OFF)
        _stand_down(g, p, CALLED_OFF)
        return
    _fight(g, p, attackers, defenders, share, fight_a, fight_d, cover)
    for side in (c, d):
        s.suppressed[side * w.P + p] = air.fading(s.suppressed[side * w.P + p], par.air_suppression_fading)
    if s.phase[p] != SIEGE and s.progress[p] >= w.whole[p]:
        capture(g, p, c, ASSAULT)
        return
    _after(g, p, attackers, defenders, share)


def _emptied(g: Board, p: int) -> int:
    """Why a place under attack has no defenders left."""
    if g.s.given_up[g.s.holder[p]]:
        return COLLAPSE
    return STARVED if g.s.phase[p] == SIEGE else BROKEN


def _power(g: Board, side: list[int], darkness: float) -> int:
    s, x, par = g.s, g.x, g.par
    total = 0
    for f in side:
        total += combat.fighting_power(
            s.people[f], x.quality[f], s.morale[f], par.morale_floor, s.supply[f], par.supply_floor,
            par.combat_disorder if s.ready[f] > g.tick else 1.0, darkness, x.night[f],
        )  # fmt: skip
    return total


def _cover(g: Board, p: int, d: int) -> float:
    """Protection of the defenders, with heights that their camp holds."""
    s, w, par = g.s, g.w, g.par
    overlooked = 0
    for i in range(w.hill_first[p], w.hill_first[p + 1]):
        if w.camp[s.holder[w.hills[i]]] == d:
            overlooked = 1
    surprised = 1 if g.tick < g.x.alert[s.holder[p]] else 0
    cover: float = combat.protection(
        w.ground[p], s.fort[p], par.combat_fortification, overlooked, par.combat_overlook, count_bits(s.axes[p]),
        par.combat_flank, surprised, par.combat_surprise, par.combat_cover_floor,
    )  # fmt: skip
    return cover


def _next_phase(g: Board, p: int, share: float, h: int) -> int:
    """What the attackers do at these odds: close in, assault, besiege, or call it off (QUIET). Who would call it off
    and has no way out stays in contact, as in closing in: nobody surrenders who is not broken."""
    s, w = g.s, g.w
    phase: int = s.phase[p]
    if phase == APPROACH or phase == SIEGE:
        if share >= w.attack_share[h]:
            phase = OUTER
        elif phase == APPROACH:
            if g.tick - s.began[p] > g.par.combat_patience:
                phase = SIEGE if share >= w.invest_share[h] else QUIET
        elif share < w.invest_share[h]:
            phase = QUIET
    elif share < w.call_off_share[h]:
        phase = SIEGE if share >= w.invest_share[h] else QUIET
    if phase == QUIET and refuge(g, p, s.foe[p]) < 0:
        phase = APPROACH
    if phase != s.phase[p]:
        if phase == SIEGE or phase == APPROACH:
            s.progress[p] = 0
        if phase != QUIET:
            note(g, PHASE, p, p, s.foe[p], NONE, phase)
            s.phase[p] = phase
    return phase


def _fight(
    g: Board,
    p: int,
    attackers: list[int],
    defenders: list[int],
    share: float,
    fight_a: float,
    fight_d: float,
    cover: float,
) -> None:
    """Losses, strain and ground gained in one round."""
    s, w, par, curves = g.s, g.w, g.par, g.w.curves
    phase = s.phase[p]
    c, d = s.foe[p], w.camp[s.holder[p]]
    men_a, men_d = s.here[c * w.P + p], s.here[d * w.P + p]
    intensity = par.combat_approach_intensity if phase == APPROACH else 1.0
    ticks = par.combat_round
    if phase == SIEGE:
        intensity, ticks = par.combat_siege_intensity, par.combat_siege_round
    k = s.rounds[p]
    s.rounds[p] = k + 1
    ua, va = g.draw(ROUND_ATTACK, p, k)
    ud, vd = g.draw(ROUND_DEFENCE, p, k)
    luck_a = combat.scatter(curves.normal, ua, par.combat_spread, par.combat_luck_floor)
    luck_d = combat.scatter(curves.normal, ud, par.combat_spread, par.combat_luck_floor)
    losses = combat.exchange(fight_a, fight_d, cover, par.combat_loss_per_h, intensity, ticks, luck_a, luck_d)
    loss_a = combat.killed(men_a, losses.attacker, va)
    loss_d = combat.killed(men_d, losses.defender, vd)
    stress = par.morale_stress_per_h
    _wear(g, attackers, morale.contact(1.0 - share, curves.strain, stress, intensity, ticks), loss_a, men_a)
    _wear(g, defenders, morale.contact(share, curves.strain, stress, intensity, ticks), loss_d, men_d)
    _spread_losses(g, attackers, loss_a, men_a)
    _spread_losses(g, defenders, loss_d, men_d)
    if phase == OUTER or phase == INSIDE:
        s.progress[p] = combat.progress(
            s.progress[p], share, curves.ground_gained, par.combat_advance_per_h, ticks, luck_a
        )
        if phase == OUTER and s.progress[p] >= w.outer[p]:
            s.phase[p] = INSIDE
            note(g, PHASE, p, p, c, NONE, INSIDE)


def _wear(g: Board, side: list[int], contact: float, loss: int, men: int) -> None:
    s, x, par = g.s, g.x, g.par
    wear = contact + morale.toll(loss, men, par.morale_per_loss, par.combat_hurt_per_dead)
    for f in side:
        s.morale[f] = morale.strained(s.morale[f], x.quality[f], par.morale_poor_troops, wear)


def _spread_losses(g: Board, side: list[int], loss: int, men: int) -> None:
    """A side's losses over its formations, in order of id, by cumulative whole shares."""
    s = g.s
    so_far = given = 0
    for f in side:
        so_far += s.people[f]
        upto = combat.part_of(loss, so_far, men)
        lose(g, f, upto - given, s.dead, FIGHT)
        given = upto


def _after(g: Board, p: int, attackers: list[int], defenders: list[int], share: float) -> None:
    """Who leaves after a round: defenders on orders, and on both sides those who break."""
    s, w, par = g.s, g.w, g.par
    c, d = s.foe[p], w.camp[s.holder[p]]
    keeper = w.keeper[s.holder[p] * w.P + p]
    assault = s.phase[p] == OUTER or s.phase[p] == INSIDE
    if assault and share >= w.withdraw_share[keeper]:
        out = refuge(g, p, d)
        if out >= 0:
            for f in defenders:
                if s.people[f] > 0:
                    flee(g, f, out, par.retreat_orderly, WITHDRAWN)
            capture(g, p, c, WITHDRAWN)
            return
    _break(g, p, defenders, d)
    if s.here[d * w.P + p] == 0 and s.here[c * w.P + p] > 0:
        capture(g, p, c, _emptied(g, p))
        return
    _break(g, p, attackers, c)
    if s.here[c * w.P + p] == 0:
        _stand_down(g, p, REPELLED)
    elif s.here[d * w.P + p] == 0:
        capture(g, p, c, _emptied(g, p))
    else:
        plan_round(g, p, int(par.combat_siege_round if s.phase[p] == SIEGE else par.combat_round))


def _break(g: Board, p: int, side: list[int], c: int) -> None:
    """Formations whose morale has fallen below their threshold leave; it shakes the others. The way out is looked
    for only when somebody would break without one."""
    s = g.s
    men = s.here[c * g.w.P + p]
    shaky = [f for f in side if s.people[f] > 0 and s.morale[f] < _threshold(g, f, 1)]
    if not shaky:
        return
    out = refuge(g, p, c)
    broken = [f for f in shaky if out < 0 or s.morale[f] < _threshold(g, f, 0)]
    gone = 0
    for f in broken:
        gone += s.people[f]
    if gone == 0:
        return
    for f in side:
        if s.people[f] > 0 and f not in broken:
            s.morale[f] = morale.shaken(s.morale[f], gone, men, g.par.morale_contagion)
    for f in broken:
        note(g, BROKE, f, p, -1, NONE, s.people[f], s.morale[f])
        flee(g, f, out, 1.0, RETREATING)


def _threshold(g: Board, f: int, isolated: int) -> int:
    """Morale below which a formation breaks."""
    s, par = g.s, g.par
    limit: int = morale.threshold(
        g.x.nerve[f], s.cohesion[g.w.faction[f]], par.morale_refuse, isolated, par.morale_isolation
    )
    return limit


def _stand_down(g: Board, p: int, cause: int) -> None:
    """The attack is over: the command that led it chooses anew; a third camp may open its own."""
    note(g, PHASE, p, p, g.s.foe[p], cause, QUIET)
    g.s.until[g.s.lead[p]] = 0
    quieten(g, p)
    next_in_line(g, p)
