"""What the tests of this folder share: a scenario to run, and a way to make results by hand."""

from types import SimpleNamespace

import fake_engine as fake
import numpy as np

from sim.model.results import Block, Labels, Provenance, Results
from sim.units import DAY


class Text:
    """Stands for a pydantic model that turns into this JSON."""

    def __init__(self, text):
        self.text = text

    def model_dump_json(self, **options):
        return self.text


LOADED = SimpleNamespace(scenario=Text(fake.SCENARIO), parameters=Text("{}"))


def by_hand(changes, runs, *, places=3, factions=("blue", "red"), initial=None, camps=None, names=None, dead=None):
    """Results of `runs` runs over ten days from a list of changes (run, hour, place, old, new, cause)."""
    initial = initial or (0,) * places
    labels = Labels(
        tuple("abcdefgh"[:places]), names or tuple("ABCDEFGH"[:places]), factions, factions,
        ("#000000",) * len(factions), camps or tuple(range(len(factions))), ("jets",), ("luck",),
        ("assault", "rising"), ("horizon",), initial,
    )  # fmt: skip
    change = np.array([[r, h * 3600, p, o, n, c] for r, h, p, o, n, c in changes], dtype=np.int64).reshape(-1, 6).T
    change = change[:, np.lexsort((change[2], change[1], change[0]))]
    holder = np.repeat(np.array(initial)[:, None], runs, axis=1)
    for run, _, place, _, new, _ in change.T:
        holder[place, run] = new
    people = np.zeros((7, len(factions), runs), dtype=np.int64)
    people[3] = 0 if dead is None else np.array(dead)
    zeros = np.zeros(runs, dtype=np.int64)
    block = Block(
        run=np.arange(runs), draw=np.arange(runs), end_tick=zeros + 10 * DAY, end_reason=zeros, events=zeros + 9,
        people=people, sorties=zeros[None], harm=np.zeros((max(labels.faction_camp) + 1, runs), np.int64),
        final_holder=holder, cohesion=np.zeros((len(factions), runs), np.int64), inputs=np.zeros((1, runs)),
        change=change, strength=np.zeros((10, len(factions), runs), np.int64),
        displaced=np.zeros((10, runs), np.int64), fled=zeros, away=np.zeros((places, runs), np.int64),
        sheltered=np.zeros((places, runs), np.int64), lacking=np.zeros((2, places, runs), np.int64),
    )  # fmt: skip
    about = Provenance("byhand", "", "s", "p", "1", "none", 1, "2024-11-27T00:00:00+02:00", 10 * DAY)
    return Results(about, labels, block)
