import numpy as np
import pytest

from models.finder.pasting import (
    cropped_to_content,
    halved,
    hue_matrix,
    paste,
    placed,
    recolouring,
    similarity,
)


def sprite(side: int = 40) -> np.ndarray:
    """Opaque red with a green dot, in an empty margin of 10."""
    picture = np.zeros((side + 20, side + 20, 4), np.uint8)
    picture[10:-10, 10:-10] = (255, 0, 0, 255)
    picture[15:19, 15:19] = (0, 255, 0, 255)
    return picture


@pytest.mark.parametrize("scale", [1.0, 2.0, 0.3, 0.05])
def test_a_point_of_the_sprite_lands_where_the_matrix_says(scale: float):
    canvas = np.zeros((200, 200, 3), np.uint8)
    matrix = placed(similarity(scale, 30.0, 1.1, 0.05, True), (30.0, 30.0), (100.0, 90.0))
    assert paste(canvas, *halved(*cropped_to_content(sprite(), matrix))) is not None
    rows, columns = np.nonzero(canvas[..., 0] + canvas[..., 1].astype(int) > 128)
    assert (columns.mean(), rows.mean()) == pytest.approx((99.5, 89.5), abs=1.0)


def test_a_turn_is_clockwise_as_it_is_seen():
    right = similarity(2.0, 90.0, 1.0, 0.0, False) @ np.array([0.0, -1.0])  # what was above
    assert right == pytest.approx([2.0, 0.0])


def test_what_lies_outside_leaves_the_canvas_as_it_was():
    canvas = np.full((20, 20, 3), 7, np.uint8)
    assert paste(canvas, sprite(), placed(np.eye(2), (0.0, 0.0), (500.0, 0.0))) is None
    assert (canvas == 7).all()


def test_the_empty_margin_shows_what_is_below():
    canvas = np.full((60, 60, 3), 7, np.uint8)
    laid = paste(canvas, sprite(), placed(np.eye(2), (0.0, 0.0), (0.0, 0.0)))
    assert laid is not None
    assert (canvas[:9, :9] == 7).all()
    assert canvas[30, 30].tolist() == [255, 0, 0]
    assert laid[2][30, 30] == 1


def test_turning_hues_keeps_greys_grey():
    for degrees, saturation in ((0.0, 1.0), (120.0, 0.3), (-90.0, 1.6)):
        assert hue_matrix(degrees, saturation) @ np.full(3, 0.5) == pytest.approx(np.full(3, 0.5), abs=1e-6)
    assert hue_matrix(120.0, 1.0) @ np.array([1, 0, 0]) == pytest.approx([0, 1, 0], abs=1e-6)


def test_recolouring_leaves_nothing_where_nothing_is():
    matrix = recolouring(np.random.default_rng(0))
    assert (matrix @ np.zeros(4) == 0).all()
    assert matrix[3].tolist() == [0, 0, 0, 1]
