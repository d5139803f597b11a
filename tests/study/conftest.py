"""Makes the made-up engine importable, here and in worker processes (which inherit the search path)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
