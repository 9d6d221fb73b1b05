"""Animations from strangers: their frames, and no more of them than is good."""

import struct

import numpy as np
import pytest
from PIL import Image

from data.pictures import Decoded, Motion
from data.pictures.requests import Decode
from tests.data.pictures.strangers import ask, decoded, quarters, saved

MOST = 12


def _moving(kind: str, frames: int, side: int = 60, duration: int | list[int] = 80) -> bytes:
    """From black to white; a grey corner that differs keeps encoders from leaving frames out."""
    made = []
    for i in range(frames):
        shade = round(255 * i / (frames - 1))
        image = Image.new("RGB", (side, side), (shade, shade, shade))
        image.paste((i * 37 % 256, 90, 200), (0, 0, 8, 8))
        made.append(image)
    return saved(made[0], kind, save_all=True, append_images=made[1:], duration=duration, loop=0)


def _motion(content: bytes, **options) -> Motion:
    motion = decoded(content, **{"frames": MOST, **options}).motion
    assert motion is not None
    return motion


def _shades(motion: Motion) -> list[int]:
    return [int(frame[20:, 20:].mean()) for frame in motion.frames]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_all_frames_come_in_order_with_their_durations(kind: str) -> None:
    found = decoded(_moving(kind, 6, duration=[50, 100, 150, 200, 250, 300]), frames=MOST)
    assert found.frames == 6
    assert found.motion is not None
    assert found.motion.durations == (50, 100, 150, 200, 250, 300)
    assert np.abs(np.subtract(_shades(found.motion), [0, 51, 102, 153, 204, 255])).max() <= 4
    assert np.array_equal(found.motion.frames[0], found.pixels) or kind == "WEBP"


@pytest.mark.parametrize("frames", [13, 24, 25, 100])
def test_of_a_long_one_some_are_chosen_evenly_and_it_lasts_as_long(frames: int) -> None:
    motion = _motion(_moving("GIF", frames))
    assert MOST / 2 <= len(motion.frames) <= MOST
    assert sum(motion.durations) == 80 * frames
    steps = np.diff(_shades(motion))
    assert steps.max() - steps.min() <= 4


def test_frames_are_made_as_small_as_was_asked_for_and_the_still_is_not() -> None:
    found = decoded(_moving("GIF", 4, side=300), frames=MOST, frame_side=100)
    assert found.motion is not None
    assert found.motion.frames.shape == (4, 100, 100, 3)
    assert found.pixels.shape == (300, 300, 3)


def test_a_still_does_not_move_and_nobody_gets_frames_who_wants_none() -> None:
    assert decoded(saved(quarters(), "GIF"), frames=MOST).motion is None
    assert decoded(saved(quarters(), "JPEG"), frames=MOST).motion is None
    assert decoded(_moving("GIF", 4)).motion is None


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_what_is_transparent_is_white_in_every_frame(kind: str) -> None:
    frames = []
    for i in range(4):
        image = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
        image.paste((200, 0, 0, 255), (5 * i, 30, 5 * i + 10, 60))
        frames.append(image)
    content = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=80, disposal=2)
    motion = _motion(content)
    assert len(motion.frames) == 4
    assert motion.frames[:, :25].min() > 250


@pytest.mark.parametrize("duration", [0, 10])
def test_a_duration_that_no_screen_could_show_is_taken_as_browsers_take_it(duration: int) -> None:
    assert set(_motion(_moving("GIF", 3, duration=duration)).durations) == {100}


def _endless(frames: int, width: int = 100, height: int = 100) -> bytes:
    """A GIF of many frames of one pixel each, a few bytes a frame."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes([0, 0, 0, 255, 255, 255])
    frame = (
        b"\x21\xf9\x04\x00\x02\x00\x00\x00" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    )
    return head + frame * frames + b"\x3b"


def test_of_five_thousand_frames_as_many_are_read_as_is_good() -> None:
    found = decoded(_endless(5000), frames=MOST)
    assert found.frames == 1000  # counted no further
    assert found.motion is not None
    assert len(found.motion.frames) <= MOST
    assert sum(found.motion.durations) <= 1000 * 100


def test_of_large_frames_no_more_are_read_than_a_budget_of_pixels_allows() -> None:
    found = decoded(_endless(5000, 2800, 2800), frames=1000, frame_side=60)
    assert found.motion is not None
    assert len(found.motion.frames) == 150_000_000 // 2800**2


def test_a_bomb_of_a_webp_is_a_still() -> None:
    """Nine million pixels a frame, and a few kB."""
    frames = [Image.new("RGB", (3000, 3000), (i, 0, 0)) for i in range(4)]
    content = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=40, lossless=True, method=0)
    assert len(content) < 100_000
    found = decoded(content, frames=MOST)
    assert found.motion is None
    assert max(found.pixels.shape) == 1024
    assert ask(content, frames=MOST, max_pixels=8_000_000).reason == "too_many_pixels"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_one_that_ends_too_early_is_refused_or_shows_what_there_is(kind: str) -> None:
    whole = _moving(kind, 6)
    for cut in range(0, len(whole), max(1, len(whole) // 25)):
        answer = ask(whole[:cut], frames=MOST)
        if isinstance(answer, Decoded) and answer.motion is not None:
            assert 2 <= len(answer.motion.frames) == len(answer.motion.durations)


@pytest.mark.parametrize(
    "more",
    [
        {"motion": np.zeros((3, 8, 8, 3), np.float32), "durations": [1, 2, 3]},
        {"motion": np.zeros((3, 8, 8, 3), np.uint8), "durations": [1, 2]},
        {"motion": np.zeros((3, 8, 8, 3), np.uint8), "durations": [1, 2, "3"]},
        {"motion": np.zeros((3, 8, 900, 3), np.uint8), "durations": [1, 2, 3]},
        {"motion": np.zeros((13, 8, 8, 3), np.uint8), "durations": [1] * 13},
        {"motion": np.zeros((1, 8, 8, 3), np.uint8), "durations": [1]},
        {"motion": None},
        {"surprise": 1},
    ],
)
def test_what_no_worker_in_its_right_mind_says_of_frames_is_not_believed(more: dict) -> None:
    still = {
        "pixels": np.zeros((8, 8, 3), np.uint8),
        "size": [8, 8],
        "media_type": "image/gif",
        "frames": 3,
        "recipe": "",
    }
    request = Decode(b"", frames=MOST)
    assert isinstance(request.join([still]), Decoded)
    with pytest.raises(ValueError, match="not the answer"):
        request.join([still | more])
