"""What reads photographs of people, in training: the features network, which knows drawings, is shown some hundred."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from data.vision.features import Features
from data.vision.features.network import FeaturesConfig, FeaturesNetwork
from data.vision.features.seeing import PREFIX
from data.vision.frame import Frame
from data.vision.people.framing import whole
from data.vision.people.masking import foreground
from data.vision.people.patches import Pyramid
from data.vision.people.reading import ATTRIBUTES, SIDE, TURNED, VALUES, head
from models.features.augment import Strength, augment
from models.people.photos import Photo
from models.precision import training_dtype

EVERY = 5  # photographs, of which one is not shown to the network that is measured
NOT_SAID = -1  # as `cross_entropy` ignores it
BEFORE_ANOTHER = 0.3  # of the heads: what is behind somebody is not to say anything of them
RARE = 0.75  # how much more rare words count: 0 not at all, 1 as much as all others together
STRENGTH = replace(
    Strength().eased(0.5), shrink=(0.6, 0.95), blur=(0.05, 0.5), sharpen=(0.01, 0.3), jpeg=(60.0, 95.0), cover=0.05
)
"""What happens to heads: less than to drawings, whose eyes and glasses are large."""

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    epochs: int = 30
    batch: int = 32
    lr: float = 1e-3  # AdamW's, at its highest; it rises and falls (one cycle, Smith and Topin 2018)
    weight_decay: float = 0.05
    dropout: float = 0.3  # of what the heads read
    smoothing: float = 0.05  # of what a person said: nobody is always right
    number: float = 1.0  # weight of the numbers' loss
    hair: float = 2.0  # what lightness and family of hair count: they are the hardest


@dataclass(frozen=True, slots=True)
class Heads:
    """What is learnt from: `pixels` uint8 (N, SIDE, SIDE, 4), whose alpha is what belongs to the person; `said` int64
    (N, len(ATTRIBUTES)), places of words."""

    pixels: np.ndarray
    said: np.ndarray

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, rows: np.ndarray) -> Heads:
        return Heads(self.pixels[rows], self.said[rows])


def heads(photos: Sequence[Photo], places: Sequence[Frame]) -> Heads:
    """Of photographs whose faces are at such places."""
    word = lambda photo, name: ATTRIBUTES[name].index(photo.said[name]) if name in photo.said else NOT_SAID
    aligned = whole(SIDE, SIDE)
    pictures = [head(Pyramid(photo.pixels), place) for photo, place in zip(photos, places, strict=True)]
    return Heads(
        np.stack([np.dstack([picture, foreground(picture, aligned)]) for picture in pictures]),
        np.array([[word(photo, name) for name in ATTRIBUTES] for photo in photos]),
    )


def learn(
    shown: Heads, options: ReaderOptions | None = None, seed: int = 0, report: Report | None = None
) -> tuple[FeaturesNetwork, dict[str, Any]]:
    """A network that reads ATTRIBUTES and VALUES, and how well one did that every fifth head was kept from."""
    options, tell = options or ReaderOptions(), report or (lambda what, done, of: None)
    kept = np.arange(len(shown)) % EVERY == 0
    measured = _learnt(shown[~kept], options, seed, lambda done, of: tell("learning to be measured", done, of))
    figures = _agreeing(measured, shown[kept])
    return _learnt(shown, options, seed, lambda done, of: tell("learning", done, of)), figures


def export(network: FeaturesNetwork) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Tensors and config of a folder that `data.vision.people.reading` reads."""
    tensors = {PREFIX + key: value for key, value in network.state_dict().items()}
    return tensors, {"family": "features", "network": network.config.to_json()}


def _begun(seed: int) -> FeaturesNetwork:
    """One with the features network's eyes, whose heads know nothing."""
    drawings = Features().network
    config = FeaturesConfig(tuple(ATTRIBUTES.items()), tuple(VALUES), drawings.config.size, drawings.config.widths)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = FeaturesNetwork(config)
    network.stages = copy.deepcopy(drawings.stages).requires_grad_(True)
    network.embedding = copy.deepcopy(drawings.embedding)  # nobody reads it
    return network


def _learnt(shown: Heads, options: ReaderOptions, seed: int, report: Callable[[int, int], None]) -> FeaturesNetwork:
    network: FeaturesNetwork = _begun(seed).train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    chance = torch.Generator().manual_seed(seed)
    pixels = torch.from_numpy(shown.pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
    said, weights = torch.from_numpy(shown.said), _weights(shown.said)
    counts = [options.hair if name in ("lightness", "hair") else 1.0 for name in ATTRIBUTES]
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, options.lr, weight_decay=options.weight_decay)
    steps = max(1, options.epochs * len(shown) // options.batch)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, total_steps=steps + 1)
    dtype = training_dtype(torch.device("cpu"))
    for number in range(steps):
        rows = torch.randint(len(shown), (options.batch,), generator=chance)
        x, flip, _ = augment(_before_another(pixels[rows], chance), network.config.size, chance, STRENGTH)
        words = _mirrored(said[rows], flip)
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            features = network.features(x.contiguous(memory_format=torch.channels_last)).float()
        kept = torch.rand(features.shape, generator=chance) >= options.dropout
        output = network.heads(features * kept / (1 - options.dropout))
        losses = [
            count * _words_loss(logits, column, weight, options.smoothing)
            for logits, column, weight, count in zip(output.logits, words.T, weights, counts, strict=True)
        ]
        total = torch.stack([*losses, options.number * _numbers_loss(output.numbers, words)]).sum()
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        optimizer.step()
        rate.step()
        report(number + 1, steps)
    return network.eval().requires_grad_(False)


def _before_another(pixels: torch.Tensor, chance: torch.Generator) -> torch.Tensor:
    """(N, 4, H, W) in -1…1, alpha last -> (N, 3, H, W): some before two colours that run into each other."""
    n, _, height, _ = pixels.shape
    mask = (pixels[:, 3:] + 1) / 2
    top, bottom = (2 * torch.rand(2, n, 3, 1, 1, generator=chance) - 1).unbind(0)
    behind = top + (bottom - top) * torch.linspace(0, 1, height)[:, None]
    swapped = torch.rand(n, 1, 1, 1, generator=chance) < BEFORE_ANOTHER
    return torch.where(swapped, pixels[:, :3] * mask + behind * (1 - mask), pixels[:, :3])


def _weights(said: np.ndarray) -> list[torch.Tensor]:
    """Of every word of each attribute: rare ones count more; 1 in the mean."""
    found = []
    for column, options in zip(said.T, ATTRIBUTES.values(), strict=True):
        counts = np.bincount(column[column >= 0], minlength=len(options)).clip(1)
        weight = counts**-RARE
        found.append(torch.tensor(weight * counts.sum() / (weight * counts).sum(), dtype=torch.float32))
    return found


def _mirrored(said: torch.Tensor, flip: torch.Tensor) -> torch.Tensor:
    """What is said of heads of which some are shown in a mirror."""
    at = [*ATTRIBUTES].index(TURNED)
    turned = said.clone()
    rows = flip & (said[:, at] >= 0)
    turned[rows, at] = len(ATTRIBUTES[TURNED]) - 1 - said[rows, at]
    return turned


def _words_loss(logits: torch.Tensor, said: torch.Tensor, weight: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Cross entropy, and more of it the more of a batch is said; of little that is said little is learnt."""
    known = (said >= 0).float().mean()
    if known == 0:
        return logits.new_zeros(())
    loss = F.cross_entropy(logits, said, weight, ignore_index=NOT_SAID, label_smoothing=smoothing)
    return loss * known.sqrt()


def _numbers_loss(numbers: torch.Tensor, said: torch.Tensor) -> torch.Tensor:
    """Squared, of those whose word is said."""
    off = []
    for at, (name, values) in enumerate(VALUES.items()):
        column = said[:, [*ATTRIBUTES].index(name)]
        wanted = torch.tensor([*values.values()])[column.clamp(min=0)]
        known = (column >= 0).float()
        off.append(((numbers[:, at] - wanted).square() * known).mean())
    return torch.stack(off).sum()


@torch.inference_mode()
def _agreeing(network: FeaturesNetwork, unseen: Heads) -> dict[str, Any]:
    """Of every word how often it is read where it was said, and of every attribute how often the same is."""
    x = torch.from_numpy(unseen.pixels[..., :3]).permute(0, 3, 1, 2).float() / 127.5 - 1
    output = network(F.interpolate(x, (network.config.size, network.config.size), mode="bilinear", antialias=True))
    figures: dict[str, Any] = {"count": len(unseen)}
    for at, (name, options) in enumerate(ATTRIBUTES.items()):
        said, read = unseen.said[:, at], output.logits[at].argmax(1).numpy()
        there = said >= 0
        share = lambda rows, said=said, read=read: round(float((said[rows] == read[rows]).mean()), 4)
        words = {word: share(said == i) for i, word in enumerate(options) if (said == i).any()}
        figures[name] = words | ({"all": share(there)} if there.any() else {})
    return figures
