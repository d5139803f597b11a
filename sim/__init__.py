"""Territorial control as a discrete-event simulation: load a scenario, run it many times, ask what came out.

    import sim

    campaign = sim.load("scenarios/four_cities.yaml")
    runs = sim.run(campaign, runs=1000, seed=1)
    print(runs.summary())
    runs.control("Hama")
    runs.plot.control()

Everything is imported when it is first needed, so `import sim` costs next to nothing.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.study import hooks

if TYPE_CHECKING:
    from sim.files.loader import Loaded
    from sim.model.importance import Importance
    from sim.model.results import Results
    from sim.study.ablation import Ablation
    from sim.study.comparison import Comparison
    from sim.study.ensemble import Ensemble

__all__ = ["ablate", "compare", "load", "open", "resume", "run", "score"]


def load(path: str | Path, set: Sequence[str] | str = ()) -> Loaded:
    """Read a scenario: a file, or the name of one that is shipped.

    set: changes such as `forces.gov-hama.people=4000`, or one of them, made before anything is checked.
    Raises ScenarioError with every problem found.
    """
    from sim.files.loader import load as load_scenario

    return load_scenario(path, set)


def run(scenario: Loaded | str | Path, runs: int = 1000, seed: int = 1, **options: Any) -> Ensemble:
    """Play a scenario many times; the same seed gives the same runs, and the first n of N are the n-run job.

    options: engine, workers, out, nested, progress, ... as for `sim.study.experiment.run`.
    """
    from sim.study.experiment import run as run_job

    return run_job(load(scenario) if isinstance(scenario, str | Path) else scenario, runs=runs, seed=seed, **options)


def resume(folder: str | Path, **options: Any) -> Ensemble:
    """Play what is missing from an unfinished result folder; options as for `sim.study.experiment.resume`."""
    from sim.study.experiment import resume as resume_job

    return resume_job(folder, **options)


def open(folder: str | Path, *, partial: bool = False) -> Ensemble:
    """Open a result folder (`partial`: even an unfinished one). Raises StoreError if it is damaged."""
    from sim.files.store import Store
    from sim.study.ensemble import Ensemble

    return Ensemble(Store(folder, partial=partial))


def compare(first: Ensemble | Results, second: Ensemble | Results, **options: Any) -> Comparison:
    """What differs between two jobs of one seed, run by run; options: at_h, level."""
    from sim.study.comparison import compare as compare_jobs

    return compare_jobs(first, second, **options)


def ablate(scenario: Loaded | str | Path, runs: int = 2000, seed: int = 1, **options: Any) -> Ablation:
    """What each mechanism of a scenario makes of its outcome: switched off one at a time, and paired run by run.

    options: only, engine, workers, out, progress, ... as for `sim.study.knockout.ablate`.
    """
    from sim.study.knockout import ablate as switch_off

    loaded = load(scenario) if isinstance(scenario, str | Path) else scenario
    return switch_off(loaded, runs=runs, seed=seed, **options)


def score(scenario: Loaded | str | Path) -> Importance:
    """Strategic score of every place, by named components, from roads and data alone."""
    from sim.model.importance import importance

    loaded = load(scenario) if isinstance(scenario, str | Path) else scenario
    return importance(loaded.scenario, loaded.parameters)


class _Plots:
    """The pictures of `sim.views.plots`, drawn from one ensemble: `runs.plot.control(...)`."""

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble

    def __getattr__(self, name: str) -> Any:
        plots = importlib.import_module("sim.views.plots")
        if name.startswith("_") or not hasattr(plots, name):
            raise AttributeError(f"no picture is called {name!r}; there are {', '.join(dir(self))}")
        return functools.partial(getattr(plots, name), self._ensemble)

    def __dir__(self) -> list[str]:
        plots = importlib.import_module("sim.views.plots")
        return sorted(getattr(plots, "__all__", [name for name in vars(plots) if not name.startswith("_")]))


hooks.plotter = _Plots
