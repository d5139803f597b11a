"""Cut the coast and boundaries of one area out of Natural Earth, as the GeoJSON that maps are drawn over.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scenarios/outline.py package/countries-10m.json --box 33 31 43.5 38.5 > levant.geojson

Files in `sim/views/outlines` are found by themselves when they cover a scenario's places; any other can be
given to the map. Natural Earth is in the public domain and draws boundaries as they are held, not as they are
claimed: lines known to be disputed are marked, to be drawn dashed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Line = list[Point]
Box = tuple[float, float, float, float]

DISPUTED = frozenset(
    frozenset(pair)
    for pair in (
        ("Israel", "Syria"), ("Israel", "Palestine"), ("Israel", "Lebanon"),
        ("N. Cyprus", "Cyprus"), ("N. Cyprus", "Cyprus U.N. Buffer Zone"), ("Cyprus", "Cyprus U.N. Buffer Zone"),
        ("Morocco", "W. Sahara"), ("Kosovo", "Serbia"), ("Somalia", "Somaliland"), ("Ukraine", "Russia"),
        ("India", "Pakistan"), ("India", "China"), ("Siachen Glacier", "India"), ("Siachen Glacier", "Pakistan"),
        ("Siachen Glacier", "China"), ("North Korea", "South Korea"), ("Sudan", "S. Sudan"), ("Sudan", "Egypt"),
        ("Armenia", "Azerbaijan"), ("Ethiopia", "Eritrea"), ("Guyana", "Venezuela"),
    )
)  # fmt: skip
"""Neighbours (as Natural Earth 4.1 names them) whose common line is disputed, wholly or in part. Not complete."""

SOURCE = "Natural Earth 4.1, 1:10m, public domain; through world-atlas 2.0.2 (ISC)"


def main() -> int:
    """Read TopoJSON, write GeoJSON."""
    parser = argparse.ArgumentParser(description="Cut an area out of Natural Earth as GeoJSON.")
    parser.add_argument("topojson", type=Path, help="countries-10m.json (or -50m) of world-atlas")
    parser.add_argument("--box", type=float, nargs=4, required=True, metavar=("WEST", "SOUTH", "EAST", "NORTH"))
    parser.add_argument("--tolerance", type=float, default=0.003, help="degrees that a line may be off (0.003)")
    given = parser.parse_args()
    world = json.loads(given.topojson.read_text(encoding="utf-8"))
    area = outline(world, tuple(given.box), given.tolerance)
    json.dump(area, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")
    return 0


def outline(world: dict[str, Any], box: Box, tolerance: float) -> dict[str, Any]:
    """GeoJSON with one MultiPolygon of land (`kind: land`) and lines (`kind: boundary` or `disputed`)."""
    arcs = [simplify(line, tolerance) for line in decoded(world)]
    owners: dict[int, set[str]] = defaultdict(set)
    for country in world["objects"]["countries"]["geometries"]:
        for arc in (arc for polygon in polygons_of(country) for ring in polygon for arc in ring):
            owners[arc if arc >= 0 else ~arc].add(country["properties"]["name"])
    polygons = []
    for polygon in polygons_of(world["objects"]["land"]):
        cut = [clip_polygon(stitched(ring, arcs), box) for ring in polygon]
        if len(cut[0]) >= 3:  # the first ring is the land, the others are seas within it
            polygons.append([closed(rounded(ring)) for ring in cut if len(ring) >= 3])
    lines: dict[str, list[Line]] = {"boundary": [], "disputed": []}
    for arc, names in sorted(owners.items()):
        if len(names) == 2:
            kind = "disputed" if frozenset(names) in DISPUTED else "boundary"
            lines[kind] += [rounded(piece) for piece in clip_line(arcs[arc], box)]
    features = [feature("land", "MultiPolygon", polygons)]
    features += [feature(kind, "MultiLineString", found) for kind, found in lines.items() if found]
    return {
        "type": "FeatureCollection",
        "bbox": list(box),
        "source": SOURCE,
        "note": "Boundaries imply no endorsement; disputed ones are marked as far as known.",
        "features": features,
    }


def feature(kind: str, geometry: str, coordinates: list[Any]) -> dict[str, Any]:
    """One GeoJSON feature."""
    return {
        "type": "Feature",
        "properties": {"kind": kind},
        "geometry": {"type": geometry, "coordinates": coordinates},
    }


def decoded(world: dict[str, Any]) -> Iterator[Line]:
    """The arcs of a TopoJSON in degrees (its numbers are steps of a grid, each from the one before)."""
    (scale_x, scale_y), (zero_x, zero_y) = world["transform"]["scale"], world["transform"]["translate"]
    for arc in world["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + zero_x, y * scale_y + zero_y))
        yield line


def polygons_of(geometry: dict[str, Any]) -> Iterator[list[list[int]]]:
    """The polygons of a geometry or collection, each a list of rings, each a list of arcs."""
    if geometry["type"] == "Polygon":
        yield geometry["arcs"]
    elif geometry["type"] == "MultiPolygon":
        yield from geometry["arcs"]
    for part in geometry.get("geometries", ()):
        yield from polygons_of(part)


def stitched(ring: list[int], arcs: list[Line]) -> Line:
    """The points of a ring; a negative arc runs backwards."""
    line: Line = []
    for arc in ring:
        part = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        line += part[1:] if line else part
    return line


def simplify(line: Line, tolerance: float) -> Line:
    """The line with fewer points, nowhere further off than the tolerance (Douglas & Peucker 1973). The ends
    stay, so that arcs still meet."""
    keep = {0, len(line) - 1}
    parts = [(0, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        far, at = 0.0, 0
        for i in range(first + 1, last):
            distance = away(line[i], line[first], line[last])
            if distance > far:
                far, at = distance, i
        if far > tolerance:
            keep.add(at)
            parts += [(first, at), (at, last)]
    return [line[i] for i in sorted(keep)]


def away(point: Point, start: Point, end: Point) -> float:
    """Distance of a point from a piece of line, in degrees."""
    (x, y), (ax, ay), (bx, by) = point, start, end
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = 0.0 if length == 0 else min(1.0, max(0.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length))
    return float(((x - ax - share * (bx - ax)) ** 2 + (y - ay - share * (by - ay)) ** 2) ** 0.5)


def clip_polygon(ring: Line, box: Box) -> Line:
    """The part of a ring inside the box (Sutherland & Hodgman 1974)."""
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        cut: Line = []
        for before, here in zip(ring[-1:] + ring[:-1], ring, strict=True):
            was, now = sign * (before[axis] - limit) >= 0, sign * (here[axis] - limit) >= 0
            if was != now:
                cut.append(crossing(before, here, axis, limit))
            if now:
                cut.append(here)
        ring = cut
        if not ring:
            break
    return ring


def clip_line(line: Line, box: Box) -> list[Line]:
    """The pieces of a line inside the box."""
    pieces: list[Line] = [line]
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        inside: list[Line] = []
        for piece in pieces:
            current: Line = []
            for i, here in enumerate(piece):
                now = sign * (here[axis] - limit) >= 0
                was = i > 0 and sign * (piece[i - 1][axis] - limit) >= 0
                if i > 0 and was != now:
                    current.append(crossing(piece[i - 1], here, axis, limit))
                if now:
                    current.append(here)
                elif current:
                    inside.append(current)
                    current = []
            inside.append(current)
        pieces = [piece for piece in inside if len(piece) > 1]
    return pieces


def crossing(a: Point, b: Point, axis: int, limit: float) -> Point:
    """Where the line from a to b meets the limit."""
    share = (limit - a[axis]) / (b[axis] - a[axis])
    point = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]
    point[axis] = limit
    return point[0], point[1]


def rounded(line: Line) -> Line:
    """To a thousandth of a degree (110 m), without repetitions."""
    points: Line = []
    for x, y in line:
        point = round(x, 3), round(y, 3)
        if not points or points[-1] != point:
            points.append(point)
    return points


def closed(ring: Line) -> Line:
    """A ring that ends where it begins, as GeoJSON wants it."""
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


if __name__ == "__main__":
    sys.exit(main())
