"""Single values and keys that cannot be taken are told once each, and hide nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Told = Callable[..., list[str]]

IN_VAIN = ("[alfa, knoll, 35", "[alfa, hill, 35")
"""A name that nothing has, which is to be told whatever else is wrong."""

UNKNOWN = "roads.alfa-hill.to: must be the id of a place (got 'hill'; known: alfa, bravo, knoll)"


def others(told: Told, *changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> list[str]:
    """What is told besides the name that nothing has."""
    lines = told(IN_VAIN, *changes, overrides=overrides)
    rest = [line for line in lines if not line.endswith(UNKNOWN)]
    assert len(rest) == len(lines) - 1, lines
    return rest


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "50.00, 10.00",
            ".nan, 10.00",
            "6:16 : must be a finite number (got .nan; write it in quotes if it is a name)",
        ),
        ("days: 5", "days: 1e999", "4:7 : must be a finite number (got 1e999)"),
        ("20000, red", "1234567890123456789, red", "6:30 : must have at most 18 digits (got 19)"),
        ("20000, red", "20000, *side", "6:37 : aliases (*name) are not allowed: write the value again"),
        ("20000, red", "20000, &side red", "6:37 : anchors (&name) are not allowed"),
        ("20000, red", "!!int 20000, red", "6:30 : tags are not allowed (got 'tag:yaml.org,2002:int')"),
        ("Two towns and a hill", '"\\e[31m"', "2:8 : must not hold control characters (got '\\x1b')"),
        ("title: Two", '"": Two', "2:1 : a key must not be empty"),
        ("title: Two", '"\\a": Two', "2:1 : must not hold control characters (got '\\x07')"),
        ("title: Two", f"{'k' * 201}: Two", "2:1 : a key must have at most 200 characters (got 201)"),
        ("title: Two", "*key : Two", "2:1 : aliases (*name) are not allowed: write the value again"),
        ("title: Two", "[title, of]: Two", "2:1 : a key must be a single word or text (got a list or mapping)"),
        # what holds it is not blamed, nor is what could be sound without it
        ("3000..5000", "{uniform: [1, .inf]}", "16:31 : must be a finite number (got .inf; write it in quotes"),
        ("  - [red, alfa, 3000..5000, elite]", "  - *army", "16:5 : aliases"),
        ("observed:\n  - [bravo, red, 2031-05-03T18:00]", "observed: *seen", "23:11 : aliases"),
        ("start: 2031-05-01T06:00+02:00", "start: *then", "3:8 : aliases"),
        ("T18:00]", "T18:00, {latest: *then}]", "24:45 : aliases"),
        ("T12:00: 1}", "T12:00: *then}", "20:86 : aliases"),
        ("attacked: bravo", "after: *then", "22:49 : aliases"),
        ("attacked: bravo", "lost: [*place, blue]", "22:49 : aliases"),
        ("attacked: bravo", "lost: *both", "22:48 : aliases"),
        ("aims: [bravo]", "aims: [bravo, *place]", "13:59 : aliases"),
        ("hostile: blue", "hostile: *enemy", "13:39 : aliases"),
        ("supply: red", "symbolic: {red: .nan}", "6:59 : must be a finite number"),
        ("[blue, bravo, 1500", "[*side, bravo, 1500", "22:6 : aliases"),
    ],
)
def test_told_once_beside_all_else(old: str, new: str, expected: str, told: Told) -> None:
    (line,) = others(told, (old, new))
    assert line.startswith(expected)


def test_all_of_them_together(told: Told) -> None:
    assert others(told, ("50.00, 10.00", ".nan, 1e999"), ("blue: {}", "blue: &b {doctrine: *d, colour: x}")) == [
        "6:16 : must be a finite number (got .nan; write it in quotes if it is a name)",
        "6:22 : must be a finite number (got 1e999)",
        "14:9 : anchors (&name) are not allowed",
        "14:23 : aliases (*name) are not allowed: write the value again",
        "14:27 factions.blue.colour: unknown key: did you mean 'color'?",
    ]


def test_what_a_key_holds_that_is_none_is_read_too(told: Told) -> None:
    assert others(told, ("title: Two towns and a hill", "? {a: .nan}\n: [1e999]")) == [
        "2:3 : a key must be a single word or text (got a list or mapping)",
        "2:7 : must be a finite number (got .nan; write it in quotes if it is a name)",
        "3:4 : must be a finite number (got 1e999)",
    ]


def test_what_an_anchor_names_is_read_all_the_same(told: Told) -> None:
    assert others(told, ("days: 5", "days: &d 500"), ("places:", "places: &p")) == [
        "4:7 : anchors (&name) are not allowed",
        "4:7 days: must be at most 366 (got 500)",
        "5:9 : anchors (&name) are not allowed",
    ]


def test_names_of_places_that_nobody_can_read_are_not_missed(told: Told) -> None:
    assert told(IN_VAIN, ("places:", "places: *all\nobserve:")) == [
        "5:9 : aliases (*name) are not allowed: write the value again",
        "6:1 observe: unknown key: did you mean 'observed'?",
    ]


def test_formations_without_an_id_that_can_be_read_are_not_alike(told: Told) -> None:
    ids = (
        ("elite]", "elite, {id: .nan}]"),
        ("[blue, bravo, 2000, garrison, {id: town-guard", "[red, alfa, 9, elite, {id: [2]"),
    )
    for overrides in ((), ("days=4",)):
        lines = others(told, *ids, overrides=overrides)
        assert [line.partition(":")[0] for line in lines] == ["16", "17"]
        assert "must be text (got a list)" in lines[1]


def test_paths_name_what_can_be_read(told: Told) -> None:
    (_, line) = others(told, ("[red, alfa, 3000..5000, elite]", "[red, *base, 5..3, elite]"))
    assert line == "16:18 forces[1].people: must rise from low to high (got 5..3)"


def test_overrides_of_what_cannot_be_read(told: Told) -> None:
    nan, alias = ("3000..5000", ".nan"), ("blue: {}", "blue: *b")
    assert len(others(told, nan, overrides=("forces.*.people=*2",))) == 1
    assert len(others(told, alias, overrides=("factions.blue.doctrine=hold",))) == 1


def test_what_is_extended_too(small: str, write: Callable[..., Path], told_by: Told) -> None:
    write(small.replace("days: 5", "days: .nan"), "base.yaml")
    lines = told_by(write("extends: base.yaml\ntitle: *t\nplaces: {alfa: {holder: rad}}\n"))
    assert [line.partition(":")[0] for line in lines] == ["4", "2", "3"]
