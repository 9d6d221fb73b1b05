"""Files in an S3-compatible store, by s3fs: fsspec's driver for the Amazon S3 REST API.

fsspec runs its drivers on an event loop in a thread of its own, and that is where all of it stays: loading a client,
signing and parsing are work of milliseconds that the chat should not feel, and no thread waits for each request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from bot.store.errors import StoreError, StoreUnavailable
from bot.store.files.base import KEY, Place

T = TypeVar("T")

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0  # without a byte
ANSWER_SECONDS = 30.0  # for one file, second attempts and all
LIST_SECONDS = 600.0
ATTEMPTS = 2
LISTS_AT_ONCE = 8


class Bucket(Place):
    """`prefix/ab/abcd….webp` in a bucket. An object of S3 is there whole, and on several disks, or not at all."""

    apart: ClassVar[bool] = True

    def __init__(self, url: str, options: dict[str, Any]) -> None:
        """`url` is "s3://bucket/prefix"; `options` go to `s3fs.S3FileSystem`. Connects to nothing yet.

        Raises `StoreError` where s3fs is missing or takes no such options.
        """
        try:
            import aiohttp
            import s3fs
            from botocore.exceptions import BotoCoreError, ClientError
        except ModuleNotFoundError as error:
            raise StoreError(f'FILES_URL needs the package {error.name}: pip install "nijigen[s3]"') from error
        self._url = url.rstrip("/")
        self._root = self._url.removeprefix("s3://")
        self._failures = (OSError, BotoCoreError, ClientError, aiohttp.ClientError)
        try:
            self._fs = s3fs.S3FileSystem(
                **{
                    **options,
                    "config_kwargs": {
                        "connect_timeout": CONNECT_SECONDS,
                        "read_timeout": READ_SECONDS,
                        "retries": {"mode": "standard", "max_attempts": ATTEMPTS},
                        **options.get("config_kwargs", {}),
                    },
                    "asynchronous": False,  # on fsspec's loop
                    "use_listings_cache": False,  # others write too
                    "skip_instance_cache": True,
                }
            )
        except (TypeError, ValueError, KeyError) as error:
            raise StoreError(f"FILES_OPTIONS holds what s3fs does not take ({type(error).__name__})") from error
        self._fs.retries = ATTEMPTS  # those of s3fs itself
        loop = self._fs.loop
        assert loop is not None
        self._loop = loop

    async def check(self) -> None:
        """Look whether the bucket is there and may be read. Raises `StoreError`."""
        bucket = self._root.partition("/")[0]
        try:
            await self._ask(lambda: self._fs._call_s3("list_objects_v2", Bucket=bucket, MaxKeys=1))
        except FileNotFoundError:
            raise StoreError(f"FILES_URL {self._url}: there is no bucket {bucket}; make it first") from None
        except StoreUnavailable as error:
            raise StoreError(str(error)) from error
        except (TypeError, ValueError) as error:  # of the client, which is made only now
            raise StoreError(f"FILES_URL or FILES_OPTIONS cannot be used ({type(error).__name__}: {error})") from error

    async def has(self, key: str) -> bool:
        try:
            await self._ask(lambda: self._head(key))
        except FileNotFoundError:
            return False
        return True

    async def write(self, key: str, data: bytes) -> None:
        try:
            await self._ask(lambda: self._fs._pipe_file(self._path(key), data))
        except FileNotFoundError as error:
            raise StoreUnavailable(f"{self._url}: the bucket is gone") from error

    async def read(self, key: str) -> bytes:
        return await self._ask(lambda: self._fs._cat_file(self._path(key)))

    async def remove(self, key: str) -> int:
        size = (await self._ask(lambda: self._head(key)))["ContentLength"]
        await self._ask(lambda: self._fs._rm_file(self._path(key)))
        return size

    async def size_bytes(self) -> int:
        return sum(await self._in_folders(lambda entry: entry["size"]))

    async def older(self, moment: datetime) -> list[str]:
        found = await self._in_folders(lambda entry: (entry["name"].rpartition("/")[2], entry["LastModified"]))
        return [key for key, written in found if written < moment and KEY.fullmatch(key)]

    async def close(self) -> None:
        if self._fs._s3 is not None:
            await asyncio.to_thread(self._fs.close_session, self._loop, self._fs._s3)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key[:2]}/{key}"

    async def _head(self, key: str) -> dict[str, Any]:
        """In one request, where s3fs asks a second time whether what is not there might be a folder."""
        bucket, _, path = self._path(key).partition("/")
        return await self._fs._call_s3("head_object", Bucket=bucket, Key=path)

    async def _in_folders(self, look: Callable[[dict[str, Any]], T]) -> list[T]:
        """What is seen in the entry of each file; [] where nothing has been put yet."""
        try:
            return await self._ask(lambda: self._list(look), LIST_SECONDS)
        except FileNotFoundError:
            return []

    async def _list(self, look: Callable[[dict[str, Any]], T]) -> list[T]:
        """Folder by folder: what is known of an object takes a kilobyte, and there may be a million."""
        some = asyncio.Semaphore(LISTS_AT_ONCE)

        async def one(folder: str) -> list[T]:
            async with some:
                try:
                    return [look(entry) for entry in await self._fs._ls(folder, detail=True) if entry["type"] == "file"]
                except FileNotFoundError:  # its last file has just been removed
                    return []

        folders = [e["name"] for e in await self._fs._ls(self._root, detail=True) if e["type"] == "directory"]
        return [seen for part in await asyncio.gather(*map(one, folders)) for seen in part]

    async def _ask(self, ask: Callable[[], Coroutine[Any, Any, T]], seconds: float | None = None) -> T:
        """Raises `FileNotFoundError`, and `StoreUnavailable` for any other answer that is none."""

        seconds = seconds or ANSWER_SECONDS

        async def within() -> T:
            return await asyncio.wait_for(ask(), seconds)

        try:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(within(), self._loop))
        except FileNotFoundError:
            raise
        except self._failures as error:
            cause = str(error) or f"no answer within {seconds:g} s"
            raise StoreUnavailable(f"FILES_URL {self._url} cannot be used: {cause}") from error
