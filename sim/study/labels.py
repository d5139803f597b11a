"""What people call places, factions and whatever else has an id."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Mapping

from sim.errors import UsageError
from sim.model.results import Labels


def find(ids: tuple[str, ...], names: tuple[str, ...], text: str, what: str) -> int:
    """The index of the thing with this id or display name; raises UsageError with a suggestion."""
    if text in ids:
        return ids.index(text)
    for wanted, known in ((text, names), (text.casefold(), [n.casefold() for n in names]),
                          (text.casefold(), [i.casefold() for i in ids])):  # fmt: skip
        hits = [index for index, name in enumerate(known) if name == wanted]
        if len(hits) == 1:
            return hits[0]
        if hits:
            raise UsageError(f"{what} {text!r} is the name of {', '.join(ids[hit] for hit in hits)}: give the id")
    near = difflib.get_close_matches(text, [*ids, *names], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(ids[:12])}"
    raise UsageError(f"{what} must be an id or name in the scenario (got {text!r}; {hint})")


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names by id; with the id as well where another is called the same."""
    times = Counter(names.values())
    return {key: f"{name} [{key}]" if times[name] > 1 else name for key, name in names.items()}


def camps(labels: Labels) -> list[list[int]]:
    """The factions (indices) of each camp, in index order."""
    members: dict[int, list[int]] = {}
    for faction, camp in enumerate(labels.faction_camp):
        members.setdefault(camp, []).append(faction)
    return [members[camp] for camp in sorted(members)]


def wing_names(labels: Labels, scenario_json: str) -> dict[str, str]:
    """What each wing is called, by id: its name and its faction; its id where nothing more is known."""
    described = json.loads(scenario_json).get("wings", {}) if scenario_json else {}
    factions = dict(zip(labels.faction_ids, labels.faction_names, strict=True))
    names = {}
    for wing in labels.wing_ids:
        entry = described.get(wing, {})
        whose = factions.get(entry.get("faction", ""))
        names[wing] = (entry.get("name") or wing) + (f" ({whose})" if whose else "")
    return told_apart(names)
