from typing import Any

import pytest
import torch

from models.stylegan.generator import Generator
from tests.models.stylegan import naive, tiny

KINDS: list[dict[str, Any]] = [
    {},
    {"g_architecture": "resnet", "conv_clamp": 0.9},
    {"g_architecture": "orig", "img_channels": 1, "resample_filter": (1.0, 2.0, 1.0)},
    {"c_dim": 3, "bank": 4, "resolution": 64, "mapping_layers": 3, "conv_clamp": 2.0},
    {"use_noise": False, "img_channels": 4, "resample_filter": (1.0, 4.0, 7.0, 7.0, 4.0, 1.0)},
]


def weights(G: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {key: value.double() for key, value in G.state_dict().items()}


@pytest.mark.parametrize("changes", KINDS)
@pytest.mark.parametrize("noise_mode", ["const", "none"])
@pytest.mark.parametrize(("trunc", "cutoff"), [(1.0, None), (0.5, None), (0.7, 3)])
def test_it_draws_what_the_papers_say(changes: dict[str, Any], noise_mode: Any, trunc: float, cutoff: int | None):
    G = tiny.generator(**changes)
    z = torch.randn(3, G.z_dim)
    c = torch.randn(3, G.c_dim) if G.c_dim else None
    p = weights(G)
    w = naive.mapping(p, G.config.mapping_layers, 0.01, z.double(), None if c is None else c.double())
    ws = w[:, None].repeat(1, G.num_ws, 1)
    ws[:, :cutoff] = p["mapping.w_avg"] + trunc * (ws[:, :cutoff] - p["mapping.w_avg"])
    wanted = naive.synthesis(p, G.config, ws, noise_mode == "const" and G.config.use_noise)
    torch.testing.assert_close(G(z, c, trunc, cutoff, noise_mode).double(), wanted, rtol=1e-5, atol=1e-4)


def test_every_style_enters_at_its_place():
    G = tiny.generator()
    ws = torch.randn(1, G.num_ws, G.w_dim)
    wanted = naive.synthesis(weights(G), G.config, ws.double(), False)
    torch.testing.assert_close(G.synthesis(ws, "none").double(), wanted, rtol=1e-5, atol=1e-4)
    for place in range(G.num_ws):
        other = ws.clone()
        other[:, place] = 0
        assert not torch.allclose(G.synthesis(other, "none"), G.synthesis(ws, "none")), place


def test_its_parts_have_the_names_of_the_files_that_people_exchange():
    keys = set(Generator(tiny.config(c_dim=3)).state_dict())
    for name in (
        "mapping.w_avg", "mapping.embed.weight", "mapping.fc1.bias", "synthesis.b4.const", "synthesis.b4.conv1.weight",
        "synthesis.b32.conv0.affine.bias", "synthesis.b32.conv1.noise_const", "synthesis.b8.conv0.noise_strength",
        "synthesis.b4.torgb.affine.weight",
    ):  # fmt: skip
        assert name in keys
    assert "synthesis.b8.skip.weight" in Generator(tiny.config(g_architecture="resnet")).state_dict()
    assert "synthesis.b8.torgb.weight" not in Generator(tiny.config(g_architecture="orig")).state_dict()


def test_random_noise_is_the_given_one():
    G = tiny.generator()
    ws = torch.randn(2, G.num_ws, G.w_dim)
    noise = torch.randn(2, G.synthesis.noise_size)
    once, again = (G.synthesis(ws, "random", noise) for _ in range(2))
    assert torch.equal(once, again)
    assert not torch.allclose(once, G.synthesis(ws, "random", noise.flip(0)))
    constant = torch.cat([conv.noise_const.flatten() for conv in G.synthesis.convs()]).expand(2, -1)
    torch.testing.assert_close(G.synthesis(ws, "random", constant), G.synthesis(ws, "const"))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_draws_about_the_same_in_float32(dtype: torch.dtype):
    G = tiny.generator(conv_clamp=256.0)
    ws = torch.randn(4, G.num_ws, G.w_dim)
    exact, half = G.synthesis(ws, "const"), G.synthesis(ws, "const", dtype=dtype)
    assert half.dtype == torch.float32
    assert float((half - exact).square().mean()) < 1e-4 * float(exact.square().mean())


def test_styles_too_large_for_float16_are_drawn_in_float16():
    G = tiny.generator()
    with torch.no_grad():
        G.synthesis.b16.conv1.affine.bias += 30_000.0  # type: ignore[union-attr,operator]
    ws = torch.randn(2, G.num_ws, G.w_dim)
    half = G.synthesis(ws, "const", dtype=torch.float16)
    assert bool(torch.isfinite(half).all())
    torch.testing.assert_close(half, G.synthesis(ws, "const"), rtol=0.05, atol=0.05)


def test_the_mean_of_w_follows_what_is_mapped():
    G = Generator(tiny.config(w_avg_beta=0.5))
    w = torch.randn(100, G.w_dim) + 3
    G.mapping.follow(w)
    torch.testing.assert_close(G.mapping.w_avg, w.mean(0) / 2)


def test_labels_that_are_missing_are_missed():
    with pytest.raises(ValueError, match="labels"):
        tiny.generator(c_dim=3)(torch.randn(1, 6))
