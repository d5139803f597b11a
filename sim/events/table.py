"""Which handler plays which kind of event."""

from __future__ import annotations

from collections.abc import Callable

from sim.events.air import sortie
from sim.events.board import Board
from sim.events.calls import reinforce, watch
from sim.events.day import daily
from sim.events.fight import round_of_fight
from sim.events.march import arrive, depart
from sim.events.orders import review
from sim.events.retreat import reach_refuge
from sim.events.rising import rise
from sim.events.talks import transfer

HANDLERS: tuple[Callable[[Board, int], None], ...] = (
    arrive,
    sortie,
    round_of_fight,
    reach_refuge,
    transfer,
    rise,
    reinforce,
    watch,
    daily,
    review,
    depart,
)
"""In the order of `sim.model.kinds`."""
