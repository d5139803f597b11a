"""Maps as drawn: odds of control on the road graph, and a scenario at its start."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from pictures import COLORS, draw, drive, results, words
from PIL import Image

from sim.errors import StoreError, UsageError
from sim.files import load
from sim.model.results import Results
from sim.study.experiment import run
from sim.views.ground import KM_PER_DEGREE, ground
from sim.views.maps import control_map, scenario_map
from sim.views.outlines import find_outline, read_outline
from sim.views.style import DPI

OCEAN = [(-44.0, -126.0), (-44.5, -126.4), (-45.0, -125.5)]


def pies(panel):
    return next(mark for mark in panel.collections if mark.get_gid() == "pies")


def names_of(panel):
    return [text for text in panel.texts if isinstance(text, Annotation)]


def test_pies_show_the_odds_at_the_moment_asked_for() -> None:
    made = drive()
    ax = control_map(made, at=["2024-11-29T00:00", 240.0])
    early, late = ax.child_axes
    assert early.get_title(loc="left") == "29 Nov 00:00"
    by_then = sum(1 for run in range(40) if run % 4 and 24 + run <= 43)  # 43 h after the start
    for panel, share in ((early, by_then / 40), (late, 0.75)):
        drawn = pies(panel)
        ring, *rest = [i for i, color in enumerate(drawn.get_facecolor()) if color[3] == 0]
        assert len(rest) == 2  # a ring a place
        slices = [i for i in range(len(drawn.get_paths())) if i not in (ring, *rest)]
        alba = [i for i in slices if drawn.get_offsets()[i][1] == 33.5]
        assert [to_hex(drawn.get_facecolor()[i]).upper() for i in alba] == list(COLORS[:2])
        red = drawn.get_paths()[alba[1]].vertices  # the second slice ends at the top, where the first began
        angles = [math.degrees(math.atan2(y, x)) for x, y in red if math.hypot(x, y) > 0.99]
        assert (90 - min(angles, key=lambda a: abs(a - (90 - 360 * (1 - share))))) % 360 == pytest.approx(
            360 * (1 - share)
        )
        radii = np.sqrt(drawn.get_sizes())
        assert len(set(radii.round(6))) == 3  # three populations
    draw(ax)


def test_moments_are_checked() -> None:
    made = drive()
    for wrong, why in (
        (-1, "within the scenario, 27 Nov to 7 Dec 2024"),
        ("soon", "ISO-8601"),
        ([], "at least one date"),
    ):
        with pytest.raises(UsageError, match=why):
            control_map(made, at=wrong)
    default = [panel.get_title(loc="left") for panel in control_map(made).child_axes]
    assert default[0] == "28 Nov 05:00"
    assert default[-1] == "7 Dec 05:00"
    assert len(default) == 5


def test_roads_have_their_class_and_bridges_stand_in_the_middle() -> None:
    roads = [
        {"a": "p00", "b": "p01", "km": 30, "class": "motorway", "bridge": {"name": "Old"}},
        {"a": "p01", "b": "p02", "km": 30, "class": "track"},
    ]
    made = drive(roads=roads)
    panel = control_map(made, at=0).child_axes[0]
    lines = {mark.get_gid(): mark for mark in panel.collections if isinstance(mark, LineCollection) and mark.get_gid()}
    assert set(lines) == {"motorway", "track"}
    assert lines["motorway"].get_linewidth()[0] > lines["track"].get_linewidth()[0]
    (bridge,) = [line for line in panel.lines if line.get_gid() == "bridges"]
    land = ground(json.loads(made.scenario_json))
    assert bridge.get_xdata()[0] == pytest.approx(land.lon[:2].mean())
    assert bridge.get_ydata()[0] == pytest.approx(land.lat[:2].mean())
    assert {"motorway", "track", "bridge"} <= set(words(control_map(made, at=0)).split(" | "))


@pytest.mark.parametrize("km_apart", [1, 3, 8])
def test_bridges_stand_clear_of_the_pies_and_above_them(km_apart: float) -> None:
    """On a small map the pies of places close together leave nothing of the road between them to be seen."""
    at = [(34.0, 36.0), (34.0 + km_apart / KM_PER_DEGREE, 36.0), (36.0, 37.0)]
    roads = [
        {"a": "p00", "b": "p01", "km": 2, "class": "primary", "bridge": {"name": "Old"}},
        {"a": "p01", "b": "p02", "km": 250, "class": "primary"},
    ]
    for panel in control_map(drive(at=at, roads=roads)).child_axes:
        (bridge,) = [line for line in panel.lines if line.get_gid() == "bridges"]
        assert bridge.get_zorder() > pies(panel).get_zorder()
        dot = panel.figure.dpi / 72
        spot = panel.transData.transform(np.column_stack(bridge.get_data()))
        away = np.hypot(*(panel.transData.transform(pies(panel).get_offsets()) - spot).T) / dot
        assert (away > np.sqrt(pies(panel).get_sizes()) + bridge.get_markersize() / 2).all()
        assert away.min() < 15


def test_a_kilometre_is_as_long_both_ways_and_the_scale_bar_tells_it() -> None:
    made = drive()
    panel = control_map(made, at=0).child_axes[0]
    land = ground(json.loads(made.scenario_json))
    middle = (land.lat.min() + land.lat.max()) / 2
    assert panel.get_aspect() == pytest.approx(1 / math.cos(math.radians(middle)))
    (bar,) = [line for line in panel.lines if line.get_gid() == "scale"]
    share = max(bar.get_xdata()) - min(bar.get_xdata())
    west, east = panel.get_xlim()
    km = share * (east - west) * math.cos(math.radians(middle)) * KM_PER_DEGREE
    (label,) = [text.get_text() for text in panel.texts if text.get_text().endswith(" km")]
    assert km == pytest.approx(float(label.split()[0]))


def test_names_do_not_cover_each_other() -> None:
    rng = np.random.default_rng(3)
    at = [(33 + 2 * rng.random(), 36 + 2 * rng.random()) for _ in range(80)]
    names = tuple(f"Name {i}" for i in range(80))
    for moments in (0, [0, 120, 240]):
        ax = control_map(results([], 3, names=names, at=at), at=moments)
        for panel in ax.child_axes:
            draw(ax)
            boxes = [Text.get_window_extent(text) for text in names_of(panel)]  # without their lines
            assert len(boxes) > 8
            for i, one in enumerate(boxes):
                assert not any(one.overlaps(other) for other in boxes[:i])


@pytest.mark.parametrize("name", ["three_sides", "four_cities"])
def test_every_place_of_a_shipped_scenario_is_named_on_every_map(name: str) -> None:
    loaded = load(name)
    played = run(loaded, runs=20, nested=False)
    ax = control_map(played)
    draw(ax)
    wanted = sorted(place.name for place in loaded.scenario.places.values())
    assert len(ax.child_axes) == 5
    for panel in ax.child_axes:
        assert sorted(" ".join(text.get_text().split()) for text in names_of(panel)) == wanted
    (panel,) = scenario_map(loaded.scenario).child_axes
    told = sorted(text.get_text().split("\n")[0].removesuffix(" ✈") for text in names_of(panel))
    assert told == wanted


def test_long_names_stand_in_two_lines_on_small_maps() -> None:
    names = ("Jabal Zayn al-Abidin", "Abu ad-Duhur", "Saraqibundsoweiter")
    small, large = control_map(drive(names=names)), control_map(drive(names=names), at=0)
    assert {text.get_text() for text in names_of(small.child_axes[0])} == {"Jabal Zayn\nal-Abidin", *names[1:]}
    assert {text.get_text() for text in names_of(large.child_axes[0])} == set(names)


def test_coast_and_boundaries_where_they_are_known() -> None:
    levant = control_map(drive(), at=0)
    assert "Natural Earth" in words(levant)
    assert "imply no endorsement" in words(levant)
    ocean = control_map(drive(at=OCEAN), at=0)
    assert "Natural Earth" not in words(ocean)
    assert "Natural Earth" not in words(control_map(drive(), at=0, outline=None))
    shipped = find_outline(True, (35.0, 32.0, 40.0, 37.0))
    assert shipped is not None
    assert len(shipped.boundaries) > 3
    assert len(shipped.disputed) > 0
    assert find_outline(True, (35.0, 30.0, 40.0, 37.0)) is None  # covered in part only


def test_the_shipped_outline_has_the_sea_in_the_west_and_land_in_the_east() -> None:
    from matplotlib.path import Path

    shipped = find_outline(True, (35.0, 32.0, 40.0, 37.0))
    assert shipped is not None
    inside = [
        any(Path(polygon[0]).contains_point(point) for polygon in shipped.land)
        for point in ((34.0, 34.0), (36.76, 35.13), (33.2, 35.0), (43.0, 38.0))
    ]
    assert inside == [False, True, True, True]  # the sea, Hama, Cyprus, the north-east


def test_an_outline_of_ones_own(tmp_path) -> None:
    own = tmp_path / "island.geojson"
    ring = [[36, 33], [37, 33], [37, 34.5], [36, 33]]
    line = {"type": "LineString", "coordinates": [[36, 33, 5], [37, 34, 5]]}
    own.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": [ring]}},
        {"type": "Feature", "properties": {"kind": "disputed"}, "geometry": line},
        {"type": "Feature", "properties": {}, "geometry": None},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}},
    ]}))  # fmt: skip
    found = read_outline(own)
    assert [len(polygon[0]) for polygon in found.land] == [4]
    assert len(found.disputed) == 1
    assert found.boundaries == ()
    ax = control_map(drive(), at=0, outline=own)
    assert "imply no endorsement" in words(ax)
    draw(ax)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"type": "Nonsense"}', '{"type": "Polygon", "coordinates": [[["a", 1]]]}',
             '{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3]]]}', "[" * 100_000,
             '{"type": "LineString", "coordinates": 7}', '{"type": "Polygon", "coordinates": [], "bbox": [1]}'],
)  # fmt: skip
def test_a_bad_outline_is_told_in_one_line(tmp_path, text) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"x.geojson: must be GeoJSON in degrees"):
        read_outline(path)


def test_an_outline_that_is_not_there(tmp_path) -> None:
    with pytest.raises(StoreError, match="no such file"):
        control_map(drive(), at=0, outline=tmp_path / "none.geojson")


def test_a_result_without_its_scenario_has_no_map() -> None:
    made = drive()
    with pytest.raises(UsageError, match="a map needs the scenario"):
        control_map(Results(made.provenance, made.labels, made.block))


def test_places_on_both_sides_of_the_date_line_stand_side_by_side() -> None:
    land = ground(json.loads(drive(at=[(-17.0, 179.5), (-17.2, -179.5), (-17.5, 179.9)]).scenario_json))
    assert np.ptp(land.lon) == pytest.approx(1.0)


def test_one_place_makes_a_map() -> None:
    ax = control_map(results([], 2, names=("Alba",)))
    west, east = ax.child_axes[0].get_xlim()
    assert east > west
    draw(ax)


def test_a_scenario_before_anything_has_happened(tmp_path) -> None:
    scenario = load("four_cities").scenario
    path = tmp_path / "map.png"
    ax = scenario_map(scenario, path)
    with Image.open(path) as image:
        assert image.width == int(16 / 2.54 * DPI)
    assert path.stat().st_size < 500_000
    (panel,) = ax.child_axes
    holders = {line.get_gid(): line.get_markeredgecolor() for line in panel.lines if line.get_gid() in scenario.places}
    assert holders == {p: scenario.factions[place.holder].color for p, place in scenario.places.items()}
    forces = {mark.get_gid() for mark in panel.collections if str(mark.get_gid()).startswith("force ")}
    assert forces == {f"force {force.place}" for force in scenario.forces}
    said = words(ax)
    assert "Hama ✈" in said
    assert "under arms" in said
    assert scenario.title in said


def test_a_scenario_map_in_the_users_axes() -> None:
    figure = Figure(figsize=(5, 5))
    mine = figure.subplots()
    assert scenario_map(load("three_sides").scenario, mine) is mine
    assert len(mine.child_axes) == 1
    draw(mine)
