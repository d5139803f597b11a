"""Civilians: how many live where, and where they would flee to."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.compiling.draft import Draft, Fields
from sim.model.kinds import REFUGES
from sim.units import GRID, HOUR, NEVER


def civilians(draft: Draft, march: Any) -> Fields:
    """Population of the places, and the refuges of each. march: (P * P,) ticks between places at road speed."""
    rows = [draft.scenario.places[name] for name in draft.places]
    numbers = draft.parameters.curves
    population = np.array([row.people for row in rows], np.int64)
    beyond = np.array([numbers["flight_border"].value * (row.kind == "border") for row in rows])
    refuge, pull = _refuges(population, population + beyond, march, numbers["flight_distance"].value)
    return {
        "population": population,
        "civilians": int(population.sum()),
        "settled": np.flatnonzero(population),
        "refuge": refuge,
        "pull": pull,
    }


def _refuges(population: Any, weight: Any, march: Any, exponent: float) -> tuple[Any, Any]:
    """The places that attract the people of each place most, by the gravity law that `sim.rules.displacement` tells of,
    and how much each: (P * REFUGES,) both."""
    count = len(weight)
    refuge, pull = np.full((count, REFUGES), -1, np.int64), np.zeros((count, REFUGES), np.int64)
    for p, ticks in enumerate(march.reshape(count, count)):
        there = (ticks < NEVER) & (weight > 0) & (np.arange(count) != p)
        if population[p] == 0 or not there.any():
            continue
        force = np.where(there, weight / (np.maximum(ticks, 1) / HOUR) ** exponent, 0.0)
        best = np.lexsort((ticks, -force))[:REFUGES]  # those alike by distance, and then by id
        best = best[there[best]]
        refuge[p, : len(best)] = best
        pull[p, : len(best)] = np.maximum(GRID * force[best] / force[best].sum(), 1.0).astype(np.int64)
    return refuge.ravel(), pull.ravel()
