import numpy as np
import pytest

from data.drawn import draw, sample_parameters
from data.vision.framing import FACE_WIDTH, around, cut


def test_a_face_box_is_framed_as_the_drawing_program_frames_heads():
    pytest.importorskip("skia")
    frames = np.array(
        [around(draw(sample_parameters(seed, yaw=0.0, roll=0.0), 64).labels["face_box"]) for seed in range(30)]
    )
    left, top, side = frames.mean(0) / 64
    assert abs(side - 1) < 0.2
    assert abs(left + side / 2 - 0.5) < 0.05
    assert abs(top + side / 2 - 0.5) < 0.08


def test_beyond_the_picture_its_edge_goes_on():
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:, 0] = 200
    square = cut(picture, (0, 4, 12, 12))
    assert square.shape[0] == square.shape[1] == round(12 / FACE_WIDTH)
    assert (square[:, :4] == 200).all()
    assert (square[:, 6:] == 0).all()


@pytest.mark.parametrize("box", [(0, 0, 0.1, 0.1), (500, 0, 10, 10), (0, 0, 5000, 5000)])
def test_a_box_that_holds_no_face_is_refused(box: tuple[float, float, float, float]):
    with pytest.raises(ValueError, match="no face box"):
        cut(np.zeros((20, 20, 3), np.uint8), box)
