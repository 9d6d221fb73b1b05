"""What the doctor says about the disk."""

from pathlib import Path

import pytest

from bot.doctor import disk
from bot.doctor.disk import check_disk
from bot.doctor.finding import Sign
from tests.bot.doctor.patients import settings, told


async def test_a_folder_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert told(await check_disk(settings(tmp_path)))[0][1] in ("new", "little")
    assert not (tmp_path / "var").exists()


async def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    assert told(await check_disk(settings(tmp_path))) == [(Sign.BAD, "no_folder")]


async def test_a_full_store_is_told_from_a_nearly_full_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "LITTLE", 0)  # the machine of the tests may be short of room itself
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "file").write_bytes(bytes(95_000))
    looked = {gb: told(await check_disk(settings(tmp_path, storage_cap_gb=gb)))[0] for gb in (1e-4, 9e-5, 1e-3)}
    assert looked == {1e-4: (Sign.WARN, "nearly_full"), 9e-5: (Sign.WARN, "full"), 1e-3: (Sign.GOOD, "room")}


@pytest.mark.parametrize(("least", "sign"), [(0, Sign.WARN), (10**18, Sign.BAD)])
async def test_little_room_is_a_warning_and_none_is_to_be_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int, sign: Sign
) -> None:
    monkeypatch.setattr(disk, "LITTLE", 10**18)
    monkeypatch.setattr(disk, "NOTHING", least)
    assert told(await check_disk(settings(tmp_path))) == [(sign, "little")]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder where even root cannot write")
async def test_a_folder_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    assert told(await check_disk(settings(tmp_path, storage_dir="/proc/self"))) == [(Sign.BAD, "not_writable")]
