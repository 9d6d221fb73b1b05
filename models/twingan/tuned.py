"""E and G made fast for translating: channels-last, in the device's fast type, with what is constant worked in.

Batch renorm folds into the weights of a domain. Where maps are doubled before a convolution, one transposed convolution
does both, with 16 multiplications in the place of 36; the maps of E come in beside it. Equal to the plain networks to
1e-4 in float32.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch.nn.functional import conv2d, conv_transpose2d, group_norm, leaky_relu_

from models.precision import Precision, inference_dtype
from models.stylegan.layers import SLOPE, Conv
from models.tuning import held
from models.twingan.encoded import Encoded
from models.twingan.encoder import Encoder
from models.twingan.generator import Generator
from models.twingan.growth import halved
from models.twingan.layers import NormConv
from models.twingan.norm import EPSILON, Between, GroupNorm, Look, affinely
from models.twingan.renorm import BatchRenorm


class TunedTwin:
    """An encoder and a generator of one config, fully grown, ready to be asked from any one thread."""

    def __init__(self, E: Encoder, G: Generator, device: torch.device, precision: Precision = "auto") -> None:
        if E.config != G.config:
            raise ValueError("E and G are of two networks")
        self.config = E.config
        self.device = device
        self.dtype = inference_dtype(device, precision)
        E = copy.deepcopy(E).eval().requires_grad_(False).float().to(device)
        G = copy.deepcopy(G).eval().requires_grad_(False).float().to(device)
        self._embed, self._style, self._condition = E.embed, E.style, G.condition
        self._seen = _Colours(E.at("fromrgb", self.config.resolution), self.dtype)
        self._down = {side: _pair(E.at("b", side), self.dtype) for side in self.config.sides}
        self._up = {
            side: _pair(G.at("b", side), self.dtype, self.config.channels(side // 2) if side > 4 else 0)
            for side in self.config.sides
        }
        self._drawn = _Colours(
            G.at("torgb", self.config.resolution), torch.float32
        )  # bfloat16 has too few steps near 1
        kept = [self._seen, self._down, self._up, self._drawn, self._embed, self._style, self._condition]
        self.nbytes = held(*kept)

    @torch.inference_mode()
    def encode(self, x: torch.Tensor, domain: str) -> Encoded:
        """Pictures (N, 3, R, R) float32 in -1…1. Raises ValueError for a domain that there is not."""
        self.config.check_domain(domain)
        h = self._seen(x.to(self.device, self.dtype).contiguous(memory_format=torch.channels_last))
        skips: dict[int, torch.Tensor] = {}
        for side in reversed(self.config.sides):
            for conv in self._down[side]:
                h = conv(h, domain, None)
            if side in self.config.skips:
                skips[side] = h
            h = halved(h) if side > 4 else h
        return Encoded(h, skips)

    @torch.inference_mode()
    def draw(
        self,
        encoded: Encoded,
        source: str,
        to: str,
        strength: torch.Tensor | None = None,
        c: torch.Tensor | None = None,
        said: torch.Tensor | None = None,
        style: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Pictures (N, 3, R, R) float32, nominally in -1…1, on the CPU.

        `strength` (N,) is how far from `source` towards `to` they are, 1 where None; the rest is as `Generator` has it.
        Raises ValueError for a domain that there is not, and labels where the network has none.
        """
        look: Look = to
        if strength is not None and bool((strength != 1.0).any()):
            look = Between(source, to, strength.to(self.device))
        for domain in (source, to):
            self.config.check_domain(domain)
        c, said, style = (None if given is None else given.to(self.device) for given in (c, said, style))
        s = self._condition(c, said, style)
        encoded = self.ready(encoded)
        h = encoded.latent
        for side in self.config.sides:
            first, second = self._up[side]
            h = second(first(h, look, s, encoded.skips.get(side)), look, s)
        return self._drawn(h.float()).cpu()

    @torch.inference_mode()
    def embedding(self, encoded: Encoded, domain: str) -> torch.Tensor:
        """(N, embed_dim) float32 of unit length, on the CPU."""
        self.config.check_domain(domain)
        return self._embed(self.ready(encoded), domain).cpu()

    @torch.inference_mode()
    def style(self, encoded: Encoded) -> torch.Tensor:
        """(N, style_dim) float32, on the CPU."""
        return self._style(self.ready(encoded)).cpu()

    def ready(self, encoded: Encoded) -> Encoded:
        """On the device and in its type, as `encode` gives it."""
        kind = {"device": self.device, "dtype": self.dtype, "memory_format": torch.channels_last}
        return encoded.mapped(lambda maps: maps.to(**kind))


class _Colours:
    """The 1x1 convolution from colours, or to them."""

    def __init__(self, conv: Conv, dtype: torch.dtype) -> None:
        assert conv.bias is not None
        self.weight = (conv.weight * (conv.weight_gain * conv.gain)).to(dtype)
        self.bias = (conv.bias * conv.gain).to(dtype)
        self.active = conv.active

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        x = conv2d(x, self.weight, self.bias)
        return leaky_relu_(x, SLOPE) if self.active else x


def _pair(pair: Any, dtype: torch.dtype, below: int = 0) -> tuple[_NormConv, _NormConv]:
    return _NormConv(pair.conv0, dtype, below), _NormConv(pair.conv1, dtype)


class _NormConv:
    """A `NormConv`. Of its inputs the first `below` come at half of the size, and the rest beside them."""

    def __init__(self, layer: NormConv, dtype: torch.dtype, below: int = 0) -> None:
        self.norm, self.pixel_norm = layer.norm, layer.pixel_norm
        self.groups = layer.norm.groups if isinstance(layer.norm, GroupNorm) else 0
        weight = layer.conv.weight * layer.conv.weight_gain  # (O, I, 3, 3)
        self.weights = _Weights.of(weight, below, dtype)
        self.folded: dict[str, _Weights] = {}  # those of a domain, its scale and shift in them
        if isinstance(layer.norm, BatchRenorm):
            for domain in layer.norm.domains:
                scale, shift = layer.norm.affine(domain)
                self.folded[domain] = _Weights.of(weight * scale[0][:, None, None, None], below, dtype, shift[0])

    def __call__(
        self, x: torch.Tensor, look: Look, s: torch.Tensor | None, beside: torch.Tensor | None = None
    ) -> torch.Tensor:
        if not isinstance(look, str) or s is not None:
            x = affinely(self.norm.normalized(self.weights(x, beside)), *self.norm.affine(look, s))
        elif self.folded:
            x = self.folded[look](x, beside)
        else:
            scale, shift = (numbers[0].to(x.dtype) for numbers in self.norm.affine(look))
            x = group_norm(self.weights(x, beside), self.groups, scale, shift, EPSILON)
        x = leaky_relu_(x, SLOPE)
        return _unit(x) if self.pixel_norm else x


@dataclass(frozen=True)
class _Weights:
    """Of one convolution, in the device's type."""

    up: torch.Tensor | None  # (below, O, 4, 4), transposed
    same: torch.Tensor | None  # (O, rest, 3, 3)
    bias: torch.Tensor | None

    @classmethod
    def of(cls, weight: torch.Tensor, below: int, dtype: torch.dtype, bias: torch.Tensor | None = None) -> Self:
        """`weight` (O, I, 3, 3), of whose inputs the first `below` come at half of the size."""
        up = widened(weight[:, :below]).to(dtype) if below else None
        same = None
        if below < weight.shape[1]:
            same = weight[:, below:].to(dtype).contiguous(memory_format=torch.channels_last)
        return cls(up, same, None if bias is None else bias.to(dtype))

    def __call__(self, x: torch.Tensor, beside: torch.Tensor | None) -> torch.Tensor:
        if self.up is None:
            assert self.same is not None
            return conv2d(x, self.same, self.bias, padding=1)
        h = conv_transpose2d(x, self.up, self.bias, stride=2, padding=1)
        if self.same is None:
            return h
        assert beside is not None
        return h.add_(conv2d(beside, self.same, padding=1))


def widened(weight: torch.Tensor) -> torch.Tensor:
    """(O, I, 3, 3) -> (I, O, 4, 4), whose transposed convolution (stride 2, padding 1) doubles maps, each number four
    times, and convolves them with `weight`."""
    for dim in (2, 3):
        first, middle, last = weight.unbind(dim)
        weight = torch.stack([last, middle + last, first + middle, first], dim)
    return weight.transpose(0, 1).contiguous()


def _unit(x: torch.Tensor) -> torch.Tensor:
    """Pixel norm, in one pass less."""
    norm = torch.linalg.vector_norm(x, dim=1, keepdim=True)
    return x.mul_(norm.square_().div_(x.shape[1]).add_(1e-8).rsqrt_())
