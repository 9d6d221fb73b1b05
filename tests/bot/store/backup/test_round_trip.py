"""From any store into any other: databases of both kinds, files in a folder and elsewhere."""

import asyncio
import json
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.settings import Settings
from bot.store import Store
from bot.store.backup import backup, restore
from bot.store.backup.loading import _clear
from bot.store.database import Database, url_of
from bot.store.migrate import upgrade
from bot.store.migrations import REVISION
from tests.bot.store.backup.conftest import fill, models_of, rows_of, silent
from tests.bot.store.conftest import on_sqlite, settings_of
from tests.bot.store.contributed import LIMITS, character, draft, give
from tests.bot.store.files import s3 as moto


@pytest.mark.parametrize("name", ["bot.tar", "bot.tar.gz"])
async def test_everything_comes_back_on_either_database(
    settings: Settings, target: Settings, tmp_path: Path, name: str
) -> None:
    await fill(settings)
    made = await backup(settings, tmp_path / name, progress=silent)
    assert await restore(target, tmp_path / name, progress=silent) == made

    before, after = await rows_of(settings), await rows_of(target)
    assert after == before
    assert all(before.values())
    assert models_of(target) == models_of(settings)
    store = await Store.open(target)
    answer = (await store.web.since("me"))[-1]
    assert [await store.files.get(key) for key in answer.files] == [b"a sheet", b"a face"]
    await store.close()


async def test_numbers_go_on_where_they_were(settings: Settings, target: Settings, tmp_path: Path) -> None:
    store = await Store.open(settings)
    first = await store.web.append("me", "own", {})
    last = await store.web.append("me", "own", {})
    await store.web.remove("me", last.seq)  # and yet its number is never given again
    recipe = await store.recipes.add({"op": "draw", "model": ""}, member="qq:1", group=None)
    await store.sent.add("qq", "qq:7", "1", picture=recipe.id, member="qq:1")
    await store.close()
    await backup(settings, tmp_path / "bot.tar", progress=silent)
    await restore(target, tmp_path / "bot.tar", progress=silent)

    store = await Store.open(target)
    assert [entry.seq for entry in await store.web.since("me")] == [first.seq]
    assert (await store.web.append("me", "own", {})).seq > last.seq
    await store.sent.add("qq", "qq:7", "2", picture=recipe.id, member="qq:1")  # its number is free
    await store.close()


async def test_heads_come_back_with_their_pictures(settings: Settings, target: Settings, tmp_path: Path) -> None:
    store = await Store.open(settings)
    kept = await store.heads.add("qq:30003", "小云", b"a head", (0.5,) * 10, member="qq:1", most=3)
    await store.close()
    await backup(settings, tmp_path / "bot.tar", progress=silent)
    await restore(target, tmp_path / "bot.tar", progress=silent)
    store = await Store.open(target)
    assert await store.heads.list("qq:30003") == [kept]
    assert await store.files.get(kept.file) == b"a head"
    await store.heads.remove("qq:30003", "小云")
    assert not await store.files.has(kept.file)
    assert (await store.heads.add("qq:30003", "next", b"x", (0.5,) * 10, member="qq:1", most=3)).id > kept.id
    await store.close()


async def test_contributions_come_back_with_pictures_and_consent(
    settings: Settings, target: Settings, tmp_path: Path
) -> None:
    store = await Store.open(settings)
    her = await character(store)
    kept = await give(store, draft(her, 1, likeness=0.1 + 0.2))
    refused = await give(store, draft(her, 2))
    await store.contributions.decide([refused.id], "refused", by="qq:1")
    await store.refused_hashes.add("qq:30003", [bytes(range(32))], reason="not ours", member="qq:1")
    before = await store.contributions.list(her.id), await store.refused_hashes.list("qq:30003")
    await store.close()
    await backup(settings, tmp_path / "bot.tar", progress=silent)
    await restore(target, tmp_path / "bot.tar", progress=silent)
    store = await Store.open(target)
    assert (await store.contributions.list(her.id), await store.refused_hashes.list("qq:30003")) == before
    assert await store.files.get(str(kept.file)) == b"picture 1"
    assert await store.characters.default(her.owner) == her
    assert (await store.contributions.add(draft(her, 3), LIMITS)).id > refused.id  # the yes holds, and numbers go on
    assert await store.characters.delete(her.id) is not None
    await store.close()


@on_sqlite
async def test_files_move_into_a_bucket_and_back(settings: Settings, s3: moto.Server, tmp_path: Path) -> None:
    await fill(settings)
    await backup(settings, tmp_path / "one.tar", progress=silent)
    elsewhere = settings_of(tmp_path / "elsewhere").model_copy(
        update={
            "files_url": f"s3://{s3.bucket()}/files",
            "files_options": Settings(files_options=json.dumps(s3.options)).files_options,  # type: ignore[arg-type]
        }
    )
    await restore(elsewhere, tmp_path / "one.tar", progress=silent)
    assert not (tmp_path / "elsewhere" / "files").exists()

    await backup(elsewhere, tmp_path / "two.tar", progress=silent)
    home = settings_of(tmp_path / "home")
    await restore(home, tmp_path / "two.tar", progress=silent)
    assert await rows_of(home) == await rows_of(settings)
    for key in (f.name for f in (settings.storage_dir / "files").rglob("*") if f.is_file()):
        assert (tmp_path / "home" / "files" / key[:2] / key).read_bytes()


async def test_a_backup_is_of_one_moment_while_the_bot_writes(settings: Settings, tmp_path: Path) -> None:
    store = await Store.open(settings)
    done = asyncio.Event()

    async def talk() -> int:
        """Each picture is saved: no moment has more saved pictures than pictures."""
        count = 0
        while not done.is_set():
            await store.web.append("me", "answer", {"text": str(count)}, [(b"%d" % count, ".webp")])
            recipe = await store.recipes.add({"op": "draw", "model": ""}, member="qq:1", group=None)
            await store.favourites.add("qq:1", recipe.id)
            if count % 3 == 0:
                await store.web.remove("me", (await store.web.since("me"))[0].seq)
            count += 1
        return count

    talking = asyncio.create_task(talk())
    try:
        for number in range(4):
            await _until_there_are(store, 10 * number)
            archive = tmp_path / f"{number}.tar"
            made = await backup(settings, archive, progress=silent)
            copy = settings_of(tmp_path / f"copy{number}")
            assert await restore(copy, archive, progress=silent) == made
            rows = await rows_of(copy)
            assert 0 <= len(rows["recipes"]) - len(rows["favourites"]) <= 1
            needed = {key for entry in rows["web_log"] for key in entry["files"]}
            there = {f.name for f in (tmp_path / f"copy{number}" / "files").rglob("*") if f.is_file()}
            assert needed == there | set(made.missing)
    finally:
        done.set()
        assert await talking > 20
        await store.close()


async def _until_there_are(store: Store, entries: int) -> None:
    while len(await store.web.since("me")) < entries:  # which somebody else writes
        pass


@on_sqlite
async def test_models_can_be_left_out_and_then_stay_as_they_are(settings: Settings, tmp_path: Path) -> None:
    await fill(settings)
    made = await backup(settings, tmp_path / "bot.tar", models=False, progress=silent)
    assert made.models is None
    there = models_of(settings)
    await restore(settings, tmp_path / "bot.tar", replace=True, progress=silent)
    assert models_of(settings) == there


@on_sqlite
async def test_what_a_backup_holds_can_be_read_without_this_program(settings: Settings, tmp_path: Path) -> None:
    await fill(settings)
    await backup(settings, tmp_path / "bot.tar.gz", progress=silent)
    assert (tmp_path / "bot.tar.gz").stat().st_mode & 0o777 == 0o600
    with tarfile.open(tmp_path / "bot.tar.gz") as tar:
        names = tar.getnames()
        manifest = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
        recipes = [json.loads(line) for line in tar.extractfile("tables/recipes.jsonl")]  # type: ignore[union-attr]
    assert names[-1] == "manifest.json"
    assert manifest["revision"] == REVISION
    assert manifest["tables"]["recipes"]["rows"] == len(recipes) == 2
    assert recipes[0]["created"] == "2026-02-28T23:59:59.123456+00:00"
    assert "models/moe/20260101T000000-abcdef/model.safetensors" in names
    assert not any(".under-way" in name or "claims" in name or "leases" in name for name in names)


async def test_an_older_backup_comes_to_the_newest_schema(settings: Settings, target: Settings, tmp_path: Path) -> None:
    """Made by the first schema there was, before groups had quiet hours."""

    settings.storage_dir.mkdir(exist_ok=True)
    database = Database(url_of(settings))
    async with database.upgrade() as connection:
        await connection.run_sync(_clear)
        await connection.run_sync(upgrade, "0001")
        await connection.execute(
            text("INSERT INTO groups VALUES ('qq:7', 'en', '[\"waifu\"]', 1.5, NULL, true, NULL, 'spam')")
        )
    await database.close()
    made = await backup(settings, tmp_path / "old.tar", progress=silent)
    assert made.revision == "0001"
    assert "claims" not in made.tables

    await restore(target, tmp_path / "old.tar", progress=silent)
    store = await Store.open(target)
    group = await store.groups.get("qq:7")
    await store.close()
    assert (group.cooldown_seconds, group.locale) == (1.5, "en")
