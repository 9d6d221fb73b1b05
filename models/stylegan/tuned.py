"""StyleGAN2's generator made fast for drawing: on a CPU picture by picture where it is wide, in the device's fast type.

Where a map has more numbers than the weights, its styles are multiplied into the weights of each picture, whose maps
then stay in the cache between the convolution, the noise and the activation; below, one convolution serves the whole
batch. Equal to the plain network to 1e-4 in float32.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu_

from models.precision import Precision, inference_dtype
from models.stylegan.generator import Generator, NoiseMode, StyledConv, SynthesisBlock, ToRGB
from models.stylegan.layers import GAIN, SLOPE, Conv
from models.stylegan.resample import conv_up, smoothed, upsample
from models.tuning import held, to_pixels

WIDE = 96  # px from which a CPU draws picture by picture


class TunedStyleGAN:
    """A generator ready to be asked from any one thread."""

    def __init__(self, G: Generator, device: torch.device, precision: Precision = "auto") -> None:
        self.z_dim, self.c_dim, self.w_dim, self.num_ws = G.z_dim, G.c_dim, G.w_dim, G.num_ws
        self.bank = G.c_bank.float().cpu().numpy() if G.c_dim else np.zeros((1, 0), np.float32)
        self.device = device
        self.dtype = inference_dtype(device, precision)
        self._G = copy.deepcopy(G).eval().requires_grad_(False).float().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._blocks = None
        if device.type == "cpu":
            self._blocks = [_Block(block, self.dtype) for block in self._G.synthesis.blocks()]
        self.nbytes = held(self._G, self._blocks)

    @torch.inference_mode()
    def ws(
        self,
        z: torch.Tensor,
        c: torch.Tensor | None = None,
        trunc: float | torch.Tensor = 1.0,
        cutoff: int | None = None,
    ) -> torch.Tensor:
        """z (N, z_dim), c (N, c_dim) float32 -> (N, num_ws, w_dim), pulled towards the mean by `trunc`, one or (N,).

        Raises ValueError where the network has labels and there are none.
        """
        mapping = self._G.mapping
        w = mapping(z.to(self.device), None if c is None or not self.c_dim else c.to(self.device))[:, None]
        share = torch.as_tensor(trunc, dtype=torch.float32, device=self.device).view(-1, 1, 1)
        pulled = mapping.w_avg + share * (w - mapping.w_avg)
        first = self.num_ws if cutoff is None else min(cutoff, self.num_ws)
        return torch.cat([pulled.expand(-1, first, -1), w.expand(-1, self.num_ws - first, -1)], 1)

    @torch.inference_mode()
    def styled(self, ws: torch.Tensor, noise_mode: NoiseMode = "const") -> torch.Tensor:
        """Styles (N, num_ws, w_dim) float32 -> pictures (N, C, H, W) float32, nominally in -1…1."""
        ws = ws.to(self.device)
        if self._blocks is None:
            return self._G.synthesis(ws, noise_mode, dtype=self.dtype)
        x: torch.Tensor | None = None
        image: torch.Tensor | None = None
        at, narrow = 0, [block for block in self._blocks if block.resolution < WIDE]
        for block in narrow:
            x, image = block(x, image, ws[:, at : at + block.styles], noise_mode)
            at += len(block.convs)  # a picture is drawn in the style in which the next block begins
        wide = self._blocks[len(narrow) :]
        if not wide:
            assert image is not None
            return image
        assert x is not None
        images = [None] * len(ws) if image is None else image.split(1)
        return torch.cat(
            [self._alone(wide, x[i : i + 1], image, ws[i : i + 1, at:], noise_mode) for i, image in enumerate(images)]
        )

    @torch.inference_mode()
    def synthesize(
        self, z: torch.Tensor, c: torch.Tensor | None = None, trunc: float | torch.Tensor = 1.0
    ) -> torch.Tensor:
        """z (N, z_dim), c (N, c_dim) float32, trunc one or (N,) -> pictures (N, C, H, W) float32, nominally in -1…1."""
        return self.styled(self.ws(z, c, trunc))

    def pixels(self, z: torch.Tensor, c: torch.Tensor | None = None, trunc: float | torch.Tensor = 1.0) -> torch.Tensor:
        """Likewise -> uint8 (N, H, W, C), contiguous, on the CPU."""
        return to_pixels(self.synthesize(z, c, trunc))

    def _alone(
        self,
        blocks: list[_Block],
        x: torch.Tensor,
        image: torch.Tensor | None,
        ws: torch.Tensor,
        noise_mode: NoiseMode,
    ) -> torch.Tensor:
        at = 0
        for block in blocks:
            x, image = block(x, image, ws[:, at : at + block.styles], noise_mode)
            at += len(block.convs)
        assert image is not None
        return image


class _Block:
    """All at one resolution."""

    def __init__(self, block: SynthesisBlock, dtype: torch.dtype) -> None:
        self.resolution, self.taps = block.resolution, block.taps
        self.convs: list[_Conv] = []
        self.const: torch.Tensor | None = None
        self.skip: _Skip | None = None
        if block.resolution == 4:
            self.const = block.const[None].to(dtype).contiguous(memory_format=torch.channels_last)
        else:
            self.convs.append(_Conv(block.conv0, dtype))
        if block.architecture == "resnet" and block.resolution > 4:
            self.skip = _Skip(block.skip, dtype)
        self.convs.append(_Conv(block.conv1, dtype, 1.0 if self.skip is None else math.sqrt(0.5)))
        self.torgb = block.torgb if block.draws else None
        self.styles = len(self.convs) + block.draws

    def __call__(
        self, x: torch.Tensor | None, image: torch.Tensor | None, ws: torch.Tensor, noise_mode: NoiseMode
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        if x is None:
            assert self.const is not None
            x = self.const.expand(len(ws), -1, -1, -1)
        skipped = None if self.skip is None else self.skip(x)
        for conv, w in zip(self.convs, ws.unbind(1), strict=False):
            x = conv(x, w, noise_mode)
        if skipped is not None:
            x += skipped
        if self.torgb is None:
            return x, image
        drawn = self._drawn(self.torgb, x, ws[:, -1])
        if image is not None:
            drawn += upsample(image, self.taps)
        return x, drawn

    def _drawn(self, torgb: ToRGB, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        """The 1x1 convolution to colours, as a product of matrices: (N, C, H, W) float32."""
        styles = torgb.affine(w) * torgb.weight_gain  # (N, I)
        weight = (torgb.weight[:, :, 0, 0] * styles[:, None, :]).to(x.dtype)  # (N, C, I)
        n, _, h, width = x.shape
        flat = x.permute(0, 2, 3, 1).reshape(n, h * width, -1)  # channels-last: a view
        drawn = (flat @ weight.transpose(1, 2)).float() + torgb.bias
        if torgb.clamp is not None:
            drawn.clamp_(-torgb.clamp, torgb.clamp)
        return drawn.view(n, h, width, -1).permute(0, 3, 1, 2)


class _Skip:
    """What goes past the convolutions of a residual block, at twice the size."""

    def __init__(self, conv: Conv, dtype: torch.dtype) -> None:
        self.weight, self.taps = (conv.weight * (conv.weight_gain * conv.gain)).to(dtype), conv.taps

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return conv_up(x, self.weight, self.taps)


class _Conv:
    """A styled convolution; the factors that do not depend on the style are in the tensors already."""

    def __init__(self, conv: StyledConv, dtype: torch.dtype, gain: float = 1.0) -> None:
        self.gain = GAIN * gain
        self.clamp = None if conv.clamp is None else conv.clamp * gain
        self.affine, self.up, self.taps, self.resolution = conv.affine, conv.up, conv.taps, conv.resolution
        self.energy = conv.weight.square().sum([2, 3]).T.contiguous()  # (I, O)
        self.weight = conv.weight * (4 if conv.up else 1)  # (O, I, 3, 3)
        if conv.up:
            self.weight = self.weight.transpose(0, 1).contiguous()  # (I, O, 3, 3), as transposed convolutions have it
        self.ready = self.weight.to(dtype)
        self.bias = conv.bias * self.gain
        self.strength, self.noise = None, None
        if hasattr(conv, "noise_const"):
            self.strength = conv.noise_strength * self.gain
            self.noise = (conv.noise_const * self.strength).to(dtype)[None, None]

    def __call__(self, x: torch.Tensor, w: torch.Tensor, noise_mode: NoiseMode) -> torch.Tensor:
        styles = self.affine(w)  # (N, I)
        scale = (styles.square() @ self.energy + 1e-8).rsqrt() * self.gain  # (N, O)
        if len(x) == 1 and self.resolution >= WIDE:
            x = self._by_weight(x, styles[0], scale[0])
        else:
            x = self._by_map(x, styles, scale)
        noise = self._noise(noise_mode, x)
        if noise is not None:
            x += noise
        x = leaky_relu_(x, SLOPE)
        return x if self.clamp is None else x.clamp_(-self.clamp, self.clamp)

    def _by_weight(self, x: torch.Tensor, styles: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        if self.up:
            weight = (self.weight * (styles[:, None, None, None] * scale[:, None, None])).to(x.dtype)
            x = smoothed(conv_transpose2d(x, weight, stride=2), self.taps)
            return x.add_(self.bias.to(x.dtype)[:, None, None])
        weight = (self.weight * (styles[:, None, None] * scale[:, None, None, None])).to(x.dtype)
        return conv2d(x, weight, self.bias.to(x.dtype), padding=1)

    def _by_map(self, x: torch.Tensor, styles: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
        x = x * styles.to(x.dtype)[:, :, None, None]
        if self.up:
            x = smoothed(conv_transpose2d(x, self.ready, stride=2), self.taps)
        else:
            x = conv2d(x, self.ready, padding=1)
        return torch.addcmul(self.bias.to(x.dtype)[:, None, None], x, scale.to(x.dtype)[:, :, None, None])

    def _noise(self, mode: NoiseMode, x: torch.Tensor) -> torch.Tensor | None:
        if mode == "none" or self.strength is None:
            return None
        if mode == "const":
            return self.noise
        return (torch.randn(len(x), 1, *x.shape[2:]) * self.strength).to(x.dtype)
