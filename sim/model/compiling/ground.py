"""The ground: places, roads, and the hours of light."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.compiling.draft import NOTHING, Draft, Fields, flat, keys_of, starts
from sim.model.geography import daylight, travel_ticks
from sim.model.importance import importance
from sim.model.scenario import Place, Road
from sim.rules import command
from sim.rules.chance import entity_key
from sim.units import DAY, GRID, HOUR, KM, MINUTE, NEVER, to_grid, to_ticks

EVEN = 0.5
"""Attitude of a place towards a faction of which the scenario says nothing."""


def places(draft: Draft) -> Fields:
    """What the places are like, who holds them, and what they are worth."""
    rows = [draft.scenario.places[name] for name in draft.places]
    kinds = [draft.parameters.places[row.kind] for row in rows]
    terrain, relief = draft.parameters.terrain, draft.on["terrain"]
    ground, forts, outer, whole, frontage = [], [], [], [], []
    for row, kind in zip(rows, kinds, strict=True):
        ground.append(terrain[row.terrain or kind.terrain].protection if relief else 1.0)
        works = kind.fortification if row.fortification is None else row.fortification
        forts.append(to_grid(works) if relief else 0)
        frontage.append(row.frontage or kind.frontage)
        outer.append(to_grid(kind.outer))
        whole.append(outer[-1] + GRID * (row.districts or max(1, round(row.people / kind.people_per_district))))
    heights: list[list[int]] = [[] for _ in rows]
    for i, row in enumerate(rows):
        for below in row.commands:
            heights[draft.place_at[below]].append(i)
    _readiness(draft, rows)
    value = np.asarray(importance(draft.scenario, draft.parameters).value, np.int64)
    holder = [draft.faction_at[row.holder] for row in rows]
    return {
        "P": len(rows),
        "ground": np.array(ground, np.float64),
        "fort_0": np.array(forts, np.int64),
        "frontage": np.array(frontage, np.int64),
        "outer": np.array(outer, np.int64),
        "whole": np.array(whole, np.int64),
        "holder_0": np.array(holder, np.int64),
        "civil": np.array([int(row.people > 0) for row in rows], np.int64),
        "rear_weight": np.array([_rear_weight(draft, row) for row in rows], np.int64),
        "attitude": np.array([row.attitude.get(k, EVEN) for k in draft.factions for row in rows], np.float64),
        "parent": np.array([draft.place_at[row.parent] if row.parent else -1 for row in rows], np.int64),
        "hill_first": starts(heights),
        "hills": flat(heights),
        "value": value.ravel(),
        "gain": (value * GRID // np.maximum(value.sum(axis=1), 1)[:, None]).ravel(),
        "worth": value[sorted(set(holder))].mean(axis=0).astype(np.int64),
        "source": _sources(draft, rows).ravel(),
        "is_core": _core(draft, rows).ravel(),
        "place_key": keys_of("place", draft.places),
    }


def _readiness(draft: Draft, rows: list[Place]) -> None:
    """How ready each place is to rise, and to negotiate."""
    for name, row in zip(draft.places, rows, strict=True):
        spread = row.readiness.get("rise", NOTHING) if draft.on["rising"] else NOTHING
        draft.doubts.add("restive", f"place.{name}.readiness.rise", spread, GRID)
        spread = row.readiness.get("negotiate", NOTHING) if draft.on["handover"] else NOTHING
        draft.doubts.add("willing", f"place.{name}.readiness.negotiate", spread, GRID)


def _rear_weight(draft: Draft, row: Place) -> int:
    """How much of the other side's rear services hang on a place: bases, depots and seats, never people."""
    score, base = draft.parameters.score, row.takes_wings or row.kind == "base"
    weight = score["rear.military"].value * row.military + score["rear.base"].value * base
    return to_grid(min(1.0, weight + score["rear.seat"].value * row.seat))


def _sources(draft: Draft, rows: list[Place]) -> Any:
    """Where each camp draws supply (C, P); without any place named, from its largest, so that nobody starts cut
    off."""
    source = np.zeros((draft.camps, len(rows)), np.int64)
    for i, row in enumerate(rows):
        for name in row.supply:
            source[draft.camp_of(name), i] = 1
    for c in range(draft.camps):
        if not source[c].any():
            own = [i for i, row in enumerate(rows) if draft.camp_of(row.holder) == c]
            for i in sorted(own, key=lambda i: (-rows[i].people, i))[:1]:
                source[c, i] = 1
    return source


def _core(draft: Draft, rows: list[Place]) -> Any:
    """The places that each faction falls back to (K, P): the capitals it holds, where it names none."""
    core = np.zeros((len(draft.factions), len(rows)), np.int64)
    for k, name in enumerate(draft.factions):
        named = {draft.place_at[place] for place in draft.scenario.factions[name].core}
        core[k, sorted(named or {i for i, row in enumerate(rows) if row.capital and row.holder == name})] = 1
    return core


def roads(draft: Draft) -> Fields:
    """Roads as arcs, one each way, in the order of their tails and heads."""
    count = len(draft.places)
    rows = sorted(draft.scenario.roads, key=lambda r: sorted((r.a, r.b)))
    ends = [(draft.place_at[road.a], draft.place_at[road.b]) for road in rows]
    arcs = sorted([(a, b, e) for e, (a, b) in enumerate(ends)] + [(b, a, e) for e, (a, b) in enumerate(ends)])
    at = {arc: i for i, arc in enumerate(arcs)}
    first = np.searchsorted([a for a, _, _ in arcs], np.arange(count + 1))
    back = [at[(b, a, e)] for a, b, e in arcs]
    speed = draft.parameters.roads
    free = [to_ticks(rows[e].km / speed[rows[e].road_class].speed_kmh) for _, _, e in arcs]
    side = [1 << int(back[i] - first[head]) for i, (_, head, _) in enumerate(arcs)]
    timed = [(a, b, free[i]) for i, (a, b, _) in enumerate(arcs)]
    ways = _table(first)
    march = np.array([travel_ticks(count, timed, p) for p in range(count)], np.int64).ravel()
    _bridges(draft, rows)
    return {
        "A": len(arcs),
        "E": len(rows),
        "first": first.astype(np.int64),
        "ways": ways,
        "next_to": np.array([*(head for _, head, _ in arcs), count], np.int64)[ways],
        "free_to": np.array([*free, NEVER], np.int64)[ways],
        "tail": np.array([a for a, _, _ in arcs], np.int64),
        "head": np.array([b for _, b, _ in arcs], np.int64),
        "free": np.array(free, np.int64),
        "metres": np.array([int(rows[e].km * KM + 0.5) for _, _, e in arcs], np.int64),
        "road": np.array([e for _, _, e in arcs], np.int64),
        "back": np.array(back, np.int64),
        "side": np.array(side, np.int64),
        "bridged": np.array([int(road.bridge is not None) for road in rows], np.int64),
        "road_a": np.array([a for a, _ in ends], np.int64),
        "road_b": np.array([b for _, b in ends], np.int64),
        "march": march,
        "near": command.nearness(march, draft.parameters.curves["nearness_scale"].value * HOUR),
        "road_ids": tuple(f"{road.a}-{road.b}" for road in rows),
    }


def _bridges(draft: Draft, rows: list[Road]) -> None:
    defaults = draft.parameters.bridges
    for road in rows:
        name, repair, detour = f"road.{road.a}-{road.b}", NOTHING, NOTHING
        if road.bridge:
            repair, detour = road.bridge.repair_h or defaults.repair_h, road.bridge.delay_h or defaults.delay_h
        draft.doubts.add("repair", f"{name}.repair_h", repair, HOUR)
        draft.doubts.add("detour", f"{name}.delay_h", detour, HOUR)


def _table(first: Any) -> Any:
    """Numbers first[p] .. first[p + 1] - 1 as row p of a table, filled up with -1."""
    degree = np.diff(first)
    widest = max(1, int(degree.max(initial=0)))
    column = np.arange(widest)
    return np.where(column < degree[:, None], first[:-1, None] + column, -1).astype(np.int64)


def sky(draft: Draft) -> Fields:
    """The clock, and one sky over the whole map."""
    start = draft.scenario.start
    centre = _centre([draft.scenario.places[p] for p in draft.places])
    dawn, dusk = daylight(*centre, start) if draft.on["night"] else (0, DAY)
    return {
        "start_second": start.hour * HOUR + start.minute * MINUTE + start.second,
        "dawn": dawn,
        "dusk": dusk,
        "sky_key": entity_key("sky", "all"),
    }


def _centre(rows: list[Place]) -> tuple[float, float]:
    """Mean latitude and longitude of the people, so that an empty place does not move it."""
    weight = [float(row.people) for row in rows]
    if not sum(weight):
        weight = [1.0] * len(rows)
    total = sum(weight)
    lat = sum(w * row.lat for w, row in zip(weight, rows, strict=True)) / total
    return lat, sum(w * row.lon for w, row in zip(weight, rows, strict=True)) / total
