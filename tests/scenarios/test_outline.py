"""The script that cuts an area out of a map of the world."""

from __future__ import annotations

import importlib.util
import itertools
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("outline_script", ROOT / "scenarios" / "outline.py")
assert _SPEC is not None
assert _SPEC.loader is not None
script = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(script)

# Two countries side by side, 0..10 and 10..20 degrees east; arc 0 is their common line, upwards.
WORLD = {
    "type": "Topology",
    "transform": {"scale": [1, 1], "translate": [0, 0]},
    "arcs": [
        [[10, 0], [0, 5], [0, 5]],
        [[10, 10], [-10, 0], [0, -10], [10, 0]],
        [[10, 10], [10, 0], [0, -10], [-10, 0]],
    ],
    "objects": {
        "countries": {"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "arcs": [[0, 1]], "properties": {"name": "Kosovo"}},
            {"type": "MultiPolygon", "arcs": [[[2, 0]]], "properties": {"name": "Serbia"}},
        ]},
        "land": {"type": "GeometryCollection", "geometries": [{"type": "MultiPolygon", "arcs": [[[~1, 2]]]}]},
    },
}  # fmt: skip


def by_kind(area):
    return {feature["properties"]["kind"]: feature["geometry"]["coordinates"] for feature in area["features"]}


def test_land_is_clipped_and_the_common_line_is_disputed() -> None:
    area = script.outline(WORLD, (5, 2, 15, 20), 0.01)
    found = by_kind(area)
    assert set(found) == {"land", "disputed"}
    (ring,) = found["land"][0]
    assert ring[0] == ring[-1]
    assert {tuple(point) for point in ring} >= {(5, 2), (15, 2), (15, 10), (5, 10)}
    (line,) = found["disputed"]
    assert [tuple(point) for point in line] == [(10, 2), (10, 10)]  # the point between is on the way
    assert area["bbox"] == [5, 2, 15, 20]


def test_other_neighbours_have_an_ordinary_boundary() -> None:
    world = json.loads(json.dumps(WORLD))
    world["objects"]["countries"]["geometries"][0]["properties"]["name"] = "Elsewhere"
    assert set(by_kind(script.outline(world, (5, 2, 15, 20), 0.01))) == {"land", "boundary"}


def test_nothing_but_sea() -> None:
    assert by_kind(script.outline(WORLD, (30, 30, 40, 40), 0.01)) == {"land": []}


def test_a_line_that_leaves_and_comes_back_is_two_pieces() -> None:
    line = [(1.0, 1.0), (5.0, 1.0), (5.0, 2.0), (1.0, 2.0)]
    assert script.clip_line(line, (0, 0, 3, 3)) == [[(1, 1), (3, 1)], [(3, 2), (1, 2)]]


def test_simplifying_keeps_the_ends_and_the_tolerance() -> None:
    line = [(x / 100, 0.002 * (x % 2) + (0.5 if x == 50 else 0)) for x in range(101)]
    kept = script.simplify(line, 0.01)
    assert kept[0] == line[0]
    assert kept[-1] == line[-1]
    assert (0.5, 0.5) in kept
    assert len(kept) < 8
    assert max(min(script.away(p, a, b) for a, b in itertools.pairwise(kept)) for p in line) <= 0.01


def test_the_command(tmp_path, capsys, monkeypatch) -> None:
    path = tmp_path / "world.json"
    path.write_text(json.dumps(WORLD))
    monkeypatch.setattr(sys, "argv", ["outline.py", str(path), "--box", "5", "2", "15", "20"])
    assert script.main() == 0
    assert json.loads(capsys.readouterr().out)["type"] == "FeatureCollection"


def test_the_shipped_outline_is_small_and_says_where_it_is_from() -> None:
    (path,) = (ROOT / "sim" / "views" / "outlines").glob("*.geojson")
    assert path.stat().st_size < 40_000
    data = json.loads(path.read_text())
    assert "Natural Earth" in data["source"]
    assert "no endorsement" in data["note"]
    assert data["bbox"] == pytest.approx([33, 31, 43.5, 38.5])
