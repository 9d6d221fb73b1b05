"""A shelf: what is put onto it is found under its name, now and after a restart."""

from pathlib import Path

import numpy as np
import pytest

from bot.likeness.shelf import LONGEST_NAME, Shelf, load, write
from tests.bot.likeness.test_nearest import unit


def filled(n: int = 5) -> Shelf:
    shelf = Shelf()
    shelf.add([f"k7f{i}.1" for i in range(n)], unit(n).astype(np.float32))
    return shelf


def test_it_grows_one_by_one_and_many_at_a_time() -> None:
    vectors = unit(500).astype(np.float32)
    shelf = Shelf()
    for i in range(100):
        shelf.add([str(i)], vectors[i : i + 1])
    shelf.add([str(i) for i in range(100, 500)], vectors[100:])
    assert len(shelf) == 500
    assert np.allclose(shelf.rows().vectors.astype(np.float32), vectors, atol=1e-3)
    assert shelf.rows().vectors.dtype == np.float16
    assert shelf.place("321") == 321
    assert shelf.place("nobody") is None


def test_what_is_put_there_again_takes_its_own_place() -> None:
    shelf = filled()
    other = unit(1, seed=3).astype(np.float32)
    shelf.add(["k7f2.1"], other)
    assert len(shelf) == 5
    found = shelf.vector("k7f2.1")
    assert found is not None
    assert np.allclose(found, other[0], atol=1e-3)


def test_vectors_are_made_of_one_length() -> None:
    shelf = Shelf()
    shelf.add(["a"], np.array([[3.0, 4.0]], np.float32))
    found = shelf.vector("a")
    assert found is not None
    assert np.allclose(found, [0.6, 0.8], atol=1e-3)


def test_what_is_let_go_of_is_gone_and_a_search_under_way_keeps_what_it_saw() -> None:
    shelf = filled()
    before = shelf.rows()
    assert shelf.keep(lambda name: name in ("k7f1.1", "k7f3.1")) == 3
    assert shelf.names == ["k7f1.1", "k7f3.1"]
    assert shelf.place("k7f3.1") == 1
    assert shelf.keep(lambda name: True) == 0
    shelf.add(["new"], unit(1).astype(np.float32))
    assert len(before.vectors) == 5
    assert before.names[4] == "k7f4.1"


@pytest.mark.parametrize(
    ("names", "vectors"),
    [
        (["a"], np.ones((2, 16), np.float32)),
        (["a"], np.ones(16, np.float32)),
        (["a"], np.ones((1, 15), np.float32)),
        (["a"], np.full((1, 16), np.nan, np.float32)),
        (["a"], np.zeros((1, 16), np.float32)),
        (["a\nb"], np.ones((1, 16), np.float32)),
        ([""], np.ones((1, 16), np.float32)),
        (["a" * (LONGEST_NAME + 1)], np.ones((1, 16), np.float32)),
    ],
)
def test_what_is_no_embedding_of_a_face_is_refused_and_nothing_changes(names: list[str], vectors: np.ndarray) -> None:
    shelf = filled()
    shelf.changed = False
    with pytest.raises(ValueError):  # noqa: PT011 - its sentence is for the log
        shelf.add(names, vectors)
    assert len(shelf) == 5
    assert not shelf.changed


def test_it_comes_back_from_the_disk_as_it_was(tmp_path: Path) -> None:
    shelf = filled(300)
    shelf.keep(lambda name: name != "k7f7.1")
    write(tmp_path / "a" / "saved.npz", shelf.rows())
    again = Shelf(load(tmp_path / "a" / "saved.npz"))
    assert again.names == shelf.names
    assert np.array_equal(again.rows().vectors, shelf.rows().vectors)
    again.add(["new"], unit(1).astype(np.float32))
    assert len(again) == 300
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["saved.npz"]


def test_an_empty_one_comes_back_empty(tmp_path: Path) -> None:
    write(tmp_path / "saved.npz", Shelf().rows())
    again = Shelf(load(tmp_path / "saved.npz"))
    assert len(again) == 0
    again.add(["a"], unit(1).astype(np.float32))
    assert len(again) == 1


def test_a_damaged_file_is_an_empty_shelf(tmp_path: Path) -> None:
    path = tmp_path / "saved.npz"
    assert load(path) is None
    write(path, filled().rows())
    whole = path.read_bytes()
    for damaged in (b"", b"no such thing", whole[: len(whole) // 2], whole[:-30]):
        path.write_bytes(damaged)
        assert load(path) is None
    np.savez(path, vectors=np.zeros((2, 4), np.float16), names=np.frombuffer(b"only one", np.uint8))
    assert load(path) is None
    np.savez(path, vectors=np.zeros((2, 4), np.float32), names=np.frombuffer(b"a\nb", np.uint8))
    assert load(path) is None
    np.savez(path, vectors=np.array([[object()]], object), names=np.frombuffer(b"a", np.uint8))
    assert load(path) is None
