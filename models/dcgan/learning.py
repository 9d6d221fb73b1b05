"""What a DCGAN learns from one batch, once all chance is decided: the same work for every step of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch

from models.dcgan.network import Discriminator, Generator
from models.dcgan.options import DCGANOptions
from models.training.adversarial import d_loss, g_loss, mismatch_loss, r1_penalty, read_loss
from models.training.diffaugment import augment
from models.training.labelled import real as real_of

Inputs = Mapping[str, torch.Tensor]
"""Of a step: `pixels` uint8 (N, H, W, 3), `z` (N, z_dim), `flip` bool (N, 1, 1, 1) where pictures are mirrored, `c`
(N, c_dim) where there are labels, `beta` () of the average, and what `augment.chosen` says under `real.`, `fake.`, `G.`
and `R1.`."""


class Kind(NamedTuple):
    """Who learns in a step."""

    d_learns: bool
    g_learns: bool
    penalty: bool  # R1, too


class Learner:
    """G, D and the average of G, and what they learn with. `read_weights` (c_dim,) is for networks with labels."""

    def __init__(
        self,
        G: Generator,
        D: Discriminator,
        G_ema: Generator,
        options: DCGANOptions,
        dtype: torch.dtype,
        read_weights: torch.Tensor | None,
    ) -> None:
        self.G, self.D, self.G_ema = G, D, G_ema
        self.options = options
        self.device = next(G.parameters()).device
        self.dtype = dtype
        self._read_weights = read_weights
        self.optimizers: Mapping[str, torch.optim.Optimizer] = {
            name: self._adam(module) for name, module in (("G", G), ("D", D))
        }

    def _adam(self, module: torch.nn.Module) -> torch.optim.Optimizer:
        if self.device.type != "cuda":
            return torch.optim.Adam(module.parameters(), self.options.lr, self.options.betas)
        # In one kernel; the rate and the count of steps lie on the device, so that a recorded step can follow them.
        rate = torch.tensor(self.options.lr, device=self.device)
        return torch.optim.Adam(module.parameters(), rate, self.options.betas, fused=True, capturable=True)

    def set_rate(self, rate: float) -> None:
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                if isinstance(group["lr"], torch.Tensor):
                    group["lr"].fill_(rate)
                else:
                    group["lr"] = rate

    def learn(self, kind: Kind, x: Inputs) -> dict[str, torch.Tensor]:
        """One step. The losses, scalars, detached: `loss_D`, `loss_G`, `gap`, and `read` where G learns labels."""
        real, c = real_of(x["pixels"], x.get("flip")), x.get("c")  # (N, 3, H, W), (N, c_dim)
        with self.autocast(), torch.set_grad_enabled(kind.g_learns):
            fake = self.G(x["z"], c)  # (N, 3, H, W); its graph serves G's step below
        losses = self._discriminate(real, fake.detach(), c, x, kind.d_learns)
        if kind.penalty:
            self._regularize(real, c, x)
        if kind.g_learns:
            losses |= self._generate(fake, c, x)
            self.average(x["beta"])
        return losses

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    @torch.no_grad()
    def average(self, beta: torch.Tensor) -> None:
        """Karras et al. 2018 (https://arxiv.org/abs/1710.10196), section 2."""
        for mean, value in zip(self.G_ema.parameters(), self.G.parameters(), strict=True):
            mean.lerp_(value, 1 - beta)

    def _discriminate(
        self, real: torch.Tensor, fake: torch.Tensor, c: torch.Tensor | None, x: Inputs, learns: bool
    ) -> dict[str, torch.Tensor]:
        """D's step, or where D waits only what the losses are."""
        with self.autocast(), torch.set_grad_enabled(learns):
            real, fake = augment(real, _of("real", x)), augment(fake, _of("fake", x))
            if self.D.config.d_norm == "batch":  # each kind has its own statistics, or D could tell them by these
                h_real, h_fake = self.D.features(real), self.D.features(fake)
            else:
                h_real, h_fake = self.D.features(torch.cat([real, fake])).chunk(2)
        with torch.set_grad_enabled(learns):
            on_real, on_fake = self.D.logits(h_real, c), self.D.logits(h_fake, c)  # (N,)
            loss = adversarial = d_loss(on_real, on_fake)
            if c is not None:
                assert self._read_weights is not None
                # Reading is always learnt, since judging needs it; without a weight it leaves D's features alone.
                seen, weight = (h_real, self.options.read) if self.options.read > 0 else (h_real.detach(), 1.0)
                loss = loss + weight * read_loss(self.D.read(seen), c, self._read_weights)
                loss = loss + self.options.mismatch * mismatch_loss(self.D.logits(h_real, c.roll(1, 0)))
        if learns:
            self._descend("D", loss)
        gap = on_real.detach().float().sigmoid().mean() - on_fake.detach().float().sigmoid().mean()
        return {"loss_D": adversarial.detach(), "loss_G": g_loss(on_fake.detach()), "gap": gap}

    def _generate(self, fake: torch.Tensor, c: torch.Tensor | None, x: Inputs) -> dict[str, torch.Tensor]:
        """G's step."""
        self.D.requires_grad_(False)  # saves the gradients of D's weights, a third of the backward pass
        with self.autocast():
            h = self.D.features(augment(fake, _of("G", x)))
        loss = adversarial = g_loss(self.D.logits(h, c))
        losses = {"loss_G": adversarial.detach()}
        if c is not None:
            assert self._read_weights is not None
            read = read_loss(self.D.read(h), c, self._read_weights)
            loss = loss + self.options.read * read
            losses["read"] = read.detach()
        self._descend("G", loss)
        self.D.requires_grad_(True)
        return losses

    def _regularize(self, real: torch.Tensor, c: torch.Tensor | None, x: Inputs) -> None:
        """A step of R1 alone, in float32: the gradients of gradients are too small for bfloat16.

        On half of the batch, as StyleGAN2 does with its path lengths: the mean is the same, and it costs half.
        """
        some = (len(real) + 1) // 2
        pictures = augment(real, _of("R1", x))[:some]
        penalty = r1_penalty(lambda pictures: self.D(pictures, None if c is None else c[:some]), pictures)
        self._descend("D", penalty * (self.options.gamma / 2 * self.options.r1_every))

    def _descend(self, name: str, loss: torch.Tensor) -> None:
        self.optimizers[name].zero_grad(set_to_none=True)
        loss.backward()
        self.optimizers[name].step()


def _of(part: str, x: Inputs) -> dict[str, torch.Tensor]:
    """The augmentation of one of the step's uses of pictures."""
    prefix = f"{part}."
    return {name.removeprefix(prefix): value for name, value in x.items() if name.startswith(prefix)}
