"""An ablation as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.study.text import counted, fit, safe, table, wrap

if TYPE_CHECKING:
    from sim.study.ablation import Ablation, Shift
    from sim.study.statistics import Estimate

MOST_FACTIONS = 4
"""Columns of factions, those whose holdings change most."""
COLUMN = 17
"""Of a name over one."""

AS_IT_IS = "(as it is)"
"""The row of the whole scenario."""


def to_text(ablation: Ablation) -> str:
    """The whole ablation, at most 100 columns wide."""
    parts = [_head(ablation), *_tables(ablation), _idle(ablation), _off(ablation)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(a: Ablation) -> str:
    level, count = f"{100 * a.level:g} %", len(a.effects)
    title = (
        f"{safe(a.called)}: {counted(count, 'mechanism', 'mechanisms')} switched off"
        f"{', one at a time' if count > 1 else ''}; {counted(a.runs, 'run', 'runs')} of each, seed {a.seed}"
    )
    notes = [
        f"Run k uses the same random numbers with and without a mechanism. Differences are without - with, with paired "
        f"{level} intervals. * marks those that leave out 0; ** those that do when the {a.family:,} differences that "
        f"were looked at are to hold together at {level} (Bonferroni: {100 * a.level_simultaneous:.6g} % each). One * "
        "among many rows may be chance. What two mechanisms do together is not told: differences need not add up."
    ]
    return "\n".join(wrap(text.split(), indent="", separator=" ") for text in (title, *notes))


def _tables(a: Ablation) -> list[str]:
    return [_outcome(a), _held(a), _places(a)] if a.acting else []


def _outcome(a: Ablation) -> str:
    first = a.acting[0]
    measures = {"first_fall": 2, "changes": 2, "dead": 1 if first.get("dead").of.first < 1_000 else 0}
    head = ["", "moved", "noise", "otherwise (%)", *(_told(text) for text in _HEADS)]
    rows = [[AS_IT_IS, "", "", "", *(_told(_mean(first.get(name), d)) for name, d in measures.items())]]
    rows += [
        [e.mechanism, f"{e.moved:.2f}", f"{e.noise:.2f}", _share(e.otherwise)]
        + [_change(e.get(name), digits) for name, digits in measures.items()]
        for e in a.acting
    ]
    note = (
        "Moved: how many places' worth of odds to hold them at the end go to somebody else (half the sum of absolute "
        "differences over places and factions). Noise: how many so few runs would show, on average, if no odds "
        "changed. Rows are in order of the one less the other. Otherwise: runs in which some place ends in other "
        "hands, whether odds change or not. First fall: until a place is first lost, or until the end. Changes: of "
        "hands, in a run. Dead: people of all sides."
    )
    return _titled("How much each mechanism matters", note, table(rows, head=head))


_HEADS = ("first fall (h)", "changes", "dead")


def _held(a: Ablation) -> str:
    told = sorted(a.told, key=lambda f: -max(abs(e.get("held", faction=f).of.difference.value or 0) for e in a.acting))
    if not told:
        return "Every faction holds as many places at the end, run by run, without any of them."
    shown = [faction for faction in a.told if faction in told[:MOST_FACTIONS]]
    names = dict(zip(a.labels.faction_ids, a.labels.faction_names, strict=True))
    rows = [[AS_IT_IS, *(_told(_mean(a.acting[0].get("held", faction=f), 2)) for f in shown)]]
    rows += [[e.mechanism, *(_change(e.get("held", faction=f), 2) for f in shown)] for e in a.acting]
    left = f" Left out: {', '.join(names[f] for f in told[MOST_FACTIONS:])}." if told[MOST_FACTIONS:] else ""
    two = len(a.labels.faction_ids) == 2
    note = f"{'What one side gains the other loses.' if two else ''}{left}".strip()
    return _titled(
        "Places held at the end, on average",
        note,
        table(rows, head=["", *(_told(fit(safe(names[f]), COLUMN)) for f in shown)]),
    )


def _places(a: Ablation) -> str:
    labels = a.labels
    names = dict(zip(labels.place_ids + labels.faction_ids, labels.place_names + labels.faction_names, strict=True))
    rows = []
    for effect in a.acting:
        seen = [s for s in effect.all("odds") if s.of.seen and s.faction in a.told]
        if seen:
            most = max(seen, key=lambda s: abs(s.of.difference.value or 0.0))
            whose = f"{names[str(most.place)]}: {names[str(most.faction)]}"
            rows.append([effect.mechanism, whose, *_odds(most)])
    if not rows:
        return ""
    note = "The largest of many differences looks larger than it is, the more so without **."
    return _titled(
        "Odds to hold a place at the end (%): the largest difference of each mechanism",
        note,
        table(rows, head=["", "", "with", "without", _told("difference")], left=(0, 1)),
    )


def _idle(a: Ablation) -> str:
    idle = [effect.mechanism for effect in a.effects if effect.idle]
    if not idle:
        return ""
    every = "the one run" if a.runs == 1 else f"any of the {a.runs:,} runs"
    return f"Without these, nothing that is recorded differs in {every}: they did not act\n{wrap(idle)}"


def _off(a: Ablation) -> str:
    return f"Switched off in the scenario already, so left out\n{wrap(a.off)}" if a.off else ""


def _titled(title: str, note: str, rows: list[str]) -> str:
    lines = [title, *([wrap(note.split(), indent="", separator=" ")] if note else []), *rows]
    return "\n".join(lines)


def _mean(shift: Shift, digits: int) -> str:
    return f"{shift.of.first:,.{digits}f}"


def _change(shift: Shift, digits: int) -> str:
    """A difference of means: Student's intervals are symmetric. None where all runs differ by the same."""
    if not shift.of.seen:
        return _told("0")
    told = shift.of.difference
    half = "" if told.high is None else f" ±{told.high - (told.value or 0.0):,.{digits}f}"
    return f"{told.value:+z,.{digits}f}{half}{_mark(shift)}"


def _odds(shift: Shift) -> list[str]:
    told = shift.of.difference
    low, value, high = (f"{100 * (end or 0.0):+z.1f}" for end in (told.low, told.value, told.high))
    difference = f"{value} [{low}, {high}]{_mark(shift)}"
    return [f"{100 * shift.of.first:.1f}", f"{100 * shift.of.second:.1f}", difference]


def _share(estimate: Estimate) -> str:
    low, value, high = (f"{100 * (end or 0.0):.1f}" for end in (estimate.low, estimate.value, estimate.high))
    return f"{value} [{low}, {high}]"


def _mark(shift: Shift) -> str:
    """Two columns, so that figures stay in line. An interval that holds for all leaves out 0 only if its own does."""
    return "**" if shift.distinguishable else "* " if shift.of.clear else "  "


def _told(text: str) -> str:
    """Over, or in, a column of figures with marks."""
    return f"{text}  "
