"""Playing a job: many runs, in blocks, in this process or others, kept in memory or in a folder.

How a job is cut into blocks and who plays them changes nothing in its results: every random number is keyed
by run, and blocks are put together in the order of their runs.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sim.errors import StoreError, UsageError
from sim.files import store
from sim.files.job import Job, Span, text_hash
from sim.model.results import Block, Provenance, Results, concatenate
from sim.study.bounds import MOST_RUNS, MOST_SEED, MOST_WORKERS
from sim.study.crew import FLYING, Crew, never
from sim.study.engine import Engine, find_engine, play_span, world_of
from sim.study.ensemble import Ensemble
from sim.study.limits import check_disk, check_memory, check_number
from sim.study.portions import block_size
from sim.study.stopping import stoppable

Progress = Callable[[int, int], None]

DRAWS, REPLICATES = 40, 50
"""The nested design: so many draws of the uncertain inputs, each played so many times."""

FEWEST_DRAWS = 8
"""With fewer draws the split of the entropy says nothing, so no nested runs are played."""


def run(
    scenario: Any,
    *,
    runs: int,
    seed: int = 1,
    engine: str | Engine = "auto",
    workers: int = 1,
    out: str | Path | None = None,
    block: int | None = None,
    nested: bool | tuple[int, int] = True,
    progress: Progress | None = None,
    middle: bool = False,
    stop: Callable[[], bool] = never,
    executor: Executor | None = None,
    overwrite: bool = False,
) -> Ensemble:
    """Play a scenario many times.

    scenario: what `sim.load` returned (anything with `.scenario` and `.parameters`).
    runs: how many; the first n of N runs are the n-run job. seed: 0 to 2**64 - 1.
    engine: `auto`, `batch` or `reference` (the results are the same). workers: processes on this machine.
    out: a result folder; what was played survives any crash, and the same call goes on where it stopped.
    block: runs per block (found by itself). middle: play every range at its middle.
    nested: also play draws x replicates runs that share their inputs, to tell inputs from chance; True plays
    40 x 50, fewer draws below 2,000 runs (never more nested runs than runs, none below 400).
    executor: any `concurrent.futures.Executor` instead of local processes. overwrite: see `store.create`.
    progress: called as progress(done, total), in runs. stop: asked now and then; once it says yes, what is being played
    is finished and kept, nothing else is begun, and Interrupted is raised.

    Raises UsageError for what cannot be asked, ScenarioError, StoreError, and Interrupted.
    """
    chosen = find_engine(engine)
    job = _job(scenario, runs, seed, chosen, workers, block, nested, middle)
    world = world_of(chosen, job)
    if job.draws and not world.labels.input_ids:
        job = _job(scenario, runs, seed, chosen, workers, block, False, middle)
    if block is None:
        players = workers if executor is None else max(workers, FLYING)
        job = replace(job, block=block_size(chosen, world, job.spans, players))
    crew = Crew(workers, executor, stop)
    if out is None:
        return _in_memory(job, chosen, world, crew, progress)
    check_disk(job, world.labels, Path(out))
    with store.create(out, job, world.labels, _provenance(job, world), overwrite=overwrite) as writer:
        _fill(writer, chosen, crew, progress)
    return Ensemble(store.Store(out, verify=False))


def resume(
    folder: str | Path,
    *,
    workers: int = 1,
    engine: str | Engine | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = never,
) -> Ensemble:
    """Play what is missing from an unfinished result folder; the scenario is in it. Options and errors as of `run`."""
    check_number("workers", workers, 1, MOST_WORKERS)
    with store.resume(folder) as writer:
        job = writer.manifest.job
        if job.version != version():
            raise UsageError(
                f"{folder}: was played by version {job.version}, and this is {version()}: results may differ"
            )
        _fill(writer, find_engine(engine or job.engine), Crew(workers, executor, stop), progress)
    return Ensemble(store.Store(folder, verify=False))


def version() -> str:
    """The version of this program."""
    from importlib import metadata

    try:
        return metadata.version("territorial-control")
    except metadata.PackageNotFoundError:
        return "0+source"


def _job(
    loaded: Any,
    runs: int,
    seed: int,
    engine: Engine,
    workers: int,
    block: int | None,
    nested: bool | tuple[int, int],
    middle: bool,
) -> Job:
    check_number("runs", runs, 1, MOST_RUNS)
    check_number("seed", seed, 0, MOST_SEED)
    check_number("workers", workers, 1, MOST_WORKERS)
    check_number("block", 1 if block is None else block, 1, MOST_RUNS)
    draws, replicates = _nested(runs, nested, middle)
    return Job(
        scenario_json=loaded.scenario.model_dump_json(by_alias=True),
        parameters_json=loaded.parameters.model_dump_json(by_alias=True),
        seed=int(seed), runs=int(runs), engine=engine.name, version=version(), block=int(block or engine.largest),
        draws=draws, replicates=replicates, middle=middle,
    )  # fmt: skip


def _nested(runs: int, nested: bool | tuple[int, int], middle: bool) -> tuple[int, int]:
    if isinstance(nested, tuple):
        draws, replicates = nested
        if not (0 <= draws <= 100_000 and 2 <= replicates <= 10_000):
            raise UsageError(f"nested must be draws up to 100,000 and 2 to 10,000 replicates (got {nested})")
        return (0 if middle else draws), replicates
    draws = min(DRAWS, runs // REPLICATES)
    return (draws if nested and not middle and draws >= FEWEST_DRAWS else 0), REPLICATES


def _provenance(job: Job, world: Any) -> Provenance:
    scenario = job.scenario
    return Provenance(
        scenario=scenario["scenario"],
        title=scenario.get("title", ""),
        scenario_hash=text_hash(job.scenario_json),
        parameters_hash=text_hash(job.parameters_json),
        version=job.version,
        engine=job.engine,
        seed=job.seed,
        start=scenario["start"],
        horizon=int(world.horizon),
    )


def _in_memory(job: Job, engine: Engine, world: Any, crew: Crew, progress: Progress | None) -> Ensemble:
    check_memory(job, world.labels)
    played: dict[Span, Block] = {}

    def keep(span: Span, block: Block) -> None:
        played[span] = block
        if progress:
            progress(sum(span.runs for span in played), job.total)

    def lost() -> str:
        done = sum(span.runs for span in played)
        return f"interrupted after {done:,} of {job.total:,} runs; nothing is kept without a result folder (--out)"

    with stoppable(lost), crew:
        if progress:
            progress(0, job.total)
        crew.play(partial(play_span, engine, job, packed=False), job.missing([]), keep)
    own = [played[span] for span in sorted(played) if not span.nested]
    nested = [played[span] for span in sorted(played) if span.nested]
    played.clear()
    results = Results(
        provenance=_provenance(job, world),
        labels=world.labels,
        block=concatenate(own),
        nested=concatenate(nested) if nested else None,
        scenario_json=job.scenario_json,
        parameters_json=job.parameters_json,
    )
    return Ensemble(results)


def _fill(writer: store.Writer, engine: Engine, crew: Crew, progress: Progress | None) -> None:
    job = writer.manifest.job

    def keep(span: Span, data: bytes) -> None:
        writer.commit(span, data)
        if progress:
            progress(writer.done, job.total)

    def kept() -> str:
        writer.look_again()
        rest = "plays the rest" if writer.missing() else "writes the tables"
        return f"{writer.done:,} of {job.total:,} runs are kept in {writer.folder}; `sim resume {writer.folder}` {rest}"

    try:
        with stoppable(lambda: f"interrupted; {kept()}"), crew:
            if progress:
                progress(writer.done, job.total)
            crew.play(partial(play_span, engine, job, packed=True), writer.missing(), keep)
            writer.finish(crew.spread)
    except StoreError as error:
        if isinstance(error.__cause__, OSError):  # the disk is full, or the like: nothing is wrong with what is kept
            raise StoreError(f"{error}; {kept()}") from error.__cause__
        raise
