"""Heads that are drawn for a face."""

import numpy as np
import pytest

from data.drawn.moods import MOODS
from data.pictures.compose.anchors import Anchors, scale_for
from data.pictures.compose.drawn import SIDES, Sitter

FACE = Anchors((100, 100), (100, 140), (50, 34, 100, 108))


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_shows(mood: str) -> None:
    calm, other = (Sitter("biri", m).head(FACE, 1.0).pixels.astype(int) for m in ("calm", mood))
    changed = (np.abs(calm - other).max(2) > 40).sum()
    assert changed > 60 or mood == "calm"


@pytest.mark.parametrize("turn", [-0.55, 0.0, 0.55])
def test_nothing_of_a_head_is_cut_off(turn: float) -> None:
    for who in ("biri", *range(40)):
        alpha = Sitter(who, "calm").head(FACE.turned(turn), 1.0).pixels[..., 3]
        edges = (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1])
        assert not any(edge.any() for edge in edges), who


def test_there_is_nothing_where_the_neck_was() -> None:
    head = Sitter("biri", "calm").head(FACE, 1.0)
    x, y = (round(v) for v in head.anchors.chin)
    assert not head.pixels[y + 6 :, x, 3].any()
    assert head.pixels[y - 6, x, 3] == 255


@pytest.mark.parametrize("scale", [0.1, 1.0, 5.0])
def test_it_is_drawn_in_the_size_it_is_wanted_in(scale: float) -> None:
    face = Anchors((0, 0), (0, 40 * scale), (-50 * scale, -66 * scale, 100 * scale, 108 * scale))
    head = Sitter("biri", "calm").head(face, 1.0)
    smallest, largest = SIDES
    assert smallest <= head.pixels.shape[0] <= largest
    if scale >= 1:
        assert 0.9 < scale_for(head.anchors, face) < 1.03  # made smaller, if anything


def test_a_seed_is_always_the_same_person_and_another_is_another() -> None:
    one, same, other = (Sitter(seed, "calm").head(FACE, 1.0).pixels for seed in (7, 7, 8))
    assert (one == same).all()
    assert one.shape != other.shape or (one != other).any()


def test_nobody_by_that_name() -> None:
    with pytest.raises(KeyError):
        Sitter("nobody", "calm").head(FACE, 1.0)
