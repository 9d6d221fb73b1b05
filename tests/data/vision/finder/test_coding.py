import numpy as np
import pytest

from data.vision.finder.coding import CHANNELS, ROW, decoded


def test_a_place_says_where_its_face_is():
    values = np.full((CHANNELS, 4, 6), -9.0, np.float32)
    told = [2.0, *np.log([1.0, 0.5, 2.0, 1.5]), *np.log([2.0, 2.0, 2.0, 2.0]), -1, 0.5, 1, 0.25, 0, 2, 1.0, 0.0]
    values[:, 2, 3] = told
    (row,) = decoded(values, 8, 0.5)
    x, y = 28.0, 20.0  # the middle of the place
    assert row[0] == pytest.approx(1 / (1 + np.exp(-2)))
    assert row[1:5].tolist() == pytest.approx([x - 16, y - 8, x + 32, y + 24])
    assert row[5:9].tolist() == pytest.approx([x - 32, y - 32, x + 32, y + 32])
    assert row[9:15].tolist() == pytest.approx([x - 16, y + 8, x + 16, y + 4, x, y + 32])
    assert row[15] == pytest.approx(np.pi / 2)


def test_what_scores_too_little_is_not_told_and_absurd_numbers_do_not_overflow():
    values = np.full((CHANNELS, 1, 2), 1e6, np.float32)
    values[0] = [[0.1, -0.1]]
    rows = decoded(values, 32, 0.5)
    assert rows.shape == (1, ROW)
    assert np.isfinite(rows).all()
