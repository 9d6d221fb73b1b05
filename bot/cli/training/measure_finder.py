"""`python -m bot measure-finder`: how well faces are found, ours beside nagadomi's cascade."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal
from bot.cli.sets import sets
from bot.settings import load

UNSEEN = 3_000_000_000  # the first seed of what no run is trained on by default
HEADS = 60  # drawn for the scenes


def measure_finder(
    model: Annotated[Path | None, typer.Option(help="A model's folder; the shipped one unless given.")] = None,
    pictures: Annotated[Path | None, typer.Option(help="A folder of real drawings, named in --labels.")] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Where the faces in them are; faces.json in the folder unless given.")
    ] = None,
    scenes: Annotated[int, typer.Option(min=0, help="Composed scenes to look at; 0 leaves them out.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Of the first head in them.")] = UNSEEN,
    score: Annotated[float | None, typer.Option(min=0.01, max=0.99, help="Least score of a face.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Of the network and of OpenCV.")] = 2,
) -> None:
    """Print recall and false alarms by tag as JSON; the cascade's beside ours where ANIMEFACE_CASCADE names it."""
    import cv2
    import torch

    from data.dataset import resolve
    from data.vision.cascade import AnimeCascade, CascadeUnavailable
    from data.vision.finder import LEAST, WEIGHTS, Finder, FinderUnavailable
    from models.finder.heads import NoHeads, drawn_heads
    from models.finder.measure import Find, Unmeasurable, measure_pictures, measure_scenes
    from models.finder.scenes import Composer
    from models.finder.train import SIDE
    from models.precision import inference_dtype

    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
    try:
        device = torch.device("cpu")
        finder = Finder(model or WEIGHTS, device, inference_dtype(device))
        least = LEAST if score is None else score
        finders: dict[str, Find] = {"own": lambda picture: finder.find(picture, least)}
        if (file := load().animeface_cascade) is not None:
            finders["cascade"] = AnimeCascade(file).find
        report: dict[str, Any] = {"model": {name: finder.info.get(name) for name in ("kimg", "data")}, "score": least}
        for name, find in finders.items():
            report[name] = {}
            if pictures is not None:
                report[name]["pictures"] = measure_pictures(find, pictures, labels or pictures / "faces.json")
            if scenes:
                heads = drawn_heads(resolve(f"drawn:count={HEADS},seed={seed}"), sets())
                composer = Composer(heads, SIDE)
                report[name]["scenes"] = measure_scenes(find, composer, scenes, seed)
                report[name]["clean scenes"] = measure_scenes(find, composer, scenes, seed, degrade=False)
    except (FinderUnavailable, CascadeUnavailable, NoHeads, Unmeasurable) as error:
        raise Refusal(str(error)) from error
    typer.echo(json.dumps(report, indent=1, ensure_ascii=False))
