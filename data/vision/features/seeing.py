"""The features network at work: its stored weights, checked; pictures in, what is seen out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from data.pictures import Faces, Pixels
from data.vision.features.network import FeaturesConfig, FeaturesNetwork
from data.vision.requests import Seen
from data.vision.stored import load

WEIGHTS = Path(__file__).parent / "weights"
PREFIX = "features."  # of the tensors in the file
BATCH = 64


class FeaturesUnavailable(Exception):
    """The weights cannot be used; the message is one sentence."""


class Features:
    """The network of a folder (`model.safetensors`, `config.json`), ready to look. One thread uses it.

    Raises FeaturesUnavailable where the folder holds no such network, whole and fitting its config.
    """

    def __init__(self, folder: Path = WEIGHTS, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self.info: dict[str, Any]
        network, self.info = load(
            folder, "features", lambda value: FeaturesNetwork(FeaturesConfig.from_json(value)), FeaturesUnavailable
        )
        self.network: FeaturesNetwork = network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.config = self.network.config

    def embed(self, images: torch.Tensor) -> torch.Tensor:
        """Penultimate features (N, dim) of float (N, 3, H, W) in -1…1, any size; differentiable in `images`."""
        return self.network.features(self._fit(images))

    def maps(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Activations of all stages for the same, for a perceptual distance; differentiable in `images`."""
        return self.network.maps(self._fit(images))

    @torch.inference_mode()
    def see(self, pictures: Faces) -> tuple[Seen, ...]:
        """What is seen in uint8 (H, W, 3) each, a list or a stack; see `data.vision.requests.See`."""
        seen: list[Seen] = []
        for start in range(0, len(pictures), BATCH):
            batch = torch.cat([self._input(picture) for picture in pictures[start : start + BATCH]])
            output = self.network(batch.contiguous(memory_format=torch.channels_last))
            chances = [logits.softmax(1).cpu().tolist() for logits in output.logits]
            numbers, embeddings = output.numbers.cpu().tolist(), output.embedding.cpu().numpy()
            for i in range(len(batch)):
                choices = {
                    name: dict(zip(options, column[i], strict=True))
                    for (name, options), column in zip(self.config.choices, chances, strict=True)
                }
                seen.append(Seen(choices, dict(zip(self.config.numbers, numbers[i], strict=True)), embeddings[i]))
        return tuple(seen)

    def _input(self, picture: Pixels) -> torch.Tensor:
        """uint8 (H, W, 3) -> float (1, 3, size, size) in -1…1."""
        # NHWC seen as NCHW is channels-last, for which torch has a quick way of shrinking bytes: no large picture is
        # ever held in floats.
        x = torch.from_numpy(np.ascontiguousarray(picture))[None].permute(0, 3, 1, 2)
        if x.shape[2:] != (self.config.size, self.config.size):
            x = F.interpolate(x, (self.config.size, self.config.size), mode="bilinear", antialias=True)
        return x.to(self.device).float() / 127.5 - 1

    def _fit(self, images: torch.Tensor) -> torch.Tensor:
        size = (self.config.size, self.config.size)
        if images.shape[2:] == size:
            return images
        return F.interpolate(images, size, mode="bilinear", antialias=True, align_corners=False)
