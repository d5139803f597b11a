"""Result folders for tests: a job of the made-up engine, played into a folder here or by another process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import fake_engine as fake
import numpy as np

from sim.files import disk, store
from sim.files.job import Job, Span
from sim.model.results import Block, Provenance


def a_job(**options: Any) -> Job:
    """A small job, or one that differs from it."""
    defaults = {
        "scenario_json": fake.SCENARIO, "parameters_json": "{}", "seed": 1, "runs": 100, "engine": "fake",
        "version": "1", "block": 30, "draws": 2, "replicates": 20,
    }  # fmt: skip
    return Job(**{**defaults, **options})


JOB = a_job()
SMALL = a_job(runs=10, block=10, draws=1, replicates=5)
PROVENANCE = Provenance(
    "fake", "A made-up drive", "s", "p", "1", "fake", 1, "2024-11-27T00:00:00+02:00", fake.World.horizon
)


def block_of(job: Job, span: Span) -> Block:
    """What these runs of a job give."""
    runs = np.arange(span.first, span.stop)
    return fake.play(fake.World(), job.seed, runs, job.draws_of(runs))


def fill(writer: store.Writer, most: int | None = None) -> None:
    """Play what is missing, or so many blocks of it."""
    job = writer.manifest.job
    for number, span in enumerate(writer.missing()):
        if number == most:
            return
        writer.commit(span, block_of(job, span))
    writer.finish()


def played(folder: Path, job: Job = JOB, most: int | None = None, **options: Any) -> Path:
    """The folder, once a job has been played into it."""
    with store.create(folder, job, fake.LABELS, PROVENANCE, **options) as writer:
        fill(writer, most)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the lock."""
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.name != disk.LOCK and p.is_file()
    }


def elsewhere(code: str) -> subprocess.Popen[bytes]:
    """Start a process that runs `code` and can import what the tests of this process can."""
    here = Path(__file__).parent
    paths = [str(here), str(here.parent / "study"), str(here.parent.parent)]
    whole = f"import sys\nsys.path[:0] = {paths!r}\n{code}"
    return subprocess.Popen([sys.executable, "-c", whole], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
