"""A camp's estimate of the situation: where the enemy could come, and with how many."""

from __future__ import annotations

from sim.events.board import Board
from sim.model.kinds import MARCHING
from sim.rules import command


def estimate(g: Board, c: int) -> None:
    """Work out the threat to every place as it is now, once for all commands of a camp that review at this tick."""
    s, w = g.s, g.w
    if s.estimated[c] == g.tick:
        return
    s.estimated[c] = g.tick
    crowd = by_place(g, w.foes[w.foe_first[c] : w.foe_first[c + 1]])
    places = [q for q in range(w.P) if crowd[q] > 0]
    nearby = [0] * w.P
    for p in range(w.P):
        near, total = w.near[p * w.P : (p + 1) * w.P], 0
        for q in places:
            total += crowd[q] * near[q]
        nearby[p] = total // command.FINE
    way = _ways(g, c, nearby)
    for p in range(w.P):
        s.crowd[c * w.P + p] = crowd[p]
        s.threat[c * w.P + p] = command.threat(crowd[p], nearby[p] - crowd[p], way[p])


def cover(g: Board, c: int, p: int, crowd: list[int]) -> int:
    """People of a camp at a place or on the last leg to it, and those elsewhere who can march (`crowd`), for as much as
    they are near."""
    s, w = g.s, g.w
    there, total, base = s.here[c * w.P + p], 0, p * w.P
    for f in w.mates[w.mate_first[c] : w.mate_first[c + 1]]:
        if s.status[f] == MARCHING and w.head[s.arc[f]] == p:
            there += s.people[f]
    for q in range(w.P):
        if crowd[q] > 0 and q != p:
            total += crowd[q] * w.near[base + q]
    covered: int = there + total // command.FINE
    return covered


def by_place(g: Board, forces: list[int]) -> list[int]:
    """People of some formations at the places where they are or to which they are on the road."""
    s, w = g.s, g.w
    crowd = [0] * w.P
    for f in forces:
        if s.at[f] >= 0:
            crowd[s.at[f]] += s.people[f]
        elif s.status[f] == MARCHING:
            crowd[w.head[s.arc[f]]] += s.people[f]
    return crowd


def _ways(g: Board, c: int, nearby: list[int]) -> list[int]:
    """What part of the enemy finds a way to each place: all of him where he may move through a neighbouring place,
    elsewhere those whom the camp's own places on the best way would not hold up."""
    s, w = g.s, g.w
    lets_in = [w.lets_in[c * w.K + k] for k in s.holder]
    mine = [w.camp[k] == c for k in s.holder]
    way = [0] * w.P
    fronts = [0] * 0
    for q in range(w.P):
        if lets_in[q]:
            for p in w.head[w.first[q] : w.first[q + 1]]:
                if way[p] == 0:
                    way[p] = command.FINE
                    if mine[p]:
                        fronts.append(p)
    while fronts:
        q = fronts.pop()
        passing = command.passing(way[q], command.held_up(s.here[c * w.P + q], nearby[q]))
        if passing > 0:
            for p in w.head[w.first[q] : w.first[q + 1]]:
                if way[p] < passing and mine[p]:
                    way[p] = passing
                    fronts.append(p)
    return way
