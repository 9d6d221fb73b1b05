"""The models of the bot's machine, as they are handed to the nodes of a cluster: in the driver."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.registry import STARTER, Registry

FILES = ("config.json", "model.safetensors")
_KEPT = 4  # versions in Ray's object store at once


@dataclass(frozen=True, slots=True)
class Parcel:
    """The files of one stored version."""

    model: str  # "rei@20260131T101500-1a2b3c"
    sums: dict[str, str]  # name -> sha256
    contents: tuple[Any, ...]  # Ray's references, in the order of `FILES`


class Shelf:
    """Versions as parcels, packed when they are first asked for. Any thread may ask."""

    def __init__(self) -> None:
        self._parcels: OrderedDict[tuple[Path, str], Parcel] = OrderedDict()
        self._lock = threading.Lock()

    def resolve(self, models_dir: Path, name: str) -> str:
        """`waifu` as `waifu@starter`. Raises `UnknownModel`."""
        return Registry(models_dir).resolve(name).id

    def parcel(self, models_dir: Path, model: str) -> Parcel | None:
        """None for a starter, which every node has. Raises `UnknownModel`, and `OSError`."""
        version = Registry(models_dir).resolve(model)
        if version.version == STARTER:
            return None
        key = models_dir, version.id
        with self._lock:
            if key not in self._parcels:
                self._parcels[key] = _pack(version.id, version.folder)
                while len(self._parcels) > _KEPT:
                    self._parcels.popitem(last=False)
            self._parcels.move_to_end(key)
            return self._parcels[key]


def _pack(model: str, folder: Path) -> Parcel:
    import ray

    contents = [(folder / name).read_bytes() for name in FILES]
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in zip(FILES, contents, strict=True)}
    return Parcel(model, sums, tuple(ray.put(content) for content in contents))
