"""Names of models -> versions -> folders. Reads JSON and paths only: the bot's process uses it.

`waifu` is the newest stored version of waifu, or its starter where none is stored; `waifu@starter` is what ships;
`waifu@20260131T101500-1a2b3c` is a stored version in `models_dir/waifu/20260131T101500-1a2b3c`. Where a file `current`
stands beside the versions, the name means the version that it names, and none where it is empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WEIGHTS = Path(__file__).parent / "weights"  # starters
STARTER = "starter"
CURRENT = "current"
MAX_CONFIG = 1_000_000  # bytes
MAX_HEADER = 10_000_000  # of a file of weights
TRANSLATING = ("twingan",)  # families

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VERSION = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


class UnknownModel(KeyError):
    """No such model; the message is one sentence and says what there is."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class ModelVersion:
    name: str
    version: str  # "starter" or "20260131T101500-1a2b3c"
    folder: Path  # of model.safetensors, config.json, card.md
    config: dict[str, Any] = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def translates(self) -> bool:
        """Whether it makes pictures of pictures, and draws none from latents."""
        return translates(self.config)

    def networks(self) -> frozenset[str]:
        """Those whose weights its file holds, {"G_ema", "D"}, as its header says; none where that cannot be read."""
        try:
            with (self.folder / "model.safetensors").open("rb") as file:
                size = int.from_bytes(file.read(8), "little")  # the format's own way: a length, then JSON
                header = json.loads(file.read(size)) if size <= MAX_HEADER else {}
            return frozenset(name.partition(".")[0] for name in header if name != "__metadata__")
        except (OSError, ValueError, RecursionError, TypeError):
            return frozenset()


class Registry:
    """The models that are stored in `models_dir` (it need not exist) and those that ship with the code."""

    def __init__(self, models_dir: Path, weights: Path = WEIGHTS) -> None:
        self.models_dir = models_dir
        self.weights = weights

    def resolve(self, name: str) -> ModelVersion:
        """The version that `name` or `name@version` means now. Raises UnknownModel."""
        bare, at, version = name.partition("@")
        if not is_name(bare) or (at and version != STARTER and not is_version(version)):
            raise self._unknown(name)
        versions = self._versions(bare)
        chosen = version if at else self._meant(bare, versions)
        if chosen not in versions:
            raise self._unknown(name)
        folder = self.weights / bare if chosen == STARTER else self.models_dir / bare / str(chosen)
        try:
            if (folder / "config.json").stat().st_size > MAX_CONFIG:
                raise ValueError("config.json is too large")
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            if not isinstance(config, dict):
                raise ValueError("config.json is not an object")
        except (OSError, ValueError, RecursionError) as error:
            raise UnknownModel(f"{bare}@{chosen} cannot be read: {error}") from error
        return ModelVersion(bare, str(chosen), folder, config)

    def names(self) -> list[str]:
        """Of all models, sorted."""
        found = {folder.name for root in (self.models_dir, self.weights) for folder in _folders(root)}
        return sorted(name for name in found if is_name(name) and self._meant(name, self._versions(name)))

    def _meant(self, name: str, versions: list[str]) -> str | None:
        """Of a model's versions, the one that its name alone means."""
        try:
            with (self.models_dir / name / CURRENT).open(encoding="utf-8") as file:
                return file.read(64).strip() or None
        except (OSError, ValueError):
            return versions[-1] if versions else None

    def newest(self) -> list[ModelVersion]:
        """Of every model its newest version, by name; those that cannot be read are passed over. Reads files."""
        found = []
        for name in self.names():
            try:
                found.append(self.resolve(name))
            except UnknownModel:
                continue
        return found

    def _versions(self, name: str) -> list[str]:
        """Oldest first; the starter is older than whatever is stored. Their names sort by time."""
        stored = [folder.name for folder in _folders(self.models_dir / name) if is_version(folder.name)]
        stored = sorted(version for version in stored if _is_model(self.models_dir / name / version))
        return [STARTER, *stored] if _is_model(self.weights / name) else stored

    def _unknown(self, name: str) -> UnknownModel:
        known = ", ".join(self.names()) or "none yet"
        return UnknownModel(f"there is no model {name[:80]!r}; there is {known}")


def translates(config: Mapping[str, Any]) -> bool:
    """Whether the model of a `config.json` makes pictures of pictures, and draws none from latents."""
    return config.get("family") in TRANSLATING


def is_name(text: str) -> bool:
    """Whether a model may be called so."""
    return _NAME.fullmatch(text) is not None


def is_version(text: str) -> bool:
    """Whether it is a stored version: `20260131T101500-1a2b3c`."""
    return _VERSION.fullmatch(text) is not None


def _folders(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []


def _is_model(folder: Path) -> bool:
    return (folder / "config.json").is_file() and (folder / "model.safetensors").is_file()
