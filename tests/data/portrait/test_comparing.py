import io

import cv2
import numpy as np
import pytest
from PIL import Image

from data.pictures import Pixels
from data.portrait.comparing import compare
from data.portrait.requests import Compare
from tests.data.portrait.portraits import cut, drawn, face_at, head

FACE = face_at(320, 260, 120)


def file(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


def opened(content: bytes) -> Pixels:
    return np.array(Image.open(io.BytesIO(content)))


ONE = opened(cut(drawn(faces=(FACE,)), FACE).content)


def is_copy(other: Pixels, mirrored: bool = False) -> bool:
    request = Compare(file(ONE), ((file(other), mirrored),))
    (copy,) = request.join([compare(request)])
    return copy


def _jpeg(pixels: Pixels) -> Pixels:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=40)
    return np.array(Image.open(buffer))


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p,
        _jpeg,
        lambda p: cv2.resize(p, (120, 120), interpolation=cv2.INTER_AREA),
        lambda p: p[8:-4, 6:-6],
        lambda p: np.clip(p * 1.1 + 8, 0, 255),
        lambda p: cv2.warpAffine(p, cv2.getRotationMatrix2D((120, 120), 4, 1.03), p.shape[1::-1]),
    ],
)
def test_copies_are_seen_whatever_was_done_to_them(change) -> None:
    assert is_copy(np.ascontiguousarray(change(ONE), np.uint8))


def test_a_mirrored_copy_is_seen_in_a_mirror():
    mirrored = np.ascontiguousarray(ONE[:, ::-1])
    assert is_copy(mirrored, True)
    assert not is_copy(mirrored, False)


def test_the_same_drawing_with_another_mouth_is_none():
    picture = drawn(faces=(FACE,))
    chance = np.random.default_rng(0)
    chance.integers(100, 220, 3)
    head(picture, FACE, np.random.default_rng(9), mouth=0.3)
    same = drawn(faces=(FACE,))
    head(same, FACE, np.random.default_rng(9), mouth=0.1)
    request = Compare(cut(picture, FACE).content, ((cut(same, FACE).content, False),))
    assert request.join([compare(request)]) == (False,)


def test_others_are_none_and_a_plain_surface_is_like_nothing():
    assert not is_copy(opened(cut(drawn(faces=(FACE,), seed=3), FACE).content))
    assert not is_copy(np.full_like(ONE, 128))
    request = Compare(file(np.full_like(ONE, 128)), ((file(np.full_like(ONE, 128)), False), (file(ONE), False)))
    assert request.join([compare(request)])[1] is False


def test_what_a_worker_makes_up_is_no_answer():
    request = Compare(b"", ((b"", False), (b"", True)))
    assert request.join([[True, False]]) == (True, False)
    for wrong in ([True], [1, 0], None, [True, None]):
        with pytest.raises(ValueError, match="Compare"):
            request.join([wrong])
