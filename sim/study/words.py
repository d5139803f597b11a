"""What the closed lists of the model are called in sentences and tables."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model import kinds as k

HOW_TAKEN = {
    k.CAUSES[k.ASSAULT]: "by assault",
    k.CAUSES[k.BROKEN]: "when the last defenders broke",
    k.CAUSES[k.WITHDRAWN]: "after the defenders had left on orders",
    k.CAUSES[k.WALKED_IN]: "unopposed",
    k.CAUSES[k.OVERRUN]: "in stride",
    k.CAUSES[k.COLLAPSE]: "after the defenders had gone home",
    k.CAUSES[k.STARVED]: "after a siege",
    k.CAUSES[k.RISEN]: "in a rising",
    k.CAUSES[k.HANDED_OVER]: "by agreement",
    k.CAUSES[k.ABANDONED]: "after it had been abandoned",
    k.CAUSES[k.OCCUPIED]: "after it had been left to itself",
    k.CAUSES[k.REVOLTED]: "when nobody was left to guard it",
}
"""How a place was taken, by the cause of its change of hands: "Wardens took Tolle from Regency in stride"."""

WHY_ENDED = {k.END_NAMES[k.HORIZON]: "its last day was over"}
"""Why a run ended."""


def in_words(name: str, words: Mapping[str, str]) -> str:
    """What a name of a closed list means; a name that these words lack, as it is."""
    return words.get(name, name.replace("_", " "))
