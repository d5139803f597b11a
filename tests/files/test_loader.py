"""What `load` gives back, shipped scenarios, parameters, and the schema for editors."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.errors import ScenarioError
from sim.files import Loaded, load, load_parameters, shipped
from sim.files.nodes import plain
from sim.files.schema import scenario_schema
from sim.files.shipped import folder, title_of
from sim.files.yaml_reader import parse_yaml, read_yaml
from sim.model.scenario import Scenario


def test_the_order_of_a_file_changes_nothing(small: str, write: Callable[..., Path]) -> None:
    head, *sections = re.split(r"(?m)^(?=\w)", small)[1:]
    shuffled = random.Random(3)
    hashes = set()
    for _ in range(5):
        shuffled.shuffle(sections)
        lines = []
        for section in sections:
            first, *rest = section.splitlines(keepends=True)
            shuffled.shuffle(rest)
            lines += [first, *rest]
        hashes.add(load(write("".join([*lines, head]))).hash)
    assert hashes == {load(write(small)).hash}


def test_relations_and_roads_have_one_form(loaded: Callable[..., Loaded]) -> None:
    plain_text, other = (
        loaded(),
        loaded(
            ("hostile: blue", "allied: []"),
            ("blue: {}", "blue: {hostile: [red, red]}"),
            ("[alfa, knoll, 35", "[knoll, alfa, 35"),
        ),
    )
    assert plain_text.scenario.factions["blue"].hostile == ["red"]
    assert plain_text.scenario.factions["red"].hostile == ["blue"]
    assert other.hash == plain_text.hash


def test_dates_have_one_form(loaded: Callable[..., Loaded]) -> None:
    same = loaded(("2031-05-03T18:00", "2031-05-03T16:00Z"), ("2031-05-03T12:00", "2031-05-03T15:30+05:30"))
    assert same.hash == loaded().hash
    assert same.scenario.observed[0].at.utcoffset() == timedelta(hours=2)


def test_loaded_says_what_was_given(loaded: Callable[..., Loaded]) -> None:
    found = loaded()
    assert "quality" not in found.data["forces"][0]
    assert found.data["forces"][1]["quality"] == "0.3..0.5"
    assert Scenario.model_validate_json(found.json) == found.scenario
    assert found.parameters == load_parameters()
    assert re.fullmatch("[0-9a-f]{64}", found.hash)
    assert re.fullmatch("[0-9a-f]{64}", found.parameters_hash)


def test_a_single_change_needs_no_list(loaded: Callable[..., Loaded]) -> None:
    one = loaded(overrides="days=3")
    assert (one.scenario.days, one.overrides) == (3, ("days=3",))
    assert sim.load("three_sides", set="mechanisms.air=false").overrides == ("mechanisms.air=false",)


def test_shipped_scenarios_load_by_name_without_warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = shipped()
    assert files
    assert "parameters" not in [path.stem for path in files]
    for path in files:
        by_name, by_path = load(path.stem), load(path)
        assert by_name.hash == by_path.hash
        assert by_name.warnings == ()
        assert title_of(path) == by_name.scenario.title


def test_a_file_goes_before_a_shipped_scenario(small: str, write: Callable[..., Path]) -> None:
    write(small, "four_cities.yaml")
    assert load("four_cities.yaml").scenario.scenario == "small"
    Path("four_cities").mkdir()  # such as a folder of results
    assert load("four_cities").scenario.scenario == "four_cities"


def test_parameters_are_checked_like_a_scenario(write: Callable[..., Path]) -> None:
    text = (folder() / "parameters.yaml").read_text(encoding="utf-8")
    assert load_parameters(write(text)) == load_parameters()
    with pytest.raises(
        ScenarioError, match=r"x\.yaml:\d+:\d+ places\.city\.terrain: must be one of .* did you mean 'urban'"
    ):
        load_parameters(write(text.replace("city: {terrain: urban", "city: {terrain: urbn")))
    with pytest.raises(
        ScenarioError, match=r"x\.yaml:\d+:\d+ rules\.march\.prepare: value must lie in its range 1\.\.4"
    ):
        load_parameters(write(text.replace("march.prepare: {value: 2,", "march.prepare: {value: 9,")))
    with pytest.raises(ScenarioError, match="must be exactly those the engine reads"):
        load_parameters(write(text.replace("march.prepare:", "march.prepar:")))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return scenario_schema()


class TestSchema:
    """The JSON Schema accepts what the loader accepts, short forms included, and refuses plain mistakes."""

    def test_shipped_scenarios_and_the_small_one(self, schema: dict[str, Any], small: str) -> None:
        for data in [plain(parse_yaml(small, "f")), *(plain(read_yaml(path)) for path in shipped())]:
            assert fits(data, schema, schema)
        assert fits({"extends": "base.yaml", "places": {"bravo": {"people": 3}, "x": None}}, schema, schema)

    def test_canonical_json(self, schema: dict[str, Any], loaded: Callable[..., Loaded]) -> None:
        import json

        assert fits(json.loads(loaded().json), schema, schema)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("days: 5", "dayz: 5"), ("days: 5", "days: x"), ("[town,", "[twon,"), ("capital: true", "capitol: true"),
            ("20000, red", "x, red"), ("8, secondary", "0, secondary"), ("35, primary", "35, primry"),
            ("3000..5000", "3000.."), ("attacked:", "atacked:"), ("doctrine: offensive", "doctrine: x"),
            ("factions:", "parameters: {x: 1}\nfactions:"), ("factions:", "mechanisms: {x: true}\nfactions:"),
            ("scenario: small", "about: x"),
        ],
    )  # fmt: skip
    def test_mistakes(self, old: str, new: str, schema: dict[str, Any], small: str) -> None:
        assert old in small
        assert not fits(plain(parse_yaml(small.replace(old, new, 1), "f")), schema, schema)


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a value fits a schema, for the keywords that ours uses; an unknown keyword fails."""
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    return all(KEYWORDS[word](value, body, schema, root) for word, body in schema.items())


def _type(value: Any, body: str, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    kinds = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool}
    if body in kinds:
        return isinstance(value, kinds[body])
    return not isinstance(value, bool) and isinstance(value, int if body == "integer" else int | float)


def _items(value: Any, body: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    if not isinstance(value, list):
        return True
    if isinstance(body, dict):
        return all(fits(item, body, root) for item in value)
    extra = schema.get("additionalItems", True) or len(value) <= len(body)
    return extra and all(fits(item, inner, root) for item, inner in zip(value, body, strict=False))


def _properties(value: Any, body: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    return not isinstance(value, dict) or all(fits(value[k], inner, root) for k, inner in body.items() if k in value)


def _additional(value: Any, body: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    extra = set(value) - set(schema.get("properties", ())) if isinstance(value, dict) else set()
    return not extra if body is False else all(fits(value[key], body, root) for key in extra)


def _numeric(holds: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    return lambda value, body, *_: not isinstance(value, int | float) or holds(value, body)


def _sized(kind: type, holds: Callable[[int, int], bool]) -> Callable[..., bool]:
    return lambda value, body, *_: not isinstance(value, kind) or holds(len(value), body)


KEYWORDS: dict[str, Callable[..., bool]] = {
    **dict.fromkeys(("$schema", "$defs", "title", "description", "default", "additionalItems"), lambda *_: True),
    "type": _type,
    "items": _items,
    "properties": _properties,
    "additionalProperties": _additional,
    "anyOf": lambda value, body, schema, root: any(fits(value, choice, root) for choice in body),
    "enum": lambda value, body, *_: value in body,
    "required": lambda value, body, *_: not isinstance(value, dict) or set(body) <= set(value),
    "propertyNames": lambda value, body, schema, root: (
        not isinstance(value, dict) or all(fits(k, body, root) for k in value)
    ),
    "pattern": lambda value, body, *_: not isinstance(value, str) or re.search(body, value) is not None,
    "minimum": _numeric(lambda a, b: a >= b),
    "maximum": _numeric(lambda a, b: a <= b),
    "exclusiveMinimum": _numeric(lambda a, b: a > b),
    "maxLength": _sized(str, lambda a, b: a <= b),
    "minItems": _sized(list, lambda a, b: a >= b),
    "maxItems": _sized(list, lambda a, b: a <= b),
    "minProperties": _sized(dict, lambda a, b: a >= b),
}
