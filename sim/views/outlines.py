"""Coasts and boundaries to draw under a map: GeoJSON, shipped for some areas or given by the user."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import UsageError, printable
from sim.files import disk
from sim.model.results import Floats

FOLDER = Path(__file__).parent / "outlines"
"""What is shipped; `scenarios/outline.py` made it."""

LARGEST = 50_000_000
"""Bytes of a file that is read at all."""

CREDIT = "Coast and boundaries: Natural Earth (public domain). Boundaries imply no endorsement."
OTHER_CREDIT = "Boundaries imply no endorsement."

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


@dataclass(frozen=True)
class Outline:
    """Land (each polygon a list of rings), and lines by kind, as (points, 2) arrays of longitude, latitude."""

    land: tuple[tuple[Floats, ...], ...]
    boundaries: tuple[Floats, ...]
    disputed: tuple[Floats, ...]
    box: Box | None
    credit: str


def find_outline(wanted: str | Path | bool | None, box: Box) -> Outline | None:
    """The outline to draw: the shipped one that covers a box (`True`), a GeoJSON file, or none.

    Raises UsageError when a file is not GeoJSON, StoreError when it cannot be read.
    """
    if wanted is None or wanted is False:
        return None
    if wanted is not True:
        return read_outline(Path(wanted))
    for path in sorted(FOLDER.glob("*.geojson")):
        found = _shipped(path)
        if found.box is not None and _covers(found.box, box):
            return found
    return None


@functools.cache
def _shipped(path: Path) -> Outline:
    return read_outline(path, credit=CREDIT)


def read_outline(path: Path, credit: str = OTHER_CREDIT) -> Outline:
    """An outline from GeoJSON. Polygons are land; lines are boundaries, dashed where a feature's property
    `kind` is `disputed`. Raises UsageError, StoreError."""
    shown = printable(str(path))
    with disk.plainly("read", path):
        size = path.stat().st_size
    if size > LARGEST:
        raise UsageError(f"{shown}: an outline must be below {LARGEST // 1_000_000} MB (got {size:,} bytes)")
    try:
        data = json.loads(disk.read(path))
        land: list[tuple[Floats, ...]] = []
        lines: dict[bool, list[Floats]] = {True: [], False: []}
        for kind, shape, coordinates in _geometries(data, ""):
            if shape == "polygon":
                land.append(tuple(_points(ring) for ring in coordinates))
            else:
                lines[kind == "disputed"].append(_points(coordinates))
        west, south, east, north = data.get("bbox", [0.0] * 4)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"{shown}: must be GeoJSON in degrees (got {printable(str(error), 80)})") from None
    box = (float(west), float(south), float(east), float(north)) if "bbox" in data else None
    return Outline(tuple(land), tuple(lines[False]), tuple(lines[True]), box, credit)


def _geometries(data: dict[str, Any], kind: str) -> Iterator[tuple[str, str, Any]]:
    """Every polygon and line in a GeoJSON object, with the `kind` of its feature."""
    name = data["type"]
    if name == "FeatureCollection":
        for feature in data["features"]:
            yield from _geometries(feature, kind)
    elif name == "Feature":
        if data.get("geometry"):
            yield from _geometries(data["geometry"], str((data.get("properties") or {}).get("kind", "")))
    elif name == "GeometryCollection":
        for part in data["geometries"]:
            yield from _geometries(part, kind)
    elif name in ("Polygon", "LineString"):
        yield kind, "polygon" if name == "Polygon" else "line", data["coordinates"]
    elif name in ("MultiPolygon", "MultiLineString"):
        for part in data["coordinates"]:
            yield kind, "polygon" if name == "MultiPolygon" else "line", part
    elif name not in ("Point", "MultiPoint"):
        raise ValueError(f"an object of type {name!r}")


def _points(ring: Any) -> Floats:
    points = np.array([point[:2] for point in ring], dtype=float).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise ValueError("a coordinate that is not finite")
    return points


def _covers(outer: Box, inner: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]
