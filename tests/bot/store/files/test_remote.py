"""What can be wrong with a store that is elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.store.errors import StoreUnavailable
from bot.store.files import Files, remote
from bot.store.files.remote import Bucket
from tests.bot.store.files.s3 import Server


def _files(bucket: Bucket, folder: Path) -> Files:
    return Files(bucket, within=folder, cap_bytes=10_000_000)


async def test_a_server_that_is_away_is_said_to_be_and_is_used_again_when_it_is_back(
    s3: Server, tmp_path: Path
) -> None:
    files = _files(Bucket(f"s3://{s3.bucket()}", s3.options), tmp_path)
    key = await files.put(b"a face", ".webp")
    s3.stop()
    try:
        with pytest.raises(StoreUnavailable, match="FILES_URL s3://"):
            await files.get(key)
        with pytest.raises(StoreUnavailable):
            await files.put(b"another", ".webp")
        with pytest.raises(StoreUnavailable):
            await files.remove(key)
        with pytest.raises(StoreUnavailable):
            await files.size_bytes()
    finally:
        s3.start()
    assert await files.get(key) == b"a face"
    await files.put(b"another", ".webp")
    await files.close()


@asynccontextmanager
async def _server_that_says_nothing() -> AsyncIterator[int]:
    """Its port. It takes every request and answers none."""
    stuck: set[asyncio.Task[None]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        stuck.add(task)
        try:
            while await reader.read(65536):
                pass
        finally:
            writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)


async def test_a_server_that_does_not_answer_holds_nobody_else_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "ANSWER_SECONDS", 2.0)
    async with _server_that_says_nothing() as port:
        options = {"key": "a", "secret": "b", "endpoint_url": f"http://127.0.0.1:{port}"}
        files = _files(Bucket("s3://bucket", options), tmp_path)
        # Of more requests than there are threads in asyncio's pool, none keeps what else needs a thread from its own.
        asking = [asyncio.create_task(files.get("0" * 64 + ".webp")) for _ in range(64)]
        await asyncio.sleep(0)
        others = Files(tmp_path / "files", within=tmp_path, cap_bytes=1000)
        assert await others.get(await others.put(b"a face", ".webp")) == b"a face"
        assert not any(task.done() for task in asking)
        for error in await asyncio.gather(*asking, return_exceptions=True):
            assert isinstance(error, StoreUnavailable)
            assert "no answer within" in str(error)
        await files.close()


async def test_who_gives_up_waiting_is_let_go_at_once(tmp_path: Path) -> None:
    async with _server_that_says_nothing() as port:
        options = {"key": "a", "secret": "b", "endpoint_url": f"http://127.0.0.1:{port}"}
        files = _files(Bucket("s3://bucket", options), tmp_path)
        asking = asyncio.create_task(files.get("0" * 64 + ".webp"))
        await asyncio.sleep(0.1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await files.close()


async def test_a_bucket_that_is_gone_takes_nothing(s3: Server, tmp_path: Path) -> None:
    files = _files(Bucket("s3://gone-for-good", s3.options), tmp_path)
    with pytest.raises(StoreUnavailable, match="the bucket is gone"):
        await files.put(b"a face", ".webp")
    await files.close()


async def test_two_bots_in_one_bucket_keep_to_their_own_prefix(s3: Server, tmp_path: Path) -> None:
    bucket = s3.bucket()
    one, other = (_files(Bucket(f"s3://{bucket}/{name}", s3.options), tmp_path) for name in ("one", "other"))
    key = await one.put(b"a face", ".webp")
    assert await other.get(key) is None
    assert await other.size_bytes() == 0
    await one.close()
    await other.close()


async def test_closing_twice_is_once(s3: Server, tmp_path: Path) -> None:
    files = _files(Bucket(f"s3://{s3.bucket()}", s3.options), tmp_path)
    await files.put(b"a face", ".webp")
    await files.close()
    await files.close()
