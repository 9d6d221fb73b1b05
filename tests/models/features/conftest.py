from pathlib import Path

import pytest

from data.dataset import Dataset
from tests.models.features import tiny


@pytest.fixture(scope="session")
def characters(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    pytest.importorskip("skia")
    folder: Path = tmp_path_factory.getbasetemp() / "characters"
    return tiny.characters(folder)
