"""Random small wars that find faults: for agreement tests, never for study.

A generated theatre is small, cut up, tied or empty by the throw of a die, and then given a temper, so that what is
rare in a plausible war is common in one of these: sieges and storms, rout and collapse, columns that meet, third
sides that wait, bases that fall. Every number stays within what a scenario could say.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, get_args

from sim.model.scenario import Mechanism
from sim.study.theatre import SIDES, START, theatre
from sim.study.theatre_map import Dice

Raw = dict[str, Any]

SIZES = (2, 3, 5, 8, 8, 12, 12, 12, 16, 16, 20, 20, 24, 30)
"""How many places a world has, each as likely, but for one in eight:"""
EDGES = (63, 64, 65, 127, 128, 129)
"""sizes on either side of one and of two words of 64 bits."""
TARGETS = (
    {"close": 0.5, "interdiction": 0.25, "rear": 0.15, "bridges": 0.1},
    {"close": 0.1, "interdiction": 0.6, "rear": 0.2, "bridges": 0.1},
    {"close": 0.2, "interdiction": 0.1, "rear": 0.2, "bridges": 0.5},
    {"close": 1.0},
)

EAGER = {"reserve": 0, "guard": 0, "attack": 1}
"""Settings of a command that sends everybody."""


def hostile_theatre(seed: int) -> Raw:
    """A random small war with random switches, as the long form of a scenario."""
    dice = Dice(seed)
    large = dice.chance(0.125)
    size = dice.pick(EDGES if large else SIZES)
    mechanisms: tuple[Mechanism, ...] = get_args(Mechanism)
    off = [name for name in mechanisms if dice.chance(0.08)] if dice.chance(0.3) else []
    raw = theatre(
        size,
        dice.whole(0, 6) if dice.chance(0.1) else dice.whole(4, 8 + min(size, 40) // 2),
        dice.pick([2, 2, 3, 3, 4]),
        seed,
        allies=dice.pick([0, 0, 1, 2]),
        neutral=dice.pick([0, 1]),
        islands=dice.pick([1, 1, 1, 2, 3]),
        ties=dice.chance(0.35),
        zero=dice.chance(0.2),
        days=dice.pick([2, 3]) if large else dice.pick([3, 5, 7, 9]),
        off=off,
    )
    raw["scenario"] = f"hostile-{seed}"
    _patchwork(raw, dice)
    _pickets(raw, dice)
    _strangers(raw, dice)
    _forward_bases(raw, dice)
    _late_comers(raw, dice)
    _without_a_battle(raw, dice)
    _slow_staffs(raw)
    dice.pick(TEMPERS)(raw, dice)
    return raw


# --- what every one of these worlds gets ---------------------------------------------------------------------


def _sides(raw: Raw) -> list[str]:
    return [name for name in SIDES if name in raw["factions"]]


def _beside(raw: Raw) -> dict[str, list[str]]:
    beside: dict[str, list[str]] = {name: [] for name in raw["places"]}
    for road in raw["roads"]:
        beside[road["a"]].append(road["b"])
        beside[road["b"]].append(road["a"])
    return beside


def _patchwork(raw: Raw, dice: Dice) -> None:
    """Some places belong to another side than the country around: pockets, with nowhere to go when they fall."""
    sides, bases = _sides(raw), {wing["base"] for wing in raw["wings"].values()}
    for name, place in raw["places"].items():
        if not place.get("capital") and name not in bases and dice.chance(0.15):
            place["holder"] = dice.pick(sides)
            stand = [force for force in raw["forces"] if force["place"] == name]
            for force in stand:
                force["faction"] = place["holder"]


def _pickets(raw: Raw, dice: Dice) -> None:
    """Checkpoints and small garrisons, some of them too weak to hold anybody up."""
    manned = {force["place"] for force in raw["forces"]}
    for name, place in raw["places"].items():
        if name not in manned and dice.chance(0.6):
            people = dice.pick([1, 2, 3, 20, 40, 60, 200, 400])
            raw["forces"].append(
                {"id": f"picket-{name}", "faction": place["holder"], "place": name, "people": people, "class": "local"}
            )


def _strangers(raw: Raw, dice: Dice) -> None:
    """In some worlds a few formations begin in places that others hold, friends, neutrals or enemies."""
    if dice.chance(0.3):
        for force in raw["forces"]:
            if dice.chance(0.12):
                force["place"] = dice.pick(list(raw["places"]))


def _forward_bases(raw: Raw, dice: Dice) -> None:
    """Half of the wings fly from a place on the front; their targets and how far they reach differ."""
    beside = _beside(raw)
    for wing in raw["wings"].values():
        wing["targets"] = dict(dice.pick(TARGETS))
        wing["range_km"] = dice.pick([45, 80, 210])
        own = [name for name, place in raw["places"].items() if place["holder"] == wing["faction"]]
        front = [p for p in own if any(raw["places"][q]["holder"] != wing["faction"] for q in beside[p])]
        if front and wing["base"] != "off_map" and dice.chance(0.5):
            wing["base"] = dice.pick(front)
            raw["places"][wing["base"]]["airbase"] = True


def _late_comers(raw: Raw, dice: Dice) -> None:
    """Reinforcements on every kind of trigger, which may well not come, or find the place where they enter lost."""
    beside = _beside(raw)
    for number in range(dice.whole(2, 6)):
        side = dice.pick(_sides(raw))
        own = [name for name, place in raw["places"].items() if place["holder"] == side]
        if not own:
            continue
        front = [p for p in own if any(raw["places"][q]["holder"] != side for q in beside[p])] or own
        entry = dice.pick(front)
        other, place = dice.pick(_sides(raw)), dice.pick(list(raw["places"]))
        clauses: tuple[Raw, ...] = (
            {"lost": [entry, side]},
            {"lost": [entry, side]},
            {"held": [place, side]},
            {"attacked": entry},
            {"cohesion_below": [side, dice.between(0.3, 0.7)]},
            {"score_above": [other, dice.between(0.2, 0.6)]},
            {"after": START.replace("-01T", f"-0{dice.whole(1, 4)}T")},
        )
        raw["reinforcements"].append(
            {
                "id": f"late-{number}",
                "faction": side,
                "place": entry,
                "people": dice.pick([0, 300, "200..900"]),
                "class": "regular",
                "chance": dice.pick([0.5, "0.2..0.9", 1]),
                "when": {
                    "all": [deepcopy(dice.pick(clauses)) for _ in range(dice.pick([1, 1, 1, 2]))],
                    "delay_h": dice.pick([0, 6, "2..30"]),
                },
                "otherwise": [dice.pick(own)] if dice.chance(0.3) else [],
            }
        )


def _without_a_battle(raw: Raw, dice: Dice) -> None:
    """Places that would rise or come to terms, fighters who wait at home, sides that call their forces back, and
    neighbours who walk into what is left."""
    sides = _sides(raw)
    for name, place in raw["places"].items():
        place["attitude"] = {side: dice.between(0, 1) for side in sides if dice.chance(0.3)}
        place["readiness"] = {"rise": dice.pick([0, 0.6, "0.3..1"]), "negotiate": dice.pick([0, 0, 0.5, "0.2..1"])}
        enemies = [side for side in sides if side != place["holder"]]
        if enemies and dice.chance(0.25):
            fighter = {"id": f"fighters-{name}", "faction": dice.pick(enemies), "place": name, "dormant": True}
            raw["forces"].append(fighter | {"people": dice.pick([0, 40, 300, "200..2500"]), "class": "militia"})
    for name, faction in raw["factions"].items():
        if dice.chance(0.5):
            faction["capacity"] = dice.pick([0, "0..50000", 1_000_000])
        faction["assurance"] = dice.pick([0.4, 0.9, "0.2..1"])
        own = [place for place, entry in raw["places"].items() if entry["holder"] == name]
        if own and dice.chance(0.6):
            faction |= {"core": [dice.pick(own)], "recall_below": dice.pick(["0.4..0.8", 0.6])}
    raw["parameters"] = raw.get("parameters", {}) | {
        "rising.per_day": 4,
        "rising.tide": 4,
        "handover.per_day": 4,
        "handover.tide": 4,
    }
    raw["parameters"] |= {"holding.garrison": "0..6", "holding.recruits": "0..2", "holding.revolt_per_day": 1}
    for name in raw["factions"]:
        own = [place for place, entry in raw["places"].items() if entry["holder"] == name]
        if name.startswith("neutral") and own:
            raw["commands"][f"{name}-staff"] = {"faction": name, "settings": EAGER | {"occupy": 1, "attack_odds": 0.5}}
            for place in own[:3]:
                guard = {"id": f"watchers-{place}", "faction": name, "place": place}
                raw["forces"].append(guard | {"people": dice.pick([300, 1500]), "class": "regular"})


def _slow_staffs(raw: Raw) -> None:
    """Fewer looks at the clock for each thing that happens."""
    settings = {"command.review": 8, "trigger.watch": 8, "air.cycle": 8}
    raw["parameters"] = {**raw.get("parameters", {}), **settings}


# --- tempers -------------------------------------------------------------------------------------------------


def _plain(raw: Raw, dice: Dice) -> None:
    """As generated."""


def _storm(raw: Raw, dice: Dice) -> None:
    """Defenders who neither break nor leave: places are taken district by district."""
    raw["parameters"] |= {"morale.break_at": 0.1, "combat.advance_per_h": 0.3, "combat.patience": 12}
    for force in raw["forces"]:
        force["morale"] = "0.8..1"
    _all_commands(raw, EAGER | {"attack_odds": 1, "call_off_odds": 0.4, "invest_odds": 0, "withdraw_odds": 1000})


def _siege(raw: Raw, dice: Dice) -> None:
    """Attackers who surround and wait; garrisons short of everything."""
    raw["parameters"] |= {"combat.patience": 2, "siege.drain_per_day": 0.3, "supply.drain_per_day": 0.5}
    raw["parameters"] |= {"combat.siege_intensity": 0.3, "morale.break_at": 0.35, "supply.floor": 0.9}
    for force in raw["forces"]:
        if force["class"] in ("spearhead", "elite"):
            force["morale"] = "0.7..1"
    _all_commands(raw, EAGER | {"attack_odds": 2.5, "invest_odds": 0.15, "call_off_odds": 0.1, "withdraw_odds": 1000})


def _rout(raw: Raw, dice: Dice) -> None:
    """Factions near the end of their will: one lost city is enough."""
    raw["parameters"] |= {"cohesion.shock": 1, "combat.bounce": 5, "backer.tie": 0.5}
    for name in dice.pick([_sides(raw)[:1], _sides(raw)[1:], _sides(raw)]):
        raw["factions"][name] |= {"cohesion": "0.19..0.35", "collapse_below": 0.2}
    _all_commands(raw, EAGER | {"attack_odds": 1, "call_off_odds": 0.5, "invest_odds": 0.2})


def _melee(raw: Raw, dice: Dice) -> None:
    """Everybody attacks everybody at any odds, thinks again, and leaves again."""
    raw["parameters"] |= {"march.prepare": 1, "command.review": 4, "command.plan": 4, "combat.patience": 18}
    raw["days"] = min(raw["days"], 4)
    for force in raw["forces"]:
        force["speed"] = 0.5
    _all_commands(raw, EAGER | {"attack_odds": 0.7, "call_off_odds": 0.4, "withdraw_odds": 1.5})


def _crossroads(raw: Raw, dice: Dice) -> None:
    """Everybody wants the same place at once: all but two wait outside for their turn."""
    beside, sides = _beside(raw), _sides(raw)
    hub = max(raw["places"], key=lambda name: (len(beside[name]), name))
    for number, name in enumerate(beside[hub]):
        side = sides[number % len(sides)]
        raw["places"][name] |= {"holder": side, "supply": [side]}
        for force in raw["forces"]:
            if force["place"] == name:
                force["faction"] = side
        for k in range(2):
            guest = {"id": f"guest-{name}-{k}", "faction": side, "place": name}
            raw["forces"].append(guest | {"people": "300..1500", "class": dice.pick(["elite", "militia"])})
    raw["parameters"] |= {"command.review": 4, "command.plan": 6, "combat.patience": 8, "combat.bounce": 100}
    raw["days"] = min(raw["days"], 5)
    _all_commands(raw, EAGER | {"attack_odds": 0.3, "call_off_odds": 0.3, "withdraw_odds": 4})
    for command in raw["commands"].values():
        command["area"] = [hub]


TEMPERS: tuple[Callable[[Raw, Dice], None], ...] = (_plain, _storm, _siege, _siege, _rout, _melee, _crossroads)


def _all_commands(raw: Raw, settings: dict[str, float]) -> None:
    """The same doctrine settings for every command; sides without one get one."""
    led = {command["faction"] for command in raw["commands"].values()}
    for name in _sides(raw):
        if name not in led:
            raw["commands"][f"{name}-field"] = {"faction": name}
    for command in raw["commands"].values():
        command["settings"] = {**command.get("settings", {}), **settings}
