"""Loops through faces."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from data.pictures import Encoded
from data.pictures.lane import PictureRunner
from data.pictures.requests import Animate, Decode, ReadRecipe, Reencode

RECIPE = '{"op":"fade","model":"waifu@starter"}'


def _run(request):
    return PictureRunner().run([request])[0]


def _faces(n: int, side: int = 96) -> np.ndarray:
    """From black to white by even steps."""
    return np.stack([np.full((side, side, 3), round(255 * i / (n - 1)), np.uint8) for i in range(n)])


def _opened(encoded: Encoded) -> tuple[list[int], list[int]]:
    """The brightness of each frame, and how long each is shown in ms."""
    image = Image.open(io.BytesIO(encoded.content))
    assert Image.MIME[image.format or ""] == encoded.media_type
    assert image.size == (encoded.width, encoded.height)
    assert image.info["loop"] == 0
    frames = [(int(np.asarray(f.convert("L")).mean()), f.info["duration"]) for f in ImageSequence.Iterator(image)]
    return [value for value, _ in frames], [duration for _, duration in frames]


@pytest.mark.parametrize("gif", [False, True])
@pytest.mark.parametrize("n", [2, 5, 16, 24])
def test_it_goes_there_and_back_again_and_rests_at_both_ends(n: int, gif: bool) -> None:
    shown, durations = _opened(_run(Animate(_faces(n), gif=gif)))
    there = [255 * i // (n - 1) for i in range(n)]
    assert np.abs(np.array(shown) - [*there, *there[-2:0:-1]]).max() <= 3
    assert 2000 <= sum(durations) <= 4000
    if n > 2:
        assert min(durations[0], durations[n - 1]) > 2 * max(durations[1 : n - 1])


@pytest.mark.parametrize("gif", [False, True])
def test_the_recipe_travels_in_it(gif: bool) -> None:
    encoded = _run(Animate(_faces(3), RECIPE, gif))
    assert _run(ReadRecipe(encoded.content)) == RECIPE
    assert _run(Decode(encoded.content))["frames"] == 4


@pytest.mark.parametrize("gif", [False, True])
def test_one_that_a_platform_refuses_becomes_a_still(gif: bool) -> None:
    encoded = _run(Animate(_faces(3), RECIPE, gif))
    still = _run(Reencode(encoded.content, encoded.media_type))
    assert still.media_type == "image/jpeg"
    assert (still.width, still.height) == (encoded.width, encoded.height)


@pytest.mark.parametrize("gif", [False, True])
def test_it_is_small_enough_for_a_chat(gif: bool) -> None:
    # As restless as a face can be drawn: colours that change everywhere, with outlines.
    y, x = np.mgrid[0:96, 0:96] / 96
    stripes = 255 * ((x + y) % 0.2 < 0.1)
    waves = [(127 + 120 * np.sin(9 * x + t / 3), 127 + 120 * np.cos(7 * y - t / 4)) for t in range(16)]
    faces = [np.stack([red, green, stripes], -1) for red, green in waves]
    encoded = _run(Animate(np.array(faces).astype(np.uint8), gif=gif))
    assert len(encoded.content) < (2_500_000 if gif else 1_000_000)
