"""How thick lines are."""

import cv2
import numpy as np
import pytest

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.drawn import Sitter
from data.pictures.compose.lines import outline

FACE = Anchors((150, 150), (150, 220), (60, 30, 180, 200))


def _drawn(width: int, dark: int = 30) -> np.ndarray:
    """A grid of lines, as soft as those of drawings are."""
    picture = np.full((300, 300, 3), 235, np.uint8)
    for at in (80, 120, 160, 200):
        picture[at : at + width, 40:260] = dark
        picture[40:260, at : at + width] = dark
    return cv2.GaussianBlur(picture, (0, 0), 0.5).astype(np.uint8)


@pytest.mark.parametrize("width", [2, 3, 4, 6])
def test_the_width_of_lines_is_measured_to_a_pixel(width: int) -> None:
    assert outline(_drawn(width), FACE) == pytest.approx(width, abs=1.1)


def test_a_large_face_is_looked_at_from_farther_away_and_its_lines_are_as_thick() -> None:
    large = cv2.resize(_drawn(4), (1800, 1800), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    face = Anchors((900, 900), (900, 1320), (360, 180, 1080, 1200))
    assert outline(large, face) == pytest.approx(24, abs=4)


def test_thicker_lines_measure_thicker() -> None:
    widths = [outline(_drawn(width), FACE) for width in (1, 3, 5, 7)]
    assert widths == sorted(set(widths))


def test_what_has_no_lines_has_none() -> None:
    assert outline(np.full((300, 300, 3), 200, np.uint8), FACE) == 0.0
    slope = np.repeat(np.linspace(60, 240, 300).astype(np.uint8)[None, :, None], 300, 0).repeat(3, 2)
    assert outline(slope, FACE) == 0.0
    assert outline(_drawn(3), Anchors((900, 900), (900, 920), (880, 880, 50, 50))) == 0.0


def test_a_head_is_drawn_with_lines_like_the_pictures() -> None:
    heads = [Sitter("biri", "calm").head(FACE, width).pixels for width in (0.0, 1.0, 2.5)]
    dark = [int(((pixels[..., :3].max(2) < 110) & (pixels[..., 3] > 200)).sum()) for pixels in heads]
    assert dark[0] < dark[1] < dark[2]
