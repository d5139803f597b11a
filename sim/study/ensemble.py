"""Many runs of one scenario, as the user holds them: in memory or in a folder, with the questions to ask.

Everything that can be answered a block at a time is, so a folder of a million runs needs no more memory than
one of ten thousand; `results` and what hands over all runs at once need memory for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol, overload

from sim.files.rows import row_hash
from sim.files.store import Store
from sim.files.tables import changes_columns, runs_columns
from sim.model.results import Block, Labels, Provenance, Results
from sim.study import hooks
from sim.study.control import Control, FallTimes, PlaceControl, count_control, first_falls
from sim.study.labels import find
from sim.study.statistics import LEVEL

if TYPE_CHECKING:
    from sim.study.comparison import Comparison
    from sim.study.summary import Summary


class Source(Protocol):
    """Where runs come from: a `Store`, or results in memory."""

    @property
    def provenance(self) -> Provenance:
        """Which question they answer."""

    @property
    def labels(self) -> Labels:
        """Ids and names in index order."""

    @property
    def scenario_json(self) -> str:
        """The scenario as loaded."""

    @property
    def parameters_json(self) -> str:
        """The parameters as loaded."""

    @property
    def runs(self) -> int:
        """How many, nested ones apart."""

    def iter_blocks(self) -> Iterator[Block]:
        """The runs in order."""

    def iter_nested(self) -> Iterator[Block]:
        """The runs of the nested design in order."""

    def results(self) -> Results:
        """Everything in memory."""


class InMemory:
    """Results as a Source."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self.provenance = results.provenance
        self.labels = results.labels
        self.scenario_json = results.scenario_json
        self.parameters_json = results.parameters_json
        self.runs = results.block.runs

    def iter_blocks(self) -> Iterator[Block]:
        """The runs as one block."""
        yield self._results.block

    def iter_nested(self) -> Iterator[Block]:
        """The nested runs as one block."""
        if self._results.nested is not None:
            yield self._results.nested

    def results(self) -> Results:
        """Themselves."""
        return self._results


class Ensemble:
    """The runs of a job. Ask `control`, `fall_times`, `summary`, `compare`; hand on with `to_pandas`; draw
    with `plot.control()` and the like; `results` holds the bare tables."""

    def __init__(self, source: Results | Store | Source) -> None:
        """From results in memory, an opened result folder, or anything that hands out blocks."""
        self.source: Source = InMemory(source) if isinstance(source, Results) else source
        self._results: Results | None = None

    def __repr__(self) -> str:
        about = self.provenance
        return f"<Ensemble of {self.runs:,} runs of {about.scenario}, seed {about.seed}, engine {about.engine}>"

    def __len__(self) -> int:
        return self.runs

    @property
    def runs(self) -> int:
        """How many runs, nested ones apart."""
        return self.source.runs

    @property
    def provenance(self) -> Provenance:
        """Which question they answer."""
        return self.source.provenance

    @property
    def labels(self) -> Labels:
        """Ids and names in index order."""
        return self.source.labels

    @property
    def scenario_json(self) -> str:
        """The scenario as loaded."""
        return self.source.scenario_json

    @property
    def parameters_json(self) -> str:
        """The parameters as loaded."""
        return self.source.parameters_json

    @property
    def results(self) -> Results:
        """All tables in memory."""
        if self._results is None:
            self._results = self.source.results()
        return self._results

    @property
    def block(self) -> Block:
        """All runs in memory, as one block."""
        return self.results.block

    @property
    def nested(self) -> Block | None:
        """The nested design in memory, or None if it was not played."""
        return self.results.nested

    def iter_blocks(self) -> Iterator[Block]:
        """The runs in order, a block at a time."""
        return self.source.iter_blocks()

    def iter_nested(self) -> Iterator[Block]:
        """The runs of the nested design in order, a block at a time."""
        return self.source.iter_nested()

    def row_hash(self) -> str:
        """The canonical row hash of the runs: equal for equal histories, however they were played."""
        known = self.source.manifest.rows_sha256 if isinstance(self.source, Store) else ""
        return known or row_hash(self.iter_blocks())

    @overload
    def control(self, place: None = None, *, every_h: float | None = None, level: float = LEVEL) -> Control: ...

    @overload
    def control(self, place: str, *, every_h: float | None = None, level: float = LEVEL) -> PlaceControl: ...

    def control(
        self, place: str | None = None, *, every_h: float | None = None, level: float = LEVEL
    ) -> Control | PlaceControl:
        """Who holds places when: a PlaceControl for one place (id or name), else the Control of all.

        every_h: hours between the moments asked about (6, or what gives at most 240 of them).
        """
        table = count_control(self, every_h=every_h, level=level)
        return table if place is None else table.at(place)

    def fall_times(self, place: str, *, level: float = LEVEL) -> FallTimes:
        """When a place (id or name) is first lost by the camp that holds it at the start, run by run."""
        return first_falls(self, find(self.labels.place_ids, self.labels.place_names, place, "place"), level)

    def summary(self, **options: Any) -> Summary:
        """What came out, with intervals; options as for `sim.study.summary.summarise`."""
        from sim.study.summary import summarise

        return summarise(self, **options)

    def compare(self, other: Ensemble, **options: Any) -> Comparison:
        """What differs in `other`, run by run; options as for `sim.study.comparison.compare`."""
        from sim.study.comparison import compare

        return compare(self, other, **options)

    @property
    def plot(self) -> Any:
        """Pictures: `plot.control()`, ...; each takes `ax` and returns it."""
        assert hooks.plotter is not None, "importing sim sets it"
        return hooks.plotter(self)

    def to_pandas(self) -> Any:
        """The table of runs as a pandas DataFrame, indexed by run, with the columns of `runs.csv`."""
        import pandas

        return pandas.DataFrame(dict(runs_columns(self.block, self.labels))).set_index("run")

    def changes(self) -> Any:
        """The changes of hands as a pandas DataFrame, with the columns of `changes.csv`."""
        import pandas

        table = pandas.DataFrame(dict(changes_columns(self.block, self.labels)))
        start = pandas.Timestamp(self.provenance.start)
        table["at"] = start + pandas.to_timedelta(self.block.change[1], unit="s")
        return table


def as_ensemble(runs: Results | Store | Ensemble) -> Ensemble:
    """The same runs as an Ensemble."""
    return runs if isinstance(runs, Ensemble) else Ensemble(runs)
