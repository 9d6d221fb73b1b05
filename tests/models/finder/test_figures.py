import numpy as np
import pytest

from models.finder.figures import body, faceless, headless, recoloured, restyled
from models.finder.heads import Heads


def test_a_restyled_head_keeps_its_outline_and_stays_premultiplied(heads: Heads):
    changed = 0
    for i in range(40):
        sprite = np.array(heads.heads[i % len(heads)])
        seen = restyled(np.random.default_rng(i), sprite)
        assert seen.shape == sprite.shape
        assert seen.dtype == np.uint8
        assert (seen[..., :3] <= seen[..., 3:]).all()
        assert (seen[..., 3] >= sprite[..., 3]).all()
        changed += bool((seen != sprite).any())
    assert changed > 30


def test_where_the_face_was_is_hair(heads: Heads):
    x, y, w, h = heads.labels[0]["face_box"]
    before = np.asarray(heads.heads[0])
    after = faceless(np.random.default_rng(0), before, heads.labels[0])
    rows, columns = slice(int(y), int(y + h)), slice(int(x), int(x + w))
    assert after[rows, columns, :3].std() < before[rows, columns, :3].std()
    assert before is not after


@pytest.mark.parametrize("index", range(4))
def test_a_body_without_its_head_ends_at_the_chin(heads: Heads, index: int):
    labels = heads.labels[index]
    cut = headless(heads.heads[index], labels)
    assert not cut[: int(labels["chin"][1])].any()
    assert cut.any()


def test_a_body_is_painted_below_the_head(heads: Heads):
    canvas = np.full((600, 300, 3), 255, np.uint8)
    matrix = np.array([[1.0, 0.0, 20.0], [0.0, 1.0, 0.0]])
    body(np.random.default_rng(1), canvas, np.asarray(heads.heads[0]), matrix, 80.0)
    assert (canvas[260:] != 255).any()


def test_most_colours_move_a_little(heads: Heads):
    moves = [np.abs(recoloured(np.random.default_rng(i))[:3, :3] - np.eye(3)).max() for i in range(40)]
    assert np.median(moves) < 0.8
