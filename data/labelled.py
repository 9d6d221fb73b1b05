"""The label vectors of a training set: of drawn faces always, of other pictures where a labels.jsonl lies beside them.

That file has one object a line: `file`, the picture's path in the folder or zip, and labels as `data.labels.encode`
reads them, which are those that `python -m bot draw` writes, or words like `{"file": "a.png", "hair": "pink"}`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from data.dataset import Dataset, DatasetError, is_packed
from data.labels import encode, words

FILE = "labels.jsonl"
MAX_FILE = 1_000_000_000  # bytes of labels


def has_labels(source: str) -> bool:
    """Whether the pictures of a source (`drawn:…`, a folder, a zip, a packed folder) come with labels."""
    if source.startswith("drawn:"):
        return True
    path = Path(source)
    if path.is_dir():
        first = _first_line(path / FILE)
        return bool(first) and (not is_packed(source) or words(_parsed(first, source)))
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return FILE in archive.namelist()


def vectors(dataset: Dataset, source: str) -> np.ndarray:
    """float32 (len(dataset), c_dim), in the set's order. `source` is what the set was packed from.

    Raises DatasetError for labels that are missing or mean nothing.
    """
    labels: Iterable[dict[str, Any]] = dataset.labels()
    if not source.startswith("drawn:") and not is_packed(source):
        beside = {str(entry.get("file")): entry for entry in _beside(Path(source))}
        labels = [beside.get(entry["file"], {}) for entry in labels]
    found = []
    for number, entry in enumerate(labels, 1):
        if not words(entry):
            raise DatasetError(f"{FILE} of {source} says nothing of picture {number} of {len(dataset)}")
        try:
            found.append(encode(entry))
        except ValueError as error:
            raise DatasetError(f"{FILE} of {source}, picture {number}: {error}") from error
    if len(found) != len(dataset):
        raise DatasetError(f"{FILE} of {source} has {len(found)} lines for {len(dataset)} pictures")
    return np.stack(found)


def _beside(path: Path) -> list[dict[str, Any]]:
    if path.is_dir():
        text = (path / FILE).read_text(encoding="utf-8")
    else:
        with zipfile.ZipFile(path) as archive, archive.open(FILE) as file:
            text = file.read(MAX_FILE).decode("utf-8")
    return [_parsed(line, str(path)) for line in text.splitlines() if line.strip()]


def _parsed(line: str, source: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise DatasetError(f"{FILE} of {source} is not JSON lines: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{FILE} of {source} is not made of objects")
    return value


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline().strip()
    except OSError:
        return ""
