"""Factions, the camps they form, and their backers."""

from __future__ import annotations

import numpy as np

from sim.model.compiling.draft import NOTHING, Draft, Fields
from sim.model.spread import Spread
from sim.units import GRID, HOUR


def camps(draft: Draft) -> Fields:
    """Who is hostile to whom, and who may pass where."""
    factions, count = draft.scenario.factions, draft.camps
    hostile = np.zeros((count, count), np.int64)
    passable = np.zeros((count, len(draft.factions)), np.int64)
    for i, name in enumerate(draft.factions):
        mine = draft.camp[i]
        passable[mine, i] = 1
        for enemy in factions[name].hostile:
            theirs = draft.camp_of(enemy)
            hostile[mine, theirs] = hostile[theirs, mine] = 1
        for guest in factions[name].transit:
            passable[draft.camp_of(guest), i] = 1
    _spirits(draft)
    lets_in = (hostile @ passable > 0).astype(np.int64)
    return {
        "K": len(draft.factions),
        "C": count,
        "camp": np.array(draft.camp),
        "hostile": hostile.ravel(),
        "passable": passable.ravel(),
        "lets_in": lets_in.ravel(),
    }


def _spirits(draft: Draft) -> None:
    """Cohesion of the factions, where they give up, and when they are alert."""
    defaults = draft.parameters.factions
    places = [draft.scenario.places[name] for name in draft.places]
    for name in draft.factions:
        faction, label = draft.scenario.factions[name], f"faction.{name}"
        draft.doubts.add("cohesion_0", f"{label}.cohesion", faction.cohesion or defaults["cohesion"], GRID)
        floor = faction.collapse_below or defaults["collapse_below"]
        draft.doubts.add("collapse_at", f"{label}.collapse_below", floor if draft.on["cohesion"] else NOTHING, GRID)
        alert = faction.alert_h or defaults["alert_h"]
        draft.doubts.add("alert", f"{label}.alert_h", alert if draft.on["surprise"] else NOTHING, HOUR)
        trust = faction.assurance or defaults["assurance"]
        draft.doubts.add("assurance", f"{label}.assurance", trust if draft.on["handover"] else NOTHING, GRID)
        faint = faction.recall_below or (defaults["recall_below"] if faction.core else NOTHING)
        own = sum(row.people for row in places if row.holder == name)
        room = faction.capacity or Spread(values=(float(own),))
        draft.doubts.add("capacity", f"{label}.capacity", room, 1)
        draft.doubts.add("recall_at", f"{label}.recall_below", faint if draft.on["recall"] else NOTHING, GRID)


def backers(draft: Draft) -> Fields:
    """Patrons and their clients."""
    rows = [draft.scenario.backers[name] for name in draft.backers]
    for name, row in zip(draft.backers, rows, strict=True):
        draft.doubts.add("will_0", f"backer.{name}.will", row.will, GRID)
    return {
        "B": len(rows),
        "client": np.array([draft.faction_at[row.client] for row in rows], np.int64),
    }
