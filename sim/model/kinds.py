"""The closed lists: kinds of event in their order at a tie, what the log can say, and causes.

This is the one table of event order. At the same tick, a smaller kind happens first; within a kind, the
entity with the smaller index (ids in alphabetical order).
"""

from __future__ import annotations

# Kinds of event, in order at a tie.
ARRIVE, SORTIE, ROUND, RETREAT, TRANSFER, RISE, REINFORCE, TRIGGER, DAILY, REVIEW, DEPART = range(11)
EVENT_NAMES = (
    "arrive", "sortie", "round", "retreat", "transfer", "rise", "reinforce", "trigger", "daily", "review", "depart",
)  # fmt: skip

# What follows from an event: further rows of the log.
(
    HOLDER, PLACED, LEFT, LOST, JOINED, PHASE, STRUCK, BROKE, OBJECTIVE, ORDERED, COLLAPSED, REBASED, ROSE, TALKS,
    RECALLED, FLED, RETURNED,
) = range(16, 33)  # fmt: skip
ROW_NAMES = {
    **dict(enumerate(EVENT_NAMES)),
    HOLDER: "holder", PLACED: "placed", LEFT: "left", LOST: "lost", JOINED: "joined", PHASE: "phase",
    STRUCK: "struck", BROKE: "broke", OBJECTIVE: "objective", ORDERED: "ordered", COLLAPSED: "collapsed",
    REBASED: "rebased", ROSE: "rose", TALKS: "talks", RECALLED: "recalled",
    FLED: "fled", RETURNED: "returned",
}  # fmt: skip

LOG_COLUMNS = ("run", "seq", "tick", "kind", "actor", "place", "other", "cause", "amount_a", "amount_b")

# Why something happened.
CAUSES = (
    "none",
    "assault",  # taken by fighting through to the end
    "broken",  # the defenders' last formations broke
    "withdrawn",  # the defenders left on orders
    "walked_in",  # nobody was there
    "overrun",  # too weak to hold up a column
    "collapsed",  # its faction had given up
    "starved",  # besieged until nobody was left to fight
    "fight",  # people killed on the ground, or civilians who fled from it
    "air",  # the same, from the air
    "desertion",  # left the ranks day by day
    "straggling",  # lost on a retreat
    "surrender",  # no way out
    "disbanded",  # went home when the faction gave up
    "march",
    "retreat",
    "turned_back",
    "called_off",
    "repelled",
    "assembling",
    "reinforcement",
    "cut_off",
    "no_show",
    "risen",  # taken by fighters who lived there
    "handed_over",  # by agreement
    "parley",  # talks begin
    "no_deal",  # talks end without an agreement
    "abandoned",  # taken after its holder had recalled his forces
    "occupied",  # by a neutral, after its holder had left
    "revolted",  # went back to its former holder, for nobody guarded it
    "recruited",  # of the place that a garrison holds
    "distrust",  # civilians fled from a new holder
)
NONE, ASSAULT, BROKEN, WITHDRAWN, WALKED_IN, OVERRUN, COLLAPSE, STARVED = range(8)
FIGHT, AIR, DESERTION, STRAGGLING, SURRENDER, DISBANDED = range(8, 14)
MARCH, RETREATING, TURNED_BACK, CALLED_OFF, REPELLED, ASSEMBLING, REINFORCEMENT, CUT_OFF, NO_SHOW = range(14, 23)
RISEN, HANDED_OVER, PARLEY, NO_DEAL, ABANDONED, OCCUPIED, REVOLTED, RECRUITED = range(23, 31)
DISTRUST = 31

# Phases of a city fight.
QUIET, APPROACH, OUTER, INSIDE, SIEGE = range(5)
PHASE_NAMES = ("quiet", "approach", "outer defences", "inside", "siege")

# What a formation is doing; dormant: at home among the people, until it rises.
ABSENT, PRESENT, MARCHING, FLEEING, GONE, DORMANT = range(6)

# What a sortie is for.
CLOSE, INTERDICTION, REAR, BRIDGES = range(4)

# Places to which the people of a place flee, at most; services that are kept count of: supplies, utilities.
REFUGES, SERVICES = 3, 2

# Where a wing may be based besides places.
OFF_MAP, NO_BASE = -1, -2

# Clauses of a trigger: so many at most, so many numbers each (kind, what about, which), of an UNUSED kind if fewer.
CLAUSES = CLAUSE_NUMBERS = 3
TRIGGER_NUMBERS = CLAUSES * CLAUSE_NUMBERS
UNUSED = -1
AFTER, HELD, LOST_BY, ATTACKED, COHESION_BELOW, SCORE_ABOVE = range(6)

# Why a run ended.
HORIZON = 0
END_NAMES = ("horizon",)
