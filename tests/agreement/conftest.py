"""Makes the support module importable, and gives every process of a test session the same notice board."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from agreement_support import Board


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """Where the tallies of random worlds are left: one folder for all workers of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    return Board((base.parent if base.name.startswith("popen-") else base) / "agreement")
