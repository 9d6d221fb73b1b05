"""The label vectors of a training set: of drawn faces always, of other pictures where labels lie beside them.

They do in a `labels.jsonl` or in a `dataset.json`. The former has one object a line: `file`, the picture's path in the
folder or zip, and labels as `data.labels.encode` reads them, which are those that `python -m bot draw` writes, or words
like `{"file": "a.png", "hair": "pink"}`. The latter is that of a set that nijigen packed (`data.dataset.index`).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from data.dataset import Dataset, DatasetError, index, is_packed
from data.labels import encode, words

FILE = "labels.jsonl"
MAX_FILE = 256_000_000  # bytes of labels


def has_labels(source: str) -> bool:
    """Whether the pictures of a source (`drawn:…`, a folder, a zip, a packed folder) come with labels.

    Raises DatasetError where a file that should say so is damaged.
    """
    if source.startswith("drawn:"):
        return True
    if is_packed(source):
        first = _first_line(Path(source, FILE))
        return bool(first) and words(_parsed(first, source))
    if _has_lines(Path(source)):
        return True
    said = index.read(Path(source))
    return said is not None and said.vectors is not None


def unused(source: str) -> str:
    """Why labels that lie beside a source's pictures are left out, a sentence; "" where none are."""
    if source.startswith("drawn:") or is_packed(source) or _has_lines(Path(source)):
        return ""
    said = index.read(Path(source))
    return "" if said is None else said.unused


def vectors(dataset: Dataset, source: str) -> np.ndarray:
    """float32 (len(dataset), c_dim), in the set's order. `source` is what the set was packed from.

    Raises DatasetError for labels that are missing or mean nothing.
    """
    if source.startswith("drawn:") or is_packed(source):
        return _encoded(dataset.labels(), len(dataset), source)
    if _has_lines(Path(source)):
        beside = {str(entry.get("file")): entry for entry in lines(Path(source))}
        return _encoded((beside.get(entry["file"], {}) for entry in dataset.labels()), len(dataset), source)
    said = index.read(Path(source))
    if said is None or said.vectors is None:
        raise DatasetError((said and said.unused) or f"{source} has no labels")
    missing = [entry["file"] for entry in dataset.labels() if entry["file"] not in said.vectors]
    if missing:
        raise DatasetError(f"{index.FILE} of {source} says nothing of {missing[0]}")
    return np.stack([said.vectors[entry["file"]] for entry in dataset.labels()])


def known(source: str) -> np.ndarray | None:
    """float32 (n, c_dim) of those pictures of a source that have labels, None where none have. Raises DatasetError."""
    if is_packed(source):
        dataset = Dataset(Path(source))
        return vectors(dataset, source) if has_labels(source) else None
    entries = [entry for entry in lines(Path(source)) if words(entry)]
    if entries:
        return _encoded(entries, len(entries), source)
    said = index.read(Path(source))
    return np.stack(list(said.vectors.values())) if said and said.vectors else None


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of the labels.jsonl of a folder or zip, [] where there is none. Raises DatasetError."""
    if not _has_lines(path):
        return []
    try:
        if path.is_dir():
            with (path / FILE).open("rb") as file:
                content = file.read(MAX_FILE + 1)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(FILE) as file:
                content = file.read(MAX_FILE + 1)
        text = content.decode("utf-8")
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, UnicodeDecodeError) as error:
        raise DatasetError(f"{FILE} of {path} cannot be read: {error}") from error
    if len(content) > MAX_FILE:
        raise DatasetError(f"{FILE} of {path} is larger than {MAX_FILE // 1_000_000} MB")
    return [_parsed(line, str(path)) for line in text.splitlines() if line.strip()]


def written(entries: Iterable[Mapping[str, Any]]) -> bytes:
    """The content of a labels.jsonl."""
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


def excerpt(source: str, names: Collection[str]) -> dict[str, bytes]:
    """File name -> content of the labels that lie beside a folder's or zip's pictures, of those in `names` alone.

    Raises DatasetError.
    """
    path = Path(source)
    if entries := [entry for entry in lines(path) if entry.get("file") in names]:
        return {FILE: written(entries)}
    said = index.read(path)
    if said is None or said.vectors is None or not (left := [name for name in said.vectors if name in names]):
        return {}
    return {index.FILE: index.write(left, np.stack([said.vectors[name] for name in left]), {"source": source})}


def _encoded(labels: Iterable[dict[str, Any]], count: int, source: str) -> np.ndarray:
    found = []
    for number, entry in enumerate(labels, 1):
        if not words(entry):
            raise DatasetError(f"{FILE} of {source} says nothing of picture {number} of {count}")
        try:
            found.append(encode(entry))
        except ValueError as error:
            raise DatasetError(f"{FILE} of {source}, picture {number}: {error}") from error
    if len(found) != count:
        raise DatasetError(f"{FILE} of {source} has {len(found)} lines for {count} pictures")
    return np.stack(found)


def _has_lines(path: Path) -> bool:
    if path.is_dir():
        return bool(_first_line(path / FILE))
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return FILE in archive.namelist()


def _parsed(line: str, source: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{FILE} of {source} is not JSON lines: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{FILE} of {source} is not made of objects")
    return value


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.readline().strip()
    except (OSError, UnicodeDecodeError):
        return ""
