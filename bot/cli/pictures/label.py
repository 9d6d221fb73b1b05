"""`python -m bot label`: words for pictures, so that a network can be asked for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.pictures.measures import measures, opinions
from bot.cli.refusal import Refusal, refusing

if TYPE_CHECKING:
    from data.curate import Measured
    from data.dataset import Source

SAID = {"tags": "by their tags", "tagger": "by a tagger", "seen": "by their looks"}


def label(
    folder: Annotated[Path, typer.Argument(help="Pictures of heads: what crop or curate wrote, or others.")],
) -> None:
    """Write labels.jsonl beside pictures of heads: by the tags of the site that they are from, by a tagger's
    (TAGGER_ONNX), and by their looks.

    Change a word there and run the same again: what a person wrote stays.
    """
    from rich.console import Console

    from data import durable
    from data.dataset import resolve
    from data.labelled import FILE, lines, unused, written
    from data.labelled import has_labels as labelled_already

    if not folder.is_dir():
        raise Refusal(f"{folder} is no folder; curate labels what it takes out of a zip")
    console = Console(stderr=True)
    with refusing():
        source = resolve(str(folder))
        if labelled_already(source.path) and not lines(folder):
            raise Refusal(f"the pictures in {folder} have labels, in dataset.json")
        if sentence := unused(source.path):
            console.print(sentence, highlight=False)
        measured = opinions(source, measures(source, console), console, ratings=False)
        entries = lines_of(source, measured, lines(folder))
        try:
            durable.write_bytes(folder / FILE, written(entries))
        except OSError as error:
            raise Refusal(f"{folder / FILE} cannot be written: {error.strerror or error}") from error
    typer.echo(f"{len(entries)} pictures labelled, {summary(entries)}: {folder / FILE}")


def lines_of(
    source: Source, measured: Sequence[Measured], *earlier: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A line for every picture that can be read; of `earlier` ones the first go first. Raises DatasetError."""
    from data import origins
    from data.labelling import labelled, of_booru

    known = origins.read(Path(source.path)) if source.kind == "folder" else {}
    before = [{str(entry.get("file")): entry for entry in entries} for entries in earlier]
    found = []
    for picture in measured:
        if picture.error:
            continue
        origin = known.get(picture.file, {})
        tags, heads = of_booru(origins.tags(origin)), int(origin.get("heads", 1))
        found.append(labelled(picture, tags, heads, *(entries.get(picture.file) for entries in before)))
    return found


def summary(entries: Sequence[Mapping[str, Any]]) -> str:
    """Whence the words are."""
    counts: Counter[str] = Counter()
    for entry in entries:
        for _, by, _ in entry.get("by", {}).values():
            counts[by.partition("+")[0]] += 1
    told = [f"{counts[by]} {said}" for by, said in SAID.items() if counts[by]]
    return f"words: {', '.join(told)}" if told else "no words of ours"
