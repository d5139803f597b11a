"""A command's review: choose an objective, find the roads, give orders."""

from __future__ import annotations

import heapq

from sim.events.board import Board, note, plan
from sim.events.estimate import by_place, cover, estimate
from sim.model.kinds import DEPART, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import combat, command, morale, movement, ops
from sim.rules.chance import JUDGE, PREPARE
from sim.units import NEVER


def review(g: Board, h: int) -> None:
    """Look at the map again, every few hours."""
    s, w, par = g.s, g.w, g.par
    if s.given_up[w.head_faction[h]]:
        return
    plan(g, w.F + w.P + w.W + h, g.tick + int(par.command_review), REVIEW, h)
    if w.staff_first[h] == w.staff_first[h + 1]:
        return
    old = s.objective[h]
    if g.tick >= s.until[h] or _is_safe(g, h, old):
        _choose(g, h)
    if s.objective[h] >= 0:
        if s.stamp[h] != s.changes[0]:
            _find_roads(g, h, s.objective[h])
        _give_orders(g, h)
    if s.objective[h] != old:
        note(g, OBJECTIVE, h, s.objective[h], -1, NONE, s.worth[h])


def _is_safe(g: Board, h: int, p: int) -> bool:
    """Whether a place that the command wants to help needs no help any more."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    if p < 0 or w.camp[s.holder[p]] != c:
        return False
    estimate(g, c)
    return not _needs_help(g, h, p, [0] * 0)


def _needs_help(g: Board, h: int, p: int, mates: list[int]) -> bool:
    """Whether there are not enough people at a place and near it to guard it. mates: mobile people of the camp by
    place, filled in when it is empty."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    guard = command.guard(s.threat[c * w.P + p], w.w_guard[h])
    if s.here[c * w.P + p] >= guard:
        return False
    if len(mates) == 0:
        mates.extend(by_place(g, w.mates[w.mate_first[c] : w.mate_first[c + 1]]))
    return bool(cover(g, c, p, mates) < guard)


def _choose(g: Board, h: int) -> None:
    """Choose an objective, or none."""
    s, par = g.s, g.par
    found, appeal = _most_appealing(g, h, _candidates(g, h))
    s.until[h] = g.tick + int(par.command_plan if found >= 0 else par.command_rethink)
    s.worth[h] = appeal
    if found != s.objective[h]:
        _aim_at(g, h, found)


def _aim_at(g: Board, h: int, p: int) -> None:
    """Make a place the objective; without one (-1), columns on the road go no further than its end."""
    s, w = g.s, g.w
    s.objective[h] = p
    s.stamp[h] = -1
    if p < 0:
        for q in range(w.P):
            s.hop[h * w.P + q] = -1


def _shelve(g: Board, h: int) -> None:
    """Give up an objective for which nobody can be spared; as long as a plan would have been kept, it is not chosen
    again unless a place changes hands."""
    s = g.s
    s.shelved[h * g.w.P + s.objective[h]] = g.tick + int(g.par.command_plan)
    s.until[h] = g.tick + int(g.par.command_rethink)
    s.worth[h] = 0
    _aim_at(g, h, -1)


def _candidates(g: Board, h: int) -> list[int]:
    """Places of a command's area, but for those shelved: its camp's that need help, and enemies' within reach."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    estimate(g, c)
    found, mates = [0] * 0, [0] * 0
    for i in range(w.area_first[h], w.area_first[h + 1]):
        p = w.area[i]
        if g.tick >= s.shelved[h * w.P + p]:
            holder = w.camp[s.holder[p]]
            if holder == c:
                if _needs_help(g, h, p, mates):
                    found.append(p)
            elif w.hostile[c * w.C + holder] and _within_reach(g, c, p):
                found.append(p)
    return found


def _most_appealing(g: Board, h: int, candidates: list[int]) -> tuple[int, int]:
    """The place with the greatest appeal, the first by id when equal, and its appeal; -1 when nothing appeals."""
    s, w, par = g.s, g.w, g.par
    greatest, found, best = 0, -1, 0
    if len(candidates) == 0:
        return found, best
    crowd = _muster(g, h)
    far, nearest = [0] * 0, [0] * 0
    judgement = _judgement(g, h)
    for p in candidates:
        chance = _chance(g, h, p, _available(g, h, p, crowd), crowd[p], judgement)
        if chance > 0.0:
            if len(far) == 0:
                far, nearest = _distances(g, w.head_camp[h], _seat(crowd)), _nearest(g, h)
            appeal = _appeal(g, h, p, chance, far, nearest)
            ranked = command.kept(appeal, par.command_persistence) if p == s.objective[h] else appeal
            if ranked > greatest:
                greatest, found, best = ranked, p, appeal
    return found, best


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


def _seat(crowd: list[int]) -> int:
    """Where most people are, the first by id when equal."""
    seat = 0
    for p in range(len(crowd)):
        if crowd[p] > crowd[seat]:
            seat = p
    return seat


def _watch(g: Board, h: int, p: int, goal: int) -> int:
    """People who must stay at a place while others go to another: an enemy who is attacked there does not come."""
    s, w = g.s, g.w
    c, holder = w.head_camp[h], w.camp[s.holder[goal]]
    threat = left = s.threat[c * w.P + p]
    if holder != c:
        left = command.untied(threat, s.here[holder * w.P + goal], w.near[p * w.P + goal])
    stay: int = command.watch(threat, left, w.w_guard[h])
    return stay


def _available(g: Board, h: int, goal: int, crowd: list[int]) -> int:
    """People of those mustered (`crowd`) to be had for a place: who are there or on the way, and whom the others can
    spare for it, less the reserve."""
    s, w = g.s, g.w
    base, total = w.head_camp[h] * w.P, crowd[goal]
    for p in range(w.P):
        if crowd[p] > 0 and p != goal:
            total += command.spared(s.here[base + p], _watch(g, h, p, goal), crowd[p])
    available: int = command.reserve_kept(total, w.reserve[h])
    return available


def _judgement(g: Board, h: int) -> int:
    """What this choice makes of the odds: a factor on the command's own people (grid)."""
    s, par = g.s, g.par
    u, _ = g.draw(JUDGE, h, s.choices[h])
    s.choices[h] += 1
    judgement: int = combat.fortune(g.w.curves.normal, u, par.command_judgement, par.combat_luck_floor)
    return judgement


def _chance(g: Board, h: int, p: int, men: int, mustered: int, judgement: int) -> float:
    """What `men` would change at a candidate, 0..1, where as many of them as are `mustered` stand there: how much safer
    they make a place of their own; the promise of success against an enemy's, if the odds allow."""
    s, w, par = g.s, g.w, g.par
    c, holder = w.head_camp[h], w.camp[s.holder[p]]
    chance = 0.0
    if holder == c:
        if men > mustered:
            chance = command.eased(w.curves.peril, s.threat[c * w.P + p], s.here[c * w.P + p], men - mustered)
    elif men > 0:
        judged = command.judged(men, judgement)
        share = combat.expected_share(
            judged,
            w.repute[c],
            s.here[holder * w.P + p],
            w.repute[holder],
            w.ground[p],
            w.frontage[p],
            par.combat_relief,
        )
        if command.worth_attacking(share, w.attack_share[h], par.command_hope):
            chance = ops.lookup(w.curves.promise, share)
    return chance


def _within_reach(g: Board, c: int, p: int) -> bool:
    """Whether the camp may move through a place next to it."""
    s, w = g.s, g.w
    ways = 0
    for arc in range(w.first[p], w.first[p + 1]):
        ways += w.passable[c * w.K + s.holder[w.head[arc]]]
    return ways > 0


def _appeal(g: Board, h: int, p: int, chance: float, far: list[int], nearest: list[int]) -> int:
    """Appeal of a place as an objective; none without a way there. far: ticks from where most of the people are."""
    s, w, par = g.s, g.w, g.par
    march = far[p]
    if w.camp[s.holder[p]] == w.head_camp[h]:
        benefit = w.concern[h * w.P + p]
    else:
        for arc in range(w.first[p], w.first[p + 1]):
            march = min(march, far[w.head[arc]] + w.free[arc])
        brought = _brought(g, h, p, nearest)
        benefit = command.benefit(w.prize[h * w.P + p], w.w_attack[h], brought, par.command_aim)
    if march >= NEVER:
        return 0
    appeal: int = command.appeal(benefit, chance, march, par.command_time_scale)
    return appeal


def _nearest(g: Board, h: int) -> list[int]:
    """Ticks by road to each aim of a command from the nearest place that its camp holds."""
    s, w = g.s, g.w
    own = [p for p in range(w.P) if w.camp[s.holder[p]] == w.head_camp[h]]
    nearest = [0] * 0
    for i in range(w.aim_first[h], w.aim_first[h + 1]):
        least = NEVER
        for p in own:
            least = min(least, w.march[p * w.P + w.aims[i]])
        nearest.append(least)
    return nearest


def _brought(g: Board, h: int, p: int, nearest: list[int]) -> float:
    """What a place brings of the aim of which it brings most."""
    w, most, first = g.w, 0.0, g.w.aim_first[h]
    for i in range(len(nearest)):
        weight, far = w.aim_weight[first + i], w.march[p * w.P + w.aims[first + i]]
        most = ops.most(most, command.brings(weight, nearest[i], far, g.par.command_gateway_scale, w.w_gateway[h]))
    return most


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
    """Send formations, in order of id, until all but the reserve are committed; when none are, the objective is given
    up."""
    s, w = g.s, g.w
    goal, base = s.objective[h], h * w.P
    free = [0] * 0
    total = committed = 0
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if s.status[f] == MARCHING:
            total += s.people[f]
            committed += s.people[f]
        elif s.status[f] == PRESENT:
            p = s.at[f]
            total += s.people[f]
            if p == goal or s.key[f] != IDLE or s.phase[p] != QUIET:
                committed += s.people[f]
            elif s.ready[f] <= g.tick and s.hop[base + p] >= 0 and morale.fit(s.morale[f], g.x.nerve[f]):
                free.append(f)
    limit = command.reserve_kept(total, w.reserve[h])
    if len(free) > 0 and committed < limit:
        committed += _send(g, h, free, committed, limit)
    if committed == 0:
        _shelve(g, h)


def _send(g: Board, h: int, free: list[int], committed: int, limit: int) -> int:
    """Order formations to march while their places keep a guard or are worth the risk; returns the people sent."""
    s, w, par = g.s, g.w, g.par
    c, sent = w.head_camp[h], 0
    estimate(g, c)
    remaining = list(s.here[c * w.P : (c + 1) * w.P])
    for f in range(w.F):  # those with orders to leave, of any command, guard nothing
        if s.status[f] == PRESENT and s.key[f] != IDLE and w.side_of[f] == c:
            remaining[s.at[f]] -= s.people[f]
    for f in free:
        p = s.at[f]
        if committed + sent >= limit:
            break
        rest = remaining[p] - s.people[f]
        if rest < _watch(g, h, p, s.objective[h]):
            eased = command.eased(w.curves.peril, s.threat[c * w.P + p], rest, s.people[f])
            stake = command.appeal(w.concern[h * w.P + p], eased, 0, par.command_time_scale)
            if not command.worth_the_risk(stake, s.worth[h], s.people[f], limit):
                continue
        remaining[p] = rest
        sent += s.people[f]
        u, _ = g.draw(PREPARE, f, s.legs[f])
        wait = movement.preparation(
            par.march_prepare, par.march_prepare_spread, s.harried[c], par.march_prepare_harried, u
        )
        note(g, ORDERED, f, p, s.objective[h], NONE, wait)
        plan(g, f, g.tick + wait, DEPART, f)
    return sent
