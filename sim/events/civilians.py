"""What a day does to those who live in a place: some flee, some return, and services fail and are mended."""

from __future__ import annotations

from sim.events.board import Board, note
from sim.model.kinds import AIR, APPROACH, DISTRUST, FIGHT, FLED, INSIDE, NONE, OUTER, QUIET, REFUGES, RETURNED, SIEGE
from sim.rules import displacement, handover, services
from sim.rules.chance import FLIGHT
from sim.units import DAY, GRID


def live(g: Board) -> None:
    """The end of a day, wherever civilians live."""
    s, w = g.s, g.w
    phase, rounds, heard, since, raids = s.phase, s.rounds, s.heard, s.since, s.raids
    yesterday, quiet = g.tick - DAY, g.tick - g.par.displacement_quiet
    for p in w.settled:
        fought = 1 if phase[p] != QUIET or rounds[p] != heard[p] else 0
        taken = 1 if since[p] > yesterday else 0
        if fought or taken or raids[p] > 0:
            _wear(g, p, fought, taken)
            _flee(g, p, fought, taken)
            heard[p] = rounds[p]
            raids[p] = 0
            s.unrest[p] = g.tick
        elif s.unrest[p] <= quiet and s.residents[p] < w.population[p]:
            _return(g, p)
        if s.supplies[p] < GRID or s.utilities[p] < GRID:
            _mend(g, p, fought)


def _wear(g: Board, p: int, fought: int, taken: int) -> None:
    """Services fail."""
    s, par = g.s, g.par
    upheaval = services.upheaval(taken, fought, par.services_assault, par.services_handover)
    fighting = par.services_fighting if fought else 0.0
    siege = par.services_siege if s.phase[p] == SIEGE else 0.0
    out = services.blackout(s.raids[p], par.services_sortie, g.w.population[p])
    s.supplies[p] = services.worn(s.supplies[p], upheaval, fighting, siege)
    s.utilities[p] = services.worn(s.utilities[p], upheaval, fighting, out)


def _mend(g: Board, p: int, fought: int) -> None:
    """Services come back, and what is missing is counted."""
    s, w, par = g.s, g.w, g.par
    supplies = s.supplies[p] = services.mended(s.supplies[p], par.services_supplies_per_day, fought)
    utilities = s.utilities[p] = services.mended(s.utilities[p], par.services_utilities_per_day, fought)
    s.lacking[p] += GRID - supplies
    s.lacking[w.P + p] += GRID - utilities


def _liked(g: Board, p: int) -> float:
    """How much better the holder of a place is liked than the one before."""
    s, w = g.s, g.w
    liked: float = handover.goodwill(w.attitude[s.holder[p] * w.P + p], w.attitude[s.before[p] * w.P + p])
    return liked


def _fighting(g: Board, p: int, fought: int, taken: int) -> float:
    """Share of those who would leave at all that a day's fighting drives out: by what goes on as the day ends, or by
    how it went."""
    phase, par = g.s.phase[p], g.par
    share: float = 0.0
    if phase == APPROACH:
        share = par.displacement_approach
    elif phase == OUTER or (phase == QUIET and fought and not taken):
        share = par.displacement_outer
    elif phase == INSIDE or (phase == QUIET and fought):
        share = par.displacement_inside
    elif phase == SIEGE:
        share = par.displacement_siege
    return share


def _flee(g: Board, p: int, fought: int, taken: int) -> None:
    """People leave a place for those of its refuges that are not fought over."""
    s, w, par = g.s, g.w, g.par
    first = REFUGES * p
    one, two = _room(g, first), _room(g, first + 1)
    total = one + two + _room(g, first + 2)
    if total == 0:
        return
    alarm = displacement.alarm(taken, par.displacement_capture, _liked(g, p)) if taken else 0.0
    u, _ = g.draw(FLIGHT, p, g.tick // DAY)
    leaving = displacement.leaving(
        s.residents[p], w.population[p], par.displacement_stay, _fighting(g, p, fought, taken), alarm, s.raids[p],
        par.displacement_sortie, u,
    )  # fmt: skip
    if leaving == 0:
        return
    cause = FIGHT if fought else DISTRUST if taken else AIR
    out = displacement.up_to(leaving, one, total)
    further = displacement.up_to(leaving, one + two, total)
    _send(g, p, first, out, cause)
    _send(g, p, first + 1, further - out, cause)
    _send(g, p, first + 2, leaving - further, cause)
    s.residents[p] -= leaving
    s.fled[p] += leaving


def _send(g: Board, p: int, i: int, people: int, cause: int) -> None:
    """So many people of a place go to one of its refuges."""
    if people > 0:
        g.s.away[i] += people
        note(g, FLED, p, p, g.w.refuge[i], cause, people)


def _room(g: Board, i: int) -> int:
    """Weight of a refuge, by its cell in the ledger."""
    q = g.w.refuge[i]
    weight: int = displacement.takes_in(g.w.pull[i], g.s.phase[q] == QUIET) if q >= 0 else 0
    return weight


def _return(g: Board, p: int) -> None:
    """People come home."""
    s, w = g.s, g.w
    away = w.population[p] - s.residents[p]
    _, v = g.draw(FLIGHT, p, g.tick // DAY)
    home = displacement.returning(away, g.par.displacement_return_per_day, _liked(g, p), v)
    if home == 0:
        return
    so_far = gone = 0
    for i in range(REFUGES * p, REFUGES * (p + 1)):
        there = s.away[i]
        if there > 0:
            so_far += there
            back = displacement.up_to(home, so_far, away)
            if back > gone:
                s.away[i] = there - back + gone
                note(g, RETURNED, p, p, w.refuge[i], NONE, back - gone)
                gone = back
    s.residents[p] += home
