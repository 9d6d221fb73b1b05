"""Loops through faces."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageSequence

from data.pictures import Encoded, Form
from data.pictures.animate import SMALLEST_SIDE
from data.pictures.lane import PictureRunner
from data.pictures.requests import Animate, Decode, Loop, ReadRecipe, Reencode

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


@pytest.mark.parametrize("form", ["webp", "gif"])
def test_a_loop_shows_what_it_is_told_for_as_long_as_it_is_told(form: Form) -> None:
    order, durations = (0, 2, 1, 2), (300, 50, 100, 50)
    shown, told = _opened(_run(Loop(_faces(3), order, durations, RECIPE, form)))
    assert np.abs(np.array(shown) - [0, 255, 127, 255]).max() <= 3
    assert told == [*durations]


@pytest.mark.parametrize("form", ["webp", "gif"])
def test_a_loop_carries_its_recipe(form: Form) -> None:
    encoded = _run(Loop(_faces(3), (0, 1, 2), (50, 50, 50), RECIPE, form))
    assert _run(ReadRecipe(encoded.content)) == RECIPE


@pytest.mark.parametrize("form", ["webp", "gif"])
def test_a_loop_that_is_too_large_is_made_smaller_until_it_fits(form: Form) -> None:
    noise = np.random.RandomState(0).randint(0, 255, (12, 96, 96, 3)).astype(np.uint8)
    loop = Loop(noise, tuple(range(12)), (50,) * 12, form=form)
    whole = _run(loop)
    smaller = _run(replace(loop, most_bytes=len(whole.content) // 2))
    assert len(smaller.content) <= len(whole.content) // 2
    assert smaller.width < whole.width
    smallest = _run(replace(loop, most_bytes=1))
    assert (smallest.width, smallest.height) == (SMALLEST_SIDE, SMALLEST_SIDE)


def test_a_loop_as_a_video_has_even_sides_and_plays_twice() -> None:
    av = pytest.importorskip("av", reason="PyAV is not installed (pip install .[video])")
    encoded = _run(Loop(_faces(3, 33), (0, 1, 2, 1), (300, 50, 50, 50), RECIPE, "mp4"))
    assert encoded.media_type == "video/mp4"
    with av.open(io.BytesIO(encoded.content)) as film:
        frames = [(float(f.time), f.to_ndarray(format="gray").mean()) for f in film.decode(video=0)]
    assert _run(ReadRecipe(encoded.content)) == RECIPE
    assert [round(1000 * at) for at, _ in frames] == [0, 300, 350, 400, 450, 750, 800, 850]
    assert np.abs(np.array([value for _, value in frames]) - [0, 128, 255, 128] * 2).max() <= 6
    assert encoded.width == encoded.height
    assert encoded.width % 2 == 0


@pytest.mark.parametrize(
    ("order", "durations"), [((0,), (50,)), ((0, 3), (50, 50)), ((0, -1), (50, 50)), ((0, 1), (50,))]
)
def test_what_is_no_loop_is_refused(order: tuple[int, ...], durations: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no loop"):
        Loop(_faces(3), order, durations)
