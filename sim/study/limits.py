"""Refusing what cannot be done, with an estimate, before it is begun."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from sim.errors import UsageError
from sim.files.job import Job
from sim.model.results import CHANGE_COLUMNS, PEOPLE_COLUMNS, Labels
from sim.study.engine import bytes_of_batch

CHANGES_PER_PLACE = 2
"""Changes of hands per place and run, guessed high."""

SQUEEZE = 4
"""A block on disk is at best this many times smaller than in memory."""


def check_number(name: str, value: int, low: int, high: int) -> None:
    """Raise UsageError for a number that cannot be asked for."""
    if not low <= value <= high:
        raise UsageError(f"{name} must be from {low:,} to {high:,} (got {value:,})")


def bytes_per_run(labels: Labels, days: float) -> int:
    """About what one run takes in memory."""
    places, factions = len(labels.place_ids), len(labels.faction_ids)
    numbers = 5 + (len(PEOPLE_COLUMNS) + 1 + int(days) + 1) * factions + len(labels.wing_ids)
    numbers += len(set(labels.faction_camp)) + places + len(labels.input_ids)
    return 8 * (numbers + CHANGES_PER_PLACE * places * len(CHANGE_COLUMNS))


def check_memory(job: Job, labels: Labels) -> None:
    """Raise UsageError if the runs of a job cannot be held in memory."""
    needed = 2 * job.total * bytes_per_run(labels, job.scenario["days"])
    free = memory_free()
    if needed > free:
        raise UsageError(
            f"{job.total:,} runs need about {_size(needed)} of memory, and {_size(free)} are free: "
            "give a result folder (out), which needs no more memory for more runs"
        )


def check_batch(world: Any, runs: int) -> None:
    """Raise UsageError if the batch engine cannot play so many runs of a world side by side."""
    needed, free = runs * bytes_of_batch(world), memory_free()
    if needed > free:
        raise UsageError(
            f"{runs:,} runs side by side need about {_size(needed)} of memory, and {_size(free)} are free: "
            "give a smaller --batch"
        )


def check_disk(job: Job, labels: Labels, folder: Path) -> None:
    """Raise UsageError if the runs of a job cannot fit on the disk, however well they are packed."""
    needed = job.total * bytes_per_run(labels, job.scenario["days"]) // SQUEEZE
    existing = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))
    try:
        disk = shutil.disk_usage(existing)
    except OSError:
        return
    if disk.total and needed > disk.free:  # without any size it is no disk: writing will tell
        raise UsageError(
            f"{job.total:,} runs need at least {_size(needed)} of disk; {_size(disk.free)} are free at {folder}"
        )


def memory_free() -> int:
    """Bytes of memory that can still be used: the least of what the machine and its control group allow."""
    limits = [1 << 62]
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                limits.append(int(line.split()[1]) * 1024)
    except OSError:
        if hasattr(os, "sysconf"):
            limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    try:
        group = Path("/sys/fs/cgroup")
        limits.append(int((group / "memory.max").read_text()) - int((group / "memory.current").read_text()))
    except (OSError, ValueError):
        pass
    return max(0, min(limits))


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 5e7 else f"{count / 1e6:,.1f} MB"
