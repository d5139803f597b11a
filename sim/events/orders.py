"""A command's review: choose an objective, find the roads, give orders."""

from __future__ import annotations

import heapq

from sim.events.board import Board, note, plan
from sim.model.kinds import DEPART, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import combat, command, morale, movement
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


def _threats(g: Board, c: int) -> list[int]:
    """Hostile people at and next to each place."""
    w, here = g.w, g.s.here
    first, head = w.first, w.head
    threat = [0] * w.P
    for e in range(w.C):
        if w.hostile[c * w.C + e]:
            for p in range(w.P):
                crowd = here[e * w.P + p]
                if crowd > 0:
                    threat[p] += crowd
                    for arc in range(first[p], first[p + 1]):
                        threat[head[arc]] += crowd
    return threat


def _available(g: Board, h: int) -> int:
    """People of the command's mobile formations that are fit for orders."""
    s, w = g.s, g.w
    total = 0
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if s.status[f] == PRESENT and s.ready[f] <= g.tick and morale.fit(s.morale[f], g.x.nerve[f]):
            total += s.people[f]
    return total


def _choose(g: Board, h: int) -> None:
    """Pick the objective with the greatest appeal, the first by id when equal; none when nothing appeals."""
    s, w, par = g.s, g.w, g.par
    c = w.head_camp[h]
    threat = _threats(g, c)
    men = command.reserve_kept(_available(g, h), w.reserve[h])
    held = [w.camp[holder] for holder in s.holder]
    near = NEVER
    for p in range(w.P):
        if held[p] == c and w.aim_far[h * w.P + p] < near:
            near = w.aim_far[h * w.P + p]
    focus = s.focus[h]
    best, found = 0, -1
    for i in range(w.area_first[h], w.area_first[h + 1]):
        p = w.area[i]
        holder = held[p]
        if threat[p] == 0 and holder == c:
            continue
        march = w.march[focus * w.P + p]
        if holder == c:
            if march >= NEVER:
                continue
            appeal = _appeal_of_help(g, h, p, command.danger(threat[p], s.here[c * w.P + p]), march)
        elif men > 0 and w.hostile[c * w.C + holder] and _within_reach(g, c, p):
            there = s.here[holder * w.P + p]
            share = combat.expected_share(
                men, w.repute[c], there, w.repute[holder], w.ground[p], w.frontage[p], par.combat_relief
            )
            if not command.worth_attacking(share, w.attack_share[h], par.command_hope):
                continue
            gain = command.opening(near, w.aim_far[h * w.P + p], par.command_gateway_scale)
            benefit = w.prize[h * w.P + p] + w.door[h] * gain
            appeal = command.appeal(benefit, w.curves.promise, share, march, par.command_time_scale)
        else:
            continue
        if appeal > best:
            best, found = appeal, p
    s.until[h] = g.tick + int(par.command_plan) if found >= 0 else 0
    s.worth[h] = best
    s.stamp[h] = -1
    if found >= 0:
        s.focus[h] = found
    if found != s.objective[h]:
        s.objective[h] = found
        note(g, OBJECTIVE, h, found, -1, NONE, best)


def _appeal_of_help(g: Board, h: int, p: int, danger: float, march: int) -> int:
    """Appeal of helping a threatened place of one's own."""
    w, par = g.w, g.par
    appeal: int = command.appeal(w.concern[h * w.P + p], w.curves.promise, danger, march, par.command_time_scale)
    return appeal


def _within_reach(g: Board, c: int, p: int) -> bool:
    """Whether a supplied place of one's own is next to it."""
    s, w = g.s, g.w
    for arc in range(w.first[p], w.first[p + 1]):
        q = w.head[arc]
        if w.camp[s.holder[q]] == c and s.far[c * w.P + q] < NEVER:
            return True
    return False


def _find_roads(g: Board, h: int, goal: int) -> None:
    """The next road from every place towards the objective, through places that let the camp pass: the
    shortest by time at road speed, then the neighbour with the smaller id."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    opens = [w.passable[c * w.K + k] for k in s.holder]
    dist = [NEVER] * w.P
    dist[goal] = 0
    heap = [(0, goal)]
    while heap:
        so_far, p = heapq.heappop(heap)
        if so_far > dist[p]:
            continue
        for arc in range(w.first[p], w.first[p + 1]):
            q = w.head[arc]
            if opens[q] and so_far + w.free[arc] < dist[q]:
                dist[q] = so_far + w.free[arc]
                heapq.heappush(heap, (dist[q], q))
    base = h * w.P
    for p in range(w.P):
        hop, best = -1, NEVER
        if p != goal and dist[p] < NEVER:
            for arc in range(w.first[p], w.first[p + 1]):
                far = dist[w.head[arc]] + w.free[arc]
                if far < best:
                    hop, best = arc, far
        s.hop[base + p] = hop
    s.stamp[h] = s.changes[0]


def _give_orders(g: Board, h: int) -> None:
    """Send formations, in order of id, until all but the reserve are committed."""
    s, w, par = g.s, g.w, g.par
    goal, c, base = s.objective[h], w.head_camp[h], h * w.P
    status, people, at = s.status, s.people, s.at
    total = committed = 0
    free = []
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if status[f] == MARCHING:
            total += people[f]
            committed += people[f]
        elif status[f] == PRESENT:
            total += people[f]
            p = at[f]
            if p == goal or s.key[f] != IDLE or s.phase[p] != QUIET:
                committed += people[f]
            elif s.ready[f] <= g.tick and s.hop[base + p] >= 0 and morale.fit(s.morale[f], g.x.nerve[f]):
                free.append(f)
    if not free:
        return
    limit = command.reserve_kept(total, w.reserve[h])
    threat = _threats(g, c)
    remaining = list(s.here[c * w.P : (c + 1) * w.P])
    for f in range(w.F):  # those with orders to leave, of any command, guard nothing
        if status[f] == PRESENT and s.key[f] != IDLE and w.side_of[f] == c:
            remaining[at[f]] -= people[f]
    for f in free:
        p = s.at[f]
        if committed >= limit:
            return
        rest = remaining[p] - s.people[f]
        if not command.guarded(rest, threat[p], w.w_guard[h]):
            stake = _appeal_of_help(g, h, p, command.danger(threat[p], rest), 0)
            if not command.worth_the_risk(stake, s.worth[h]):
                continue
        remaining[p] = rest
        committed += s.people[f]
        u, _ = g.draw(PREPARE, f, s.legs[f])
        wait = movement.preparation(
            par.march_prepare, par.march_prepare_spread, s.harried[c], par.march_prepare_harried, u
        )
        note(g, ORDERED, f, s.at[f], goal, NONE, wait)
        plan(g, f, g.tick + wait, DEPART, f)
