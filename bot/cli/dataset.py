"""`python -m bot dataset …`: training sets."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.refusal import Refusal


def pack(
    data: Annotated[str, typer.Option(help="PATH.zip, FOLDER, or drawn:SPEC like drawn:count=50000,seed=0.")],
    resolution: Annotated[int, typer.Option(min=4, max=2048, help="Side of the pictures, in pixels.")] = 96,
    out: Annotated[
        Path | None, typer.Option(help="A new folder for the set; without it the set stays in the cache.")
    ] = None,
) -> None:
    """Pack a training set, so that training reads it without decoding anything."""
    from rich.console import Console

    from bot.cli.runs import open_data

    if out is not None and out.exists():
        raise Refusal(f"{out} exists already; name a new folder")
    dataset = open_data(data, resolution, Console(stderr=True))
    if out is not None:
        shutil.copytree(dataset.folder, out)
    typer.echo(f"{len(dataset)} pictures, {dataset.size} px: {out or dataset.folder}")
