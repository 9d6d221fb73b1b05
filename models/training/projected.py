"""Discriminators that look at a picture through a network which knows faces already.

Sauer et al. 2021, "Projected GANs Converge Faster" (https://arxiv.org/abs/2111.01007): a D that need not learn to see
judges well from the beginning. There one head a scale looks at an ImageNet network's activations; here they are our own
features network's, and the heads stand beside the GAN's own D, which sees what that network was taught to overlook.
They serve training alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import leaky_relu
from torch.nn.utils.parametrizations import spectral_norm

from data.vision.features import WEIGHTS, Features
from models.training.adversarial import d_loss, g_loss

WIDTH = 64  # channels of a head


class Head(nn.Module):
    """Activations (N, C, H, W) -> logits (N, H', W'), of pieces of the picture.

    They are mixed first, by chance and once for all (section 3.2, "Cross-Channel Mixing"), so that no few channels
    decide; spectral norm (Miyato et al. 2018, https://arxiv.org/abs/1802.05957) holds the rest back.
    """

    mixing: torch.Tensor  # (WIDTH, C, 1, 1)

    def __init__(self, channels: int, shrinks: int) -> None:
        super().__init__()
        self.register_buffer("mixing", torch.randn(WIDTH, channels, 1, 1) / channels**0.5)
        convs = [nn.Conv2d(WIDTH, WIDTH, 3, 2, 1) for _ in range(shrinks)] + [nn.Conv2d(WIDTH, WIDTH, 3, 1, 1)]
        self.convs = nn.ModuleList([spectral_norm(conv) for conv in convs])
        self.out = spectral_norm(nn.Conv2d(WIDTH, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.conv2d(x, self.mixing.to(x.dtype))
        for conv in self.convs:
            x = leaky_relu(conv(x), 0.2)
        return self.out(x)[:, 0]


class Projected(nn.Module):
    """A head for each scale of the features network, which itself does not learn and is no part of the state.

    `features` is that network where it is loaded already. Raises FeaturesUnavailable.
    """

    def __init__(self, weights: Path = WEIGHTS, features: Features | None = None) -> None:
        super().__init__()
        features = features or Features(weights)
        features.network.requires_grad_(False)
        self._seeing = [features]  # in a list: no submodule
        # Down to a fifth of the stage's side at most, where a head's piece is about half of the face.
        self.heads = nn.ModuleList([Head(c, n) for c, n in zip(features.config.widths, (2, 2, 1, 0), strict=True)])

    def to(self, *args: object, **kwargs: object) -> Projected:  # type: ignore[override]
        self._seeing[0].network.to(*args, **kwargs)  # type: ignore[call-overload]
        return super().to(*args, **kwargs)  # type: ignore[arg-type]

    def forward(self, pictures: torch.Tensor, dtype: torch.dtype) -> list[torch.Tensor]:
        """(N, 1 or 3, H, W) in -1…1 -> the logits of every head, flat, float32; differentiable in the pictures."""
        # No cache of weights in `dtype`: a recorded step must make them anew.
        with torch.autocast(pictures.device.type, dtype, enabled=dtype != torch.float32, cache_enabled=False):
            return self.judged(self._seeing[0].maps(pictures.expand(-1, 3, -1, -1)))

    def judged(self, maps: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """The network's activations of pictures -> the logits of every head, flat, float32."""
        return [head(x).flatten().float() for head, x in zip(self.heads, maps, strict=True)]

    def d_loss(self, real: torch.Tensor, fake: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Pictures, real and drawn -> the heads' loss, a scalar: the mean over heads."""
        pairs = zip(self(real, dtype), self(fake, dtype), strict=True)
        return torch.stack([d_loss(on_real, on_fake) for on_real, on_fake in pairs]).mean()

    def g_loss(self, fake: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Drawn pictures -> the generator's loss, a scalar: the mean over heads."""
        return torch.stack([g_loss(logits) for logits in self(fake, dtype)]).mean()
