"""What a scenario may say: the long form, in names and human units.

The loader (`sim.files`) turns a YAML file, with its short lists, into these objects. Everything is frozen;
nothing here reads a file, draws a number or knows a rule. `world.compile` turns a Scenario and Parameters
into arrays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sim.errors import figure
from sim.model.spread import Spread


def _within(low: float, high: float) -> AfterValidator:
    def check(spread: Spread) -> Spread:
        if spread.low < low or spread.high > high:
            raise ValueError(f"must lie between {figure(low)} and {figure(high)} (got {spread.bounds})")
        return spread

    return AfterValidator(check)


def _simple_id(text: str) -> str:
    if not text or len(text) > 64 or not all(c.isalnum() or c in "_-+." for c in text):
        raise ValueError(f"must be 1 to 64 letters, digits, _ - + or . (got {text!r})")
    return text


Id = Annotated[str, AfterValidator(_simple_id)]
"""A stable name: random draws are keyed by it. Renaming a label changes nothing; renaming an id does."""

Share = Annotated[Spread, _within(0, 1)]
People = Annotated[Spread, _within(0, 10_000_000)]
Inhabitants = Annotated[Spread, _within(0, 50_000_000)]
Hours = Annotated[Spread, _within(0, 24 * 366)]
Count = Annotated[Spread, _within(0, 100_000)]
Weight = Annotated[float, Field(ge=0, le=10)]

PlaceKind = Literal["city", "town", "village", "junction", "hill", "airbase", "border", "base"]
Terrain = Literal["open", "rolling", "hills", "mountain", "town", "urban"]
RoadClass = Literal["motorway", "primary", "secondary", "tertiary", "track"]
ForceClass = Literal["spearhead", "elite", "regular", "light", "militia", "garrison", "local"]
DoctrineName = Literal["offensive", "hold", "core", "opportunist"]
Mechanism = Literal[
    "air", "supply", "morale", "cohesion", "siege", "reinforcement", "night", "terrain", "interdiction",
    "congestion", "fortify", "withdraw", "culmination", "surprise", "rising", "handover", "recall", "occupation",
    "holding", "displacement", "services",
]  # fmt: skip


Target = Literal["close", "interdiction", "rear", "bridges"]


class Entry(BaseModel):
    """Anything in a scenario: may say where its figures come from."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)

    source: str | list[str] | None = None
    note: str | None = None


class Place(Entry):
    """A city, town, hill, base, junction or crossing.

    `holder` is the faction that holds it at the start. `symbolic` is what the place means to a faction,
    0 to 1. `commands` names the places this one overlooks: their defenders profit from it while they hold
    it too. `supply` names the factions that draw supply from here without end. `readiness` and `attitude`
    are judgement (0 to 1): readiness to negotiate, to rise; goodwill towards a faction.
    """

    kind: PlaceKind
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    people: int = Field(default=0, ge=0, le=50_000_000)
    holder: Id
    name: str | None = Field(default=None, max_length=120)
    terrain: Terrain | None = None
    fortification: float | None = Field(default=None, ge=0, le=1)
    districts: int | None = Field(default=None, ge=1, le=60)
    frontage: int | None = Field(default=None, ge=1, le=1_000_000)
    capital: bool = False
    seat: bool = False
    airbase: bool = False
    military: float = Field(default=0, ge=0, le=1)
    symbolic: dict[Id, float] = Field(default_factory=dict)
    supply: list[Id] = Field(default_factory=list)
    commands: list[Id] = Field(default_factory=list)
    parent: Id | None = None
    readiness: dict[Literal["negotiate", "rise"], Share] = Field(default_factory=dict)
    attitude: dict[Id, float] = Field(default_factory=dict)

    @property
    def takes_wings(self) -> bool:
        """Whether wings can fly from it: an air base, or a place that has one."""
        return self.airbase or self.kind == "airbase"


class Bridge(Entry):
    """A bridge or other choke point on a road, which can be struck from the air. Times default by the parameters."""

    name: str | None = Field(default=None, max_length=120)
    repair_h: Hours | None = None
    delay_h: Hours | None = None


class Road(Entry):
    """A road between two places, both ways."""

    a: Id
    b: Id
    km: float = Field(gt=0, le=5_000)
    road_class: RoadClass = Field(default="secondary", alias="class")
    bridge: Bridge | None = None
    name: str | None = Field(default=None, max_length=120)


class Faction(Entry):
    """A side, or a part of one. `allied` factions fight as one camp; whoever is neither hostile nor allied
    is neutral. `core` lists the places to fall back to. `cohesion` is the will to go on fighting at the
    start, 0 to 1; below `collapse_below` the faction gives up. `assurance`: how far its promises to those who hand over
    a place are believed, 0 to 1. Below a cohesion of `recall_below` it calls its forces back to its `core`.
    `capacity`: people whom its administration can bring under its rule at a time; as many as live in its places at the
    start where nothing is said."""

    name: str | None = Field(default=None, max_length=120)
    color: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    hostile: list[Id] = Field(default_factory=list)
    allied: list[Id] = Field(default_factory=list)
    transit: list[Id] = Field(default_factory=list)
    doctrine: DoctrineName = "hold"
    aims: dict[Id, Weight] = Field(default_factory=dict)
    core: list[Id] = Field(default_factory=list)
    cohesion: Share | None = None
    collapse_below: Share | None = None
    alert_h: Hours | None = None
    assurance: Share | None = None
    recall_below: Share | None = None
    capacity: Inhabitants | None = None


class Backer(Entry):
    """A patron outside the war: `will` to go on helping, 0 to 1."""

    name: str | None = Field(default=None, max_length=120)
    client: Id
    will: Share


class Command(Entry):
    """A headquarters: one objective at a time within its `area` (everywhere when empty)."""

    faction: Id
    name: str | None = Field(default=None, max_length=120)
    area: list[Id] = Field(default_factory=list)
    aims: dict[Id, Weight] = Field(default_factory=dict)
    doctrine: DoctrineName | None = None
    settings: dict[str, float] = Field(default_factory=dict)
    score_blind: bool = False


class Condition(Entry):
    """One clause of a trigger; exactly one of the fields must be given."""

    after: datetime | None = None
    held: tuple[Id, Id] | None = None
    lost: tuple[Id, Id] | None = None
    attacked: Id | None = None
    cohesion_below: tuple[Id, float] | None = None
    score_above: tuple[Id, float] | None = None


class Trigger(Entry):
    """When something conditional happens: all conditions together, then a delay. It fires once.

    `held: [place, faction]` the faction's camp holds the place; `lost: [place, faction]` it does not;
    `attacked: place` a battle is going on there; `cohesion_below: [faction, level]`;
    `score_above: [faction, share]` the faction's camp holds more than this share of all strategic value.
    """

    all: list[Condition] = Field(default_factory=list, max_length=3)
    delay_h: Hours = Field(default_factory=lambda: Spread(values=(0.0,)))


class Force(Entry):
    """A formation or garrison. Quality, morale, speed and habits default by class. `dormant` fighters live at home in a
    place that the enemy holds, and rise when its readiness, the garrison and the tide let them."""

    id: Id | None = None
    faction: Id
    place: Id
    people: People
    force_class: ForceClass = Field(default="regular", alias="class")
    name: str | None = Field(default=None, max_length=120)
    command: Id | None = None
    quality: Share | None = None
    morale: Share | None = None
    speed: Annotated[Spread, _within(0.05, 4)] | None = None
    mobile: bool | None = None
    night: Share | None = None
    dormant: bool = False


class Reinforcement(Force):
    """A formation that may come later: `place` is where it enters; if that is lost, the first of
    `otherwise` still held. `chance` that it comes at all (times its backer's will, if it has one)."""

    when: Trigger
    chance: Share = Field(default_factory=lambda: Spread(values=(1.0,)))
    otherwise: list[Id] = Field(default_factory=list)
    backer: Id | None = None


class Effort(Entry):
    """From this moment on, the share of full effort flown."""

    at: datetime
    share: Annotated[Spread, _within(0, 3)]


class Wing(Entry):
    """Aircraft flown from one base for a faction; `base: off_map` is out of reach. Effort may change at
    dates; `targets` are shares of effort: close support, interdiction of columns, rear, bridges. Range, night and
    targets default by the parameters."""

    faction: Id
    name: str | None = Field(default=None, max_length=120)
    base: Id
    aircraft: Count
    sorties_per_day: Annotated[Spread, _within(0, 20)]
    range_km: float | None = Field(default=None, gt=0, le=20_000)
    night: Share | None = None
    backer: Id | None = None
    effort: list[Effort] = Field(default_factory=list)
    targets: dict[Target, float] | None = None


class Observed(Entry):
    """A change of hands that history recorded: for plots and back-tests, never read by an engine."""

    place: Id
    to: list[Id]
    at: datetime
    earliest: datetime | None = None
    latest: datetime | None = None
    cause: str | None = None


class Scenario(Entry):
    """A whole campaign. `start` carries its offset from UTC; the horizon is `days` later, exclusive."""

    scenario: Id
    title: str = Field(default="", max_length=200)
    about: str = Field(default="", max_length=4_000)
    start: datetime
    days: float = Field(gt=0, le=366)
    places: dict[Id, Place] = Field(min_length=1)
    roads: list[Road] = Field(default_factory=list)
    factions: dict[Id, Faction] = Field(min_length=1)
    backers: dict[Id, Backer] = Field(default_factory=dict)
    commands: dict[Id, Command] = Field(default_factory=dict)
    forces: list[Force] = Field(default_factory=list)
    wings: dict[Id, Wing] = Field(default_factory=dict)
    reinforcements: list[Reinforcement] = Field(default_factory=list)
    observed: list[Observed] = Field(default_factory=list)
    mechanisms: dict[Mechanism, bool] = Field(default_factory=dict)
    score_weights: dict[str, float] = Field(default_factory=dict)
    parameters: dict[str, Spread] = Field(default_factory=dict)
    sources: dict[str, str] = Field(default_factory=dict)
