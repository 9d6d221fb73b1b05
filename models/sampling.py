"""Pictures from latents, of every family of generators: what the command line draws with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from models.precision import check_precision, inference_dtype
from models.stylegan.generator import Generator as StyleGAN
from models.stylegan.generator import NoiseMode
from models.tuning import Tuned

BATCH = 32  # at 128 px and below; always whole batches: a picture is then the same in any company
PIXELS = BATCH * 128 * 128  # of a batch above


@dataclass(frozen=True, slots=True)
class Latents:
    """What pictures are drawn from: z (N, z_dim), with labels c (N, c_dim); or ws (N, num_ws, w_dim). float32."""

    z: np.ndarray | None = field(default=None, repr=False)
    c: np.ndarray | None = field(default=None, repr=False)
    ws: np.ndarray | None = field(default=None, repr=False)

    def __len__(self) -> int:
        given = self.z if self.ws is None else self.ws
        return 0 if given is None else len(given)


@dataclass(frozen=True, slots=True)
class Manner:
    """How they are drawn. `trunc` pulls w towards w_avg, its first `cutoff` places where that is given; a network
    without mapping scales z by it. Given ws are never truncated."""

    trunc: float = 1.0
    cutoff: int | None = None
    noise_mode: NoiseMode = "const"
    precision: str = "auto"


def synthesize(G: Any, latents: Latents, manner: Manner) -> np.ndarray:
    """float32 (N, channels, H, W), nominally in -1…1, on a GPU where there is one.

    Raises ValueError for ws that a network has no place for, and labels that it lacks.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    exact = manner.precision == "float32"
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = before and not exact  # TF32 has the steps of float16
    try:
        draw, side = (_stylegan if isinstance(G, StyleGAN) else _dcgan)(G, latents, manner, device)
        batch = max(1, min(BATCH, PIXELS // (side * side)))
        parts = [draw(_piece(latents, i, batch, device)) for i in range(0, len(latents), batch)]
        return torch.cat(parts)[: len(latents)].cpu().contiguous().numpy()
    finally:
        torch.backends.cudnn.allow_tf32 = before


Piece = tuple[torch.Tensor | None, torch.Tensor | None, torch.Tensor | None]  # z, c, ws of one batch
Draw = Callable[[Piece], torch.Tensor]


def _piece(latents: Latents, begin: int, size: int, device: torch.device) -> Piece:
    """A batch, filled up with zeros where latents end."""

    def cut(values: np.ndarray | None) -> torch.Tensor | None:
        if values is None:
            return None
        part = np.asarray(values[begin : begin + size], np.float32)
        filled = np.concatenate([part, np.zeros((size - len(part), *part.shape[1:]), np.float32)])
        return torch.from_numpy(filled).to(device)

    return cut(latents.z), cut(latents.c), cut(latents.ws)


def _dcgan(G: Any, latents: Latents, manner: Manner, device: torch.device) -> tuple[Draw, int]:
    if latents.ws is not None:
        raise ValueError("this network has no w")
    tuned = Tuned(G, device, check_precision(manner.precision))

    def draw(piece: Piece) -> torch.Tensor:
        z, c, _ = piece
        assert z is not None
        return tuned.synthesize(z * manner.trunc, c)

    return draw, G.config.resolution


def _stylegan(G: StyleGAN, latents: Latents, manner: Manner, device: torch.device) -> tuple[Draw, int]:
    dtype = inference_dtype(device, check_precision(manner.precision))
    G = G.to(device).eval()

    @torch.inference_mode()
    def draw(piece: Piece) -> torch.Tensor:
        z, c, ws = piece
        if ws is None:
            assert z is not None
            ws = G.ws(z, c, manner.trunc, manner.cutoff)
        return G.synthesis(ws, manner.noise_mode, dtype=dtype)

    return draw, G.config.resolution
