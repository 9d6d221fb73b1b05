"""Runs a batch of requests on one model: the inside of a worker process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from data.vision.features import WEIGHTS, Features
from data.vision.finder import WEIGHTS as FINDER_WEIGHTS
from data.vision.finder import Finder
from data.vision.onnx.rating import Rater
from data.vision.onnx.session import OnnxUnavailable
from data.vision.requests import Find, Rate, See
from models import answers, seeing, translating
from models.loaded import Drawing, Loaded, Translating, loaded
from models.precision import Precision, check_precision, inference_dtype
from models.registry import Registry
from models.requests import BadRequest, Best, Draw, Embed, Judge, Translate

MEMORY = 1024  # MB that models may take in a worker; the one that was not asked for longest goes
SINGLE = 16  # best batch of requests that look at pictures: not measured, they are few

Answer = Callable[["Runner", Sequence[Any]], Sequence[Any]]


class Runner:
    """Draws with the models of `models_dir` and the starters. One thread uses it.

    `threads` are torch's, of the process; `cache_dir` keeps what was measured, None keeps nothing;
    `features_dir` has the network that sees, `finder_dir` the one that finds faces, `rater` is a classifier of
    ratings, None where there is none. Of the models that draw as many are kept as fit into `memory`
    MB, the latest always.
    """

    def __init__(
        self,
        models_dir: Path,
        device: str = "cpu",
        threads: int | None = None,
        precision: str = "auto",
        cache_dir: Path | None = None,
        features_dir: Path = WEIGHTS,
        finder_dir: Path = FINDER_WEIGHTS,
        memory: int = MEMORY,
        rater: Path | None = None,
    ) -> None:
        if threads is not None:
            torch.set_num_threads(threads)
        self.registry = Registry(models_dir)
        self.device = torch.device(device)
        self.precision: Precision = check_precision(precision)
        self.cache_dir = cache_dir
        self.memory = memory
        self._models: OrderedDict[str, Loaded] = OrderedDict()
        self.features_dir = features_dir
        self._features: Features | None = None
        self.finder_dir = finder_dir
        self._finder: Finder | None = None
        self.rater_file = rater
        self._rater: Rater | None = None

    def run(self, requests: Sequence[Any]) -> Sequence[Any]:
        """One answer a request, in order, out of one batch; BadRequest in place of one that its model cannot answer.

        What the answers are, the requests say; `Ranked` and `Verdict` as plain objects, for they travel. All have one
        `batch_key`. Raises UnknownModel and CheckpointError.
        """
        if len({request.batch_key for request in requests}) != 1:
            raise ValueError("requests of one batch have one batch_key")
        kind = type(requests[0])
        if kind not in ANSWERS:
            raise TypeError(f"the model lane has no answer to {kind.__name__}")
        found = ANSWERS[kind](self, requests)
        self._let_go()  # a discriminator may have been loaded by now
        return found

    def best_batch(self, request: Any) -> int:
        """How many pictures of this kind of request to run at once. Raises UnknownModel and CheckpointError."""
        return self.model(request.model).best_batch if isinstance(request, Draw | Best | Translate) else SINGLE

    def warm_up(self, model_id: str) -> None:
        """Load a model (`waifu` or `waifu@starter`) and measure its best batch, so that no request waits for that."""
        self.model(self.registry.resolve(model_id).id)

    def loaded(self) -> dict[str, int]:
        """Models in memory -> their best batch."""
        return {model_id: model.best_batch for model_id, model in self._models.items()}

    def model(self, model_id: str) -> Loaded:
        """A model in memory, loaded now where it was not. Raises UnknownModel and CheckpointError."""
        if model_id not in self._models:
            folder = self.registry.resolve(model_id).folder
            self._models[model_id] = loaded(folder, model_id, self.device, self.precision, self.cache_dir)
        self._models.move_to_end(model_id)
        self._let_go()
        return self._models[model_id]

    def _let_go(self) -> None:
        """Of the models that were not asked for longest, where they do not all fit."""
        while len(self._models) > 1 and sum(m.nbytes for m in self._models.values()) > self.memory * 1_000_000:
            self._models.popitem(last=False)

    @property
    def features(self) -> Features:
        """The network that sees, loaded when it is first asked for. Raises FeaturesUnavailable."""
        if self._features is None:
            self._features = Features(self.features_dir, self.device)
        return self._features

    @property
    def finder(self) -> Finder:
        """The network that finds faces, loaded when it is first asked for. Raises FinderUnavailable."""
        if self._finder is None:
            self._finder = Finder(self.finder_dir, self.device, inference_dtype(self.device, self.precision))
        return self._finder

    @property
    def rater(self) -> Rater:
        """The classifier of ratings, loaded when it is first asked for. Raises OnnxUnavailable."""
        if self._rater is None:
            if self.rater_file is None:
                raise OnnxUnavailable("no classifier of ratings is set: RATER_ONNX")
            self._rater = Rater(self.rater_file, torch.get_num_threads())
        return self._rater


def _by(kind: type[Loaded], work: Callable[[Any, Sequence[Any]], Sequence[Any]]) -> Answer:
    """`work` of the model that is named, BadRequest where it is of another kind."""

    def answer(runner: Runner, requests: Sequence[Any]) -> Sequence[Any]:
        model = runner.model(requests[0].model)
        if isinstance(model, kind):
            return work(model, requests)
        return [BadRequest(f"{model.id} {model.does}; it never {kind.does}") for _ in requests]

    return answer


# Request -> what answers a batch of them, all of one `batch_key`.
ANSWERS: Mapping[type, Answer] = {
    Draw: _by(Drawing, answers.draw),
    Best: _by(Drawing, answers.best),
    Judge: _by(Drawing, answers.judge),
    Translate: _by(Translating, translating.translate),
    Embed: _by(Translating, translating.embed),
    See: lambda runner, requests: seeing.see(runner.features, requests),
    Find: lambda runner, requests: seeing.find(runner.finder, requests),
    Rate: lambda runner, requests: seeing.rate(runner.rater, requests),
}
