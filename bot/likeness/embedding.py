"""By which network faces are compared: the TwinGAN, which knows people and drawings alike, or until there is one the
network that sees, which knows drawings."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import data.vision
from bot.faces.models import domains_of, translator
from bot.pool.base import Request
from data.pictures import Pixels
from data.vision.requests import See
from models.registry import Registry
from models.requests import Embed

DRAWN, PHOTO = "anime", "photo"  # domains
SEEING = Path(data.vision.__file__).parent / "features" / "weights"


@dataclass(frozen=True, slots=True)
class Embedding:
    """A network that embeds faces."""

    id: str  # of the network and its weights: embeddings of one can be compared
    model: str | None  # a TwinGAN's version, None: the network that sees
    domains: tuple[str, ...]

    def request(self, pictures: Sequence[Pixels], domain: str) -> Request:
        """Embeds framed heads, uint8 (H, W, 3) each, of one of `domains`; `vectors` reads its answer."""
        return See(tuple(pictures)) if self.model is None else Embed(self.model, tuple(pictures), domain)

    def vectors(self, answer: Any) -> np.ndarray:
        """float32 (N, E) of unit length out of what the pool answered."""
        return np.stack([seen.embedding for seen in answer]) if self.model is None else answer


async def embedding_of(models: Registry) -> Embedding:
    """What faces are compared by now."""
    twin = await asyncio.to_thread(translator, models)
    if twin is None:
        return Embedding(f"features-{await asyncio.to_thread(_digest, SEEING)}", None, (DRAWN,))
    id = f"{twin.name}@{twin.version}-{await asyncio.to_thread(_digest, twin.folder)}"
    return Embedding(id, twin.id, domains_of(twin))


def _digest(folder: Path) -> str:
    """Of a network's weights and config: a starter's name does not change when it does. "unread" where they cannot be
    read, which no worker can either."""
    try:
        files = [folder / name for name in ("config.json", "model.safetensors")]
        return _hashed(tuple((file, (known := file.stat()).st_mtime_ns, known.st_size) for file in files))
    except OSError:
        return "unread"


@lru_cache(maxsize=16)
def _hashed(files: tuple[tuple[Path, int, int], ...]) -> str:
    found = hashlib.sha256()
    for file, _, _ in files:
        with file.open("rb") as content:
            found.update(hashlib.file_digest(content, "sha256").digest())
    return found.hexdigest()[:8]
