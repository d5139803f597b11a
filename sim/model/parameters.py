"""The parameters of the rules: value, unit, range and source of each, as read from `parameters.yaml`.

`RULES` lists the numbers that rules read. A file must give them all and may give no others; a scenario may
override any. Defaults by kind of place, road, force and doctrine stand in sections of their own.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from sim.errors import figure
from sim.model.scenario import DoctrineName, ForceClass, PlaceKind, RoadClass, Target, Terrain
from sim.model.spread import Spread, parse_range

RULES = (
    "march.prepare", "march.prepare_spread", "march.prepare_harried",
    "march.friction", "march.night_slowdown", "march.congestion",
    "combat.loss_per_h", "combat.spread", "combat.round", "combat.siege_round", "combat.approach_intensity",
    "combat.siege_intensity", "combat.fortification", "combat.overlook", "combat.flank", "combat.night",
    "combat.advance_per_h", "combat.bounce", "combat.patience", "combat.disorder", "combat.surprise",
    "combat.hurt_per_dead", "combat.relief", "combat.fortune",
    "combat.luck_floor", "combat.cover_floor",
    "morale.stress_per_h", "morale.per_loss", "morale.break_at", "morale.refuse", "morale.contagion",
    "morale.recovery_per_day", "morale.isolation", "morale.retreat", "morale.floor", "morale.poor_troops",
    "morale.nerve_spread",
    "retreat.straggling_per_km", "retreat.orderly", "retreat.reorganise", "retreat.poor_troops",
    "culmination.rest", "culmination.loss", "culmination.supply",
    "fortify.per_day", "fortify.ceiling",
    "supply.reach", "supply.floor", "supply.drain_per_day", "supply.refill_per_day", "supply.desertion_per_day",
    "supply.harried",
    "siege.drain_per_day",
    "cohesion.shock", "cohesion.surprise", "cohesion.lift", "cohesion.recovery_per_day", "cohesion.half_life",
    "backer.shock", "backer.tie", "backer.recovery_per_day",
    "air.cycle", "air.suppression", "air.suppression_cap", "air.suppression_fading", "air.rear_cap", "air.bridge_cap",
    "air.kills", "air.delay", "air.delay_cap",
    "air.rear", "air.rear_decay", "air.harm", "air.bridge_hit", "air.weather", "air.relocate",
    "reinforcement.retry", "trigger.watch",
    "rising.per_day", "rising.tide", "rising.deterrence",
    "recall.desertion",
    "holding.garrison", "holding.head_start", "holding.consolidation", "holding.recruits", "holding.revolt_per_day",
    "handover.per_day", "handover.tide", "handover.mediation", "handover.success", "handover.leave", "handover.disband",
    "command.review", "command.plan", "command.time_scale", "command.gateway_scale", "command.hope",
    "command.persistence", "command.aim", "command.judgement",
    "displacement.approach", "displacement.outer", "displacement.inside", "displacement.siege",
    "displacement.sortie", "displacement.capture", "displacement.stay", "displacement.quiet",
    "displacement.return_per_day",
    "services.assault", "services.handover", "services.fighting", "services.siege", "services.sortie",
    "services.supplies_per_day", "services.utilities_per_day",
)  # fmt: skip
"""Dotted names of every number a rule reads. Names become attributes with an underscore: `march_prepare`."""

_RECURRING = (
    "combat.round", "combat.siege_round", "air.cycle", "reinforcement.retry", "trigger.watch", "command.review",
)  # fmt: skip
_SCALES = ("supply.reach", "cohesion.half_life", "command.time_scale", "command.gateway_scale")
_SHARES = (
    "air.bridge_cap", "air.rear_cap", "air.suppression_fading", "morale.floor", "morale.nerve_spread", "supply.harried",
    "combat.night", "combat.disorder", "combat.surprise", "air.suppression_cap", "air.rear_decay", "air.relocate",
    "fortify.ceiling", "supply.floor", "cohesion.recovery_per_day", "backer.recovery_per_day", "retreat.orderly",
    "command.hope", "march.prepare_spread", "handover.success", "handover.leave", "handover.disband",
    "recall.desertion", "holding.consolidation", "holding.head_start",
    "displacement.approach", "displacement.outer", "displacement.inside", "displacement.siege",
    "displacement.capture", "displacement.stay", "displacement.return_per_day",
    "services.assault", "services.handover", "services.fighting", "services.siege",
)  # fmt: skip
LIMITS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(RULES, (0, 1e6)),
    **dict.fromkeys((*_RECURRING, *_SCALES), (0.1, 1e6)),
    **dict.fromkeys(_SHARES, (0, 1)),
    **dict.fromkeys(("morale.poor_troops", "retreat.poor_troops"), (1, 2)),
    "combat.cover_floor": (0.1, 1),
    "combat.luck_floor": (0.01, 1),
    "march.night_slowdown": (0, 0.95),
    "air.weather": (0.5, 1),
}
"""Between which values the rules make sense, and runs end: nothing is negative, what recurs takes time (hours),
what divides is not nothing, and nobody loses more than all of something."""

CURVES: dict[str, tuple[float, float]] = {
    "luck_cut": (0.0001, 0.5), "advance_cap": (0, 10), "setback_cap": (0, 10), "strain_even": (0, 1),
    "strain_cap": (0, 100), "promise_steepness": (0.1, 20), "nearness_scale": (0.01, 1e6),
    "flight_distance": (0.1, 4), "flight_border": (0, 1e7),
}  # fmt: skip
"""Numbers from which the tables of `sim.model.curves` are made, once for all runs, and between which values."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Frozen):
    """One number: its best value, unit, plausible range `lo..hi`, and where it comes from.

    A run draws it from the triangular distribution over the range with its peak at the value.
    """

    value: float
    unit: str
    range: str
    source: str
    about: str

    @model_validator(mode="after")
    def _check(self) -> Parameter:
        low, high = parse_range(self.range)
        if not low <= self.value <= high:
            raise ValueError(f"value must lie in its range {self.range} (got {figure(self.value)})")
        return self

    @property
    def spread(self) -> Spread:
        """What a run draws."""
        low, high = parse_range(self.range)
        return Spread(shape="triangular", values=(low, self.value, high))


class PlaceDefaults(_Frozen):
    """What a kind of place is like unless the scenario says otherwise."""

    terrain: Terrain
    fortification: float
    frontage: int
    """People a side can bring to bear from one direction."""
    people_per_district: int
    outer: float
    """Effort to get through the outer defences, in districts."""


class TerrainDefaults(_Frozen):
    """What ground does for its defenders."""

    protection: float


class RoadDefaults(_Frozen):
    """What a class of road allows."""

    speed_kmh: float


class ForceDefaults(_Frozen):
    """What a class of formation is like unless the scenario says otherwise."""

    quality: Spread
    morale: Spread
    speed: float
    mobile: bool
    night: float


class BridgeDefaults(_Frozen):
    """How long a broken bridge is out and what the way round costs, unless the scenario says otherwise (hours)."""

    repair_h: Spread
    delay_h: Spread


class WingDefaults(_Frozen):
    """What a wing can do and is for unless the scenario says otherwise."""

    range_km: float
    night: Spread
    targets: dict[Target, float]
    """Shares of effort."""


class Doctrine(_Frozen):
    """How a command behaves: weights and thresholds. Odds are ratios of fighting power."""

    attack_odds: float
    """Attack when the estimated odds are at least this."""
    call_off_odds: float
    """Break off an assault below this."""
    invest_odds: float
    """Besiege rather than leave at odds between this and attack_odds; 0 never besieges."""
    withdraw_odds: float
    """Give a place up when the enemy's odds exceed this."""
    reserve: float
    """Share of mobile strength kept back."""
    attack: float
    """Weight of taking places."""
    defend: float
    """Weight of helping threatened places of one's own."""
    retake: float
    """Extra weight of places held at the start and lost since."""
    gateway: float
    """Weight of places whose fall brings the aims nearer; the aims themselves count whatever it is."""
    core: float
    """Extra weight, in defence, of the core places."""
    guard: float
    """People kept in a place for each hostile person to reckon with there."""
    occupy: float
    """Above 0: walk into places that neutrals have left."""


SETTINGS = tuple(Doctrine.model_fields)
"""Names that a command's `settings` may override."""


class Parameters(_Frozen):
    """Everything `parameters.yaml` says."""

    rules: dict[str, Parameter]
    places: dict[PlaceKind, PlaceDefaults]
    terrain: dict[Terrain, TerrainDefaults]
    roads: dict[RoadClass, RoadDefaults]
    forces: dict[ForceClass, ForceDefaults]
    doctrines: dict[DoctrineName, Doctrine]
    factions: dict[Literal["cohesion", "collapse_below", "alert_h", "assurance", "recall_below"], Spread]
    bridges: BridgeDefaults
    wings: WingDefaults
    curves: dict[str, Parameter]
    score: dict[str, Parameter]
    sources: dict[str, str] = {}

    @model_validator(mode="after")
    def _complete(self) -> Parameters:
        _check("rules", self.rules, LIMITS)
        _check("curves", self.curves, CURVES)
        return self


def _check(section: str, given: dict[str, Parameter], limits: dict[str, tuple[float, float]]) -> None:
    """Raise ValueError unless a section has exactly the names that have limits, and every range lies within."""
    missing = [name for name in limits if name not in given]
    unknown = [name for name in given if name not in limits]
    if missing or unknown:
        raise ValueError(f"{section} must be exactly those the engine reads (missing {missing}, unknown {unknown})")
    for name, number in given.items():
        low, high = limits[name]
        if number.spread.low < low or number.spread.high > high:
            raise ValueError(f"{name} must lie between {figure(low)} and {figure(high)} (got {number.range})")


def attribute(name: str) -> str:
    """`march.prepare` as an attribute name, `march_prepare`."""
    return name.replace(".", "_")
