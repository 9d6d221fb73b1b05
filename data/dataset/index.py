"""`dataset.json`, which says the labels of a set as the StyleGAN tools have them.

NVlabs' stylegan3, training/dataset.py (ImageFolderDataset): `{"labels": [[name, label], …]}` with a label for every
picture, a vector or a class's number, or `{"labels": null}`. Keys beside it are passed over there; ours say what the
numbers mean, where the pictures came from and which were left out.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data.dataset.packed import DatasetError
from data.labels import NAMES

FILE = "dataset.json"
MAX_BYTES = 128_000_000  # half a million pictures with labels
MOST = 4.0  # of any number of a label vector, as `data.labels.encode` has it


@dataclass(frozen=True, slots=True)
class Index:
    """What `dataset.json` says: the vectors by the pictures' names, or in a sentence why it has none of use."""

    vectors: Mapping[str, np.ndarray] | None  # float32 (len(NAMES),) each
    unused: str = ""


def write(names: Sequence[str], vectors: np.ndarray | None, about: Mapping[str, Any]) -> bytes:
    """The file's content. `vectors` are float32 (len(names), len(NAMES)). Raises DatasetError."""
    labels = None
    if vectors is not None:
        # The shortest numbers that become the same ones again in float32.
        labels = [[name, [float(str(v)) for v in vector]] for name, vector in zip(names, vectors, strict=True)]
    content = json.dumps({"labels": labels, "label_names": None if vectors is None else list(NAMES), **about}).encode()
    if len(content) > MAX_BYTES:
        raise DatasetError(
            f"what there is to say of {len(names):,} pictures is too much for one set; pack them in parts"
        )
    return content


def read(path: Path) -> Index | None:
    """Of a folder or zip, None where it has no such file. Raises DatasetError for one of ours that is damaged."""
    content = _content(path)
    if content is None:
        return None
    try:
        value = json.loads(content)
        labels = value["labels"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Index(None, f"{FILE} of {path} is none of a training set ({type(error).__name__}) and is passed over")
    if labels is None:
        return Index(None)
    if value.get("label_names") != list(NAMES):
        return Index(
            None,
            f"the labels in {FILE} of {path} are somebody else's classes or numbers: they are left out",
        )
    try:
        vectors = {str(name): np.array(vector, np.float32) for name, vector in labels}
    except (ValueError, TypeError, OverflowError) as error:
        raise DatasetError(f"the labels in {FILE} of {path} are damaged: {error}") from error
    for name, vector in vectors.items():
        if vector.shape != (len(NAMES),) or not bool((np.abs(vector) <= MOST).all()):
            raise DatasetError(f"{FILE} of {path}: the label of {name} is no vector of {len(NAMES)} numbers in range")
    return Index(vectors)


def _content(path: Path) -> bytes | None:
    try:
        if path.is_dir():
            with (path / FILE).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive, archive.open(FILE) as file:
                content = file.read(MAX_BYTES + 1)
        else:
            return None
    except (FileNotFoundError, KeyError):
        return None
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise DatasetError(f"{FILE} of {path} cannot be read: {error}") from error
    if len(content) > MAX_BYTES:
        raise DatasetError(f"{FILE} of {path} is larger than {MAX_BYTES // 1_000_000} MB")
    return content
