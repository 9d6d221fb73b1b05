from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.registry import Registry
from models.versions import TIME, NoRoom, add_version, sha256_of


def model(folder: Path, weights: bytes = b"weights") -> None:
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text("{}")


def test_a_version_is_named_by_its_time_and_its_weights(tmp_path: Path):
    before = f"{datetime.now(UTC):{TIME}}"
    folder = add_version(tmp_path, "rei", model)
    time, _, sha = folder.name.partition("-")
    assert before <= time <= f"{datetime.now(UTC):{TIME}}"
    assert sha == sha256_of(folder)[:6]
    assert Registry(tmp_path, tmp_path).resolve("rei").folder == folder
    assert [path.name for path in (tmp_path / "rei").iterdir()] == [folder.name]


def test_the_one_that_came_last_is_meant_whatever_the_clock_says(tmp_path: Path):
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):{TIME}}-ffffff"
    for name in (tomorrow, "20260230T000000-ffffff"):  # the second is no day
        model_folder = tmp_path / "rei" / name
        model_folder.parent.mkdir(exist_ok=True)
        model(model_folder)
    versions = [add_version(tmp_path, "rei", lambda folder, i=i: model(folder, bytes([i]))) for i in range(3)]
    assert versions == sorted(versions)
    assert versions[0].name > tomorrow
    assert Registry(tmp_path, tmp_path).resolve("rei").folder == versions[-1]


def test_what_fails_leaves_nothing_behind(tmp_path: Path):
    def broken(folder: Path) -> None:
        model(folder)
        (folder.parent / "beside").touch()
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        add_version(tmp_path, "rei", broken)
    with pytest.raises(NoRoom, match="STORAGE_CAP_GB"):
        add_version(tmp_path, "rei", model, room=8)
    assert not list(tmp_path.iterdir())
    kept = add_version(tmp_path, "rei", model, room=9)
    with pytest.raises(NoRoom):
        add_version(tmp_path, "rei", model, room=0)
    assert list((tmp_path / "rei").iterdir()) == [kept]
