"""`python -m bot faces`: the faces in every picture of a folder."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.cli.refusal import Refusal
from bot.settings import Settings, load

if TYPE_CHECKING:
    from data.pictures import Pixels
    from data.vision.faces import Face

MAX_SIDE = 2048  # px of what a finder is shown; each shrinks it further as it likes
Find = Callable[["Pixels"], "list[Face]"]
Finders = Literal["own", "cascade", "real", "onnx"]


def faces(
    folder: Annotated[Path, typer.Argument(help="Looked through with all its subfolders.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: relative path -> list of faces.")] = False,
    finder: Annotated[
        Finders,
        typer.Option(
            help="own: this project's network; cascade: nagadomi's; real: OpenCV's, for photographs; "
            "onnx: the one that FINDER_ONNX names."
        ),
    ] = "own",
) -> None:
    """Find the faces in pictures. Files that are no pictures are named on stderr."""
    settings = load()
    if not folder.is_dir():
        raise Refusal(f"{folder} is no folder")
    find = finder_of(finder, settings)
    found: dict[str, list[dict[str, Any]]] = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            seen = _faces(find, path, settings)
        except _NoPicture as error:
            print(f"{_printable(name)}: {error}", file=sys.stderr)
            continue
        found[name] = [face.to_json() for face in seen]
        if not as_json:
            typer.echo(f"{_printable(name)}: {len(seen)}")
    if as_json:
        typer.echo(json.dumps(found, indent=1))


def finder_of(name: Finders, settings: Settings) -> Find:
    """What finds faces in pixels. Raises Refusal where it cannot be had."""
    if name == "own":
        import torch

        from data.vision.finder import Finder, FinderUnavailable
        from models.precision import inference_dtype

        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            return Finder(device=device, dtype=inference_dtype(device)).find
        except FinderUnavailable as error:
            raise Refusal(str(error)) from error
    if name == "onnx":
        return _onnx(settings)
    from data.vision.cascade import AnimeCascade, CascadeUnavailable, RealCascade, cascade_file

    try:
        if name == "real":
            return RealCascade().find
        file = settings.animeface_cascade or asyncio.run(cascade_file(settings.storage_dir / "cache"))
        return AnimeCascade(file).find
    except CascadeUnavailable as error:
        raise Refusal(str(error)) from error


def _onnx(settings: Settings) -> Find:
    from data.vision.onnx import OnnxUnavailable, YoloFinder

    if settings.finder_onnx is None:
        raise Refusal("FINDER_ONNX names no file; docs/training.md says which there are")

    def find(picture: Pixels) -> list[Face]:
        try:
            return finder.find(picture)
        except OnnxUnavailable as error:
            raise Refusal(str(error)) from error

    try:
        finder = YoloFinder(settings.finder_onnx)
    except OnnxUnavailable as error:
        raise Refusal(str(error)) from error
    return find


class _NoPicture(Exception):
    """A file that is left out; the message says why."""


def _files(folder: Path) -> Iterator[Path]:
    """All files below, sorted; links to folders are not followed."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield Path(root, name)


def _faces(find: Find, path: Path, settings: Settings) -> list[Face]:
    """In pixels of the file, upright. Raises _NoPicture."""
    from data.pictures.decode import decode
    from data.pictures.opening import Unreadable

    content = _content(path, settings.intake_max_bytes)
    try:
        picture = decode(content, settings.intake_max_pixels, MAX_SIDE)
    except Unreadable as error:
        raise _NoPicture(_WHY[error.reason]) from error
    scale = picture.width / picture.pixels.shape[1], picture.height / picture.pixels.shape[0]
    return [face.scaled(*scale) for face in find(picture.pixels)]


_WHY = {
    "not_a_picture": "not a picture",
    "damaged": "damaged",
    "too_many_pixels": "more pixels than INTAKE_MAX_PIXELS",
}


def _content(path: Path, most: int) -> bytes:
    """Raises _NoPicture; a pipe or a device is not waited for."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _NoPicture("not a file")
        if status.st_size > most:
            raise _NoPicture("more bytes than INTAKE_MAX_BYTES")
        return path.read_bytes()
    except OSError as error:
        raise _NoPicture(f"cannot be read: {error.strerror or error}") from error


def _printable(name: str) -> str:
    """A file's name may hold anything, escape sequences for the terminal too."""
    return name if name.isprintable() else ascii(name)
