"""Picture: the strategic score of places, component by component, and how far the components agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.model.importance import COMPONENTS, Importance
from sim.model.ranks import mean_rank
from sim.model.results import Floats
from sim.units import GRID
from sim.views.sheet import Sheet
from sim.views.style import BODY, INK, NAMES_CM, SMALL, name_ticks, signed, spell, write
from sim.views.subject import Runs, subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 25
"""Rows."""
COLUMNS = ("value", *COMPONENTS)
ROW_CM = 0.46


def score(runs: Runs, ax: Axes | None = None, *, most: int = MOST, title: str | None = None) -> Axes:
    """Strategic score of the places of a result; see `score_of`. Raises UsageError when the results came without
    their scenario."""
    about = subject(runs)
    return score_of(about.importance, about.labels.place_names, ax, most=most, title=title)


def score_of(
    importance: Importance,
    names: Sequence[str],
    ax: Axes | None = None,
    *,
    most: int = MOST,
    title: str | None = None,
) -> Axes:
    """A heat map of value and components for the `most` places of highest value to their holder, and Kendall's
    tau-b between components.

    names: of the places, in the order of `importance.place_ids`. Returns the axes that cover it all; `child_axes` holds
    the two maps.
    """
    held = importance.held_value()
    order = sorted(range(len(names)), key=lambda p: (-int(held[p]), importance.place_ids[p]))
    shown = order[:most]
    shares = np.vstack([held, importance.components])[:, shown].T / GRID
    ranks = np.vstack([mean_rank(held), importance.rank])[:, shown].T
    if title is None:
        title = "Strategic score of places before anything has happened, by component"
    sheet = Sheet(ax, title, notes=_notes(importance, len(names), len(shown)))
    heights = [ROW_CM * len(shown), ROW_CM * (len(COMPONENTS) - 1)]
    called = [spell(names[p]) for p in shown]
    left = sheet.room_for(called, BODY, least=3.0, most=NAMES_CM)
    places, agreement = sheet.stack(heights, left=left, right=0.8, above=1.35, below=0.1)
    texts = [f"{x:.2f} ({r:g})" if x > 0 else "·" for x, r in zip(shares.ravel(), ranks.ravel(), strict=True)]
    _cells(places, shares, texts, bold=(ranks == 1) & (shares > 0))
    name_ticks(places, "y", range(len(shown)), called, fontsize=BODY, room_cm=sheet.beside(places))
    _heads(places, COLUMNS)
    places.axvline(0.5, color="white", linewidth=3)
    size = len(COMPONENTS)
    tau = np.full((size - 1, size + 1), np.nan)  # below the diagonal, in line with the columns above
    for row in range(1, size):
        tau[row - 1, 1 : row + 1] = importance.tau[row, :row]
    _cells(agreement, tau, ["" if np.isnan(x) else signed(x, 2) for x in tau.ravel()], two_sided=True)
    name_ticks(agreement, "y", range(size - 1), COMPONENTS[1:], fontsize=BODY)
    _heads(agreement, ("", *COMPONENTS[:-1], ""))
    write(
        agreement, -0.015, -1.6, "Rank agreement\n(Kendall's tau-b)", transform=agreement.get_yaxis_transform(),
        fontsize=SMALL, ha="right", va="center", fontweight="bold", linespacing=1.15,
    )  # fmt: skip
    return sheet.host


def _cells(ax: Axes, values: Floats, texts: Sequence[str], *, two_sided: bool = False, bold: Any = None) -> None:
    """Coloured squares with their numbers; nothing where there is none."""
    from matplotlib import colormaps

    shades = colormaps["PuOr_r" if two_sided else "Blues"]
    low, high = (-1.0, 1.0) if two_sided else (0.0, 1.15)  # no cell so dark as to hide its number
    ax.imshow(np.ma.masked_invalid(values), cmap=shades, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    rows, columns = values.shape
    for number, text in enumerate(texts):
        y, x = divmod(number, columns)
        if not text:
            continue
        red, green, blue, _ = shades((values[y, x] - low) / (high - low))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        weight = "bold" if bold is not None and bold[y, x] else "normal"
        write(
            ax, x, y, text, ha="center", va="center", fontsize=SMALL - 0.4, fontweight=weight,
            color="white" if dark else INK,
        )  # fmt: skip
    ax.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, color="white", linewidth=0.8)
    ax.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, color="white", linewidth=0.8)
    ax.tick_params(length=0)
    for edge in ax.spines.values():
        edge.set_visible(False)


def _heads(ax: Axes, names: Sequence[str]) -> None:
    ax.xaxis.tick_top()
    name_ticks(ax, "x", range(len(names)), names, fontsize=SMALL, rotation=30, ha="left", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0, pad=2)


def _notes(importance: Importance, places: int, shown: int) -> list[str]:
    weights = ", ".join(f"{name} {w:.2f}" for name, w in zip(COMPONENTS, importance.weights, strict=True))
    cut = f" The {shown} of {places} places with the highest value." if shown < places else ""
    return [
        f"Value: weighted mean of the components ({weights}), seen by the holder at the start. In brackets: "
        f"ranks, the first in bold; dots: 0.{cut} A score is not a target list.",
        "Tau: 1 where two components rank the places alike, -1 where opposite; empty where one does not vary.",
    ]
