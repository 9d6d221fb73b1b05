"""`python -m bot backup` and `restore`: all that the bot keeps, in one file, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.refusal import Refusal

if TYPE_CHECKING:
    from bot.store.backup import Manifest, Progress

SUFFIXES = (".tar", ".tar.gz", ".tgz")


def backup_command(
    file: Annotated[Path, typer.Argument(help="A new file: NAME.tar, or NAME.tar.gz to compress it.")],
    without_models: Annotated[
        bool, typer.Option("--without-models", help="Leave STORAGE_DIR/models out: what you trained or imported.")
    ] = False,
) -> None:
    """Copy database, pictures and models into one file. The bot may run meanwhile."""
    import asyncio

    from bot.settings import load
    from bot.store.backup import backup

    if not file.name.endswith(SUFFIXES):
        raise typer.BadParameter(f"{file}: its name must end in {', '.join(SUFFIXES)}", param_hint="FILE")
    settings = load()
    with _refusing("The backup was not made"), _shown() as progress:
        manifest = asyncio.run(backup(settings, file, models=not without_models, progress=progress))
    if manifest.missing:
        typer.echo(f"{len(manifest.missing)} pictures were removed meanwhile, or were damaged before.", err=True)
    typer.echo(f"{file}: {_contents(manifest)}")


def restore_command(
    file: Annotated[Path, typer.Argument(help="What `backup` has written.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Even where there is something: the backup takes its place.")
    ] = False,
) -> None:
    """Fill an empty store from a backup, on whatever database .env names. Stop the bot first."""
    import asyncio

    from bot.settings import load
    from bot.store.backup import restore

    settings = load()
    with _refusing("Nothing was restored"), _shown() as progress:
        manifest = asyncio.run(restore(settings, file, replace=replace, progress=progress))
    typer.echo(f"restored from {file}: {_contents(manifest)}")


def _contents(manifest: Manifest) -> str:
    rows = sum(table.rows for table in manifest.tables.values())
    models = "no models" if manifest.models is None else f"{len(manifest.models)} files of models"
    return f"{rows} rows, {manifest.files.count} pictures, {models}, of {manifest.created:%Y-%m-%d %H:%M} UTC"


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store import StorageFull, StoreError, StoreUnavailable
    from bot.store.backup import Refused

    try:
        yield
    except (Refused, StoreError, StoreUnavailable, StorageFull, SQLAlchemyError) as error:
        raise Refusal(f"{what}: {getattr(error, 'orig', None) or error}") from error
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        raise Refusal(f"{what}: {named}{error.strerror or error}") from error


@contextmanager
def _shown() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:  # cron mails what is printed
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        yield show
