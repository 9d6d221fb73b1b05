import io

import cv2
import numpy as np
import pytest
from PIL import Image

from data.hashes import MOST_BITS, distances, joined
from data.pictures import Pixels
from data.portrait.requests import LARGEST, SEEN, CutPortrait, Flawed, Portrait
from tests.data.portrait.portraits import cut, drawn, face_at, portrait

FACE = face_at(320, 260, 120)


def opened(found: Portrait) -> Pixels:
    image = Image.open(io.BytesIO(found.content))
    assert image.format == "WEBP"
    return np.array(image)


def test_a_head_becomes_a_square_of_as_many_pixels_as_the_picture_has():
    found = cut(drawn(faces=(FACE,)), FACE)
    assert opened(found).shape == (found.size, found.size, 3)
    assert found.size == found.side == pytest.approx(2.1 * 120, rel=0.2)
    assert found.seen.shape == (SEEN, SEEN, 3)
    assert np.abs(opened(found)[round(0.6 * found.size), found.size // 2].astype(int) - (250, 225, 205)).max() < 30


def test_what_is_kept_is_exactly_what_was_cut():
    """Lossless: a picture without noise is the same where it was not resampled."""
    found = opened(cut(drawn(200, 200, (face_at(100, 110, 90),)), face_at(100, 110, 90)))
    assert np.array_equal(found, drawn(200, 200, (face_at(100, 110, 90),)))


def test_large_heads_are_made_as_large_as_networks_draw():
    face = face_at(900, 900, 500)
    found = cut(drawn(1800, 1800, (face,)), face, scale=2.0)
    assert found.size == LARGEST
    assert found.side > 2 * 2 * 500 * 0.8  # of the file, which was twice as large


def test_a_leaning_head_is_put_upright():
    face = face_at(320, 260, 120)
    turned = cv2.getRotationMatrix2D((320, 260), -30, 1)
    picture = cv2.warpAffine(drawn(faces=(face,)), turned, (640, 480), borderMode=cv2.BORDER_REFLECT).astype(np.uint8)
    places = cv2.transform(np.array([[*(face.eyes or ()), face.chin]], np.float32), turned)[0]
    leaning = face_at(320, 260, 120, angle=30)
    eyes = tuple(places[0].tolist()), tuple(places[1].tolist())
    leaning = type(face)(leaning.box, 0.9, leaning.head_box, 30.0, eyes, tuple(places[2].tolist()))
    upright, before = cut(picture, leaning), cut(drawn(faces=(face,)), face)
    assert distances(joined([before.phash]), upright.phash)[0] < 40


def test_a_portrait_stays_as_it_is_whoever_cut_it():
    for width, height in ((256, 256), (256, 300), (300, 250)):
        face = face_at(width / 2, 0.56 * height, 130)
        found = cut(drawn(width, height, (face,)), face)
        assert found.size == found.side == min(width, height)


def test_the_same_picture_gives_the_same_bytes():
    one, other = (cut(drawn(faces=(FACE,)), FACE) for _ in range(2))
    assert one.content == other.content


def test_another_picture_of_the_head_has_a_hash_near_by_and_a_mirrored_one_too():
    picture = drawn(faces=(FACE,))
    found = cut(picture, FACE)
    lighter = cut(np.clip(picture * 1.05 + 4, 0, 255).astype(np.uint8), FACE)
    assert distances(joined([found.phash]), lighter.phash)[0] <= MOST_BITS
    assert distances(joined([found.whole]), lighter.whole)[0] <= MOST_BITS
    mirrored = cut(np.ascontiguousarray(picture[:, ::-1]), face_at(640 - 320, 260, 120))
    assert distances(joined([found.phash]), mirrored.mirrored)[0] <= MOST_BITS
    assert distances(joined([found.whole]), mirrored.whole_mirrored)[0] <= MOST_BITS
    stranger = cut(drawn(faces=(FACE,), seed=5), FACE)
    assert distances(joined([found.whole]), stranger.whole, stranger.whole_mirrored)[0] > MOST_BITS


@pytest.mark.parametrize(
    ("flaw", "size", "change"),
    [
        ("small", 120, lambda picture: cv2.resize(picture, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)),
        ("blurred", 120, lambda picture: cv2.GaussianBlur(picture, (0, 0), 6)),
        ("grey", 120, lambda picture: np.repeat(picture.mean(2, keepdims=True), 3, 2)),
        ("cut_off", 120, lambda picture: picture[:, 290:]),
    ],
)
def test_what_teaches_nothing_good_is_refused_for_what_it_lacks(flaw: str, size: int, change) -> None:
    picture = np.ascontiguousarray(change(drawn(faces=(FACE,))), np.uint8)
    face = {"small": FACE.scaled(0.2, 0.2), "cut_off": face_at(320 - 290, 260, 120)}.get(flaw, FACE)
    assert portrait(picture, face) == Flawed(flaw)  # type: ignore[arg-type]


def test_a_small_head_is_judged_by_the_pixels_of_its_file():
    small = FACE.scaled(0.2, 0.2)
    picture = cv2.resize(drawn(faces=(FACE,)), None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA).astype(np.uint8)
    assert portrait(picture, small) == Flawed("small")
    assert portrait(picture, small, scale=2.0) != Flawed("small")


def test_another_head_in_the_frame_is_one_too_many_and_one_far_away_is_not():
    near, far, faint = face_at(430, 260, 110), face_at(560, 100, 90), face_at(410, 330, 25)
    assert portrait(drawn(faces=(FACE, near)), FACE, near) == Flawed("two_heads")
    assert isinstance(portrait(drawn(faces=(FACE, far)), FACE, far), Portrait)
    assert isinstance(portrait(drawn(faces=(FACE,)), FACE, faint), Portrait)


def test_what_a_worker_makes_up_is_no_answer():
    request = CutPortrait(drawn(64, 64), FACE)
    seen = np.zeros((SEEN, SEEN, 3), np.uint8)
    good = {
        "content": b"x", "size": 8, "side": 8, "sharpness": 0.5, "colour": 0.5, "hashes": [bytes(32)] * 4, "seen": seen,
    }  # fmt: skip
    assert isinstance(request.join([good]), Portrait)
    for wrong in (
        {"flaw": "ugly"},
        {**good, "size": LARGEST + 1},
        {**good, "content": b""},
        {**good, "hashes": [bytes(32)] * 3},
        {**good, "hashes": [bytes(32)] * 3 + [bytes(31)]},
        {**good, "seen": seen[:1]},
        {**good, "seen": seen.astype(np.float32)},
        {**good, "sharpness": "sharp"},
        None,
    ):
        with pytest.raises(ValueError, match="CutPortrait"):
            request.join([wrong])
