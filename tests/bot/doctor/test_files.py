"""What the doctor says about files elsewhere, on a real S3 server."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.files import check_files
from bot.doctor.finding import Finding, Sign
from tests.bot.doctor.patients import settings, told
from tests.bot.store.files.s3 import Server

LIMIT = 120.0


async def _look(tmp_path: Path, url: str, options: Any, limit: float = LIMIT) -> list[Finding]:
    text = options if isinstance(options, str) else json.dumps(options)
    return await check_files(settings(tmp_path, files_url=url, files_options=text), limit)


async def test_of_files_in_a_folder_nothing_is_said(tmp_path: Path) -> None:
    assert await check_files(settings(tmp_path), LIMIT) == []


async def test_a_bucket_that_is_there_answers(tmp_path: Path, s3: Server) -> None:
    assert told(await _look(tmp_path, f"s3://{s3.bucket()}/prefix", s3.options)) == [(Sign.GOOD, "ready")]


async def test_a_bucket_that_is_not_there_is_told(tmp_path: Path, s3: Server) -> None:
    assert told(await _look(tmp_path, "s3://no-such-bucket-here/prefix", s3.options)) == [(Sign.BAD, "missing")]


@pytest.mark.parametrize("options", ["{", "[]", '"secret"'])
async def test_options_that_are_no_object_are_told(tmp_path: Path, options: str) -> None:
    assert told(await _look(tmp_path, "s3://bucket/prefix", options)) == [(Sign.BAD, "options")]


async def test_a_store_of_no_known_kind_is_told(tmp_path: Path) -> None:
    assert told(await _look(tmp_path, "floppy://bucket", {})) == [(Sign.BAD, "unreachable")]


async def test_a_store_that_is_away_is_told_within_the_limit(tmp_path: Path) -> None:
    options = {"key": "k", "secret": "s", "client_kwargs": {"endpoint_url": "http://127.0.0.1:1"}}
    ((sign, what),) = told(await _look(tmp_path, "s3://bucket/prefix", options, 5.0))
    assert sign is Sign.BAD
    assert what in ("slow", "unreachable")
