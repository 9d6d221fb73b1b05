import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from data.labels import ATTRIBUTES
from data.vision.features import WEIGHTS, Features, FeaturesUnavailable
from data.vision.features.network import FeaturesConfig, FeaturesNetwork
from data.vision.features.seeing import PREFIX
from data.vision.requests import See, spoken
from tests.data.vision.damage import damaged_weights_are_refused, other_configs_are_refused

CONFIG = FeaturesConfig(tuple(ATTRIBUTES.items()), ("yaw", "age"), 32, (8, 8, 8, 8))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An untrained network on disk."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = FeaturesNetwork(CONFIG)
    tensors = {PREFIX + key: value.contiguous() for key, value in network.state_dict().items()}
    save_file(tensors, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({"family": "features", "network": CONFIG.to_json()}))
    return tmp_path


def pictures(*sizes: tuple[int, int]) -> list[np.ndarray]:
    return [np.random.default_rng(i).integers(0, 255, (*size, 3), np.uint8) for i, size in enumerate(sizes)]


def test_every_picture_of_any_size_gets_its_own_answer(folder: Path):
    features = Features(folder)
    mixed = pictures((32, 32), (7, 9), (200, 64), (32, 32), (1, 1))
    seen = features.see(mixed)
    assert len(seen) == 5
    for picture, answer in zip(mixed, seen, strict=True):
        alone = features.see([picture])[0]
        assert alone.embedding == pytest.approx(answer.embedding, abs=1e-5)
        assert set(answer.choices) == set(ATTRIBUTES)
        assert all(sum(chances.values()) == pytest.approx(1, abs=1e-5) for chances in answer.choices.values())
        assert tuple(answer.choices["hair"]) == ATTRIBUTES["hair"]
        assert float(np.linalg.norm(answer.embedding)) == pytest.approx(1, abs=1e-5)
        assert answer.embedding.dtype == np.float32


def test_what_is_seen_survives_the_way_to_the_bot(folder: Path):
    see = See(tuple(pictures((32, 32), (40, 40))))
    seen = Features(folder).see(see.pictures)
    heard = see.join([spoken(seen)])
    assert heard[1].numbers == pytest.approx(seen[1].numbers)
    assert heard[1].choices["hair"] == pytest.approx(seen[1].choices["hair"])


def test_features_are_differentiable_in_the_picture_at_any_size(folder: Path):
    features = Features(folder)
    x = torch.rand(2, 3, 48, 48, generator=torch.Generator().manual_seed(1)).requires_grad_()
    embedded = features.embed(x)
    assert embedded.shape == (2, CONFIG.dim)
    embedded.sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0
    assert [m.shape[1] for m in features.maps(torch.zeros(1, 3, 32, 32))] == list(CONFIG.widths)


def test_weights_that_do_not_fit_are_refused(folder: Path):
    damaged_weights_are_refused(folder, Features, FeaturesUnavailable, "numbers.weight")


def test_a_config_that_is_none_is_refused(folder: Path):
    other_configs_are_refused(folder, Features, FeaturesUnavailable, "features")


def test_a_folder_without_weights_is_refused(tmp_path: Path):
    with pytest.raises(FeaturesUnavailable, match="cannot be read"):
        Features(tmp_path)


@pytest.mark.skipif(not (WEIGHTS / "model.safetensors").exists(), reason="no weights are shipped yet")
def test_the_shipped_network_is_small_and_speaks_the_words_of_the_commands():
    assert (WEIGHTS / "model.safetensors").stat().st_size <= 2_000_000
    assert (WEIGHTS / "card.md").is_file()
    features = Features()
    choices = dict(features.config.choices)
    assert {name: choices[name] for name in ATTRIBUTES} == ATTRIBUTES
