"""`python -m bot dataset …`: training sets."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.measures import measures, opinions
from bot.cli.refusal import Refusal
from bot.cli.runs import open_data, refusing, shown


def pack(
    source: Annotated[
        str, typer.Argument(help="PATH.zip, FOLDER, a packed folder, or drawn:SPEC like drawn:count=50000,seed=0.")
    ],
    out: Annotated[
        Path | None,
        typer.Argument(
            help="A new OUT.zip as the StyleGAN tools have it, or a new folder; without it the set stays in the cache."
        ),
    ] = None,
    resolution: Annotated[int, typer.Option(min=4, max=2048, help="Side of the pictures, in pixels.")] = 96,
    labels: Annotated[bool, typer.Option(help="Whether a zip gets the labels that the source has.")] = True,
) -> None:
    """Pack a training set: squares of one size, in one file that is read quickly."""
    import shutil

    from rich.console import Console

    from data import durable
    from data.dataset import DatasetError
    from data.dataset.zipped import write_zip
    from data.labelled import has_labels, unused, vectors

    if out is not None and out.exists():
        raise Refusal(f"{out} exists already; name a new {'file' if out.suffix == '.zip' else 'folder'}")
    console = Console(stderr=True)
    with refusing():
        dataset = open_data(source, resolution, console)
        if out is None:
            pass
        elif out.suffix.lower() == ".zip":
            named = source if source.startswith("drawn:") else str(Path(source).expanduser().resolve())
            if labels and (sentence := unused(named)):
                console.print(sentence, highlight=False)
            try:
                table = vectors(dataset, named) if labels and has_labels(named) else None
            except DatasetError as error:
                raise Refusal(f"{error}; --no-labels packs the pictures alone") from error
            with shown(console, "writing") as report:
                write_zip(dataset, table, out, report)
        else:
            with durable.replacing_folder(out) as fresh:
                shutil.copytree(dataset.folder, fresh, dirs_exist_ok=True)
    typer.echo(f"{len(dataset)} pictures, {dataset.size} px: {out or dataset.folder}")


def report(
    source: Annotated[str, typer.Argument(metavar="SET", help="PATH.zip, FOLDER or a packed folder.")],
    out: Annotated[Path, typer.Option(help="The page.")] = Path("report.html"),
) -> None:
    """What is in a training set, as one page with pictures."""
    from rich.console import Console

    from data import durable
    from data.curate import CurateError
    from data.dataset.reading import pictures_of
    from data.report import page, survey

    console = Console(stderr=True)
    with refusing(CurateError):
        pictures = pictures_of(source)
        measured = opinions(pictures, measures(pictures, console), console, tags=False)
        with console.status("comparing"):
            text = page(survey(pictures, measured))
    try:
        durable.write_text(out, text)
    except OSError as error:
        raise Refusal(f"{out} cannot be written: {error.strerror or error}") from error
    typer.echo(f"{pictures.count} pictures: {out}")
