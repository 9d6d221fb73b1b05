"""`draw`: heads from the drawing program, as one sheet or as a training set."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.refusal import Refusal


def draw_command(
    count: Annotated[int, typer.Option(min=1, help="How many heads.")] = 64,
    size: Annotated[int, typer.Option(min=16, max=4096, help="Width and height of each, in pixels.")] = 128,
    seed: Annotated[int, typer.Option(help="The first head's seed; the next ones follow.")] = 0,
    out: Annotated[
        Path, typer.Option(help="A PNG for one sheet; a folder or a .zip for single PNGs with labels.jsonl.")
    ] = Path("sheet.png"),
    character: Annotated[
        str | None, typer.Option(help="Draw one who has a name, like biri; --seed is then the first picture's number.")
    ] = None,
) -> None:
    """Draw anime heads.

    Raises Refusal when the drawing library is missing, nobody is called `character`, or the place named by `out`
    cannot be written.
    """
    from data.drawn import DrawingUnavailable
    from data.drawn.characters import CHARACTERS
    from data.drawn.output import write_set, write_sheet, write_zip

    if character is not None and character not in CHARACTERS:
        raise Refusal(f"nobody is called {character!r}; there is {', '.join(CHARACTERS)}")
    suffix = out.suffix.lower()
    if out.is_dir() or not suffix:
        write = write_set
    elif suffix == ".zip":
        write = write_zip
    elif suffix in (".png", ".webp", ".jpg", ".jpeg"):
        write = write_sheet
    else:
        raise Refusal(f"{out} is neither a picture (.png), a .zip nor a folder.")
    try:
        write(out, count, size, seed, character)
    except DrawingUnavailable as error:
        raise Refusal(f"Cannot draw: {error}.") from error
    except OSError as error:
        raise Refusal(f"Cannot write {out}: {error.strerror or error}.") from error
    typer.echo(f"{count} head{'s' if count != 1 else ''} of {size} px: {out}")
