"""People out of a member's photograph, as the picture lane answers them."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from data.pictures import Decoded
from data.pictures.lane import PictureRunner
from data.pictures.requests import Decode, FramePeople
from data.vision.faces import Face
from data.vision.requests import FindReal
from tests.data.people import BLOND, person


def answer(request: Any, runner: PictureRunner) -> Any:
    return request.join([runner.run([piece])[0] for piece in request.split(runner.best_batch(request))])


@pytest.fixture(scope="module")
def runner() -> PictureRunner:
    return PictureRunner()


def test_a_turned_photo_of_24_megapixels_gives_upright_heads(runner: PictureRunner):
    canvas = Image.new("RGB", (6000, 4000), (120, 128, 140))
    for at, painted in ((300, person()), (3300, person(hair=BLOND, long=True))):
        lying = Image.fromarray(painted).resize((2200, 2200)).transpose(Image.Transpose.ROTATE_90)
        canvas.paste(lying, (at, 900))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", exif=exif, quality=60)
    decoded = answer(Decode(buffer.getvalue(), max_side=1280), runner)
    assert isinstance(decoded, Decoded)
    assert (decoded.width, decoded.height) == (4000, 6000)
    (faces,) = answer(FindReal((decoded.pixels,)), runner)
    assert len(faces) == 2
    framed = answer(FramePeople(decoded.pixels, tuple(sorted(faces, key=lambda face: face.box[1])), 96), runner)
    assert framed.pixels.shape == (2, 96, 96, 3)
    painted = np.asarray(Image.fromarray(person()).resize((96, 96)))
    apart = [np.abs(head.astype(int) - painted).mean() for head in framed.pixels]
    assert min(apart) < 25
    # Turned to the right, the left one of what lies is the upper one of what stands.
    assert {len(numbers) > 5 for numbers in framed.numbers} == {True}
    assert min(numbers["hair_l"] for numbers in framed.numbers) < -0.8


def test_without_a_face_it_is_the_middle_and_nothing_is_said(runner: PictureRunner):
    picture = np.zeros((60, 100, 3), np.uint8)
    picture[:, 20:80] = 200
    framed = answer(FramePeople(picture, (), 30), runner)
    assert framed.pixels.shape == (1, 30, 30, 3)
    assert (framed.pixels == 200).all()
    assert framed.numbers == ({},)


def test_a_request_that_makes_no_sense_is_an_error():
    picture = np.zeros((60, 100, 3), np.uint8)
    with pytest.raises(ValueError, match="at most 20 heads"):
        FramePeople(picture, (Face((1, 1, 9, 9), 1.0),) * 21)
    with pytest.raises(ValueError, match="at most 20 heads of 1024 px"):
        FramePeople(picture, (), 4000)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"pixels": np.zeros((2, 8, 8, 3), np.uint8), "numbers": [{}]},
        {"pixels": np.zeros((1, 8, 8, 3), np.float32), "numbers": [{}]},
        {"pixels": np.zeros((1, 8, 8, 3), np.uint8), "numbers": []},
        {"pixels": np.zeros((1, 8, 8, 3), np.uint8), "numbers": [{"yaw": float("nan")}]},
        {"pixels": np.zeros((1, 8, 8, 3), np.uint8), "numbers": [{"yaw": "left"}]},
    ],
)
def test_a_worker_that_answers_something_else_is_not_believed(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match="not the answer"):
        FramePeople(np.zeros((60, 100, 3), np.uint8), (), 8).join([wrong])
