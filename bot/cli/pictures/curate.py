"""`python -m bot curate`: which pictures a training set is made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.pictures.label import lines_of
from bot.cli.pictures.measures import measures, opinions
from bot.cli.pictures.ratings import asked
from bot.cli.progress import shown
from bot.cli.refusal import Refusal, refusing

if TYPE_CHECKING:
    from data.curate import Decision, Measured
    from data.dataset import Source

PAGE = "decisions.html"


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
    heads: Annotated[
        bool | None,
        typer.Option(help="Judge pictures as heads, and label them; unless given, where most of them show one."),
    ] = None,
    min_head: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Left out is where the face finder is less sure of a head.")
    ] = 0.5,
    max_second: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Left out is where it is surer of a second one.")
    ] = 0.55,
    max_lettering: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Left out is where lettering takes up more of the picture.")
    ] = 0.01,
    rating: Annotated[
        str,
        typer.Option(
            help="Those with: g, s, q, e, some with commas; or any. As their site has it, else as RATER_ONNX or "
            "TAGGER_ONNX sees it; of what neither rates all."
        ),
    ] = "any",
    max_nsfw: Annotated[
        float,
        typer.Option(
            min=0.0, max=1.0, help="Left out is what these networks are surer of to be questionable or explicit."
        ),
    ] = 0.5,
    labels: Annotated[bool, typer.Option(help="Whether heads get labels by their tags and looks.")] = True,
) -> None:
    """Choose pictures: leave out copies, blurred, tiny and colourless ones, and what is not one head.

    decisions.jsonl says why, a line a picture, and decisions.html shows it. Change "keep" in the former and run the
    same again: what a person decided stays.
    """
    from rich.console import Console

    from data import origins
    from data.curate import CurateError, Limits, are_heads, decide, decisions, folder
    from data.dataset.reading import pictures_of
    from data.labelled import lines

    ratings = asked(rating)
    console = Console(stderr=True)
    listed = out.suffix.lower() == ".jsonl"
    file = out if listed else out / decisions.FILE
    with refusing(CurateError):
        pictures = pictures_of(source)
        if not listed:
            folder.check(pictures, out)
        earlier = decisions.read(file)
        measured = measures(pictures, console)
        limits = Limits(
            min_side, min_sharpness, min_colour, keep_duplicates, heads, min_head, max_second, max_lettering, ratings,
            max_nsfw,
        )  # fmt: skip
        judged = are_heads(measured, limits)
        measured = opinions(pictures, measured, console, tags=judged and labels)
        if not judged and heads is None:
            console.print("most of these show no head and are not judged as heads; --heads does it all the same")
        rated = {name: origins.rating(origin) for name, origin in origins.read(Path(pictures.path)).items()}
        with console.status("comparing"):
            chosen = decide(measured, limits, earlier, rated)
        if not listed:  # before the decisions forget them
            folder.forget(out, earlier, pictures.names)
        try:
            decisions.write(file, chosen)
        except OSError as error:
            raise Refusal(f"{file} cannot be written: {error.strerror or error}") from error
        if not listed:
            given = _labels(pictures, measured, chosen, lines(out)) if labels and judged else None
            with shown(console, "copying") as report:
                folder.write_folder(pictures, chosen, out, report, given)
            _show(pictures, chosen, out / PAGE)
    counts = folder.counts(chosen)
    typer.echo(f"{len(chosen)} pictures: {', '.join(f'{count} {name}' for name, count in counts.items())}; {file}")


def _labels(
    pictures: Source, measured: Sequence[Measured], chosen: Sequence[Decision], before: Sequence[dict[str, Any]]
) -> list[dict[str, Any]] | None:
    """The lines of what is kept; None where its labels are vectors, which are handed on as they are."""
    from data.dataset import is_packed
    from data.labelled import has_labels, lines

    beside = [] if is_packed(pictures.path) else lines(Path(pictures.path))
    if not beside and has_labels(pictures.path):
        return None
    kept = {decision.file for decision in chosen if decision.keep}
    return lines_of(pictures, [picture for picture in measured if picture.file in kept], before, beside)


def _show(pictures: Source, chosen: Sequence[Decision], page: Path) -> None:
    from data import durable
    from data.report.choice import choice_page

    durable.write_text(page, choice_page(pictures, chosen))
