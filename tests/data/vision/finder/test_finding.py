import json
from pathlib import Path

import numpy as np
import pytest

from data.vision.finder import WEIGHTS, Finder, FinderUnavailable
from tests.data.vision.damage import damaged_weights_are_refused, other_configs_are_refused
from tests.models.finder import tiny


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A network on disk that has learnt nothing, and takes everything for a face."""
    return tiny.store(tmp_path / "model", believing=True)


@pytest.mark.parametrize("shape", [(64, 64, 3), (1, 1, 3), (7, 300, 3), (300, 200, 4), (50, 60), (33, 65, 1)])
def test_pictures_of_any_shape_are_looked_at_and_boxes_lie_within(folder: Path, shape: tuple[int, ...]):
    picture = np.random.default_rng(0).integers(0, 255, shape, np.uint8)
    faces = Finder(folder).find(picture, 0.01)
    height, width = shape[:2]
    assert faces or min(height, width) < 32
    for face in faces:
        for x, y, w, h in (face.box, face.head_box or face.box):
            assert 0 <= x <= x + w <= width + 1e-3
            assert 0 <= y <= y + h <= height + 1e-3
        assert 0 <= face.score <= 1
        assert -180 <= face.angle <= 180
        assert face.eyes is not None
        assert face.chin is not None
    assert [face.score for face in faces] == sorted((face.score for face in faces), reverse=True)


def test_the_same_picture_has_the_same_faces(folder: Path):
    picture = np.random.default_rng(1).integers(0, 255, (100, 80, 3), np.uint8)
    assert Finder(folder).find(picture, 0.01) == Finder(folder).find(picture, 0.01)


def test_what_is_no_picture_is_refused(folder: Path):
    with pytest.raises(ValueError, match="no picture"):
        Finder(folder).find(np.zeros((4, 4, 5), np.uint8))


def test_weights_that_do_not_fit_are_refused(folder: Path):
    damaged_weights_are_refused(folder, Finder, FinderUnavailable, "lateral.0.weight")


def test_a_config_that_is_none_is_refused(folder: Path):
    other_configs_are_refused(folder, Finder, FinderUnavailable, "finder")


def test_a_folder_without_weights_is_refused(tmp_path: Path):
    with pytest.raises(FinderUnavailable, match="cannot be read"):
        Finder(tmp_path)


def test_the_shipped_network_is_small_and_says_what_it_is():
    assert (WEIGHTS / "model.safetensors").stat().st_size <= 2_000_000
    assert (WEIGHTS / "card.md").is_file()
    assert json.loads((WEIGHTS / "config.json").read_text())["family"] == "finder"


def test_the_shipped_network_sees_nobody_in_a_flat():
    assert Finder().find(np.full((300, 200, 3), 255, np.uint8)) == []
