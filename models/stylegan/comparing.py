"""Two models of one character beside each other: how near to her pictures each draws, and the same latents in pairs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from data import durable
from data.vision.features import Features, FeaturesUnavailable
from data.vision.finder import Finder, FinderUnavailable
from models.checkpoint import load_model
from models.precision import training_dtype
from models.requests import Latent
from models.stylegan.generator import Generator
from models.training.held_out import Embed, HeldOut, small
from models.tuning import to_pixels

DRAWN = 256  # pictures that distances are measured on
PARTS = 4  # of them, whose distances say how far chance moves such a number
SHOWN = 16  # latents of the sheet
LOOKED_AT = 64  # pictures in which a face is looked for
TRUNC = 0.7  # of what people are shown
AT_ONCE = 2**17  # pixels: short enough for whoever waits meanwhile
GAP = 4  # px between an old picture and its new one; thrice that between pairs


class Drawer:
    """A model's own G_ema, as it draws by itself."""

    def __init__(self, folder: Path, device: str = "cpu") -> None:
        """Raises CheckpointError."""
        model = load_model(folder)
        self.G: Generator = model.modules["G_ema"].to(device)  # type: ignore[assignment]
        self.device = torch.device(device)
        self._names = [str(name) for name in model.config.get("labels") or ()]

    def seeds(self, count: int, trunc: float = TRUNC) -> np.ndarray:
        """uint8 (count, H, W, 3): seeds 0, 1, 2, … as anybody may ask for them."""
        config, latents = self.G.config, [Latent(seed) for seed in range(count)]
        z = np.stack([latent.z(config.z_dim) for latent in latents])
        c = np.zeros((count, 0), np.float32)
        if config.c_dim:
            bank = self.G.c_bank.cpu().numpy()
            c = np.stack([latent.c(config.z_dim, self._names, bank) for latent in latents])
        return self._pixels(z, c, trunc)

    def sampled(self, count: int, seed: int = 0) -> np.ndarray:
        """uint8 (count, H, W, 3): latents and labels by chance, always the same ones, at trunc 1."""
        config, chance = self.G.config, np.random.RandomState(seed)
        z = chance.randn(count, config.z_dim).astype(np.float32)
        c = np.zeros((count, 0), np.float32)
        if config.c_dim:
            c = self.G.c_bank.cpu().numpy()[chance.randint(config.bank, size=count)]
        return self._pixels(z, c, 1.0)

    @torch.inference_mode()
    def _pixels(self, z: np.ndarray, c: np.ndarray, trunc: float) -> np.ndarray:
        G, size = self.G, max(1, AT_ONCE // self.G.config.resolution**2)
        drawn = []
        for some_z, some_c in zip(torch.from_numpy(z).split(size), torch.from_numpy(c).split(size), strict=True):
            labels = some_c.to(self.device) if G.config.c_dim else None
            ws = G.ws(some_z.to(self.device), labels, trunc)
            drawn.append(to_pixels(G.synthesis(ws, "const", dtype=training_dtype(self.device))))
        return torch.cat(drawn).numpy()


class Comparison:
    """Measures models by the same pictures of a character, uint8 (n, H, W, 3): those to be learnt from, and those that
    are `held` out of all learning; where a set is too small for that, all are both."""

    def __init__(self, learnt: np.ndarray, held: np.ndarray, device: str = "cpu") -> None:
        self._embed = _embedding(device)
        self._finder = _finder(device)
        self._real = _spread(self._seen(np.concatenate([learnt, held])))
        self._held_out = HeldOut(held if len(held) else learnt, learnt, self._embed)

    def measure(self, drawer: Drawer) -> dict[str, float]:
        """What `HeldOut.measure` does, and `noise`, the standard error of `distance`; `diversity`, how far drawings are
        apart for how far her pictures are (1: as much); `faces`, the share of drawings with a face in them, where a
        finder is there."""
        drawn = drawer.sampled(DRAWN)
        found = self._held_out.measure(drawn)
        parts = [self._held_out.measure(part)["distance"] for part in np.array_split(drawn, PARTS)]
        found["noise"] = float(np.std(parts, ddof=1) / PARTS**0.5)
        found["diversity"] = _spread(self._seen(drawn)) / max(self._real, 1e-9)
        if self._finder is not None:
            found["faces"] = float(np.mean([bool(self._finder.find(one)) for one in drawer.seeds(LOOKED_AT)]))
        return found

    def _seen(self, pictures: np.ndarray) -> np.ndarray:
        """(N, d)."""
        return small(pictures) if self._embed is None else self._embed(pictures)


def save_pairs(path: Path, old: np.ndarray, new: np.ndarray) -> None:
    """JPEG of pairs in four columns, the old picture of each latent left of its new one; uint8 (N, H, W, 3) each."""
    across = 4
    n, side = len(old), new.shape[1]
    pair, rows = 2 * side + GAP, -(-n // across)
    sheet = Image.new("RGB", (across * pair + (across - 1) * 3 * GAP, rows * side + (rows - 1) * 3 * GAP), "white")
    for i in range(n):
        x, y = i % across * (pair + 3 * GAP), i // across * (side + 3 * GAP)
        before = Image.fromarray(old[i])
        sheet.paste(before.resize((side, side), Image.Resampling.LANCZOS) if before.width != side else before, (x, y))
        sheet.paste(Image.fromarray(new[i]), (x + side + GAP, y))
    with durable.replacing(path) as fresh:
        sheet.save(fresh, "JPEG", quality=90)


def compare(
    folders: Mapping[str, Path], learnt: np.ndarray, held: np.ndarray, sheet: Path, device: str = "cpu"
) -> dict[str, Any]:
    """Measure the models in `folders` ("old" and "new") by a character's pictures, and show them in pairs in `sheet`.

    Raises CheckpointError.
    """
    comparison = Comparison(learnt, held, device)
    drawers = {name: Drawer(folder, device) for name, folder in folders.items()}
    save_pairs(sheet, drawers["old"].seeds(SHOWN), drawers["new"].seeds(SHOWN))
    return {name: comparison.measure(drawer) for name, drawer in drawers.items()}


def _embedding(device: str) -> Embed | None:
    try:
        network = Features(device=device)
    except FeaturesUnavailable:
        return None
    return lambda pictures: np.stack([seen.embedding for seen in network.see(pictures)])


def _finder(device: str) -> Finder | None:
    try:
        return Finder(device=device)
    except FinderUnavailable:
        return None


def _spread(seen: np.ndarray) -> float:
    """The mean distance between two of rows (N, d); 0 for less than two."""
    if len(seen) < 2:
        return 0.0
    x = seen.astype(np.float64)
    squares = np.square(x).sum(1)
    distances = np.sqrt((squares[:, None] + squares[None] - 2 * x @ x.T).clip(0))
    return float(distances.sum() / (len(x) * (len(x) - 1)))
