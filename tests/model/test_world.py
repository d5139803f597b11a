"""Compiling a scenario: a tiny world worked out by hand, the order of the file, and what every switch does."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

import numpy as np
import pytest
from tiny import BARE, MECHANISMS, Raw, loaded, shipped, world_of

from sim.files import load
from sim.model import kinds
from sim.model.draws import draw_inputs
from sim.model.kinds import CLOSE, INTERDICTION, REAR
from sim.model.scenario import Scenario
from sim.model.state import initial_state
from sim.model.world import World, compile_world
from sim.study.agreement import History, reference_history
from sim.units import DAY, GRID, HOUR, NEVER

PLAIN: Raw = {
    "start": "2030-06-01T06:00+00:00",
    "days": 3.5,
    "places": {
        "charlie": ["hill", 0.1, 0.2, 0, "red", {"commands": "bravo"}],
        "alpha": ["city", 0, 0, 240_000, "blue", {"capital": True, "airbase": True, "supply": "blue"}],
        "bravo": ["town", 0.1, 0.1, 20_000, "green", {"fortification": 0.5, "frontage": 900, "terrain": "hills"}],
        "delta": ["village", 5, 5, 800, "white", {"districts": 3}],
    },
    "roads": [
        ["bravo", "alpha", 45, "motorway", {"bridge": {"repair_h": 6, "delay_h": 2}}],
        ["charlie", "bravo", 15, "secondary"],
        ["alpha", "charlie", 20, "tertiary"],
    ],
    "factions": {
        "red": {"hostile": ["blue", "green"], "doctrine": "offensive", "aims": "alpha", "alert_h": 0, "cohesion": 0.75},
        "blue": {"allied": "green", "doctrine": "hold"},
        "green": {"doctrine": "core", "core": "bravo"},
        "white": {"transit": "red"},
    },
    "backers": {"patron": {"client": "blue", "will": 0.5}},
    "commands": {
        "reds": {"faction": "red", "area": ["bravo", "charlie"], "settings": {"attack_odds": 3, "reserve": 0.25}},
        "blues": {"faction": "blue", "aims": {"charlie": 1}},
    },
    "forces": {
        "zulu": ["red", "charlie", 500, "light", {"quality": 0.5, "morale": 0.25, "speed": 0.5, "night": 1}],
        "mike": ["green", "bravo", 300, "garrison", {"quality": 0.25}],
        "kilo": ["blue", "alpha", "100..300", "regular", {"quality": 0.75}],
    },
    "reinforcements": {
        "late": ["blue", "alpha", 50, "elite", {
            "backer": "patron", "chance": 0.5, "otherwise": ["bravo"],
            "when": {"all": [{"after": "2030-06-02T06:00+00:00"}, {"held": ["bravo", "green"]},
                             {"cohesion_below": ["green", 0.5]}], "delay_h": 12},
        }],
        "later": ["red", "charlie", 60, "light", {
            "when": {"all": [{"lost": ["charlie", "red"]}, {"attacked": "alpha"}, {"score_above": ["blue", 0.25]}]},
        }],
    },
    "wings": {
        "jets": ["blue", "alpha", 10, 1.5, {
            "range_km": 100, "targets": {"close": 2, "rear": 1, "bridges": 1},
            "effort": {"2030-06-01T06:00+00:00": 0.5, "2030-06-02T12:00+00:00": 1},
        }],
        "ships": ["red", "off_map", 4, 1],
    },
}  # fmt: skip
ALPHA, BRAVO, CHARLIE, DELTA = range(4)
BLUE, GREEN, RED, WHITE = range(4)
US, THEM, OTHERS = range(3)
"""Camps: blue and green are allied; red; white."""


@cache
def tiny() -> World:
    return world_of(PLAIN)


def test_everything_is_in_the_order_of_ids() -> None:
    w = tiny()
    assert w.labels.place_ids == ("alpha", "bravo", "charlie", "delta")
    assert w.labels.faction_ids == ("blue", "green", "red", "white")
    assert w.force_ids == ("kilo", "late", "later", "mike", "zulu")
    assert w.command_ids == ("blues", "green", "reds", "white")  # whoever names none has one of its own
    assert w.labels.wing_ids == ("jets", "ships")
    assert (w.P, w.A, w.E, w.F, w.K, w.C, w.H, w.W, w.B, w.T) == (4, 6, 3, 5, 4, 3, 4, 2, 1, 2)
    assert (w.horizon, w.days) == (int(3.5 * DAY), 4)


def test_roads_by_hand() -> None:
    w = tiny()
    # Roads by their ends: alpha-bravo, alpha-charlie, bravo-charlie; arcs by tail, then head.
    assert w.tail.tolist() == [0, 0, 1, 1, 2, 2]
    assert w.head.tolist() == [1, 2, 0, 2, 0, 1]
    assert w.road.tolist() == [0, 1, 0, 2, 1, 2]
    assert w.back.tolist() == [2, 4, 0, 5, 1, 3]
    assert w.first.tolist() == [0, 2, 4, 6, 6]  # delta lies at the end of no road
    # 45 km at 45, 20 km at 20 and 15 km at 30 km/h: an hour, an hour, half an hour.
    assert w.free.tolist() == [3600, 3600, 3600, 1800, 3600, 1800]
    assert w.metres.tolist() == [45_000, 20_000, 45_000, 15_000, 20_000, 15_000]
    # Each way into a place has a bit of its own: bravo is entered from alpha (1) or from charlie (2).
    assert w.side.tolist() == [1, 1, 1, 2, 2, 2]
    assert w.bridged.tolist() == [1, 0, 0]
    march = w.march.reshape(4, 4)
    assert march[ALPHA].tolist() == [0, 3600, 3600, NEVER]
    assert march[BRAVO].tolist() == [3600, 0, 1800, NEVER]
    assert w.ways.tolist() == [[0, 1], [2, 3], [4, 5], [-1, -1]]


def test_places_by_hand() -> None:
    w = tiny()
    assert w.holder_0.tolist() == [BLUE, GREEN, RED, WHITE]
    assert w.ground.tolist() == [1.5, 1.4, 1.4, 1.2]  # urban, hills as the file says, hills, rolling
    assert w.fort_0.tolist() == [round(0.2 * GRID), GRID // 2, round(0.3 * GRID), round(0.05 * GRID)]
    assert w.frontage.tolist() == [4_000, 900, 1_500, 1_500]
    assert w.outer.tolist() == [2 * GRID, GRID, GRID, GRID // 2]
    # Outer defences and districts: 2.4 rounds to 2 of 100,000; 0.67 to 1 of 30,000; at least 1; 3 as given.
    assert w.whole.tolist() == [4 * GRID, 2 * GRID, 2 * GRID, GRID // 2 + 3 * GRID]
    assert w.hill_first.tolist() == [0, 0, 1, 1, 1]
    assert w.hills.tolist() == [CHARLIE]
    assert w.civil.tolist() == [1, 1, 0, 1]
    core = w.is_core.reshape(4, 4)
    assert core[BLUE].tolist() == [1, 0, 0, 0]  # where none is named, the capital
    assert core[GREEN].tolist() == [0, 1, 0, 0]
    assert core[RED].tolist() == [0, 0, 0, 0]


def test_sides_by_hand() -> None:
    w = tiny()
    assert w.camp.tolist() == [US, US, THEM, OTHERS]
    assert w.hostile.reshape(3, 3).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    # Everybody passes through his own camp's places; red also through white's, who lets it through.
    assert w.passable.reshape(3, 4).tolist() == [[1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    # Blue names its source; red and white name none and draw on their largest place.
    assert w.source.reshape(3, 4).tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    # Quality as reputed: of blue and green 200 x 0.75, 50 x 0.65 and 300 x 0.25, of 550 people.
    assert w.repute[US] == round((200 * 0.75 + 50 * 0.65 + 300 * 0.25) / 550 * GRID)
    assert w.repute[THEM] == round((500 * 0.5 + 60 * 0.5) / 560 * GRID)


def test_forces_by_hand() -> None:
    w = tiny()
    assert w.faction.tolist() == [BLUE, BLUE, RED, GREEN, RED]
    assert w.side_of.tolist() == [US, US, THEM, US, THEM]
    assert w.command.tolist() == [0, 0, 2, 1, 2]
    assert w.mobile.tolist() == [1, 1, 1, 0, 1]  # garrisons stay
    assert w.home.tolist() == [ALPHA, ALPHA, CHARLIE, BRAVO, CHARLIE]
    assert w.summons.tolist() == [-1, 0, 1, -1, -1]
    assert w.patron.tolist() == [-1, 0, -1, -1, -1]
    assert w.entries[w.entry_first[1] : w.entry_first[2]].tolist() == [ALPHA, BRAVO]
    assert w.staff[w.staff_first[2] : w.staff_first[3]].tolist() == [2, 4]
    drawn = draw_inputs(w, 1, np.arange(3), np.arange(3))
    zulu = 4
    assert drawn.people_0[zulu].tolist() == [500] * 3
    assert drawn.quality[zulu].tolist() == [GRID // 2] * 3
    assert drawn.morale_0[zulu].tolist() == [GRID // 4] * 3
    assert drawn.haste[zulu].tolist() == [GRID // 2] * 3
    assert drawn.night[zulu].tolist() == [GRID] * 3
    assert ((drawn.people_0[0] >= 100) & (drawn.people_0[0] <= 300)).all()
    assert len(set(drawn.people_0[0].tolist())) == 3
    assert drawn.detour.tolist() == [[2 * HOUR] * 3, [0] * 3, [0] * 3]
    assert drawn.repair[0].tolist() == [6 * HOUR] * 3


def test_commands_by_hand() -> None:
    w = tiny()
    assert w.head_faction.tolist() == [BLUE, GREEN, RED, WHITE]
    assert w.head_camp.tolist() == [US, US, THEM, OTHERS]
    assert w.area[w.area_first[2] : w.area_first[3]].tolist() == [BRAVO, CHARLIE]
    assert w.area[w.area_first[0] : w.area_first[1]].tolist() == [0, 1, 2, 3]  # everywhere
    # Odds as shares of power: blue holds and attacks at 2 to 1; red's setting is 3 to 1.
    assert w.attack_share.tolist() == pytest.approx([2 / 3, 3 / 4, 3 / 4, 2 / 3])
    assert w.call_off_share[2] == pytest.approx(0.8 / 1.8)
    assert w.withdraw_share.tolist() == pytest.approx([8 / 9, 3 / 4, 6 / 7, 8 / 9])
    assert w.reserve[2] == GRID // 4
    assert w.aim_first.tolist() == [0, 1, 1, 2, 2]  # green and white aim at nothing
    assert w.aims.tolist() == [CHARLIE, ALPHA]  # blue at charlie, red at alpha
    assert w.aim_weight.tolist() == [1, 1]


def test_wings_and_triggers_by_hand() -> None:
    w = tiny()
    assert w.wing_faction.tolist() == [BLUE, RED]
    assert w.wing_base_0.tolist() == [ALPHA, -1]
    # delta is 786 km away from alpha; a base off the map reaches everything.
    reach = w.reach.reshape(2, w.reach_rows, 4)
    assert reach[:, 0].tolist() == [[1, 1, 1, 1], [1, 1, 1, 1]]
    assert w.base_row[1 + ALPHA] > 0
    assert reach[0, w.base_row[1 + ALPHA]].tolist() == [1, 1, 1, 0]
    # close 2, interdiction 0, rear 1, bridges 1 of 4
    assert (w.share_1[0], w.share_2[0], w.share_3[0]) == (0.5, 0.5, 0.75)
    # By the parameters: close 0.6, interdiction 0.2, rear 0.15.
    assert (w.share_1[1], w.share_2[1], w.share_3[1]) == pytest.approx((0.6, 0.8, 0.95))
    drawn = draw_inputs(w, 1, np.arange(1), np.arange(1))
    # The second step comes at noon of the second day and counts from the third.
    assert drawn.effort[:, 0].tolist() == [GRID // 2, GRID // 2, GRID, GRID, GRID, GRID, GRID, GRID]
    assert drawn.rate[:, 0].tolist() == [int(1.5 * GRID), GRID]
    assert drawn.delay[:, 0].tolist() == [12 * HOUR, 0]
    assert drawn.chance[1, 0] == GRID // 2
    assert w.clauses.tolist() == [
        kinds.AFTER, DAY, 0, kinds.HELD, BRAVO, US, kinds.COHESION_BELOW, GREEN, GRID // 2,
        kinds.LOST_BY, CHARLIE, THEM, kinds.ATTACKED, ALPHA, 0, kinds.SCORE_ABOVE, US, GRID // 4,
    ]  # fmt: skip


def test_the_clock_by_hand() -> None:
    w = tiny()
    assert w.start_second == 6 * HOUR
    # Near the equator in June: six to six, to within a few minutes.
    assert abs(w.dawn - 6 * HOUR) < 10 * 60
    assert abs(w.dusk - 18 * HOUR) < 10 * 60


def test_the_initial_state_by_hand() -> None:
    w = tiny()
    s = initial_state(w, draw_inputs(w, 1, np.arange(1), np.arange(1)), 1)
    assert s["status"][:, 0].tolist() == [1, 0, 0, 1, 1]  # two are yet to be called
    assert s["at"][:, 0].tolist() == [ALPHA, -1, -1, BRAVO, CHARLIE]
    here = s["here"][:, 0].reshape(3, 4)
    assert here[US].tolist() == [int(s["people"][0, 0]), 300, 0, 0]
    assert here[THEM].tolist() == [0, 0, 500, 0]
    assert s["initial"][:, 0].tolist() == [int(s["people"][0, 0]), 300, 500, 0]
    # Supply: an hour from alpha to bravo; charlie is red's own source; delta is white's.
    far = s["far"][:, 0].reshape(3, 4)
    assert far.tolist() == [[0, 3600, NEVER, NEVER], [NEVER, NEVER, 0, NEVER], [NEVER, NEVER, NEVER, 0]]
    assert s["cohesion"][RED, 0] == 3 * GRID // 4
    assert s["will"][0, 0] == GRID // 2


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b)
    if hasattr(a, "__dataclass_fields__"):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


@pytest.mark.parametrize("name", ["four_cities", "three_sides"])
def test_the_order_of_entries_changes_nothing(name: str) -> None:
    """Not only through the loader: a Scenario made in any order compiles to the same world."""
    ready = load(name)
    world = compile_world(ready.scenario, ready.parameters)
    data = json.loads(ready.json)
    dice = random.Random(8)
    for section in ("places", "factions", "commands", "wings", "backers"):
        entries = list(data[section].items())
        dice.shuffle(entries)
        data[section] = dict(entries)
    for section in ("roads", "forces", "reinforcements"):
        dice.shuffle(data[section])
    other = compile_world(Scenario.model_validate(data), ready.parameters)
    for field in fields(World):
        if field.name == "doubts":
            # Inputs are declared as forces and wings are read, which is in order of id.
            assert other.doubts.ids == world.doubts.ids
        assert same(getattr(other, field.name), getattr(world, field.name)), field.name


def test_parallel_doubts_have_keys_of_their_own() -> None:
    """Shared names are drawn once; everything else apart."""
    ready = load("four_cities")
    world = compile_world(ready.scenario, ready.parameters)
    keys: dict[int, list[str]] = {}
    for name, key in zip(world.doubts.ids, world.doubts.keys, strict=True):
        keys.setdefault(key, []).append(name)
    shared = [names for names in keys.values() if len(names) > 1]
    assert sorted(len(names) for names in shared) == [2, 5, 9]
    for space in (world.place_key, world.force_key, world.wing_key, world.head_key):
        assert len(set(space.tolist())) == len(space)


# --- switches


def rule(name: str) -> Callable[[World], Any]:
    return lambda w: w.doubts.columns[f"rule.{name}"][0]


OFF: dict[str, list[Callable[[World], bool]]] = {
    "air": [lambda w: w.W == 0],
    "supply": [
        lambda w: rule("supply.drain_per_day")(w) == (0, -1),
        lambda w: rule("supply.refill_per_day")(w) == (0, -1),
        lambda w: rule("supply.desertion_per_day")(w) == (0, -1),
    ],
    "morale": [
        lambda w: w.nerves_on == 0,
        lambda w: rule("morale.stress_per_h")(w) == (0, -1),
        lambda w: rule("morale.per_loss")(w) == (0, -1),
    ],
    "cohesion": [
        lambda w: {cell[0] for cell in w.doubts.columns["collapse_at"]} == {0},
        lambda w: rule("cohesion.shock")(w) == (0, -1),
        lambda w: rule("morale.refuse")(w) == (0, -1),
    ],
    "siege": [lambda w: set(w.invest_share.tolist()) == {2.0}],
    "reinforcement": [lambda w: w.T == 0, lambda w: w.summons.max() == -1],
    "night": [lambda w: (w.dawn, w.dusk) == (0, DAY)],
    "terrain": [
        lambda w: set(w.ground.tolist()) == {1.0},
        lambda w: not w.fort_0.any(),
        lambda w: rule("combat.overlook")(w) == (0, -1),
        lambda w: rule("combat.fortification")(w) == (0, -1),
    ],
    "interdiction": [lambda w: bool((w.share_1 == w.share_2).all()), lambda w: bool((w.share_3 == 1).all())],
    "congestion": [lambda w: rule("march.congestion")(w) == (0, -1)],
    "fortify": [lambda w: rule("fortify.per_day")(w) == (0, -1)],
    "withdraw": [lambda w: set(w.withdraw_share.tolist()) == {2.0}],
    "culmination": [lambda w: rule("culmination.rest")(w) == (0, -1), lambda w: rule("culmination.loss")(w) == (0, -1)],
    "surprise": [
        lambda w: rule("combat.surprise")(w) == (0, -1),
        lambda w: {cell[0] for cell in w.doubts.columns["alert"]} == {0},
    ],
    "rising": [lambda w: {cell[0] for cell in w.doubts.columns["restive"]} == {0}],
    "handover": [
        lambda w: {cell[0] for cell in w.doubts.columns["willing"]} == {0},
        lambda w: {cell[0] for cell in w.doubts.columns["assurance"]} == {0},
    ],
    "holding": [
        lambda w: rule("holding.garrison")(w) == (0, -1),
        lambda w: rule("holding.recruits")(w) == (0, -1),
        lambda w: rule("holding.revolt_per_day")(w) == (0, -1),
    ],
    "recall": [lambda w: {cell[0] for cell in w.doubts.columns["recall_at"]} == {0}],
    "occupation": [lambda w: not w.occupies.any()],
    "displacement": [
        lambda w: rule("displacement.inside")(w) == (0, -1),
        lambda w: rule("displacement.sortie")(w) == (0, -1),
        lambda w: rule("displacement.capture")(w) == (0, -1),
    ],
    "services": [
        lambda w: rule("services.assault")(w) == (0, -1),
        lambda w: rule("services.siege")(w) == (0, -1),
        lambda w: rule("services.sortie")(w) == (0, -1),
    ],
}
RIPE = (
    "places.hama.readiness={rise: 0.5, negotiate: 0.5}", "factions.gov.core=[damascus]",
    "commands.gov_core.settings.occupy=1",
)  # fmt: skip
"""What four_cities lacks to be played by every mechanism."""


def test_every_mechanism_can_be_switched_off() -> None:
    assert set(OFF) == set(MECHANISMS)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_switch_does_what_it_says(mechanism: str) -> None:
    on, off = shipped("four_cities", *RIPE), shipped("four_cities", *RIPE, f"mechanisms.{mechanism}=false")
    for check in OFF[mechanism]:
        assert check(off)
        assert not check(on), "and it is on by default"


RUNS = np.arange(24)


@cache
def history(*off: str) -> tuple[World, History]:
    world = shipped("four_cities", *(f"mechanisms.{name}=false" for name in ("recall", *off)))
    return world, reference_history(world, 20, RUNS)


def rows(kind: int, column: int, *values: int) -> Callable[[History], int]:
    """How many rows of the log are of this kind, with one of these values in a column."""
    return lambda h: int(((h.rows[3] == kind) & np.isin(h.rows[column], values)).sum())


CAUSE, AMOUNT_A, AMOUNT_B = 7, 8, 9
GONE_WITH: dict[str, Callable[[History], int]] = {
    "air": lambda h: int(h.block.sorties.sum()),
    "supply": rows(kinds.LOST, CAUSE, kinds.DESERTION),
    "morale": lambda h: int((h.rows[3] == kinds.BROKE).sum()),
    "cohesion": lambda h: int((h.rows[3] == kinds.COLLAPSED).sum()),
    "siege": rows(kinds.PHASE, AMOUNT_A, kinds.SIEGE),
    "reinforcement": lambda h: int(((h.rows[3] == kinds.JOINED) & (h.rows[CAUSE] != kinds.RECRUITED)).sum()),
    "holding": rows(kinds.JOINED, CAUSE, kinds.RECRUITED),
    "withdraw": rows(kinds.HOLDER, CAUSE, kinds.WITHDRAWN),
    "displacement": lambda h: int(h.block.fled.sum() + h.block.displaced.sum() + h.block.away.sum()),
    "services": lambda h: int(h.block.lacking.sum()),
    "interdiction": lambda h: rows(kinds.STRUCK, AMOUNT_B, INTERDICTION, kinds.BRIDGES)(h),
}
"""What happens in the log only while a mechanism is on."""


@pytest.mark.parametrize("mechanism", GONE_WITH)
def test_what_is_switched_off_does_not_happen(mechanism: str) -> None:
    count = GONE_WITH[mechanism]
    assert count(history()[1]) > 0, "it happens while it is on"
    assert count(history(mechanism)[1]) == 0
    if mechanism == "interdiction":
        assert rows(kinds.STRUCK, AMOUNT_B, CLOSE, REAR)(history(mechanism)[1]) > 0, "the rest still flies"
    if mechanism == "cohesion":
        w, h = history(mechanism)
        drawn = draw_inputs(w, 20, RUNS, RUNS)
        assert np.array_equal(h.block.cohesion, drawn.cohesion_0)


def test_bare_worlds_have_no_luck_but_chance() -> None:
    """With everything off and every range at its middle nothing is drawn before a run."""
    raw = {**PLAIN, "mechanisms": BARE}
    world = world_of(raw, middle=True)
    assert world.labels.input_ids == ()
    assert world_of(raw).labels.input_ids != ()


def test_dates_may_be_given_at_any_offset() -> None:
    data = json.loads(loaded(PLAIN).json)
    start = datetime(2030, 6, 1, 6, tzinfo=UTC)
    assert datetime.fromisoformat(data["start"]) == start
    elsewhere = json.loads(
        json.dumps(PLAIN).replace("T06:00+00:00", "T09:00+03:00").replace("T12:00+00:00", "T15:00+03:00")
    )
    elsewhere["start"] = PLAIN["start"]  # the clock of the campaign is that of its start
    one, other = world_of(elsewhere), tiny()
    for field in fields(World):
        assert same(getattr(one, field.name), getattr(other, field.name)), field.name


# --- civilians


def refuges(world: World, place: str) -> dict[str, float]:
    """Where the people of a place flee to, and which share of them."""
    ids = world.labels.place_ids
    p = ids.index(place)
    cells = range(3 * p, 3 * p + 3)
    return {ids[world.refuge[i]]: world.pull[i] / GRID for i in cells if world.refuge[i] >= 0}


VALLEY: Raw = {
    "places": {
        "a": ["city", 0, 0, 1000, "red"], "b": ["city", 0, 1, 4000, "red"], "c": ["town", 0, 2, 2000, "blue"],
        "hill": ["hill", 0, 0.1, 0, "red"], "isle": ["city", 5, 5, 9000, "blue"], "d": ["town", 0, 3, 10, "blue"],
        "gate": ["border", 0, 4, 0, "blue"],
    },
    "roads": [["a", "b", 100, "primary"], ["b", "c", 100, "primary"], ["a", "hill", 10, "primary"],
              ["c", "d", 100, "primary"]],
    "factions": {"red": {"hostile": "blue"}, "blue": {}},
}  # fmt: skip


def test_refuges_by_hand() -> None:
    """At power 1: 4000 / 1 against 2000 / 2 against 10 / 3; nobody flees to a hill, or where there is no road."""
    ready = loaded(VALLEY)
    curves = ready.parameters.curves
    linear = {**curves, "flight_distance": curves["flight_distance"].model_copy(update={"value": 1.0})}
    world = compile_world(ready.scenario, ready.parameters.model_copy(update={"curves": linear}))
    total = 4000 + 1000 + 10 / 3
    assert refuges(world, "a") == pytest.approx({"b": 4000 / total, "c": 1000 / total, "d": 10 / 3 / total}, abs=1e-4)
    assert refuges(world, "hill") == refuges(world, "isle") == {}
    assert world.civilians == world.population.sum() == 16_010
    assert world.settled.tolist() == [0, 1, 2, 3, 6]


def test_people_flee_to_a_border_crossing() -> None:
    raw = {**VALLEY, "roads": [*VALLEY["roads"], ["a", "gate", 100, "primary"]]}
    assert refuges(world_of(VALLEY), "a").keys() == {"b", "c", "d"}
    assert max(refuges(world_of(raw), "a").items(), key=lambda entry: entry[1])[0] == "gate"
