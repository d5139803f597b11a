"""The result folder: what a job played, safe against crashes and damage.

    DIR/manifest.json                               job, labels, provenance; once complete, a list of files
    DIR/blocks/runs-FIRST-STOP-SHA256.npz           one block of runs each
    DIR/blocks/nested-FIRST-STOP-SHA256.npz         the nested design
    DIR/runs.csv, changes.csv                       the same for people, written at the end
    DIR/.lock                                       held by the one process that writes

A block's name carries the SHA-256 of its content, so one rename commits both: whatever instant the process
dies at, a block is there and whole, or not there and played again. The manifest carries its own SHA-256.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self

from sim.errors import StoreError, UsageError
from sim.files import disk
from sim.files.blocks import decode, encode, faults
from sim.files.job import NESTED_FIRST, Job, Span
from sim.files.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from sim.files.rows import RowHash
from sim.files.tables import Tables, tables
from sim.model.results import Block, Labels, Provenance, Results, concatenate

BLOCKS = "blocks"
RUNS, CHANGES = TABLES = ("runs.csv", "changes.csv")
_NAME = re.compile(r"(runs|nested)-(\d{10})-(\d{10})-([0-9a-f]{64})\.npz")


class Entry(NamedTuple):
    """A block file: which runs it holds, where it is, and the SHA-256 it must have."""

    span: Span
    path: Path
    sha256: str


Spread = Callable[[Callable[[Entry], Tables], list[Entry]], Iterable[Tables]]
"""What `map` does: something made of each block, in their order."""


class Store:
    """A result folder opened for reading: `labels`, `provenance`, `job`, and blocks one at a time."""

    def __init__(self, folder: str | Path, *, partial: bool = False, verify: bool = True) -> None:
        """Open a folder and check every file against its SHA-256.

        partial: also open an unfinished job, as the job of the first n runs without a gap.
        verify: read and check all blocks now; without it each is checked when it is read.
        Raises StoreError naming the file that is missing, damaged or of another job.
        """
        self.folder = Path(folder)
        self.manifest = read_manifest(self.folder)
        entries = _entries(self.folder)
        if self.manifest.files is not None:
            _check_listed(self.folder, self.manifest.files)
            entries = [entry for entry in entries if entry.path.name in self.manifest.files]
        elif not partial:
            done, total = sum(entry.span.runs for entry in entries), self.manifest.job.total
            raise StoreError(
                f"{self.folder}: this job is unfinished ({done:,} of {total:,} runs); "
                f"`sim resume {self.folder}` plays the rest"
            )
        self._own = _unbroken(entries, 0)
        self._nested = _unbroken(entries, NESTED_FIRST)
        if not self._own:
            raise StoreError(f"{self.folder}: this job is unfinished, and its first runs are not there yet")
        if verify:
            for entry in entries:
                _check(entry.path, entry.sha256)
            for name in TABLES if self.manifest.files else ():
                if (self.folder / name).exists():
                    _check(self.folder / name, (self.manifest.files or {})[name])

    @property
    def job(self) -> Job:
        """What was asked for."""
        return self.manifest.job

    @property
    def labels(self) -> Labels:
        """Ids and names in index order."""
        return self.manifest.labels

    @property
    def provenance(self) -> Provenance:
        """Which question these results answer."""
        return self.manifest.provenance

    @property
    def scenario_json(self) -> str:
        """The scenario as loaded."""
        return self.manifest.job.scenario_json

    @property
    def parameters_json(self) -> str:
        """The parameters as loaded."""
        return self.manifest.job.parameters_json

    @property
    def runs(self) -> int:
        """How many runs can be read, nested ones apart."""
        return sum(entry.span.runs for entry in self._own)

    def iter_blocks(self) -> Iterator[Block]:
        """The runs in order, a block at a time; raises StoreError on a damaged file."""
        return (self._load(entry) for entry in self._own)

    def iter_nested(self) -> Iterator[Block]:
        """The runs of the nested design in order; nothing if it was not played."""
        return (self._load(entry) for entry in self._nested)

    def results(self) -> Results:
        """Everything in memory at once."""
        nested = list(self.iter_nested())
        return Results(
            provenance=self.provenance,
            labels=self.labels,
            block=concatenate(list(self.iter_blocks())),
            nested=concatenate(nested) if nested else None,
            scenario_json=self.scenario_json,
            parameters_json=self.parameters_json,
        )

    def _load(self, entry: Entry) -> Block:
        return _load(entry, self.manifest)


class Writer:
    """The one process that may add to a folder. Use as a context manager: leaving it lets go of the lock."""

    def __init__(self, folder: Path, lock: disk.Lock, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._lock = lock
        self._entries = _entries(folder)

    @property
    def done(self) -> int:
        """How many wanted runs are in the folder, nested ones included."""
        return self.manifest.job.total - sum(span.runs for span in self.missing())

    def look_again(self) -> None:
        """Note what blocks are there: what interrupted `commit` may have come after the block was."""
        self._entries = _entries(self.folder)

    def missing(self) -> list[Span]:
        """The runs still to be played, cut into blocks."""
        return self.manifest.job.missing(entry.span for entry in self._entries)

    def commit(self, span: Span, block: Block | bytes) -> None:
        """Keep a block (or its bytes as `encode` made them) for ever; raises StoreError if it cannot."""
        data = block if isinstance(block, bytes) else encode(block, self.manifest.job.key)
        digest = hashlib.sha256(data).hexdigest()
        kind = "nested" if span.nested else "runs"
        path = self.folder / BLOCKS / f"{kind}-{span.first:010}-{span.stop:010}-{digest}.npz"
        disk.write(path, [data])
        self._entries.append(Entry(span, path, digest))
        self._entries.sort()

    def finish(self, spread: Spread = map) -> None:
        """Check every block, write the tables, and list all files in the manifest. `spread` may have the tables' text
        made elsewhere, if it hands it out in order."""
        assert not self.missing(), "every run is played"
        if self.manifest.complete and all((self.folder / name).exists() for name in TABLES):
            return
        files = {entry.path.name: entry.sha256 for entry in self._entries}
        own, nested = RowHash(), RowHash()
        with disk.draft(self.folder / RUNS) as runs, disk.draft(self.folder / CHANGES) as changes:
            entries = [entry for entry in self._entries if not entry.span.nested]
            pieces = spread(partial(_tables, self.manifest), entries)
            for entry, piece in zip(entries, pieces, strict=True):
                own.add(_load(entry, self.manifest))
                runs.add(piece.runs)
                changes.add(piece.changes)
        for entry in self._entries:
            if entry.span.nested:
                nested.add(_load(entry, self.manifest))
        self.manifest = self.manifest._replace(
            rows_sha256=own.hexdigest(),
            nested_sha256=nested.hexdigest() if self.manifest.job.draws else "",
            files=files | {RUNS: runs.sha256, CHANGES: changes.sha256},
        )
        write_manifest(self.folder, self.manifest)

    def close(self) -> None:
        """Let go of the lock."""
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def create(folder: str | Path, job: Job, labels: Labels, provenance: Provenance, *, overwrite: bool = False) -> Writer:
    """Start writing a job into a folder, or go on if the folder holds the same job (also one of fewer runs).

    overwrite: throw away another job that the folder holds.
    Raises StoreError if the folder cannot be written, is being written, or holds something else, and UsageError if it
    holds more runs of the job. What is refused leaves the folder as it was.
    """
    folder, manifest = Path(folder), Manifest(job, labels, provenance)
    if not overwrite:
        _present(folder, job)
    with disk.plainly("make", folder):
        (folder / BLOCKS).mkdir(parents=True, exist_ok=True)
    lock = disk.Lock(folder)
    try:
        try:
            old = _present(folder, job)  # again: another process may have come first
            if old is not None:
                return _go_on(folder, lock, old, manifest)
        except (StoreError, UsageError):
            if not overwrite:
                raise
        _clear(folder)
        write_manifest(folder, manifest)
        return Writer(folder, lock, manifest)
    except BaseException:
        lock.release()
        raise


def resume(folder: str | Path) -> Writer:
    """Go on with the job that a folder holds; raises StoreError if it holds none or is being written."""
    folder = Path(folder)
    read_manifest(folder)
    lock = disk.Lock(folder)
    try:
        manifest = read_manifest(folder)
        return _go_on(folder, lock, manifest, manifest)
    except BaseException:
        lock.release()
        raise


def _present(folder: Path, job: Job) -> Manifest | None:
    """The manifest of the job in a folder, or None if nothing is there yet; refuses another job and foreign content."""
    if (folder / MANIFEST).exists():
        manifest = read_manifest(folder)
        _check_same(folder, manifest.job, job)
        return manifest
    with disk.plainly("read", folder):
        inside = [path for place in (folder, folder / BLOCKS) if place.is_dir() for path in place.iterdir()]
    foreign = [path for path in inside if not path.name.startswith(".") and path != folder / BLOCKS]
    if foreign:
        raise StoreError(
            f"{folder}: already holds {foreign[0].name}, which is not part of a job; "
            "choose a new or empty folder, or overwrite it (--overwrite)"
        )
    return None


def _check_same(folder: Path, old: Job, new: Job) -> None:
    """Refuse to go on with another job, or with fewer runs."""
    if old.key != new.key:
        raise StoreError(
            f"{folder}: already holds another job ({_difference(old, new)}); "
            "choose another folder, or overwrite it (--overwrite)"
        )
    if old.engine != new.engine:
        raise StoreError(f"{folder}: was played by engine '{old.engine}' (got '{new.engine}')")
    if new.runs < old.runs:
        raise UsageError(f"{folder}: runs must be at least the {old.runs:,} it holds (got {new.runs:,})")


def _go_on(folder: Path, lock: disk.Lock, old: Manifest, new: Manifest) -> Writer:
    """Go on with the same job, perhaps with more runs than before."""
    merged = replace(new.job, draws=max(new.job.draws, old.job.draws), block=old.job.block)
    disk.remove(folder.glob(f"{disk.TEMPORARY}*"))
    disk.remove((folder / BLOCKS).glob(f"{disk.TEMPORARY}*"))
    manifest = old if merged == old.job else Manifest(merged, new.labels, new.provenance)
    writer = Writer(folder, lock, manifest)
    for entry in writer._entries:
        _check(entry.path, entry.sha256)
    present = {entry.path.name for entry in writer._entries}
    if manifest is not old or not present.union(TABLES) >= set(old.files or ()):
        disk.remove(folder / name for name in TABLES)
        writer.manifest = manifest._replace(rows_sha256="", nested_sha256="", files=None)
        write_manifest(folder, writer.manifest)
    return writer


def _difference(old: Job, new: Job) -> str:
    names = [field.name for field in fields(Job) if field.name not in ("runs", "engine", "block", "draws")]
    different = [name.removesuffix("_json") for name in names if getattr(old, name) != getattr(new, name)]
    return "another " + " and ".join(different)


def _clear(folder: Path) -> None:
    """Remove what this program wrote, the manifest first: without it no block counts."""
    disk.remove([folder / MANIFEST, *(folder / name for name in TABLES)])
    leftovers = [entry.path for entry in _entries(folder)]
    leftovers += [*folder.glob(f"{disk.TEMPORARY}*"), *(folder / BLOCKS).glob(f"{disk.TEMPORARY}*")]
    disk.remove(leftovers)


def _entries(folder: Path) -> list[Entry]:
    """The block files in a folder, by their first run; raises StoreError if two overlap."""
    with disk.plainly("read", folder / BLOCKS):
        paths = sorted((folder / BLOCKS).iterdir())
    found = []
    for path in paths:
        match = _NAME.fullmatch(path.name)
        if match:
            found.append(Entry(Span(int(match[2]), int(match[3])), path, match[4]))
    found.sort()
    for one, other in itertools.pairwise(found):
        if other.span.first < one.span.stop:
            raise StoreError(f"{other.path}: holds runs that {one.path.name} holds too")
    return found


def _unbroken(entries: list[Entry], first: int) -> list[Entry]:
    """The blocks that follow one another without a gap from this run on."""
    chain: list[Entry] = []
    for entry in entries:
        if entry.span.first == (chain[-1].span.stop if chain else first):
            chain.append(entry)
    return chain


def _check_listed(folder: Path, files: dict[str, str]) -> None:
    for name in files:
        if name not in TABLES and not (folder / BLOCKS / name).is_file():
            path = folder / BLOCKS / name
            raise StoreError(f"{path}: is missing; `sim resume {folder}` plays its runs again")


def _check(path: Path, wanted: str) -> None:
    if disk.sha256(path) != wanted:
        raise _damaged(path)


def _damaged(path: Path) -> StoreError:
    folder = path.parent.parent if path.parent.name == BLOCKS else path.parent
    return StoreError(
        f"{path}: is damaged (its content does not match its checksum); delete it, "
        f"and `sim resume {folder}` makes it again"
    )


def _tables(manifest: Manifest, entry: Entry) -> Tables:
    """The piece of both tables that is made from one block."""
    block = _load(entry, manifest)
    return tables(block, manifest.labels, manifest.provenance.start, titled=entry.span.first == 0)


def _load(entry: Entry, manifest: Manifest) -> Block:
    data = disk.read(entry.path)
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise _damaged(entry.path)
    block = decode(data, manifest.job.key, str(entry.path))
    fault = faults(block, entry.span, manifest.labels)
    if fault:
        raise StoreError(f"{entry.path}: {fault}")
    return block
