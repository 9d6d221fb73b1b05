"""What people call somebody's hair: how light it is, and its family of colours."""

from __future__ import annotations

import math
from collections.abc import Mapping

LIGHTNESS = ("dark", "mid", "light")
FAMILIES = ("black", "brown", "blond", "red", "grey", "other")
TOGETHER = (
    ("dark", "black"), ("dark", "brown"), ("dark", "red"), ("dark", "other"), ("mid", "brown"), ("mid", "blond"),
    ("mid", "red"), ("mid", "grey"), ("mid", "other"), ("light", "blond"), ("light", "grey"), ("light", "other"),
)  # fmt: skip
"""What hair can be."""


def named(light: Mapping[str, float], family: Mapping[str, float]) -> tuple[str, str, float]:
    """The likeliest of TOGETHER, of what each of LIGHTNESS and of FAMILIES is likely to be, and how likely it is among
    them."""
    odds = {pair: light[pair[0]] * family[pair[1]] for pair in TOGETHER}
    pair = max(odds, key=odds.__getitem__)
    return *pair, odds[pair] / max(math.fsum(odds.values()), 1e-9)
