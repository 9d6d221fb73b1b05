"""A model in a worker's memory: one that draws from latents, or one that translates pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from data.labels import NAMES
from models.checkpoint import CheckpointError, load_model, read_config
from models.families import tuned
from models.judging import known_of
from models.precision import Precision
from models.registry import translates
from models.throughput import machine, remembered
from models.tuning import held
from models.twingan.tuned import TunedTwin

BY_LABELS = "labels"
SAMPLE = 16  # drawings whose spread stands for that of a set


class Loaded(ABC):
    """Raises CheckpointError for a config whose label names are not those of the network."""

    does: ClassVar[str]  # what it is for, in a sentence that begins with its name

    def __init__(
        self, folder: Path, model_id: str, device: torch.device, config: Mapping[str, Any], c_dim: int
    ) -> None:
        self.folder = folder
        self.id = model_id
        self.device = device
        self.config = config
        self.names: tuple[str, ...] = tuple(config.get("labels") or ())
        if len(self.names) != c_dim:
            raise CheckpointError(f"{folder}: {len(self.names)} labels have names, the network has {c_dim}")
        self.best_batch = 1

    def _measure(self, cache_dir: Path | None, dtype: torch.dtype, run: Callable[[int], object]) -> None:
        self.best_batch = remembered(cache_dir, f"{machine(self.device)}, {self.id}, {dtype}", run)

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """What its weights take of the device's memory, as far as they are there by now."""


class Drawing(Loaded):
    """Its generator tuned, its discriminator when it is first asked for. Raises CheckpointError."""

    does = "draws from latents"

    def __init__(
        self, folder: Path, model_id: str, device: torch.device, precision: Precision, cache_dir: Path | None
    ) -> None:
        model = load_model(folder)
        self.tuned = tuned(model.modules["G_ema"], device, precision)
        super().__init__(folder, model_id, device, model.config, self.tuned.c_dim)
        z, c = torch.zeros(64, self.tuned.z_dim), torch.zeros(64, self.tuned.c_dim)
        self._measure(cache_dir, self.tuned.dtype, lambda batch: self.tuned.pixels(z[:batch], c[:batch]))

    @property
    def nbytes(self) -> int:
        return self.tuned.nbytes + held(self.__dict__.get("discriminator"))

    @cached_property
    def discriminator(self) -> Any | None:
        """The discriminator in float32, None where the model keeps none. Raises CheckpointError."""
        D: Any = load_model(self.folder, ("D",)).modules.get("D")
        if D is None:
            return None
        D.to(self.device, memory_format=torch.channels_last)
        if hasattr(D, "stand_alone"):
            spread = known_of(self.config).get("spread")
            D.stand_alone(self._spread(D) if spread is None else torch.tensor(spread, device=self.device))
        return D

    def _spread(self, D: Any) -> torch.Tensor:
        """How much drawings differ in D's eyes, where nobody said how much real pictures do."""
        chance = np.random.RandomState(0)
        z = torch.from_numpy(chance.randn(SAMPLE, self.tuned.z_dim).astype(np.float32))
        c = torch.from_numpy(self.tuned.bank[chance.randint(len(self.tuned.bank), size=SAMPLE)])
        return D.spread(self.tuned.synthesize(z, c))


class Translating(Loaded):
    """Its encoder and generator tuned; nothing judges here. Raises CheckpointError."""

    does = "translates pictures"

    def __init__(
        self, folder: Path, model_id: str, device: torch.device, precision: Precision, cache_dir: Path | None
    ) -> None:
        model = load_model(folder, ("E_ema", "G_ema"))
        E: Any = model.modules["E_ema"]
        G: Any = model.modules["G_ema"]
        self.twin = TunedTwin(E, G, device, precision)
        super().__init__(folder, model_id, device, model.config, self.twin.config.c_dim)
        # Domains of whose pictures the network wants to be told what is seen in them, in `data.labels.NAMES`.
        told_of = model.config.get("seen", [])
        if not isinstance(told_of, list) or (told_of and self.twin.config.c_dim != len(NAMES)):
            raise CheckpointError(f"{folder}: of what is seen in pictures {told_of!r} cannot be told")
        # How the look of somebody is taken: by its style, by what of it can be asked for, or not at all.
        self.looks = model.config.get("like", True)
        by_labels = self.looks == BY_LABELS and self.twin.config.c_dim == len(NAMES)
        if not (by_labels or self.looks is True or self.looks is False):
            raise CheckpointError(f"{folder}: a look is taken by {self.looks!r}, which is nothing")
        self.told_of = frozenset(self.twin.config.domains) & {name for name in told_of if isinstance(name, str)}
        self._measure(cache_dir, self.twin.dtype, self._translate)

    def _translate(self, batch: int) -> torch.Tensor:
        network = self.twin.config
        x = torch.zeros(batch, 3, network.resolution, network.resolution)
        source, to = network.domains[0], network.domains[-1]
        return self.twin.draw(self.twin.encode(x, source), source, to)

    @property
    def nbytes(self) -> int:
        return self.twin.nbytes


def loaded(
    folder: Path, model_id: str, device: torch.device, precision: Precision, cache_dir: Path | None
) -> Drawing | Translating:
    """The model of a folder, as its config says what it is. Raises CheckpointError for a folder that holds none."""
    kind = Translating if translates(read_config(folder)) else Drawing
    return kind(folder, model_id, device, precision, cache_dir)
