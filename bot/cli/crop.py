"""`python -m bot crop`: heads out of pictures."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.ratings import asked
from bot.cli.refusal import Refusal
from bot.cli.runs import quick, refusing, shown
from bot.settings import load

if TYPE_CHECKING:
    from rich.console import Console

    from data.crop import Sight

NAMED = 5  # files on stderr


def crop(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="FOLDER (a crawl's, too), PATH.zip or a packed folder; stays as it is.")
    ],
    out: Annotated[Path, typer.Option(help="A folder for the heads and crops.jsonl; one that has some is continued.")],
    size: Annotated[int, typer.Option(min=32, max=2048, help="Side of a crop, in pixels.")] = 256,
    align: Annotated[
        bool, typer.Option("--align", help="Turn heads so that the eyes are level, at one place.")
    ] = False,
    min_score: Annotated[float, typer.Option(min=0.05, max=1.0, help="How sure the finder must be of a face.")] = 0.6,
    min_side: Annotated[int, typer.Option(min=1, help="Pixels of the picture that a crop shows, at least.")] = 64,
    max_upscale: Annotated[
        float, typer.Option(min=0.1, max=16.0, help="A crop is enlarged so many times at most.")
    ] = 1.5,
    min_sharpness: Annotated[
        float, typer.Option(min=0.0, max=2.0, help="Blurred heads are left out: 1 / width of the outlines in px.")
    ] = 0.25,
    max_outside: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Share of a crop that may lie beyond its picture.")
    ] = 0.3,
    two_heads: Annotated[bool, typer.Option("--two-heads", help="Cut crops too in which another head sits.")] = False,
    rating: Annotated[
        str,
        typer.Option(help="Of a crawl's pictures those with: g, s, q, e, some with commas; or any, and unrated ones."),
    ] = "any",
    finder: Annotated[
        Literal["own", "cascade"], typer.Option(help="own: this project's network; cascade: nagadomi's, upright faces.")
    ] = "own",
    people: Annotated[
        bool,
        typer.Option("--people", help="Photographs: heads of people, upright, see-through around, with labels.jsonl."),
    ] = False,
) -> None:
    """Cut the heads out of pictures: face, hair and a little neck, a crop each.

    crops.jsonl says where each is from, and why others were left out. The same command again goes on where it was.
    """
    from rich.console import Console

    from data.booru.manifest import ManifestError
    from data.crop import CropError, Options
    from data.crop import crop as cut
    from data.dataset.reading import pictures_of
    from data.vision.features import FeaturesUnavailable
    from data.vision.finder import FinderUnavailable
    from data.vision.people import PeopleUnavailable

    if align and finder != "own":
        raise Refusal("--align needs eyes, which --finder cascade does not see")
    if people and (align or finder != "own"):
        raise Refusal("--people has a finder of its own, and all heads are upright: leave --align and --finder out")
    wanted = asked(rating)
    ratings = "any" if wanted is None else ",".join(sorted(wanted))
    options = Options(
        size, align, "people" if people else finder, min_score, min_side, max_upscale, min_sharpness, max_outside,
        two_heads, ratings,
    )  # fmt: skip
    console = Console(stderr=True)
    with refusing(CropError, ManifestError, FinderUnavailable, FeaturesUnavailable, PeopleUnavailable):
        pictures, sight = pictures_of(source), _people_sight() if people else _sight(finder)
        with shown(console, "cutting") as report:
            counts = cut(pictures, out, options, sight, load().storage_dir / "cache" / "crops", report)
    _name_unreadable(out, console)
    typer.echo(f"{_summary(counts)}: {out}")


def _sight(finder: str) -> Sight:
    import asyncio

    from data.crop import Sight
    from data.vision.cascade import AnimeCascade, CascadeUnavailable, cascade_file

    if finder == "own":
        return Sight(quick())
    settings = load()
    try:
        file = settings.animeface_cascade or asyncio.run(cascade_file(settings.storage_dir / "cache"))
        AnimeCascade(file)
    except CascadeUnavailable as error:
        raise Refusal(str(error)) from error
    return Sight(cascade=file)


def _people_sight() -> Sight:
    from bot.cli.faces import people_finder
    from data.crop import Sight

    settings = load()
    people_finder(settings)
    return Sight(people=True, yunet=settings.people_onnx)


def _name_unreadable(out: Path, console: Console) -> None:
    import json

    from data import origins

    entries = map(json.loads, (out / origins.FILE).read_text(encoding="utf-8").splitlines())
    bad = [(entry["source"], entry["error"]) for entry in entries if entry["verdict"] == "unreadable"]
    for name, why in bad[:NAMED]:
        console.print(f"{name if name.isprintable() else ascii(name)}: {why}", highlight=False, markup=False)
    if len(bad) > NAMED:
        console.print(f"and {len(bad) - NAMED} more that cannot be read; {origins.FILE} names them", highlight=False)


def _summary(counts: Counter[str]) -> str:
    others = (f"{count} {name}" for name, count in sorted(counts.items()) if name not in ("pictures", "cut") and count)
    cut = counts["cut"]
    return ", ".join([f"{counts['pictures']} pictures: {cut} {'head' if cut == 1 else 'heads'} cut", *others])
