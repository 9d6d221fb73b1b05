import numpy as np
import pytest
import torch
from torch import nn

from models.dcgan.network import DCGANConfig, Generator
from models.dcgan.tuned import TunedDCGAN, fold
from tests.models import tiny

CPU = torch.device("cpu")


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Of uint8 pictures, in dB."""
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((a.astype(float) - b.astype(float)) ** 2))))


def used(G: nn.Module, z_dim: int) -> nn.Module:
    """With the BatchNorm statistics of its own activations, as in a trained network, and pictures of full contrast."""
    norms = [m for m in G.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.uniform_(norm.bias, -0.5, 0.5)
    with torch.no_grad():
        G.train()(torch.randn(64, z_dim))
        last = [m for m in G.modules() if isinstance(m, nn.ConvTranspose2d)][-1]
        last.weight /= G.eval()(torch.randn(64, z_dim)).atanh().std()
    return G.requires_grad_(False)


@pytest.mark.parametrize("resolution", [96, 128])
def test_the_tuned_generator_draws_what_the_plain_one_draws(resolution: int):
    torch.manual_seed(0)
    G = used(Generator(DCGANConfig.of(resolution)), 100)
    z = torch.randn(8, 100)
    plain = (G(z) * 127.5 + 128).clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
    assert plain.std() > 60
    assert psnr(TunedDCGAN(G, CPU).pixels(z).numpy(), plain) >= 40
    assert psnr(TunedDCGAN(G, CPU, "float32").pixels(z).numpy(), plain) >= 60


def test_folding_takes_every_batchnorm_away_and_changes_nothing():
    torch.manual_seed(0)
    G = used(Generator(tiny.CONFIG), tiny.CONFIG.z_dim)
    z = torch.randn(4, tiny.CONFIG.z_dim)
    folded = fold(G.main)  # type: ignore[arg-type]
    assert not any(isinstance(m, nn.BatchNorm2d) for m in folded)
    torch.testing.assert_close(folded(z[:, :, None, None]), G(z), rtol=1e-4, atol=1e-5)
    assert any(isinstance(m, nn.BatchNorm2d) for m in G.modules())


def test_pixels_are_contiguous_bytes_in_reading_order():
    pixels = TunedDCGAN(tiny.task().G, CPU).pixels(torch.randn(3, tiny.CONFIG.z_dim))
    assert pixels.shape == (3, 16, 16, 3)
    assert pixels.dtype == torch.uint8
    assert pixels.is_contiguous()


def test_the_tuned_generator_with_labels_draws_what_the_plain_one_draws():
    task = tiny.labelled_task()
    for i in range(30):
        task.step(tiny.labelled(np.arange(tiny.BATCH) + i), i * tiny.BATCH)
    task.export()
    z, c = torch.randn(8, 8), torch.randn(8, 3)
    with torch.no_grad():
        plain = (task.G_ema(z, c) * 127.5 + 128).clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
    tuned = TunedDCGAN(task.G_ema, CPU, "float32")
    assert psnr(tuned.pixels(z, c).numpy(), plain) >= 60
    assert psnr(TunedDCGAN(task.G_ema, CPU).pixels(z, c).numpy(), plain) >= 35
    with pytest.raises(ValueError, match="needs labels"):
        tuned.pixels(z)
