"""What training any GAN has in common on the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.refusal import Refusal
from bot.settings import load

if TYPE_CHECKING:
    import numpy as np

    from data.dataset import Dataset
    from models.checkpoint import Model
    from models.training.loop import Finish, LoopOptions

Feed = Callable[["np.ndarray"], Any]


def labelled_feed(
    dataset: Dataset, source: str, c_dim: int
) -> tuple[Feed, tuple[str, ...], np.ndarray | None, dict[str, str]]:
    """What gives batches, the labels' names, their vectors, and what names them in the run. Raises DatasetError."""
    if not c_dim:
        return dataset.images, (), None, {}
    from data.labelled import vectors
    from data.labels import learnable

    table = vectors(dataset, source)  # float32 (N, c_dim)
    return feed_of(dataset, table), learnable(table), table, {"labels": hashlib.sha256(table.tobytes()).hexdigest()}


def feed_of(dataset: Dataset, table: np.ndarray) -> Feed:
    """What gives batches of pictures with their rows of `table` (N, c_dim)."""
    from models.training.labelled import Labelled

    return lambda indices: Labelled(dataset.images(indices), table[indices])


def finish(task: Any, loop: LoopOptions, end: Finish, config: dict[str, Any], dataset: Dataset, feed: Feed) -> Path:
    """The trained model's folder, with its card and what D's logits mean."""
    from models.training import statistics
    from models.training.card import card, illustrate
    from models.training.loop import save_final

    lines = statistics.read(loop.outdir / "stats.jsonl")
    text = card(config, dataset.manifest, end.nimg, end.seconds, lines)
    folder = save_final(task, loop, end.nimg, text, config["init"], task.calibration(feed, len(dataset)))
    illustrate(folder, loop.outdir)
    return folder


def named(name: str | None) -> str | None:
    """What `--init` names: a model's folder, or the id of the version that its name means now. Raises Refusal."""
    from models.registry import Registry, UnknownModel

    if name is None:
        return None
    if (Path(name) / "config.json").is_file():
        return str(Path(name).resolve())
    try:
        return Registry(load().storage_dir / "models").resolve(name).id
    except UnknownModel as error:
        raise Refusal(str(error)) from error


def folder_of(init: str) -> Path:
    """The folder of what `named` gave."""
    from models.registry import Registry

    return Path(init) if Path(init).is_dir() else Registry(load().storage_dir / "models").resolve(init).folder


def loaded(init: str) -> Model:
    """Its networks, G_ema and where it was kept D. Raises CheckpointError."""
    from models.checkpoint import load_model

    return load_model(folder_of(init), ("G_ema", "D"))


def start_from(task: Any, init: str, family: str) -> None:
    """Begin with another model's weights. Raises Refusal where it is another network, and CheckpointError."""
    model = loaded(init)
    if model.config["family"] != family or model.config["network"] != task.config.to_json():
        raise Refusal(f"--init {init} is another network than the one to train")
    task.start_from(dict(model.modules))
