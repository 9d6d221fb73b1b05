import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from data.vision.finder import WEIGHTS, Finder, FinderUnavailable
from data.vision.finder.finding import PREFIX
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
    tensors = load_file(folder / "model.safetensors")
    key = PREFIX + "lateral.0.weight"

    def refused(changed: dict[str, torch.Tensor], reason: str) -> None:
        save_file(changed, folder / "model.safetensors")
        with pytest.raises(FinderUnavailable, match=reason):
            Finder(folder)

    refused({k: v for k, v in tensors.items() if k != key}, r"does not fit its config\.json: finder\.lateral")
    refused({**tensors, "other": torch.zeros(1)}, r"does not fit its config\.json: other")
    refused({**tensors, key: torch.zeros(1, 1)}, "lateral.0.weight is F32")
    refused({**tensors, key: tensors[key].to(torch.int64)}, "lateral.0.weight is I64")
    refused({**tensors, key: tensors[key] * torch.nan}, "not finite")
    (folder / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(FinderUnavailable, match="cannot be read"):
        Finder(folder)


@pytest.mark.parametrize("text", ["", "[]", '{"family": "dcgan"}', '{"family": "finder", "network": {"neck": 9}}'])
def test_a_config_that_is_none_is_refused(folder: Path, text: str):
    (folder / "config.json").write_text(text)
    with pytest.raises(FinderUnavailable):
        Finder(folder)


def test_a_folder_without_weights_is_refused(tmp_path: Path):
    with pytest.raises(FinderUnavailable, match="cannot be read"):
        Finder(tmp_path)


def test_the_shipped_network_is_small_and_says_what_it_is():
    assert (WEIGHTS / "model.safetensors").stat().st_size <= 2_000_000
    assert (WEIGHTS / "card.md").is_file()
    assert json.loads((WEIGHTS / "config.json").read_text())["family"] == "finder"


def test_the_shipped_network_sees_nobody_in_a_flat():
    assert Finder().find(np.full((300, 200, 3), 255, np.uint8)) == []
