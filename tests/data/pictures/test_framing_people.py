"""People out of a member's photograph, as the picture lane answers them."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from data.pictures import Decoded
from data.pictures.lane import PictureRunner
from data.pictures.requests import Decode, FrameHeads
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
    upright = tuple(sorted(faces, key=lambda face: face.box[1]))
    heads = answer(FrameHeads((decoded.pixels,), (upright,), 96), runner)
    painted = np.asarray(Image.fromarray(person()).resize((96, 96)))
    apart = [np.abs(head.astype(int) - painted).mean() for head in heads]
    # Turned to the right, the left one of what lies is the upper one of what stands.
    assert apart[0] < 25
    assert apart[0] < apart[1]
