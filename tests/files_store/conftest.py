"""Makes the made-up engine importable, and a finished job to compare with."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "study"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the folder of a finished job holds."""
    from stored import contents, played

    return contents(played(tmp_path_factory.mktemp("whole") / "run"))
