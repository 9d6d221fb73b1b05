"""`python -m bot train people`: what finds and reads people's faces is fitted to photographs."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusal import Refusal, refusing

if TYPE_CHECKING:
    from models.people.fit import Nobody

DRAWINGS = {"face": 200, "portrait": 120, "cat": 100}  # drawn pictures, in which nobody is
SEED = 70_000  # of the first of them
SIDE = 128  # px


def train_people(
    photos: Annotated[Path, typer.Option(help="A folder with the photographs that --labels names, in its subfolders.")],
    outdir: Annotated[Path, typer.Option(help="A folder for model.safetensors and config.json.")],
    labels: Annotated[
        Path | None, typer.Option(help="Where faces are and what is said of them; models/people/photos.json.")
    ] = None,
    held_out: Annotated[
        Path | None, typer.Option(help="Photographs that are left out; benchmarks/held_out_photos.json.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="All chance comes from it.")] = 0,
) -> None:
    """Make what finds and reads people's faces, in some minutes on two cores, and print how well it does as JSON."""
    from rich.console import Console
    from rich.progress import Progress

    from data.vision.features import FeaturesUnavailable
    from data.vision.people.fitted import save
    from models.checkpoint import save_model
    from models.people.fit import fit, placed
    from models.people.held_out import HELD_OUT, NoLabels, names
    from models.people.photos import LABELS, NoPhotos, photographs
    from models.people.reader import export, heads, learn

    try:
        shown = photographs(photos, labels or LABELS, names(held_out or HELD_OUT))
    except (NoPhotos, NoLabels) as error:
        raise Refusal(str(error)) from error
    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def report(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=of)
            bar.update(tasks[what], completed=done)  # type: ignore[arg-type]

        fitted, figures = fit(shown, _nobody(), seed, report)
        with refusing(FeaturesUnavailable):
            network, read = learn(heads(shown, placed(shown, fitted.align)), seed=seed, report=report)
    try:
        save(fitted, outdir, {"figures": figures, "seed": seed})
        tensors, config = export(network)
        save_model(outdir / "reader", tensors, config | {"figures": read, "seed": seed}, half=True)
    except OSError as error:
        raise Refusal(f"{outdir} cannot be written: {error.strerror or error}") from error
    typer.echo(json.dumps(figures | {"read": read}, indent=1))


def _nobody() -> "list[Nobody]":
    """Drawn pictures. Raises Refusal where they cannot be drawn."""
    from data.drawn import DrawingUnavailable
    from data.drawn.spec import Spec
    from data.vision.faces import Face
    from data.vision.people.aligning import frame_of
    from models.people.fit import Nobody

    found = []
    try:
        for kind, count in DRAWINGS.items():
            spec = Spec(count, SEED, kind)
            for number in range(count):
                pixels, told = spec.draw(number, SIDE)
                box = told.get("face_box")
                square = None if box is None else frame_of(Face(tuple(box), 1.0, None, float(told.get("roll", 0.0))))
                found.append(Nobody(pixels, square))
    except DrawingUnavailable as error:
        raise Refusal(str(error)) from error
    return found
