"""Imported networks draw what the originals draw, worked out in double precision by `originals`."""

import dataclasses
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.checkpoint import load_model, save_model
from models.families import build, tuned
from models.foreign.errors import Unreadable
from models.stylegan.importers import Imported, import_checkpoint
from tests.models.stylegan import files, originals

RESOLUTION = 32
WIDTHS = {4: 8, 8: 8, 16: 6, 32: 3}
SEEDS = (0, 7, 2**32 - 1)
Z = np.concatenate([np.random.RandomState(seed).randn(1, 8) for seed in SEEDS])
LIMIT = 1e-4
PLAIN = originals.Manner()


def weights(**options: Any) -> dict[str, np.ndarray]:
    return originals.weights_of(RESOLUTION, WIDTHS, **options)


def generator(model: Imported, name: str = "G_ema") -> Any:
    module = build(model.config)[name]
    tensors = {key.removeprefix(f"{name}."): value for key, value in model.tensors.items()}
    module.load_state_dict({key: tensors[key] for key in module.state_dict()})
    return module.eval()


def drawn(
    G: Any, z: np.ndarray, c: np.ndarray | None = None, psi: float = 1.0, cutoff: int | None = None, noise: bool = True
) -> np.ndarray:
    """What `sample --precision float32` draws."""
    fast: Any = tuned(G, torch.device("cpu"), "float32")
    labels = None if c is None else torch.from_numpy(c).float()
    ws = fast.ws(torch.from_numpy(z).float(), labels, psi, cutoff)
    return fast.styled(ws, "const" if noise else "none").numpy()


def check(
    path: Path, expected: originals.Weights, manner: originals.Manner = PLAIN, c: np.ndarray | None = None
) -> Imported:
    """The file draws as `expected` does, at every truncation, with and without noise."""
    model = import_checkpoint(path)
    G = generator(model)
    for psi, cutoff in ((1.0, None), (0.5, None), (0.7, 4)):
        for noise in (True, False):
            want = originals.drawn(expected, Z, c, psi, cutoff, noise, manner)
            found = drawn(G, Z, c, psi, cutoff, noise)
            assert np.abs(found - want).max() <= LIMIT
            assert np.abs(want).max() > 0.1
    return model


@pytest.mark.parametrize("architecture", ["skip", "resnet", "orig"])
@pytest.mark.parametrize("clamp", [None, 1.5])
def test_a_snapshot_draws_as_the_original(tmp_path: Path, architecture: str, clamp: float | None):
    manner = originals.Manner(architecture, clamp)
    given = weights(architecture=architecture)
    check(files.snapshot(tmp_path / "a.pkl", given, manner), given, manner)


@pytest.mark.parametrize("flat", [False, True])
def test_what_its_layers_do_not_say_the_arguments_say(tmp_path: Path, flat: bool):
    manner = originals.Manner(clamp=0.8, taps=(1, 2, 1), lr_multiplier=0.02)
    given = weights()
    check(files.snapshot(tmp_path / "a.pkl", given, manner, attributes=False, flat=flat), given, manner)


@pytest.mark.parametrize("taps", [(1, 1), (1, 2, 1), (1, 4, 6, 4, 1), (1, 2, 3, 4)])
def test_other_filters_are_taken_from_the_file(tmp_path: Path, taps: tuple[int, ...]):
    given, manner = weights(), originals.Manner(taps=taps)
    model = check(files.snapshot(tmp_path / "a.pkl", given, manner), given, manner)
    assert model.config["network"]["resample_filter"] == pytest.approx(list(taps), rel=1e-3)


@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_labels_are_classes_by_number(tmp_path: Path, protocol: int):
    given = weights(c_dim=5)
    model = check(files.snapshot(tmp_path / "a.pkl", given, protocol=protocol), given, c=np.eye(5)[[0, 3, 2]])
    assert model.config["labels"] == [""] * 5
    torch.testing.assert_close(model.tensors["G_ema.c_bank"], torch.eye(5))


@pytest.mark.parametrize("colours", [1, 3, 4])
@pytest.mark.parametrize("resolution", [8, 64])
def test_sizes_are_read_off_the_weights(tmp_path: Path, colours: int, resolution: int):
    widths = {4: 8, 8: 8, 16: 6, 32: 3, 64: 1} if resolution == 64 else {4: 8, 8: 8}
    given = originals.weights_of(resolution, widths, colours=colours, z_dim=5, w_dim=6, layers=3)
    model = import_checkpoint(files.snapshot(tmp_path / "a.pkl", given))
    z = np.random.RandomState(0).randn(2, 5)
    found = drawn(generator(model), z)
    assert np.abs(found - originals.drawn(given, z)).max() <= LIMIT


def test_all_networks_of_a_snapshot_can_be_used(tmp_path: Path):
    given, other, D = weights(), weights(seed=1), files.discriminator_of(RESOLUTION, WIDTHS)
    model = import_checkpoint(files.snapshot(tmp_path / "a.pkl", given, G=other, D=D))
    save_model(tmp_path / "model", model.tensors, model.config, model.card)
    stored = load_model(tmp_path / "model", ("G_ema", "G", "D")).modules
    for name, expected in (("G_ema", given), ("G", other)):
        found = drawn(stored[name], Z)
        assert np.abs(found - originals.drawn(expected, Z)).max() <= LIMIT
    for key, value in stored["D"].state_dict().items():
        np.testing.assert_array_equal(value.numpy(), D[key])


def test_g_can_take_the_place_of_a_missing_g_ema(tmp_path: Path):
    given = weights()
    path = files.snapshot(tmp_path / "a.pkl", weights(seed=1), G=given, G_ema=None)
    with pytest.raises(Unreadable, match=r"holds no G_ema.*--use G"):
        import_checkpoint(path)
    G = generator(import_checkpoint(path, "G"))
    found = drawn(G, Z)
    assert np.abs(found - originals.drawn(given, Z)).max() <= LIMIT


def rosinality(path: Path, value: Any, *, legacy: bool = False) -> Path:
    torch.save(value, path, _use_new_zipfile_serialization=not legacy)
    return path


@pytest.mark.parametrize("legacy", [False, True])
def test_a_converted_file_of_rosinality_draws_as_the_original(tmp_path: Path, legacy: bool):
    given = weights()
    value = {"g_ema": files.rosinality(given), "latent_avg": torch.from_numpy(given["mapping.w_avg"])}
    check(rosinality(tmp_path / "a.pt", value, legacy=legacy), given)


@pytest.mark.parametrize("legacy", [False, True])
def test_a_training_file_of_rosinality_brings_all_its_networks(tmp_path: Path, legacy: bool):
    given, D = weights(), files.discriminator_of(RESOLUTION, WIDTHS)
    module = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(module.parameters()).state_dict()
    value = {
        "g": files.rosinality(weights(seed=1)), "d": files.rosinality_discriminator(D),
        "g_ema": files.rosinality(given),
        "g_optim": optimizer, "d_optim": optimizer, "args": files.training_arguments(), "ada_aug_p": 0.1,
    }  # fmt: skip
    model = import_checkpoint(rosinality(tmp_path / "550000.pt", value, legacy=legacy))
    # No latent_avg is in it: the mean of w is that of many, which may stand for itself in what is compared.
    w_avg = model.tensors["G_ema.mapping.w_avg"].numpy()
    check(tmp_path / "550000.pt", {**given, "mapping.w_avg": w_avg})
    few = np.random.RandomState(5).randn(4000, 8)
    mean = np.mean([originals.mapped(given, z, None, 1.0, None, PLAIN)[0] for z in few], 0)
    np.testing.assert_allclose(w_avg, mean, atol=0.1)
    assert {name.partition(".")[0] for name in model.tensors} == {"G_ema", "G", "D"}
    np.testing.assert_array_equal(model.tensors["D.b16.conv1.weight"].numpy(), D["b16.conv1.weight"])
    assert any("no mean of w for G_ema" in sentence for sentence in model.said)


def test_a_bare_state_dict_of_rosinality_is_a_generator(tmp_path: Path):
    given = weights()
    bare = files.rosinality(given, noises=False)
    model = import_checkpoint(rosinality(tmp_path / "a.pt", {f"module.{key}": value for key, value in bare.items()}))
    found = drawn(generator(model), Z, noise=False)
    assert np.abs(found - originals.drawn(given, Z, noise=False)).max() <= LIMIT
    assert any("no constant noise" in sentence for sentence in model.said)


@pytest.mark.parametrize("alone", [False, True])
def test_a_bare_state_dict_in_nvidias_names_is_a_generator(tmp_path: Path, alone: bool):
    given = weights()
    state = {key: torch.from_numpy(value) for key, value in files.with_filters(given, PLAIN.taps).items()}
    check(rosinality(tmp_path / "a.pt", state if alone else {"G_ema": state}), given)


@pytest.mark.parametrize("architecture", ["skip", "resnet"])
def test_a_file_of_the_tensorflow_era_draws_as_the_original(tmp_path: Path, architecture: str):
    given, manner = weights(architecture=architecture), originals.Manner(architecture, 1.5)
    D = files.discriminator_of(RESOLUTION, WIDTHS)
    path = files.tensorflow(tmp_path / "a.pkl", given, D, architecture=architecture, conv_clamp=1.5)
    model = check(path, given, manner)
    assert any(sentence.startswith("D is left out: it clamps") for sentence in model.said)
    check(files.tensorflow(tmp_path / "b.pkl", given, architecture=architecture, conv_clamp=1.5), given, manner)


def test_d_of_the_tensorflow_era_comes_along(tmp_path: Path):
    D = files.discriminator_of(RESOLUTION, WIDTHS)
    model = import_checkpoint(files.tensorflow(tmp_path / "a.pkl", weights(), D))
    for key, value in D.items():
        np.testing.assert_array_equal(model.tensors[f"D.{key}"].numpy(), value)


def test_a_discriminator_of_another_kind_is_left_out_and_said(tmp_path: Path):
    path = tmp_path / "a.pkl"
    with files.nvidia_names() as names:
        D = files.module_of(names, {"x.weight": np.zeros((1, 1), np.float32)}, {}, {}, "ProjectedDiscriminator")
        G_ema = files.module_of(names, weights(), {}, files.kwargs_of(weights(), PLAIN))
        path.write_bytes(pickle.dumps({"G_ema": G_ema, "D": D}))
    model = import_checkpoint(path)
    assert "D is left out: it is a ProjectedDiscriminator, which is none of StyleGAN2's." in model.said
    D = files.discriminator_of(RESOLUTION, {**WIDTHS, 16: 5})
    model = import_checkpoint(files.snapshot(path, weights(), D=D))
    assert any(sentence.startswith("D is left out: it holds D.b32.conv1.") for sentence in model.said)


def broken(**changes: np.ndarray | None) -> dict[str, np.ndarray]:
    found: dict[str, Any] = {**weights(), **{name.replace("/", "."): value for name, value in changes.items()}}
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (broken(**{"synthesis.b8.conv1.bias": np.full(8, np.nan, np.float32)}), "not finite"),
        (broken(**{"mapping.w_avg": np.full(8, np.inf, np.float32)}), "G_ema.mapping.w_avg holds values"),
        (broken(**{"synthesis.b8.conv1.bias": None}), "lacks the tensor G_ema.synthesis.b8.conv1.bias"),
        (broken(**{"synthesis.b8.conv1.bias": np.zeros(9, np.float32)}), r"in the shape \(9,\), not \(8,\)"),
        (broken(**{"synthesis.b8.more": np.zeros(9, np.float32)}), "holds the unknown tensor"),
        (broken(**{"mapping.fc0.weight": None}), "lacks the tensor mapping.fc0.weight"),
        (broken(**{"synthesis.b16.conv1.weight": None}), "it draws at 4, 8, 32 px"),
        (broken(**{"synthesis.b16.conv1.weight": np.zeros((9, 9, 3, 3), np.float32)}), "channel_base"),
        (broken(**{"synthesis.input.freqs": np.zeros((8, 2), np.float32)}), "is a StyleGAN3 network"),
        (broken(**{"synthesis.L3_52_512.magnitude_ema": np.zeros((), np.float32)}), "is a StyleGAN3 network"),
    ],
)
def test_a_snapshot_that_cannot_draw_is_refused(tmp_path: Path, given: dict[str, np.ndarray], sentence: str):
    path = tmp_path / "a.pkl"
    with files.nvidia_names() as names:
        kwargs = files.kwargs_of(weights(), PLAIN)
        path.write_bytes(pickle.dumps({"G_ema": files.module_of(names, given, {}, kwargs)}))
    with pytest.raises(Unreadable, match=sentence):
        import_checkpoint(path)


def test_what_is_built_of_other_parts_is_refused(tmp_path: Path):
    path = tmp_path / "a.pkl"
    with files.nvidia_names() as names:
        for kind, version, settings, sentence in (
            ("Generator", 5, {}, "another version"),
            ("StyleGANXL", 6, {}, "called StyleGANXL"),
            ("Generator", 6, {"activation": "relu"}, "activation relu"),
        ):
            made = files.module_of(names, weights(), settings, files.kwargs_of(weights(), PLAIN), kind, version)
            path.write_bytes(pickle.dumps({"G_ema": made}))
            with pytest.raises(Unreadable, match=sentence):
                import_checkpoint(path)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"model": {}}, "no StyleGAN2 network"),
        ([1, 2, 3], "no StyleGAN2 network"),
        (files.rosinality_discriminator(files.discriminator_of(8, {4: 4, 8: 4})), "a discriminator and no generator"),
        ({"g": files.rosinality(weights())}, "holds no G_ema"),
        ({**files.rosinality(weights()), "iwt.ll": torch.zeros(2, 2)}, "unknown tensor iwt.ll"),
        ({**files.rosinality(weights()), "style.1.weight": "text"}, "something else than numbers as style.1.weight"),
        ({"synthesis.input.freqs": torch.zeros(3, 2), "synthesis.L0_36_1024.weight": torch.zeros(1)}, "StyleGAN3"),
    ],
)
def test_a_torch_file_of_something_else_is_refused(tmp_path: Path, value: Any, sentence: str):
    with pytest.raises(Unreadable, match=sentence):
        import_checkpoint(rosinality(tmp_path / "a.pt", value))


def test_networks_older_than_stylegan2_are_refused(tmp_path: Path):
    path = tmp_path / "a.pkl"
    with files.nvidia_names() as names:
        network = names.Network()
        network.__dict__ = {"version": 3, "static_kwargs": {}, "variables": [], "components": {}}
        path.write_bytes(pickle.dumps((network, network, network)))
    with pytest.raises(Unreadable, match="StyleGAN2 is what can be imported"):
        import_checkpoint(path)
    with pytest.raises(Unreadable, match="has the setting fused_modconv_x"):
        import_checkpoint(files.tensorflow(path, weights(), fused_modconv_x=True))


def test_the_model_says_where_it_came_from(tmp_path: Path):
    path = files.snapshot(tmp_path / "network-snapshot.pkl", weights())
    model = import_checkpoint(path)
    assert model.config["imported"]["file"] == "network-snapshot.pkl"
    assert model.config["imported"]["sha256"] in model.card
    assert model.config["parent"] is None
    assert dataclasses.asdict(model)["said"][0].startswith("StyleGAN2 at 32 px: G_ema from NVIDIA's PyTorch code")
