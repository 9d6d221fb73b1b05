"""Whole compositions: held against pictures that were looked at and found good.

`NIJIGEN_GOLDEN=write python -m pytest tests/data/pictures/compose/test_compose.py` draws them anew; look at them before
they are committed.
"""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from data.pictures import Pixels
from data.pictures.compose import Anchors, Sitter, compose, compose_frames, tracks_of
from data.pictures.compose.found import anchors_of
from data.pictures.requests import MOST_HEADS
from tests.data.pictures.scenes import crowd, person

GOLDEN = Path(__file__).parent / "golden"
SAME = 2.0  # CIE76 between what the eye sees of two pictures: below it nobody tells them apart
Scene = tuple[Pixels, list[Anchors]]


def _scene(*people: tuple[int, float, float]) -> Scene:
    """(seed, yaw, roll) each."""
    drawn = [person(seed, 192, yaw=yaw, roll=roll, background="gradient", scale=0.25) for seed, yaw, roll in people]
    picture, faces = crowd(drawn)
    return picture, [anchors_of(face, picture.shape[1], picture.shape[0]) for face in faces]


def _changed(scene: Scene, change) -> Scene:
    return change(scene[0]), scene[1]


def _grey(pixels: Pixels) -> Pixels:
    return np.repeat(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None], 3, 2).astype(np.uint8)


def _night(pixels: Pixels) -> Pixels:
    return (pixels * np.array([0.32, 0.36, 0.55])).astype(np.uint8)


TWO = _scene((11, -25, -14), (12, 28, 16))
COMPOSED = {
    "turned": (TWO, Sitter("biri", "happy")),
    "somebody": (TWO, Sitter(20261126, "winking")),
    "grey": (_changed(TWO, _grey), Sitter("biri", "calm")),
    "night": (_changed(TWO, _night), Sitter("biri", "surprised")),
}


def distance(one: Pixels, other: Pixels) -> float:
    """How different two pictures of one size look: the mean CIE76 of both, blurred as small differences are to the
    eye."""
    labs = [
        cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        for picture in (one, other)
    ]
    return float(np.linalg.norm(labs[0] - labs[1], axis=2).mean())


def _made(name: str) -> Pixels:
    (picture, faces), sitter = COMPOSED[name]
    return compose(picture, faces, sitter)


@pytest.mark.parametrize("name", COMPOSED)
def test_it_looks_as_it_did_when_it_was_found_good(name: str) -> None:
    made, file = _made(name), GOLDEN / f"{name}.png"
    if os.environ.get("NIJIGEN_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        Image.fromarray(made).save(file, optimize=True)
    assert distance(made, np.array(Image.open(file).convert("RGB"))) < SAME


@pytest.mark.parametrize("name", COMPOSED)
def test_the_yardstick_tells_another_head_apart(name: str) -> None:
    """What the test above would not notice, it could not hold."""
    golden = np.array(Image.open(GOLDEN / f"{name}.png").convert("RGB"))
    (picture, faces), sitter = COMPOSED[name]
    assert distance(picture, golden) > 2 * SAME
    shifted = [Anchors(f.eyes, (f.chin[0] + 8, f.chin[1]), f.head_box, f.roll, f.turn) for f in faces]
    assert distance(compose(picture, shifted, sitter), golden) > SAME


def test_everybody_gets_a_head_and_nobody_elses_is_touched() -> None:
    picture, faces = _scene((1, 0, 0), (2, 0, 0), (3, 0, 0))
    made = compose(picture, [faces[0], faces[2]], Sitter("biri", "calm"))
    changed = [distance(picture[:, i * 192 : (i + 1) * 192], made[:, i * 192 : (i + 1) * 192]) for i in range(3)]
    assert min(changed[0], changed[2]) > 10
    assert changed[1] < 1


def test_the_old_head_is_covered() -> None:
    picture, faces = _scene((14, 0, 0))
    face = faces[0]
    made = compose(picture, faces, Sitter("biri", "calm")).astype(int)
    x, y, w, h = (round(v) for v in face.head_box)
    ys, xs = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    inside = ((xs - x - w / 2) / (w / 2)) ** 2 + ((ys - y - h / 2) / (h / 2)) ** 2 < 0.95
    other = picture.copy()
    other[inside] = 255 - other[inside]  # whatever was there
    again = compose(other, faces, Sitter("biri", "calm")).astype(int)
    gone = inside & (ys < face.chin[1] - 0.25 * face.length)
    # Light and lines are measured there, so that the heads differ in tone; what was there itself does not show.
    edges = [cv2.Laplacian(made[..., 1].astype(np.float32), cv2.CV_32F) for made in (made, again)]
    assert np.corrcoef(edges[0][gone], edges[1][gone])[0, 1] > 0.8


def test_who_is_nearer_is_before_who_is_farther() -> None:
    picture = np.full((200, 200, 3), 200, np.uint8)
    near = Anchors((100, 110), (100, 150), (50, 42, 100, 108))
    far = Anchors((130, 115), (130, 135), (105, 81, 50, 54))
    sitter = Sitter("biri", "calm")
    alone, both = compose(picture, [near], sitter), compose(picture, [far, near], sitter)
    middle = (slice(100, 140), slice(80, 120))
    assert np.abs(alone[middle].astype(int) - both[middle]).max() <= 2
    assert (compose(picture, [near, far], sitter) == both).all()


def test_of_more_than_twenty_the_largest_get_heads() -> None:
    picture = np.full((120, 1500, 3), 220, np.uint8)
    sizes = [6 + (i * 7) % 25 / 2 for i in range(25)]
    faces = [
        Anchors((30 + 58 * i, 60 - s), (30 + 58 * i, 60), (30 + 58 * i - 1.25 * s, 60 - 2.7 * s, 2.5 * s, 2.7 * s))
        for i, s in enumerate(sizes)
    ]
    made = compose(picture, faces, Sitter("biri", "calm"))
    headed = [bool((made[30:60, 58 * i + 26 : 58 * i + 34] < 190).any()) for i in range(len(sizes))]
    assert sum(headed) == MOST_HEADS
    least = sorted(sizes)[-MOST_HEADS]
    assert all(done == (size >= least) for done, size in zip(headed, sizes, strict=True))


def test_in_an_animation_heads_follow_and_keep_their_colours() -> None:
    drawing = person(21, 160, yaw=0, roll=0, scale=0.25)
    frames, faces = [], []
    for i in range(10):
        picture = np.full((160, 300, 3), 230, np.uint8)
        picture[:, 10 * i : 10 * i + 160] = drawing.pixels
        x, y = drawing.labels["chin"]
        a, b, w, h = drawing.labels["head_box"]
        left, right = drawing.labels["left_eye"], drawing.labels["right_eye"]
        eyes = ((left[0] + right[0]) / 2 + 10 * i, left[1])
        frames.append(picture)
        faces.append([Anchors(eyes, (x + 10 * i, y), (a + 10 * i, b, w, h))])
    made = compose_frames(frames, tracks_of(faces), Sitter("biri", "calm"))
    assert [frame.shape for frame in made] == [frame.shape for frame in frames]
    windows = [frame[:, 10 * i : 10 * i + 160] for i, frame in enumerate(made)]
    assert all(distance(window, windows[5]) < SAME for window in windows)
    assert distance(frames[5], made[5]) > 5
