"""How much may be asked for. Beyond it nothing would ever be done; the command line and Python refuse alike."""

MOST_RUNS = 1 << 30
"""Run ids from here on belong to the nested design (`sim.files.job.NESTED_FIRST`)."""

MOST_SEED = (1 << 64) - 1
MOST_WORKERS = 4_096

MOST_AT_ONCE = 100_000
"""Runs of which every event is kept, or that an engine plays side by side."""

MOST_ROUNDS = 1_000
"""Of a benchmark."""
