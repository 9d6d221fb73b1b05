"""How near drawn pictures come to real ones, without any network that would have to be downloaded.

The sliced Wasserstein distance compares patches on every level of a Laplacian pyramid: structure on the coarse ones,
grain on the fine. The Fréchet and the kernel distance compare features, from whatever network gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch.nn.functional import conv2d, pad

NEIGHBOURHOOD = 7  # side of a patch, in pixels
PATCHES = 128  # of a picture and level
REPEATS, DIRECTIONS = 4, 128  # of random projections
COARSEST = 16  # px; the last level is the smallest not below it
KERNEL_DEGREE = 3

Reader = Callable[[np.ndarray], Sequence[Mapping[str, str]]]
"""uint8 (N, H, W, 3) -> for each picture what it shows, attribute -> choice (`data.labels.ATTRIBUTES`)."""


def sliced_wasserstein(real: np.ndarray, fake: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Distance of two sets of pictures, uint8 (N, H, W, 3) each: by the side of the level ("96", "48", …), and "mean".

    Times 1e3, as it is reported; 0 for equal sets. The larger set is cut to the size of the smaller. Karras et al. 2018
    (https://arxiv.org/abs/1710.10196), section 5: 128 patches of 7x7 a picture and level, normalised by channel,
    4 x 128 projections. Raises ValueError for pictures that cannot be compared.
    """
    if real.ndim != 4 or real.shape[1:] != fake.shape[1:] or real.shape[1] < COARSEST or min(len(real), len(fake)) < 1:
        raise ValueError(f"two sets of pictures of one size from {COARSEST} px are needed: {real.shape}, {fake.shape}")
    n = min(len(real), len(fake))
    sides = [side for level in range(16) if (side := real.shape[1] >> level) >= COARSEST]
    chance = np.random.RandomState(seed)
    # The same places in both sets: equal sets then have the distance 0.
    places = [_places(chance, n, side) for side in sides]
    patches = [_patches(pictures[:n], places) for pictures in (real, fake)]
    distances = {}
    for side, a, b in zip(sides, *patches, strict=True):
        distances[str(side)] = 1e3 * _sliced(_normalized(a), _normalized(b), chance)
    return {**distances, "mean": float(np.mean([*distances.values()]))}


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """Fréchet distance of features (N, d) and (M, d), each taken for a Gaussian.

    |m1 - m2|² + tr(S1 + S2 - 2 (S1 S2)^½); Dowson and Landau 1982, as in Heusel et al. 2017
    (https://arxiv.org/abs/1706.08500). Needs more pictures than features to mean much.
    """
    (m1, s1), (m2, s2) = _moments(real), _moments(fake)
    # tr (S1 S2)^½ is that of the symmetric S1^½ S2 S1^½, whose eigenvalues are real and not negative.
    values, vectors = np.linalg.eigh(s1)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    crossed = np.sqrt(np.linalg.eigvalsh(root @ s2 @ root).clip(0)).sum()
    return float(np.square(m1 - m2).sum() + np.trace(s1) + np.trace(s2) - 2 * crossed)


def kernel_distance(real: np.ndarray, fake: np.ndarray) -> float:
    """Unbiased squared maximum mean discrepancy of features (N, d) and (M, d), about 0 (below it, too) for one source.

    Kernel (x·y / d + 1)³; Bińkowski et al. 2018 (https://arxiv.org/abs/1801.01401), section 4. Over all pairs, where
    KID averages over subsets. Raises ValueError for fewer than two pictures.
    """
    x, y = real.astype(np.float64), fake.astype(np.float64)
    n, m = len(x), len(y)
    if min(n, m) < 2:
        raise ValueError("two pictures of each kind are needed at least")
    xx, yy, xy = _kernel(x, x), _kernel(y, y), _kernel(x, y)
    within = (xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1))
    return float(within - 2 * xy.mean())


def read_back(pictures: np.ndarray, asked: Sequence[Mapping[str, str]], reader: Reader) -> dict[str, float]:
    """Attribute -> share of the pictures that show the choice that was asked of them.

    `asked` has attribute -> choice for each of the pictures, uint8 (N, H, W, 3). What nobody asked for is not there.
    """
    hits: dict[str, list[bool]] = {}
    for wanted, seen in zip(asked, reader(pictures), strict=True):
        for attribute, choice in wanted.items():
            hits.setdefault(attribute, []).append(seen.get(attribute) == choice)
    return {attribute: float(np.mean(found)) for attribute, found in hits.items()}


def _places(chance: np.random.RandomState, n: int, side: int) -> np.ndarray:
    """int64 (n, PATCHES, 2): top left corners of patches."""
    return chance.randint(0, side - NEIGHBOURHOOD + 1, (n, PATCHES, 2))


def _patches(pictures: np.ndarray, places: Sequence[np.ndarray], chunk: int = 256) -> list[np.ndarray]:
    """For each level float32 (N * PATCHES, 3, 7, 7)."""
    found: list[list[np.ndarray]] = [[] for _ in places]
    window = np.arange(NEIGHBOURHOOD)
    for start in range(0, len(pictures), chunk):
        x = torch.from_numpy(np.ascontiguousarray(pictures[start : start + chunk])).permute(0, 3, 1, 2).float()
        for level, picture in enumerate(_pyramid(x, len(places))):
            corner = places[level][start : start + chunk]  # (n, PATCHES, 2)
            rows = corner[:, :, 0, None, None] + window[:, None]  # (n, PATCHES, 7, 1)
            columns = corner[:, :, 1, None, None] + window  # (n, PATCHES, 1, 7)
            who = np.arange(len(corner))[:, None, None, None]
            patches = picture.permute(0, 2, 3, 1).numpy()[who, rows, columns]  # (n, PATCHES, 7, 7, 3)
            found[level].append(patches.reshape(-1, NEIGHBOURHOOD, NEIGHBOURHOOD, 3).transpose(0, 3, 1, 2))
    return [np.concatenate(parts) for parts in found]


def _pyramid(x: torch.Tensor, levels: int) -> list[torch.Tensor]:
    """Laplacian pyramid of (N, 3, H, W), finest level first; the last one is what is left (Burt and Adelson 1983)."""
    found = []
    for _ in range(levels - 1):
        small = _blurred(x)[:, :, ::2, ::2]
        wide = torch.zeros_like(x)
        wide[:, :, ::2, ::2] = small
        found.append(x - _blurred(wide) * 4)
        x = small
    return [*found, x]


def _blurred(x: torch.Tensor) -> torch.Tensor:
    line = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
    kernel = (line[:, None] * line)[None, None].expand(x.shape[1], 1, 5, 5)
    return conv2d(pad(x, (2, 2, 2, 2), "reflect"), kernel, groups=x.shape[1])


def _normalized(patches: np.ndarray) -> np.ndarray:
    """float32 (N, 147): each channel of mean 0 and deviation 1 over the whole set."""
    mean = patches.mean((0, 2, 3), keepdims=True, dtype=np.float64)
    spread = patches.std((0, 2, 3), keepdims=True, dtype=np.float64)
    return ((patches - mean) / np.maximum(spread, 1e-8)).astype(np.float32).reshape(len(patches), -1)


def _sliced(a: np.ndarray, b: np.ndarray, chance: np.random.RandomState) -> float:
    """Mean distance of two clouds of points (N, d) along random directions."""
    distances = []
    for _ in range(REPEATS):
        directions = chance.randn(a.shape[1], DIRECTIONS).astype(np.float32)
        directions /= np.linalg.norm(directions, axis=0)
        distances.append(np.abs(np.sort(a @ directions, axis=0) - np.sort(b @ directions, axis=0)).mean())
    return float(np.mean(distances))


def _moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x = features.astype(np.float64)
    if x.ndim != 2 or len(x) < 2:
        raise ValueError(f"features are (N, d) with two pictures at least, not {x.shape}")
    return x.mean(0), np.atleast_2d(np.cov(x, rowvar=False))


def _kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (x @ y.T / x.shape[1] + 1) ** KERNEL_DEGREE
