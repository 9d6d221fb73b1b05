"""What the doctor says about the database, on files and on a real server."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

from bot.doctor.database import check_database
from bot.doctor.finding import Sign
from bot.store import Store
from tests.bot.doctor.patients import settings, told
from tests.bot.postgres import Server


async def test_a_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert told(await check_database(settings(tmp_path))) == [(Sign.GOOD, "new")]
    assert not await asyncio.to_thread(os.listdir, tmp_path)


async def test_a_database_in_use_is_up_to_date_and_left_alone(tmp_path: Path) -> None:
    store = await Store.open(settings(tmp_path))
    try:
        assert told(await check_database(settings(tmp_path))) == [(Sign.GOOD, "ready")]
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("revision", "found"),
    [("0000", (Sign.WARN, "older")), ("9999", (Sign.BAD, "newer")), ("strange", (Sign.BAD, "newer"))],
)
async def test_another_schema_is_named(tmp_path: Path, revision: str, found: tuple[Sign, str]) -> None:
    (tmp_path / "var").mkdir()
    with sqlite3.connect(tmp_path / "var" / "nijigen.sqlite3") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    connection.close()
    assert told(await check_database(settings(tmp_path))) == [found]


async def test_an_empty_file_will_be_filled(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "nijigen.sqlite3").touch()
    assert told(await check_database(settings(tmp_path))) == [(Sign.GOOD, "empty")]


async def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "nijigen.sqlite3").write_bytes(b"not a database" * 500)
    assert told(await check_database(settings(tmp_path))) == [(Sign.BAD, "damaged")]


async def test_damage_within_the_file_is_found(tmp_path: Path) -> None:
    (await _opened(tmp_path)).unlink(missing_ok=True)
    file = tmp_path / "var" / "nijigen.sqlite3"
    content = bytearray(file.read_bytes())
    assert len(content) > 16384
    content[4096:12288] = b"\xff" * 8192
    file.write_bytes(content)
    assert [sign for sign, _ in told(await check_database(settings(tmp_path)))] == [Sign.BAD]


async def _opened(tmp_path: Path) -> Path:
    await (await Store.open(settings(tmp_path))).close()
    return tmp_path / "var" / "nijigen.sqlite3-wal"


async def test_an_address_that_cannot_be_read_is_shown_how_to_write(tmp_path: Path) -> None:
    assert told(await check_database(settings(tmp_path, database_url="nonsense"))) == [(Sign.BAD, "address")]


async def test_a_server_that_is_not_there_is_named_without_the_password(tmp_path: Path) -> None:
    findings = await check_database(settings(tmp_path, database_url="postgresql://me:hunter22@127.0.0.1:1/nijigen"))
    assert told(findings) == [(Sign.BAD, "nobody")]
    assert findings[0].values["name"] == "127.0.0.1:1/nijigen"


@pytest.mark.parametrize(("migrated", "what"), [(True, "ready"), (False, "empty")])
async def test_a_server_is_asked_for_its_schema(tmp_path: Path, postgres: Server, migrated: bool, what: str) -> None:
    async with postgres.database(migrated=migrated) as url:
        assert told(await check_database(settings(tmp_path, database_url=url))) == [(Sign.GOOD, what)]


async def test_a_database_that_the_server_does_not_have_is_named(tmp_path: Path, postgres: Server) -> None:
    findings = await check_database(settings(tmp_path, database_url=postgres.url("nowhere")))
    assert told(findings) == [(Sign.BAD, "no_database")]


async def test_a_user_whom_the_server_does_not_know_is_named(tmp_path: Path, postgres: Server) -> None:
    url = postgres.url("postgres").replace("postgres@", "stranger:secret@")
    assert told(await check_database(settings(tmp_path, database_url=url))) == [(Sign.BAD, "password")]
