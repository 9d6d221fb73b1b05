from pathlib import Path

import numpy as np
import pytest

from data.dataset import resolve
from models.finder.heads import SIDE, Heads, NoHeads, drawn_heads


def test_heads_cats_and_backdrops_are_cut_out_with_colour_multiplied_by_alpha(heads: Heads):
    assert len(heads) == len(heads.labels) == 12
    for sprites in (heads.heads, heads.cats):
        assert sprites.shape[1:] == (SIDE, SIDE, 4)
        assert (sprites[..., :3] <= sprites[..., 3:]).all()
        assert 0.05 < (sprites[..., 3] > 0).mean() < 0.9
    assert heads.backdrops.shape[1:] == (SIDE, SIDE, 3)


def test_the_labelled_face_is_there(heads: Heads):
    for sprite, labels in zip(heads.heads, heads.labels, strict=True):
        x, y, w, h = labels["face_box"]
        assert sprite[int(y + h / 2), int(x + w / 2), 3] == 255
        assert 0 < x < x + w < SIDE
        assert 0 < y < y + h < SIDE


def test_they_are_drawn_once(heads: Heads, tmp_path: Path):
    seen: list[int] = []
    source = resolve("drawn:count=2,seed=3")
    first = drawn_heads(source, tmp_path, lambda done, total: seen.append(total - done))
    assert seen[-1] == 0
    again = drawn_heads(source, tmp_path, lambda done, total: pytest.fail("drawn again"))
    assert again.manifest_hash == first.manifest_hash
    np.testing.assert_array_equal(again.heads, heads.heads[:2])


@pytest.mark.parametrize("spec", ["drawn:count=2,kind=cat", "drawn:count=2,views=2", "drawn:count=2,character=biri"])
def test_other_drawings_are_refused(tmp_path: Path, spec: str):
    with pytest.raises(NoHeads, match="drawn heads"):
        drawn_heads(resolve(spec), tmp_path)


def test_a_folder_without_heads_is_a_sentence(tmp_path: Path):
    with pytest.raises(NoHeads, match="holds no drawn heads"):
        Heads(tmp_path)
