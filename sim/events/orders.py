"""A command's review: choose an objective, find the roads, give orders."""

from __future__ import annotations

import heapq

from sim.events.board import Board, note, plan
from sim.model.kinds import DEPART, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import combat, command, morale, movement, ops
from sim.rules.chance import PREPARE
from sim.units import NEVER


def review(g: Board, h: int) -> None:
    """Look at the map again, every few hours."""
    s, w, par = g.s, g.w, g.par
    if s.given_up[w.head_faction[h]]:
        return
    plan(g, w.F + w.P + w.W + h, g.tick + int(par.command_review), REVIEW, h)
    if w.staff_first[h] == w.staff_first[h + 1]:
        return
    if g.tick >= s.until[h]:
        _choose(g, h)
    if s.objective[h] < 0:
        return
    if s.stamp[h] != s.changes[0]:
        _find_roads(g, h, s.objective[h])
    _give_orders(g, h)


def _enemies(g: Board, c: int) -> list[tuple[int, int]]:
    """Places where hostile people are who can march, or where their columns are going, and how many."""
    s, w = g.s, g.w
    at, people = s.at, s.people
    crowd = [0] * w.P
    for f in w.foes[w.foe_first[c] : w.foe_first[c + 1]]:
        if at[f] >= 0:
            crowd[at[f]] += people[f]
        elif s.status[f] == MARCHING:
            crowd[w.head[s.arc[f]]] += people[f]
    return [(q, crowd[q]) for q in range(w.P) if crowd[q] > 0]


def _threat(g: Board, c: int, p: int, enemies: list[tuple[int, int]]) -> int:
    """Hostile people at a place and, if it is open to them, those who could come, for as much as they are near."""
    s, w = g.s, g.w
    for arc in range(w.first[p], w.first[p + 1]):
        if w.lets_in[c * w.K + s.holder[w.head[arc]]]:
            near, base, total = w.near, p * w.P, 0
            for q, people in enemies:
                total += people * near[base + q]
            return total // command.FINE
    there = 0
    for q, people in enemies:
        if q == p:
            there = people
    return there


def _muster(g: Board, h: int) -> list[int]:
    """People of the command's mobile formations fit for orders, where they stand or march to."""
    s, w = g.s, g.w
    crowd = [0] * w.P
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if morale.fit(s.morale[f], g.x.nerve[f]):
            if s.status[f] == MARCHING:
                crowd[w.head[s.arc[f]]] += s.people[f]
            elif s.status[f] == PRESENT and s.ready[f] <= g.tick:
                crowd[s.at[f]] += s.people[f]
    return crowd


def _choose(g: Board, h: int) -> None:
    """Pick the objective with the greatest appeal, the first by id when equal; none when nothing appeals."""
    s, w, par = g.s, g.w, g.par
    c, old = w.head_camp[h], s.objective[h]
    greatest = best = 0
    found = -1
    crowd = _muster(g, h)
    seat = 0
    for p in range(w.P):
        if crowd[p] > crowd[seat]:
            seat = p
    if crowd[seat] > 0:
        enemies = _enemies(g, c)
        candidates = _candidates(g, h, enemies)
        if len(candidates) > 0:
            spare = _spare(g, h, crowd, enemies)
            total = 0
            for people in spare:
                total += people
            far = [0] * 0
            for p in candidates:
                men = command.reserve_kept(total - spare[p] + crowd[p], w.reserve[h])
                if w.camp[s.holder[p]] == c:
                    chance = _eased(g, h, p, men - crowd[p], enemies)
                else:
                    chance = _promise(g, h, p, men)
                if chance > 0.0:
                    if len(far) == 0:
                        far = _distances(g, c, seat)
                    appeal = _appeal(g, h, p, chance, far)
                    ranked = command.kept(appeal, par.command_persistence) if p == old else appeal
                    if ranked > greatest:
                        greatest, best, found = ranked, appeal, p
    s.until[h] = g.tick + int(par.command_plan if found >= 0 else par.command_rethink)
    s.worth[h] = best
    if found != old:
        s.objective[h] = found
        s.stamp[h] = -1
        note(g, OBJECTIVE, h, found, -1, NONE, best)


def _candidates(g: Board, h: int, enemies: list[tuple[int, int]]) -> list[int]:
    """Places of a command's area that may need help, and those of enemies that are within reach."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    everybody = 0
    for _, people in enemies:
        everybody += people
    needed = command.guard(everybody, w.w_guard[h])
    found = []
    for i in range(w.area_first[h], w.area_first[h + 1]):
        p = w.area[i]
        holder = w.camp[s.holder[p]]
        if holder == c:
            if s.here[c * w.P + p] < needed:
                found.append(p)
        elif w.hostile[c * w.C + holder] and _within_reach(g, c, p):
            found.append(p)
    return found


def _spare(g: Board, h: int, crowd: list[int], enemies: list[tuple[int, int]]) -> list[int]:
    """People mustered at each place who can leave it with a guard."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    spare = [0] * w.P
    for p in range(w.P):
        if crowd[p] > 0:
            needed = command.guard(_threat(g, c, p, enemies), w.w_guard[h])
            spare[p] = command.spared(s.here[c * w.P + p], needed, crowd[p])
    return spare


def _eased(g: Board, h: int, p: int, men: int, enemies: list[tuple[int, int]]) -> float:
    """How much safer `men` more make a place of one's own that lacks its guard; else nothing."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    if men <= 0:
        return 0.0
    here, threat = s.here[c * w.P + p], _threat(g, c, p, enemies)
    if here >= command.guard(threat, w.w_guard[h]):
        return 0.0
    eased: float = command.eased(w.curves.peril, threat, here, men)
    return eased


def _promise(g: Board, h: int, p: int, men: int) -> float:
    """The promise of success against an enemy's place, if the odds allow; else nothing."""
    s, w, par = g.s, g.w, g.par
    c, holder = w.head_camp[h], w.camp[s.holder[p]]
    if men == 0:
        return 0.0
    share = combat.expected_share(
        men, w.repute[c], s.here[holder * w.P + p], w.repute[holder], w.ground[p], w.frontage[p], par.combat_relief
    )
    if not command.worth_attacking(share, w.attack_share[h], par.command_hope):
        return 0.0
    promise: float = ops.lookup(w.curves.promise, share)
    return promise


def _appeal(g: Board, h: int, p: int, chance: float, far: list[int]) -> int:
    """Appeal of a place as an objective; none without a way there. far: ticks from where most of the people are."""
    s, w, par = g.s, g.w, g.par
    march = far[p]
    if w.camp[s.holder[p]] == w.head_camp[h]:
        benefit = w.concern[h * w.P + p]
    else:
        for arc in range(w.first[p], w.first[p + 1]):
            march = min(march, far[w.head[arc]] + w.free[arc])
        benefit = command.benefit(w.prize[h * w.P + p], w.door[h], _brought(g, h, p), par.command_aim)
    if march >= NEVER:
        return 0
    appeal: int = command.appeal(benefit, chance, march, par.command_time_scale)
    return appeal


def _brought(g: Board, h: int, p: int) -> float:
    """What a place brings of the aim of which it brings most."""
    s, w = g.s, g.w
    most = 0.0
    for i in range(w.aim_first[h], w.aim_first[h + 1]):
        aim, nearest = w.aims[i], NEVER
        for q in range(w.P):
            if w.camp[s.holder[q]] == w.head_camp[h]:
                nearest = min(nearest, w.march[q * w.P + aim])
        far = w.march[p * w.P + aim]
        most = ops.most(most, command.brings(w.aim_weight[i], nearest, far, g.par.command_gateway_scale))
    return most


def _within_reach(g: Board, c: int, p: int) -> bool:
    """Whether a supplied place of one's own is next to it."""
    s, w = g.s, g.w
    for arc in range(w.first[p], w.first[p + 1]):
        q = w.head[arc]
        if w.camp[s.holder[q]] == c and s.far[c * w.P + q] < NEVER:
            return True
    return False


def _distances(g: Board, c: int, goal: int) -> list[int]:
    """Ticks at road speed between a place and every other, through places that let the camp pass."""
    s, w = g.s, g.w
    opens = [w.passable[c * w.K + k] for k in s.holder]
    far = [NEVER] * w.P
    far[goal] = 0
    heap = [(0, goal)]
    while heap:
        so_far, p = heapq.heappop(heap)
        if so_far > far[p]:
            continue
        for arc in range(w.first[p], w.first[p + 1]):
            q = w.head[arc]
            if opens[q] and so_far + w.free[arc] < far[q]:
                far[q] = so_far + w.free[arc]
                heapq.heappush(heap, (far[q], q))
    return far


def _find_roads(g: Board, h: int, goal: int) -> None:
    """The next road from every place towards the objective, through places that let the camp pass: the
    shortest by time at road speed, then the neighbour with the smaller id."""
    s, w = g.s, g.w
    far = _distances(g, w.head_camp[h], goal)
    base = h * w.P
    for p in range(w.P):
        hop, best = -1, NEVER
        if p != goal and far[p] < NEVER:
            for arc in range(w.first[p], w.first[p + 1]):
                way = far[w.head[arc]] + w.free[arc]
                if way < best:
                    hop, best = arc, way
        s.hop[base + p] = hop
    s.stamp[h] = s.changes[0]


def _give_orders(g: Board, h: int) -> None:
    """Send formations, in order of id, until all but the reserve are committed."""
    s, w, par = g.s, g.w, g.par
    goal, c, base = s.objective[h], w.head_camp[h], h * w.P
    free = []
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if s.status[f] == PRESENT and s.key[f] == IDLE and s.ready[f] <= g.tick:
            p = s.at[f]
            if p != goal and s.phase[p] == QUIET and s.hop[base + p] >= 0 and morale.fit(s.morale[f], g.x.nerve[f]):
                free.append(f)
    if not free:
        return
    total = committed = 0
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if s.status[f] == MARCHING:
            total += s.people[f]
            committed += s.people[f]
        elif s.status[f] == PRESENT:
            total += s.people[f]
            if s.at[f] == goal or s.key[f] != IDLE or s.phase[s.at[f]] != QUIET:
                committed += s.people[f]
    limit = command.reserve_kept(total, w.reserve[h])
    enemies = _enemies(g, c)
    remaining = list(s.here[c * w.P : (c + 1) * w.P])
    for f in range(w.F):  # those with orders to leave, of any command, guard nothing
        if s.status[f] == PRESENT and s.key[f] != IDLE and w.side_of[f] == c:
            remaining[s.at[f]] -= s.people[f]
    for f in free:
        p = s.at[f]
        if committed >= limit:
            return
        rest = remaining[p] - s.people[f]
        threat = _threat(g, c, p, enemies)
        if rest < command.guard(threat, w.w_guard[h]):
            eased = command.eased(w.curves.peril, threat, rest, s.people[f])
            stake = command.appeal(w.concern[h * w.P + p], eased, 0, par.command_time_scale)
            if not command.worth_the_risk(stake, s.worth[h], s.people[f], limit):
                continue
        remaining[p] = rest
        committed += s.people[f]
        u, _ = g.draw(PREPARE, f, s.legs[f])
        wait = movement.preparation(
            par.march_prepare, par.march_prepare_spread, s.harried[c], par.march_prepare_harried, u
        )
        note(g, ORDERED, f, s.at[f], goal, NONE, wait)
        plan(g, f, g.tick + wait, DEPART, f)
