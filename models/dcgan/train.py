"""DCGAN in training."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from models.dcgan.learning import Kind, Learner
from models.dcgan.network import DCGANConfig, Discriminator, Generator
from models.dcgan.options import DCGANOptions
from models.dcgan.steering import Steering
from models.dcgan.tuned import TunedDCGAN
from models.judging import calibrated
from models.precision import training_dtype
from models.requests import Latent
from models.training import beginning
from models.training.average import beta
from models.training.diffaugment import chosen, parse
from models.training.graphs import Graphed
from models.training.labelled import Batch, bank, evenly, inputs
from models.training.randomness import noise

PREVIEW_SEEDS = tuple(range(64))


class DCGANTask:
    """See `models.training.task.Task`. Batches are uint8 (N, H, W, 3), or `Labelled` where the network has labels.

    `total` is the run's length in images, along which the learning rate changes. `names` are the labels', "" where one
    cannot be asked for, and `vectors` float32 (n, c_dim) those of the training set, of which the network takes a bank
    along.
    """

    def __init__(
        self,
        config: DCGANConfig,
        options: DCGANOptions,
        seed: int,
        device: str = "cpu",
        total: int = 0,
        names: Sequence[str] = (),
        vectors: np.ndarray | None = None,
    ) -> None:
        if (len(names), vectors is not None) != (config.c_dim, config.c_dim > 0):
            raise ValueError(
                f"a network with c_dim {config.c_dim} needs as many names, and vectors where there are any"
            )
        self.config = config
        self.options = options
        self.seed = seed
        self.total = total
        self.names = tuple(names)
        self.device = torch.device(device)
        self.dtype = training_dtype(self.device)
        self._policies = parse(options.aug)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            G, D = Generator(config), Discriminator(config)
        read_weights = None
        if vectors is not None:
            G.c_bank.copy_(bank(vectors, config.bank, seed))
            read_weights = torch.from_numpy(evenly(vectors)).to(self.device)  # (c_dim,)
        self.G = G.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.D = D.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.G_ema = copy.deepcopy(self.G).eval().requires_grad_(False)
        self.steering = Steering()
        self.modules: Mapping[str, nn.Module] = {"G": self.G, "D": self.D, "G_ema": self.G_ema}
        if options.steer:
            self.modules = {**self.modules, "steering": self.steering}
        self._learner = Learner(self.G, self.D, self.G_ema, options, self.dtype, read_weights)
        self.optimizers = self._learner.optimizers
        # Steering looks at the losses of every step, so that nothing would be gained.
        self._learn = Graphed(self._learner.learn, self.device, enabled=not options.steer)
        self._calibrated = False

    def start_from(self, modules: Mapping[str, nn.Module]) -> None:
        """See `models.training.beginning`."""
        beginning.start_from(self.G, self.G_ema, self.D, modules)

    def step(self, batch: Batch, nimg: int) -> Mapping[str, torch.Tensor]:
        options, number = self.options, nimg // self.options.batch
        d_learns = number % options.d_every == 0 and not (options.steer and self.steering.d_waits)
        g_learns = number % options.g_every == 0 and not (options.steer and self.steering.g_waits)
        kind = Kind(d_learns, g_learns, d_learns and options.gamma > 0 and number % options.r1_every == 0)
        self._calibrated = False
        self._set_rate(nimg)
        losses = self._learn(kind, self.inputs(kind, batch, nimg))
        if options.steer:
            loss_D, loss_G, gap = (float(losses[name]) for name in ("loss_D", "loss_G", "gap"))
            self.steering.watch(loss_D, loss_G, gap, len(batch))
        return losses

    def inputs(self, kind: Kind, batch: Batch, nimg: int) -> dict[str, torch.Tensor]:
        """What the step that begins at `nimg` images learns from, all its chance in it. On the CPU."""
        options, chance, n = self.options, noise(self.seed, nimg), len(batch)
        found = inputs(batch, self.names, options.mirror, chance)
        found["z"] = torch.randn(n, self.config.z_dim, generator=chance)
        uses = ["real", "fake", *(["R1"] if kind.penalty else []), *(["G"] if kind.g_learns else [])]
        for use in uses:
            changes = chosen(self._policies, n, self.config.resolution, chance)
            found |= {f"{use}.{name}": value for name, value in changes.items()}
        kept = beta(nimg + n, n * options.g_every, options.ema_kimg, options.ema_rampup)
        return {**found, "beta": torch.tensor(kept)}

    def preview(self) -> np.ndarray:
        """uint8 (64, H, W, 3): G_ema on the preview seeds."""
        self._calibrate()
        latents = [Latent(seed) for seed in PREVIEW_SEEDS]
        z = torch.from_numpy(np.stack([latent.z(self.config.z_dim) for latent in latents])).to(self.device)
        c = None
        if self.config.c_dim:
            rows = self.G_ema.c_bank.cpu().numpy()
            vectors = np.stack([latent.c(self.config.z_dim, self.names, rows) for latent in latents])
            c = torch.from_numpy(vectors).to(self.device)
        with torch.inference_mode(), self._learner.autocast():
            x = self.G_ema(z, c).float()  # (N, 3, H, W)
        return (x * 127.5 + 128).clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()

    def export(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        self._calibrate()
        kept = {"G_ema": self.G_ema, "D": self.D}
        tensors = {
            f"{name}.{key}": value for name, module in kept.items() for key, value in module.state_dict().items()
        }
        config = {
            "family": "dcgan",
            "network": self.config.to_json(),
            "labels": [*self.names],
            "preview_seeds": [*PREVIEW_SEEDS],
        }
        return tensors, config

    def calibration(self, feed: Callable[[np.ndarray], Any], count: int, pictures: int = 1024) -> dict[str, Any]:
        """What a model's config says of its D: percentiles of the logits of real pictures and of its own drawings, and
        with labels what D makes of each of them.

        `feed` gives the batch for an int64 array of indices below `count`. See `models.judging`.
        """
        self._calibrate()
        D, G = copy.deepcopy(self.D).eval(), TunedDCGAN(self.G_ema, self.device)
        known = calibrated(D, G.synthesize, self.config.z_dim, G.bank, feed, count, self.seed, self.device, pictures)
        return {"logits": known}

    def _set_rate(self, nimg: int) -> None:
        rate = self.options.rate(nimg / self.total if self.total else 0.0)
        if self.options.steer:
            rate *= float(self.steering.factor)
        self._learner.set_rate(rate)

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
        vectors = self.G_ema.c_bank if self.config.c_dim else torch.zeros(1, 0)
        self.G_ema.train()
        with self._learner.autocast():
            for _ in range(batches):
                z = torch.randn(size, self.config.z_dim, generator=chance).to(self.device)
                rows = torch.randint(len(vectors), (size,), generator=chance).to(self.device)
                self.G_ema(z, vectors[rows] if self.config.c_dim else None)
        self.G_ema.eval()
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        self._calibrated = True
