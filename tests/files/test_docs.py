"""The reference page tells every key, and its examples load."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from sim.errors import ScenarioError
from sim.files import load
from sim.files.schema import scenario_schema
from sim.model.scenario import DoctrineName, ForceClass, Mechanism, PlaceKind, RoadClass, Terrain

PAGE = Path(__file__).parents[2] / "docs" / "scenario-format.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def keys(schema: Any) -> Iterator[str]:
    """Every property name of a schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield from schema["properties"]
        for inner in schema.values():
            yield from keys(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keys(inner)


def test_every_key_and_choice_is_told(page: str) -> None:
    canonical_only = {"shape", "values"}
    choices = [
        word for kind in (DoctrineName, ForceClass, Mechanism, PlaceKind, RoadClass, Terrain) for word in get_args(kind)
    ]
    words = set(re.findall(r"[a-z_0-9]+", page))
    assert sorted((set(keys(scenario_schema())) - canonical_only | set(choices)) - words) == []


def test_the_extending_example_loads(page: str, write: Callable[..., Path]) -> None:
    example = re.search(r"```yaml\n(extends.*?)```", page, re.DOTALL)
    assert example is not None
    write(example[1].replace("four_cities.yaml", "four_cities"), "variant.yaml")
    found = load("variant.yaml")
    assert found.scenario.mechanisms == {"air": False}
    assert "guard" not in [force.id for force in found.scenario.forces]


def test_the_set_examples_work(page: str) -> None:
    examples = re.findall(r"`--set '?([^`']+=[^`']+?)'?`", page)
    assert len(examples) >= 6
    plain = load("four_cities").hash
    for example in examples:
        assert load("four_cities", [example]).hash != plain, example


def test_the_error_examples_are_real(page: str, small: str, write: Callable[..., Path]) -> None:
    told = re.search(r"```\n(x\.yaml:.*?)```", page, re.DOTALL)
    assert told is not None
    path = write(small.replace("[town,", "[twon,").replace("primary", "primry"))
    with pytest.raises(ScenarioError) as caught:
        load(path, ["places.brvo.people=3"])
    assert sorted(str(caught.value).splitlines()) == sorted(told[1].splitlines())
