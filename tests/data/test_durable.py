from pathlib import Path

import pytest

from data import durable


def test_what_is_not_written_to_its_end_is_not_there_and_leaves_nothing(tmp_path: Path):
    durable.write_text(tmp_path / "a.txt", "before")

    def half() -> None:
        with durable.replacing(tmp_path / "a.txt") as fresh:
            fresh.write_text("half")
            assert durable.is_torn(fresh)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "before")]


def test_a_place_is_used_by_anything_but_what_a_kill_left(tmp_path: Path):
    place = tmp_path / "run"
    assert not durable.is_used(place)
    place.mkdir()
    (place / ".options.json.0a1b2c3d.part").write_text("{")
    (place / ".model.0a1b2c3d.part").mkdir()
    assert not durable.is_used(place)
    (place / "mine.txt").touch()
    assert durable.is_used(place)
    assert durable.is_used(place / "mine.txt")
