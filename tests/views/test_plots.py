"""All pictures together: what holds for each of them, and how they are written."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from pictures import draw, drive, results, texts, words
from PIL import Image

from sim.errors import StoreError, UsageError
from sim.files import load
from sim.model.results import Results
from sim.study.chunks import select
from sim.study.ensemble import Ensemble
from sim.views import plots
from sim.views.maps import scenario_map
from sim.views.style import DPI

HOSTILE = ("$x_2$ \\frac{1}{2}", "_hidden", "<b>\x1b[31mred\n\u202eevil", "حلب", "Харків", "南城 \U0001f600", "n" * 300)


def scored(made: Results) -> Results:
    """The same with a scenario that can be scored: four cities, under their own names."""
    loaded = load("four_cities")
    return replace(
        made, scenario_json=loaded.json, parameters_json=loaded.parameters.model_dump_json(by_alias=True),
        labels=replace(made.labels, place_ids=tuple(sorted(loaded.scenario.places)))
    )  # fmt: skip


def nine(**options) -> Results:
    names = tuple(f"Town {i}" for i in range(9))
    changes = [(run, 24 + run, run % 8, 0, 1) for run in range(40)]
    return results(changes, 40, names=names, **options)


PICTURES = [*plots.PICTURES, "comparison", "differences"]


def draw_picture(name: str, made: Results, **options):
    if name in ("comparison", "differences"):
        other = results([(0, 30, 0, 0, 1)][: made.block.runs], made.block.runs, names=made.labels.place_names)
        other = replace(other, labels=made.labels)
        return getattr(plots, name)(made, other, **options)
    return getattr(plots, name)(made, **options)


@pytest.mark.parametrize("name", PICTURES)
def test_names_are_drawn_as_they_are(name) -> None:
    made = nine()
    names = (*HOSTILE, "Plain", "Also plain")
    labels = replace(made.labels, place_names=names, faction_names=HOSTILE[:2])
    if name == "score":
        made = scored(made)
        labels = replace(made.labels, place_names=names)
    ax = draw_picture(name, replace(made, labels=labels))
    draw(ax)
    said = words(ax)
    for text in texts(ax):
        assert all(mark.isprintable() or mark == "\n" for mark in text.get_text()), text
        if any(mark in text.get_text() for mark in "$_\\"):
            assert not text.get_parse_math(), text
            assert not text.get_usetex()
    wanted = "_hidden" if name in ("strengths", "losses", "map") else "$x_2$"
    assert wanted in said
    assert "n" * 41 not in said


@pytest.mark.parametrize("name", PICTURES)
def test_no_runs_no_picture(name) -> None:
    made = drive()
    empty = replace(made, block=select(made.block, 0, 0))
    with pytest.raises(UsageError, match="run"):
        draw_picture(name, empty)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_take_and_return_axes(name) -> None:
    figure = Figure(figsize=(7, 6))
    mine, other = figure.subplots(1, 2)
    made = scored(nine()) if name == "score" else drive()
    assert draw_picture(name, made, ax=mine) is mine
    assert figure.axes == [mine, other]
    assert mine.child_axes
    assert not other.has_data()
    draw(mine)


def test_a_title_of_ones_own() -> None:
    assert "Who wins" in words(plots.control(drive(), title="Who wins"))
    assert "Losses by faction" in words(plots.losses(drive()))
    assert "Losses by faction" not in words(plots.losses(drive(), title=""))


def test_the_door_hands_out_every_picture() -> None:
    runs = Ensemble(drive())
    assert set(dir(runs.plot)) == set(plots.__all__) == set(PICTURES)
    ax = runs.plot.control(places="Alba")
    assert "Probability that Red holds Alba" in words(ax)
    with pytest.raises(AttributeError, match="no picture is called 'controll'"):
        runs.plot.controll()


def test_all_are_written_small_and_of_report_width(tmp_path) -> None:
    made = scored(nine())
    told = []
    paths = plots.write_all(made, tmp_path / "new" / "pictures", progress=told.append)
    assert [path.name for path in paths] == [f"{name}.png" for name in plots.PICTURES]
    assert told == paths
    for path in paths:
        assert path.stat().st_size < 200_000
        with Image.open(path) as image:
            assert image.width == int(16 / 2.54 * DPI)
            assert image.height < 1.6 * image.width
            assert image.text["Description"].startswith("40 runs, seed 1. Scenario made_up (00000000)")
    assert sorted(path.name for path in (tmp_path / "new" / "pictures").iterdir()) == sorted(p.name for p in paths)


def test_some_or_other_formats(tmp_path) -> None:
    assert [p.name for p in plots.write_all(drive(), tmp_path, only=["falls", "map"], kind="svg")] == [
        "falls.svg",
        "map.svg",
    ]
    assert (tmp_path / "map.svg").read_text().startswith("<?xml")
    with pytest.raises(UsageError, match=r"no picture is called 'fall'; there are control, falls"):
        plots.write_all(drive(), tmp_path, only=["fall"])
    with pytest.raises(UsageError, match="the format must be one of png, svg, pdf"):
        plots.write_all(drive(), tmp_path, kind="gif")
    with pytest.raises(UsageError, match=r"must be named .png, .svg, .pdf \(got 'map.bmp'\)"):
        scenario_map(load("four_cities").scenario, tmp_path / "map.bmp")


def test_without_a_scenario_the_rest_is_written(tmp_path) -> None:
    made = replace(drive(), scenario_json="")
    names = [path.stem for path in plots.write_all(made, tmp_path, dpi=60)]
    assert names == ["control", "falls", "strengths", "losses"]
    with pytest.raises(UsageError, match="a map needs the scenario"):
        plots.write_all(made, tmp_path, only=["map"])


def test_a_folder_that_cannot_be_made(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not make"):
        plots.write_all(drive(), tmp_path / "file" / "inside")


def test_no_display_no_global_state_nothing_heavy_before_it_is_needed() -> None:
    code = """
import sys
import sim.views.plots
assert "matplotlib" not in sys.modules, "imported too early"
from pictures import drive
import matplotlib
before = matplotlib.rcParams.copy()
for name in ("control", "falls", "map", "strengths", "losses"):
    getattr(sim.views.plots, name)(drive()).figure.savefig(__import__("io").BytesIO())
assert "matplotlib.pyplot" not in sys.modules, "pyplot holds global state"
assert all(matplotlib.rcParams[key] == before[key] for key in before if not key.startswith("backend"))
"""
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root), str(root / "tests" / "support")])
    bare = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "MPLBACKEND")}
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, env={**bare, "PYTHONPATH": paths})


def test_folders_are_drawn_block_by_block(tmp_path) -> None:
    made = drive()

    class Blocks:
        """The same runs in blocks of seven, and never all at once."""

        provenance, labels, runs = made.provenance, made.labels, made.block.runs
        scenario_json, parameters_json = made.scenario_json, ""

        def iter_blocks(self):
            return (select(made.block, first, first + 7) for first in range(0, 40, 7))

        def iter_nested(self):
            return iter(())

        def results(self):
            raise AssertionError("everything in memory")

    for name in ("control", "falls", "strengths", "losses", "map"):
        whole, pieces = words(getattr(plots, name)(made)), words(getattr(plots, name)(Ensemble(Blocks())))
        assert whole == pieces
