"""Local fighters rise, in many runs: out of the blue, or to join friends who have taken their place."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engines.batch.boards import Boards, cells, emerge, select
from sim.engines.batch.capture import capture, open_fight
from sim.model.kinds import DORMANT, QUIET, RISE, RISEN
from sim.rules import combat, rising
from sim.rules.chance import UPRISING
from sim.units import DAY


def stir(b: Boards, r: Any, t: Any) -> None:
    """At the end of a day: who will rise in the next."""
    s, w, x = b.s, b.w, b.x
    f = np.flatnonzero(w.dormant)
    if len(f) == 0:
        return
    j, i = np.nonzero(s.status[r[:, None], f] == DORMANT)
    r, t, f = r.take(j), t.take(j), f.take(i)
    p, c = w.home.take(f), w.side_of.take(f)
    k = cells(s.holder, r, p)
    d = w.camp.take(k)
    r, t, f, p, k, d = select(w.hostile.take(c * w.C + d) > 0, r, t, f, p, k, d)
    turned = rising.tide(cells(s.cohesion, k, r), cells(x.cohesion_0, k, r), b.par("rising_tide", r))
    thin = rising.thinness(cells(s.people, r, f), cells(s.here, r, d * w.P + p), b.par("rising_deterrence", r))
    u, v = b.draw(UPRISING, w.force_key.take(f), t // DAY, r)
    rises = rising.rises(cells(x.restive, r, p), turned, thin, b.par("rising_per_day", r), u)
    r, t, f, v = select(rises, r, t, f, v)
    b.plan(f, r, t + rising.hour(v), RISE, f)


def rise(b: Boards, r: Any, f: Any, t: Any) -> None:
    """Fighters take up arms at home, one formation a column: they take the place or fight for it."""
    s, w = b.s, b.w
    emerge(b, f, r, t)
    p, c = w.home.take(f), w.side_of.take(f)
    d = w.camp.take(cells(s.holder, r, p))
    r, t, f, p, c, d = select(w.hostile.take(c * w.C + d) > 0, r, t, f, p, c, d)
    quiet = cells(s.phase, r, p) == QUIET
    rj, pj = select(~quiet & (cells(s.foe, r, p) == c), r, p)
    s.axes[rj, pj] |= 1
    r, t, f, p, c, d = select(quiet, r, t, f, p, c, d)
    takes = combat.overruns(
        cells(s.here, r, c * w.P + p), w.repute.take(c), cells(s.here, r, d * w.P + p), w.repute.take(d),
        w.ground.take(p), b.par("combat_bounce", r),
    )  # fmt: skip
    if not takes.all():
        rf, tf, pf, cf, ff = select(~takes, r, t, p, c, f)
        open_fight(b, rf, tf, pf, cf, w.command.take(ff), np.ones(len(rf), np.int64))
    if takes.any():
        rt, tt, pt, ct = select(takes, r, t, p, c)
        capture(b, rt, tt, pt, ct, np.full(len(rt), RISEN))
