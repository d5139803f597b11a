"""How every picture looks: sizes, colours, how names are written, how files are saved.

Names are data: nothing in them is read as mathematics or TeX, control characters show as their codes, and a
character that no font at hand has becomes a box instead of a warning. Nothing here touches pyplot, so no
display is needed and no global state changes.
"""

from __future__ import annotations

import functools
import io
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.errors import UsageError, printable
from sim.files import disk
from sim.study.text import percent as percent_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from sim.model.results import Labels

WIDTH_CM = 16.0
"""Width of a picture: one column of a report."""

DPI = 200
CM = 1 / 2.54
"""Inches."""

TITLE, BODY, SMALL, TINY = 9.0, 7.0, 6.2, 5.4
"""Points."""

INK, SOFT, FAINT, RULE = "#1a1a1a", "#595959", "#8c8c8c", "#d9d9d9"
"""Text, secondary text, marks in the background, grid lines."""

DASHES: tuple[Any, ...] = ("solid", (0, (4, 1.4)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (7, 2)),
                           (0, (3, 1, 1, 1, 1, 1)))  # fmt: skip

LOW_CM = 1.3
"""Panels no higher than this have fewer ticks and no label along the side."""

NAMES_CM = 4.8
"""Names along the side of a panel take no more room than this."""

LONGEST = 40
"""Characters of a name in a picture."""

_CARRIERS = ("Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Arial Unicode MS", "Microsoft YaHei",
             "PingFang SC", "Hiragino Sans", "Malgun Gothic", "Nirmala UI", "Noto Sans Devanagari")  # fmt: skip
"""Fonts that are asked, where installed, for what the default one lacks."""


@dataclass(frozen=True)
class Side:
    """How one faction is drawn: never by colour alone."""

    name: str
    color: str
    dash: Any


def sides(labels: Labels) -> list[Side]:
    """The look of every faction, in index order; names are ready to be written."""
    return [
        Side(spell(name), color, DASHES[i % len(DASHES)])
        for i, (name, color) in enumerate(zip(labels.faction_names, labels.faction_colors, strict=True))
    ]


# --- names and other text -----------------------------------------------------------------------------------


def spell(name: str, most: int = LONGEST) -> str:
    """A name as it may be drawn: on one line, at most so many characters, only with glyphs that exist."""
    text = printable(name, 4 * most)
    if len(text) > most:
        text = text[: most - 1].rstrip() + "…"
    if text.isascii():
        return text
    known = _glyphs()
    return "".join(mark if ord(mark) in known or _silent(mark) else "\u25a1" for mark in text)


def _silent(mark: str) -> bool:
    return unicodedata.category(mark) == "Cf" and ord(mark) in _glyphs()


def write(ax: Axes, x: float, y: float, text: str, **style: Any) -> Text:
    """`ax.text` for any text: not read as mathematics."""
    style.setdefault("fontsize", BODY)
    style.setdefault("color", INK)
    return plain(ax.text(x, y, text, **style))


def plain(text: Text) -> Text:
    """Make a text draw what it says, `$` and `_` included."""
    text.set_parse_math(False)
    text.set_usetex(False)
    if not text.get_text().isascii():
        text.set_fontfamily(list(_families()))
    return text


def break_lines(artist: Text, texts: Sequence[str], width_cm: float) -> None:
    """Write texts one below another, broken between words so as to be no wider than this."""
    columns = int(width_cm * CM * 72 / (0.48 * float(artist.get_fontsize())))
    for _ in range(12):  # letters differ in width: guess, measure, correct
        artist.set_text("\n".join(line for text in texts for line in textwrap.wrap(text, max(10, columns))))
        plain(artist)
        wide = width_of(artist)
        if wide <= width_cm or columns <= 10:
            break
        columns = min(columns - 1, int(0.99 * columns * width_cm / wide))


def listed(names: Sequence[str], most: int = 12) -> str:
    """Names one after another; a long list is cut and counted."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"


def percent(share: float | None, digits: int = 0) -> str:
    """A share as a percentage, by the rule of the tables: what is not quite 0 or 100 never reads so."""
    return "?" if share is None else f"{percent_figure(share, digits)} %"


def signed(value: float, digits: int = 0) -> str:
    """A number with its sign, minus as a minus."""
    return f"{value:+.{digits}f}".replace("-", "−")


@functools.cache
def _families() -> tuple[str, ...]:
    """The user's font families that are installed, then the usual carriers of other scripts."""
    import matplotlib
    from matplotlib import font_manager

    generic = {"serif", "sans-serif", "sans serif", "cursive", "fantasy", "monospace"}
    wanted: list[str] = []
    for family in matplotlib.rcParams["font.family"]:
        wanted += matplotlib.rcParams[f"font.{family}"] if family in generic else [family]
    installed = set(font_manager.get_font_names())
    first = [family for family in wanted if family in installed][:1]
    return tuple(dict.fromkeys([*first, "DejaVu Sans", *(name for name in _CARRIERS if name in installed)]))


@functools.cache
def _glyphs() -> frozenset[int]:
    """Code points that some font at hand can draw."""
    from matplotlib import font_manager

    found: set[int] = set()
    for family in _families():
        path = font_manager.findfont(font_manager.FontProperties(family=[family]))
        found.update(font_manager.get_font(path).get_charmap())
    return frozenset(found)


def figure_of(artist: Any) -> Any:
    """The whole figure that something stands in."""
    from matplotlib.figure import Figure

    return artist.figure if isinstance(artist.figure, Figure) else artist.figure.figure


# --- axes -----------------------------------------------------------------------------------------------------


def tidy(ax: Axes, *, grid: Literal["x", "y", "both", ""] = "y") -> None:
    """Thin frame on two sides, small figures, a faint grid along `grid` (`x`, `y`, `both` or empty)."""
    for edge in ("top", "right"):
        ax.spines[edge].set_visible(False)
    for edge in ("left", "bottom"):
        ax.spines[edge].set_color(FAINT)
        ax.spines[edge].set_linewidth(0.6)
    ax.tick_params(labelsize=SMALL, color=FAINT, labelcolor=INK, width=0.6, length=2.5, pad=2)
    ax.set_axisbelow(True)
    if grid:
        ax.grid(True, axis=grid, color=RULE, linewidth=0.5)


def width_of(text: Text) -> float:
    """How wide a text is, in centimetres."""
    wide: float = text.get_window_extent().width / figure_of(text).dpi / CM
    return wide


def fit(text: Text, width_cm: float) -> Text:
    """Cut a text until it is no wider than this."""
    for _ in range(40):
        wide = width_of(text)
        said = text.get_text()
        if wide <= width_cm or len(said) <= 4:
            break
        text.set_text(said[: max(3, min(len(said) - 2, int(len(said) * width_cm / wide)))].rstrip(" …") + "…")
        plain(text)
    return text


def fitted(ax: Axes, names: Iterable[str], width_cm: float, **style: Any) -> list[tuple[str, float]]:
    """Names cut to a width, each with how wide it is (cm), when written in this style."""
    found = []
    for name in names:
        text = fit(write(ax, 0, 0, name, **style), width_cm)
        found.append((text.get_text(), width_of(text)))
        text.remove()
    return found


def heading(ax: Axes, name: str) -> None:
    """A name over a panel, cut to its width."""
    title = plain(ax.set_title(name, loc="left", fontsize=SMALL + 0.8, pad=2.5, fontweight="bold", color=INK))
    fit(title, ax.get_window_extent().width / figure_of(ax).dpi / CM)


TICK_CM = 0.2
"""Room that a tick and the air around it take beside its label."""


def name_ticks(
    ax: Axes, axis: str, at: Sequence[float], names: Iterable[str], *, room_cm: float = 99.0, **style: Any
) -> None:
    """Ticks labelled by names, which are drawn as they are and cut so that they and their ticks fit in `room_cm`.

    They are cut before they become labels: an axis writes its labels anew whenever it is drawn.
    """
    which = ax.xaxis if axis == "x" else ax.yaxis
    style = {"fontsize": SMALL, **style}
    shown = fitted(ax, names, room_cm - TICK_CM, fontsize=style["fontsize"])
    which.set_ticks(list(at), labels=[name for name, _ in shown], **style)
    for tick in which.get_major_ticks():
        plain(tick.label1)
        plain(tick.label2)


def percent_axis(ax: Axes, label: str, axis: str = "y") -> None:
    """Probabilities from 0 to 1 along an axis, read as per cent."""
    which = ax.yaxis if axis == "y" else ax.xaxis
    (ax.set_ylim if axis == "y" else ax.set_xlim)(-0.02, 1.02)
    tall = ax.get_window_extent().height / figure_of(ax).dpi / CM
    shown = (0, 25, 50, 75, 100) if axis == "x" or tall > LOW_CM else (0, 50, 100)
    which.set_ticks([share / 100 for share in shown], labels=[f"{share}" for share in shown])
    which.set_label_text(label if axis == "x" or tall > LOW_CM else "", fontsize=SMALL)


def people(value: float) -> str:
    """A number of people, short: 850, 4.2k, 38k, 1.2M."""
    for unit, sign in ((1_000_000, "M"), (1_000, "k")):
        if value >= 0.9995 * unit:
            size = value / unit
            return f"{size:.1f}".removesuffix(".0") + sign if size < 9.95 else f"{size:.0f}{sign}"
    return f"{value:.0f}"


# --- files ----------------------------------------------------------------------------------------------------

FORMATS = ("png", "svg", "pdf")


def check_picture(path: str | Path) -> None:
    """See that a picture can be written here, before the work; leaves nothing behind. Raises UsageError, StoreError."""
    picture_kind(path)
    disk.check_writable(Path(path))


def picture_kind(path: str | Path) -> str:
    """The format that a name ends in; raises UsageError for another."""
    kind = Path(path).suffix.lower().removeprefix(".")
    if kind not in FORMATS:
        raise UsageError(f"a picture must be named .{', .'.join(FORMATS)} (got {printable(Path(path).name)!r})")
    return kind


def save(ax: Axes, path: str | Path, *, dpi: int = DPI, about: str = "") -> Path:
    """Write the figure of these axes, whole or not at all, in the format that the name ends in, into a folder that is
    made if need be.

    about: where the picture comes from, kept in a PNG. Raises UsageError for another format, StoreError.
    """
    path, kind = Path(path), picture_kind(path)
    buffer = io.BytesIO()
    if kind == "png":
        _png(figure_of(ax), buffer, dpi, printable(about))
    else:
        figure_of(ax).savefig(buffer, format=kind)
    disk.make_folder(path.parent)
    disk.write(path, [buffer.getvalue()])
    return path


def _png(figure: Any, buffer: io.BytesIO, dpi: int, about: str) -> None:
    """A PNG with a palette: a third of the size, and all but the softest edges keep their exact colour."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    raw = io.BytesIO()
    figure.savefig(raw, format="png", dpi=dpi, pil_kwargs={"compress_level": 1})
    image: Image.Image = Image.open(raw)
    if image.mode == "RGB" or image.getchannel("A").getextrema() == (255, 255):  # nothing is transparent
        image = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    notes = PngInfo()
    if about:
        notes.add_text("Description", about)
    image.save(buffer, "png", optimize=True, dpi=(dpi, dpi), pnginfo=notes)
