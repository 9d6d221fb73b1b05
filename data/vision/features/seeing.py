"""The features network at work: its stored weights, checked; pictures in, what is seen out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch.nn import functional as F

from data.pictures import Faces, Pixels
from data.vision.features.network import FeaturesConfig, FeaturesNetwork
from data.vision.requests import Seen

WEIGHTS = Path(__file__).parent / "weights"
PREFIX = "features."  # of the tensors in the file
MAX_BYTES = 50_000_000  # of a weights file; ours has 2 MB
BATCH = 64


class FeaturesUnavailable(Exception):
    """The weights cannot be used; the message is one sentence."""


class Features:
    """The network of a folder (`model.safetensors`, `config.json`), ready to look. One thread uses it.

    Raises FeaturesUnavailable where the folder holds no such network, whole and fitting its config.
    """

    def __init__(self, folder: Path = WEIGHTS, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self.info: dict[str, Any] = _config(folder)
        network = _load(folder, self.info).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.network: FeaturesNetwork = network.eval().requires_grad_(False)
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


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise FeaturesUnavailable(f"{path} cannot be read: {error}") from error
    if not isinstance(config, dict) or config.get("family") != "features":
        raise FeaturesUnavailable(f"{path} is not of a features network")
    return config


def _load(folder: Path, config: dict[str, Any]) -> FeaturesNetwork:
    """Every tensor is compared with the network of the config (name, shape, type) before any is read."""
    path = folder / "model.safetensors"
    try:
        with torch.device("meta"):
            network = FeaturesNetwork(FeaturesConfig.from_json(config["network"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FeaturesUnavailable(f"{folder / 'config.json'} describes no network: {error!r}") from error
    wanted = network.state_dict()
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FeaturesUnavailable(f"{path} is larger than {MAX_BYTES:,} bytes")
        with safe_open(path, framework="pt") as file:
            if wrong := sorted(set(file.keys()) ^ {PREFIX + key for key in wanted}):
                raise FeaturesUnavailable(f"{path} does not fit its config.json: {wrong[0]}")
            for key, value in wanted.items():
                part = file.get_slice(PREFIX + key)
                types = ("F32", "F16") if value.is_floating_point() else ("I64",)
                if tuple(part.get_shape()) != tuple(value.shape) or part.get_dtype() not in types:
                    raise FeaturesUnavailable(f"{path}: {key} is {part.get_dtype()} {part.get_shape()}")
            tensors = {key: file.get_tensor(PREFIX + key) for key in wanted}
    except (OSError, SafetensorError, ValueError) as error:
        raise FeaturesUnavailable(f"{path} cannot be read: {error}") from error
    for key, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            raise FeaturesUnavailable(f"{path}: {key} holds values that are not finite")
    network = network.to_empty(device="cpu")
    network.load_state_dict(tensors)
    return network
