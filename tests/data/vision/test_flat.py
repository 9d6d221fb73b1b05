import numpy as np
import pytest

from data.vision.flat import flat


def test_see_through_pictures_stand_on_white():
    picture = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 0, 0, 128]]], np.uint8)
    assert flat(picture).tolist() == [[[10, 20, 30], [255, 255, 255], [127, 127, 127]]]


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1)])
def test_grey_becomes_three_equal_channels(shape: tuple[int, ...]):
    picture = np.arange(6, dtype=np.uint8).reshape(shape)
    assert flat(picture).shape == (2, 3, 3)
    assert (flat(picture)[..., 1] == picture.reshape(2, 3)).all()


@pytest.mark.parametrize(
    "picture",
    [np.zeros((2, 2, 2), np.uint8), np.zeros((2, 2, 3)), np.zeros((0, 2, 3), np.uint8), np.zeros(3, np.uint8)],
)
def test_what_is_no_picture_is_refused(picture: np.ndarray):
    with pytest.raises(ValueError, match="no picture"):
        flat(picture)
