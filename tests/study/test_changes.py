"""What was changed between two jobs, by the values that were played."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.files import load
from sim.study.changes import changes

SMALL = Path(__file__).parents[1] / "files" / "small.yaml"


def between(*settings: str, first: tuple[str, ...] = ()) -> list[str]:
    """The changes that `--set` makes to the small scenario, as lines."""
    one, two = load(SMALL, first), load(SMALL, settings)
    return [str(change) for change in changes(one.json, two.json)]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("mechanisms.air=false", ["mechanisms.air: default → false"]),
        ("parameters.combat.fortune=0..0.2", ["parameters.combat.fortune: default → 0..0.2"]),
        ("days=7", ["days: 5 → 7"]),
        ("places.alfa.people=20001", ["places.alfa.people: 20,000 → 20,001"]),
        ("places.alfa.supply=null", ["places.alfa.supply: red → default"]),
        ("forces.town-guard.people=*1.5", ["forces.town-guard.people: 2,000 → 3,000"]),
        ("forces.town-guard.quality=0.3..0.5001", ["forces.town-guard.quality: 0.3..0.5 → 0.3..0.5001"]),
        ("forces.town-guard=null", ["forces.town-guard: there → absent"]),
        ("roads.alfa-knoll.km=40", ["roads.alfa-knoll.km: 35 → 40"]),
        ("roads.knoll-bravo.bridge=null", ["roads.bravo-knoll.bridge: there → absent"]),
        ("factions.red.aims=[knoll]", ["factions.red.aims.bravo: 1 → default", "factions.red.aims.knoll: default → 1"]),
        ("wings.blue-air.targets={close: 1}", ["wings.blue-air.targets.close: default → 1"]),
        ("wings.blue-air.effort[1].share=0.4", ["wings.blue-air.effort[1].share: 0.5 → 0.4"]),
        ("reinforcements.blue-bravo-regular.when.delay_h=9",
         ["reinforcements.blue-bravo-regular.when.delay_h: 12..24 → 9"]),
        ("commands.staff={faction: red}", ["commands.staff: absent → there"]),
    ],
)  # fmt: skip
def test_one_value(setting: str, told: list[str]) -> None:
    assert between(setting) == told
    assert between(first=(setting,)) == [" → ".join(_turned(line)) for line in told]


def _turned(line: str) -> tuple[str, str]:
    """The same change the other way."""
    path, _, values = line.partition(": ")
    one, _, two = values.partition(" → ")
    return f"{path}: {two}", one


def test_what_no_engine_reads_is_no_change() -> None:
    labels = ("title=Another", "places.alfa.name=Alpha", "factions.red.color='#123456'", "observed=[]")
    assert between(*labels, "forces.town-guard.source=judgement", "forces.town-guard.note=so") == []
    assert between("forces.town-guard.people={fixed: 2000, source: somebody}") == []


def test_several_in_order_of_path() -> None:
    assert [line.split(":")[0] for line in between("days=6", "mechanisms.air=false", "places.*.holder=red")] == [
        "days", "mechanisms.air", "places.bravo.holder", "places.knoll.holder",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["name", "note", "source", "title"])
def test_an_id_may_be_a_word_that_labels_have_elsewhere(word: str) -> None:
    there = (
        f"commands.{word}={{faction: red}}",
        f"factions.red.aims={{{word}: 1}}",
        f"places.{word}=[town, 1, 1, 9, red]",
    )
    changed = (*there[:1], f"factions.red.aims={{{word}: 2}}", f"places.{word}=[town, 1, 1, 8, red]")
    assert between(*changed, first=there) == [f"factions.red.aims.{word}: 1 → 2", f"places.{word}.people: 9 → 8"]
    assert between(*there[2:]) == [f"places.{word}: absent → there"]
