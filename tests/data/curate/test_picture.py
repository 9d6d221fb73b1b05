import cv2
import numpy as np
import pytest
from PIL import Image

from data.curate.picture import colour, hashes, measured, sharpness, thumb

pytest.importorskip("skia")
from tests.data.curate.faces import blurred, faces, grey, mirrored, smaller


def sharp(pixels: np.ndarray) -> float:
    return sharpness(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))


def bits(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def luma(pixels: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def test_sharpness_is_one_over_the_width_of_an_outline():
    step = np.zeros((64, 64), np.uint8)
    step[:, 32:] = 200
    assert sharpness(step) == pytest.approx(1.0)
    ramp = step.copy()
    ramp[:, 28:32] = [40, 80, 120, 160]  # five steps from 0 to 200
    assert sharpness(ramp) == pytest.approx(0.2)


def test_a_blurred_face_and_one_that_was_enlarged_are_less_sharp_whatever_their_size():
    for face in faces():
        assert sharp(face) > 0.5 > sharp(blurred(face, 1)) > 0.2 > sharp(blurred(face, 2.5))
        large = cv2.resize(face, (480, 480), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
        assert sharp(large) < 0.4
        assert sharp(smaller(face, 80)) == pytest.approx(sharp(face), abs=0.2)


def test_a_plain_picture_is_not_sharp_and_a_tiny_one_no_fault():
    assert sharpness(np.full((40, 40), 90, np.uint8)) == 0
    assert sharpness(np.zeros((1, 1), np.uint8)) == 0


def test_grey_and_yellowed_pictures_have_less_colour_than_any_drawn_face():
    for face in faces():
        yellowed = (grey(face) * np.array([1, 0.93, 0.8])).astype(np.uint8)
        assert colour(grey(face)) == pytest.approx(0, abs=1e-6)
        assert colour(yellowed) < 0.06 < colour(face)


def test_a_mirrored_pictures_hash_is_the_mirrored_hash():
    for face in faces():
        plain, turned = hashes(luma(face))
        assert bits(hashes(luma(mirrored(face)))[0], turned) <= 4
        assert bits(plain, turned) > 24


def test_a_lighter_and_smaller_copy_has_nearly_the_same_hash_and_another_face_has_not():
    first, second = faces()[:2]
    plain = hashes(luma(first))[0]
    assert bits(plain, hashes(luma(smaller((first * 0.7 + 60).astype(np.uint8), 90)))[0]) <= 24
    assert bits(plain, hashes(luma(second))[0]) > 46


def test_a_picture_is_measured_at_any_shape():
    for shape in ((1, 1), (3, 700), (2000, 9)):
        pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
        found, square = measured(Image.fromarray(pixels), "a", "1")
        assert (found.height, found.width) == shape
        assert square.shape == (80, 80, 3)
        assert thumb(found).shape == (32, 32, 3)
        assert len(found.hash) == 64


def test_an_enlarged_copy_has_no_more_detail_than_its_original():
    face = faces()[0]
    large = cv2.resize(face, (400, 400), interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    small = smaller(face, 100)
    detail = {len(p): measured(Image.fromarray(p), "a", "")[0].detail for p in (face, large, small)}
    assert detail[400] < 1.2 * detail[160]
    assert detail[100] < detail[160]
