"""A packed set: one file of pixels that a run reads without decoding anything.

It is a folder of `images.npy` (uint8 (N, H, W, 3), memory-mapped), `labels.jsonl` (a line a picture) and
`manifest.json`, whose `hash` names the content wherever it came from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np


class DatasetError(Exception):
    """A source cannot be made into a set; the message is one sentence for the person who trains."""


class Dataset:
    """A packed set. Raises DatasetError where the folder does not hold one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            self._images: np.ndarray = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
            self.manifest_hash: str = self.manifest["hash"]
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{folder} is no packed set: {error}") from error
        n, h, w, c = self._images.shape if self._images.ndim == 4 else (0, 0, 0, 0)
        if self._images.dtype != np.uint8 or n < 1 or h != w or c != 3 or n != self.manifest.get("count"):
            raise DatasetError(f"{folder} is no packed set: images.npy does not fit manifest.json")
        self.size = h

    def __len__(self) -> int:
        return len(self._images)

    def images(self, indices: np.ndarray) -> np.ndarray:
        """uint8 (n, H, W, 3), a copy, for int64 indices (n,) below `len`."""
        return np.asarray(self._images[indices])

    def labels(self) -> Iterator[dict[str, Any]]:
        """One object a picture, in order: what was drawn, or `{"file": name}`."""
        with (self.folder / "labels.jsonl").open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def is_packed(text: str) -> bool:
    """Whether `text` names a packed folder."""
    return (
        not text.startswith("drawn:") and Path(text, "manifest.json").is_file() and Path(text, "images.npy").is_file()
    )


def find(cache: Path, manifest_hash: str) -> Dataset | None:
    """The packed set in `cache` with this content, None where it is not kept any more."""
    for manifest in cache.glob("[!.]*/manifest.json"):
        try:
            dataset = Dataset(manifest.parent)
        except DatasetError:
            continue
        if dataset.manifest_hash == manifest_hash:
            return dataset
    return None
