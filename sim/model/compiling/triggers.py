"""Triggers: conditions as three numbers each, kind and what it is about."""

from __future__ import annotations

import numpy as np

from sim.model import kinds
from sim.model.compiling.draft import Draft, Fields
from sim.model.scenario import Condition, Reinforcement, Trigger
from sim.units import HOUR, to_grid


def triggers(draft: Draft, called: dict[str, Reinforcement]) -> Fields:
    """The triggers of reinforcements, in their order."""
    for name, row in called.items():
        draft.doubts.add("delay", f"force.{name}.delay_h", row.when.delay_h, HOUR)
    return {
        "T": len(called),
        "clauses": np.array([_clauses(draft, row.when) for row in called.values()], np.int64).ravel(),
    }


def _clauses(draft: Draft, trigger: Trigger) -> list[int]:
    given = [_clause(draft, condition) for condition in trigger.all]
    unused = [[kinds.UNUSED, 0, 0]] * (kinds.CLAUSES - len(given))
    return [number for clause in given + unused for number in clause]


def _clause(draft: Draft, clause: Condition) -> list[int]:
    if clause.after is not None:
        return [kinds.AFTER, max(0, draft.tick(clause.after)), 0]
    if clause.held is not None:
        place, faction = clause.held
        return [kinds.HELD, draft.place_at[place], draft.camp_of(faction)]
    if clause.lost is not None:
        place, faction = clause.lost
        return [kinds.LOST_BY, draft.place_at[place], draft.camp_of(faction)]
    if clause.attacked is not None:
        return [kinds.ATTACKED, draft.place_at[clause.attacked], 0]
    if clause.cohesion_below is not None:
        faction, level = clause.cohesion_below
        return [kinds.COHESION_BELOW, draft.faction_at[faction], to_grid(level)]
    assert clause.score_above is not None, "the loader checks that a condition has one clause"
    faction, level = clause.score_above
    return [kinds.SCORE_ABOVE, draft.camp_of(faction), to_grid(level)]
