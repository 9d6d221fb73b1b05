"""`python -m bot measure-features`: how well the network that sees does it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal

FACES = Path(__file__).parents[3] / "benchmarks" / "real_faces.json"
UNSEEN = 3_000_000_000  # the first seed of what no run is trained on by default


def measure_features(
    model: Annotated[Path | None, typer.Option(help="A model's folder; the shipped one unless given.")] = None,
    count: Annotated[int, typer.Option(min=0, help="Drawn faces for the attributes; 0 leaves them out.")] = 3000,
    characters: Annotated[int, typer.Option(min=0, help="Drawn characters to tell apart; 0 leaves them out.")] = 200,
    views: Annotated[int, typer.Option(min=2, help="Pictures of each.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of the first drawn face.")] = UNSEEN,
    kind: Annotated[str, typer.Option(help="face or portrait: which drawn pictures.")] = "face",
    pictures: Annotated[Path | None, typer.Option(help="A folder of real drawings, named in --labels.")] = None,
    labels: Annotated[Path, typer.Option(help="What is in them, as in benchmarks/real_faces.json.")] = FACES,
) -> None:
    """Print how often attributes and characters are recognised, as JSON."""
    from rich.console import Console

    from bot.cli.sets import open_data
    from data.vision.features import WEIGHTS, Features, FeaturesUnavailable
    from models.features.measure import (
        Unmeasurable,
        measure_attributes,
        measure_characters,
        measure_labels,
        measure_real,
    )
    from models.features.train import SIDE

    console = Console(stderr=True)
    report: dict[str, Any] = {}
    try:
        features = Features(model or WEIGHTS)
        report["model"] = {name: features.info.get(name) for name in ("kimg", "data")}
        if count:
            report["attributes"] = measure_attributes(
                features, open_data(f"drawn:count={count},seed={seed},kind={kind}", SIDE, console)
            )
        if characters:
            spec = f"drawn:count={characters * views},seed={seed},kind={kind},views={views}"
            report["characters"] = measure_characters(features, open_data(spec, SIDE, console))
        if pictures is not None:
            report["real"] = measure_real(features, pictures, labels)
            if model is None:
                report["labels"] = measure_labels(pictures, labels)
    except (FeaturesUnavailable, Unmeasurable) as error:
        raise Refusal(str(error)) from error
    typer.echo(json.dumps(report, indent=1, ensure_ascii=False))
