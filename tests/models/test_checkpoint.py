import json
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from models.checkpoint import CheckpointError, load_model, save_model
from tests.models import tiny

WEIGHTS = "model.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny.store(tmp_path / "model")


def test_a_trained_network_saved_and_loaded_draws_the_same(tmp_path: Path):
    task = tiny.trained_a_little()
    tensors, config = task.export()
    save_model(tmp_path / "model", tensors, config)
    model = load_model(tmp_path / "model", ("G_ema", "D"))
    z = torch.randn(5, tiny.CONFIG.z_dim)
    with torch.no_grad():
        x = task.G_ema(z)
        assert torch.equal(model.modules["G_ema"](z), x)
        assert torch.equal(model.modules["D"](x), task.D.eval()(x))
    assert not any(module.training for module in model.modules.values())


def test_half_the_size_is_the_same_network_to_three_digits(tmp_path: Path):
    tensors, config = tiny.trained_a_little().export()
    save_model(tmp_path / "whole", tensors, config)
    save_model(tmp_path / "half", tensors, config, half=True)
    whole, half = (load_model(tmp_path / name).modules["G_ema"].state_dict() for name in ("whole", "half"))
    for key, value in half.items():
        assert value.dtype == whole[key].dtype
        torch.testing.assert_close(value, whole[key], rtol=1e-3, atol=1e-6)
    assert (tmp_path / "half" / WEIGHTS).stat().st_size < (tmp_path / "whole" / WEIGHTS).stat().st_size


def test_only_what_is_asked_for_is_loaded(folder: Path):
    assert set(load_model(folder).modules) == {"G_ema"}


def test_saving_over_a_model_leaves_one_whole_model(folder: Path):
    (folder / "stray.txt").write_text("old")
    tiny.store(folder, kimg=7)
    assert load_model(folder).config["kimg"] == 7
    assert sorted(path.name for path in folder.iterdir()) == ["card.md", "config.json", WEIGHTS]
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def change(folder: Path, **tensors: torch.Tensor | None) -> None:
    stored = load_file(folder / WEIGHTS)
    for key, value in tensors.items():
        if value is None:
            del stored[key]
        else:
            stored[key] = value
    save_file(stored, folder / WEIGHTS)


KEY = "G_ema.main.0.weight"  # (8, 8, 4, 4)


@pytest.mark.parametrize(
    ("tensors", "sentence"),
    [
        ({KEY: torch.zeros(8, 8, 4, 5)}, r"G_ema\.main\.0\.weight has the shape \(8, 8, 4, 5\), .* \(8, 8, 4, 4\)"),
        ({KEY: torch.zeros(8, 8, 4, 4, dtype=torch.float64)}, "G_ema.main.0.weight is of type F64"),
        ({KEY: torch.full((8, 8, 4, 4), torch.nan)}, "G_ema.main.0.weight holds values that are not finite"),
        ({KEY: None}, "lacks the tensor G_ema.main.0.weight"),
        ({"G_ema.main.9.weight": torch.zeros(1)}, "holds the unknown tensor G_ema.main.9.weight"),
        ({"E.weight": torch.zeros(1)}, "holds tensors of E, which its network does not have"),
    ],
)
def test_tensors_that_do_not_fit_the_config_are_refused(folder: Path, tensors: dict, sentence: str):
    change(folder, **tensors)
    with pytest.raises(CheckpointError, match=sentence):
        load_model(folder)


def test_a_model_without_g_ema_is_refused(folder: Path):
    change(folder, **{key: None for key in load_file(folder / WEIGHTS) if key.startswith("G_ema.")})
    with pytest.raises(CheckpointError, match="holds no G_ema"):
        load_model(folder)


@pytest.mark.parametrize("length", [0, 4, 200, -1])
def test_a_truncated_file_is_refused(folder: Path, length: int):
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:length])
    with pytest.raises(CheckpointError, match=r"cannot be read|no safetensors"):
        load_model(folder)


def test_a_header_of_an_exabyte_is_refused(folder: Path):
    (folder / WEIGHTS).write_bytes(struct.pack("<Q", 2**60) + b"{}")
    with pytest.raises(CheckpointError, match="no safetensors file: its header would be"):
        load_model(folder)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ("no json", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "is not a JSON object"),
        ('{"a": "' + "x" * 1_000_000 + '"}', "is larger than"),
        ('{"family": "vae"}', "no family of networks is called 'vae'"),
        ('{"family": "dcgan"}', "describes no network"),
        ('{"family": "dcgan", "network": []}', "describes no network"),
        (json.dumps({"family": "dcgan", "network": {"resolution": 96, "z_dim": 10**12, "widths": [8]}}), "no network"),
    ],
)
def test_a_config_that_describes_no_network_is_refused(folder: Path, config: str, sentence: str):
    (folder / "config.json").write_text(config)
    with pytest.raises(CheckpointError, match=sentence):
        load_model(folder)


def test_a_huge_network_in_the_config_is_refused_before_it_takes_memory(folder: Path):
    network = {"resolution": 1024, "z_dim": 4096, "widths": [4096] * 8}  # 14 GB of float32
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "network": network}))
    with pytest.raises(CheckpointError, match="lacks the tensor"):
        load_model(folder)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_model(tmp_path / "nothing")


def test_weights_that_half_cannot_hold_are_not_stored_in_it(tmp_path: Path):
    with pytest.raises(CheckpointError, match="does not fit into float16"):
        save_model(tmp_path / "model", {"G_ema.w": torch.full((2, 2), 1e6)}, {}, half=True)
    assert not (tmp_path / "model").exists()
