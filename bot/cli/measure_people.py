"""`python -m bot measure-people`: how well people's faces are found in photographs, and what is seen in them."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal
from bot.settings import load


def measure_people(
    photos: Annotated[Path, typer.Option(help="The folder of photographs that was fitted to: sfhq/ and sfhq_t2i/.")],
    drawings: Annotated[
        Path | None, typer.Option(help="A folder of drawings, in which nobody should be found.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Photographs that a person has described; benchmarks/held_out_photos.json.")
    ] = None,
    every: Annotated[int, typer.Option(min=1, help="Only every so many-th photograph is looked for faces.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Of where photographs are pasted.")] = 0,
) -> None:
    """Print as JSON how many faces are found, beside one of OpenCV's cascades alone, and how far what is seen agrees
    with what a person has said."""
    from bot.cli.faces import people_finder
    from models.people.held_out import HELD_OUT, NoLabels, held_out
    from models.people.measure import alone, measure_alarms, measure_found, measure_look
    from models.people.photos import NoPhotos, photographs

    find = people_finder(load())
    report: dict[str, Any] = {}
    try:
        shown = photographs(photos)[::every]
        described, missing = held_out(photos, labels or HELD_OUT)
    except (NoPhotos, NoLabels) as error:
        raise Refusal(str(error)) from error
    for name, finder in (("own", find), ("cascade", alone)):
        report[name] = measure_found(finder, shown, seed)
        if drawings is not None:
            report[name]["drawings"] = measure_alarms(finder, drawings)
    if described:
        report["look"] = measure_look(find, described)
    if missing:
        typer.echo(f"{len(missing)} of those described are not there, or others: {missing[0]} …", err=True)
    typer.echo(json.dumps(report, indent=1))
