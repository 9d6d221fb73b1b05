"""`python -m bot import`: a checkpoint that others trained becomes a model of ours."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.refusal import Refusal
from bot.settings import load


class Generator(StrEnum):
    G_EMA = "G_ema"
    G = "G"


def import_command(
    file: Annotated[Path, typer.Argument(help="A StyleGAN2 checkpoint: NVIDIA's .pkl, or rosinality's .pt.")],
    name: Annotated[str, typer.Option(help="What the model is called from now on, as in sample --model NAME.")],
    use: Annotated[
        Generator, typer.Option(help="The generator that draws: the averaged one, or the one that was trained.")
    ] = Generator.G_EMA,
) -> None:
    """Import a StyleGAN2 that others have trained. Nothing that is in the file is run."""
    from rich.console import Console

    from bot.importing import NotImported, import_file
    from bot.store.characters import number_of
    from bot.store.files.folder import size_of
    from models.registry import is_name

    if not is_name(name):
        raise Refusal(f"--name is of small letters, digits, - and _, 64 at most, and not {name!r}")
    if number_of(name) is not None:
        raise Refusal(f"{name} is what the bot calls what it learns of a group's character; take another name")
    settings = load()
    storage = settings.storage_dir
    try:
        room = int(settings.storage_cap_gb * 1e9) - size_of(storage)
        with Console(stderr=True).status(f"reading {file.name}"):
            done = import_file(file, name, storage / "models", use.value, room)
    except NotImported as error:
        raise Refusal(" ".join(str(error).split())) from error
    except OSError as error:
        raise Refusal(f"{error.filename or storage}: {error.strerror or error}") from error
    typer.echo(f"{name}@{done.version}: {done.said[0]}")
    for note in done.said[1:]:
        typer.echo(note)
    typer.echo(f"python -m bot sample --model {name} --seeds 0-15 --trunc 0.7 --out {name}.png")
