"""Makes the made-up engine importable, here and in other processes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "study"))
