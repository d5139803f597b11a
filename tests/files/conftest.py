"""A small valid scenario, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.files import Loaded, load

SMALL = Path(__file__).with_name("small.yaml")


def replaced(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    """A text with pieces replaced, each once."""
    for old, new in changes:
        assert old in text, f"{old!r} is not in the text"
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def small() -> str:
    """The text of the small scenario."""
    return SMALL.read_text(encoding="utf-8")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a file into the working folder, so that messages name it shortly."""
    monkeypatch.chdir(tmp_path)

    def writer(text: str | bytes, name: str = "x.yaml") -> Path:
        path = Path(name)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return writer


@pytest.fixture
def spoiled(small: str, write: Callable[..., Path]) -> Callable[..., list[str]]:
    """Replace one piece of the small scenario; returns the lines of the problems, none if it loads."""

    def spoil(old: str, new: str, *overrides: str) -> list[str]:
        assert old in small, f"{old!r} is not in small.yaml"
        path = write(small.replace(old, new, 1))
        try:
            load(path, overrides)
        except ScenarioError as error:
            return str(error).splitlines()
        return []

    return spoil


@pytest.fixture
def told_by() -> Callable[..., list[str]]:
    """Where and what goes wrong when a file is loaded."""

    def teller(path: Path, overrides: tuple[str, ...] = ()) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            load(path, overrides)
        return [f"{p.line}:{p.column} {p.path}: {p.message}" for p in caught.value.problems]

    return teller


@pytest.fixture
def told(small: str, write: Callable[..., Path], told_by: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """Where and what goes wrong when pieces of the small scenario are replaced."""

    def teller(*changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> list[str]:
        return told_by(write(replaced(small, changes)), overrides)

    return teller


@pytest.fixture
def loaded(small: str, write: Callable[..., Path]) -> Callable[..., Loaded]:
    """Load the small scenario, with pieces replaced and overrides."""

    def loader(*changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> Loaded:
        return load(write(replaced(small, changes)), overrides)

    return loader
