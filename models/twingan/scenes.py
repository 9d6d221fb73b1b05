"""What E, G and D are shown of pictures: moved, mirrored, in another light, before another background.

All of it is done on the device where a step is computed, from chance that came from outside. A background is four
colours, one for each corner, which run into each other: so are a photo's own, once blurred, those of drawings of the
same person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch.nn.functional import adaptive_avg_pool2d, affine_grid, grid_sample, interpolate

Tensors = Mapping[str, torch.Tensor]

OWN, PLAIN, OTHERS = 0, 1, 2  # whose background a photo stands before: its own, none but colours, another photo's
SCALE, SHIFT, TURN = 0.1, 0.06, 12.0  # what is usual: log of the size, of the frame, degrees
GAIN, TINT = 0.25, 0.06  # of light: log of its strength, of its colours
FOUR = 4  # pictures that lend to each other: parts of a batch have so many, or twice as many, and so on
_ROLL = 20.0  # degrees that a label of 1 means


def chosen(n: int, chance: torch.Generator, moved: float = 0.0, lit: float = 0.0, mirror: bool = False) -> Tensors:
    """Chance for n pictures, on the CPU: `theta` (N, 2, 3) from places in the new picture to those in the old one, both
    -1…1; `gain` (N, 3, 1, 1); what becomes of labels, `roll` (N,) added to theirs and then `flip` (N,) bool."""
    uniform = lambda *shape: 2 * torch.rand(*shape, generator=chance) - 1
    scale, turn, shift = (
        torch.exp(SCALE * moved * uniform(n)),
        TURN * moved * uniform(n),
        SHIFT * 2 * moved * uniform(n, 2),
    )
    angle = turn * (math.pi / 180)
    across = torch.stack([angle.cos() / scale, angle.sin() / scale, shift[:, 0]], 1)
    down = torch.stack([-angle.sin() / scale, angle.cos() / scale, shift[:, 1]], 1)
    theta = torch.stack([across, down], 1)  # (N, 2, 3)
    flip = torch.rand(n, generator=chance) < (0.5 if mirror else -1.0)
    theta[:, :, 0] *= torch.where(flip, -1.0, 1.0)[:, None]
    gain = torch.exp(lit * (GAIN * uniform(n, 1) + TINT * uniform(n, 3)))[:, :, None, None]
    return {"theta": theta, "gain": gain, "roll": turn / _ROLL, "flip": flip}


def swapped(n: int, chance: torch.Generator, swap: float) -> Tensors:
    """Chance for n photos: `behind` int64 (N,), one of OWN, PLAIN, OTHERS, and `corners` (N, 3, 2, 2) in -1…1."""
    where = torch.rand(n, generator=chance)
    behind = torch.full((n,), OWN) + (where < swap).long() + (where < swap / 2).long()
    middle, slope = torch.rand(n, 3, 1, 1, generator=chance), torch.rand(n, 3, 2, 2, generator=chance)
    return {"behind": behind, "corners": (2 * (middle + 0.4 * (slope - 0.5)) - 1).clamp(-1, 1)}


def lenders(n: int, device: torch.device | None = None) -> torch.Tensor:
    """int64 (n,): the picture that lends each of a batch something.

    In every four, pairs exchange: two neighbours may be one photo and its mirror image.
    """
    rows = torch.arange(n, device=device)
    return torch.where((rows ^ 2) < n, rows ^ 2, rows)


def lent(x: torch.Tensor) -> torch.Tensor:
    """(N, …), for each what its lender has."""
    return x[lenders(len(x), x.device)]


def layers(pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """uint8 (N, H, W, 4) -> colours (N, 3, H, W) in -1…1, and alpha (N, 1, H, W) in 0…1; float32."""
    x = pixels.permute(0, 3, 1, 2).float()
    return x[:, :3] / 127.5 - 1, x[:, 3:] / 255


def behind(colours: torch.Tensor, alpha: torch.Tensor) -> torch.Tensor:
    """(N, 3, 2, 2): the mean colours of what is not the person, of each corner; of the edges where all is."""
    side = colours.shape[2]
    far = torch.linspace(-1, 1, side, device=colours.device).abs()
    edge = torch.maximum(
        far[None, :].expand(side, side), (far * (torch.arange(side, device=far.device) < side / 2))[:, None]
    )
    weight = (1 - alpha).square() + 1e-3 * (edge > 0.85)
    return adaptive_avg_pool2d(colours * weight, 2) / adaptive_avg_pool2d(weight, 2).clamp(min=1e-6)


def backdrop(corners: torch.Tensor, side: int) -> torch.Tensor:
    """(N, 3, 2, 2) -> (N, 3, side, side)."""
    return interpolate(corners, (side, side), mode="bilinear", align_corners=True)


def moved(x: torch.Tensor, theta: torch.Tensor, beyond: str) -> torch.Tensor:
    """(N, C, H, W) read at other places; `beyond` the edge it is mirrored ("reflection") or goes on ("border")."""
    return grid_sample(x, affine_grid(theta, [*x.shape], False), padding_mode=beyond, align_corners=False)


def photographed(pixels: torch.Tensor, given: Tensors, *, swap: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures uint8 (N, H, W, 4) -> as E and D are shown them, (N, 3, H, W), and what is behind them, (N, 3, 2, 2).

    `given` has what `chosen` chose, with `swap` also what `swapped` did.
    """
    colours, alpha = layers(pixels)
    corners = behind(colours, alpha)
    if swap:
        plain, others = ((given["behind"] == kind)[:, None, None, None] for kind in (PLAIN, OTHERS))
        ground = torch.where(plain, backdrop(given["corners"], colours.shape[2]), lent(colours))
        # Where the neighbour's person would look out from behind, there are the colours of their background.
        hidden = lent(alpha)
        ground = torch.where(others, ground * (1 - hidden) + backdrop(lent(corners), colours.shape[2]) * hidden, ground)
        colours = torch.where(plain | others, colours * alpha + ground * (1 - alpha), colours)
        corners = torch.where(plain, given["corners"], torch.where(others, lent(corners), corners))
    light = lambda x: ((x + 1) * given["gain"] - 1).clamp(-1, 1)
    corners = torch.where(given["flip"][:, None, None, None], corners.flip(3), corners)
    return light(moved(colours, given["theta"], "reflection")), light(corners)


def drawn(pixels: torch.Tensor, theta: torch.Tensor, corners: torch.Tensor) -> torch.Tensor:
    """Drawings uint8 (N, H, W, 4) before backgrounds (N, 3, 2, 2) -> (N, 3, H, W)."""
    colours, alpha = layers(pixels)
    x = moved(torch.cat([colours * alpha, alpha], 1), theta, "border")
    return x[:, :3] + backdrop(corners, colours.shape[2]) * (1 - x[:, 3:])
