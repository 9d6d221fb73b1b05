"""What a translation should be, beside looking real: alike in what is known of the source, and in no other way like it.

All losses are means over those pictures of a batch that count; where none does they are 0.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    interpolate,
    normalize,
    smooth_l1_loss,
)

from data.vision.features import Features
from models.twingan.growth import halved

FACE = (0.5, 0.62, 0.27, 0.27)  # the ellipse of eyes and mouth in a framed head: its middle, half its width and height
TEMPERATURE = 0.1  # of `tell_apart`
MOST_ASKED = 4.0  # of a label's distance, that one wrong label weighs no more than all others


def mean_of(values: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """(N,) and how much each counts (N,) -> a scalar."""
    return (values * counts).sum() / counts.sum().clamp(min=1e-6)


def l1(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """(N, …) twice -> (N,)."""
    return (a.float() - b.float()).abs().flatten(1).mean(1)


def in_two_sizes(a: torch.Tensor, b: torch.Tensor, face: float = 1.0) -> torch.Tensor:
    """(N, 3, S, S) twice -> (N,): L1 of them, and of them at a quarter of their size, where a line weighs nothing.

    Where faces are in a framed picture a pixel counts `face` times as much as another: a mouth is a hundredth of it.
    """
    distance = _l1_of_faces(a, b, face)
    if a.shape[2] < 16:
        return distance
    return distance + _l1_of_faces(halved(halved(a)), halved(halved(b)), face)


def _l1_of_faces(a: torch.Tensor, b: torch.Tensor, face: float) -> torch.Tensor:
    off = (a.float() - b.float()).abs().mean(1)
    if face == 1.0:
        return off.flatten(1).mean(1)
    across, down, half_width, half_height = FACE
    places = (torch.arange(off.shape[1], device=off.device) + 0.5) / off.shape[1]
    x, y = (places - across) / half_width, (places - down) / half_height
    weight = 1 + (face - 1) * (x.square()[None, :] + y.square()[:, None] < 1)
    return (off * (weight / weight.mean())).flatten(1).mean(1)


def labels(read: torch.Tensor, c: torch.Tensor, said: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Labels as read (N, c_dim) against what they should be, those that are `said` (N, c_dim) -> (N,).

    `weights` are (c_dim,). Far off it is L1, so that a label that is wrong itself does not decide.
    """
    return _mean_of_labels(_apart(read, c), said * weights)


def _apart(read: torch.Tensor, c: torch.Tensor) -> torch.Tensor:
    return smooth_l1_loss(read.float(), c, reduction="none").clamp(max=MOST_ASKED)


def _mean_of_labels(off: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    return (off * counts).sum(1) / counts.sum(1).clamp(min=1e-6)


def tell_apart(a: torch.Tensor, b: torch.Tensor, counts: torch.Tensor) -> torch.Tensor:
    """Embeddings of a batch's pictures and of their translations, (N, d) each -> (N,): InfoNCE, both ways.

    van den Oord et al. 2018 (https://arxiv.org/abs/1807.03748), equation 4. What all have in common is taken off
    before. `counts` (N,) says which pictures are there at all.
    """
    there = counts[:, None]
    middle = lambda x: (x * there).sum(0) / there.sum().clamp(min=1e-6)
    a, b = (normalize(x.float() - middle(x.float()), dim=1) for x in (a, b))
    alike = a @ b.T / TEMPERATURE + (counts[None] - 1) * 1e4
    answer = torch.arange(len(a), device=a.device)
    back = b @ a.T / TEMPERATURE + (counts[None] - 1) * 1e4
    return (cross_entropy(alike, answer, reduction="none") + cross_entropy(back, answer, reduction="none")) / 2 * counts


def cosine(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """(N, d) twice -> (N,): 0 where they point one way, 2 where opposite ways."""
    return 1 - (normalize(a.float(), dim=1) * normalize(b.float(), dim=1)).sum(1)


class Seeing:
    """The features network, frozen, as a critic of drawings: which of a model's labels it reads, and its maps.

    Raises ValueError where it reads none of `names`.
    """

    def __init__(self, features: Features, names: Sequence[str], dtype: torch.dtype) -> None:
        self.network = copy.deepcopy(features.network).eval().requires_grad_(False)
        self.network.stages.to(dtype)
        self.dtype, self.size = dtype, features.config.size
        choices, attributes = dict(features.config.choices), [name for name, _ in features.config.choices]
        self._numbers = [at for at, name in enumerate(features.config.numbers) if name in names]
        # Place of the attribute, and of the word that means yes.
        words = {
            name: (attributes.index(attribute), choices[attribute].index(word))
            for name, (attribute, word) in _WORDS.items()
            if name in names and word in choices.get(attribute, ())
        }
        self._odds = [*words.values()]
        read = [*(features.config.numbers[at] for at in self._numbers), *words]
        if not read:
            raise ValueError("the features network reads none of the labels")
        # What a recorded step needs lies on the device before.
        self._places = torch.tensor([names.index(name) for name in read], device=features.device)

    def maps(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Pictures (N, 3, S, S) in -1…1 -> the activations of its stages."""
        size = (self.size, self.size)
        x = x if x.shape[2:] == size else interpolate(x, size, mode="bilinear", antialias=True, align_corners=False)
        return self.network.maps(x.to(self.dtype, memory_format=torch.channels_last))

    def unlike(
        self, maps: Sequence[torch.Tensor], c: torch.Tensor, said: torch.Tensor, weights: torch.Tensor
    ) -> torch.Tensor:
        """How far what it reads is from what is `said` of labels `c`, (N, c_dim) both -> (N,); as `losses.labels` of
        numbers, and cross entropy of what is yes or no: a probability hardly moves while it is near 0, and nobody
        would ever get glasses."""
        numbers, odds = self._read(maps)
        there, asked = c[:, self._places], len(self._numbers)
        yes = there[:, asked:].clamp(0.0, 1.0)
        off = torch.cat(
            [
                _apart(numbers, there[:, :asked]),
                binary_cross_entropy_with_logits(odds, yes, reduction="none"),
            ],
            1,
        )
        return _mean_of_labels(off, (said * weights)[:, self._places])

    def _read(self, maps: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Numbers (N, numbers), and log odds (N, words) of what is yes or no, in the order of `_places`."""
        last = maps[-1].float()
        output = self.network.heads(torch.cat([last.mean((2, 3)), last.amax((2, 3))], 1))
        numbers = [output.numbers[:, at] for at in self._numbers]
        odds = [_log_odds(output.logits[attribute], word) for attribute, word in self._odds]
        stacked = lambda columns: torch.stack(columns, 1) if columns else last.new_zeros(len(last), 0)
        return stacked(numbers), stacked(odds)

    @staticmethod
    def distance(a: Sequence[torch.Tensor], b: Sequence[torch.Tensor]) -> torch.Tensor:
        """Maps twice -> (N,): L1 of them, every stage in its own measure."""
        far = [l1(x, y) / y.float().abs().mean().clamp(min=1e-6) for x, y in zip(a, b, strict=True)]
        return torch.stack(far).mean(0)


def _log_odds(logits: torch.Tensor, word: int) -> torch.Tensor:
    """(N, words) -> (N,): of one of them against all others."""
    others = torch.cat([logits[:, :word], logits[:, word + 1 :]], 1)
    return logits[:, word] - others.logsumexp(1)


_WORDS = {
    "glasses": ("glasses", "yes"), "headwear": ("headwear", "yes"), "ears_cat": ("ears", "cat"),
    "twin_tails": ("hairstyle", "twin_tails"), "ponytail": ("hairstyle", "ponytail"),
}  # fmt: skip
