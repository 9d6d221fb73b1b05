"""`python -m bot sample`: pictures from seeds or latents, without the bot."""

import re
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bot.cli.refusal import Refusal
from bot.settings import load

LARGEST_SEED = 2**32 - 1
MOST = 100_000  # pictures of one call
BATCH = 32


def sample(
    model: Annotated[str, typer.Option(help="NAME, NAME@VERSION, or a model's folder.")],
    seeds: Annotated[str | None, typer.Option(help="As in 0-15,20; each picture has its own.")] = None,
    latents: Annotated[Path | None, typer.Option(help="An .npz file with z (N, z_dim), in place of --seeds.")] = None,
    trunc: Annotated[float, typer.Option(min=0.0, max=2.0, help="1: as trained; 0: the average face.")] = 1.0,
    noise_mode: Annotated[str, typer.Option(help="const, random or none, where a network has noise.")] = "const",
    precision: Annotated[str, typer.Option(help="auto: as the bot draws; float32: exact.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="A PNG file: all pictures in a grid.")] = None,
    npz: Annotated[Path | None, typer.Option(help="An .npz file: images float32 (N, 3, H, W), about -1…1.")] = None,
) -> None:
    """Draw pictures into a file."""
    if (seeds is None) == (latents is None):
        raise Refusal("give either --seeds or --latents")
    if out is None and npz is None:
        raise Refusal("give --out FILE.png, --npz FILE.npz, or both")
    if out is not None and out.suffix.lower() != ".png":
        raise Refusal(f"--out writes PNG: name a file that ends in .png, not {out}")
    if noise_mode not in ("const", "random", "none"):
        raise Refusal(f"--noise-mode is const, random or none, not {noise_mode!r}")
    if precision not in ("auto", "float32"):
        raise Refusal(f"--precision is auto or float32, not {precision!r}")
    numbers = parse_seeds(seeds) if seeds is not None else []

    G = _load(model)
    if latents is not None:
        z = read_latents(latents, G.z_dim)
    else:
        z = np.concatenate([np.random.RandomState(seed).randn(1, G.z_dim) for seed in numbers])
    images = _synthesize(G, z.astype(np.float32) * np.float32(trunc), precision)
    if npz is not None:
        _save(npz, lambda file: np.savez(file, images=images))
    if out is not None:
        from PIL import Image

        from models.training.sheets import grid

        pixels = (images * 127.5 + 128).clip(0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
        _save(out, lambda file: Image.fromarray(grid(pixels)).save(file, "PNG"))


def parse_seeds(text: str) -> list[int]:
    """`0-3,7` -> [0, 1, 2, 3, 7]. Raises Refusal for anything else, a seed above 2**32 - 1, and more than 100,000."""
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,10})(?:-([0-9]{1,10}))?\s*", part)
        if match is None:
            raise Refusal(f"--seeds is a list of numbers and ranges like 0-15,20, not {text!r}")
        first = int(match[1])
        last = int(match[2] or match[1])
        if first > last or last > LARGEST_SEED:
            raise Refusal(f"--seeds: {part.strip()} is no range of seeds from 0 to {LARGEST_SEED}")
        if len(seeds) + last - first + 1 > MOST:
            raise Refusal(f"--seeds names more than {MOST:,} pictures")
        seeds += range(first, last + 1)
    return seeds


def read_latents(path: Path, z_dim: int) -> np.ndarray:
    """`z` of an .npz file, float32 (N, z_dim). Raises Refusal."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile) or "z" not in file:
                raise Refusal(f"{path} is no .npz file with an array z")
            z = file["z"]
    except Refusal:
        raise
    except Exception as error:  # a broken zip raises much: BadZipFile, zlib.error, ValueError, EOFError
        raise Refusal(f"{path} cannot be read: {error}") from error
    if z.ndim != 2 or z.shape[1] != z_dim or not 1 <= len(z) <= MOST or z.dtype.kind not in "fiu":
        raise Refusal(f"z in {path} is {z.dtype} {z.shape}; this model takes numbers of the shape (N, {z_dim})")
    if not np.isfinite(z).all():
        raise Refusal(f"z in {path} holds values that are not finite")
    return z.astype(np.float32)


def _load(model: str) -> Any:
    from models.checkpoint import CheckpointError, load_model
    from models.registry import Registry, UnknownModel

    try:
        if (Path(model) / "config.json").is_file():
            folder = Path(model)
        else:
            folder = Registry(load().storage_dir / "models").resolve(model).folder
        return load_model(folder).modules["G_ema"]
    except (CheckpointError, UnknownModel) as error:
        raise Refusal(str(error)) from error


def _synthesize(G: Any, z: np.ndarray, precision: str) -> np.ndarray:
    """float32 (N, 3, H, W), always in batches of one size: the same latents give the same picture in any company."""
    import torch

    from models.precision import check_precision
    from models.tuning import Tuned

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tuned = Tuned(G, device, check_precision(precision))
    padded = np.concatenate([z, np.zeros((-len(z) % BATCH, z.shape[1]), np.float32)])
    parts = [tuned.synthesize(torch.from_numpy(padded[i : i + BATCH])) for i in range(0, len(padded), BATCH)]
    return torch.cat(parts)[: len(z)].cpu().contiguous().numpy()


def _save(path: Path, write: Any) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write(file)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error}") from error
