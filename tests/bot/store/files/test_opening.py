import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store import StoreError
from bot.store.files import Folder
from bot.store.files.opening import open_files
from tests.bot.store.files.conftest import settings_of, unheard_of
from tests.bot.store.files.s3 import Server


async def test_without_an_address_files_are_in_the_folder(tmp_path: Path) -> None:
    files = await open_files(Settings(_env_file=None, storage_dir=tmp_path))  # type: ignore[call-arg]
    key = await files.put(b"a face", ".webp")
    assert (tmp_path / "files" / key[:2] / key).exists()


async def test_with_an_address_files_are_there_and_not_in_the_folder(s3: Server, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, f"s3://{s3.bucket()}/pictures", s3.options)
    files = await open_files(settings)
    key = await files.put(b"a face", ".webp")
    await files.close()
    assert await Folder(tmp_path).size_bytes() == 0

    again = await open_files(settings)
    assert await again.get(key) == b"a face"
    await again.close()


@pytest.mark.parametrize(
    ("url", "options", "sentence"),
    [
        ("gs://bucket", {}, "an example is s3://bucket"),
        ("file:///etc", {}, "an example is s3://bucket"),
        ("bucket", {}, "an example is s3://bucket"),
        ("s3://", {}, "an example is s3://bucket"),
        ("s3://bucket/../other", {}, "FILES_URL"),
        ("s3://bucket?versionId=1", {}, "an example is s3://bucket"),
        ("s3://bucket", '{"key": "hidden', "FILES_OPTIONS must be a JSON object"),
        ("s3://bucket", '["hidden"]', "FILES_OPTIONS must be a JSON object"),
        ("s3://bucket", {"key": "hidden", "username": "me"}, "FILES_OPTIONS holds what s3fs does not take"),
        ("s3://bucket", {"config_kwargs": "hidden"}, "FILES_OPTIONS holds what s3fs does not take"),
        ("s3://bucket", {"client_kwargs": {"colour": "hidden"}}, "FILES_OPTIONS cannot be used"),
        ("s3://bucket", {"key": "hidden", "secret": "b", "endpoint_url": "http://127.0.0.1:1"}, "cannot be used"),
        ("s3://bucket", {"key": "hidden", "secret": "b", "endpoint_url": "nonsense"}, "cannot be used"),
    ],
)
async def test_what_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, url: str, options: object, sentence: str
) -> None:
    with pytest.raises(StoreError, match=sentence) as refused:
        await open_files(settings_of(tmp_path, url, options))
    assert "hidden" not in str(refused.value)


async def test_a_bucket_that_nobody_made_is_refused(s3: Server, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="make it first"):
        await open_files(settings_of(tmp_path, unheard_of(), s3.options))


async def test_without_s3fs_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(StoreError, match=r"pip install \"nijigen\[s3\]\""):
        await open_files(settings_of(tmp_path, "s3://bucket", {}))


def test_who_has_a_folder_imports_none_of_it(tmp_path: Path) -> None:
    script = f"""
import asyncio, sys
from pathlib import Path
from bot.settings import Settings
from bot.store.files.opening import open_files

asyncio.run(open_files(Settings(_env_file=None, storage_dir=Path({str(tmp_path)!r}))))
found = {{"s3fs", "fsspec", "botocore", "aiobotocore"}} & set(sys.modules)
assert not found, found
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
