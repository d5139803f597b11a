"""What the tests of pictures share: small results made by hand, and ways to look into a picture."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np

from sim.model.results import Block, Labels, Provenance, Results
from sim.units import DAY, HOUR

START = "2024-11-27T05:00:00+03:00"
DAYS = 10
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")


def results(
    changes: list[tuple[float, ...]],
    runs: int,
    *,
    names: tuple[str, ...] = ("Alba", "Brae", "Coll"),
    factions: tuple[str, ...] = ("Blue", "Red"),
    initial: tuple[int, ...] | None = None,
    camps: tuple[int, ...] | None = None,
    observed: list[dict[str, Any]] | None = None,
    at: list[tuple[float, float]] | None = None,
    roads: list[dict[str, Any]] | None = None,
    days: int = DAYS,
) -> Results:
    """Results from a list of changes (run, hour, place, old, new); places p00, p01, ... lie in the Levant unless
    `at` gives their (latitude, longitude)."""
    count = len(names)
    ids = tuple(f"p{i:02}" for i in range(count))
    sides = tuple(f"f{i}" for i in range(len(factions)))
    initial = initial or (0,) * count
    labels = Labels(
        place_ids=ids, place_names=names, faction_ids=sides, faction_names=factions,
        faction_colors=COLORS[: len(factions)], faction_camp=camps or tuple(range(len(factions))), wing_ids=(),
        input_ids=(), cause_names=("assault",), end_names=("horizon",), initial_holder=initial,
    )  # fmt: skip
    rows = [[run, round(hour * HOUR), place, old, new, 0] for run, hour, place, old, new in changes]
    change = np.array(rows, dtype=np.int64).reshape(-1, 6).T
    change = change[:, np.lexsort((change[2], change[1], change[0]))]
    holder = np.repeat(np.array(initial, dtype=np.int64)[:, None], runs, axis=1)
    for run, _, place, _, new, _ in change.T:
        holder[place, run] = new
    sides_count = len(factions)
    people = np.zeros((7, sides_count, runs), np.int64)
    people[0] = 5_000 + 10 * np.arange(runs) + 100 * np.arange(sides_count)[:, None]
    people[3] = 7 * np.arange(runs)
    people[4, 0] = 1_000
    strength = people[None, 0] - 20 * np.arange(days)[:, None, None]
    zeros = np.zeros(runs, np.int64)
    block = Block(
        run=np.arange(runs), draw=np.arange(runs), end_tick=zeros + days * DAY, end_reason=zeros, events=zeros,
        people=people, sorties=np.zeros((0, runs), np.int64), harm=np.zeros((sides_count, runs), np.int64),
        final_holder=holder, cohesion=np.zeros((sides_count, runs), np.int64), inputs=np.zeros((0, runs)),
        change=change, strength=strength, displaced=np.zeros((days, runs), np.int64), fled=zeros,
        away=np.zeros((count, runs), np.int64), sheltered=np.zeros((count, runs), np.int64),
        lacking=np.zeros((2, count, runs), np.int64),
    )  # fmt: skip
    spots = at or [
        (33.5 + 0.25 * (i % 9) + 0.02 * (i // 9), 36.2 + 0.3 * (i // 9) + 0.1 * (i % 2)) for i in range(count)
    ]
    scenario = {
        "scenario": "made_up", "start": START, "days": days,
        "places": {
            place: {"kind": "city", "lat": lat, "lon": lon, "people": 1_000 * (i + 1), "holder": sides[initial[i]]}
            for i, (place, (lat, lon)) in enumerate(zip(ids, spots, strict=True))
        },
        "roads": roads or [{"a": a, "b": b, "km": 30.0, "class": "primary"} for a, b in itertools.pairwise(ids)],
        "factions": {side: {} for side in sides},
        "observed": observed or [],
    }  # fmt: skip
    about = Provenance("made_up", "", "0" * 64, "1" * 64, "1", "none", 1, START, days * DAY)
    return Results(about, labels, block, scenario_json=json.dumps(scenario))


def drive(runs: int = 40, **options: Any) -> Results:
    """Red takes Alba in three quarters of the runs and Brae in half, later and later; Coll stays Blue."""
    changes: list[tuple[float, ...]] = []
    for run in range(runs):
        if run % 4:
            changes.append((run, 24 + run, 0, 0, 1))
        if run % 2:
            changes.append((run, 72 + 2 * run, 1, 0, 1))
    return results(changes, runs, **options)


def texts(ax: Any) -> list[Any]:
    """Every text of a picture that says something, those of its panels included."""
    from matplotlib.text import Text

    return [text for text in ax.figure.findobj(Text) if text.get_text()]


def words(ax: Any) -> str:
    """All that a picture says, wrapped lines joined."""
    return " | ".join(text.get_text().replace("\n", " ") for text in texts(ax))


def draw(ax: Any) -> None:
    """Render a picture (warnings are errors in tests)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(ax.figure).draw()


def written(ax: Any) -> list[tuple[str, Any]]:
    """Every text that is really drawn, with its four corners in pixels (4, 2), whatever its angle."""
    from unittest.mock import patch

    from matplotlib.text import Text

    seen: list[Any] = []
    inner = Text.draw

    def draw_and_note(text: Any, renderer: Any, *rest: Any, **more: Any) -> Any:
        if text.get_visible() and text.get_text().strip():
            seen.append(text)
        return inner(text, renderer, *rest, **more)

    with patch.object(Text, "draw", draw_and_note):
        draw(ax)
    return [(text.get_text(), _corners(text)) for text in dict.fromkeys(seen)]


def _corners(text: Any) -> Any:
    from matplotlib.text import Text

    angle = text.get_rotation()
    if angle % 90 == 0:
        return Text.get_window_extent(text).corners()[[0, 1, 3, 2]]
    assert text.get_rotation_mode() == "anchor"
    text.set_rotation(0)
    flat = Text.get_window_extent(text).corners()[[0, 1, 3, 2]]
    text.set_rotation(angle)
    around = text.get_transform().transform(text.get_unitless_position())
    turn = np.deg2rad(angle)
    return (flat - around) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + around


def _touch(one: Any, other: Any) -> bool:
    """Whether two rectangles, given by their corners, overlap by more than half a pixel (separating axes)."""
    for corners in (one, other):
        for side in (corners[1] - corners[0], corners[3] - corners[0]):
            axis = side / max(float(np.hypot(*side)), 1e-9)
            a, b = one @ axis, other @ axis
            if a.max() <= b.min() + 0.5 or b.max() <= a.min() + 0.5:
                return False
    return True


def faults(ax: Any) -> list[str]:
    """Texts that leave the figure or cover one another."""
    width, height = ax.figure.bbox.width, ax.figure.bbox.height
    texts = written(ax)
    found = [
        f"{name!r} leaves the figure"
        for name, at in texts
        if at.min() < 0 or at[:, 0].max() > width or at[:, 1].max() > height
    ]
    pairs = itertools.combinations(texts, 2)
    return found + [f"{one[0]!r} covers {other[0]!r}" for one, other in pairs if _touch(one[1], other[1])]
