# ruff: noqa: E501
"""Every mistake is told where it stands, with what must hold, what was got, and what was probably meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import LONGEST_LINE, LONGEST_TEXT, Problem, ScenarioError, printable
from sim.files import load

TYPOS = [
    # old text, new text, line:column, path, parts of the message
    ("days: 5", "days: five", "4:7", "days", "must be a number (got 'five')"),
    ("days: 5", "days: 0", "4:7", "days", "must be above 0 (got 0)"),
    ("days: 5", "days: 400", "4:7", "days", "must be at most 366 (got 400)"),
    ("days: 5", "dayz: 5", "4:1", "dayz", "unknown key: did you mean 'days'?"),
    ("days: 5", "dayz: 5", "1:1", "days", "must be given"),
    ("T06:00+02:00", "T06:00", "3:8", "start", "must say its offset from UTC, such as 2031-05-01T06:00+03:00 (got"),
    ("05-01T06:00+02:00", "02-30T06:00+02:00", "3:8", "start", "must be a date and time that exists"),
    ("2031-05-01T06:00+02:00", "soon", "3:8", "start", "must be a date and time such as 2024-11-27T04:00+03:00 (got 'soon')"),
    ("2031-05-01T06:00+02:00", "12", "3:8", "start", "must be a date and time such as"),
    ("[town,", "[twon,", "6:10", "places.alfa.kind", "must be one of city, town, village"),
    ("[town,", "[twon,", "6:10", "places.alfa.kind", "(got 'twon'; did you mean 'town'?)"),
    ("20000, red,", "-5, red,", "6:30", "places.alfa.people", "must be at least 0 (got -5)"),
    ("20000, red,", "2.5, red,", "6:30", "places.alfa.people", "must be a whole number (got 2.5)"),
    ("20000, red,", "'20000', red,", "6:30", "places.alfa.people", "must be a whole number (got '20000')"),
    ("50.00, 10.00", "150, 10.00", "6:16", "places.alfa.lat", "must be at most 90 (got 150)"),
    ("20000, red,", "20000, rad,", "6:37", "places.alfa.holder", "must be the id of a faction (got 'rad'; did you mean 'red'?)"),
    ("20000, red,", "20000, 7,", "6:37", "places.alfa.holder", "must be text (got 7; write it in quotes)"),
    ("capital: true", "capitol: true", "6:56", "places.alfa.capitol", "unknown key: did you mean 'capital'?"),
    ("capital: true", "capital: yes", "6:65", "places.alfa.capital", "must be true or false (got 'yes')"),
    ("capital: true", "kind: city", "6:56", "places.alfa.kind", "must be given once (it stands in the list already)"),
    ("{supply: red, capital: true}", "1, 2", "6:42", "places.alfa", "must be [kind, lat, lon, people, holder, {attributes}]"),
    ("  alfa: [town", "  al fa: [town", "6:3", "places.al fa", "must be 1 to 64 letters, digits"),
    ("  alfa: [town", "  off_map: [town", "6:3", "places.off_map", "must have another id"),
    ("supply: red", "supply: [red, grey]", "6:57", "places.alfa.supply[2]", "must be the id of a faction (got 'grey'"),
    ("capital: true", "symbolic: {red: 1, blu: 1}", "6:75", "places.alfa.symbolic.blu", "(got 'blu'; did you mean 'blue'?)"),
    ("capital: true", "symbolic: {red: 1.5}", "6:72", "places.alfa.symbolic.red", "must lie between 0 and 1 (got 1.5)"),
    ("capital: true", "commands: bravo", "6:66", "places.alfa.commands[1]", "must be joined by a road or within 30 km (got 'bravo', 36 km)"),
    ("commands: bravo", "commands: brava", "8:51", "places.knoll.commands[1]", "(got 'brava'; did you mean 'bravo'?)"),
    ("commands: bravo", "parent: knoll", "8:49", "places.knoll.parent", "must not lead back to the place itself"),
    ("[alfa, knoll, 35", "[alfa, alfa, 35", "10:5", "roads.alfa-alfa", "must join two places (got 'alfa' twice)"),
    ("[knoll, bravo, 8", "[knoll, alfa, 8", "11:5", "roads.knoll-alfa", "must be the only road between its places (line 10"),
    ("[alfa, knoll, 35", "[alfa, knol, 35", "10:12", "roads.alfa-knol.to", "(got 'knol'; did you mean 'knoll'?)"),
    ("[alfa, knoll, 35, primary]", "[alfa, knoll]", "10:5", "roads.alfa-knoll.km", "must be given"),
    ("[alfa, knoll, 35, primary]", "[alfa, knoll, 35, primry]", "10:23", "roads.alfa-knoll.class", "did you mean 'primary'?"),
    ("[alfa, knoll, 35, primary]", "{from: alfa, too: knoll, km: 35}", "10:18", "roads[1].too", "unknown key: did you mean 'to'?"),
    ("[alfa, knoll, 35, primary]", "alfa", "10:5", "roads[1]", "must be a mapping (got 'alfa')"),
    ("hostile: blue", "hostile: red", "13:39", "factions.red.hostile[1]", "must be another faction (got itself)"),
    ("hostile: blue", "hostile: blue, allied: blue", "13:53", "factions.red.allied[1]", "must not be both hostile and allied"),
    ("aims: [bravo]", "aims: [brava]", "13:52", "factions.red.aims.brava", "must be the id of a place"),
    ("doctrine: offensive", "doctrine: offensiv", "13:19", "factions.red.doctrine", "did you mean 'offensive'?"),
    ("doctrine: offensive", "cohesion: 0.5..1.5", "13:19", "factions.red.cohesion", "must lie between 0 and 1 (got 0.5..1.5)"),
    ("3000..5000", "3000..", "16:17", "forces.red-alfa-elite.people", "must be a number or a range lo..hi (got '3000..')"),
    ("3000..5000", "5000..3000", "16:17", "forces.red-alfa-elite.people", "must rise from low to high (got 5,000..3,000)"),
    ("3000..5000", "{unifrm: [1, 2]}", "16:17", "forces.red-alfa-elite.people", "must name exactly one of fixed, range"),
    ("3000..5000", "[1, 2]", "16:17", "forces.red-alfa-elite.people", "must be"),
    ("3000..5000", "2e9..3e9", "16:17", "forces.red-alfa-elite.people", "must lie between 0 and 10,000,000 (got 2,000,000,000..3,000,000,000)"),
    ("3000..5000", "20000000", "16:17", "forces.red-alfa-elite.people", "must lie between 0 and 10,000,000 (got 20,000,000)"),
    ("3000..5000", "0..10000000.5", "16:17", "forces.red-alfa-elite.people", "(got 0..10,000,000.5)"),
    ("3000..5000", "{lognormal: [1e6, 9e8]}", "16:17", "forces.red-alfa-elite.people", "must lie between 0 and 10,000,000 (got 8,"),
    ("3000..5000", "2e13", "16:17", "forces.red-alfa-elite.people", "must be finite and below 1,000,000,000,000 (got 20,000,000,000,000)"),
    ("20000, red,", "900000000, red,", "6:30", "places.alfa.people", "must be at most 50,000,000 (got 900,000,000)"),
    ("elite]", "elit]", "16:29", "forces.red-alfa-elit.class", "did you mean 'elite'?"),
    ("[red, alfa,", "[red, alfaa,", "16:11", "forces.red-alfaa-elite.place", "did you mean 'alfa'?"),
    ("id: town-guard", "id: red-alfa-elite", "17:5", "forces.red-alfa-elite", "must have an id of its own"),
    ("id: town-guard", "command: north", "17:45", "forces.blue-bravo-garrison.command", "there is no command at all"),
    ("off_map", "of_map", "20:20", "wings.blue-air.base", "must be the id of a place (got 'of_map'"),
    ("2031-05-03T12:00: 1", "2031-04-03T12:00: 1", "20:68", "wings.blue-air.effort[2].at", "must come after the one before"),
    ("2031-05-03T12:00: 1", "2031-05-33: 1", "20:68", "wings.blue-air.effort[2].at", "must be a date and time that exists"),
    ("effort: {", "targets: {close: 0}, effort: {", "20:51", "wings.blue-air.targets", "must give some target a share"),
    ("attacked: bravo", "atacked: bravo", "22:42", "reinforcements.blue-bravo-regular.when.all[1].atacked", "did you mean 'attacked'?"),
    ("attacked: bravo", "attacked: bravo, lost: [bravo, blue]", "22:41", "reinforcements.blue-bravo-regular.when.all[1]",
     "must have exactly one clause of after, held, lost"),
    ("attacked: bravo", "lost: [bravo, bleu]", "22:56", "reinforcements.blue-bravo-regular.when.all[1].lost[2]", "did you mean 'blue'?"),
    ("{attacked: bravo, delay_h: 12..24}", "{after: soon}", "22:49", "reinforcements.blue-bravo-regular.when.all[1].after", "must be a date and time such as"),
    ("attacked: bravo", "cohesion_below: [blue, 7]", "22:65", "reinforcements.blue-bravo-regular.when.all[1].cohesion_below[2]", "must lie between 0 and 1 (got 7)"),
    ("[town, 50.00, 10.00, 20000, red, {supply: red, capital: true}]", "[town, 50.00, 10.00, 20000, red, {supply: red, symbolic: {red: 1e9}}]", "6:72", "places.alfa.symbolic.red", "must lie between 0 and 1 (got 1,000,000,000)"),
    ("attacked: bravo", "lost: [bravo]", "22:42", "reinforcements.blue-bravo-regular.when.all[1].lost[2]", "must be given"),
    ("chance: 0.5..0.9", "chance: 50", "22:85", "reinforcements.blue-bravo-regular.chance", "must lie between 0 and 1 (got 50)"),
    ("[bravo, red, 2031", "[bravo, rod, 2031", "24:13", "observed[1].to[1]", "did you mean 'red'?"),
    ("T18:00]", "T18:00, {latest: 2031-05-02}]", "24:18", "observed[1].at", "must lie between earliest and latest"),
    ("factions:", "mechanisms: {aire: false}\nfactions:", "12:14", "mechanisms.aire", "did you mean 'air'?"),
    ("factions:", "mechanisms: {air: off}\nfactions:", "12:19", "mechanisms.air", "must be true or false (got 'off')"),
    ("factions:", "parameters: {combat.los_per_h: 1}\nfactions:", "12:14", "parameters.combat.los_per_h", "did you mean 'combat.loss_per_h'?"),
    ("factions:", "score_weights: {gatewy: 1}\nfactions:", "12:17", "score_weights.gatewy", "did you mean 'gateway'?"),
    ("factions:", "commands: {x: {faction: red, settings: {atack: 1}}}\nfactions:", "12:41", "commands.x.settings.atack", "did you mean 'attack'?"),
    ("factions:", "commands: {blue: {faction: red}}\nfactions:", "12:12", "commands.blue", "must not be called like another faction"),
    ("factions:", "extends: 3\nfactions:", "12:10", "extends", "must be the name of a file (got 3)"),
    ("places:", "places: [1]\nplacez:", "5:9", "places", "must be a mapping (got a list)"),
    ("scenario: small", "- small", "2:1", "", "is not YAML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "path", "message"), TYPOS)
def test_typos(old: str, new: str, place: str, path: str, message: str, spoiled: Callable[..., list[str]]) -> None:
    lines = spoiled(old, new)
    where = f"x.yaml:{place} {path}: " if path else f"x.yaml:{place}: "
    hits = [line for line in lines if line.startswith(where) and message in line]
    assert len(hits) == 1, "\n".join(lines)
    assert len(lines) <= 3, "one mistake must not be told many times:\n" + "\n".join(lines)


def test_all_problems_at_once_in_file_order(small: str, write: Callable[..., Path]) -> None:
    def told(*changes: tuple[str, str]) -> list[tuple[int, str]]:
        text = small
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        with pytest.raises(ScenarioError) as caught:
            load(write(text))
        return [(problem.line, problem.path) for problem in caught.value.problems]

    assert told(("8, secondary", "0, secondry"), ("blue: {}", "blue: {dctrine: hold}"), ("20000,", "x,")) == [
        (6, "places.alfa.people"),
        (11, "roads.knoll-bravo.km"),
        (11, "roads.knoll-bravo.class"),
        (14, "factions.blue.dctrine"),
    ]
    assert told(("20000, red", "20000, rad"), ("[alfa, knoll", "[alfa, hill"), ("[bravo]", "[paris]")) == [
        (6, "places.alfa.holder"),
        (10, "roads.alfa-hill.to"),
        (13, "factions.red.aims.paris"),
    ]


def test_unknown_keys_without_a_value_are_told_too(small: str, write: Callable[..., Path]) -> None:
    """A key without a value is as good as none, but not when nobody knows it."""
    load(write(small.replace("blue: {}", "blue: {doctrine: }")))
    with pytest.raises(ScenarioError) as caught:
        load(write(small.replace("blue: {}", "blue: {dctrine: }") + "titel:\n"))
    assert [(problem.path, problem.message[:11]) for problem in caught.value.problems] == [
        ("factions.blue.dctrine", "unknown key"),
        ("titel", "unknown key"),
    ]
    base = write(small)
    over = base.with_name("over.yaml")
    over.write_text(f"extends: {base.name}\nfactions:\n  blue: {{dctrine: , doctrine: }}\n")
    with pytest.raises(ScenarioError, match=r"over.yaml:3:10 factions.blue.dctrine: unknown key"):
        load(over)


def test_a_distribution_told_at_the_right_item(spoiled: Callable[..., list[str]]) -> None:
    assert spoiled("3000..5000", "{lognormal: [1]}") == [
        "x.yaml:16:17 forces.red-alfa-elite.people: lognormal needs 2 number(s) (got 1)"
    ]


def test_allies_of_allies(small: str, write: Callable[..., Path]) -> None:
    text = small.replace("blue: {}", "blue: {allied: [green]}\n  green: {allied: [grey]}\n  grey: {}")
    with pytest.raises(ScenarioError) as caught:
        load(write(text))
    assert "x.yaml:14:3 factions.blue: must be allied with 'grey', the ally of its ally, or with neither" in str(
        caught.value
    )
    whole = text.replace("grey: {}", "grey: {allied: blue}")
    camp = load(write(whole)).scenario.factions
    assert [camp[name].allied for name in ("blue", "green", "grey", "red")] == [
        ["green", "grey"], ["blue", "grey"], ["blue", "green"], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[knoll, bravo, 8, secondary, {bridge: Mill bridge}]", "[alfa, bravo, 50, track]", None),
        (
            "  - [knoll, bravo, 8, secondary, {bridge: Mill bridge}]\n",
            "",
            "7:3 places.bravo: no road leads from 'alfa' to bravo",
        ),
        ("35, primary", "15, primary", "10:19 roads.alfa-knoll.km: is shorter than the straight line (got 15 km"),
        (
            "[blue, knoll, 300",
            "[red, knoll, 300",
            "18:11 forces.red-knoll-militia.place: stands in a place that its enemy",
        ),
        ("05-03T18:00]", "05-09T18:00]", "24:18 observed[1].at: lies at or after the end"),
        ("05-03T18:00]", "04-30T18:00]", "24:18 observed[1].at: lies before the start"),
        ("{attacked: bravo, delay_h: 12..24}", "2031-06-01", "when.all[1].after: lies at or after the end"),
    ],
)
def test_warnings_do_not_stop(old: str, new: str, expected: str | None, small: str, write: Callable[..., Path]) -> None:
    assert old in small
    warnings = [str(warning) for warning in load(write(small.replace(old, new, 1))).warnings]
    if expected is None:
        assert warnings == []
    else:
        assert len(warnings) == 1
        assert expected in warnings[0]


def test_the_small_scenario_is_sound(small: str, write: Callable[..., Path]) -> None:
    assert load(write(small)).warnings == ()


def test_text_is_bounded_and_printable() -> None:
    problems = [Problem("f\x1b[2J.yaml", i, 1, "places.\u202ex", f"{'é' * 900}\x07") for i in range(1, 500)]
    text = str(ScenarioError(problems))
    assert len(text.encode()) <= LONGEST_TEXT
    assert all(line.isprintable() and len(line) <= LONGEST_LINE + 40 for line in text.splitlines())
    assert text.splitlines()[-1].startswith("... and 49")
    assert r"f\x1b[2J.yaml:1:1 places.\u202ex" in text


def test_printable() -> None:
    assert printable("حلب Харків é") == "حلب Харків é"
    assert printable("a\nb\tc\x1b]0;x\x07\x9b\u2028\ud800\u202e") == "a\\nb\\tc\\x1b]0;x\\x07\\x9b\\u2028\\ud800\\u202e"
    assert printable("می\u200cخواهم") == "می\u200cخواهم"
    assert printable("x" * 2_000, 10) == "xxxxxxx..."


def test_no_such_file_names_what_is_near(write: Callable[..., Path]) -> None:
    with pytest.raises(ScenarioError, match=r"^four_citis: no such file; did you mean 'four_cities'\?$"):
        load("four_citis")
    with pytest.raises(ScenarioError, match=r"^zzz\.yaml: no such file; shipped scenarios: "):
        load("zzz.yaml")


@pytest.mark.parametrize(
    ("old", "new", "overrides", "expected"),
    [
        ("  blue: {}\n", "  blue:\n", (), ["factions.blue: is empty; write blue: {}"]),
        ("knoll: [hill", "knoll: null\n  mound: [hill", (),
         ["places.knoll: is empty; write knoll: [kind, lat, lon, people, holder, {attributes}]"]),
        ("factions:", "commands: {staff: }\nfactions:", (),
         ["commands.staff: is empty; write staff: {faction: FACTION}"]),
        ("factions:", "backers: {mill: }\nfactions:", (),
         ["backers.mill: is empty; write mill: {client: FACTION, will: NUMBER}"]),
        ("forces:\n  - [red, alfa, 3000..5000, elite]\n  - [blue, bravo, 2000, garrison, {id: town-guard, quality: 0.3..0.5}]\n"
         "  - [blue, knoll, 300..600, militia]\n", "forces: {guard: null}\n", (),
         ["forces.guard: is empty; write guard: [faction, place, people, class, {attributes}]"]),
        ("days: 5", "days: 5", ("wings={blue-air: }",),
         ["wings wings.blue-air: is empty; write blue-air: [faction, base, aircraft, sorties_per_day, {attributes}]"]),
    ],
)  # fmt: skip
def test_a_key_without_a_value_is_told_and_is_known(
    old: str, new: str, overrides: tuple[str, ...], expected: list[str], spoiled: Callable[..., list[str]]
) -> None:
    assert [line.split(" ", 1)[1] for line in spoiled(old, new, *overrides)] == expected


def test_a_key_without_a_value_does_not_hide_the_rest(told: Callable[..., list[str]]) -> None:
    lines = told(
        ("  blue: {}\n", "  blue:\n"), ("hostile: blue", "hostile: bleu"), ("[alfa, knoll, 35", "[alfa, knoll, 0")
    )
    assert [line.split(" ")[1] for line in lines] == [
        "roads.alfa-knoll.km:",
        "factions.red.hostile[1]:",
        "factions.blue:",
    ]
