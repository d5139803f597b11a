"""What summaries, comparisons and ablations have in common: the same content as plain values, as JSON and as tables."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any


class Report:
    """A result that can be printed; subclasses say what is in it."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """As plain values: numbers, texts, lists, dicts, None."""

    @abstractmethod
    def to_text(self) -> str:
        """As tables for a terminal, at most 100 columns wide."""

    def to_json(self) -> str:
        """As JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=1)

    def __str__(self) -> str:
        return self.to_text()
