"""What a discriminator's logit means: where it stands among those of real pictures and of drawn ones.

A logit alone means nothing, and differently with every model. After training, logits of real pictures and of the
model's own drawings are kept in its `config.json` as percentiles; the score of a picture is

    score = (share of real pictures below it + share of drawings below it) / 2

so that 0 is less likely than anything the model drew or saw, about 0.25 a middling drawing and 0.75 a middling real
picture where D tells them apart, and both 0.5 where it cannot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeGuard

import numpy as np
import torch
from PIL import Image, ImageOps

from models.training.labelled import Batch, parts, real

POINTS = 101  # 0th to 100th percentile
RIDGE = 1e-2  # of the fit; labels that hardly vary get no weight


class Judge(Protocol):
    """A discriminator of any family."""

    c_dim: int

    def features(self, x: torch.Tensor) -> torch.Tensor: ...

    def read(self, h: torch.Tensor) -> torch.Tensor: ...

    def logits(self, h: torch.Tensor, c: torch.Tensor | None = None) -> torch.Tensor: ...


def known_of(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a model's config says of its D's logits; {} where it says nothing."""
    known = config.get("logits")
    return known if isinstance(known, Mapping) else {}


def percentiles(logits: np.ndarray) -> list[float]:
    """POINTS numbers, ascending, that stand for a sample of logits (n,)."""
    return [round(float(value), 4) for value in np.percentile(logits, np.linspace(0, 100, POINTS))]


def score(logit: float, known: Mapping[str, Any]) -> float:
    """0…1, by the formula above. `known` is a config's "logits": {"real": percentiles, "fake": percentiles}.

    A model that keeps none gets the probability that its D learnt to give, 1 / (1 + exp(-logit)).
    """
    samples = [known[kind] for kind in ("real", "fake") if _is_numbers(known.get(kind)) and len(known[kind]) > 1]
    if not samples:
        return 1 / (1 + math.exp(-min(max(logit, -60.0), 60.0)))
    return float(np.mean([np.interp(logit, sample, np.linspace(0, 1, len(sample))) for sample in samples]))


def favours(logits: np.ndarray, c: np.ndarray) -> list[float]:
    """The fit logit = c · weights + rest, from logits (n,) of drawings given their labels c (n, c_dim): the weights."""
    centred = c.astype(np.float64) - c.mean(0)
    spread = centred.T @ centred / len(c) + RIDGE * np.eye(c.shape[1])
    weights = np.linalg.solve(spread, centred.T @ (logits - logits.mean()) / len(c))
    return [round(float(weight), 4) for weight in weights]


def merits(logits: np.ndarray, c: np.ndarray, known: Mapping[str, Any]) -> np.ndarray:
    """float (n,): logits of drawings given their labels c (n, c_dim), without what they owe to the labels.

    `known` is a config's "logits"; where it says nothing of that, the logits themselves.
    """
    weights = known.get("favours")
    if not _is_numbers(weights) or len(weights) != c.shape[1]:
        return logits
    return logits - c @ np.asarray(weights, np.float64)


@torch.inference_mode()
def logits(D: Judge, x: torch.Tensor, c: torch.Tensor | None = None) -> torch.Tensor:
    """(N, 3, H, W) in -1…1 -> (N,). Where the labels are not known, those that D itself reads off the pictures."""
    h = D.features(x)
    if D.c_dim and c is None:
        c = D.read(h)
    return D.logits(h, c).float()


def calibrated(
    D: Judge,
    synthesize: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    z_dim: int,
    bank: np.ndarray,
    feed: Callable[[np.ndarray], Batch],
    count: int,
    seed: int,
    device: torch.device,
    least: int = 1024,
) -> dict[str, Any]:
    """What a model's config says of its D: percentiles of the logits of real pictures and of G's own drawings, and with
    labels what D makes of each of them.

    `synthesize` draws from z (n, z_dim) and c (n, c_dim), `bank` has labels to ask for (rows, c_dim), `feed` gives the
    batch for an int64 array of indices below `count`. `least` pictures are looked at.
    """
    chance = np.random.RandomState(seed)
    size = min(64, count)
    found: dict[str, list[np.ndarray]] = {"real": [], "fake": []}
    for _ in range(math.ceil(min(least, max(128, 4 * count)) / size)):  # few pictures say little, however often
        images, _ = parts(feed(np.sort(chance.choice(count, size, replace=False))))
        pictures = real(torch.from_numpy(images).to(device))
        z = torch.from_numpy(chance.randn(size, z_dim).astype(np.float32))
        c = torch.from_numpy(bank[chance.randint(len(bank), size=size)])
        for kind, x in (("real", pictures), ("fake", synthesize(z, c))):
            found[kind].append(logits(D, x).cpu().numpy())
    known: dict[str, Any] = {kind: percentiles(np.concatenate(some)) for kind, some in found.items()}
    if D.c_dim:
        c = bank[chance.randint(len(bank), size=max(least, 4 * D.c_dim))]
        z = torch.from_numpy(chance.randn(len(c), z_dim).astype(np.float32))
        given = [
            logits(D, synthesize(some_z, some_c), some_c.to(device)).cpu().numpy()
            for some_z, some_c in zip(z.split(size), torch.from_numpy(c).split(size), strict=True)
        ]
        known["favours"] = favours(np.concatenate(given), c)
    return known


def prepared(pixels: np.ndarray, size: int, channels: int = 3) -> torch.Tensor:
    """uint8 (H, W, 3) of any size -> float (1, channels, size, size) in -1…1: the middle square, as sets are cut.

    For a D of one channel it is grey, for one of four opaque.
    """
    square = ImageOps.fit(Image.fromarray(pixels), (size, size), Image.Resampling.LANCZOS)
    x = torch.from_numpy(np.asarray(square).copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    if channels == 1:
        return x.mean(1, keepdim=True)
    return x if channels == 3 else torch.cat([x, torch.ones_like(x[:, :1])], 1)


def _is_numbers(value: Any) -> TypeGuard[Sequence[float]]:
    return isinstance(value, Sequence) and all(isinstance(v, int | float) for v in value)
