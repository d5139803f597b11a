"""Strategic score of the static graph: named components per place, never one opaque index.

Every component lies between 0 and 1 on an absolute scale: shares are shares of people, of journeys or of
road, never of the number of places, and the rest are saturating curves x / (x + half). A component reads
only what is connected to the place by road, so an isolated place changes nothing elsewhere. Only + - * /
are used, so the score is the same on every machine. Definitions and sources: docs/strategic-score.md.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.model.parameters import Parameters
from sim.model.ranks import kendall_tau, mean_rank
from sim.model.roadgraph import (
    FAR,
    RoadGraph,
    Times,
    carried,
    detours,
    road_graph,
    travel_times,
    without_each,
)
from sim.model.scenario import Place, Scenario
from sim.units import GRID, HOUR

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COMPONENTS = (
    "gateway", "betweenness", "gravity", "accessibility", "cut", "population", "political", "military",
    "dependants",
)  # fmt: skip

Settings = Mapping[str, float]

ENDS = 256
"""Accessibility counts journeys between at most this many places, the most populous: its cost grows with
their square, and the rest hold a small share of the people of any theatre that big."""


SETTINGS = (
    *(f"weight.{name}" for name in COMPONENTS),
    "scale.decay", "scale.detour", "scale.population", "scale.dependant",
    "political.capital", "political.seat",
    "military.airbase", "military.base", "military.hill", "military.bridge",
    "rear.military", "rear.base", "rear.seat", "blind",
)  # fmt: skip
"""Names that the `score` section of the parameters must give."""


@dataclass(frozen=True)
class Importance:
    """Strategic score of every place, in sorted-id order, on the grid of 1/65,536.

    components (C, P): each component seen by the holder (gateway: to the enemy it would open most).
    by_faction (C, F, P): the same seen by each faction; only gateway and political differ between them.
    value (F, P): weighted mean of the components for each faction.
    gateway (F, P): what the fall of the place opens to each faction (0 where its own camp holds it).
    opens_to (P,): the faction hostile to the holder to whom most opens, -1 when nothing does.
    rank (C, P): 1 for the highest; equal places share their mean rank.
    tau (C, C): Kendall's tau-b between components; nan where one of them does not vary.
    weights (C,): as used, adding up to 1 (or all 0).
    """

    place_ids: tuple[str, ...]
    faction_ids: tuple[str, ...]
    holder: Ints
    components: Ints
    by_faction: Ints
    value: Ints
    gateway: Ints
    opens_to: Ints
    rank: Floats
    tau: Floats
    weights: Floats

    def held_value(self) -> Ints:
        """Value of each place to whoever holds it at the start (P,)."""
        held: Ints = self.value[self.holder, np.arange(len(self.place_ids))]
        return held


def importance(scenario: Scenario, parameters: Parameters) -> Importance:
    """Strategic score of a scenario's places before anything has happened.

    Uses the `score` and `roads` sections of the parameters; the scenario's `score_weights` replace weights
    of the same name. Raises UsageError when a weight is negative or names no component, or a setting is
    missing.
    """
    settings = _settings(parameters)
    weights = _weights(settings, scenario.score_weights)
    speed_kmh: dict[str, float] = {name: road.speed_kmh for name, road in parameters.roads.items()}
    decay, detour = settings["scale.decay"] * HOUR, settings["scale.detour"] * HOUR
    ids = tuple(sorted(scenario.places))
    places = [scenario.places[place] for place in ids]
    people = np.array([place.people for place in places], np.float64)
    graph = road_graph(ids, scenario.roads, speed_kmh)
    times = travel_times(graph.direct)
    sides = _sides(scenario)
    gateway = _gateway(graph, places, people, sides, detour)
    betweenness, gravity = _between(graph, times, people, decay)
    common = {
        "betweenness": betweenness,
        "gravity": gravity,
        "accessibility": _accessibility(graph, times, places, people, decay),
        "cut": _cut(graph, people),
        "population": _saturate(people, settings["scale.population"]),
        "military": _military(scenario, ids, settings),
        "dependants": _dependants(scenario, ids, people, settings),
    }
    holder = np.array([sides.faction_ids.index(place.holder) for place in places], np.int64)
    hostile_gateway = np.where(sides.hostile[holder].T, gateway, 0.0)  # (F, P): to the holder's enemies
    worst = hostile_gateway.max(axis=0)
    own = sides.camp[:, None] == sides.camp[holder][None, :]
    by_faction = np.empty((len(COMPONENTS), len(sides.faction_ids), len(ids)))
    for c, name in enumerate(COMPONENTS):
        if name == "gateway":
            by_faction[c] = np.where(own, worst, gateway)
        elif name == "political":
            by_faction[c] = [_political(places, faction, settings) for faction in sides.faction_ids]
        else:
            by_faction[c] = common[name]
    gridded = _to_grid(by_faction)
    components = gridded[:, holder, np.arange(len(ids))]
    return Importance(
        place_ids=ids,
        faction_ids=sides.faction_ids,
        holder=holder,
        components=components,
        by_faction=gridded,
        value=_to_grid(np.tensordot(weights, gridded / GRID, axes=1)),
        gateway=_to_grid(gateway),
        opens_to=np.where(worst > 0, hostile_gateway.argmax(axis=0), -1),
        rank=np.array([mean_rank(row) for row in components]),
        tau=kendall_tau(components),
        weights=weights,
    )


# --- who stands where -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sides:
    faction_ids: tuple[str, ...]
    camp: Ints  # (F,) smallest faction index among those allied, directly or through others
    hostile: NDArray[np.bool_]  # (F, F) whether the camps are at war
    lets_through: NDArray[np.bool_]  # (F, F) row faction lets the column faction's camp pass


def _sides(scenario: Scenario) -> _Sides:
    ids = tuple(sorted(scenario.factions))
    index = {faction: i for i, faction in enumerate(ids)}
    size = len(ids)
    allied, hostile, transit = (
        np.eye(size, dtype=bool),
        np.zeros((size, size), bool),
        np.zeros((size, size), bool),
    )
    for name, faction in scenario.factions.items():
        for table, others in (
            (allied, faction.allied),
            (hostile, faction.hostile),
            (transit, faction.transit),
        ):
            for other in others:
                table[index[name], index[other]] = True
    allied |= allied.T
    for middle in range(size):  # friends of friends fight together
        allied |= allied[:, middle, None] & allied[None, middle, :]
    hostile = allied @ (hostile | hostile.T) @ allied
    return _Sides(ids, allied.argmax(axis=1).astype(np.int64), hostile, transit @ allied)


# --- components -------------------------------------------------------------------------------------------


def _gateway(graph: RoadGraph, places: list[Place], people: Floats, sides: _Sides, half: float) -> Floats:
    """What opens to each faction if a place falls (F, P).

    Of the people that a camp could reach beyond its own places, by the fastest way from its bases: the
    share to whom it would lose its way while this place stays shut, a longer way counting x / (x + half).
    Neutral ground without transit is closed. A camp's bases are the places it holds that supply it; all
    it holds, when none does.
    """
    holder = [sides.faction_ids.index(place.holder) for place in places]
    result = np.zeros((len(sides.faction_ids), len(places)))
    for camp in np.unique(sides.camp):
        members = np.flatnonzero(sides.camp == camp)
        names = {sides.faction_ids[m] for m in members}
        held = [i for i, h in enumerate(holder) if sides.camp[h] == camp]
        bases = [i for i in held if names.intersection(places[i].supply)] or held
        closed = frozenset(
            i
            for i, h in enumerate(holder)
            if sides.camp[h] != camp and not sides.hostile[camp, h] and not sides.lets_through[h, camp]
        )
        before, grown = detours(graph, bases, closed)
        wanted = np.array([before[i] < FAR and sides.camp[h] != camp for i, h in enumerate(holder)])
        reachable = float(people[wanted].sum())
        for place in np.flatnonzero(wanted):
            lost = sum(
                people[end] * (1.0 if after >= FAR else _saturate(after - before[end], half))
                for end, after in sorted(grown[int(place)].items())
                if wanted[end]
            )
            others = reachable - people[place]
            result[members, place] = lost / others if others > 0 else 0.0
    return result


def _between(graph: RoadGraph, times: Times, people: Floats, decay: float) -> tuple[Floats, Floats]:
    """Share of the journeys between other places that pass through each place (P,), for two kinds of journey.

    The first goes between random points of the road network (Freeman's betweenness with each place
    standing for half of the road that ends there, so that one more junction on a road changes little).
    The second is a gravity flow: people x people x pull, the pull a quarter at `decay` seconds.
    """
    pull = np.where(times < FAR, _pull(times, decay), 0.0)
    linked = (times < FAR).astype(np.float64)
    np.fill_diagonal(pull, 0)
    np.fill_diagonal(linked, 0)
    traffic = np.stack([np.outer(graph.length, graph.length) * linked, np.outer(people, people) * pull])
    passing = carried(graph, times, traffic)
    shares = np.zeros_like(passing)
    for kind, flow in enumerate(traffic):
        others = _among_others(flow, times)
        shares[kind] = np.divide(passing[kind], others, out=shares[kind], where=passing[kind] > 0)
    return shares[0], shares[1]


def _among_others(flow: Floats, times: Times) -> Floats:
    """For each place, all the flow between other places that it is connected to (P,)."""
    component = (times < FAR).argmax(axis=1)
    from_each = flow.sum(axis=1)
    total = np.bincount(component, from_each, len(flow))[component]
    others: Floats = total - 2 * from_each
    for place in np.flatnonzero(others < 1e-4 * total):  # too close to cancelling: add up what is left
        rest = (component == component[place]) & (np.arange(len(flow)) != place)
        others[place] = flow[np.ix_(rest, rest)].sum()
    return others


def _accessibility(graph: RoadGraph, times: Times, places: list[Place], people: Floats, decay: float) -> Floats:
    """Share of the accessibility of others to one another that is lost when nobody may pass (P,).

    Accessibility is Hansen's: people within reach, discounted by travel time; the loss is averaged over
    people and counts every detour that the remaining roads allow.
    """
    # Position before id, so that the choice among equally populous places survives a renaming.
    ordered = sorted(np.flatnonzero(people > 0), key=lambda i: (-people[i], places[i].lat, places[i].lon, i))
    ends = np.array(sorted(ordered[:ENDS]), np.int64)
    among = times[np.ix_(ends, ends)]
    mass = np.outer(people[ends], people[ends]) * (among < FAR)
    np.fill_diagonal(mass, 0)
    before = mass * _pull(among, decay)
    flow = np.zeros(times.shape)
    flow[np.ix_(ends, ends)] = before
    had = _among_others(flow, times)
    loss = np.zeros(len(places))

    def visit(place: int, without: Times) -> None:
        # The way from or to the place itself stays as it was, so only journeys between others differ.
        longer = without != among
        left = mass[longer] * np.where(without[longer] < FAR, _pull(without[longer], decay), 0.0)
        lost = float((before[longer] - left).sum())
        loss[place] = lost / had[place] if lost > 0 else 0.0

    without_each(graph.direct, ends, visit)
    return loss


def _cut(graph: RoadGraph, people: Floats) -> Floats:
    """Share of the other connected people whom the loss of the place separates from the largest part (P,)."""
    import networkx  # slow to import, and needed only here

    net = networkx.Graph()
    net.add_nodes_from(range(graph.size))
    net.add_edges_from((i, j) for i, links in enumerate(graph.neighbours) for j, _ in links)
    result = np.zeros(graph.size)
    for component in networkx.connected_components(net):
        part = net.subgraph(component)
        for place in networkx.articulation_points(part):
            pieces = networkx.connected_components(part.subgraph(component - {place}))
            counts = [float(people[sorted(piece)].sum()) for piece in pieces]
            result[place] = 1 - max(counts) / sum(counts) if sum(counts) > 0 else 0.0
    return result


def _political(places: list[Place], faction: str, settings: Settings) -> Floats:
    return np.array(
        [
            _either(
                settings["political.capital"] * place.capital,
                settings["political.seat"] * place.seat,
                place.symbolic.get(faction, 0.0),
            )
            for place in places
        ]
    )


def _military(scenario: Scenario, ids: tuple[str, ...], settings: Settings) -> Floats:
    bridged = {end for road in scenario.roads if road.bridge is not None for end in (road.a, road.b)}

    def value(name: str, place: Place) -> float:
        return _either(
            place.military,
            settings["military.airbase"] * (place.airbase or place.kind == "airbase"),
            settings["military.base"] * (place.kind == "base"),
            settings["military.hill"] * (bool(place.commands) or place.kind == "hill"),
            settings["military.bridge"] * (name in bridged),
        )

    return np.array([value(name, scenario.places[name]) for name in ids])


def _dependants(scenario: Scenario, ids: tuple[str, ...], people: Floats, settings: Settings) -> Floats:
    """Saturating count of the people of each place's dependants: its children and what it overlooks (P,)."""
    index = {place: i for i, place in enumerate(ids)}
    pairs = {(index[p.parent], index[name]) for name, p in scenario.places.items() if p.parent in index}
    pairs |= {(index[name], index[o]) for name, p in scenario.places.items() for o in p.commands if o in index}
    total = np.zeros(len(ids))
    for place, dependant in sorted(pairs):
        total[place] += people[dependant] + settings["scale.dependant"]
    return _saturate(total, settings["scale.population"])


# --- small mathematics ------------------------------------------------------------------------------------


def _saturate(amount: Floats | float, half: float) -> Floats:
    """x / (x + half): 0 at nothing, one half at `half`, 1 at infinity."""
    amount = np.asarray(amount, np.float64)
    return amount / np.maximum(amount + half, np.finfo(float).tiny)


def _pull(seconds: Times, decay: float) -> Floats:
    """Pull between places so many seconds apart, (decay / (decay + t))^2: a gravity model's square law."""
    near = decay / (decay + seconds)
    pull: Floats = near * near
    return pull


def _either(*reasons: float) -> float:
    """Independent reasons together, each 0..1: 1 - (1 - a)(1 - b)..., never above 1."""
    rest = 1.0
    for reason in reasons:
        rest *= 1 - reason
    return 1 - rest


def _to_grid(share: Floats) -> Ints:
    """Nearest multiple of 1/65,536. Rounded twice, so that the order of a sum cannot tip it over."""
    return np.floor(np.round(np.clip(share, 0, 1) * GRID, 6) + 0.5).astype(np.int64)


def _settings(parameters: Parameters) -> Settings:
    given = {name: parameter.value for name, parameter in parameters.score.items()}
    for name in sorted(given.keys() ^ set(SETTINGS)):
        what = "missing" if name in SETTINGS else "not a setting of the strategic score"
        raise UsageError(f"parameters: score.{name} is {what}")
    return given


def _weights(settings: Settings, replaced: Mapping[str, float]) -> Floats:
    for name, weight in replaced.items():
        if name not in COMPONENTS:
            near = difflib.get_close_matches(name, COMPONENTS, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; one of {', '.join(COMPONENTS)}"
            raise UsageError(f"a score weight must name a component (got {name!r}{hint})")
        if not 0 <= weight < 1e12:
            raise UsageError(f"score weight {name!r} must be 0 or more (got {weight!r})")
    weights = np.array([float(replaced.get(name, settings[f"weight.{name}"])) for name in COMPONENTS])
    total = weights.sum()
    return weights / total if total > 0 else weights
