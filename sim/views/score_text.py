"""The strategic score as text: components per place, ranks, agreement between components, one reading."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from sim.model.importance import COMPONENTS, Importance
from sim.model.ranks import mean_rank
from sim.model.results import Labels
from sim.units import GRID
from sim.views.text import paragraph, table

WIDTH = 110
"""Columns that the tables may take."""

HEADINGS = ("gate", "betw", "grav", "acc", "cut", "pop", "pol", "mil", "dep")
"""Column heads, in the order of COMPONENTS."""


def score_table(score: Importance, labels: Labels) -> str:
    """Three tables and a reading, as plain text: the places by value, their ranks, and Kendall's tau-b.

    Values are those to the holder at the start, 0 to 1.
    """
    names = labels.place_names
    value = score.held_value()
    order = sorted(range(len(names)), key=lambda p: (-int(value[p]), score.place_ids[p]))
    factions = labels.faction_names
    values = [["place", "holder", "value", *HEADINGS, "opens most to"]]
    ranks = [["rank", "value", *HEADINGS]]
    overall = mean_rank(value)
    for p in order:
        shares = score.components[:, p] / GRID
        opens = factions[score.opens_to[p]] if score.opens_to[p] >= 0 else "-"
        holder = factions[score.holder[p]]
        values.append([names[p], holder, f"{value[p] / GRID:.2f}", *(f"{x:.2f}" for x in shares), opens])
        ranks.append([names[p], f"{overall[p]:g}", *(f"{x:g}" for x in score.rank[:, p])])
    tau = [["tau-b", *HEADINGS]]
    for c, name in enumerate(COMPONENTS):
        tau.append([name, *("-" if np.isnan(x) else f"{x:+.2f}" for x in score.tau[c])])
    weights = ", ".join(f"{name} {w:.2f}" for name, w in zip(COMPONENTS, score.weights, strict=True))
    return "\n".join(
        [
            *_rows(values, left=(0, 1, 12)),
            "",
            *paragraph(f"value = weighted mean of the components ({weights})", most=WIDTH),
            "",
            *_rows(ranks),
            "",
            *_rows(tau),
            "",
            *paragraph(reading(score, labels), most=WIDTH),
        ]
    )


def _rows(rows: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    return table(rows[1:], head=rows[0], left=left, most=WIDTH)


def reading(score: Importance, labels: Labels) -> str:
    """One sentence on who leads what, and how far the components disagree."""
    names = labels.place_names
    leads: dict[int, list[str]] = {}
    for c, name in enumerate(COMPONENTS):
        row = score.components[c]
        best = np.flatnonzero(row == row.max())
        if row.max() > 0 and best.size == 1:
            leads.setdefault(int(best[0]), []).append(name)
    if not leads:
        return "No place leads alone on any component."
    ranked = sorted(leads, key=lambda p: (-len(leads[p]), score.place_ids[p]))
    said = "; ".join(f"{names[p]} leads on {_listed(leads[p])}" for p in ranked)
    pairs = [
        (float(score.tau[a, b]), COMPONENTS[a], COMPONENTS[b])
        for a in range(len(COMPONENTS))
        for b in range(a)
        if not np.isnan(score.tau[a, b])
    ]
    if not pairs:
        return f"{said}."
    tau, first, second = min(pairs)
    return f"{said}. Least agreement: {second} and {first} (tau {tau:+.2f}); no single ranking is the right one."


def score_json(score: Importance, labels: Labels) -> dict[str, Any]:
    """The same as plain data, for `--json`; a tau that does not exist is None."""
    place_rows = []
    held = score.held_value()
    for p, place in enumerate(score.place_ids):
        opens = int(score.opens_to[p])
        place_rows.append(
            {
                "id": place,
                "name": labels.place_names[p],
                "holder": score.faction_ids[score.holder[p]],
                "value": int(held[p]) / GRID,
                "value_by_faction": dict(zip(score.faction_ids, (score.value[:, p] / GRID).tolist(), strict=True)),
                "components": dict(zip(COMPONENTS, (score.components[:, p] / GRID).tolist(), strict=True)),
                "ranks": dict(zip(COMPONENTS, score.rank[:, p].tolist(), strict=True)),
                "opens_to": score.faction_ids[opens] if opens >= 0 else None,
                "gateway_by_faction": dict(zip(score.faction_ids, (score.gateway[:, p] / GRID).tolist(), strict=True)),
            }
        )
    tau = {
        a: {b: None if np.isnan(score.tau[i, j]) else float(score.tau[i, j]) for j, b in enumerate(COMPONENTS)}
        for i, a in enumerate(COMPONENTS)
    }
    weights = dict(zip(COMPONENTS, score.weights.tolist(), strict=True))
    return {"weights": weights, "places": place_rows, "tau_b": tau}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
