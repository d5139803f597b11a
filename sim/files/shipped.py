"""Scenarios that travel with the package."""

from __future__ import annotations

from pathlib import Path

from sim.files.yaml_reader import read_yaml

PARAMETERS = "parameters.yaml"


def folder() -> Path:
    """Where they are: inside the installed package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def shipped() -> list[Path]:
    """The shipped scenario files, by name. `parameters.yaml` is not one of them."""
    return sorted(path for path in folder().glob("*.yaml") if path.name != PARAMETERS)


def find(name: str, beside: Path) -> Path | None:
    """The file that a name means: seen from the folder `beside`, else a shipped scenario. A folder does not
    hide a shipped scenario of its name: results are often written to one."""
    try:
        path = beside / name
        if path.exists() and not path.is_dir():
            return path
        by_name = {word: file for file in shipped() for word in (file.stem, file.name)}
        return by_name.get(name, path if path.exists() else None)
    except (OSError, ValueError):  # too long, or holds a NUL
        return None


def title_of(path: Path) -> str:
    """The title of a scenario file, without checking the rest; empty when it has none."""
    title = read_yaml(path).children.get("title")
    return title.value if title is not None and isinstance(title.value, str) else ""
