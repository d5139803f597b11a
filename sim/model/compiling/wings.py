"""Wings: aircraft, where they reach, and what they are for."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np

from sim.model.compiling.draft import Draft, Fields, keys_of
from sim.model.geography import great_circle_km
from sim.model.kinds import BRIDGES, CLOSE, INTERDICTION, OFF_MAP
from sim.model.scenario import Target, Wing
from sim.model.spread import Spread
from sim.units import DAY, GRID, HOUR

FULLY = Spread(values=(1.0,))


def wings(draft: Draft, days: int) -> Fields:
    """Wings in order of id."""
    rows, defaults = [draft.scenario.wings[name] for name in draft.wings], draft.parameters.wings
    for name, row in zip(draft.wings, rows, strict=True):
        label = f"wing.{name}"
        draft.doubts.add("aircraft_0", f"{label}.aircraft", row.aircraft)
        draft.doubts.add("rate", f"{label}.sorties_per_day", row.sorties_per_day, GRID)
        draft.doubts.add("wing_night", f"{label}.night", row.night or defaults.night, GRID)
        _efforts(draft, label, row, days)
    faction = [draft.faction_at[row.faction] for row in rows]
    base_row, far = _distances(draft, rows)
    shares = np.array([_shares(draft, row) for row in rows], np.float64).reshape(-1, 3)
    return {
        "W": len(rows),
        "wing_faction": np.array(faction, np.int64),
        "wing_camp": np.array([draft.camp[k] for k in faction], np.int64),
        "wing_backer": np.array([draft.backers.index(row.backer) if row.backer else -1 for row in rows], np.int64),
        "wing_base_0": np.array([draft.place_at.get(row.base, OFF_MAP) for row in rows], np.int64),
        "base_row": base_row,
        "reach_rows": len(far),
        "alternates": _alternates(draft, far),
        "reach": np.array([far <= (row.range_km or defaults.range_km) for row in rows], np.int64).ravel(),
        "share_1": shares[:, 0].copy(),
        "share_2": shares[:, 1].copy(),
        "share_3": shares[:, 2].copy(),
        "wing_key": keys_of("wing", draft.wings),
    }


def _efforts(draft: Draft, label: str, row: Wing, days: int) -> None:
    """A cell of effort for each day: the last share given for it or before, or else the first."""
    for day in range(days):
        known = [e for e in row.effort if draft.tick(e.at) <= day * DAY] or list(row.effort[:1])
        spread = known[-1].share if known else FULLY
        # Keyed by hours from the start: a date would be another one in another year or time zone.
        since = f".{draft.tick(known[-1].at) / HOUR:+.10g}h" if known else ""
        draft.doubts.add("effort", f"{label}.effort{since}", spread, GRID)


def _shares(draft: Draft, row: Wing) -> list[float]:
    """Cumulative shares of effort of all tasks but the last."""
    targets = draft.parameters.wings.targets if row.targets is None else row.targets
    weights = [targets.get(name, 0.0) for name in get_args(Target)]
    if not draft.on["interdiction"]:
        weights[INTERDICTION] = weights[BRIDGES] = 0.0
    total = sum(weights)
    if total == 0:  # nothing that it was meant for is left: close support
        weights[CLOSE] = total = 1.0
    return [sum(weights[: i + 1]) / total for i in range(len(weights) - 1)]


def _distances(draft: Draft, rows: list[Wing]) -> tuple[Any, Any]:
    """Kilometres to every place from off the map (row 0: none) and from each place where a wing can be based, and
    the row of each place, off the map first (0 too where none can be): (1 + P,), (rows, P)."""
    places = [draft.scenario.places[name] for name in draft.places]
    first = {row.base for row in rows}
    base_row = np.zeros(1 + len(places), np.int64)
    far = [[0.0] * len(places)]
    for i, (name, a) in enumerate(zip(draft.places, places, strict=True)):
        if rows and (a.takes_wings or name in first):
            base_row[1 + i] = len(far)
            far.append([great_circle_km(a.lat, a.lon, b.lat, b.lon) for b in places])
    return base_row, np.array(far)


def _alternates(draft: Draft, far: Any) -> Any:
    """The air bases in order of distance from each place where a wing can be based, the first by id when equal:
    (rows, air bases)."""
    bases = [i for i, name in enumerate(draft.places) if draft.scenario.places[name].takes_wings]
    order = [sorted(bases, key=lambda q: (row[q], q)) for row in far]
    return np.array(order, np.int64).reshape(len(far), len(bases))
