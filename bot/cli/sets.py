"""Packed training sets, where commands that learn or measure find them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.progress import shown
from bot.cli.refusal import Refusal
from bot.settings import load

if TYPE_CHECKING:
    from rich.console import Console

    from data.dataset import Dataset


def open_data(text: str, size: int, console: Console) -> Dataset:
    """The packed set of a source at `size` px, packed now where it was not; raises Refusal."""
    from data.dataset import Dataset, DatasetError, is_packed, pack, resolve

    try:
        if is_packed(text):
            dataset = Dataset(Path(text))
        else:
            with shown(console, "packing") as report:
                dataset = pack(resolve(text), size, sets(), report)
    except DatasetError as error:
        raise Refusal(str(error)) from error
    if dataset.size != size:
        raise Refusal(f"the pictures in {text} are {dataset.size} px and the network draws {size} px")
    if skipped := dataset.manifest["skipped"]:
        named = ", ".join(entry["file"] for entry in skipped[:3])
        console.print(f"{len(skipped)} files could not be read and are left out: {named}{' …' if skipped[3:] else ''}")
    return dataset


def sets() -> Path:
    """Where packed sets are kept."""
    return load().storage_dir / "cache" / "sets"
