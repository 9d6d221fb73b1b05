"""A model in a worker's memory: its generator tuned, its discriminator when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.checkpoint import CheckpointError, load_model
from models.families import tuned
from models.judging import known_of
from models.precision import Precision
from models.throughput import machine, remembered
from models.tuning import held

SAMPLE = 16  # drawings whose spread stands for that of a set


class Loaded:
    """Raises CheckpointError for a folder that holds no model."""

    def __init__(
        self, folder: Path, model_id: str, device: torch.device, precision: Precision, cache_dir: Path | None
    ) -> None:
        model = load_model(folder)
        self.folder = folder
        self.id = model_id
        self.device = device
        self.config = model.config
        self.tuned = tuned(model.modules["G_ema"], device, precision)
        self.names: tuple[str, ...] = tuple(model.config.get("labels") or ())
        if len(self.names) != self.tuned.c_dim:
            raise CheckpointError(f"{folder}: {len(self.names)} labels have names, the network has {self.tuned.c_dim}")
        key = f"{machine(device)}, {model_id}, {self.tuned.dtype}"
        z, c = torch.zeros(64, self.tuned.z_dim), torch.zeros(64, self.tuned.c_dim)
        self.best_batch = remembered(cache_dir, key, lambda batch: self.tuned.pixels(z[:batch], c[:batch]))

    @property
    def nbytes(self) -> int:
        """What its weights take of the device's memory, as far as they are there by now."""
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
