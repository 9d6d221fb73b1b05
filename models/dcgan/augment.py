"""DiffAugment: the same random changes for real and drawn pictures, through which gradients flow.

D then cannot know a small set by heart, and what it is shown changed G does not learn. Zhao et al. 2020
(https://arxiv.org/abs/2006.10738), section 3 and appendix.
"""

from __future__ import annotations

import torch
from torch.nn.functional import pad

POLICIES = ("color", "translation", "cutout")


def parse(text: str) -> tuple[str, ...]:
    """`color,translation` -> its policies, `none` -> none of them. Raises ValueError for another name."""
    names = tuple(part.strip() for part in text.split(",")) if text.strip() != "none" else ()
    if wrong := [name for name in names if name not in POLICIES]:
        raise ValueError(f"augmentation is none, or some of {','.join(POLICIES)}; not {wrong[0]!r}")
    return tuple(name for name in POLICIES if name in names)


def augment(x: torch.Tensor, policies: tuple[str, ...], chance: torch.Generator) -> torch.Tensor:
    """Pictures (N, 3, H, W) in -1…1, each changed in its own way. `chance` is a CPU generator."""
    for name in policies:
        x = _AUGMENTATIONS[name](x, chance)
    return x


def _draw(x: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    return torch.rand(len(x), 1, 1, 1, generator=chance).to(x.device, x.dtype)


def _color(x: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Brightness by -0.5…0.5, saturation times 0…2, contrast times 0.5…1.5."""
    x = x + (_draw(x, chance) - 0.5)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (2 * _draw(x, chance))
    middle = x.mean([1, 2, 3], keepdim=True)
    return middle + (x - middle) * (_draw(x, chance) + 0.5)


def _translation(x: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """Moved by up to an eighth of each side; what comes in is grey (0)."""
    n, _, h, w = x.shape
    far = (round(h / 8), round(w / 8))
    places = [torch.randint(0, 2 * reach + 1, (n,), generator=chance).tolist() for reach in far]
    wide = pad(x, (far[1], far[1], far[0], far[0]))
    # Slices, and no index arithmetic: an eighth of the time on a CPU, where gathering's gradient is slow.
    moved = [wide[i, :, top : top + h, left : left + w] for i, (top, left) in enumerate(zip(*places, strict=True))]
    return torch.stack(moved).contiguous(memory_format=torch.channels_last)


def _cutout(x: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """A rectangle of half of each side is grey (0); it may reach over the edge."""
    n, _, h, w = x.shape
    mask = torch.ones(n, 1, h, w)
    tops = torch.randint(-(h // 4), h - h // 4 + 1, (n,), generator=chance).tolist()
    lefts = torch.randint(-(w // 4), w - w // 4 + 1, (n,), generator=chance).tolist()
    for i, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        mask[i, :, max(0, top) : top + h // 2, max(0, left) : left + w // 2] = 0
    return x * mask.to(x.device, x.dtype)


_AUGMENTATIONS = {"color": _color, "translation": _translation, "cutout": _cutout}
