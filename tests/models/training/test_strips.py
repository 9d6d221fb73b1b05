from pathlib import Path

import numpy as np
from PIL import Image

from models.training.sheets import beside, save_sheet
from models.training.strips import COLUMNS, HEAD, ROWS, save_animation, save_strip


def sheets(folder: Path, count: int) -> Path:
    """Sheet i has 64 faces of 16 px; face j of it is of the colour (10 i, 4 j, 0)."""
    for i in range(count):
        faces = np.zeros((64, 16, 16, 3), np.uint8)
        faces[..., 0], faces[..., 1] = 10 * i, 4 * np.arange(64)[:, None, None]
        save_sheet(folder / f"{i:06d}.png", faces)
    return folder


def test_rows_are_latents_and_columns_are_snapshots(tmp_path: Path):
    save_strip(tmp_path / "strip.png", sheets(tmp_path / "sheets", 5), 16)
    strip = np.asarray(Image.open(tmp_path / "strip.png").convert("RGB"))
    assert strip.shape == (HEAD + ROWS * 16, 5 * 16, 3)
    for row in range(ROWS):
        for column in range(5):
            assert strip[HEAD + row * 16 + 8, column * 16 + 8].tolist() == [10 * column, 4 * row, 0]


def test_of_many_snapshots_the_first_and_the_last_are_there(tmp_path: Path):
    save_strip(tmp_path / "strip.png", sheets(tmp_path / "sheets", 25), 16)
    strip = np.asarray(Image.open(tmp_path / "strip.png").convert("RGB"))
    reds = strip[HEAD + 8, 8::16, 0].tolist()
    assert len(reds) == COLUMNS
    assert (reds[0], reds[-1]) == (0, 240)
    assert reds == sorted(reds)


def test_the_animation_shows_every_snapshot(tmp_path: Path):
    save_animation(tmp_path / "strip.webp", sheets(tmp_path / "sheets", 6), 16)
    with Image.open(tmp_path / "strip.webp") as film:
        assert getattr(film, "n_frames", 0) == 6
        assert film.size == (64, 32)


def test_one_snapshot_is_no_strip(tmp_path: Path):
    save_strip(tmp_path / "strip.png", sheets(tmp_path / "sheets", 1), 16)
    save_animation(tmp_path / "strip.webp", tmp_path / "sheets", 16)
    assert not (tmp_path / "strip.png").exists()
    assert not (tmp_path / "strip.webp").exists()


def test_of_pairs_the_rows_are_the_pictures_and_what_became_of_each(tmp_path: Path):
    before = np.full((10, 16, 16, 3), 200, np.uint8)
    before[..., 1] = np.arange(10)[:, None, None]
    for i in range(3):
        after = np.zeros((10, 16, 16, 3), np.uint8)
        after[..., 0], after[..., 1] = 10 * i, 4 * np.arange(10)[:, None, None]
        save_sheet(tmp_path / "sheets" / f"{i:06d}.png", beside(before, after), 2)
    save_strip(tmp_path / "strip.png", tmp_path / "sheets", 16, pairs=True)
    strip = np.asarray(Image.open(tmp_path / "strip.png").convert("RGB"))
    assert strip.shape == (HEAD + ROWS * 16, 4 * 16, 3)
    for row in range(ROWS):
        middles = [strip[HEAD + row * 16 + 8, column * 16 + 8].tolist() for column in range(4)]
        assert middles == [[200, row, 200], [0, 4 * row, 0], [10, 4 * row, 0], [20, 4 * row, 0]]
