"""Where things stand in a picture: title, key, panels, notes, measured in centimetres.

A picture without axes given makes a figure of its own; given axes, it divides what they cover and leaves the
rest of the user's figure alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sim.views.style import (
    BODY,
    CM,
    DPI,
    INK,
    SMALL,
    SOFT,
    TICK_CM,
    TINY,
    TITLE,
    WIDTH_CM,
    break_lines,
    figure_of,
    fitted,
    plain,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARGIN = 0.25
"""Centimetres around everything."""
LINE = 1.28 / 72 / CM
"""Centimetres a line of text takes for each point of its size."""

HANDLE, AIR = 2.4, 0.5
"""Length of a handle and the air beside it, in sizes of the text."""

Key = tuple[Any, str]
"""A handle and what it stands for."""


class Sheet:
    """A title above, a key below it, panels, notes at the foot. `host` covers it all and is what a picture
    returns; its `child_axes` are the panels, in reading order."""

    def __init__(
        self,
        ax: Axes | None,
        title: str,
        keys: Sequence[Key] = (),
        notes: Sequence[str] = (),
        *,
        width_cm: float = WIDTH_CM,
    ) -> None:
        self.own = ax is None
        if ax is None:
            from matplotlib.figure import Figure

            # Letters are of other widths at other resolutions, so what is measured is what is saved.
            figure = Figure(figsize=(width_cm * CM, 10 * CM), dpi=DPI, facecolor="white")
            ax = figure.add_axes((0, 0, 1, 1), label="sheet")
        self.host: Axes = ax
        ax.set_axis_off()
        self.figure = figure_of(ax)
        box = ax.get_window_extent()
        self.width_cm = box.width / self.figure.dpi / CM
        self.height_cm = box.height / self.figure.dpi / CM
        self._margin = MARGIN if self.own else 0.0
        self.top_cm = self._margin
        self.bottom_cm = self._margin
        self._title(title)
        self._key(keys)
        self._notes(notes)

    def panels(
        self,
        count: int,
        columns: int,
        height_cm: float,
        *,
        left: float = 0.9,
        right: float = 0.1,
        above: float = 0.45,
        below: float = 0.55,
        between: float = 0.35,
        foot: float = 0.0,
        **style: Any,
    ) -> list[Axes]:
        """Axes for so many panels in rows of `columns`, each `height_cm` high with room above, below and
        between (centimetres); `left` and `right` are kept free beside the whole, `foot` below it."""
        rows = -(-count // columns)
        step = above + height_cm + below
        if self.own:
            self.set_height(self.top_cm + self.bottom_cm + foot + rows * step)
        else:
            step = max(0.3, (self.height_cm - self.top_cm - self.bottom_cm - foot) / rows)
            height_cm = max(0.2, step - above - below)
        left, right = self._sides(left, right)
        room = self.width_cm - 2 * self._margin - left - right
        width = max(0.3, (room - (columns - 1) * between) / columns)
        made = []
        for number in range(count):
            row, column = divmod(number, columns)
            x = self._margin + left + column * (width + between)
            y = self.top_cm + row * step + above
            made.append(self.place(x, y, width, height_cm, **style))
        return made

    def room_for(self, names: Iterable[str], size: float, *, least: float, most: float, **style: Any) -> float:
        """Centimetres to keep free beside panels for names along the side, so that as many as possible are whole."""
        widest = max(
            (wide for _, wide in fitted(self.host, names, most - TICK_CM, fontsize=size, **style)), default=0.0
        )
        return max(float(least), widest + TICK_CM + 0.01)  # measured again, a name must still fit

    def beside(self, panel: Axes) -> float:
        """Centimetres that names along the left side of a panel can take."""
        free = float(panel.get_window_extent().x0 - self.host.get_window_extent().x0)
        found: float = free / self.figure.dpi / CM - self._margin
        return found

    def stack(
        self, heights_cm: Sequence[float], *, left: float, right: float, above: float, below: float, **style: Any
    ) -> list[Axes]:
        """Axes one under another, of these heights, each with room above and below (centimetres)."""
        room = above + below
        wanted = sum(heights_cm) + room * len(heights_cm)
        if self.own:
            self.set_height(self.top_cm + self.bottom_cm + wanted)
        rest = self.height_cm - self.top_cm - self.bottom_cm - room * len(heights_cm)
        share = max(0.05, rest / sum(heights_cm))
        left, right = self._sides(left, right)
        width = max(0.3, self.width_cm - 2 * self._margin - left - right)
        made, y = [], self.top_cm
        for height in heights_cm:
            made.append(self.place(self._margin + left, y + above, width, share * height, **style))
            y += share * height + room
        return made

    def _sides(self, left: float, right: float) -> tuple[float, float]:
        """Room beside panels, so that at least two fifths of narrow axes are theirs."""
        share = min(1.0, 0.6 * (self.width_cm - 2 * self._margin) / max(left + right, 0.1))
        return left * share, right * share

    def place(self, x: float, y: float, width: float, height: float, **style: Any) -> Axes:
        """Axes with the upper left corner at (x, y) from that of the sheet, all in centimetres."""
        bounds = (
            x / self.width_cm,
            1 - (y + height) / self.height_cm,
            width / self.width_cm,
            height / self.height_cm,
        )
        return self.host.inset_axes(bounds, **style)

    def set_height(self, height_cm: float) -> None:
        """Make a figure of its own so high; what the user's axes cover stays."""
        if self.own:
            self.figure.set_size_inches(self.width_cm * CM, height_cm * CM)
            self.height_cm = height_cm

    def text(self, x: float, y: float, text: str, *, from_top: bool = True, **style: Any) -> Any:
        """Text at (x, y) cm from the upper left corner, or from the lower left one."""
        artist = self.host.annotate(
            text,
            xy=(0, 1 if from_top else 0),
            xycoords="axes fraction",
            xytext=(x * CM * 72, (-y if from_top else y) * CM * 72),
            textcoords="offset points",
            va="top" if from_top else "bottom",
            ha="left",
            annotation_clip=False,
            **{"fontsize": BODY, "color": INK, "linespacing": 1.15, **style},
        )
        return plain(artist)

    def _paragraph(self, texts: Sequence[str], size: float, **place: Any) -> int:
        """Texts broken into lines that fit the width; returns how many lines."""
        room = self.width_cm - 2 * self._margin
        artist = self.text(self._margin, text="", fontsize=size, **place)
        break_lines(artist, texts, room)
        return int(artist.get_text().count("\n")) + 1

    def _title(self, title: str) -> None:
        if title:
            lines = self._paragraph([title], TITLE, y=self.top_cm, fontweight="bold")
            self.top_cm += lines * TITLE * LINE + 0.08

    def _key(self, keys: Sequence[Key]) -> None:
        if not keys:
            return
        legend = key(self.host, keys, self.width_cm - 2 * self._margin, at=(self._margin, -self.top_cm), corner=(0, 1))
        self.top_cm += legend.get_window_extent().height / self.figure.dpi / CM + 0.05

    def _notes(self, notes: Sequence[str]) -> None:
        texts = [note for note in notes if note]
        if texts:
            lines = self._paragraph(texts, TINY, y=self.bottom_cm, from_top=False, color=SOFT)
            self.bottom_cm += lines * TINY * LINE + 0.1


def key(
    ax: Axes,
    keys: Sequence[Key],
    width_cm: float,
    *,
    at: tuple[float, float] = (0.0, 0.0),
    corner: tuple[float, float] = (0.0, 1.0),
    columns: int = 8,
    size: float = SMALL,
) -> Any:
    """A legend in as many columns as fit in `width_cm`. Its upper left corner stands `at` (cm, right and up)
    from a `corner` of the axes (0..1). Names are drawn as they are."""
    from matplotlib.transforms import ScaledTranslation

    figure = figure_of(ax)
    shift = ScaledTranslation(at[0] * CM, at[1] * CM, figure.dpi_scale_trans)
    for count in range(min(columns, len(keys)), 0, -1):
        # A legend fills its columns one by one; people read along rows.
        ordered = [entry for column in range(count) for entry in keys[column::count]]
        legend = ax.legend(
            [handle for handle, _ in ordered],
            ["-"] * len(keys),  # the names come below: a legend leaves out labels that begin with _
            loc="upper left",
            bbox_to_anchor=corner,
            bbox_transform=ax.transAxes + shift,
            ncols=count,
            frameon=False,
            fontsize=size,
            borderaxespad=0,
            borderpad=0.15,
            handlelength=HANDLE,
            handletextpad=AIR,
            columnspacing=1.4,
            labelspacing=0.35,
            labelcolor=INK,
        )
        for text, (_, name) in zip(legend.get_texts(), ordered, strict=True):
            text.set_text(name)
            plain(text)
        if count == 1:
            beside = width_cm - size * (HANDLE + AIR + 0.3) / 72 / CM
            for text, (_, name) in zip(legend.get_texts(), ordered, strict=True):
                break_lines(text, [name], beside)
            break
        if legend.get_window_extent().width / figure.dpi / CM <= width_cm:
            break
    return legend
