from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.training.curves import save_curves
from models.training.sheets import FRAMES, beside, grid, save_film, save_sheet


@pytest.mark.parametrize(
    ("n", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (3, 2, 2), (16, 4, 4), (17, 4, 5), (64, 8, 8)]
)
def test_a_grid_is_near_square(n: int, rows: int, columns: int):
    assert grid(np.zeros((n, 4, 6, 3), np.uint8)).shape == (rows * 4, columns * 6, 3)


def test_a_grid_reads_like_a_page():
    pictures = np.stack([np.full((2, 2, 3), i, np.uint8) for i in range(5)])
    assert grid(pictures)[::2, ::2, 0].tolist() == [[0, 1, 2], [3, 4, 255]]


def test_a_film_of_many_sheets_keeps_the_first_and_the_last(tmp_path: Path):
    for i in range(FRAMES + 10):
        sheet = np.random.RandomState(i).randint(0, 60 + 2 * i, (1, 16, 16, 3))  # WebP joins frames that look alike
        save_sheet(tmp_path / "sheets" / f"{i:06d}.png", sheet.astype(np.uint8))
    save_film(tmp_path / "film.webp", tmp_path / "sheets")
    with Image.open(tmp_path / "film.webp") as film:
        assert getattr(film, "n_frames", 0) == FRAMES
        assert np.asarray(film.convert("RGB")).mean() == pytest.approx(30, abs=10)
        film.seek(FRAMES - 1)
        assert np.asarray(film.convert("RGB")).mean() == pytest.approx((60 + 2 * (FRAMES + 9)) / 2, abs=15)


def test_curves_of_any_losses_are_drawn(tmp_path: Path):
    lines = [{"nimg": i * 500, "loss_D": 1 / i, "loss_G": -3.0, "s/kimg": 1.0, "time": 0.0} for i in range(1, 40)]
    save_curves(tmp_path / "losses.png", lines)
    with Image.open(tmp_path / "losses.png") as image:
        assert len(image.convert("RGB").getcolors(1 << 20) or []) > 10


def test_curves_of_constant_zeros_are_drawn_too(tmp_path: Path):
    save_curves(tmp_path / "losses.png", [{"nimg": i, "loss": 0.0, "s/kimg": 1.0, "time": 0.0} for i in (1, 2)])
    assert (tmp_path / "losses.png").stat().st_size > 0


def test_pictures_that_belong_together_stay_in_one_row():
    before, after = np.zeros((5, 2, 2, 3), np.uint8), np.full((5, 2, 2, 3), 9, np.uint8)
    sheet = grid(beside(before, after), 2)
    assert sheet[::2, ::2, 0].tolist() == [[0, 9, 0, 9], [0, 9, 0, 9], [0, 9, 255, 255]]
