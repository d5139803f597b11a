"""Every picture by its short name: what `runs.plot` hands out, and all of them written at once.

Each takes results (or an ensemble) first and `ax` where it is to be drawn; without `ax` it makes a figure 16 cm
wide. What comes back are the axes that cover it: `runs.plot.control().figure.savefig("control.png")`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError
from sim.files import disk
from sim.study.ensemble import Ensemble
from sim.views.comparison import comparison, differences
from sim.views.control import control
from sim.views.falls import falls
from sim.views.maps import control_map as map
from sim.views.score import score
from sim.views.strengths import losses, strengths
from sim.views.style import DPI, FORMATS, save
from sim.views.subject import Runs, subject

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["comparison", "control", "differences", "falls", "losses", "map", "score", "strengths"]

IN_MEMORY = 50_000
"""Up to so many runs are held at once instead of being read again for every picture."""

PICTURES: dict[str, Callable[..., Axes]] = {
    "control": control, "falls": falls, "map": map, "strengths": strengths, "losses": losses, "score": score,
}  # fmt: skip
"""Of one result, in the order in which they are written."""


def write_all(
    runs: Runs,
    folder: str | Path,
    *,
    only: Sequence[str] | None = None,
    kind: str = "png",
    dpi: int = DPI,
    outline: str | Path | bool | None = True,
    progress: Callable[[Path], Any] | None = None,
) -> list[Path]:
    """Write the pictures of a result into a folder, which is made if need be; returns their paths.

    only: names among PICTURES. kind: png, svg or pdf. outline: as for `map`. progress: told of each file when it is
    there. A map or score is left out when the result came without its scenario, unless asked for by name.
    Raises UsageError, StoreError.
    """
    if kind not in FORMATS:
        raise UsageError(f"the format must be one of {', '.join(FORMATS)} (got {kind!r})")
    for name in only or ():
        if name not in PICTURES:
            raise UsageError(f"no picture is called {name!r}; there are {', '.join(PICTURES)}")
    about = subject(runs)
    held = about.runs if about.runs.runs > IN_MEMORY else Ensemble(about.runs.results)
    path = Path(folder)
    disk.make_folder(path)
    written = []
    for name in only or PICTURES:
        options = {"outline": outline} if name == "map" else {}
        try:
            picture = PICTURES[name](held, **options)
        except UsageError:
            if only or name not in ("map", "score") or (name == "map" and about.scenario):
                raise
            continue
        written.append(save(picture, path / f"{name}.{kind}", dpi=dpi, about=f"{about.count}. {about.source}"))
        if progress is not None:
            progress(written[-1])
    return written
