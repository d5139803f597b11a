"""A command's review: choose an objective, find the roads, give orders."""

from __future__ import annotations

from sim.events.board import Board, lose, note, plan
from sim.events.choice import candidates, distances, most_appealing, muster, needs_help, spread_out, tied, watch
from sim.events.estimate import estimate
from sim.model.kinds import DEPART, DESERTION, MARCHING, NONE, OBJECTIVE, ORDERED, PRESENT, QUIET, REVIEW
from sim.model.world import IDLE
from sim.rules import command, morale, movement, recall
from sim.rules.chance import PREPARE
from sim.units import NEVER


def review(g: Board, h: int) -> None:
    """Look at the map again, every few hours."""
    s, w, par = g.s, g.w, g.par
    if s.given_up[w.head_faction[h]]:
        return
    plan(g, w.head_slot + h, g.tick + int(par.command_review), REVIEW, h)
    if w.staff_first[h] == w.staff_first[h + 1]:
        return
    old = s.objective[h]
    if s.recalled[w.head_faction[h]]:
        _fall_back(g, h)
    elif g.tick >= s.until[h] or _is_safe(g, h, old):
        _choose(g, h)
    if s.objective[h] >= 0:
        if s.stamp[h] != s.changes[0]:
            _find_roads(g, h, distances(g, w.head_camp[h], s.objective[h]))
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
    return not needs_help(g, h, p, [0] * 0)


def _choose(g: Board, h: int) -> None:
    """Choose an objective, or none, and keep to it as a plan; while nobody is fit to go anywhere, look again soon."""
    s = g.s
    found, appeal = -1, 0
    s.until[h] = 0
    crowd = muster(g, h)
    if max(crowd) > 0:
        found, appeal = most_appealing(g, h, candidates(g, h), crowd)
        s.until[h] = g.tick + int(g.par.command_plan)
        if found < 0:
            _wait_for_the_rested(g, h)
    s.worth[h] = appeal
    if found != s.objective[h]:
        _aim_at(g, h, found)


def _wait_for_the_rested(g: Board, h: int) -> None:
    """Who stays put chooses again when the next of the command's formations has rested."""
    s, w = g.s, g.w
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if s.status[f] == PRESENT and s.ready[f] > g.tick:
            s.until[h] = min(s.until[h], s.ready[f])


def _aim_at(g: Board, h: int, p: int) -> None:
    """Make a place the objective; without one (-1), columns on the road go no further than its end."""
    s, w = g.s, g.w
    s.objective[h] = p
    s.stamp[h] = -1
    if p < 0:
        for q in range(w.P):
            s.hop[h * w.P + q] = -1


def _shelve(g: Board, h: int) -> None:
    """Give up an objective for which nobody can be spared: another is chosen at the next review. As long as a plan
    would have been kept, this one is not chosen again unless things change."""
    s = g.s
    s.shelved[h * g.w.P + s.objective[h]] = g.tick + int(g.par.command_plan)
    s.until[h] = 0
    s.worth[h] = 0
    _aim_at(g, h, -1)


def _fall_back(g: Board, h: int) -> None:
    """Call everybody back to the nearest place of the core, but for those in contact; some go home instead."""
    s, w, par = g.s, g.w, g.par
    c, k, base = w.head_camp[h], w.head_faction[h], h * w.P
    if s.objective[h] >= 0:
        s.worth[h] = 0
        _aim_at(g, h, -1)
    if s.stamp[h] != s.changes[0]:
        far = [NEVER] * w.P
        for p in range(w.P):
            if w.is_core[k * w.P + p] and w.camp[s.holder[p]] == c:
                far[p] = 0
        spread_out(g, c, far)
        _find_roads(g, h, far)
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if s.status[f] != PRESENT or s.key[f] != IDLE or s.ready[f] > g.tick:
            continue
        p = s.at[f]
        if s.hop[base + p] < 0 or (s.phase[p] != QUIET and (s.foe[p] == c or w.camp[s.holder[p]] == c)):
            continue
        u, v = g.draw(PREPARE, f, s.legs[f])
        soft = morale.softness(g.x.quality[f], par.retreat_poor_troops)
        lose(g, f, recall.deserters(s.people[f], par.recall_desertion, soft, s.morale[f], v), s.deserted, DESERTION)
        if s.people[f] > 0:
            _order(g, f, w.head[s.hop[base + p]], u)


def _order(g: Board, f: int, goal: int, u: float) -> None:
    """Tell a formation at a place to march: it departs when it is ready."""
    s, par = g.s, g.par
    wait = movement.preparation(
        par.march_prepare, par.march_prepare_spread, s.harried[g.w.side_of[f]], par.march_prepare_harried, u
    )
    note(g, ORDERED, f, s.at[f], goal, NONE, wait)
    plan(g, f, g.tick + wait, DEPART, f)


def _find_roads(g: Board, h: int, far: list[int]) -> None:
    """The next road from every place along which ticks by road are `far`: the shortest by time at road speed, then the
    neighbour with the smaller id."""
    s, w = g.s, g.w
    base = h * w.P
    for p in range(w.P):
        hop, best = -1, NEVER
        if 0 < far[p] < NEVER:
            for arc in range(w.first[p], w.first[p + 1]):
                way = far[w.head[arc]] + w.free[arc]
                if way < best:
                    hop, best = arc, way
        s.hop[base + p], s.way[base + p] = hop, far[p]
    s.stamp[h] = s.changes[0]


def _give_orders(g: Board, h: int) -> None:
    """Send formations, the nearest first, to attack until all but the reserve are committed, to help until the place
    has its guard; when nobody is committed, the objective is given up. Who fights elsewhere is no part of it, nor are
    those whom others are sent to help."""
    s, w = g.s, g.w
    goal, base, c = s.objective[h], h * w.P, w.head_camp[h]
    helping = w.camp[s.holder[goal]] == c
    free = [(0, 0)] * 0
    total = committed = 0
    for i in range(w.staff_first[h], w.staff_first[h + 1]):
        f = w.staff[i]
        if s.status[f] == MARCHING:
            total += s.people[f]
            committed += s.people[f]
        elif s.status[f] == PRESENT:
            p = s.at[f]
            if helping if p == goal else s.phase[p] != QUIET:
                continue
            total += s.people[f]
            if p == goal or s.key[f] != IDLE:
                committed += s.people[f]
            elif s.ready[f] <= g.tick and s.hop[base + p] >= 0 and morale.fit(s.morale[f], g.x.nerve[f]):
                free.append((s.way[base + p], f))
    limit = command.reserve_kept(total, w.reserve[h])
    if helping:
        estimate(g, c)
        limit = command.lacking(command.guard(s.threat[c * w.P + goal], w.w_guard[h]), s.here[c * w.P + goal])
    if len(free) > 0 and committed < limit:
        free.sort()
        committed += _send(g, h, free, committed, limit)
    if committed == 0:
        _shelve(g, h)


def _send(g: Board, h: int, free: list[tuple[int, int]], committed: int, limit: int) -> int:
    """Order formations to march while their places keep a guard or are worth the risk; returns the people sent.
    free: ticks to the objective, and formation."""
    s, w, par = g.s, g.w, g.par
    c, sent = w.head_camp[h], 0
    estimate(g, c)
    remaining = list(s.here[c * w.P : (c + 1) * w.P])
    for f in range(w.F):  # those with orders to leave, of any command, guard nothing
        if s.status[f] == PRESENT and s.key[f] != IDLE and w.side_of[f] == c:
            remaining[s.at[f]] -= s.people[f]
    for _, f in free:
        p = s.at[f]
        if committed + sent >= limit:
            break
        rest = remaining[p] - s.people[f]
        if rest < tied(g, c, p):
            continue
        if rest < watch(g, h, p, s.objective[h]):
            eased = command.eased(w.curves.peril, s.threat[c * w.P + p], rest, s.people[f])
            stake = command.appeal(w.concern[h * w.P + p], eased, 0, par.command_time_scale)
            if not command.worth_the_risk(stake, s.worth[h], s.people[f], limit):
                continue
        remaining[p] = rest
        sent += s.people[f]
        u, _ = g.draw(PREPARE, f, s.legs[f])
        _order(g, f, s.objective[h], u)
    return sent
