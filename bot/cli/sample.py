"""`python -m bot sample`: pictures from seeds or latents, without the bot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bot.cli.latents import MOST, Latents, read_latents
from bot.cli.refusal import Refusal
from bot.settings import load

LARGEST_SEED = 2**32 - 1
BATCH, STYLED_BATCH = 32, 8  # pictures at a time; of a network with styles, which is larger


def sample(
    model: Annotated[str, typer.Option(help="NAME, NAME@VERSION, or a model's folder.")],
    seeds: Annotated[str | None, typer.Option(help="As in 0-15,20; each picture has its own.")] = None,
    latents: Annotated[
        Path | None,
        typer.Option(
            help="In place of --seeds an .npz file: z (N, z_dim), maybe c (N, c_dim), or ws (N, num_ws, w_dim)."
        ),
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="What all should be: hair=pink,glasses=yes, or numbers: mouth_opening=0.5.")
    ] = None,
    best: Annotated[
        str | None, typer.Option(help="64of512: of 512 seeds from --seeds (one number; 0), the 64 that D likes best.")
    ] = None,
    trunc: Annotated[float, typer.Option(min=0.0, max=2.0, help="1: as trained; 0: the average face.")] = 1.0,
    trunc_cutoff: Annotated[
        int | None, typer.Option(min=0, help="Truncate the styles before this one only; all unless given.")
    ] = None,
    noise_mode: Annotated[str, typer.Option(help="const, random or none, where a network has noise.")] = "const",
    precision: Annotated[str, typer.Option(help="auto: as the bot draws; float32: exact.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="A PNG file: all pictures in a grid.")] = None,
    npz: Annotated[Path | None, typer.Option(help="An .npz file: images float32 (N, 3, H, W), about -1…1.")] = None,
) -> None:
    """Draw pictures into a file."""
    keep, of = parse_best(best) if best is not None else (0, 0)
    if best is not None and latents is None and seeds is None:
        seeds = "0"
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
    if best is not None and seeds is not None:
        if len(numbers) != 1 or numbers[0] + of - 1 > LARGEST_SEED:
            raise Refusal(f"--best {best} takes its {of} seeds from one number on: --seeds {numbers[0]}")
        numbers = list(range(numbers[0], numbers[0] + of))
    asked = parse_labels(labels) if labels is not None else {}

    _, found = load_named(model)
    G, names = found.modules["G_ema"], tuple(found.config.get("labels") or ())
    if strangers := [name for name in asked if name not in names]:
        known = f"it knows {', '.join(filter(None, names))}" if any(names) else "it cannot be told what to draw"
        raise Refusal(f"{model} has no label {strangers[0]!r}: {known}")
    if trunc_cutoff is not None and not hasattr(G, "num_ws"):
        raise Refusal(f"{model} has no styles that --trunc-cutoff could count")
    if latents is not None:
        styles = (G.num_ws, G.w_dim) if hasattr(G, "num_ws") else None
        given = read_latents(latents, G.z_dim, len(names), styles)
        if best is not None and (len(given) != of or given.z is None):
            raise Refusal(f"--best {best} chooses from {of} z, and there are {len(given)} latents in {latents}")
        if given.ws is not None and asked:
            raise Refusal("--labels say what z is to become; ws are styles already")
    else:
        given = Latents(
            np.concatenate([np.random.RandomState(n).randn(1, G.z_dim) for n in numbers]).astype(np.float32)
        )
    if names and given.z is not None:
        given = replace(given, c=_label_vectors(G, names, numbers or list(range(len(given))), asked, given.c))
    images = _synthesize(G, given, Manner(trunc, trunc_cutoff, noise_mode, precision))
    if best is not None:
        images = images[_ranked(found, images, given.c)[:keep]]
    if npz is not None:
        _save(npz, lambda file: np.savez(file, images=images))
    if out is not None:
        from PIL import Image

        from models.training.sheets import grid

        pixels = (images[:, :3] * 127.5 + 128).clip(0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
        sheet = grid(np.broadcast_to(pixels, (*pixels.shape[:3], 3)))
        _save(out, lambda file: Image.fromarray(sheet).save(file, "PNG"))


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


def parse_labels(text: str) -> dict[str, float]:
    """`hair=pink,mouth_opening=0.5` -> label values by name. Raises Refusal for what no label or choice is called."""
    from data.labels import ATTRIBUTES, NAMES, values

    found: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        if name in ATTRIBUTES and value in ATTRIBUTES[name]:
            found |= values(name, value)
        elif name in NAMES and (number := _number(value)) is not None:
            found[name] = number
        elif name in ATTRIBUTES:
            number = f", or a number from -4 to 4 as {name}" if name in NAMES else ""
            raise Refusal(f"--labels: {name} is {', '.join(ATTRIBUTES[name])}{number}; not {value!r}")
        elif name in NAMES:
            raise Refusal(f"--labels: {name} is a number from -4 to 4, not {value!r}")
        else:
            raise Refusal(f"--labels: nothing is called {name!r}; there is {', '.join((*ATTRIBUTES, *NAMES))}")
    return found


def parse_best(text: str) -> tuple[int, int]:
    """`64of512` -> (64, 512). Raises Refusal."""
    match = re.fullmatch(r"([0-9]{1,6})of([0-9]{1,6})", text)
    keep, of = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= keep <= of <= MOST:
        raise Refusal(f"--best is like 64of512: so many of so many, at most {MOST:,}; not {text!r}")
    return keep, of


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= 4.0 else None  # NaN compares as false


def load_named(model: str) -> tuple[Path, Any]:
    """The folder and the networks (G_ema, D where it is kept) of NAME, NAME@VERSION or a folder. Raises Refusal."""
    from models.checkpoint import CheckpointError, load_model
    from models.registry import Registry, UnknownModel, translates

    try:
        if (Path(model) / "config.json").is_file():
            folder = Path(model)
        else:
            folder = Registry(load().storage_dir / "models").resolve(model).folder
        found = load_model(folder, ("G_ema", "D"))
    except (CheckpointError, UnknownModel) as error:
        raise Refusal(str(error)) from error
    if translates(found.config):
        raise Refusal(
            f"{model} makes pictures of pictures and draws none from latents: python -m bot translate uses it"
        )
    return folder, found


def synthesize(found: Any, seeds: Sequence[int], asked: Mapping[str, float], trunc: float) -> np.ndarray:
    """float32 (N, 3, H, W): what a model draws for seeds, all of them with the label values that are asked for."""
    G, names = found.modules["G_ema"], tuple(found.config.get("labels") or ())
    c = _label_vectors(G, names, seeds, asked, None) if names else None
    return _synthesize(G, Latents(_seeded(seeds, G.z_dim), c), Manner(trunc))


def _seeded(seeds: Sequence[int], z_dim: int) -> np.ndarray:
    """float32 (N, z_dim)."""
    return np.concatenate([np.random.RandomState(seed).randn(1, z_dim) for seed in seeds]).astype(np.float32)


def _label_vectors(
    G: Any, names: Sequence[str], seeds: Sequence[int], asked: Mapping[str, float], given: np.ndarray | None
) -> np.ndarray:
    """float32 (N, c_dim): the given ones, else the bank's rows of the seeds; what was asked for goes before both."""
    from models.requests import Latent

    bank = G.c_bank.cpu().numpy()
    c = given.copy() if given is not None else np.stack([Latent(seed).c(G.z_dim, names, bank) for seed in seeds])
    for name, value in asked.items():
        c[:, names.index(name)] = value
    return c


@dataclass(frozen=True, slots=True)
class Manner:
    """How latents are drawn; see the options of `sample`."""

    trunc: float = 1.0
    cutoff: int | None = None
    noise_mode: str = "const"
    precision: str = "auto"


def _synthesize(G: Any, given: Latents, manner: Manner) -> np.ndarray:
    """float32 (N, C, H, W), always in batches of one size: the same latents give the same picture in any company."""
    import torch

    from models.families import tuned
    from models.precision import check_precision
    from models.stylegan.tuned import TunedStyleGAN

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if manner.precision == "float32":
        torch.backends.cudnn.allow_tf32 = False  # which is on by default, and has the steps of float16
    fast = tuned(G, device, check_precision(manner.precision))
    if isinstance(fast, TunedStyleGAN):
        ws = given.ws
        if ws is None:
            assert given.z is not None
            turns = _turns(given.z, given.c, size=STYLED_BATCH)
            parts = [fast.ws(z, c, manner.trunc, manner.cutoff).cpu() for z, c in turns]
            ws = torch.cat(parts)[: len(given)].numpy()
        noise_mode: Any = manner.noise_mode
        parts = [fast.styled(some, noise_mode).cpu() for some, _ in _turns(ws, None, size=STYLED_BATCH)]
    else:
        assert given.z is not None
        parts = [fast.synthesize(z, c, manner.trunc).cpu() for z, c in _turns(given.z, given.c, size=BATCH)]
    return torch.cat(parts)[: len(given)].contiguous().numpy()


def _turns(a: np.ndarray, c: np.ndarray | None, size: int) -> Iterator[tuple[Any, Any]]:
    """Pieces of `size` rows of latents and their labels, the last one filled up, as tensors."""
    import torch

    labels = np.zeros((len(a), 0), np.float32) if c is None else c
    rows = [np.concatenate([x, np.zeros((-len(x) % size, *x.shape[1:]), np.float32)]) for x in (a, labels)]
    for i in range(0, len(a), size):
        yield torch.from_numpy(rows[0][i : i + size]), torch.from_numpy(rows[1][i : i + size])


def _ranked(found: Any, images: np.ndarray, c: np.ndarray | None) -> np.ndarray:
    """Indices of the images, those first that D takes for the most real ones, among those with such labels."""
    import torch

    from models.judging import known_of, logits, merits

    if "D" not in found.modules:
        raise Refusal("--best needs a model that keeps its discriminator")
    x, labels = torch.from_numpy(images), None if c is None else torch.from_numpy(c)
    D = found.modules["D"]
    if hasattr(D, "stand_alone"):
        spread = known_of(found.config).get("spread")
        D.stand_alone(D.spread(x[:BATCH]) if spread is None else torch.tensor(spread))
    parts = [
        logits(D, x[i : i + BATCH], None if labels is None else labels[i : i + BATCH]) for i in range(0, len(x), BATCH)
    ]
    given = np.zeros((len(x), 0), np.float32) if c is None else c
    return np.argsort(-merits(torch.cat(parts).numpy(), given, known_of(found.config)), kind="stable")


def _save(path: Path, write: Any) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write(file)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error}") from error
