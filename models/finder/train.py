"""The face finder in training."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from data.vision.finder.boxes import merged
from data.vision.finder.coding import STRIDES, decoded
from data.vision.finder.finding import PREFIX
from data.vision.finder.network import FinderConfig, FinderNetwork
from models.finder.feed import Batch
from models.finder.losses import box_loss, point_loss, score_loss
from models.precision import training_dtype
from models.training.average import beta, follow

SIDE = 256  # px of a scene
SHOWN = 0.35  # score of what the preview marks


@dataclass(frozen=True, slots=True)
class FinderOptions:
    batch: int = 32  # scenes a step
    lr: float = 3e-3  # AdamW's, at its highest
    warmup_kimg: float = 3.0  # up to it
    decay_kimg: float = 150.0  # and down again, by a cosine, until here
    weight_decay: float = 0.03
    score: float = 1.0  # weights of the losses
    box: float = 1.0
    head_box: float = 0.4
    points: float = 1.0
    angle: float = 0.5
    ema_kimg: float = 3.0  # half-life of the average that is kept
    ema_rampup: float = 0.05  # at first it is this part of the run so far

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def lr_at(self, nimg: int) -> float:
        """A hundredth of `lr` is left when a run is longer than `decay_kimg`."""
        share = min(1.0, nimg / 1000 / self.decay_kimg)
        ramp = min(1.0, (nimg + self.batch) / 1000 / self.warmup_kimg)
        return self.lr * ramp * max(0.01, 0.5 + 0.5 * math.cos(math.pi * share))


class FinderTask:
    """See `models.training.task.Task`. `gallery`, uint8 (n, SIDE, SIDE, 3), is for the preview."""

    def __init__(
        self, config: FinderConfig, options: FinderOptions, seed: int, gallery: np.ndarray, device: str = "cpu"
    ) -> None:
        self.config, self.options, self.gallery = config, options, gallery
        self.device = torch.device(device)
        self.dtype = training_dtype(self.device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            network = FinderNetwork(config)
        self.network = network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        self.modules: Mapping[str, nn.Module] = {"finder": self.network, "finder_ema": self.average}
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
        self.optimizers: Mapping[str, torch.optim.Optimizer] = {
            "finder": torch.optim.AdamW(groups, options.lr, weight_decay=options.weight_decay)
        }

    def start_from(self, network: nn.Module) -> None:
        """Begin with the weights of another network of the same config."""
        for module in (self.network, self.average):
            module.load_state_dict(network.state_dict())

    def step(self, batch: Batch, nimg: int) -> dict[str, torch.Tensor]:
        options = self.options
        with self._autocast():
            maps = self.network(self._images(batch.images))
        told = [torch.from_numpy(values).to(self.device) for values in batch.maps]
        losses = {f"loss_{name}": value for name, value in self._losses([m.float() for m in maps], told).items()}
        weights = (options.score, options.box, options.head_box, options.points, options.angle)
        total = torch.stack([w * loss for w, loss in zip(weights, losses.values(), strict=True)]).sum()

        optimizer = self.optimizers["finder"]
        for group in optimizer.param_groups:
            group["lr"] = options.lr_at(nimg)
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)  # a batch whose faces are all odd must not ruin it
        optimizer.step()
        kept = beta(nimg + len(batch.images), len(batch.images), self.options.ema_kimg, self.options.ema_rampup)
        follow(self.average, self.network, kept)
        return {name: loss.detach() for name, loss in losses.items()}

    def preview(self) -> np.ndarray:
        """uint8 (n, SIDE, SIDE, 3): the gallery with what is found in it."""
        with torch.inference_mode():
            maps = [m.float().cpu().numpy() for m in self.average(self._images(self.gallery))]
        shown = self.gallery.copy()
        for n, picture in enumerate(shown):
            rows = [decoded(m[n], stride, SHOWN) for m, stride in zip(maps, STRIDES, strict=True)]
            for row in merged(np.concatenate(rows)):
                x0, y0, x1, y1 = row[1:5].clip(-SIDE, 2 * SIDE).round().astype(int).tolist()
                cv2.rectangle(picture, (x0, y0), (x1, y1), (255, 0, 0), 2)
        return shown

    def export(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        tensors = {PREFIX + key: value for key, value in self.average.state_dict().items()}
        return tensors, {"family": "finder", "network": self.config.to_json()}

    def _losses(self, maps: list[torch.Tensor], told: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        score = torch.stack([score_loss(m[:, 0], t[:, 0]) for m, t in zip(maps, told, strict=True)]).sum()
        found, wanted = [], []
        for m, t in zip(maps, told, strict=True):
            there = t[:, 0] > 0.5  # (N, h, w)
            found.append(m.permute(0, 2, 3, 1)[there])  # (n, CHANNELS)
            wanted.append(t.permute(0, 2, 3, 1)[there])
        a, b = torch.cat(found), torch.cat(wanted)
        count = max(1, len(a))
        size = ((b[:, 1].exp() + b[:, 3].exp()) * (b[:, 2].exp() + b[:, 4].exp())).sqrt()
        return {
            "score": score / count,
            "box": box_loss(a[:, 1:5], b[:, 1:5]).sum() / count,
            "head": box_loss(a[:, 5:9], b[:, 5:9]).sum() / count,
            "points": point_loss(a[:, 9:15], b[:, 9:15], size).sum() / count,
            # Most heads stand upright: without the weight those that lean are told to lean less.
            "angle": ((a[:, 15:17] - b[:, 15:17]).square().sum(1) * (1 + 3 * (1 - b[:, 16]))).sum() / count,
        }

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def _images(self, images: np.ndarray) -> torch.Tensor:
        """uint8 (N, H, W, 3) -> float (N, 3, H, W) in -1…1, channels last."""
        return torch.from_numpy(images).to(self.device).permute(0, 3, 1, 2).float() / 127.5 - 1
