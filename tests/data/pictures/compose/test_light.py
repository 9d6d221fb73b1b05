"""Heads in the light of a picture."""

import cv2
import numpy as np
import pytest

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.drawn import Sitter
from data.pictures.compose.found import anchors_of
from data.pictures.compose.head import Head
from data.pictures.compose.light import Surroundings, cheeks
from tests.data.pictures.scenes import face_in, person


def _scene(change=lambda pixels: pixels) -> tuple[np.ndarray, Anchors]:
    drawing = person(4, 256, yaw=0, roll=0, background="outdoor", skin_tone=0.05)
    return change(drawing.pixels), anchors_of(face_in(drawing.labels), 256, 256)


def _lit(change=lambda pixels: pixels) -> tuple[Head, Head]:
    """The mascot's head as drawn, and in the light of a changed scene."""
    picture, face = _scene(change)
    head = Sitter("biri", "calm").head(face, 1.0)
    return head, Surroundings(picture).on(face).upon(head)


def _lab(head: Head) -> np.ndarray:
    """Of all that is solid, (N, 3)."""
    return cv2.cvtColor(head.pixels[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[head.pixels[..., 3] > 250]


def _grey(pixels: np.ndarray) -> np.ndarray:
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)


def test_in_plain_light_she_keeps_her_colours() -> None:
    drawn, lit = _lit()
    assert np.linalg.norm(_lab(drawn) - _lab(lit), axis=1).mean() < 8
    assert (lit.pixels[..., 3] == drawn.pixels[..., 3]).all()


def test_in_a_grey_picture_she_is_grey() -> None:
    _, lit = _lit(_grey)
    assert np.abs(_lab(lit)[:, 1:]).max() < 4


def test_in_the_dark_she_is_darker_and_no_more_colourful() -> None:
    drawn, lit = _lit(lambda pixels: (pixels * 0.4).astype(np.uint8))
    before, after = _lab(drawn), _lab(lit)
    assert after[:, 0].mean() < 0.75 * before[:, 0].mean()
    assert np.hypot(after[:, 1], after[:, 2]).mean() < np.hypot(before[:, 1], before[:, 2]).mean()


@pytest.mark.parametrize(("channel", "axis", "sign"), [(0, 1, 1), (2, 2, -1)])
def test_a_tint_is_followed_gently(channel: int, axis: int, sign: int) -> None:
    def tinted(pixels: np.ndarray) -> np.ndarray:
        others = [c for c in range(3) if c != channel]
        changed = pixels.copy()
        changed[..., others] = (changed[..., others] * 0.75).astype(np.uint8)
        return changed

    plain, under = _lab(_lit()[1]), _lab(_lit(tinted)[1])
    assert 2 < sign * (under - plain)[:, axis].mean() < 20


def test_a_face_outside_the_picture_has_the_usual_light() -> None:
    picture = np.full((64, 64, 3), 200, np.uint8)
    nowhere = Anchors((500, 500), (500, 520), (480, 470, 40, 50))
    assert not cheeks(picture.shape, nowhere).any()
    head = Sitter("biri", "calm").head(nowhere, 0.0)
    assert Surroundings(picture).on(nowhere).upon(head).pixels.shape == head.pixels.shape


def test_dark_skin_in_a_bright_picture_does_not_dim_her() -> None:
    drawing = person(4, 256, yaw=0, roll=0, background="outdoor", skin_tone=0.85)
    face = anchors_of(face_in(drawing.labels), 256, 256)
    head = Sitter("biri", "calm").head(face, 1.0)
    lit = Surroundings(drawing.pixels).on(face).upon(head)
    assert _lab(lit)[:, 0].mean() > 0.9 * _lab(head)[:, 0].mean()


def test_what_is_see_through_in_a_head_says_nothing_of_its_contrast() -> None:
    """Else it counts as black, and every head would come out paler than it was drawn."""
    head, lit = _lit()
    padded = Head(np.pad(head.pixels, ((200, 200), (200, 200), (0, 0))), head.anchors.moved(-200, -200))
    picture, face = _scene()
    again = Surroundings(picture).on(face).upon(padded)
    assert np.abs(_lab(again) - _lab(lit)).mean() < 1


def test_on_no_face_she_keeps_her_colours_but_in_the_dark_and_where_all_is_grey() -> None:
    head = Sitter("biri", "calm").head(_scene()[1], 1.0)
    pale = np.full((64, 64, 3), 250, np.uint8)
    pale[::2] = (225, 240, 250)
    lit = Surroundings(pale).anywhere().upon(head)
    assert np.linalg.norm(_lab(head) - _lab(lit), axis=1).mean() < 4
    dark = Surroundings(np.full((64, 64, 3), (60, 40, 50), np.uint8)).anywhere().upon(head)
    assert _lab(dark)[:, 0].mean() < 0.6 * _lab(head)[:, 0].mean()
    grey = Surroundings(np.full((64, 64, 3), 200, np.uint8)).anywhere().upon(head)
    assert np.abs(_lab(grey)[:, 1:]).max() < 4
