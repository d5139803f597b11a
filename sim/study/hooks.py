"""What the public door hangs in, since imports point one way: a study knows no views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

plotter: Callable[[Any], Any] | None = None
"""Makes the object behind `Ensemble.plot`. Set by `sim`."""
