"""`python -m bot dataset …`: training sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.pictures.measures import measures, opinions
from bot.cli.progress import shown
from bot.cli.refusal import Refusal, refusing
from bot.cli.sets import open_data

if TYPE_CHECKING:
    from rich.console import Console

    from data.dataset import Dataset


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
    """Pack a training set: squares of one size, in one file that is read quickly.

    The same command again says that it is there already; OUT that holds something else is never written over.
    """
    from rich.console import Console

    console = Console(stderr=True)
    with refusing():
        if out is not None and out.exists():
            _check(out)
        dataset = open_data(source, resolution, console)
        if out is None:
            written = True
        elif out.suffix.lower() == ".zip":
            written = _write_zip(dataset, source, out, labels, console)
        else:
            written = _write_folder(dataset, out)
    about = f"{len(dataset)} pictures, {dataset.size} px"
    typer.echo(f"{about}: {out or dataset.folder}" if written else f"{about}: {out} holds them already")


def _check(out: Path) -> None:
    """Raises Refusal where `out` is no set at all, before any picture is read."""
    from data.dataset import index, is_packed

    zipped = out.suffix.lower() == ".zip"
    if not (index.read(out) if zipped and out.is_file() else not zipped and is_packed(str(out))):
        raise Refusal(f"{out} exists already and is no packed set; name a new {'file' if zipped else 'folder'}")


def _write_zip(dataset: Dataset, source: str, out: Path, labels: bool, console: Console) -> bool:
    """False where it is there already. Raises Refusal where something else is."""
    from data.dataset import DatasetError
    from data.dataset.zipped import holds, write_zip
    from data.labelled import has_labels, unused, vectors

    named = source if source.startswith("drawn:") else str(Path(source).expanduser().resolve())
    if labels and (sentence := unused(named)):
        console.print(sentence, highlight=False)
    try:
        table = vectors(dataset, named) if labels and has_labels(named) else None
    except DatasetError as error:
        raise Refusal(f"{error}; --no-labels packs the pictures alone") from error
    if out.exists():
        return _there(out, holds(out, dataset, table))
    with shown(console, "writing") as report:
        write_zip(dataset, table, out, report)
    return True


def _write_folder(dataset: Dataset, out: Path) -> bool:
    import shutil

    from data import durable
    from data.dataset import Dataset

    if out.exists():
        return _there(out, Dataset(out).manifest == dataset.manifest)
    with durable.replacing_folder(out) as fresh:
        shutil.copytree(dataset.folder, fresh, dirs_exist_ok=True)
    return True


def _there(out: Path, same: bool) -> bool:
    if not same:
        raise Refusal(
            f"{out} exists already and holds other pictures, another size or other labels: remove it, or name a new "
            f"{'folder' if out.is_dir() else 'file'}"
        )
    return False


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
