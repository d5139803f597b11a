"""Who is hostile and who is allied: said on one side, it holds for both."""

from __future__ import annotations

from sim.files.nodes import Node, Problems
from sim.files.validation import dotted, locate
from sim.model.scenario import Scenario

Pair = frozenset[str]


def hostile_pairs(scenario: Scenario) -> set[Pair]:
    """Pairs of factions at war, declared by either."""
    return {frozenset((name, other)) for name, faction in scenario.factions.items() for other in faction.hostile}


def allied_pairs(scenario: Scenario) -> set[Pair]:
    """Pairs of factions that fight as one camp, declared by either."""
    return {frozenset((name, other)) for name, faction in scenario.factions.items() for other in faction.allied}


def check_relations(scenario: Scenario, root: Node, note: Problems) -> None:
    """Note contradictions: oneself, hostile and allied at once, allies of allies that are not allied."""
    hostile, allied = hostile_pairs(scenario), allied_pairs(scenario)
    for name, faction in scenario.factions.items():
        for field in ("hostile", "allied", "transit"):
            for index, other in enumerate(getattr(faction, field)):
                path = ("factions", name, field, index)
                if other == name:
                    note(locate(root, path), dotted(root, path), "must be another faction (got itself)")
                elif field == "allied" and frozenset((name, other)) in hostile:
                    message = f"must not be both hostile and allied (got {other!r})"
                    note(locate(root, path), dotted(root, path), message)
    _check_camps(scenario, allied, root, note)


def _check_camps(scenario: Scenario, allied: set[Pair], root: Node, note: Problems) -> None:
    """Note, once a camp, two of its factions that are not allied though an ally joins them."""
    friends: dict[str, set[str]] = {name: set() for name in scenario.factions}
    for pair in allied:
        if len(pair) == 2 and pair <= friends.keys():
            one, two = sorted(pair)
            friends[one].add(two)
            friends[two].add(one)
    done: set[str] = set()
    for name in sorted(friends):
        if name in done:
            continue
        camp, todo = {name}, [name]
        while todo:
            new = friends[todo.pop()] - camp
            camp |= new
            todo += new
        done |= camp
        short = next((one for one in sorted(camp) if len(friends[one]) < len(camp) - 1), None)
        if short is not None:
            other = min(camp - friends[short] - {short})
            path = ("factions", short)
            message = f"must be allied with {other!r}, the ally of its ally, or with neither"
            note(locate(root, path, key=True), dotted(root, path), message)
