"""The features network in training."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from data.vision.features.network import FeaturesConfig, FeaturesNetwork
from data.vision.features.seeing import PREFIX
from data.vision.features.targets import CHOICES, NUMBERS, mirrored
from models.features.augment import Strength, augment
from models.features.feed import Batch
from models.features.losses import choice_loss, contrastive_loss, number_loss
from models.precision import training_dtype
from models.training.average import beta, follow
from models.training.randomness import noise

SIDE = 96  # px of the packed pictures: room to zoom in
GALLERY = 256  # pictures of the set that the preview looks among
ROWS = 8  # of the preview: a picture and its nearest


@dataclass(frozen=True, slots=True)
class FeaturesOptions:
    batch: int = 64  # images a step
    views: int = 2  # of each character in a batch
    lr: float = 2e-3  # AdamW's, at its highest
    warmup_kimg: float = 4.0  # up to it
    decay_kimg: float = 300.0  # and down again, by a cosine, until here
    weight_decay: float = 0.05
    ease: float = 0.5  # the augmentation reaches its strength after this part of `decay_kimg`
    temperature: float = 0.1  # of the contrastive loss
    metric: float = 0.5  # weights of the losses
    choice: float = 4.0  # many small things; hair and eye colour alone would satisfy the metric
    number: float = 2.0
    ema_kimg: float = 4.0  # half-life of the average that is kept
    ema_rampup: float = 0.05  # at first it is this part of the run so far

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def strength_at(self, nimg: int) -> float:
        """Of the augmentation, 0 … 1: eyes and glasses are found sooner where they are sharp."""
        return min(1.0, nimg / 1000 / (self.ease * self.decay_kimg)) if self.ease else 1.0

    def lr_at(self, nimg: int) -> float:
        """A hundredth of `lr` is left when a run is longer than `decay_kimg`."""
        share = min(1.0, nimg / 1000 / self.decay_kimg)
        ramp = min(1.0, (nimg + self.batch) / 1000 / self.warmup_kimg)
        return self.lr * ramp * max(0.01, 0.5 + 0.5 * math.cos(math.pi * share))


def config(size: int = 80, widths: tuple[int, ...] = (32, 48, 96, 144)) -> FeaturesConfig:
    """The network that says what `data.vision.features.targets` knows."""
    return FeaturesConfig(tuple(CHOICES.items()), NUMBERS, size, widths)


class FeaturesTask:
    """See `models.training.task.Task`. `gallery`, uint8 (n, H, W, 3), is for the preview."""

    def __init__(
        self, config: FeaturesConfig, options: FeaturesOptions, seed: int, gallery: np.ndarray, device: str = "cpu"
    ) -> None:
        self.config, self.options, self.seed, self.gallery = config, options, seed, gallery
        self.strength = Strength()
        self.device = torch.device(device)
        self.dtype = training_dtype(self.device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = FeaturesNetwork(config)
        self.network = network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.modules: Mapping[str, nn.Module] = {"features": self.network, "features_ema": self.average}
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        self.optimizers: Mapping[str, torch.optim.Optimizer] = {
            "features": torch.optim.AdamW(
                [{"params": decayed}, {"params": others, "weight_decay": 0.0}],
                options.lr,
                weight_decay=options.weight_decay,
            )
        }

    def start_from(self, network: nn.Module) -> None:
        """Begin with the weights of another network of the same config."""
        for module in (self.network, self.average):
            module.load_state_dict(network.state_dict())

    def step(self, batch: Batch, nimg: int) -> dict[str, torch.Tensor]:
        options, chance = self.options, noise(self.seed, nimg)
        strength = self.strength.eased(options.strength_at(nimg))
        x, flip, degrees = augment(self._images(batch.images), self.config.size, chance, strength)
        chosen, numbers = self._turned(batch, flip.cpu().numpy(), degrees.cpu().numpy())
        groups = torch.from_numpy(batch.groups).to(self.device)

        with self._autocast():
            output = self.network(x.contiguous(memory_format=torch.channels_last))
        losses = {
            "loss_metric": contrastive_loss(output.embedding, groups, options.temperature),
            "loss_choice": choice_loss(output.logits, chosen, torch.from_numpy(batch.weights).to(self.device)),
            "loss_number": number_loss(output.numbers, numbers),
        }
        weights = (options.metric, options.choice, options.number)
        total = torch.stack([w * loss for w, loss in zip(weights, losses.values(), strict=True)]).sum()

        optimizer = self.optimizers["features"]
        for group in optimizer.param_groups:
            group["lr"] = options.lr_at(nimg)
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        optimizer.step()
        kept = beta(nimg + len(x), len(x), self.options.ema_kimg, self.options.ema_rampup)
        follow(self.average, self.network, kept)
        return {name: loss.detach() for name, loss in losses.items()}

    def preview(self) -> np.ndarray:
        """uint8 (64, H, W, 3): rows of one of the gallery's first pictures and those likest to it."""
        embedding = self._embed(self.gallery)  # (n, 128)
        likeness = embedding[:ROWS] @ embedding.T
        order = likeness.argsort(descending=True, stable=True).numpy()[:, :ROWS]  # (rows, ROWS), itself first
        return self.gallery[order.ravel()]

    def export(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        tensors = {PREFIX + key: value for key, value in self.average.state_dict().items()}
        return tensors, {"family": "features", "network": self.config.to_json()}

    @torch.inference_mode()
    def _embed(self, pictures: np.ndarray) -> torch.Tensor:
        size = (self.config.size, self.config.size)
        x = nn.functional.interpolate(self._images(pictures), size, mode="bilinear", antialias=True)
        return self.average(x).embedding.cpu()

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def _images(self, images: np.ndarray) -> torch.Tensor:
        """uint8 (N, H, W, 3) -> float (N, 3, H, W) in -1…1, contiguous: the augmentation is quickest so."""
        return torch.from_numpy(images).to(self.device).permute(0, 3, 1, 2).contiguous().float() / 127.5 - 1

    def _turned(self, batch: Batch, flip: np.ndarray, degrees: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """What is true of the pictures after mirror and turn."""
        other_chosen, other_numbers = mirrored(batch.chosen, batch.numbers)
        chosen = np.where(flip[:, None], other_chosen, batch.chosen)
        numbers = np.where(flip[:, None], other_numbers, batch.numbers)
        numbers[:, NUMBERS.index("roll")] += degrees / 20  # in units of 20 degrees, as the labels are
        return torch.from_numpy(chosen).to(self.device), torch.from_numpy(numbers).to(self.device)
