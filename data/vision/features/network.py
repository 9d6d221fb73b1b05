"""The features network: a small residual convnet with one trunk and many heads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import torch
from torch import nn
from torch.nn import functional as F

from data.vision.requests import EMBEDDING
from data.vision.residual import Block, conv

MAX_WORDS, MAX_NUMBERS, MAX_WIDTH = 1000, 200, 1024  # of a config from anywhere


@dataclass(frozen=True, slots=True)
class FeaturesConfig:
    choices: tuple[tuple[str, tuple[str, ...]], ...]  # attribute and its words
    numbers: tuple[str, ...]
    size: int = 80  # px of what the network looks at
    widths: tuple[int, ...] = (32, 48, 96, 144)  # channels at size/2, /4, /8, /16

    def __post_init__(self) -> None:
        if len(self.widths) != 4 or not all(1 <= w <= MAX_WIDTH for w in self.widths):
            raise ValueError(f"four widths of 1 to {MAX_WIDTH} channels, not {self.widths}")
        if not 16 <= self.size <= 512 or self.size % 16:
            raise ValueError(f"a size of 16 to 512 px, a multiple of 16, not {self.size}")
        words = sum(len(options) for _, options in self.choices)
        if not 1 <= words <= MAX_WORDS or len(self.numbers) > MAX_NUMBERS:
            raise ValueError("too many words or numbers, or none")

    @property
    def dim(self) -> int:
        """Of the penultimate features."""
        return 2 * self.widths[-1]

    def to_json(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "widths": list(self.widths),
            "choices": {attribute: list(options) for attribute, options in self.choices},
            "numbers": list(self.numbers),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError, KeyError or TypeError for what describes no network."""
        choices = tuple((str(name), tuple(str(o) for o in options)) for name, options in value["choices"].items())
        numbers = tuple(str(name) for name in value["numbers"])
        return cls(choices, numbers, int(value["size"]), tuple(int(w) for w in value["widths"]))


class Output(NamedTuple):
    features: torch.Tensor  # (N, dim): what all heads read
    embedding: torch.Tensor  # (N, 128), unit length
    logits: tuple[torch.Tensor, ...]  # (N, words) for each attribute
    numbers: torch.Tensor  # (N, numbers)


class FeaturesNetwork(nn.Module):
    """(N, 3, size, size) in -1…1 -> Output."""

    def __init__(self, config: FeaturesConfig) -> None:
        super().__init__()
        self.config = config
        a, b, c, d = config.widths
        relu = nn.ReLU(inplace=True)
        self.stages = nn.ModuleList(
            [
                nn.Sequential(conv(3, a, 2), relu),  # size/2: no block, most of the time would go there
                nn.Sequential(conv(a, b, 2), relu, Block(b)),
                nn.Sequential(conv(b, c, 2), relu, Block(c)),
                nn.Sequential(conv(c, d, 2), relu, Block(d)),
            ]
        )
        self.embedding = nn.Linear(config.dim, EMBEDDING)
        self.words = nn.Linear(config.dim, sum(len(options) for _, options in config.choices))
        self.numbers = nn.Linear(config.dim, len(config.numbers))

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """The activations of every stage, (N, width, size/2…size/16, …): for a perceptual distance."""
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        return found

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """(N, dim): mean and maximum of the last stage."""
        last = self.maps(x)[-1].float()  # (N, C, h, w)
        return torch.cat([last.mean((2, 3)), last.amax((2, 3))], 1)

    def forward(self, x: torch.Tensor) -> Output:
        return self.heads(self.features(x))

    def heads(self, features: torch.Tensor) -> Output:
        with torch.autocast(features.device.type, enabled=False):  # cheap, and numbers deserve all their digits
            embedding = F.normalize(self.embedding(features), dim=1)
            logits = self.words(features).split([len(options) for _, options in self.config.choices], 1)
            return Output(features, embedding, tuple(logits), self.numbers(features))
