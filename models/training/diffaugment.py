"""DiffAugment: the same random changes for real and drawn pictures, through which gradients flow.

D then cannot know a small set by heart, and what it is shown changed G does not learn. Zhao et al. 2020
(https://arxiv.org/abs/2006.10738), section 3 and appendix.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch.nn.functional import pad

POLICIES = ("color", "translation", "cutout")


def parse(text: str) -> tuple[str, ...]:
    """`color,translation` -> its policies, `none` -> none of them. Raises ValueError for another name."""
    names = tuple(part.strip() for part in text.split(",")) if text.strip() != "none" else ()
    if wrong := [name for name in names if name not in POLICIES]:
        raise ValueError(f"augmentation is none, or some of {','.join(POLICIES)}; not {wrong[0]!r}")
    return tuple(name for name in POLICIES if name in names)


def chosen(policies: tuple[str, ...], n: int, side: int, chance: torch.Generator) -> dict[str, torch.Tensor]:
    """How each of `n` pictures of `side` px is to be changed, by chance: what `augment` takes, on the CPU."""
    uniform = lambda: torch.rand(n, 1, 1, 1, generator=chance)
    place = lambda low, high: torch.randint(low, high + 1, (n,), generator=chance)
    drawn: dict[str, torch.Tensor] = {}
    if "color" in policies:
        drawn |= {"brightness": uniform() - 0.5, "saturation": 2 * uniform(), "contrast": uniform() + 0.5}
    if "translation" in policies:
        drawn |= {"moved_y": place(0, 2 * _far(side)), "moved_x": place(0, 2 * _far(side))}
    if "cutout" in policies:
        edge = side // 4
        drawn |= {"cut_y": place(-edge, side - edge), "cut_x": place(-edge, side - edge)}
    return drawn


def augment(x: torch.Tensor, drawn: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """Pictures (N, 3, H, W) in -1…1, square, each changed in its own way: as `chosen` says, on the device of `x`."""
    if "brightness" in drawn:
        x = _color(x, *(drawn[name].to(x.dtype) for name in ("brightness", "saturation", "contrast")))
    if "moved_y" in drawn:
        x = _translation(x, drawn["moved_y"], drawn["moved_x"])
    if "cut_y" in drawn:
        x = _cutout(x, drawn["cut_y"], drawn["cut_x"])
    return x


def _color(x: torch.Tensor, brightness: torch.Tensor, saturation: torch.Tensor, contrast: torch.Tensor) -> torch.Tensor:
    """Brightness by -0.5…0.5, saturation times 0…2, contrast times 0.5…1.5."""
    x = x + brightness
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * saturation
    middle = x.mean([1, 2, 3], keepdim=True)
    return middle + (x - middle) * contrast


def _far(side: int) -> int:
    """How far a picture is moved at most."""
    return round(side / 8)


def _translation(x: torch.Tensor, tops: torch.Tensor, lefts: torch.Tensor) -> torch.Tensor:
    """Moved by up to an eighth of each side; what comes in is grey (0)."""
    side = x.shape[3]
    wide = pad(x, [_far(side)] * 4)
    cut = _gathered if x.device.type == "cuda" else _sliced
    return cut(wide, tops, lefts, side).contiguous(memory_format=torch.channels_last)


def _sliced(wide: torch.Tensor, tops: torch.Tensor, lefts: torch.Tensor, side: int) -> torch.Tensor:
    """A square of each picture, from its corner on. An eighth of `_gathered`'s time on a CPU, with its gradient."""
    corners = zip(tops.tolist(), lefts.tolist(), strict=True)
    return torch.stack([wide[i, :, top : top + side, left : left + side] for i, (top, left) in enumerate(corners)])


def _gathered(wide: torch.Tensor, tops: torch.Tensor, lefts: torch.Tensor, side: int) -> torch.Tensor:
    """The same in a few kernels instead of some for each picture, and without asking where the corners are."""
    n, channels, _, width = wide.shape
    along = torch.arange(side, device=wide.device)
    rows = (tops[:, None] + along)[:, None, :, None]  # (N, 1, side, 1)
    columns = (lefts[:, None] + along)[:, None, None, :]  # (N, 1, 1, side)
    band = wide.gather(2, rows.expand(n, channels, side, width))
    return band.gather(3, columns.expand(n, channels, side, side))


def _cutout(x: torch.Tensor, tops: torch.Tensor, lefts: torch.Tensor) -> torch.Tensor:
    """A rectangle of half of each side is grey (0); it may reach over the edge."""
    side = x.shape[3]
    along = torch.arange(side, device=x.device)
    inside = lambda begin: (along >= begin[:, None]) & (along < begin[:, None] + side // 2)  # (N, side)
    cut = inside(tops)[:, :, None] & inside(lefts)[:, None, :]
    return x * ~cut[:, None]
