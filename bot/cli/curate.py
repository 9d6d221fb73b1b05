"""`python -m bot curate`: which pictures a training set is made of."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.refusal import Refusal
from bot.cli.runs import measures, refusing, shown


def curate(
    source: Annotated[str, typer.Argument(metavar="IN", help="PATH.zip, FOLDER or a packed folder; stays as it is.")],
    out: Annotated[
        Path,
        typer.Option(help="A folder for what is kept and decisions.jsonl; or a FILE.jsonl for decisions alone."),
    ],
    min_side: Annotated[int, typer.Option(min=1, help="Smaller pictures are left out: px of the shorter side.")] = 64,
    min_sharpness: Annotated[
        float, typer.Option(min=0.0, max=2.0, help="Blurred ones are: 1 / width of the outlines in px, at 512 px.")
    ] = 0.25,
    min_colour: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Grey, sepia and yellowed ones are: how far colours are spread.")
    ] = 0.05,
    keep_duplicates: Annotated[bool, typer.Option("--keep-duplicates", help="Leave no copy out.")] = False,
) -> None:
    """Choose pictures: leave out copies, blurred, tiny and colourless ones.

    decisions.jsonl says why, a line a picture. Change "keep" in it and run the same again: what a person decided stays.
    """
    from rich.console import Console

    from data.curate import CurateError, Limits, decide, decisions, folder
    from data.dataset.reading import pictures_of

    console = Console(stderr=True)
    listed = out.suffix.lower() == ".jsonl"
    file = out if listed else out / decisions.FILE
    with refusing(CurateError):
        pictures = pictures_of(source)
        if not listed:
            folder.check(pictures, out)
        earlier = decisions.read(file)
        measured = measures(pictures, console)
        limits = Limits(min_side, min_sharpness, min_colour, keep_duplicates)
        with console.status("comparing"):
            chosen = decide(measured, limits, earlier)
        try:
            decisions.write(file, chosen)
        except OSError as error:
            raise Refusal(f"{file} cannot be written: {error.strerror or error}") from error
        if not listed:
            with shown(console, "copying") as report:
                folder.write_folder(pictures, chosen, out, report)
    counts = folder.counts(chosen)
    typer.echo(f"{len(chosen)} pictures: {', '.join(f'{count} {name}' for name, count in counts.items())}; {file}")
