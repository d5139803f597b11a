"""The commands of `sim`: each reads its arguments, calls one function elsewhere, and prints."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import SimError, UsageError, printable
from sim.study.bounds import MOST_AT_ONCE, MOST_ROUNDS, MOST_RUNS, MOST_SEED, MOST_WORKERS

if TYPE_CHECKING:
    from sim.files import Loaded
    from sim.model.world import World
    from sim.study.ensemble import Ensemble
    from sim.study.pairing import Pair

app = typer.Typer(
    name="sim",
    help="Territorial control as a discrete-event simulation: scenarios in YAML, odds with intervals.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

File = Annotated[str, typer.Argument(metavar="FILE", help="A scenario file, or the name of a shipped scenario.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A result folder.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value, such as places.hama.people=500000. Repeatable."),
]
Runs = Annotated[int, typer.Option("--runs", min=1, max=MOST_RUNS, help="How many runs.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=MOST_SEED, help="The same seed gives the same runs.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=MOST_WORKERS, help="Processes (as many as there are cores).")
]
EngineName = Annotated[str, typer.Option("--engine", help="auto, batch or reference: the same results.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def read(file: str, changes: Sequence[str] | None) -> Loaded:
    """Load a scenario and print its warnings to standard error."""
    from sim.files import load

    loaded = load(file, changes or ())
    for warning in loaded.warnings:
        note(f"warning: {warning}")
    return loaded


def say(text: str) -> None:
    """Print to standard output. `text` must be printable already."""
    print(text)


def note(text: str) -> None:
    """Print to standard error."""
    print(text, file=sys.stderr)


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        from sim.study.experiment import version as number

        say(f"sim {number()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        note(context.get_help())
        raise typer.Exit(2)


@app.command()
def validate(file: File, set_: Changes = None) -> None:
    """Check a scenario file; every problem is told at once, with its line and column."""
    from sim.views.scenario_text import summary_line

    loaded = read(file, set_)
    say(f"ok {printable(summary_line(loaded))}")


@app.command()
def show(
    file: File,
    set_: Changes = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Draw the map here as well.")] = None,
) -> None:
    """Print the order of battle, force ratios by sector and every default filled in."""
    from sim.views.scenario_text import scenario_text

    if out is not None:
        from sim.views.style import picture_kind

        picture_kind(out)
    loaded = read(file, set_)
    say(scenario_text(loaded).rstrip("\n"))
    if out is not None:
        from sim.views import maps

        maps.scenario_map(loaded.scenario, out)
        note(f"map: {printable(str(out))}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.files.schema import scenario_schema

    say(json.dumps(scenario_schema(), indent=1, ensure_ascii=False))


@app.command()
def scenarios() -> None:
    """List the scenarios that are shipped; every command takes their names."""
    from sim.files import shipped
    from sim.files.shipped import title_of
    from sim.views.text import table

    for line in table([[path.stem, title_of(path)] for path in shipped()], left=(0, 1), indent=""):
        say(line)


@app.command()
def run(
    file: File,
    runs: Runs = 2000,
    seed: Seed = 1,
    engine: EngineName = "auto",
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Keep the results here; a job that was interrupted can be resumed."),
    ] = None,
    plots: Annotated[bool, typer.Option("--plots", help="Write all pictures into DIR as well.")] = False,
    middle: Annotated[bool, typer.Option("--middle", help="Play every range at its middle.")] = False,
    nested: Annotated[bool, typer.Option("--nested/--no-nested", help="Tell inputs from chance.")] = True,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace another job in DIR.")] = False,
    as_json: AsJson = False,
    set_: Changes = None,
) -> None:
    """Play a scenario many times and print who holds what when, with what probability."""
    from sim.study import experiment

    if plots and out is None:
        raise UsageError("--plots needs --out DIR to write into")
    loaded = read(file, set_)
    with _progress(runs, kept=out is not None) as progress:
        ensemble = experiment.run(
            loaded, runs=runs, seed=seed, engine=engine, workers=workers or _cores(), out=out, nested=nested,
            progress=progress, stop=progress.stopping, middle=middle, overwrite=overwrite,
        )  # fmt: skip
    _tell(ensemble, as_json)
    if out is not None:
        note(f"results: {printable(str(out))}")
    if plots and out is not None:
        _draw(ensemble, out / "plots")


@app.command()
def resume(folder: Folder, workers: Workers = None) -> None:
    """Play what is missing from an interrupted job; the result is the same as if it had never stopped."""
    from sim.study import experiment

    with _progress(kept=True) as progress:
        ensemble = experiment.resume(folder, workers=workers or _cores(), progress=progress, stop=progress.stopping)
    _tell(ensemble, False)


@app.command()
def summary(folder: Folder, as_json: AsJson = False) -> None:
    """Print what came out of a job, each probability with its interval."""
    import sim

    _tell(sim.open(folder), as_json)


@app.command()
def plot(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write here (DIR/plots).")] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="A picture by name. Repeatable.")] = None,
    kind: Annotated[str, typer.Option("--format", help="png, svg or pdf.")] = "png",
) -> None:
    """Draw the pictures of a job: control over time, falls, map, strengths, losses, score."""
    import sim

    _draw(sim.open(folder), out or folder / "plots", only=only or None, kind=kind)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A scenario or result folder.")],
    second: Annotated[str | None, typer.Argument(metavar="B", help="Another; or change A with --set.")] = None,
    set_: Changes = None,
    runs: Annotated[
        int | None,
        typer.Option("--runs", min=1, max=MOST_RUNS, help="How many runs (2000, or as many as a folder has)."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, max=MOST_SEED, help="The seed of both (1, or that of a folder).")
    ] = None,
    workers: Workers = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="PNG", help="Draw the differences.")] = None,
    as_json: AsJson = False,
) -> None:
    """What a change makes of the odds: two scenarios played with the same chance, run by run.

    With one scenario, --set makes the second side of it. With two scenarios --set changes both alike. With a result
    folder and a scenario it changes the scenario. What was changed is told, however it was.

    Intervals are of the paired differences; * marks those that leave out 0. For these the column "unpaired" says
    how many runs of each it would have taken to see as much in jobs of different seeds; elsewhere it is "-".
    """
    from sim.study.comparison import compare as compare_jobs
    from sim.study.pairing import pair

    if out is not None:  # what cannot be written is told before the work
        from sim.views.style import check_picture

        check_picture(out)
    two = pair(first, second, set_ or (), read, runs=runs, seed=seed)
    one, other = (_played(side, two, workers) for side in two.sides)
    result = compare_jobs(one, other, names=two.names)
    say(result.to_json() if as_json else result.to_text())
    if out is not None:
        from sim.views.comparison import comparison
        from sim.views.style import save

        note(f"picture: {printable(str(save(comparison(result), out)))}")


@app.command()
def ablate(
    file: File,
    runs: Runs = 2000,
    seed: Seed = 1,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAMES", help="These, such as air,siege. Repeatable.")
    ] = None,
    engine: EngineName = "auto",
    workers: Workers = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Keep everything here; the same command goes on if interrupted."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace other jobs in DIR.")] = False,
    as_json: AsJson = False,
    set_: Changes = None,
) -> None:
    """What each mechanism makes of the outcome: switched off one at a time, with the same chance, run by run.

    Intervals are of the paired differences. * marks those that leave out 0; ** those that do when all that were looked
    at are to hold together. What the scenario has switched off already is left out.

    DIR gets every difference, by place and faction too (ablation.json, ablation.csv), a picture (ablation.png), and the
    runs: jobs/full and jobs/without-NAME are result folders for the other commands.
    """
    from sim.study.knockout import ablate as switch_off
    from sim.views import ablation

    if out is not None:
        ablation.prepare(out)
    loaded = read(file, set_)
    with _progress(kept=out is not None) as progress:
        result = switch_off(
            loaded, runs=runs, seed=seed, only=",".join(only) if only else (), engine=engine,
            workers=workers or _cores(), out=out, progress=progress, stop=progress.stopping, overwrite=overwrite,
        )  # fmt: skip
    say(result.to_json() if as_json else result.to_text().rstrip("\n"))
    for path in ablation.write_all(result, out) if out is not None else ():
        note(f"written: {printable(str(path))}")


@app.command()
def score(file: File, set_: Changes = None, as_json: AsJson = False) -> None:
    """Strategic score of every place, by named components, with ranks and how they agree."""
    import sim
    from sim.views.score_text import score_json, score_table

    loaded = read(file, set_)
    result, labels = sim.score(loaded), _world(loaded).labels
    say(
        json.dumps(score_json(result, labels), ensure_ascii=False)
        if as_json
        else score_table(result, labels).rstrip("\n")
    )


@app.command()
def trace(
    file: File,
    run_: Annotated[int, typer.Option("--run", min=0, max=MOST_RUNS - 1, help="Which run.")] = 0,
    seed: Seed = 1,
    every: Annotated[bool, typer.Option("--every", help="Orders, sorties and small losses too.")] = False,
    set_: Changes = None,
) -> None:
    """Tell one run as sentences with dates."""
    from sim.study.trace import trace as sentences

    loaded = read(file, set_)
    for line in sentences(_world(loaded), loaded.scenario, seed, run_, every=every):
        say(printable(line))


@app.command()
def agree(
    file: File,
    runs: Annotated[int, typer.Option("--runs", min=1, max=MOST_AT_ONCE, help="How many runs.")] = 100,
    seed: Seed = 1,
    batch: Annotated[
        int, typer.Option("--batch", min=1, max=MOST_AT_ONCE, help="Runs played together by the batch engine.")
    ] = 1024,
    set_: Changes = None,
) -> None:
    """Play runs with both engines and compare them event by event and state by state."""
    from sim.study.agreement import compare_engines
    from sim.study.limits import check_batch

    world = _world(read(file, set_))
    check_batch(world, min(batch, runs))
    verdict = compare_engines(world, seed, runs, batch_size=batch)
    if verdict.difference:
        raise SimError(printable(verdict.difference, 4000))
    say(str(verdict))


@app.command()
def bench(
    file: File,
    batch: Annotated[
        int | None,
        typer.Option("--batch", min=1, max=MOST_AT_ONCE, help="Runs played together (as many as in a large job)."),
    ] = None,
    reference_runs: Annotated[
        int, typer.Option("--reference-runs", min=1, max=MOST_AT_ONCE, help="Runs of the reference.")
    ] = 100,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=MOST_ROUNDS, help="Interleaved rounds.")] = 3,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=2, max=MOST_WORKERS, help="Time so many worker processes against one, too."),
    ] = None,
    seed: Seed = 1,
    as_json: AsJson = False,
    set_: Changes = None,
) -> None:
    """Time the engines side by side in one process, after checking that they agree.

    Takes about half a minute on four_cities and is good to some percent on an idle machine. For precise figures:
    --rounds 9 --reference-runs 400, which takes two minutes. --workers 2 also shows what a second core brings; it
    takes half a minute more.
    """
    from sim.study.bench import bench as measure

    loaded = read(file, set_)
    result = measure(
        loaded.scenario, loaded.parameters, batch_size=batch, reference_runs=reference_runs, rounds=rounds, seed=seed,
        workers=workers, progress=note,
    )  # fmt: skip
    say(json.dumps(result.to_dict(), indent=1) if as_json else result.to_text())


@app.command()
def theatre(
    places: Annotated[int, typer.Option("--places", min=2, help="How many places.")] = 80,
    forces: Annotated[int, typer.Option("--forces", min=1, help="How many formations.")] = 100,
    factions: Annotated[int, typer.Option("--factions", min=2, help="How many hostile sides.")] = 2,
    seed: Seed = 1,
) -> None:
    """Print an invented theatre as a scenario file, for tests and benchmarks."""
    from sim.study.theatre import theatre as invent
    from sim.study.theatre import to_yaml

    say(to_yaml(invent(places, forces, factions, seed)).rstrip("\n"))


def _world(loaded: Loaded) -> World:
    from sim.model.world import compile_world

    return compile_world(loaded.scenario, loaded.parameters)


def _cores() -> int:
    return min(8, os.cpu_count() or 1)


@contextmanager
def _progress(asked: int | None = None, *, kept: bool = False) -> Iterator[Any]:
    """A line of progress. If what is played is kept, the first Ctrl-C asks to stop after what is being played."""
    from sim.study.progress import ProgressLine, ticking
    from sim.study.stopping import asking_first

    stop = threading.Event()
    line = ProgressLine(asked=asked, stopping=stop.is_set)
    try:
        with ticking(line), asking_first(stop.set) if kept else nullcontext():
            yield line
    finally:
        line.close()


def _tell(ensemble: Any, as_json: bool) -> None:
    result = ensemble.summary()
    say(result.to_json() if as_json else result.to_text().rstrip("\n"))


def _draw(ensemble: Any, folder: Path, **options: Any) -> None:
    from sim.views import plots

    plots.write_all(ensemble, folder, progress=lambda path: note(f"picture: {printable(str(path))}"), **options)


def _played(side: Ensemble | Loaded, two: Pair, workers: int | None) -> Ensemble:
    """One side of a comparison: a folder as it is, a scenario once it is played."""
    from sim.study import experiment
    from sim.study.ensemble import Ensemble

    if isinstance(side, Ensemble):
        return side
    with _progress(two.runs) as progress:
        return experiment.run(
            side, runs=two.runs, seed=two.seed, workers=workers or _cores(), middle=two.middle, nested=False,
            progress=progress,
        )  # fmt: skip
