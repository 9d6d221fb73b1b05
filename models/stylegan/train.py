"""StyleGAN2 in training."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from models.judging import calibrated
from models.precision import training_dtype
from models.requests import Latent
from models.stylegan import ada
from models.stylegan.config import StyleGANConfig
from models.stylegan.discriminator import Discriminator
from models.stylegan.generator import Generator
from models.stylegan.learning import WHOLE, Kind, Learner, PathLength
from models.stylegan.options import StyleGANOptions
from models.training import beginning, diffaugment, several
from models.training.average import beta
from models.training.graphs import Graphed
from models.training.labelled import Batch, bank, evenly, inputs, parts, real
from models.training.projected import Projected
from models.training.randomness import noise
from models.tuning import to_pixels

PREVIEW_SEEDS = tuple(range(64))
PREVIEW_TRUNC = 0.7
AT_ONCE = 2**20  # pixels of drawings that nobody learns from, at a time


class StyleGANTask:
    """See `models.training.task.Task`. Batches are uint8 (N, H, W, C), or `Labelled` where the network has labels.

    `total` is the run's length in images, along which the learning rate changes. `names` are the labels', "" where one
    cannot be asked for, and `vectors` float32 (n, c_dim) those of the training set, of which the network takes a bank
    along. `keep` are the networks that its model keeps beside G_ema. `say` is told what the person who trains should
    know.
    """

    def __init__(
        self,
        config: StyleGANConfig,
        options: StyleGANOptions,
        seed: int,
        device: str = "cpu",
        total: int = 0,
        names: Sequence[str] = (),
        vectors: np.ndarray | None = None,
        keep: Sequence[str] = ("D",),
        say: Callable[[str], None] = print,
    ) -> None:
        if (len(names), vectors is not None) != (config.c_dim, config.c_dim > 0):
            raise ValueError(
                f"a network with c_dim {config.c_dim} needs as many names, and vectors where there are any"
            )
        self.config, self.options, self.seed, self.total = config, options, seed, total
        self.names, self.keep, self._say = tuple(names), tuple(keep), say
        self.device = torch.device(device)
        self.dtype = training_dtype(self.device)
        self._policies = () if options.aug == "ada" else diffaugment.parse(options.aug)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            G, D = Generator(config), Discriminator(config)
            projected = Projected() if options.projected else None
        read_weights = None
        if vectors is not None:
            G.c_bank.copy_(bank(vectors, config.bank, seed))
            read_weights = torch.from_numpy(evenly(vectors)).to(self.device)  # (c_dim,)
        D.freeze(options.freezed)
        self.G = G.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.D = D.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.G_ema = copy.deepcopy(self.G).eval().requires_grad_(False)
        adaptation = ada.Adaptation(options.target, options.ada_kimg).to(self.device)
        path = PathLength().to(self.device)
        self.modules: Mapping[str, nn.Module] = {
            "G": self.G, "D": self.D, "G_ema": self.G_ema, "ada": adaptation, "path": path,
        }  # fmt: skip
        if projected is not None:
            projected.to(self.device, memory_format=torch.channels_last)
            self.modules = {**self.modules, "projected": projected}
        self._learner = Learner(
            self.G, self.D, self.G_ema, adaptation, path, options, self.dtype, read_weights, projected
        )
        self.optimizers = self._learner.optimizers
        self._learn = self._graphed()

    def _graphed(self) -> Graphed:
        return Graphed(self._learner.learn, self.device, enabled=several.world() == 1)  # talk is not recorded

    def start_from(self, modules: Mapping[str, nn.Module]) -> None:
        """See `models.training.beginning`."""
        beginning.start_from(self.G, self.G_ema, self.D, modules)

    def step(self, batch: Batch, nimg: int) -> Mapping[str, torch.Tensor]:
        options, number = self.options, nimg // self.options.batch
        kinds = [Kind.MAIN]
        if options.gamma > 0 and number % options.r1_every == 0:
            kinds.append(Kind.PENALTY)
        if options.path_weight > 0 and number % options.path_every == 0:
            kinds.append(Kind.PATH)
        self._learner.set_rate(options.rate(nimg / self.total if self.total else 0.0))
        if self.device.type == "cuda":  # its own noise, too, comes from (seed, nimg)
            torch.cuda.manual_seed(noise(self.seed, nimg).initial_seed() + several.rank())
        losses: dict[str, torch.Tensor] = {}
        for kind, given in self.inputs(kinds, batch, nimg).items():
            losses |= self._done(kind, several.part(given, WHOLE))
        return losses

    def _done(self, kind: Kind, given: Mapping[str, torch.Tensor]) -> Mapping[str, torch.Tensor]:
        """One piece of a step, in smaller micro-batches from now on where the device has no room for it."""
        while True:
            try:
                return self._learn(kind, given)
            except torch.OutOfMemoryError:
                smaller = self._learner.micro_batch // 2
                if smaller < 1:
                    raise
            self._learner.micro_batch = smaller
            self._learn = self._graphed()
            torch.cuda.empty_cache()
            self._say(f"out of memory: {smaller} images at a time from now on, in batches of {self.options.batch}")

    def inputs(self, kinds: Sequence[Kind], batch: Batch, nimg: int) -> dict[Kind, dict[str, torch.Tensor]]:
        """What the pieces of the step that begins at `nimg` images learn from, all their chance in them. On the CPU."""
        options, chance, n = self.options, noise(self.seed, nimg), len(batch)
        shown = inputs(batch, self.names, options.mirror, chance)
        kept = beta(nimg + n, n, options.ema_kimg, options.ema_rampup or float("inf"))
        found = {Kind.MAIN: {**shown, **self._latents(n, chance), "beta": torch.tensor(kept)}}
        for use in ("real", "fake", "G"):
            found[Kind.MAIN] |= self._changes(use, n, chance)
        # Penalties look at half of the batch: the mean is the same, and it costs half.
        half = (n + 1) // 2
        some = {name: value[:half] for name, value in shown.items()}
        if Kind.PENALTY in kinds:
            found[Kind.PENALTY] = {**some, **self._changes("R1", half, chance)}
        if Kind.PATH in kinds:
            found[Kind.PATH] = self._latents(half, chance, path=True)
            if "c" in some:
                found[Kind.PATH]["c"] = some["c"]
        return found

    def _latents(self, n: int, chance: torch.Generator, path: bool = False) -> dict[str, torch.Tensor]:
        config, found = self.config, {"z": torch.randn(n, self.config.z_dim, generator=chance)}
        if not path and self.options.style_mixing:
            found["z_mixed"] = torch.randn(n, config.z_dim, generator=chance)
            mixed = torch.rand(n, 1, generator=chance) < self.options.style_mixing
            crossing = torch.randint(1, config.num_ws, (n, 1), generator=chance)
            found["crossing"] = torch.where(mixed, crossing, torch.tensor(config.num_ws))
        if self.device.type != "cuda":  # a GPU draws what is large by itself
            if config.use_noise:
                found["noise"] = torch.randn(n, self.G.synthesis.noise_size, generator=chance)
            if path:
                side = config.resolution
                found["direction"] = torch.randn(n, config.img_channels, side, side, generator=chance)
        return found

    def _changes(self, use: str, n: int, chance: torch.Generator) -> dict[str, torch.Tensor]:
        if self.options.aug == "ada":
            drawn = ada.chosen(n, chance)
        else:
            drawn = diffaugment.chosen(self._policies, n, self.config.resolution, chance)
        return {f"{use}.{name}": value for name, value in drawn.items()}

    def preview(self) -> np.ndarray:
        """uint8 (64, H, W, 3): G_ema on the preview seeds, at trunc 0.7."""
        latents = [Latent(seed) for seed in PREVIEW_SEEDS]
        z = torch.from_numpy(np.stack([latent.z(self.config.z_dim) for latent in latents]))
        c = torch.zeros(len(latents), 0)
        if self.config.c_dim:
            rows = self.G_ema.c_bank.cpu().numpy()
            c = torch.from_numpy(np.stack([latent.c(self.config.z_dim, self.names, rows) for latent in latents]))
        return self._pixels(z, c, PREVIEW_TRUNC)

    def sampled(self, count: int) -> np.ndarray:
        """uint8 (count, H, W, 3): G_ema on latents and labels by chance, always the same ones, at trunc 1."""
        chance = np.random.RandomState(self.seed)
        z = torch.from_numpy(chance.randn(count, self.config.z_dim).astype(np.float32))
        c = torch.zeros(count, 0)
        if self.config.c_dim:
            c = self.G_ema.c_bank.cpu()[torch.from_numpy(chance.randint(self.config.bank, size=count))]
        return self._pixels(z, c, 1.0)

    def _pixels(self, z: torch.Tensor, c: torch.Tensor, trunc: float) -> np.ndarray:
        size = max(1, AT_ONCE // self.config.resolution**2)
        turns = zip(z.split(size), c.split(size), strict=True)
        return torch.cat([to_pixels(self.drawn(some_z, some_c, trunc)) for some_z, some_c in turns]).numpy()

    @torch.inference_mode()
    def drawn(self, z: torch.Tensor, c: torch.Tensor | None = None, trunc: float = 1.0) -> torch.Tensor:
        """z (N, z_dim), c (N, c_dim) -> pictures (N, C, H, W) of G_ema, with its constant noise."""
        given = None if c is None or not self.config.c_dim else c.to(self.device)
        return self.G_ema.synthesis(self.G_ema.ws(z.to(self.device), given, trunc), "const", dtype=self.dtype)

    def export(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        tensors = {
            f"{name}.{key}": value
            for name in ("G_ema", *self.keep)
            for key, value in self.modules[name].state_dict().items()
        }
        config = {
            "family": "stylegan",
            "network": self.config.to_json(),
            "labels": [*self.names],
            "preview_seeds": [*PREVIEW_SEEDS],
        }
        return tensors, config

    def calibration(self, feed: Callable[[np.ndarray], Any], count: int, pictures: int = 1024) -> dict[str, Any]:
        """What a model's config says of its D (see `models.judging`), and how much real pictures differ in its eyes.

        `feed` gives the batch for an int64 array of indices below `count`.
        """
        if "D" not in self.keep:
            return {}
        D = copy.deepcopy(self.D).eval().requires_grad_(False)
        more: dict[str, Any] = {}
        if self.config.mbstd_channels:
            chance = np.random.RandomState(self.seed)
            spreads = []
            for _ in range(8):
                images, _ = parts(feed(np.sort(chance.choice(count, min(32, count), replace=False))))
                with torch.inference_mode():
                    spreads.append(D.spread(real(torch.from_numpy(images).to(self.device))))
            spread = torch.stack(spreads).mean(0)  # (mbstd_channels,)
            D.stand_alone(spread)
            more["spread"] = [round(float(value), 6) for value in spread]
        bank = self.G_ema.c_bank.cpu().numpy() if self.config.c_dim else np.zeros((1, 0), np.float32)
        known = calibrated(D, self.drawn, self.config.z_dim, bank, feed, count, self.seed, self.device, pictures)
        return {"logits": known | more}
