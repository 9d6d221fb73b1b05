"""A head without neck and shoulders."""

import numpy as np
import pytest

from data.drawn import draw, draw_head, sample_parameters

COMPACT = {"back": "bob", "headwear": "none", "mask": "none", "scale": 0.27, "shift_x": 0, "shift_y": 0}


@pytest.mark.parametrize("seed", range(8))
def test_it_is_the_head_of_the_whole_drawing_and_nothing_below_the_chin(seed: int) -> None:
    parameters = sample_parameters(seed, **COMPACT, style="cel", yaw=0, roll=0)
    alone, whole = draw_head(parameters, 128), draw(parameters, 128)
    assert alone.pixels.shape == (128, 128, 4)
    assert {**alone.labels, "background": ""} == {**whole.labels, "background": ""}
    x, y = (round(v) for v in alone.labels["chin"])
    assert not alone.pixels[y + 4 :, x - 6 : x + 6, 3].any()
    face = alone.pixels[..., 3] == 255
    face[y - 3 :] = False
    assert face.sum() > 2000
    assert np.abs(alone.pixels[face][:, :3].astype(int) - whole.pixels[face]).max() <= 2


def test_a_size_that_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="pixels wide"):
        draw_head(sample_parameters(1), 5000)
