from pathlib import Path

import pytest
from PIL import Image

from models.finder.heads import NoHeads
from models.finder.photos import SIDE, photographs


def test_photographs_are_read_small_and_what_is_none_is_left_out(tmp_path: Path):
    (tmp_path / "in").mkdir()
    Image.new("RGB", (1000, 500), "red").save(tmp_path / "in" / "a.jpg")
    Image.new("L", (20, 30)).save(tmp_path / "b.PNG")
    (tmp_path / "c.jpg").write_bytes(b"torn")
    (tmp_path / "notes.txt").write_text("nothing")
    found = photographs(tmp_path)
    assert sorted(photo.shape for photo in found) == [(30, 20, 3), (SIDE // 2, SIDE, 3)]


def test_a_folder_without_any_is_a_sentence(tmp_path: Path):
    with pytest.raises(NoHeads, match="no photographs"):
        photographs(tmp_path)
