"""Formations: those present, those that triggers call, and who leads them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.compiling.commands import Posts
from sim.model.compiling.draft import Draft, Fields, flat, keys_of, starts
from sim.model.compiling.triggers import triggers
from sim.model.scenario import Force, Reinforcement
from sim.model.spread import Spread
from sim.units import GRID, to_grid

SURELY = Spread(values=(1.0,))


def forces(draft: Draft, heads: Posts, hostile: Any) -> Fields:
    """Formations in order of id: whose they are, where they stand or enter, and under which command. hostile (C, C)."""
    named = _named(draft)
    rows = list(named.values())
    _strengths(draft, named)
    faction = [draft.faction_at[row.faction] for row in rows]
    command = [_command_of(draft, heads, row) for row in rows]
    mobile = [draft.parameters.forces[row.force_class].mobile if row.mobile is None else row.mobile for row in rows]
    staff = [[f for f, row_h in enumerate(command) if row_h == h and mobile[f]] for h in range(len(heads.ids))]
    called = [f for f, row in enumerate(rows) if isinstance(row, Reinforcement)]
    entries = [
        [draft.place_at[p] for p in (row.place, *(row.otherwise if isinstance(row, Reinforcement) else ()))]
        for row in rows
    ]
    side = [draft.camp[k] for k in faction]
    mates = [[f for f, e in enumerate(side) if mobile[f] and e == c] for c in range(draft.camps)]
    foes = [[f for f, e in enumerate(side) if mobile[f] and hostile[c, e]] for c in range(draft.camps)]
    return {
        "F": len(rows),
        "faction": np.array(faction, np.int64),
        "side_of": np.array(side, np.int64),
        "command": np.array(command, np.int64),
        "mobile": np.array(mobile, np.int64),
        "home": np.array([draft.place_at[row.place] for row in rows], np.int64),
        "summons": np.array([called.index(f) if f in called else -1 for f in range(len(rows))], np.int64),
        "called": np.array(called, np.int64),
        "dormant": np.array([int(row.dormant) for row in rows], np.int64),
        "patron": np.array([_patron(draft, row) for row in rows], np.int64),
        "entry_first": starts(entries),
        "entries": flat(entries),
        "staff_first": starts(staff),
        "staff": flat(staff),
        "foe_first": starts(foes),
        "foes": flat(foes),
        "mate_first": starts(mates),
        "mates": flat(mates),
        "force_key": keys_of("force", tuple(named)),
        "force_ids": tuple(named),
        "repute": _repute(draft, rows),
        **triggers(draft, {name: row for name, row in named.items() if isinstance(row, Reinforcement)}),
    }


def _named(draft: Draft) -> dict[str, Force]:
    """All formations by id, in order."""
    found: dict[str, Force] = {}
    for force in [*draft.scenario.forces, *draft.scenario.reinforcements]:
        assert force.id is not None, "the loader names every force"
        if draft.on["reinforcement"] or not isinstance(force, Reinforcement):
            found[force.id] = force
    return dict(sorted(found.items()))


def _strengths(draft: Draft, named: dict[str, Force]) -> None:
    """What is drawn of each formation."""
    add = draft.doubts.add
    for name, row in named.items():
        base, label = draft.parameters.forces[row.force_class], f"force.{name}"
        add("people_0", f"{label}.people", row.people)
        add("quality", f"{label}.quality", row.quality or base.quality, GRID)
        add("morale_0", f"{label}.morale", row.morale or base.morale, GRID)
        add("haste", f"{label}.speed", row.speed or Spread(values=(base.speed,)), GRID)
        add("night", f"{label}.night", row.night or Spread(values=(base.night,)), GRID)
        add("chance", f"{label}.chance", row.chance if isinstance(row, Reinforcement) else SURELY, GRID)


def _command_of(draft: Draft, heads: Posts, row: Force) -> int:
    """The command that a formation names, or else the first of its faction in whose area it stands, or else the
    first of its faction."""
    if row.command is not None:
        return heads.ids.index(row.command)
    place = draft.place_at[row.place]
    own = [h for h, command in enumerate(heads.rows) if command.faction == row.faction]
    inside = [h for h in own if heads.rows[h].area and place in heads.areas[h]]
    return (inside or own)[0]


def _patron(draft: Draft, row: Force) -> int:
    backer = row.backer if isinstance(row, Reinforcement) else None
    return draft.backers.index(backer) if backer else -1


def _repute(draft: Draft, rows: list[Force]) -> Any:
    """Mean quality of each camp's people, by the middle of their ranges."""
    total = [[0.0, 1e-9] for _ in range(draft.camps)]
    for row in rows:
        quality = row.quality or draft.parameters.forces[row.force_class].quality
        cell = total[draft.camp_of(row.faction)]
        cell[0] += row.people.middle * quality.middle
        cell[1] += row.people.middle
    return np.array([max(1, to_grid(a / b)) for a, b in total], np.int64)
