"""Words, numbers, dates and room: the small things every picture is made of."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from pictures import draw

from sim.views.dates import Clock, clock
from sim.views.placement import Tag, find_spots, write_tags
from sim.views.sheet import Sheet
from sim.views.style import WIDTH_CM, listed, people, percent, signed, spell


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 %"), (1, "100 %"), (0.5, "50 %"), (0.004, "<1 %"), (0.996, ">99 %"), (None, "?")],
)
def test_percent_never_claims_certainty(value, text) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (850, "850"), (999.6, "1k"), (1_000, "1k"), (4_210, "4.2k"), (9_960, "10k"), (38_400, "38k"),
     (999_600, "1M"), (1_250_000, "1.2M"), (23_000_000, "23M")],
)  # fmt: skip
def test_people_are_short(value, text) -> None:
    assert people(value) == text


def test_spelling() -> None:
    assert spell("Deir ez-Zor") == "Deir ez-Zor"
    assert spell("حلب") == "حلب"
    assert spell("a\nb\x00\u202e") == "a\\nb\\x00\\u202e"
    assert spell("y" * 50) == "y" * 39 + "…"
    assert spell("\U00013000") == "\u25a1"  # a hieroglyph, which no font at hand has
    assert signed(-1.25, 1) == "−1.2"
    assert listed(list("abc"), 3) == "a, b, c"
    assert listed(list("abcd"), 3) == "a, b and 2 more"


def test_dates_on_the_scenarios_own_clock() -> None:
    time = clock("2024-11-27T05:00:00+03:00", 14 * 86_400)
    assert time.zone == "UTC+03:00"
    assert time.span() == "27 Nov to 11 Dec 2024"
    assert time.day(datetime.fromisoformat("2024-12-05T21:30:00+00:00"), hour=True) == "6 Dec 00:30"
    at, names = time.ticks(5)
    assert names == ["28 Nov", "1 Dec", "4 Dec", "7 Dec", "10 Dec"]
    assert at[0].hour == 0
    assert Clock(datetime.fromisoformat("2030-01-01T00:00Z"), 6).zone == "UTC"
    assert Clock(datetime.fromisoformat("2030-01-01T00:00-09:30"), 6).zone == "UTC-09:30"


@pytest.mark.parametrize("hours", [0.5, 6, 30, 100, 14 * 24, 60 * 24, 366 * 24])
@pytest.mark.parametrize("most", [2, 5, 16])
def test_ticks_are_few_round_and_inside(hours, most) -> None:
    time = Clock(datetime.fromisoformat("2024-11-27T05:20:00+03:00"), hours)
    at, names = time.ticks(most)
    assert len(at) <= most + 1
    assert all(time.start <= moment <= time.end and moment.minute == 0 for moment in at)
    assert all(name == f"{moment:%H:%M}" or name == time.day(moment) for moment, name in zip(at, names, strict=True))
    assert len(set(at)) == len(at)


def test_a_title_and_notes_stay_inside_the_picture() -> None:
    ax = Sheet(None, "W" * 30 + " " + "Wide words " * 12, notes=["Some MORE WORDS " * 30, "Short."]).host
    draw(ax)
    edge = ax.figure.bbox.width
    assert len(ax.texts) == 2
    for text in ax.texts:
        box = text.get_window_extent()
        assert box.x0 > 0
        assert box.x1 < edge


def test_panels_fill_the_width_and_do_not_touch() -> None:
    sheet = Sheet(None, "Title", notes=["Note"])
    panels = sheet.panels(5, 3, 2.0)
    boxes = [panel.get_window_extent() for panel in panels]
    for i, one in enumerate(boxes):
        assert one.height == pytest.approx(2.0 / 2.54 * sheet.figure.dpi)
        assert not any(one.overlaps(other) for other in boxes[:i])
        assert 0 < one.x0 < one.x1 < WIDTH_CM / 2.54 * sheet.figure.dpi


def _axes():
    ax = Figure(figsize=(5, 5), dpi=100).add_axes((0, 0, 1, 1))
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    return ax


def test_a_name_stands_clear_of_its_point_and_the_frame() -> None:
    ax = _axes()
    tags = [Tag(x, y, 6.0, "Some name") for x in (0.01, 0.5, 0.99) for y in (0.01, 0.5, 0.99)]
    spots = find_spots(ax, tags, [], free=9, fontsize=8)
    write_tags(ax, tags, spots, fontsize=8)
    assert len(spots) == 9
    frame = ax.get_window_extent()
    for text, tag in zip(ax.texts, tags, strict=True):
        box = text.get_window_extent()
        assert frame.x0 < box.x0 < box.x1 < frame.x1
        assert frame.y0 < box.y0 < box.y1 < frame.y1
        at = ax.transData.transform((tag.x, tag.y))
        nearest = np.clip(at, [box.x0, box.y0], [box.x1, box.y1])
        assert np.hypot(*(nearest - at)) >= 6.0 * 100 / 72


def test_the_important_come_first_and_what_has_no_room_is_left_out() -> None:
    ax = _axes()
    crowd = [Tag(0.5 + 0.002 * i, 0.5, 3.0, f"Number {i}") for i in range(40)]
    assert find_spots(ax, crowd, [], free=0, fontsize=8) == []  # nobody could tell whose name it is
    spots = find_spots(ax, crowd, [], free=40, fontsize=8)
    assert spots[0].tag == 0
    assert 2 <= len(spots) < 40


def test_names_keep_off_roads_where_they_can() -> None:
    ax = _axes()
    road = np.array([[0.5, 0.5], [1.0, 0.5]])
    (free,) = find_spots(ax, [Tag(0.5, 0.5, 4, "Name")], [], free=0, fontsize=8)
    (spot,) = find_spots(ax, [Tag(0.5, 0.5, 4, "Name")], [road], free=0, fontsize=8)
    assert free.side == (1, 0)
    assert spot.side == (-1, 0)


def test_names_make_room_for_each_other() -> None:
    """One after another each would take the best place, and one would be left without any: they look again."""
    ax = _axes()
    tags = [Tag(0.3 + 0.02 * i, 0.5 + 0.02 * (i % 2), 3.0, f"A long name {i}") for i in range(12)]
    spots = find_spots(ax, tags, [], free=12, fontsize=8)
    assert [spot.tag for spot in spots] == list(range(12))
    write_tags(ax, tags, spots, fontsize=8)
    draw(ax)
    boxes = [Text.get_window_extent(text) for text in ax.texts]  # without their lines
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
    assert all(text.arrow_patch is not None for text, spot in zip(ax.texts, spots, strict=True) if spot.tied)


def test_the_line_of_a_name_runs_through_no_other_name_or_point() -> None:
    ax = _axes()
    tags = [Tag(0.5 + x, 0.5 + y, 4.0, "A name") for x, y in ((0, 0), (0.03, 0), (-0.03, 0), (0, 0.03), (0, -0.03))]
    spots = find_spots(ax, tags, [], free=5, fontsize=8)
    write_tags(ax, tags, spots, fontsize=8)
    draw(ax)
    boxes = [Text.get_window_extent(text) for text in ax.texts]
    assert len(boxes) == 5
    assert spots[0].tied
    for spot in (spot for spot in spots if spot.tied):
        start = ax.transData.transform((tags[spot.tag].x, tags[spot.tag].y))
        for share in np.linspace(0, 1, 50):
            x, y = start + share * np.array(spot.away) * 100 / 72
            assert not any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for box in boxes)
            others = (ax.transData.transform((t.x, t.y)) for i, t in enumerate(tags) if i != spot.tag)
            assert all(np.hypot(x - a, y - b) > 4.0 * 100 / 72 for a, b in others)
