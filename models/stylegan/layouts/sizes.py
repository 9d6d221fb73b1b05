"""The config of a network from the shapes of its weights, which cannot lie."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from models.foreign.errors import Unreadable
from models.stylegan.config import MAX_RESOLUTION, StyleGANConfig
from models.stylegan.layouts.network import Found

BROKEN = "holds a generator that is put together wrongly"


def config_of(G: Found, D: Found | None = None) -> StyleGANConfig:
    """Of a generator, and of the discriminator that goes with it. Raises Unreadable.

    What it says of D holds if D has the shapes that it asks for, which is for the caller to see.
    """
    shapes = {name: numbers.shape for name, numbers in G.tensors.items()}
    widths = _widths(shapes, r"synthesis\.b(\d{1,5})\.conv1\.weight", 4)
    side = max(widths)
    mapping = _numbered(shapes, r"mapping\.fc(\d{1,3})\.weight")
    w_dim = _shape(shapes, "mapping.fc0.weight", 2)[0]
    c_dim = _shape(shapes, "mapping.embed.weight", 2)[1] if "mapping.embed.weight" in shapes else 0
    drawn = [r for r in widths if f"synthesis.b{r}.torgb.weight" in shapes]
    if any(re.fullmatch(r"synthesis\.b\d+\.skip\.weight", name) for name in shapes):
        architecture = "resnet"
    else:
        architecture = "skip" if len(drawn) > 1 else "orig"
    base, most = _base(widths, G.channel_base)
    try:
        return StyleGANConfig(
            resolution=side,
            img_channels=_shape(shapes, f"synthesis.b{side}.torgb.weight", 4)[0],
            z_dim=_shape(shapes, "mapping.fc0.weight", 2)[1] - (w_dim if c_dim else 0),
            w_dim=w_dim,
            c_dim=c_dim,
            channel_base=base,
            channel_max=most,
            mapping_layers=mapping,
            mapping_lr_multiplier=G.lr_multiplier,
            g_architecture=architecture,
            use_noise=any(name.endswith(".noise_strength") for name in shapes),
            conv_clamp=G.clamp,
            resample_filter=G.taps,
            bank=max(1, c_dim),
            **(_of_discriminator(D, c_dim, widths[4]) if D else {}),
        )
    except ValueError as error:
        raise Unreadable(f"holds a network that cannot be built: {error}") from error


def unlike(G: Found, D: Found) -> str | None:
    """Why a D cannot share G's config, as the rest of a sentence; None where it can."""
    clamp = G.clamp if D.clamp is not None and D.clamp < 0 else D.clamp  # below 0: it does not say
    if clamp != G.clamp:
        return f"clamps at {D.clamp} and G at {G.clamp}"
    return "resamples with another filter than G" if D.taps != G.taps else None


def _of_discriminator(D: Found, c_dim: int, channels: int) -> dict[str, Any]:
    shapes = {name: numbers.shape for name, numbers in D.tensors.items()}
    if any(re.fullmatch(r"b\d+\.skip\.weight", name) for name in shapes):
        architecture = "resnet"
    else:
        architecture = "skip" if "b4.fromrgb.weight" in shapes else "orig"
    found: dict[str, Any] = {
        "d_architecture": architecture,
        "mbstd_group": D.group,
        "mbstd_channels": max(0, _shape(shapes, "b4.conv.weight", 4)[1] - channels),
    }
    if c_dim:
        compared = _shape(shapes, "b4.out.weight", 2)[0]
        found["cmap_dim"] = None if compared == channels else compared
        found["d_mapping_layers"] = _numbered(shapes, r"mapping\.fc(\d{1,3})\.weight")
    return found


def _widths(shapes: Mapping[str, tuple[int, ...]], pattern: str, axes: int) -> dict[int, int]:
    """Resolution -> channels, at least at 4 px."""
    found = {int(m[1]): _shape(shapes, name, axes)[0] for name in shapes if (m := re.fullmatch(pattern, name))}
    if 4 not in found or max(found) > MAX_RESOLUTION or set(found) != {4 << i for i in range(len(found))}:
        raise Unreadable(f"{BROKEN}: it draws at {', '.join(map(str, sorted(found)[:12])) or 'no size'} px")
    return found


def _base(widths: Mapping[int, int], written: int | None) -> tuple[int, int]:
    """channel_base and channel_max that give these widths. Raises Unreadable where none do."""
    most = max(widths.values())
    narrow = [r for r, width in widths.items() if width < most]
    # The largest of those that are possible at every resolution; where none is below the maximum, the least that is.
    guess = min(r * (widths[r] + 1) - 1 for r in narrow) if narrow else max(widths) * most
    rounded = min((r * widths[r] for r in narrow if r * widths[r] <= guess), default=guess, key=lambda b: guess - b)
    for base in (written, rounded, guess):
        if base and all(min(base // r, most) == width for r, width in widths.items()):
            return base, most
    raise Unreadable("has widths that are not channel_base / resolution")


def _numbered(shapes: Mapping[str, tuple[int, ...]], pattern: str) -> int:
    return sum(1 for name in shapes if re.fullmatch(pattern, name))


def _shape(shapes: Mapping[str, tuple[int, ...]], name: str, axes: int) -> tuple[int, ...]:
    shape = shapes.get(name)
    if shape is None:
        raise Unreadable(f"lacks the tensor {name}")
    if len(shape) != axes or not math.prod(shape):
        raise Unreadable(f"holds {name} in the shape {shape}")
    return shape
