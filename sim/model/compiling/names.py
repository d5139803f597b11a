"""Names and colours, for whoever reads the results."""

from __future__ import annotations

from sim.model import kinds
from sim.model.compiling.draft import Draft
from sim.model.results import Labels

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")
"""Okabe and Ito's palette, which colour-blind readers can tell apart."""


def labels(draft: Draft) -> Labels:
    """Ids and display names in the order of the indices, and the names of all inputs that are drawn."""
    places = [draft.scenario.places[name] for name in draft.places]
    factions = [draft.scenario.factions[name] for name in draft.factions]
    return Labels(
        place_ids=tuple(draft.places),
        place_names=tuple(row.name or name for name, row in zip(draft.places, places, strict=True)),
        faction_ids=tuple(draft.factions),
        faction_names=tuple(row.name or name for name, row in zip(draft.factions, factions, strict=True)),
        faction_colors=tuple(row.color or COLORS[i % len(COLORS)] for i, row in enumerate(factions)),
        faction_camp=tuple(draft.camp),
        wing_ids=tuple(draft.wings),
        input_ids=tuple(draft.doubts.ids),
        cause_names=kinds.CAUSES,
        end_names=kinds.END_NAMES,
        initial_holder=tuple(draft.faction_at[row.holder] for row in places),
    )
