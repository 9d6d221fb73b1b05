"""`python -m bot measure`: how near a model's drawings come to pictures, and whether they are what was asked for."""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bot.cli.refusal import Refusal
from bot.settings import load

MOST = 20_000  # pictures
ASKED = ("hair", "eyes", "lids", "glasses", "look", "mouth", "length", "ears")  # what is read back, where a model obeys
CHUNK = 64


def measure(
    model: Annotated[str, typer.Option(help="NAME, NAME@VERSION, or a model's folder.")],
    against: Annotated[
        str | None,
        typer.Option(help="Pictures that it did not learn from: drawn:count=2048,seed=1000000, a zip, a folder."),
    ] = None,
    photos: Annotated[
        Path | None, typer.Option(help="Of a TwinGAN: the folder of photographs that --labels describes.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="With --photos; benchmarks/held_out_photos.json unless given.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=0, max=2**31, help="The first seed of its drawings.")] = 0,
    trunc: Annotated[float, typer.Option(min=0.0, max=2.0, help="Of the drawings whose labels are read back.")] = 0.7,
    read: Annotated[int, typer.Option(min=0, max=MOST, help="Drawings an attribute that are read back.")] = 260,
    fid: Annotated[
        bool, typer.Option("--fid", help="FID and KID too, by torch-fidelity; it downloads a network.")
    ] = False,
    card: Annotated[
        bool, typer.Option("--card", help="Write the numbers into the card of the model's folder.")
    ] = False,
) -> None:
    """Measure a model and print a JSON object.

    With --against: `swd`, the sliced Wasserstein distance by the side of the level in pixels, times 1e3; `frechet`,
    `kernel` and `read_back` need the features network; as many drawings are compared as there are pictures. With
    --photos, of a TwinGAN: whether people are still themselves once they are drawn.
    """
    from rich.console import Console

    from bot.cli.runs import open_data
    from bot.cli.sample import load_named, synthesize
    from models.training.metrics import sliced_wasserstein

    if (against is None) == (photos is None):
        raise Refusal("give either --against or, of a TwinGAN, --photos")
    if photos is not None:
        _people(model, photos, labels, card)
        return
    assert against is not None
    folder, found = load_named(model)
    G = found.modules["G_ema"]
    dataset = open_data(against, G.config.resolution, Console(stderr=True))
    count = min(len(dataset), MOST)
    real = dataset.images(np.arange(count))
    fake = _pixels(synthesize(found, _seeds(seeds, count), {}, 1.0))
    answer: dict[str, Any] = {
        "model": model,
        "kimg": found.config.get("kimg"),
        "against": against,
        "pictures": count,
        "swd": {side: round(value, 2) for side, value in sliced_wasserstein(real, fake).items()},
    }
    if looking := _looking():
        answer |= _by_features(looking, real, fake)
        answer["read_back"] = _read_back(looking, found, seeds, trunc, read)
    if fid:
        answer |= _fidelity(real, fake)
    typer.echo(json.dumps(answer, indent=1))
    if card:
        from models.training.card import add_metrics

        add_metrics(folder, _markdown(answer, trunc))


def _people(model: str, photos: Path, labels: Path | None, card: bool) -> None:
    from bot.cli.measure_twin import markdown, measure_twin

    folder, answer = measure_twin(model, photos, labels)
    typer.echo(json.dumps(answer, indent=1))
    if card:
        from models.training.card import add_metrics

        add_metrics(folder, markdown(answer))


def _looking() -> Any | None:
    """pictures uint8 (N, H, W, 3) -> the features network's `Seen`s; None where it is not there."""
    from models.runner import ANSWERS, Runner

    try:
        see: Any = importlib.import_module("data.vision.requests").See
    except ImportError:
        return None
    if see not in ANSWERS:
        return None
    runner = Runner(load().storage_dir / "models")

    def look(pictures: np.ndarray) -> list[Any]:
        seen: list[Any] = []
        for start in range(0, len(pictures), CHUNK):
            request = see(tuple(pictures[start : start + CHUNK]))
            seen += request.join([runner.run([request])[0]])
        return seen

    try:
        look(np.zeros((1, 64, 64, 3), np.uint8))
    except Exception as error:  # its weights may not be there yet, and nothing else needs them
        typer.echo(f"no features: {error}", err=True)
        return None
    return look


def _by_features(look: Any, real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
    from models.training.metrics import frechet, kernel_distance

    a, b = (np.stack([seen.embedding for seen in look(pictures)]) for pictures in (real, fake))
    return {"frechet": round(frechet(a, b), 4), "kernel": round(kernel_distance(a, b), 6)}


def _read_back(look: Any, found: Any, first: int, trunc: float, count: int) -> dict[str, dict[str, float]]:
    """Attribute -> choice -> share of the drawings asked for it that show it, and "all"."""
    from bot.cli.sample import synthesize
    from bot.faces.attributes import merged
    from data.labels import ATTRIBUTES, obeyed
    from models.training.metrics import read_back

    shares: dict[str, dict[str, float]] = {}
    for attribute in [name for name in ASKED if name in obeyed(found.config.get("labels") or ())] if count else []:
        choices, each = ATTRIBUTES[attribute], max(1, count // len(ATTRIBUTES[attribute]))
        of_choice: dict[str, float] = {}
        for number, choice in enumerate(choices):
            images = synthesize(found, _seeds(first + number * each, each), merged({attribute: choice}), trunc)
            reader = lambda pictures: [{n: s.word(n) for n in s.choices} for s in look(pictures)]
            got = read_back(_pixels(images), [{attribute: choice}] * each, reader)
            of_choice[choice] = round(got[attribute], 3)
        shares[attribute] = {"all": round(float(np.mean([*of_choice.values()])), 3), **of_choice}
    return shares


def _fidelity(real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
    """FID and KID by torch-fidelity. Raises Refusal where it is not installed."""
    try:
        fidelity: Any = importlib.import_module("torch_fidelity")
    except ImportError:
        raise Refusal("--fid needs torch-fidelity: pip install torch-fidelity") from None
    import torch

    class Pictures(torch.utils.data.Dataset[torch.Tensor]):
        def __init__(self, pictures: np.ndarray) -> None:
            self.pictures = pictures

        def __len__(self) -> int:
            return len(self.pictures)

        def __getitem__(self, index: int) -> torch.Tensor:
            return torch.from_numpy(self.pictures[index].transpose(2, 0, 1).copy())

    metrics = fidelity.calculate_metrics(
        input1=Pictures(fake), input2=Pictures(real), fid=True, kid=True, cuda=torch.cuda.is_available(), verbose=False,
        kid_subset_size=min(1000, len(real)),
    )  # fmt: skip
    return {
        "fid": round(float(metrics["frechet_inception_distance"]), 3),
        "kid": round(float(metrics["kernel_inception_distance_mean"]), 6),
    }


def _seeds(first: int, count: int) -> Sequence[int]:
    return range(first, first + count)


def _pixels(images: np.ndarray) -> np.ndarray:
    """float32 (N, 3, H, W) in -1…1 -> uint8 (N, H, W, 3), as everything that draws makes them."""
    return (images * 127.5 + 128).clip(0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


def _markdown(answer: dict[str, Any], trunc: float) -> str:
    rows = [f"| SWD, {side} px | {value:g} |" for side, value in answer["swd"].items() if side != "mean"]
    rows.append(f"| SWD, mean | {answer['swd']['mean']:g} |")
    names = {
        "frechet": "Fréchet distance of features",
        "kernel": "Kernel distance of features",
        "fid": "FID",
        "kid": "KID",
    }
    rows += [f"| {text} | {answer[name]:g} |" for name, text in names.items() if name in answer]
    for attribute, shares in answer.get("read_back", {}).items():
        rows.append(f"| {attribute}, read back as asked for (trunc {trunc:g}) | {100 * shares['all']:.1f} % |")
    return (
        f"Against {answer['pictures']:,} pictures of `{answer['against']}` that it did not learn from; SWD times 1e3."
        "\n\n| | |\n| --- | --- |\n" + "\n".join(rows)
    )
