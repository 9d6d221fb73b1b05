"""Commands keep what they make in a folder of the test's own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "var"))
    return tmp_path / "var"
