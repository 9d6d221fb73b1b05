"""The shelves of a bot: kept across restarts, searched together, let go of with the model that they are by."""

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from bot.likeness.library import Library, Neighbour
from tests.bot.likeness.test_nearest import unit

NOW, BEFORE = "twin@starter-1a2b3c4d", "features-00aa11bb"


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def filled(folder: Path, embedding: str = NOW) -> Library:
    library = Library(folder)
    for seed, (name, count) in enumerate((("saved", 4), ("starters", 9)), start=1):
        shelf = await library.shelf(embedding, name)
        shelf.add([f"{name}{i}" for i in range(count)], unit(count, seed=seed).astype(np.float32))
        await library.keep(embedding, name)
    return library


async def test_all_shelves_are_searched_together(tmp_path: Path) -> None:
    library = await filled(tmp_path)
    query = unit(9, seed=2)[3].astype(np.float32)
    found = await library.search(NOW, query, 13, {"saved": None, "starters": None})
    assert found[0].name == "starters3"
    assert found[0].distance < 2e-3
    assert len(found) == 13
    assert {n.shelf for n in found} == {"saved", "starters"}
    assert [n.distance for n in found] == sorted(n.distance for n in found)


async def test_of_a_shelf_only_those_who_are_named_are_looked_at(tmp_path: Path) -> None:
    library = await filled(tmp_path)
    query = unit(4, seed=1)[0].astype(np.float32)
    found = await library.search(NOW, query, 5, {"saved": ["saved2", "saved3", "nobody"]})
    assert {n.name for n in found} == {"saved2", "saved3"}
    assert await library.search(NOW, query, 5, {"saved": []}) == []
    assert await library.search(NOW, query, 5, {"nothing": None}) == []


async def test_it_is_there_again_after_a_restart(tmp_path: Path) -> None:
    await filled(tmp_path)
    again = Library(tmp_path)
    query = unit(4, seed=1)[1].astype(np.float32)
    (found,) = await again.search(NOW, query, 1, {"saved": None, "starters": None})
    assert (found.shelf, found.name) == ("saved", "saved1")
    assert isinstance(found, Neighbour)


async def test_what_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    library = await filled(tmp_path)
    file = tmp_path / NOW / "saved.npz"
    file.unlink()
    await library.keep(NOW, "saved")
    assert not file.exists()


async def test_a_disk_that_takes_nothing_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    library = await filled(tmp_path / "folder")
    found = await library.search(NOW, unit(1)[0], 3, {"saved": None})
    assert len(found) == 3


async def test_another_models_shelves_are_let_go_of(tmp_path: Path) -> None:
    await filled(tmp_path, BEFORE)
    library = await filled(tmp_path)
    await library.retire(NOW)
    assert names(tmp_path) == [NOW]
    assert await library.search(BEFORE, unit(1)[0], 5, {"saved": None}) == []
    assert len(await library.search(NOW, unit(1)[0], 5, {"saved": None})) == 4


async def test_what_is_kept_of_a_face_is_told_with_the_model_that_it_is_by(tmp_path: Path) -> None:
    await filled(tmp_path, BEFORE)
    library = await filled(tmp_path)
    found = await library.kept("saved", ["saved2", "nobody"])
    assert [(embedding, name) for embedding, name, _ in found] == [(BEFORE, "saved2"), (NOW, "saved2")]
    assert np.allclose(found[0][2], unit(4, seed=1)[2].astype(np.float32), atol=1e-3)


async def test_one_face_is_taken_off_the_shelves_of_every_model(tmp_path: Path) -> None:
    await filled(tmp_path, BEFORE)
    library = await filled(tmp_path)
    assert await library.let_go("saved", ["saved2"])
    assert not await library.let_go("saved", ["saved2"])
    for embedding in (NOW, BEFORE):
        again = await Library(tmp_path).shelf(embedding, "saved")
        assert again.names == ["saved0", "saved1", "saved3"]


async def test_the_event_loop_goes_on_while_it_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = await filled(tmp_path)
    others_had_a_turn = threading.Event()

    def search(*args: object) -> list[Neighbour]:
        assert others_had_a_turn.wait(10)
        return []

    monkeypatch.setattr("bot.likeness.library._search", search)
    looking = asyncio.create_task(library.search(NOW, unit(1)[0], 3, {"saved": None}))
    await asyncio.sleep(0)
    others_had_a_turn.set()
    assert await looking == []
