"""`python -m bot install`: what was trained becomes a model that the bot draws with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusal import Refusal
from bot.settings import load

if TYPE_CHECKING:
    from models.registry import ModelVersion

FILES = ("model.safetensors", "config.json")
BESIDE = ("card.md", "sheet.jpg", "losses.png", "strip.jpg", "strip.webp")  # what training leaves with them


def install(
    folder: Annotated[Path, typer.Argument(help="A run's folder, or that of a model or of a snapshot.")],
    name: Annotated[str, typer.Option(help="What the model is called from now on, as in /waifu model:NAME.")],
) -> None:
    """Give the bot a model that was trained; it draws with it at once, without a restart."""
    from bot.store.characters import number_of
    from bot.store.files.folder import size_of
    from models.registry import Registry, is_name
    from models.versions import NoRoom, add_version

    if not is_name(name):
        raise Refusal(f"--name is of small letters, digits, - and _, 64 at most, and not {name!r}")
    if number_of(name) is not None:
        raise Refusal(f"{name} is what the bot calls what it learns of a group's character; take another name")
    source = _model_in(folder)
    settings = load()
    models_dir = settings.storage_dir / "models"
    if (same := _installed(source, models_dir, name)) is not None:
        typer.echo(f"{same.id} is this model already")
        return
    try:
        room = int(settings.storage_cap_gb * 1e9) - size_of(settings.storage_dir)
        version = add_version(models_dir, name, lambda fresh: _copy(source, fresh), room)
    except NoRoom as error:
        raise Refusal(f"the model in {source} {error}") from error
    except OSError as error:
        raise Refusal(f"{error.filename or models_dir}: {error.strerror or error}") from error
    typer.echo(f"{name}@{version.name}")
    if Registry(models_dir).resolve(f"{name}@{version.name}").translates:
        typer.echo(f"python -m bot translate --model {name} --in DIR --out DIR")
    else:
        typer.echo(f"python -m bot sample --model {name} --seeds 0-15 --trunc 0.7 --out {name}.png")


def _model_in(folder: Path) -> Path:
    """The model's folder in a run's, or the folder itself. Raises Refusal."""
    for model in (folder / "model", folder):
        if all((model / file).is_file() for file in FILES):
            return model
    if (folder / "options.json").is_file():
        raise Refusal(
            f"the run in {folder} has no model yet: let it end (--resume), or name one of {folder / 'snapshots'}"
        )
    raise Refusal(f"{folder} is no folder of a run or a model: there is no {' and no '.join(FILES)}")


def _copy(source: Path, fresh: Path) -> None:
    """Raises Refusal for what the bot could not draw with, and OSError."""
    from data import durable
    from models.checkpoint import CheckpointError, load_model
    from models.training.card import illustrate

    with durable.replacing_folder(fresh) as whole:
        for file in (*FILES, *(file for file in BESIDE if (source / file).is_file())):
            shutil.copyfile(source / file, whole / file)
        try:
            load_model(whole, parts=None)
        except CheckpointError as error:
            raise Refusal(str(error).replace(str(whole), str(source))) from error
        if source.parent.name == "snapshots" and source.name.isdigit():  # its pictures lie in the folder of the run
            illustrate(whole, source.parents[1], 1000 * int(source.name))


def _installed(source: Path, models_dir: Path, name: str) -> ModelVersion | None:
    """The newest version of `name`, where it is this model."""
    from models.registry import Registry, UnknownModel
    from models.versions import sha256_of

    try:
        newest = Registry(models_dir).resolve(name)
        same = all((newest.folder / file).stat().st_size == (source / file).stat().st_size for file in FILES)
        same = same and (newest.folder / FILES[1]).read_bytes() == (source / FILES[1]).read_bytes()
        return newest if same and sha256_of(newest.folder) == sha256_of(source) else None
    except (UnknownModel, OSError):
        return None
