"""Where a GAN's weights come from when it does not begin with nothing."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

BANK = "c_bank"  # a generator's label vectors, which are the training set's


def start_from(G: nn.Module, G_ema: nn.Module, D: nn.Module, modules: Mapping[str, nn.Module]) -> None:
    """Begin with the weights of G_ema, and of D where it was kept, of another model of the same config.

    The bank of labels stays that of the pictures to train on.
    """
    for module in (G, G_ema):
        mine = {key: value.clone() for key, value in module.state_dict().items() if key == BANK}
        module.load_state_dict({**modules["G_ema"].state_dict(), **mine})
    if "D" in modules:
        D.load_state_dict(modules["D"].state_dict())
