import io

import cv2
import numpy as np
import pytest
from PIL import Image

from data.crop.cutting import Head, Options, Sight, heads
from data.crop.framing import EYES_AT
from data.pictures.opening import Unreadable

pytest.importorskip("skia")
from tests.data.scenes import SIDE, encoded, scene


def found(content: bytes, **options) -> list[Head]:
    return heads(content, Sight(), Options(**{"size": 128, **options}))[1]


def pixels(head: Head) -> np.ndarray:
    assert head.content is not None
    return np.array(Image.open(io.BytesIO(head.content)))


def test_each_head_of_a_picture_becomes_a_crop_of_its_own():
    size, cut = heads(encoded(scene(1, heads=2)[0]), Sight(), Options(size=128))
    assert size == (900, 640)
    assert [head.verdict for head in cut] == ["cut", "cut"]
    assert all(pixels(head).shape == (128, 128, 3) for head in cut)
    assert abs(cut[0].frame.x - cut[1].frame.x) > SIDE / 2


def test_where_nobody_is_nobody_is_cut():
    assert found(encoded(scene(3, heads=0)[0])) == []


def test_a_leaning_head_is_put_upright():
    picture = scene(2)[0]
    h, w, _ = picture.shape
    leaning = cv2.warpAffine(picture, cv2.getRotationMatrix2D((w / 2, h / 2), -30, 1), (w, h))
    (head,) = found(encoded(leaning), align=True)
    assert head.verdict == "cut"
    assert 20 < head.frame.turn < 40
    again = Sight().find(pixels(head), 0.5)[0]
    assert abs(again.angle) < 8
    assert again.eyes is not None
    assert abs(again.eyes[0][1] - again.eyes[1][1]) < 6
    middle = [(a + b) / 2 / 128 for a, b in zip(*again.eyes, strict=True)]
    assert middle == pytest.approx(EYES_AT, abs=0.06)


def test_small_heads_are_left_out_unless_asked_for():
    content = encoded(cv2.resize(scene(4)[0], (360, 256), interpolation=cv2.INTER_AREA))
    assert [head.verdict for head in found(content, size=256)] == ["small"]
    assert [head.verdict for head in found(content, size=256, max_upscale=4.0)] == ["cut"]
    assert [head.verdict for head in found(content, size=256, max_upscale=4.0, min_side=400)] == ["small"]


def test_blurred_heads_are_left_out():
    blurred = cv2.GaussianBlur(scene(4)[0], (0, 0), 4)
    assert [head.verdict for head in found(encoded(blurred), size=256)] == ["blurred"]
    assert [head.verdict for head in found(encoded(blurred), size=256, min_sharpness=0.0)] == ["cut"]


def test_a_head_beside_another_one_is_left_out():
    picture = scene(5, heads=0)[0].copy()
    near, other = scene(6)[0], scene(7)[0]
    for at, source in ((0, near), (int(0.55 * SIDE), other)):
        box = Sight().find(source, 0.5)[0].box
        x, y = int(box[0] + box[2] / 2), int(box[1] + box[3] / 2)
        picture[60 : 60 + SIDE, 60 + at : 60 + at + int(0.55 * SIDE)] = source[
            y - SIDE // 2 : y + SIDE // 2, x - int(0.275 * SIDE) : x - int(0.275 * SIDE) + int(0.55 * SIDE)
        ]
    assert [head.verdict for head in found(encoded(picture))] == ["two heads", "two heads"]
    assert [head.verdict for head in found(encoded(picture), two_heads=True)] == ["cut", "cut"]


def test_a_head_that_the_pictures_edge_cuts_off_is_left_out():
    picture = scene(8)[0]
    x, _, w, _ = Sight().find(picture, 0.5)[0].box
    half = np.ascontiguousarray(picture[:, int(x + 0.35 * w) :])
    assert [head.verdict for head in found(encoded(half), min_score=0.35)] == ["cut off"]
    assert all(head.verdict == "cut" for head in found(encoded(picture)))


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_any_mode_is_decoded(mode: str):
    image = Image.fromarray(scene(9)[0])
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    assert [head.verdict for head in found(buffer.getvalue())] == ["cut"]


def test_a_picture_that_lies_on_its_side_by_exif_is_cut_upright_and_told_in_pixels_of_the_upright_one():
    image = Image.fromarray(np.ascontiguousarray(np.rot90(scene(9)[0])))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, exif=exif)
    size, (head,) = heads(buffer.getvalue(), Sight(), Options(size=128))
    (upright,) = found(encoded(scene(9)[0]))
    assert size == (900, 640)
    assert (head.frame.x, head.frame.y) == pytest.approx((upright.frame.x, upright.frame.y), abs=4)
    assert np.abs(pixels(head).astype(int) - pixels(upright)).mean() < 8


def test_what_is_no_picture_is_an_error_and_not_no_head():
    with pytest.raises(Unreadable):
        heads(b"<html>", Sight(), Options())
    with pytest.raises(Unreadable):
        heads(encoded(scene(1)[0])[:2000], Sight(), Options())


def test_a_huge_picture_is_told_in_its_own_pixels():
    picture = scene(4)[0]
    large = cv2.resize(picture, (5400, 3840), interpolation=cv2.INTER_CUBIC)
    (head,) = heads(encoded(large, "JPEG"), Sight(), Options(size=128, min_sharpness=0.0))[1]
    (own,) = found(encoded(picture))
    assert head.frame.x == pytest.approx(6 * own.frame.x, rel=0.05)
    assert head.frame.side == pytest.approx(6 * own.frame.side, rel=0.1)
