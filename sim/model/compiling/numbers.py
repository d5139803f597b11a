"""The numbers of the rules, and what switching a mechanism off does to them."""

from __future__ import annotations

from sim.model.compiling.draft import NOTHING, Draft, Fields
from sim.model.parameters import RULES
from sim.units import HOUR

SWITCHES: dict[str, tuple[str, ...]] = {
    "air": (),
    "supply": ("supply.drain_per_day", "supply.refill_per_day", "supply.desertion_per_day"),
    "morale": ("morale.stress_per_h", "morale.per_loss", "morale.contagion", "morale.retreat"),
    "cohesion": ("cohesion.shock", "cohesion.lift", "backer.shock", "backer.tie", "morale.refuse"),
    "siege": ("siege.drain_per_day",),
    "reinforcement": (),
    "night": (),
    "terrain": ("combat.fortification", "combat.overlook"),
    "interdiction": (),
    "congestion": ("march.congestion",),
    "fortify": ("fortify.per_day",),
    "withdraw": (),
    "culmination": ("culmination.rest", "culmination.loss"),
    "surprise": ("combat.surprise", "cohesion.surprise"),
    "rising": (),
    "handover": (),
    "holding": ("holding.garrison", "holding.recruits", "holding.revolt_per_day"),
    "recall": (),
    "occupation": (),
    "displacement": (
        "displacement.approach",
        "displacement.outer",
        "displacement.inside",
        "displacement.siege",
        "displacement.sortie",
        "displacement.capture",
    ),
    "services": (
        "services.assault",
        "services.handover",
        "services.fighting",
        "services.siege",
        "services.sortie",
    ),
}
"""Rule parameters that become 0 with each mechanism; the rest of a switch is done where its noun is compiled."""


def numbers(draft: Draft) -> Fields:
    """Rule parameters: drawn in the unit of the file, those in hours as ticks."""
    off = {name for switch, names in SWITCHES.items() if not draft.on[switch] for name in names}
    timed = set()
    for name in RULES:
        parameter = draft.parameters.rules[name]
        spread = NOTHING if name in off else draft.scenario.parameters.get(name, parameter.spread)
        in_hours = parameter.unit == "h" or parameter.unit.startswith("h ")
        if in_hours:
            timed.add(name)
        draft.doubts.add(f"rule.{name}", f"rule.{name}", spread, HOUR if in_hours else 1.0)
    return {"timed": frozenset(timed), "nerves_on": int(draft.on["morale"])}
