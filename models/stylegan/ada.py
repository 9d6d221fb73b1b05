"""Adaptive augmentation: D never sees a picture as it is, and how often it is changed follows from how well D knows
the training set (Karras et al. 2020, https://arxiv.org/abs/2006.06676, sections 2 and 3, appendix B).

The pipeline is the paper's "bgc": blits, geometry, colour. All probabilities are on the device, so that a step can be
recorded; what is chosen with them comes from outside.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import nn
from torch.nn.functional import affine_grid, conv2d, grid_sample, pad

EVERY = 4  # batches between changes of the probability
GATES = (
    "flip", "quarter", "whole", "scale", "before", "stretch", "after", "shift",
    "brightness", "contrast", "luma", "hue", "saturation",
)  # fmt: skip
UNIFORM = ("flip", "quarter", "whole_x", "whole_y", "before", "after", "luma", "hue")
NORMAL = ("scale", "stretch", "shift_x", "shift_y", "brightness", "contrast", "saturation")
# Spreads of what is normal (appendix B, table of parameters).
SCALE, SHIFT, WHOLE, BRIGHTNESS, CONTRAST, SATURATION = 0.2, 0.125, 0.125, 0.2, 0.5, 1.0

# Daubechies' symlet with six vanishing moments: twice the size and back without loss and without aliasing.
_SYM6 = (
    0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
    0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
    0.0017677118642428036, -0.007800708325034148,
)  # fmt: skip
MARGIN = 6  # pixels about a picture that the filters need


class Adaptation(nn.Module):
    """The probability of each change, and the signs of D's logits that steer it. Its buffers are its whole state."""

    p: torch.Tensor  # (): 0…1
    signs: torch.Tensor  # (): sum of the signs of D's logits of real pictures since the last change
    seen: torch.Tensor  # (): of so many pictures
    batches: torch.Tensor  # int64 (): since the last change
    phases: torch.Tensor  # (2, 7): the filter's taps for each of the two new places between old ones
    taps: torch.Tensor  # (12,)

    def __init__(self, target: float = 0.6, kimg: float = 500.0) -> None:
        super().__init__()
        self.target, self.kimg = target, kimg
        for name in ("p", "signs", "seen"):
            self.register_buffer(name, torch.zeros([]))
        self.register_buffer("batches", torch.zeros([], dtype=torch.int64))
        # What a recorded step needs lies on the device before.
        taps, nothing = torch.tensor(_SYM6), torch.zeros(1)
        phases = [torch.cat([taps[1::2].flip(0), nothing]), torch.cat([nothing, taps[0::2].flip(0)])]
        self.register_buffer("phases", torch.stack(phases) * math.sqrt(2), persistent=False)
        self.register_buffer("taps", taps / math.sqrt(2), persistent=False)

    def forward(self, x: torch.Tensor, drawn: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Pictures (N, C, S, S) in -1…1, C 1, 3 or 4, each changed in its own way: as `chosen` says."""
        gates = _named(GATES, drawn["gates"])
        uniform, normal = _named(UNIFORM, drawn["uniform"]), _named(NORMAL, drawn["normal"])
        moved = self._moved(x, _geometry(gates, uniform, normal, self.p, x.shape[3]))
        return _recolored(moved, _color(gates, uniform, normal, self.p)).contiguous(memory_format=torch.channels_last)

    @torch.no_grad()
    def watch(self, signs: torch.Tensor, n: int) -> None:
        """Take note of one batch: the sum of the signs of D's logits of its n real pictures, a scalar.

        Every EVERY batches p goes up or down, by as much as lets it go from 0 to 1 in `kimg`. Nobody waits for it.
        """
        self.signs += signs
        self.seen += n
        self.batches += 1
        now = self.batches >= EVERY
        step = (self.signs / self.seen - self.target).sign() * self.seen / (self.kimg * 1000)
        self.p.copy_(torch.where(now, (self.p + step).clamp(0.0, 1.0), self.p))
        for buffer in (self.signs, self.seen, self.batches):
            buffer.copy_(torch.where(now, torch.zeros_like(buffer), buffer))

    def _moved(self, x: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
        """The picture at twice the size, read at other places, back at its size. Beyond its edge it is mirrored."""
        n, c, side, _ = x.shape
        big = 2 * (side + MARGIN)
        wide = self._doubled(x.reshape(n * c, 1, side, side)).view(n, c, big, big)
        inner = side / (side + MARGIN)  # places count from the middle to the margin's edge here
        grid = affine_grid(torch.cat([matrix[:, :, :2], matrix[:, :, 2:] * inner], 2), [n, c, big, big], False)
        wide = grid_sample(wide, grid, padding_mode="reflection", align_corners=False)
        return self._halved(wide.view(n * c, 1, big, big)).view(n, c, side, side)

    def _doubled(self, x: torch.Tensor) -> torch.Tensor:
        """(M, 1, S, S) -> (M, 1, 2 (S + MARGIN), 2 (S + MARGIN)): MARGIN of the new pixels more on every side."""
        x = pad(x, [MARGIN] * 4, mode="reflect")
        m, _, h, w = x.shape
        x = conv2d(x, self.phases[:, None, None, :])  # (M, 2, H, W - 6)
        x = x.permute(0, 2, 3, 1).reshape(m, 1, h, 2 * (w - 6))
        x = conv2d(x, self.phases[:, None, :, None])  # (M, 2, H - 6, 2 (W - 6))
        return x.transpose(1, 2).reshape(m, 1, 2 * (h - 6), 2 * (w - 6))

    def _halved(self, x: torch.Tensor) -> torch.Tensor:
        """The transpose of `_doubled`: (M, 1, 2 (S + MARGIN), 2 (S + MARGIN)) -> (M, 1, S, S)."""
        side = x.shape[3] // 2 - MARGIN
        x = conv2d(x[:, :, 1:, 1:], self.taps[None, None, None, :], stride=(1, 2))[:, :, :, :side]
        return conv2d(x, self.taps[None, None, :, None], stride=(2, 1))[:, :, :side]


def chosen(n: int, chance: torch.Generator) -> dict[str, torch.Tensor]:
    """Chance for `n` pictures, on the CPU: what `Adaptation` takes."""
    return {
        "gates": torch.rand(n, len(GATES), generator=chance),
        "uniform": torch.rand(n, len(UNIFORM), generator=chance),
        "normal": torch.randn(n, len(NORMAL), generator=chance),
    }


def _named(names: Sequence[str], columns: torch.Tensor) -> Mapping[str, torch.Tensor]:
    return dict(zip(names, columns.unbind(1), strict=True))


def _geometry(
    gates: Mapping[str, torch.Tensor],
    uniform: Mapping[str, torch.Tensor],
    normal: Mapping[str, torch.Tensor],
    p: torch.Tensor,
    side: int,
) -> torch.Tensor:
    """(N, 2, 3): from places in the new picture to places in the old one, both -1…1.

    What is drawn is as likely as its inverse, so the product may be read either way.
    """
    is_on = lambda name, chance=p: (gates[name] < chance).float()
    turning = 1 - (1 - p).clamp(0, 1).sqrt()  # both turns together are as likely as p
    flipped = 1 - 2 * is_on("flip") * (uniform["flip"] < 0.5).float()
    quarters = (uniform["quarter"] * 4).floor() * is_on("quarter") * (math.pi / 2)
    whole = [((uniform[f"whole_{axis}"] * 2 - 1) * WHOLE * side).round() * (2 / side) * is_on("whole") for axis in "xy"]
    scale = torch.exp2(normal["scale"] * SCALE * is_on("scale"))
    before = (uniform["before"] * 2 - 1) * math.pi * is_on("before", turning)
    stretch = torch.exp2(normal["stretch"] * SCALE * is_on("stretch"))
    after = (uniform["after"] * 2 - 1) * math.pi * is_on("after", turning)
    shift = [normal[f"shift_{axis}"] * SHIFT * 2 * is_on("shift") for axis in "xy"]

    matrix = _scaling(flipped, torch.ones_like(flipped)) @ _turning(quarters) @ _shifting(*whole)
    matrix = matrix @ _scaling(scale, scale) @ _turning(before) @ _scaling(stretch, 1 / stretch) @ _turning(after)
    return (matrix @ _shifting(*shift))[:, :2]


def _color(
    gates: Mapping[str, torch.Tensor],
    uniform: Mapping[str, torch.Tensor],
    normal: Mapping[str, torch.Tensor],
    p: torch.Tensor,
) -> torch.Tensor:
    """(N, 3, 4): a picture's new colours from its old ones and 1."""
    is_on = lambda name: (gates[name] < p).float()
    device = p.device
    eye = torch.eye(3, device=device)
    grey = torch.full((3, 3), 1 / 3, device=device)  # the part of a colour along the axis of greys
    # Turning about that axis by an angle: Rodrigues' formula.
    cross = (eye.roll(1, 0) - eye.roll(1, 1)) / math.sqrt(3)

    brightness = normal["brightness"] * BRIGHTNESS * is_on("brightness")
    contrast = torch.exp2(normal["contrast"] * CONTRAST * is_on("contrast"))
    luma = is_on("luma") * (uniform["luma"] < 0.5).float()
    hue = (uniform["hue"] * 2 - 1) * math.pi * is_on("hue")
    saturation = torch.exp2(normal["saturation"] * SATURATION * is_on("saturation"))

    each = lambda value: value[:, None, None]
    matrix = each(contrast) * (eye - 2 * each(luma) * grey)
    turned = each(hue.cos()) * eye + each(hue.sin()) * cross + each(1 - hue.cos()) * grey
    matrix = (grey + (eye - grey) * each(saturation)) @ turned @ matrix
    offset = (matrix @ brightness[:, None, None].expand(-1, 3, 1)).reshape(-1, 3, 1)  # brightness comes first
    return torch.cat([matrix, offset], 2)


def _recolored(x: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    n, c, h, w = x.shape
    if c == 1:  # what is grey stays grey
        line = matrix.mean(1)  # (N, 4)
        return x * line[:, :3].sum(1)[:, None, None, None] + line[:, 3][:, None, None, None]
    colors = (matrix[:, :, :3] @ x[:, :3].reshape(n, 3, h * w) + matrix[:, :, 3:]).view(n, 3, h, w)
    return colors if c == 3 else torch.cat([colors, x[:, 3:]], 1)


def _scaling(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return _matrix(x, zero, zero, zero, y, zero, zero, zero, one)


def _turning(angle: torch.Tensor) -> torch.Tensor:
    zero, one = torch.zeros_like(angle), torch.ones_like(angle)
    return _matrix(angle.cos(), -angle.sin(), zero, angle.sin(), angle.cos(), zero, zero, zero, one)


def _shifting(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return _matrix(one, zero, x, zero, one, y, zero, zero, one)


def _matrix(*entries: torch.Tensor) -> torch.Tensor:
    return torch.stack(entries, 1).view(-1, 3, 3)
