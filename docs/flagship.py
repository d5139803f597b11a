"""Write docs/flagship.md: what the flagship does, over 2,000 runs, beside what happened. It takes a minute or two.

python docs/flagship.py [RUNS]
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.model import kinds
from sim.model.results import Block, Labels
from sim.study.statistics import proportion
from sim.study.words import HOW_TAKEN
from sim.units import DAY
from sim.views.style import save

ROOT = Path(__file__).parents[1]
NAME, RUNS, SEED = "syria_2024", 2_000, 1
BATTLE = (kinds.ASSAULT, kinds.BROKEN, kinds.STARVED)
"""Changes of hands that were fought for to the end."""
DRIVE = ("saraqib", "aleppo", "hama", "homs", "damascus")
ABROAD = {
    "sdf": ("latakia", "jableh", "baniyas", "tartus", "hama", "homs", "damascus", "daraa", "suwayda"),
    "druze": ("aleppo", "idlib", "hama", "homs", "latakia", "tartus", "deir_ez_zor", "palmyra"),
    "sor": ("aleppo", "idlib", "hama", "latakia", "tartus", "deir_ez_zor", "raqqa", "palmyra"),
    "sna": ("damascus", "daraa", "suwayda", "latakia", "tartus", "deir_ez_zor", "palmyra"),
    "sfa": ("aleppo", "idlib", "latakia", "tartus", "hama", "suwayda"),
}
"""Places where a side would not go: none of its commands cares for them."""


INTRODUCTION = """\
`python docs/flagship.py` plays {runs} runs of `scenarios/{name}.yaml` (seed {seed}) and writes this page. Nothing in
the scenario or in the rules was fitted to dates: readiness, attitude, quality, morale, will and capacity are judged,
strengths are ranges of the sources, and what history caused is a trigger or a chance. So this page is no forecast and
no back-test. It shows which kinds of campaign the inputs allow, how likely each is *given these inputs*, and where the
model differs from what happened. Percentages have 95 % intervals of the simulation, not of the judgement."""
FINDINGS = """\
- **Too few die.** The dead are a third or less of the 910 that the Syrian Observatory for Human Rights had documented
  by 8 December (138 of them civilians), itself thought too low (900 to 2,500). Most changes of hands cost nobody
  anything here, and fights are short.
- **It begins too fast and goes on too unevenly.** Saraqib falls on the first morning in nearly all runs, two days
  before it did, and the south and Suwayda move days before they did; the middle days of
  Hama, Homs and Damascus are within hours of each other, for one collapse of cohesion decides all three, where
  history took two and a half days.
- **The government is sturdier than it was.** It keeps Aleppo in half of the runs. Whether that is the inputs or the
  model is open until there are other campaigns to compare with.
- **Talks are the commonest cause**, many of them about small places taken and lost again. Readiness is judged place by
  place; `syria_2024_flat` has one value for all.
- Relations that change, joining and leaving on triggers, claims and fog are not there yet."""


NOBODY = [
    "No side ends in any run at a place that is none of its business: the Kurdish-led forces on the coast, the",
    "fighters of Suwayda in Aleppo, and so on; the list is in `docs/flagship.py`.",
]


class Campaign:
    """The runs of the flagship, and the questions that this page puts to them."""

    def __init__(self, block: Block, labels: Labels, observed: list[dict[str, Any]], start: Any) -> None:
        self.block, self.labels, self.observed, self.start = block, labels, observed, start
        self.runs = block.runs

    def lost(self, place: str) -> Any:
        """Whether the government does not hold a place at the end of each run."""
        p, gov = self.labels.place_ids.index(place), self.labels.faction_ids.index("gov")
        camp = np.asarray(self.labels.faction_camp)
        return camp[self.block.final_holder[p]] != camp[gov]

    def first_lost(self, place: str) -> Any:
        """Days until the government's camp first loses a place; infinite where it never does."""
        p = self.labels.place_ids.index(place)
        camp = np.asarray(self.labels.faction_camp)
        gov = camp[self.labels.faction_ids.index("gov")]
        run, tick, where, old, new, _ = self.block.change
        mine = (where == p) & (camp[old] == gov) & (camp[new] != gov)
        day = np.full(self.runs, np.inf)
        np.minimum.at(day, np.searchsorted(self.block.run, run[mine]), tick[mine] / DAY)
        return day

    def causes(self) -> list[tuple[str, float]]:
        """Share of all changes of hands by cause, the commonest first."""
        count = np.bincount(self.block.change[5], minlength=len(kinds.CAUSES))
        shares = [(kinds.CAUSES[i], n / count.sum()) for i, n in enumerate(count) if n]
        return sorted(shares, key=lambda share: -share[1])

    def without_a_battle(self) -> float:
        """Share of the changes of hands that were not fought for to the end."""
        return float(1 - np.isin(self.block.change[5], BATTLE).mean())

    def kinds_of_run(self) -> dict[str, Any]:
        """Which runs went how: (runs,) each, and every run is of one kind."""
        aleppo, hama, damascus = self.lost("aleppo"), self.lost("hama"), self.first_lost("damascus")
        fell = self.lost("damascus")
        return {
            "the government keeps Aleppo, Hama and Damascus": ~fell & ~hama & ~aleppo,
            "Aleppo falls, and the drive stalls north of Hama": ~fell & ~hama & aleppo,
            "Hama falls, and the government stays in Damascus": ~fell & hama,
            "Damascus falls before the 8th day": fell & (damascus < 8),
            "Damascus falls between the 8th and the 14th day, as in history (the 12th)": fell
            & (damascus >= 8)
            & (damascus < 14),
            "Damascus falls later": fell & (damascus >= 14),
        }

    def dead(self) -> Any:
        """People under arms killed, of all sides, in each run."""
        return self.block.people[3].sum(axis=0)

    def out_of_place(self) -> list[tuple[str, str, float]]:
        """Sides that end where they would not go, and in which share of runs."""
        found = []
        for side, places in ABROAD.items():
            k = self.labels.faction_ids.index(side)
            for place in places:
                share = (self.block.final_holder[self.labels.place_ids.index(place)] == k).mean()
                if share > 0:
                    found.append((side, place, float(share)))
        return found


def campaign(runs: Any) -> Campaign:
    """What the page is made of, from an ensemble."""
    scenario = json.loads(runs.scenario_json)
    return Campaign(runs.block, runs.labels, scenario["observed"], scenario["start"])


def share(mask: Any) -> str:
    """A share of runs with its 95 % interval, in percent."""
    estimate = proportion(int(mask.sum()), len(mask))
    return f"{100 * estimate.value:.0f} % ({100 * estimate.low:.0f} to {100 * estimate.high:.0f})"


def days(values: Any) -> str:
    """Middle and 10th to 90th percentile of those that are finite."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return "never"
    low, middle, high = np.percentile(finite, [10, 50, 90])
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def people(values: Any) -> str:
    """Middle and 10th to 90th percentile of numbers of people."""
    low, middle, high = np.percentile(values, [10, 50, 90])
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def happened(c: Campaign, place: str) -> str:
    """The day on which a place was first taken, from the start, with its window."""
    start = datetime.fromisoformat(c.start)
    row = next(row for row in c.observed if row["place"] == place)
    at, low, high = (
        (datetime.fromisoformat(row[key]) - start) / timedelta(days=1) for key in ("at", "earliest", "latest")
    )
    return f"{at:.1f} ({low:.1f} to {high:.1f})"


def page(c: Campaign) -> str:
    """The page, as Markdown."""
    astray = c.out_of_place()
    lines = [
        "# The flagship: Syria, 27 November to 18 December 2024",
        "",
        "<!-- written by docs/flagship.py: change that, not this -->",
        "",
        *INTRODUCTION.format(runs=f"{c.runs:,}", name=NAME, seed=SEED).splitlines(),
        "",
        "![Who holds which city, over time](img/flagship_control.png)",
        "",
        "## Kinds of run",
        "",
        "| the run | share of runs |",
        "|---|---|",
        *(f"| {name} | {share(mask)} |" for name, mask in c.kinds_of_run().items()),
        "",
        "## The drive",
        "",
        "| place | lost at the end | day of its first loss, if any: middle (10 to 90 %) | history (window) |",
        "|---|---|---|---|",
        *("| " + " | ".join((p, share(c.lost(p)), days(c.first_lost(p)), happened(c, p))) + " |" for p in DRIVE),
        "",
        "![When places fall](img/flagship_falls.png)",
        "",
        "## How places changed hands",
        "",
        f"{c.block.change.shape[1] / c.runs:.0f} changes of hands a run (history: {len(c.observed)} observed),",
        f"{100 * c.without_a_battle():.0f} % of them not fought for to the end, that is by assault, when the last",
        "defenders broke, or after a siege. In history it was about 70 %.",
        "",
        "| cause | share of all changes |",
        "|---|---|",
        *(f"| {HOW_TAKEN[name]} (*{name}*) | {100 * part:.1f} % |" for name, part in c.causes()),
        "",
        "## People",
        "",
        f"- Killed under arms, all sides, over 21 days: {people(c.dead())}; in runs in which Damascus falls",
        f"  {people(c.dead()[c.lost('damascus')])}. Documented by 8 December: 910, with 138",
        "  civilians; thought likely: 900 to 2,500.",
        f"- Displaced at most on any day: {people(c.block.displaced.max(axis=0))}. Reported: 280,000 to 370,000",
        "  by 6 December,",
        "  800,000 to 1,100,000 by 8 to 12 December. Where people went, and when they returned, is in `sim summary`.",
        "",
        "## Nobody where he would not go",
        "",
        *([f"- {side}: {place}, in {100 * part:.2f} % of the runs" for side, place, part in astray] or NOBODY),
        "",
        "## Findings",
        "",
        *FINDINGS.splitlines(),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    """Play the runs, draw the pictures, write the page."""
    runs = sim.run(NAME, runs=int(sys.argv[1]) if sys.argv[1:] else RUNS, seed=SEED, nested=False)
    for name in ("control", "falls"):
        save(getattr(runs.plot, name)(), ROOT / "docs" / "img" / f"flagship_{name}.png")
    (ROOT / "docs" / "flagship.md").write_text(page(campaign(runs)), encoding="utf-8")


if __name__ == "__main__":
    main()
