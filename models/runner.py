"""Runs a batch of requests on one model: the inside of a worker process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from models.checkpoint import load_model
from models.precision import Precision, check_precision
from models.registry import Registry
from models.requests import Draw
from models.throughput import machine, remembered
from models.tuning import Tuned

KEPT = 4  # models in memory; the one that was not asked for longest goes


@dataclass(frozen=True, slots=True)
class Loaded:
    tuned: Tuned
    best_batch: int


class Runner:
    """Draws with the models of `models_dir` and the starters. One thread uses it.

    `threads` are torch's, of the process; `cache_dir` keeps what was measured, None keeps nothing.
    """

    def __init__(
        self,
        models_dir: Path,
        device: str = "cpu",
        threads: int | None = None,
        precision: str = "auto",
        cache_dir: Path | None = None,
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self.registry = Registry(models_dir)
        self.device = torch.device(device)
        self.precision: Precision = check_precision(precision)
        self.cache_dir = cache_dir
        self._models: OrderedDict[str, Loaded] = OrderedDict()

    def run(self, requests: Sequence[Draw]) -> list[np.ndarray]:
        """One uint8 (n, H, W, 3) a request, in order, out of one batch.

        All have one `batch_key`. Raises UnknownModel and CheckpointError.
        """
        if len({request.batch_key for request in requests}) != 1:
            raise ValueError("requests of one batch have one batch_key")
        tuned = self._model(requests[0].model).tuned
        z = np.stack([latent.z(tuned.z_dim) * request.trunc for request in requests for latent in request.latents])
        pixels = tuned.pixels(torch.from_numpy(z.astype(np.float32))).numpy()  # (N, H, W, 3)
        return np.split(pixels, np.cumsum([request.cost for request in requests])[:-1])

    def best_batch(self, request: Draw) -> int:
        """How many pictures of this model to run at once. Raises UnknownModel and CheckpointError."""
        return self._model(request.model).best_batch

    def warm_up(self, model_id: str) -> None:
        """Load a model (`waifu` or `waifu@starter`) and measure its best batch, so that no request waits for that."""
        self._model(self.registry.resolve(model_id).id)

    def loaded(self) -> dict[str, int]:
        """Models in memory -> their best batch."""
        return {model_id: model.best_batch for model_id, model in self._models.items()}

    def _model(self, model_id: str) -> Loaded:
        if model_id not in self._models:
            self._models[model_id] = self._load(model_id)
            while len(self._models) > KEPT:
                self._models.popitem(last=False)
        self._models.move_to_end(model_id)
        return self._models[model_id]

    def _load(self, model_id: str) -> Loaded:
        G = load_model(self.registry.resolve(model_id).folder).modules["G_ema"]
        tuned = Tuned(G, self.device, self.precision)
        key = f"{machine(self.device)}, {model_id}, {tuned.dtype}"
        z = torch.zeros(64, tuned.z_dim)
        return Loaded(tuned, remembered(self.cache_dir, key, lambda batch: tuned.pixels(z[:batch])))
