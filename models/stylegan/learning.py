"""What a StyleGAN2 learns from one batch, once all chance is decided: the same work for every step of a kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum

import torch
from torch import nn

from models.stylegan import ada
from models.stylegan.discriminator import Discriminator
from models.stylegan.generator import Generator
from models.stylegan.options import StyleGANOptions
from models.training import diffaugment, several
from models.training.adversarial import d_loss, g_loss, mismatch_loss, r1_penalty, read_loss
from models.training.labelled import real
from models.training.optimizing import adam, set_rate, step
from models.training.projected import Projected

Inputs = Mapping[str, torch.Tensor]
"""Of a step: `pixels` uint8 (N, H, W, C) and `flip` bool (N, 1, 1, 1) where pictures are mirrored, `c` (N, c_dim) where
there are labels, `z` and `z_mixed` (N, z_dim), `crossing` int64 (N, 1), the place from which `z_mixed` styles, `beta`
() of the average, and what the augmentation is to do under `real.`, `fake.`, `G.` and `R1.`. On a CPU also `noise` (N,
noise_size) and `direction` (N, C, H, W), which a GPU draws itself."""

WHOLE = ("beta",)  # of the inputs, those that are not by picture


class Kind(Enum):
    """The kinds of work: both networks' losses, D's penalty, G's path lengths."""

    MAIN = "main"
    PENALTY = "penalty"
    PATH = "path"


class PathLength(nn.Module):
    """The mean length of paths so far (Karras et al. 2020, section 3.2, equation 4)."""

    mean: torch.Tensor  # ()
    DECAY = 0.01

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros([]))

    def forward(self, lengths: torch.Tensor) -> torch.Tensor:
        """Lengths (N,) -> their penalty, a scalar."""
        now = lengths.detach().mean()
        self.mean.copy_(torch.where(self.mean == 0, now, self.mean.lerp(now, self.DECAY)))
        return (lengths - self.mean.clone()).square().mean()


class Learner:
    """G, D and the average of G, and what they learn with.

    `read_weights` (c_dim,) is for networks with labels, `projected` stands beside D where the options want it.
    """

    def __init__(
        self,
        G: Generator,
        D: Discriminator,
        G_ema: Generator,
        adaptation: ada.Adaptation,
        path: PathLength,
        options: StyleGANOptions,
        dtype: torch.dtype,
        read_weights: torch.Tensor | None,
        projected: Projected | None = None,
    ) -> None:
        self.G, self.D, self.G_ema, self.adaptation, self.path = G, D, G_ema, adaptation, path
        self.projected = projected
        self.options = options
        self.micro_batch = options.micro_batch or options.batch
        self.device = next(G.parameters()).device
        self.dtype = dtype
        self._read_weights = read_weights
        learning = [*D.parameters(), *([] if projected is None else projected.parameters())]
        self._d_learns = [parameter for parameter in learning if parameter.requires_grad]
        self._ratios = {
            "G": _ratio(options.path_every if options.path_weight else 0),
            "D": _ratio(options.r1_every if options.gamma else 0),
        }
        self.optimizers: Mapping[str, torch.optim.Optimizer] = {
            "G": adam([*G.parameters()], options.lr, self.device, self._ratios["G"]),
            "D": adam(self._d_learns, options.lr, self.device, self._ratios["D"]),
        }

    def set_rate(self, rate: float) -> None:
        for name, optimizer in self.optimizers.items():
            set_rate(optimizer, rate * self._ratios[name])

    def learn(self, kind: Kind, x: Inputs) -> dict[str, torch.Tensor]:
        """One piece of a step. Its losses, scalars, detached."""
        work = {Kind.MAIN: self._main, Kind.PENALTY: self._penalty, Kind.PATH: self._path_lengths}
        return work[kind](x)

    def _main(self, x: Inputs) -> dict[str, torch.Tensor]:
        """D's step, then G's on the same drawings, then the average.

        `loss_D`, `loss_G`, `gap` (D(x) - D(G(z)) in probabilities), `sign` of D's logits of real pictures, on average,
        `ada_p`, and `read` where G learns labels.
        """
        parts = self._parts(x)
        found: list[dict[str, torch.Tensor]] = []
        self._begin("D")
        fakes = []
        for part, share in parts:
            with torch.set_grad_enabled(len(parts) == 1):  # its graph serves G's step, where there is room for that
                fakes.append(self._draw(part))
            found.append(self._discriminate(part, fakes[-1].detach(), share))
        step(self.optimizers["D"])
        if self.options.aug == "ada":
            signs, n = torch.stack([losses["sign"] for losses in found]).mean(), len(x["z"]) * several.world()
            several.average([signs])
            self.adaptation.watch(signs * n, n)

        self._begin("G")
        for (part, share), losses, fake in zip(parts, found, fakes, strict=True):
            losses |= self._generate(part, fake if len(parts) == 1 else self._draw(part), share)
        step(self.optimizers["G"])
        self._average(x["beta"])
        losses = {name: torch.stack([one[name] for one in found]).mean() for name in found[0]}
        return losses | ({"ada_p": self.adaptation.p.clone()} if self.options.aug == "ada" else {})

    def _draw(self, x: Inputs) -> torch.Tensor:
        """(N, C, H, W) float32: drawings in one style or two."""
        c = x.get("c")
        w = self.G.mapping(x["z"], c)
        self.G.mapping.follow(w)
        ws = w[:, None].expand(-1, self.G.num_ws, -1)
        if self.options.style_mixing:
            other = self.G.mapping(x["z_mixed"], c)
            places = torch.arange(self.G.num_ws, device=self.device)
            ws = torch.where((places < x["crossing"])[:, :, None], ws, other[:, None])
        return self.G.synthesis(ws, "random", x.get("noise"), self.dtype)

    def _discriminate(self, x: Inputs, fake: torch.Tensor, share: float) -> dict[str, torch.Tensor]:
        c = x.get("c")
        on_real = self._augmented(real(x["pixels"], x.get("flip")), "real", x)
        h_real = self.D.features(on_real, self.dtype)
        on_fake = self._augmented(fake, "fake", x)
        h_fake = self.D.features(on_fake, self.dtype)
        real_logits, fake_logits = self.D.logits(h_real, c), self.D.logits(h_fake, c)  # (N,)
        loss = adversarial = d_loss(real_logits, fake_logits)
        if c is not None and self.options.read:
            loss = loss + self.options.read * read_loss(self.D.read(h_real), c, self._weights)
        if c is not None and self.options.mismatch:
            loss = loss + self.options.mismatch * mismatch_loss(self.D.logits(h_real, c.roll(1, 0)))
        if self.projected is not None:
            loss = loss + self.options.projected * self.projected.d_loss(on_real, on_fake, self.dtype)
        (loss * share).backward()
        gap = real_logits.detach().sigmoid().mean() - fake_logits.detach().sigmoid().mean()
        return {"loss_D": adversarial.detach(), "gap": gap, "sign": real_logits.detach().sign().mean()}

    def _generate(self, x: Inputs, fake: torch.Tensor, share: float) -> dict[str, torch.Tensor]:
        c = x.get("c")
        for parameter in self._d_learns:  # saves the gradients of D's weights, a third of the backward pass
            parameter.requires_grad_(False)
        shown = self._augmented(fake, "G", x)
        h = self.D.features(shown, self.dtype)
        loss = adversarial = g_loss(self.D.logits(h, c))
        losses = {"loss_G": adversarial.detach()}
        if c is not None and self.options.read:
            read = read_loss(self.D.read(h), c, self._weights)
            loss = loss + self.options.read * read
            losses["read"] = read.detach()
        if self.projected is not None:
            projected = self.projected.g_loss(shown, self.dtype)
            loss = loss + self.options.projected * projected
            losses["projected"] = projected.detach()
        (loss * share).backward()
        self._thaw()
        return losses

    def _penalty(self, x: Inputs) -> dict[str, torch.Tensor]:
        """A step of R1 alone, in float32: the gradients of gradients are too small for bfloat16."""
        self._begin("D")
        found = []
        for part, share in self._parts(x):
            pictures, c = self._augmented(real(part["pixels"], part.get("flip")), "R1", part), part.get("c")
            penalty = r1_penalty(lambda pictures, c=c: self.D(pictures, c), pictures)
            (penalty * (self.options.gamma / 2 * self.options.r1_every * share)).backward()
            found.append(penalty.detach())
        step(self.optimizers["D"])
        return {"r1": torch.stack(found).mean()}

    def _path_lengths(self, x: Inputs) -> dict[str, torch.Tensor]:
        """A step towards paths of one length: how far a picture moves when w does, whatever the direction."""
        self._begin("G")
        found = []
        for part, share in self._parts(x):
            w = self.G.mapping(part["z"], part.get("c"))
            ws = w[:, None].repeat(1, self.G.num_ws, 1)
            pictures = self.G.synthesis(ws, "random", part.get("noise"))
            direction = part["direction"] if "direction" in part else torch.randn_like(pictures)
            along = (pictures * direction).sum() / math.sqrt(pictures.shape[2] * pictures.shape[3])
            (gradient,) = torch.autograd.grad(along, ws, create_graph=True)  # (N, num_ws, w_dim)
            lengths = gradient.square().sum(2).mean(1).sqrt()  # (N,)
            penalty = self.path(lengths)
            (penalty * (self.options.path_weight * self.options.path_every * share)).backward()
            found.append(lengths.detach().mean())
        step(self.optimizers["G"])
        several.average([self.path.mean])
        return {"path": torch.stack(found).mean()}

    @property
    def _weights(self) -> torch.Tensor:
        assert self._read_weights is not None
        return self._read_weights

    def _augmented(self, pictures: torch.Tensor, use: str, x: Inputs) -> torch.Tensor:
        prefix = f"{use}."
        drawn = {name.removeprefix(prefix): value for name, value in x.items() if name.startswith(prefix)}
        if self.options.aug == "ada":
            return self.adaptation(pictures, drawn)
        return diffaugment.augment(pictures, drawn)

    def _parts(self, x: Inputs) -> list[tuple[Inputs, float]]:
        """The batch in micro-batches, each with its share of the whole."""
        n = len(x["z"]) if "z" in x else len(x["pixels"])
        cut = lambda begin: {
            name: value if name in WHOLE else value[begin : begin + self.micro_batch] for name, value in x.items()
        }
        return [(cut(begin), min(self.micro_batch, n - begin) / n) for begin in range(0, n, self.micro_batch)]

    def _begin(self, name: str) -> None:
        self.optimizers[name].zero_grad(set_to_none=True)

    def _thaw(self) -> None:
        for parameter in self._d_learns:
            parameter.requires_grad_(True)

    @torch.no_grad()
    def _average(self, beta: torch.Tensor) -> None:
        """Of the weights; the mean of w is G's own."""
        several.average([self.G.mapping.w_avg])
        for mean, value in zip(self.G_ema.parameters(), self.G.parameters(), strict=True):
            mean.lerp_(value, 1 - beta)
        self.G_ema.mapping.w_avg.copy_(self.G.mapping.w_avg)


def _ratio(every: int) -> float:
    return every / (every + 1) if every else 1.0
