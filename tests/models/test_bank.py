"""The labels that a seed has by itself."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from models.bank import labels_of
from models.registry import ModelVersion
from models.requests import Latent

NAMES = ["hair_l", "glasses"]


def _version(folder: Path, bank: np.ndarray | None, **config: object) -> ModelVersion:
    tensors = {"G_ema.other": np.zeros(3, np.float32)}
    save_file(tensors if bank is None else {"G_ema.c_bank": bank, **tensors}, folder / "model.safetensors")
    known = {"labels": NAMES, "network": {"z_dim": 8}, **config}
    (folder / "config.json").write_text(json.dumps(known))
    return ModelVersion("waifu", "starter", folder, known)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_they_are_those_that_the_model_itself_would_take(tmp_path: Path, dtype: type) -> None:
    bank = np.random.RandomState(0).randn(50, 2).astype(dtype)
    version = _version(tmp_path, bank)
    for seed in (0, 7, 2**32 - 1):
        expected = Latent(seed).c(8, NAMES, bank.astype(np.float32))
        assert list(labels_of(version, Latent(seed)).values()) == expected.tolist()
    assert labels_of(version, Latent(7).labelled({"glasses": 1.0}))["glasses"] == 1.0


def test_a_model_that_keeps_none_says_nothing(tmp_path: Path) -> None:
    assert labels_of(_version(tmp_path, None), Latent(7)) == {}


@pytest.mark.parametrize(
    "config", [{"labels": []}, {"labels": None}, {"labels": ["a", "b", "c"]}, {"network": {}}, {"network": None}]
)
def test_a_config_that_does_not_fit_says_nothing(tmp_path: Path, config: dict) -> None:
    assert labels_of(_version(tmp_path, np.zeros((5, 2), np.float32), **config), Latent(7)) == {}


def test_a_damaged_file_says_nothing(tmp_path: Path) -> None:
    version = _version(tmp_path, np.zeros((5, 2), np.float32))
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 100)
    assert labels_of(version, Latent(7)) == {}
    (tmp_path / "model.safetensors").unlink()
    assert labels_of(version, Latent(7)) == {}
