"""From a file on disk to a checked scenario with its hash."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError, printable
from sim.files import overrides as settings
from sim.files.checks import check, check_rest
from sim.files.entries import tell_empty, to_lists
from sim.files.job import text_hash
from sim.files.layers import read_layers
from sim.files.moments import date_moments
from sim.files.nodes import Mark, Node, Problems, plain
from sim.files.resolve import canonical, resolve
from sim.files.salvage import salvage
from sim.files.shipped import PARAMETERS, find, folder, shipped
from sim.files.validation import validate
from sim.files.yaml_reader import read_yaml
from sim.model.parameters import Parameters
from sim.model.scenario import Scenario

MOST = {
    "places": 5_000, "roads": 20_000, "factions": 100, "backers": 100, "commands": 400, "forces": 10_000,
    "wings": 1_000, "reinforcements": 5_000, "observed": 5_000, "parameters": 1_000, "score_weights": 100,
}  # fmt: skip
"""Entries per section, so that a mistaken or hostile file is refused at once."""


@dataclass(frozen=True)
class Loaded:
    """A scenario as it will be played, with what is needed to say where it came from."""

    scenario: Scenario
    """Checked and in canonical order; every force has its id, every date an offset."""
    parameters: Parameters
    path: Path
    files: tuple[Path, ...]
    """Every file read: the one asked for last, what it extends before it."""
    overrides: tuple[str, ...]
    data: dict[str, Any] = field(repr=False)
    """What was given, in the long form, without defaults."""
    json: str = field(repr=False)
    """The scenario as canonical JSON; itself a valid scenario file."""
    hash: str
    """SHA-256 of `json`: the same for every way of writing the same scenario."""
    parameters_hash: str
    warnings: tuple[Problem, ...] = ()


def load(
    path: str | os.PathLike[str], overrides: Sequence[str] | str = (), *, parameters: Parameters | None = None
) -> Loaded:
    """Read, complete and check a scenario.

    `path` is a file or the name of a shipped scenario; `overrides` are `PATH=VALUE` texts as for `--set`, or one;
    `parameters` replaces the shipped ones. Raises ScenarioError with every problem found, in file order.
    """
    shown = os.fspath(path)
    file = find(shown, Path())
    if file is None:
        raise _not_found(shown)
    rules = load_parameters() if parameters is None else parameters
    changes = (overrides,) if isinstance(overrides, str) else tuple(overrides)
    note, warn = Problems(), Problems()
    try:
        root, files = read_layers(file, shown if file == Path(shown) else str(file), find, note)
    except ScenarioError as error:
        raise ScenarioError([*note, *error.problems]) from None
    settings.apply(root, changes, note)
    empty = tell_empty(root, note)
    to_lists(root)
    dates = date_moments(root, note)
    fits = _fits(root, note)
    scenario = validate(Scenario, root, note) if fits else None
    if scenario is not None and not empty:
        check(scenario, rules, root, note, warn, dates=dates)
    elif fits and not note.full and (left := salvage(root)) is not None:
        check_rest(*left, root, note)
    if note or scenario is None:
        raise ScenarioError(note)
    resolved = resolve(scenario)
    text = canonical(resolved)
    return Loaded(
        scenario=resolved,
        parameters=rules,
        path=file,
        files=tuple(files),
        overrides=changes,
        data=plain(root),
        json=text,
        hash=text_hash(text),
        parameters_hash=text_hash(canonical(rules)),
        warnings=tuple(sorted(set(warn))),
    )


def load_parameters(path: str | os.PathLike[str] | None = None) -> Parameters:
    """Read a file of rule parameters; the shipped one by default. Raises ScenarioError."""
    file = folder() / PARAMETERS if path is None else Path(path)
    note = Problems()
    root = read_yaml(file, note=note)
    found = validate(Parameters, root, note)
    if note or found is None:
        raise ScenarioError(note)
    return found


def _fits(root: Node, note: Problems) -> bool:
    """Whether no section has too many entries."""
    fits = True
    for section, most in MOST.items():
        node = root.children.get(section)
        size = len(node.items) or len(node.children) if node is not None else 0
        if node is not None and size > most:
            note(node.key, section, f"must have at most {most:,} entries (got {size:,})")
            fits = False
    return fits


def _not_found(shown: str) -> ScenarioError:
    note = Problems()
    names = [file.stem for file in shipped()]
    hint = note.near(Path(printable(shown)).stem, names) or f"; shipped scenarios: {', '.join(names)}"
    note(Mark(shown, 0, 0), "", f"no such file{hint}")
    return ScenarioError(note)
