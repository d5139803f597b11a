"""Write a generated theatre to standard output, as a scenario file.

python scenarios/theatre.py --places 80 --forces 100 --factions 2 --seed 1 > theatre.yaml
"""

from __future__ import annotations

import argparse
import sys

from sim.errors import SimError
from sim.study.theatre import theatre, to_yaml


def main() -> int:
    """Exit code 0, or 2 for sizes outside the limits."""
    parser = argparse.ArgumentParser(description="Write a generated theatre to standard output.")
    for name, default in (("places", 80), ("forces", 100), ("factions", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, default in (("allies", 0), ("neutral", 0), ("islands", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--ties", action="store_true", help="equal roads, people and strengths")
    parser.add_argument("--zero", action="store_true", help="empty towns and forces of nobody")
    parser.add_argument("--days", type=float, default=14)
    try:
        sys.stdout.write(to_yaml(theatre(**vars(parser.parse_args()))))
    except SimError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
