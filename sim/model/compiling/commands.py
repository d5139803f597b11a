"""Commands: who leads where, towards what, by which doctrine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.model.compiling.draft import Draft, Fields, flat, keys_of, starts
from sim.model.parameters import SETTINGS, Doctrine
from sim.model.scenario import Command
from sim.rules import command
from sim.units import to_grid

OUT_OF_REACH = 2.0
"""A share of power that no odds reach."""


class Posts(NamedTuple):
    """The commands in order of id, with the places of their areas."""

    ids: tuple[str, ...]
    rows: list[Command]
    areas: list[list[int]]


def posts(draft: Draft) -> Posts:
    """The commands of a scenario: a faction that names none has one, everywhere."""
    named = dict(draft.scenario.commands)
    led = {row.faction for row in named.values()}
    for name in draft.factions:
        if name not in led:
            named[name] = Command(faction=name)
    ids = tuple(sorted(named))
    rows = [named[name] for name in ids]
    everywhere = list(range(len(draft.places)))
    return Posts(ids, rows, [sorted(draft.place_at[p] for p in row.area) or everywhere for row in rows])


def commands(draft: Draft, heads: Posts) -> Fields:
    """Areas, aims and doctrines."""
    faction = [draft.faction_at[row.faction] for row in heads.rows]
    aims = [row.aims or draft.scenario.factions[row.faction].aims for row in heads.rows]
    return {
        "H": len(faction),
        "head_faction": np.array(faction, np.int64),
        "head_camp": np.array([draft.camp[k] for k in faction], np.int64),
        "area_first": starts(heads.areas),
        "area": flat(heads.areas),
        "aim_first": starts(aims),
        "aims": np.array([draft.place_at[aim] for row in aims for aim in row], np.int64),
        "aim_weight": np.array([weight for row in aims for weight in row.values()], np.float64),
        "cares": _cares(draft, faction, heads.areas),
        "keeper": _keepers(draft, faction, heads.areas),
        "command_ids": heads.ids,
        "head_key": keys_of("command", heads.ids),
        **_behaviour(draft, _doctrines(draft, heads)),
    }


def _doctrines(draft: Draft, heads: Posts) -> list[Doctrine]:
    """The doctrine of each command, with its own settings."""
    doctrines = []
    for row in heads.rows:
        doctrine = draft.parameters.doctrines[row.doctrine or draft.scenario.factions[row.faction].doctrine]
        doctrines.append(doctrine.model_copy(update={k: v for k, v in row.settings.items() if k in SETTINGS}))
    return doctrines


def _cares(draft: Draft, faction: list[int], areas: list[list[int]]) -> Any:
    """Whether a place lies in the area of a command of a faction: (K * P,)."""
    cares = np.zeros((len(draft.factions), len(draft.places)), np.int64)
    for k, area in zip(faction, areas, strict=True):
        cares[k, area] = 1
    return cares.ravel()


def _keepers(draft: Draft, faction: list[int], areas: list[list[int]]) -> Any:
    """For every faction and place the command with the smallest area that holds the place, or else the one with the
    largest area; the first by id when equal: (K * P,)."""
    keepers = np.zeros((len(draft.factions), len(draft.places)), np.int64)
    for k, row in enumerate(keepers):
        own = [h for h, of in enumerate(faction) if of == k]
        row[:] = max(own, key=lambda h: len(areas[h]))
        for h in sorted(own, key=lambda h: (-len(areas[h]), -h)):  # the smaller and earlier overrule the others
            row[areas[h]] = h
    return keepers.ravel()


def prospects(draft: Draft, heads: Posts, out: Fields) -> Fields:
    """What places are worth to commands, as far as it does not change during a run: (H * P,) each."""
    faction, camp = out["head_faction"], out["head_camp"]
    places = len(draft.places)
    value = out["value"].reshape(-1, places)[faction]
    score_blind = np.array([[int(row.score_blind)] for row in heads.rows], np.int64)
    value = command.seen(value, score_blind, to_grid(draft.parameters.score["blind"].value))
    was_ours = (out["camp"][out["holder_0"]] == camp[:, None]).astype(np.int64)
    is_core = out["is_core"].reshape(-1, places)[faction]
    doctrines = _doctrines(draft, heads)

    def weight(name: str) -> Any:
        return np.array([[getattr(doctrine, name)] for doctrine in doctrines], np.float64)

    return {
        "prize": command.prize(value, weight("attack"), weight("retake"), was_ours).ravel(),
        "concern": command.concern(value, weight("defend"), weight("core"), is_core).ravel(),
    }


def _behaviour(draft: Draft, doctrines: list[Doctrine]) -> Fields:
    """Thresholds as shares of power, and weights."""
    siege, withdraw = draft.on["siege"], draft.on["withdraw"]

    def column(read: Callable[[Doctrine], float]) -> Any:
        return np.array([read(doctrine) for doctrine in doctrines], np.float64)

    return {
        "attack_share": column(lambda d: _share(d.attack_odds)),
        "call_off_share": column(lambda d: _share(d.call_off_odds)),
        "invest_share": column(lambda d: _share(d.invest_odds) if siege and d.invest_odds else OUT_OF_REACH),
        "withdraw_share": column(lambda d: _share(d.withdraw_odds) if withdraw else OUT_OF_REACH),
        "reserve": np.array([to_grid(d.reserve) for d in doctrines], np.int64),
        "w_guard": column(lambda d: d.guard),
        "w_attack": column(lambda d: d.attack),
        "w_gateway": column(lambda d: d.gateway),
        "occupies": np.array([int(d.occupy > 0 and draft.on["occupation"]) for d in doctrines], np.int64),
    }


def _share(odds: float) -> float:
    """Odds of r to 1 as a share of all power."""
    return odds / (1.0 + odds)
