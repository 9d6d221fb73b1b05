"""Heads cut out of pictures."""

import numpy as np
import pytest

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.cutting import LARGEST, WANTED, NoHead, cut_head
from data.pictures.compose.drawn import Sitter
from data.pictures.compose.found import anchors_of
from tests.data.pictures.scenes import face_in, person

TEAL = (0, 140, 130)


def ball(side: int = 300) -> np.ndarray:
    ys, xs = np.mgrid[0:side, 0:side]
    inside = (xs - side / 2) ** 2 + (ys - side / 2) ** 2 <= (0.4 * side) ** 2
    return np.dstack([np.full((side, side, 3), TEAL, np.uint8), np.where(inside, 255, 0).astype(np.uint8)])


def test_a_head_alone_stays_as_it_is_and_needs_no_face() -> None:
    head = cut_head(ball(), None)
    assert abs(head.pixels.shape[0] - 244) <= 2
    assert (head.pixels[head.pixels[..., 3] == 255][:, :3] == TEAL).all()
    assert abs(head.anchors.chin[1] - head.pixels.shape[0]) < 6
    assert abs(head.anchors.chin[0] - head.pixels.shape[1] / 2) < 2
    assert 0.3 < head.anchors.length / head.pixels.shape[0] < 0.45


def test_of_somebody_with_a_body_the_head_is_cut_off() -> None:
    drawing = person(61, 256, yaw=0, roll=0, scale=0.2, back="bob", background="plain")
    face = anchors_of(face_in(drawing.labels), 256, 256)
    whole = np.dstack([drawing.pixels, np.full((256, 256), 255, np.uint8)])
    whole[:8, :, 3] = whole[:, :8, 3] = 0  # see-through somewhere, and down to its edge somebody
    for picture in (drawing.pixels, whole):
        head = cut_head(picture, face)
        below = round(head.anchors.chin[1] + 0.3 * head.anchors.length)
        x = round(head.anchors.chin[0])
        assert below >= head.pixels.shape[0] or head.pixels[below, x, 3] < 30
        assert head.pixels[round(head.anchors.chin[1] - 0.4 * head.anchors.length), x, 3] == 255


def test_its_face_is_where_it_says() -> None:
    drawing = person(62, 640, yaw=0, roll=18, scale=0.25, back="bob")
    face = anchors_of(face_in(drawing.labels), 640, 640)
    head = cut_head(drawing.pixels, face)
    assert face.length > WANTED  # so that it is not enlarged
    assert max(head.pixels.shape) < LARGEST
    assert head.anchors.roll == face.roll
    dx, dy = (a - b for a, b in zip(face.chin, head.anchors.chin, strict=True))
    x, y = (round(v) for v in head.anchors.eyes)
    assert (head.pixels[y, x, :3] == drawing.pixels[round(y + dy), round(x + dx)]).all()


def test_a_small_one_is_enlarged_so_that_its_edge_has_no_steps() -> None:
    drawing = person(62, 96, yaw=0, roll=0, scale=0.25, back="bob")
    head = cut_head(drawing.pixels, anchors_of(face_in(drawing.labels), 96, 96))
    assert head.anchors.length > 80
    edge = (head.pixels[..., 3] > 20) & (head.pixels[..., 3] < 235)
    assert edge.sum() > 2 * head.pixels.shape[0]


def test_a_large_one_is_made_smaller_with_all_that_it_says() -> None:
    head = cut_head(ball(1600), None)
    assert max(head.pixels.shape[:2]) == LARGEST
    assert abs(head.anchors.chin[1] - LARGEST) < 6
    edge = head.pixels[(head.pixels[..., 3] > 20) & (head.pixels[..., 3] < 250)][:, :3].astype(int)
    assert np.abs(edge - TEAL).max() < 16  # no dark fringe


def test_a_cut_head_passes_through_a_second_cut() -> None:
    drawn = Sitter("biri", "calm").head(Anchors((100, 60), (100, 110), (30, 0, 140, 150)), 1.0)
    head = cut_head(drawn.pixels, drawn.anchors)
    assert abs(head.anchors.length - drawn.anchors.length) < 1
    assert (head.pixels[..., 3] == 255).sum() == (drawn.pixels[..., 3] == 255).sum()


@pytest.mark.parametrize(
    ("picture", "face"),
    [
        (np.zeros((64, 64, 4), np.uint8), None),
        (np.full((64, 64, 3), 200, np.uint8), None),
        (np.full((64, 64, 4), 200, np.uint8), None),
        (np.full((64, 64, 3), 200, np.uint8), Anchors((30, 30), (30, 33), (28, 26, 4, 8))),
        (ball(20), None),
    ],
)
def test_where_there_is_none_it_says_so(picture: np.ndarray, face: Anchors | None) -> None:
    with pytest.raises(NoHead):
        cut_head(picture, face)
