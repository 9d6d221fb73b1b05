"""`python -m bot faces`: the faces in every picture of a folder."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.cli.brought import NoPicture, files, opened, printable
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
            help="own: this project's network; cascade: nagadomi's; real: people in photographs; "
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
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            picture = opened(path, settings, MAX_SIDE)
        except NoPicture as error:
            print(f"{printable(name)}: {error}", file=sys.stderr)
            continue
        scale = picture.width / picture.pixels.shape[1], picture.height / picture.pixels.shape[0]
        seen = [face.scaled(*scale) for face in find(picture.pixels)]
        found[name] = [face.to_json() for face in seen]
        if not as_json:
            typer.echo(f"{printable(name)}: {len(seen)}")
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
    if name == "real":
        return people_finder(settings)
    from data.vision.cascade import AnimeCascade, CascadeUnavailable, cascade_file

    try:
        file = settings.animeface_cascade or asyncio.run(cascade_file(settings.storage_dir / "cache"))
        return AnimeCascade(file).find
    except CascadeUnavailable as error:
        raise Refusal(str(error)) from error


def people_finder(settings: Settings) -> Find:
    """What finds people's faces: the network that PEOPLE_ONNX names, else OpenCV's cascades. Raises Refusal."""
    from data.vision.people import PeopleFinder, PeopleUnavailable
    from data.vision.people.yunet import YuNet

    try:
        finder = PeopleFinder() if settings.people_onnx is None else YuNet(settings.people_onnx)
    except PeopleUnavailable as error:
        raise Refusal(str(error)) from error

    def find(picture: Pixels) -> list[Face]:
        try:
            return finder.find(picture)
        except PeopleUnavailable as error:
            raise Refusal(str(error)) from error

    return find


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
