"""`python -m bot translate`: all pictures of a folder, from one domain to another."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from bot.cli.brought import NoPicture, files, opened, printable
from bot.cli.refusal import Refusal
from bot.cli.translate_job import NOBODY, Job, Manner, names_of, resized
from bot.settings import Settings, load

if TYPE_CHECKING:
    from data.pictures import Pixels

MOST_SEEDS = 16
SHEET_SIDE, SHEET_COLUMNS = 192, 10  # px of a picture on a sheet; pictures in a row


def translate(
    source: Annotated[Path, typer.Option("--in", metavar="DIR", help="Looked through with all its subfolders.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder for what comes of them.")],
    model: Annotated[str, typer.Option(help="NAME, NAME@VERSION, or a model's folder.")] = "twin",
    of: Annotated[str, typer.Option("--from", help="What the pictures show: a domain of the model.")] = "photo",
    to: Annotated[str, typer.Option(help="What they become: another one.")] = "anime",
    like: Annotated[Path | None, typer.Option(help="A picture of that domain whose look all take.")] = None,
    labels: Annotated[
        str | None, typer.Option(help="What all become: hair=pink,glasses=yes, or numbers: mouth_opening=0.5.")
    ] = None,
    strength: Annotated[float, typer.Option(min=0.0, max=1.5, help="How far to go; 1: as trained.")] = 1.0,
    seeds: Annotated[str, typer.Option(help="As in 0-3: a variant each; 0 is the plain one.")] = "0",
    centre: Annotated[bool, typer.Option("--centre", help="Where there is no face, take the middle.")] = False,
    side_by_side: Annotated[bool, typer.Option("--side-by-side", help="The head before and after in one.")] = False,
    sheet: Annotated[Path | None, typer.Option(help="FILE.png or .jpg: all heads before and after.")] = None,
) -> None:
    """Translate pictures: every face of each gets a picture of its own, NAME.png, or NAME-1.png, NAME-2.png, …

    Files that are no pictures, and those without a face, are named on stderr and left out. The same command again goes
    on where it was.
    """
    from rich.console import Console

    from bot.cli.runs import shown
    from bot.cli.sample import parse_labels, parse_seeds
    from bot.cli.translator import Framer, translator

    settings = load()
    numbers = parse_seeds(seeds)
    wishes = tuple(parse_labels(labels).items()) if labels is not None else ()
    if not source.is_dir():
        raise Refusal(f"{source} is no folder")
    if source.resolve() == out.resolve():
        raise Refusal("--out is another folder than --in: nothing is written over")
    if len(numbers) > MOST_SEEDS:
        raise Refusal(f"--seeds names more than {MOST_SEEDS} variants")
    if sheet is not None and sheet.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise Refusal(f"--sheet writes PNG or JPEG: name a file that ends in .png or .jpg, not {sheet}")
    found = list(files(source, out))
    if not found:
        raise Refusal(f"there is no file in {source}")
    twin = translator(model, settings)
    twin.check(of, to)
    manner = Manner(of, to, wishes, strength, tuple(numbers), centre, side_by_side, _liked(like, to, settings))
    job = Job(source, out, settings, twin, Framer(of, settings), manner, names_of(source, found))
    console = Console(stderr=True)
    counts: Counter[str] = Counter()
    pairs: list[tuple[Pixels, list[Pixels]]] = []
    with job, shown(console, "translating") as report:
        report(0, len(found))
        for number, path in enumerate(found, 1):
            try:
                counts["faces"] += job.done(path)
                counts["pictures"] += 1
            except NoPicture as error:
                counts[str(error) if str(error) == NOBODY else "unreadable"] += 1
                print(f"{printable(path.relative_to(source).as_posix())}: {error}", file=sys.stderr)
            report(number, len(found))
        if sheet is not None:
            pairs = list(job.pairs(found))
    if sheet is not None:
        _save_sheet(sheet, pairs)
    typer.echo(_summary(counts, out))


def _liked(like: Path | None, to: str, settings: Settings) -> Pixels | None:
    from bot.cli.translator import MAX_SIDE, Framer

    if like is None:
        return None
    try:
        return Framer(to, settings).one(opened(like, settings, MAX_SIDE).pixels)
    except NoPicture as error:
        raise Refusal(f"--like {like}: {error}") from error


def _save_sheet(path: Path, pairs: Sequence[tuple[Pixels, list[Pixels]]]) -> None:
    """Rows of heads, each above what came of it. Raises Refusal."""
    from PIL import Image

    from data import durable

    if not pairs:
        raise Refusal(f"nothing was translated that {path} could show")
    columns = min(SHEET_COLUMNS, len(pairs))
    bands = []
    for start in range(0, len(pairs), columns):
        some = pairs[start : start + columns]
        rows = [[before for before, _ in some], *zip(*(after for _, after in some), strict=True)]
        empty = [np.full((SHEET_SIDE, SHEET_SIDE, 3), 255, np.uint8)] * (columns - len(some))
        bands += [np.concatenate([*(resized(picture, SHEET_SIDE) for picture in row), *empty], axis=1) for row in rows]
    buffer = io.BytesIO()
    png = path.suffix.lower() == ".png"
    Image.fromarray(np.concatenate(bands)).save(buffer, "PNG" if png else "JPEG", **({} if png else {"quality": 92}))
    try:
        durable.write_bytes(path, buffer.getvalue())
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror or error}") from error


def _summary(counts: Counter[str], out: Path) -> str:
    faces, pictures = counts["faces"], counts["pictures"]
    told = [f"{faces} {'face' if faces == 1 else 'faces'} of {pictures} {'picture' if pictures == 1 else 'pictures'}"]
    told += [f"{counts[NOBODY]} without a face"] if counts[NOBODY] else []
    told += [f"{counts['unreadable']} unreadable"] if counts["unreadable"] else []
    return f"{', '.join(told)}: {out}"
