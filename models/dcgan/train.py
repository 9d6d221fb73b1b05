"""DCGAN in training."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from models.dcgan.losses import d_loss, g_loss
from models.dcgan.network import DCGANConfig, Discriminator, Generator
from models.precision import training_dtype
from models.training.randomness import noise

PREVIEW_SEEDS = tuple(range(64))


@dataclass(frozen=True, slots=True)
class DCGANOptions:
    batch: int = 64  # images a step
    lr: float = 2e-4  # Adam's, of G and D
    betas: tuple[float, float] = (0.5, 0.99)
    ema_kimg: float = 10.0  # half-life of G_ema's average
    ema_rampup: float = 0.05  # at first the half-life is this part of the run so far; StyleGAN2's EMA rampup
    mirror: bool = False  # flip half of the pictures

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "betas": list(self.betas)}


PRESETS = {
    "plain": DCGANOptions(batch=64, lr=2e-4, betas=(0.5, 0.99), ema_kimg=10.0, ema_rampup=0.05, mirror=False),
}


class DCGANTask:
    """See `models.training.task.Task`. Batches are uint8 (N, H, W, 3)."""

    def __init__(self, config: DCGANConfig, options: DCGANOptions, seed: int, device: str = "cpu") -> None:
        self.config = config
        self.options = options
        self.seed = seed
        self.device = torch.device(device)
        self.dtype = training_dtype(self.device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            G, D = Generator(config), Discriminator(config)
        self.G = G.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.D = D.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.G_ema = copy.deepcopy(self.G).eval().requires_grad_(False)
        self.modules: Mapping[str, nn.Module] = {"G": self.G, "D": self.D, "G_ema": self.G_ema}
        self.optimizers: Mapping[str, torch.optim.Optimizer] = {
            "G": torch.optim.Adam(self.G.parameters(), options.lr, options.betas),
            "D": torch.optim.Adam(self.D.parameters(), options.lr, options.betas),
        }
        self._calibrated = False

    def start_from(self, modules: dict[str, nn.Module]) -> None:
        """Begin with the weights of G_ema, and of D where it was kept, of another model of the same config."""
        for module in (self.G, self.G_ema):
            module.load_state_dict(modules["G_ema"].state_dict())
        if "D" in modules:
            self.D.load_state_dict(modules["D"].state_dict())

    def step(self, batch: np.ndarray, nimg: int) -> dict[str, torch.Tensor]:
        chance = noise(self.seed, nimg)
        real = self._real(batch, chance)  # (N, 3, H, W)
        z = torch.randn(len(batch), self.config.z_dim, generator=chance).to(self.device)  # (N, z_dim)
        self._calibrated = False

        with self._autocast():
            fake = self.G(z)  # (N, 3, H, W); its graph serves G's step below
            loss_D = d_loss(self.D(real), self.D(fake.detach()))
        self._descend("D", loss_D)

        self.D.requires_grad_(False)  # saves the gradients of D's weights, a third of the backward pass
        with self._autocast():
            loss_G = g_loss(self.D(fake))
        self._descend("G", loss_G)
        self.D.requires_grad_(True)

        self._average(nimg + len(batch), len(batch))
        return {"loss_D": loss_D.detach(), "loss_G": loss_G.detach()}

    def preview(self) -> np.ndarray:
        """uint8 (64, H, W, 3): G_ema on the preview seeds."""
        self._calibrate()
        z = np.concatenate([np.random.RandomState(seed).randn(1, self.config.z_dim) for seed in PREVIEW_SEEDS])
        with torch.inference_mode(), self._autocast():
            x = self.G_ema(torch.from_numpy(z).float().to(self.device)).float()  # (N, 3, H, W)
        return (x * 127.5 + 128).clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()

    def export(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        self._calibrate()
        kept = {"G_ema": self.G_ema, "D": self.D}
        tensors = {
            f"{name}.{key}": value for name, module in kept.items() for key, value in module.state_dict().items()
        }
        config = {"family": "dcgan", "network": self.config.to_json(), "labels": [], "preview_seeds": [*PREVIEW_SEEDS]}
        return tensors, config

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def _real(self, batch: np.ndarray, chance: torch.Generator) -> torch.Tensor:
        """uint8 (N, H, W, 3) -> float (N, 3, H, W) in -1…1; NHWC seen as NCHW is channels-last already."""
        x = torch.from_numpy(batch).to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1
        if self.options.mirror:
            flip = (torch.rand(len(batch), 1, 1, 1, generator=chance) < 0.5).to(self.device)
            x = torch.where(flip, x.flip(3), x)
        return x

    def _descend(self, name: str, loss: torch.Tensor) -> None:
        self.optimizers[name].zero_grad(set_to_none=True)
        loss.backward()
        self.optimizers[name].step()

    @torch.no_grad()
    def _average(self, nimg: int, batch: int) -> None:
        """Karras et al. 2018 (https://arxiv.org/abs/1710.10196), section 2, with StyleGAN2's ramp-up."""
        half_life = min(self.options.ema_kimg * 1000, self.options.ema_rampup * nimg)
        beta = 0.5 ** (batch / half_life)
        for average, value in zip(self.G_ema.parameters(), self.G.parameters(), strict=True):
            average.lerp_(value, 1 - beta)

    @torch.no_grad()
    def _calibrate(self, batches: int = 16, size: int = 128) -> None:
        """Measure G_ema's BatchNorm statistics on fresh latents.

        Averaged weights have activations of their own; G's running statistics fit neither them nor each other, as
        each was taken while the weights moved.
        """
        if self._calibrated:
            return
        norms = [module for module in self.G_ema.modules() if isinstance(module, nn.BatchNorm2d)]
        momenta = [norm.momentum for norm in norms]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain mean over all batches
        chance = noise(self.seed, 0)
        self.G_ema.train()
        with self._autocast():
            for _ in range(batches):
                self.G_ema(torch.randn(size, self.config.z_dim, generator=chance).to(self.device))
        self.G_ema.eval()
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        self._calibrated = True
