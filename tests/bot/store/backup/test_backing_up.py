"""Backups that are not made, and those that lack a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.backup import Refused, backup, restore
from tests.bot.store.backup.conftest import fill, silent
from tests.bot.store.conftest import on_sqlite, settings_of


@on_sqlite
async def test_there_must_be_something_to_back_up(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing to back up"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


@on_sqlite
async def test_a_file_that_is_there_is_not_written_over(settings: Settings, tmp_path: Path) -> None:
    await fill(settings)
    (tmp_path / "x.tar").write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    assert (tmp_path / "x.tar").read_text() == "mine"


@on_sqlite
async def test_a_backup_that_fails_leaves_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(settings)
    before = sorted(tmp_path.iterdir())  # noqa: ASYNC240

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="the disk is gone"):
        await backup(settings, tmp_path / "x.tar", progress=silent)
    assert sorted(tmp_path.iterdir()) == before  # noqa: ASYNC240


@on_sqlite
async def test_a_picture_that_rotted_is_named_and_left_out(settings: Settings, tmp_path: Path) -> None:
    await fill(settings)
    rotten, gone = sorted(p for p in (settings.storage_dir / "files").rglob("*") if p.is_file())
    rotten.write_bytes(b"rotten")
    gone.unlink()
    made = await backup(settings, tmp_path / "x.tar", progress=silent)
    assert {rotten.name, gone.name} <= set(made.missing)
    assert made.files.count == 0
    await restore(settings_of(tmp_path / "target"), tmp_path / "x.tar", progress=silent)
