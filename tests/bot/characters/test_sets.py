import hashlib
from pathlib import Path

import pytest

from bot.characters import sets
from bot.characters.sets import DamagedSet, Manifest, Pictures
from bot.store import Store
from bot.store.characters import Character
from bot.store.files import StorageFull
from tests.bot.store.conftest import on_sqlite
from tests.bot.store.contributed import ME, YOU, character, draft, give


async def freeze(store: Store, character: Character, folder: Path) -> Manifest:
    return await Pictures(store).freeze(character, folder)


def pictures(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != sets.MANIFEST}


async def test_a_set_is_what_was_accepted_at_that_moment(store: Store, tmp_path: Path) -> None:
    her = await character(store)
    kept = [await give(store, draft(her, n, YOU if n == 1 else ME)) for n in range(3)]
    await give(store, draft(her, "waits", state="waiting"))
    refused = await give(store, draft(her, "refused"))
    await store.contributions.decide([refused.id], "refused", by=ME)
    folder = tmp_path / "runs" / "c-1" / "set"
    manifest = await freeze(store, her, folder)
    assert [entry.contribution for entry in manifest.pictures] == [one.id for one in kept]
    assert await Pictures(store).accepted(her.id) == {one.id for one in kept}
    assert (manifest.character, manifest.model, manifest.members) == (her.id, her.model, 2)
    assert [entry.member for entry in manifest.pictures] == ["m1", "m2", "m1"]
    assert pictures(folder) == {f"{one.sha256}.webp": f"picture {n}".encode() for n, one in enumerate(kept)}
    for entry in manifest.pictures:
        assert hashlib.sha256((folder / entry.file).read_bytes()).hexdigest() == entry.sha256
    assert Manifest.read(folder) == manifest
    text = (folder / sets.MANIFEST).read_text()
    assert hashlib.sha256(text.encode()).hexdigest() == manifest.sha256
    assert ME not in text
    assert YOU not in text


async def test_what_comes_and_goes_later_changes_nothing_in_it(store: Store, tmp_path: Path) -> None:
    her = await character(store)
    for n in range(3):
        await give(store, draft(her, n))
    before = await freeze(store, her, tmp_path / "set")
    await give(store, draft(her, "later"))
    await store.contributions.forget(ME)
    assert Manifest.read(tmp_path / "set") == before
    assert len(pictures(tmp_path / "set")) == 3
    for name in pictures(tmp_path / "set"):
        (tmp_path / "set" / name).unlink()
    assert Manifest.read(tmp_path / "set") == before
    assert (await freeze(store, her, tmp_path / "empty")).pictures == ()
    assert await Pictures(store).accepted(her.id) == frozenset()


async def test_a_set_is_not_written_over_and_a_torn_one_is(store: Store, tmp_path: Path) -> None:
    her = await character(store)
    await give(store, draft(her, 1))
    torn = tmp_path / ".set.part"
    torn.mkdir()
    (torn / "half").write_bytes(b"x")
    manifest = await freeze(store, her, tmp_path / "set")
    assert not torn.exists()
    assert set(pictures(tmp_path / "set")) == {manifest.pictures[0].file}
    with pytest.raises(FileExistsError):
        await freeze(store, her, tmp_path / "set")


async def test_a_picture_that_a_broken_disk_has_lost_is_named(store: Store, tmp_path: Path) -> None:
    her = await character(store)
    one, two = await give(store, draft(her, 1)), await give(store, draft(her, 2))
    await store.files.remove(str(one.file))
    manifest = await freeze(store, her, tmp_path / "set")
    assert manifest.missing == (one.id,)
    assert [entry.contribution for entry in manifest.pictures] == [two.id]


@on_sqlite
async def test_where_no_links_can_be_made_files_are_copied(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(source: Path, target: Path) -> None:
        raise OSError(18, "another disk")

    her = await character(store)
    kept = await give(store, draft(her, 1))
    monkeypatch.setattr("os.link", no_links)
    await freeze(store, her, tmp_path / "set")
    assert pictures(tmp_path / "set") == {f"{kept.sha256}.webp": b"picture 1"}


@on_sqlite
async def test_a_full_disk_leaves_no_set(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    her = await character(store)
    await give(store, draft(her, 1))
    monkeypatch.setattr("os.link", full)
    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(StorageFull):
        await freeze(store, her, tmp_path / "set")
    assert not (tmp_path / "set").exists()
    assert not (tmp_path / ".set.part").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "pictures": 3}', "[" * 100_000])
async def test_what_is_no_manifest_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / sets.MANIFEST).write_text(text)
    with pytest.raises(DamagedSet, match="manifest"):
        Manifest.read(tmp_path)
    with pytest.raises(FileNotFoundError):
        Manifest.read(tmp_path / "nowhere")
