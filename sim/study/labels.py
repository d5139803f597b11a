"""Finding places and factions by what people call them."""

from __future__ import annotations

import difflib

from sim.errors import UsageError


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
