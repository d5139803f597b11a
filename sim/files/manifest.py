"""`manifest.json`: what a result folder holds. It carries its own SHA-256, so that damage is noticed."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.errors import StoreError
from sim.files import disk
from sim.files.job import Job, canonical_json, text_hash
from sim.model.results import Labels, Provenance

MANIFEST = "manifest.json"
FORMAT = 1


class Manifest(NamedTuple):
    """What `manifest.json` says. `files` maps a name to its SHA-256 once the job is complete."""

    job: Job
    labels: Labels
    provenance: Provenance
    rows_sha256: str = ""
    nested_sha256: str = ""
    files: dict[str, str] | None = None

    @property
    def complete(self) -> bool:
        """Whether every run of the job has been played and listed."""
        return self.files is not None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a result folder; raises StoreError if there is none or it is damaged."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StoreError(f"{folder}: is not a result folder (no {MANIFEST} in it)")
    data = disk.read(path)
    try:
        if not data.endswith(b"\n"):
            raise ValueError("its end is missing")
        raw: dict[str, Any] = json.loads(data.decode())
        sealed = raw.pop("manifest_sha256")
        if sealed != text_hash(canonical_json(raw)):
            raise ValueError("its content does not match its checksum")
        if raw["format"] != FORMAT:
            raise StoreError(f"{path}: is of format {raw['format']}; this version reads format {FORMAT}")
        job = dict(raw["job"])
        job["scenario_json"] = json.dumps(job.pop("scenario"))
        job["parameters_json"] = json.dumps(job.pop("parameters"))
        labels = {name: tuple(value) for name, value in raw["labels"].items()}
        result = raw["result"]
        return Manifest(
            Job(**job),
            Labels(**labels),
            Provenance(**raw["provenance"]),
            rows_sha256=result["rows_sha256"],
            nested_sha256=result["nested_sha256"],
            files=result["files"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{path}: is damaged ({error})") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of a folder; raises StoreError."""
    job = asdict(manifest.job)
    job["scenario"] = json.loads(job.pop("scenario_json"))
    job["parameters"] = json.loads(job.pop("parameters_json"))
    raw: dict[str, Any] = {
        "format": FORMAT,
        "state": "complete" if manifest.complete else "playing",
        "job": job,
        "job_key": manifest.job.key,
        "provenance": asdict(manifest.provenance),
        "labels": asdict(manifest.labels),
        "environment": {"python": platform.python_version(), "numpy": np.__version__},
        "result": {
            "rows_sha256": manifest.rows_sha256,
            "nested_sha256": manifest.nested_sha256,
            "files": manifest.files,
        },
    }
    raw["manifest_sha256"] = text_hash(canonical_json(raw))
    disk.write(folder / MANIFEST, [json.dumps(raw, ensure_ascii=False, indent=1).encode() + b"\n"])
