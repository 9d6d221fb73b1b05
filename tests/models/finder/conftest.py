from pathlib import Path

import pytest

from models.finder.heads import Heads
from tests.models.finder import tiny


@pytest.fixture(scope="session")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Heads:
    pytest.importorskip("skia")
    folder: Path = tmp_path_factory.getbasetemp() / "heads"
    return tiny.heads(folder)
