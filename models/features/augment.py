"""What happens to a picture before the features network sees it: everything that leaves a face the same face.

Framing, mirror, small sizes, blur, JPEG, noise, light and tint, something held before the face. Hair keeps its family:
no grey, and colours move little. All of it runs on whole batches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Strength:
    """Ranges are drawn from evenly, sizes and strengths on a logarithmic scale."""

    mirror: float = 0.5  # probability
    zoom: tuple[float, float] = (0.8, 1.35)  # 1: the drawn frame
    stretch: float = 0.08  # width against height, ±
    shift: float = 0.07  # ± of the frame
    turn: float = 12.0  # ± degrees
    shrink: tuple[float, float] = (0.35, 0.85)  # of the side, then back; a quarter of the pictures
    blur: tuple[float, float] = (0.4, 1.3)  # px; a quarter
    sharpen: tuple[float, float] = (0.2, 1.2)  # share of the difference from the blurred; an eighth
    jpeg: tuple[float, float] = (15.0, 85.0)  # quality; a half
    noise: float = 0.05  # the most, of a range of 2; a half
    light: float = 0.18  # ± of a range of 2
    contrast: tuple[float, float] = (0.8, 1.25)
    saturation: tuple[float, float] = (0.75, 1.35)
    tint: float = 0.05  # ± a channel
    cover: float = 0.2  # probability of a rectangle before the picture
    cover_side: tuple[float, float] = (0.1, 0.4)  # of the frame

    def eased(self, share: float) -> Strength:
        """This at `share` (0 … 1) of its strength; the mirror, which takes nothing away, stays."""

        def toward(pair: tuple[float, float], rest: float) -> tuple[float, float]:
            return rest + (pair[0] - rest) * share, rest + (pair[1] - rest) * share

        return Strength(
            self.mirror, toward(self.zoom, 1.0), self.stretch * share, self.shift * share, self.turn * share,
            toward(self.shrink, 1.0), toward(self.blur, 0.05), toward(self.sharpen, 0.001), toward(self.jpeg, 90.0),
            self.noise * share, self.light * share, toward(self.contrast, 1.0), toward(self.saturation, 1.0),
            self.tint * share, self.cover * share, self.cover_side,
        )  # fmt: skip


class Chance:
    """Draws for a batch of n pictures, from one CPU generator."""

    def __init__(self, generator: torch.Generator, n: int, device: torch.device) -> None:
        self.generator, self.n, self.device = generator, n, device

    def uniform(self, low: float, high: float, *shape: int) -> torch.Tensor:
        """(n, *shape)."""
        drawn = torch.rand(self.n, *shape, generator=self.generator).to(self.device)
        return low + (high - low) * drawn

    def log(self, low: float, high: float, *shape: int) -> torch.Tensor:
        return self.uniform(math.log(low), math.log(high), *shape).exp()

    def happens(self, probability: float) -> torch.Tensor:
        """bool (n,)."""
        return self.uniform(0.0, 1.0) < probability

    def one(self, low: float, high: float) -> float:
        """One number for all, on a logarithmic scale."""
        drawn = float(torch.rand((), generator=self.generator))
        return math.exp(math.log(low) + (math.log(high) - math.log(low)) * drawn)

    def order(self) -> torch.Tensor:
        return torch.randperm(self.n, generator=self.generator).to(self.device)


def augment(
    images: torch.Tensor, size: int, generator: torch.Generator, strength: Strength
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Float (N, 3, H, W) in -1…1 -> the same changed, (N, 3, size, size); who was mirrored, bool (N,); degrees, (N,).

    Degrees are how far each was turned clockwise, after the mirror.
    """
    chance = Chance(generator, len(images), images.device)
    x, flip, degrees = _framed(images, size, chance, strength)
    x = _degraded(x, chance, strength)
    x = _lit(x, chance, strength)
    x = _covered(x, chance, strength)
    x = _packed(x, chance, strength)
    return x.clamp_(-1, 1), flip, degrees


def _framed(
    images: torch.Tensor, size: int, chance: Chance, s: Strength
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    flip, degrees = chance.happens(s.mirror), chance.uniform(-s.turn, s.turn)
    radians = degrees * (math.pi / 180)
    shrink = 1 / chance.log(*s.zoom)  # grid_sample asks where each pixel comes from: the inverse
    stretch = chance.uniform(1 - s.stretch, 1 + s.stretch).sqrt()
    across = torch.where(flip, -1.0, 1.0)
    cos, sin = radians.cos() * shrink, radians.sin() * shrink
    theta = torch.stack(
        [across * cos * stretch, across * sin * stretch, chance.uniform(-s.shift, s.shift) * 2,
         -sin / stretch, cos / stretch, chance.uniform(-s.shift, s.shift) * 2],
        1,
    ).view(-1, 2, 3)  # fmt: skip
    grid = F.affine_grid(theta, [len(images), 3, size, size], align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False), flip, degrees


def _degraded(x: torch.Tensor, chance: Chance, s: Strength) -> torch.Tensor:
    """Made small and large again, blurred or sharpened: a part of the batch each, with one strength for the part."""
    order, n, size = chance.order(), len(x), x.shape[2]
    eighth = max(1, n // 8)
    x = x.clone()
    for part in (order[:eighth], order[eighth : 2 * eighth]):
        side = max(8, round(size * chance.one(*s.shrink)))
        small = F.interpolate(x[part], (side, side), mode="bilinear", antialias=True)
        x[part] = F.interpolate(small, (size, size), mode="bilinear", align_corners=False)
    for part in (order[2 * eighth : 3 * eighth], order[3 * eighth : 4 * eighth]):
        x[part] = _blurred(x[part], chance.one(*s.blur))
    part = order[4 * eighth : 5 * eighth]
    x[part] += chance.one(*s.sharpen) * (x[part] - _blurred(x[part], 0.8))
    return x


def _blurred(x: torch.Tensor, sigma: float) -> torch.Tensor:
    reach = max(1, round(2.5 * sigma))
    ramp = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = (-(ramp**2) / (2 * sigma**2)).exp()
    kernel = (kernel / kernel.sum()).expand(3, 1, 1, -1)
    x = F.conv2d(F.pad(x, (reach, reach, 0, 0), mode="replicate"), kernel, groups=3)
    return F.conv2d(F.pad(x, (0, 0, reach, reach), mode="replicate"), kernel.transpose(2, 3), groups=3)


def _lit(x: torch.Tensor, chance: Chance, s: Strength) -> torch.Tensor:
    """Contrast, saturation and tint as one matrix a picture, light from one side, noise."""
    n, _, h, w = x.shape
    grey = torch.tensor([0.299, 0.587, 0.114], device=x.device)
    saturation = chance.uniform(*s.saturation, 1, 1)
    keep = torch.eye(3, device=x.device) * saturation + (1 - saturation) * grey  # (n, 3, 3)
    matrix = keep * chance.log(*s.contrast, 1, 1) * (1 + chance.uniform(-s.tint, s.tint, 3, 1))
    x = torch.einsum("nij,njhw->nihw", matrix, x)
    across = torch.linspace(-1, 1, w, device=x.device).view(1, 1, 1, w)
    down = torch.linspace(-1, 1, h, device=x.device).view(1, 1, h, 1)
    slope = chance.uniform(-s.light, s.light, 2, 1, 1)
    x = x + chance.uniform(-s.light, s.light, 1, 1, 1) + slope[:, :1] * across + slope[:, 1:] * down
    amount = chance.uniform(0, s.noise, 1, 1, 1) * chance.happens(0.5).view(n, 1, 1, 1)
    drawn = torch.randn(x.shape, generator=chance.generator).to(x.device)
    return torch.addcmul(x, drawn, amount)


def _covered(x: torch.Tensor, chance: Chance, s: Strength) -> torch.Tensor:
    n, _, h, w = x.shape
    there = chance.happens(s.cover).view(n, 1, 1, 1)
    centre, side = chance.uniform(0, 1, 2), chance.uniform(*s.cover_side, 2)
    rows = (torch.linspace(0, 1, h, device=x.device) - centre[:, :1]).abs() < side[:, :1] / 2  # (n, h)
    columns = (torch.linspace(0, 1, w, device=x.device) - centre[:, 1:]).abs() < side[:, 1:] / 2  # (n, w)
    mask = rows[:, None, :, None] & columns[:, None, None, :] & there
    return torch.where(mask, chance.uniform(-1, 1, 3, 1, 1), x)


def _packed(x: torch.Tensor, chance: Chance, s: Strength) -> torch.Tensor:
    """Half of the pictures as JPEG leaves them: blocks of 8x8 whose frequencies are rounded (ITU-T T.81, annex K)."""
    part = chance.order()[: len(x) // 2]
    if len(part) == 0:
        return x
    to_ycc, dct, table = (tensor.to(x.device) for tensor in _jpeg())
    quality = chance.uniform(*s.jpeg)[: len(part)].view(-1, 1, 1, 1)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)  # libjpeg's
    steps = (table * scale[..., None, None]).clamp_min(1.0)  # (n, 3, 1, 1, 8, 8)
    n, _, h, w = x[part].shape
    ycc = torch.einsum("ij,njhw->nihw", to_ycc, x[part] * 127.5)
    blocks = ycc.reshape(n, 3, h // 8, 8, w // 8, 8).transpose(3, 4)  # (n, 3, h/8, w/8, 8, 8)
    frequencies = dct @ blocks @ dct.T
    blocks = dct.T @ ((frequencies / steps).round() * steps) @ dct
    ycc = blocks.transpose(3, 4).reshape(n, 3, h, w)
    x = x.clone()
    x[part] = torch.einsum("ij,njhw->nihw", torch.linalg.inv(to_ycc), ycc) / 127.5
    return x


@cache
def _jpeg() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """RGB to YCbCr (3, 3), the DCT (8, 8), and the steps of quality 50 as (3, 1, 1, 8, 8)."""
    to_ycc = torch.tensor([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
    k = torch.arange(8, dtype=torch.float32)
    dct = torch.cos(math.pi * (2 * k[None] + 1) * k[:, None] / 16) / 2
    dct[0] /= math.sqrt(2)
    luma = torch.tensor([
        [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55], [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62], [18, 22, 37, 56, 68, 109, 103, 77], [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101], [72, 92, 95, 98, 112, 100, 103, 99],
    ])  # fmt: skip
    chroma = torch.full((8, 8), 99)
    chroma[:4, :4] = torch.tensor([[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]])
    return to_ycc, dct, torch.stack([luma, chroma, chroma]).float().view(3, 1, 1, 8, 8)
