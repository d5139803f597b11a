"""Which place appeals most to a command: candidates, chances, appeals."""

from __future__ import annotations

from sim.events.board import Board, is_vacant
from sim.events.estimate import by_place, cover, estimate
from sim.events.roads import relax
from sim.model.kinds import MARCHING, PRESENT, QUIET
from sim.rules import combat, command, morale, ops
from sim.rules.chance import JUDGE
from sim.units import NEVER


def candidates(g: Board, h: int) -> list[int]:
    """Places of a command's area, but for those shelved: its camp's that need help, and within reach
    enemies' and those that neutrals have left."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    estimate(g, c)
    found, mates = [0] * 0, [0] * 0
    for i in range(w.area_first[h], w.area_first[h + 1]):
        p = w.area[i]
        if g.tick >= s.shelved[h * w.P + p]:
            holder = w.camp[s.holder[p]]
            if holder == c:
                if needs_help(g, h, p, mates):
                    found.append(p)
            elif (w.hostile[c * w.C + holder] or (w.occupies[h] and is_vacant(g, p))) and _within_reach(g, c, p):
                found.append(p)
    return found


def needs_help(g: Board, h: int, p: int, mates: list[int]) -> bool:
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


def _within_reach(g: Board, c: int, p: int) -> bool:
    """Whether the camp may move through a place next to it."""
    s, w = g.s, g.w
    ways = 0
    for q in w.head[w.first[p] : w.first[p + 1]]:
        ways += w.passable[c * w.K + s.holder[q]]
    return ways > 0


def most_appealing(g: Board, h: int, places: list[int], crowd: list[int]) -> tuple[int, int]:
    """The place with the greatest appeal, the first by id when equal, and its appeal; -1 when nothing appeals.
    places: the candidates; crowd: people mustered at each place."""
    s, w, par = g.s, g.w, g.par
    greatest, found, best = 0, -1, 0
    if len(places) == 0:
        return found, best
    far, nearest = [0] * 0, [0] * 0
    judgement = _judgement(g, h)
    for p in places:
        chance = _chance(g, h, p, _available(g, h, p, crowd), crowd[p], judgement)
        if chance > 0.0:
            if len(far) == 0:
                far, nearest = distances(g, w.head_camp[h], _seat(crowd)), _nearest(g, h)
            appeal = _appeal(g, h, p, chance, far, nearest)
            ranked = command.kept(appeal, par.command_persistence) if p == s.objective[h] else appeal
            if ranked > greatest:
                greatest, found, best = ranked, p, appeal
    return found, best


def muster(g: Board, h: int) -> list[int]:
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


def _judgement(g: Board, h: int) -> int:
    """What this choice makes of the odds: a factor on the command's own people (grid)."""
    s, par = g.s, g.par
    u, _ = g.draw(JUDGE, h, s.choices[h])
    s.choices[h] += 1
    judgement: int = combat.fortune(g.w.curves.normal, u, par.command_judgement, par.combat_luck_floor)
    return judgement


def _available(g: Board, h: int, goal: int, crowd: list[int]) -> int:
    """People of those mustered (`crowd`) whom other places can spare for one: to attack, all but the reserve; to help,
    all. Where there is a fight, nobody can be spared."""
    s, w = g.s, g.w
    base, total = w.head_camp[h] * w.P, 0
    for p in range(w.P):
        if crowd[p] > 0 and p != goal and s.phase[p] == QUIET:
            stay = ops.most(watch(g, h, p, goal), tied(g, w.head_camp[h], p))
            total += command.spared(s.here[base + p], stay, crowd[p])
    if w.camp[s.holder[goal]] == w.head_camp[h]:
        return total
    available: int = command.reserve_kept(total, w.reserve[h])
    return available


def watch(g: Board, h: int, p: int, goal: int) -> int:
    """People who must stay at a place of the camp while others go to another: an enemy who is attacked there does not
    come."""
    s, w = g.s, g.w
    c = w.head_camp[h]
    if w.camp[s.holder[p]] != c:
        return 0
    threat = left = s.threat[c * w.P + p]
    if w.camp[s.holder[goal]] != c:
        left = command.untied(threat, s.crowd[c * w.P + goal], w.near[p * w.P + goal])
    stay: int = command.watch(threat, left, w.w_guard[h])
    return stay


def tied(g: Board, c: int, p: int) -> int:
    """People of a camp who must hold a place down."""
    s = g.s
    garrison: int = s.garrison[p] if g.w.camp[s.holder[p]] == c else 0
    return garrison


def _chance(g: Board, h: int, p: int, men: int, mustered: int, judgement: int) -> float:
    """What `men` from elsewhere would change at a candidate, 0..1: how much safer they make a place of their own; with
    those `mustered` there already, the promise of success against an enemy's, if the odds allow."""
    s, w, par = g.s, g.w, g.par
    c, holder = w.head_camp[h], w.camp[s.holder[p]]
    chance = 0.0
    if holder == c:
        if men > 0:
            chance = command.eased(w.curves.peril, s.threat[c * w.P + p], s.here[c * w.P + p], men)
    elif men + mustered > 0:
        judged = command.judged(men + mustered, judgement)
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


def distances(g: Board, c: int, goal: int) -> list[int]:
    """Ticks at road speed between a place and every other, through places that let the camp pass."""
    far = [NEVER] * g.w.P
    far[goal] = 0
    spread_out(g, c, far)
    return far


def spread_out(g: Board, c: int, far: list[int]) -> None:
    """Work out ticks at road speed from the places where they are 0, through places that let the camp pass."""
    relax(g, far, [g.w.passable[c * g.w.K + k] for k in g.s.holder])
