"""What training any GAN has in common on the command line."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.refusal import Refusal
from bot.cli.training.runs import before
from bot.settings import load

if TYPE_CHECKING:
    import numpy as np

    from data.dataset import Dataset
    from models.checkpoint import Model
    from models.training.loop import Finish, LoopOptions

MEASURED = 256  # drawings and pictures that are compared at snapshots

Feed = Callable[["np.ndarray"], Any]


def asked(outdir: Path, given: dict[str, Any], resume: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The run that is continued, {} for a new one, and all that was asked for, then and now. Raises Refusal."""
    earlier = before(outdir, resume)
    asked = {**earlier.get("asked", {}), **given}
    if "data" not in asked or "kimg" not in asked:
        raise Refusal("--data and --kimg say what to train on and for how long; give both")
    return earlier, asked


def c_dim(asked: Mapping[str, Any], source: str) -> int:
    """Size of the label vectors of a network that learns on `source`, 0 without. Raises Refusal and DatasetError."""
    from data.labelled import has_labels, unused
    from data.labels import NAMES

    labelled = has_labels(source)
    if asked.get("cond") and not labelled:
        raise Refusal(
            f"--cond needs labels, and {source} has none: {unused(source) or 'put a labels.jsonl beside the pictures'}"
        )
    return len(NAMES) if asked.get("cond", labelled) else 0


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


def finish(
    task: Any, loop: LoopOptions, end: Finish, config: dict[str, Any], dataset: Dataset, feed: Feed, count: int
) -> Path:
    """The trained model's folder, with its card and what D's logits mean to `count` pictures.

    It is that of the best snapshot, where snapshots were measured.
    """
    from models.checkpoint import load_model
    from models.training import statistics
    from models.training.card import card, illustrate
    from models.training.loop import folder_of, save_final

    nimg = end.nimg
    if end.best is not None and end.best != end.nimg:
        nimg = end.best
        task.start_from(dict(load_model(folder_of(loop.outdir, nimg), ("G_ema", "D")).modules))
    lines = statistics.read(loop.outdir / "stats.jsonl")
    metrics = statistics.read(loop.outdir / "metrics.jsonl")
    text = card(config, dataset.manifest, end.nimg, end.seconds, lines, metrics, nimg)
    folder = save_final(task, loop, nimg, text, config["init"], task.calibration(feed, count))
    illustrate(folder, loop.outdir, nimg)
    return folder


def done(folder: Path) -> str:
    """Which model a run has left, and what gives it to the bot."""
    return f"done: {folder}; the bot gets it by\npython -m bot install {shlex.quote(str(folder.parent))} --name NAME"


def measure(task: Any, dataset: Dataset, learnt: np.ndarray, held: np.ndarray) -> Callable[[], dict[str, float]]:
    """What is measured at snapshots: against the pictures held out, else against some of the set."""
    import numpy as np

    from data.vision.features import Features, FeaturesUnavailable
    from models.training.held_out import HeldOut

    def embed(pictures: np.ndarray) -> np.ndarray:
        return np.stack([seen.embedding for seen in network.see(pictures)])

    looks = None
    try:
        network = Features(device=task.device)
        looks = embed
    except FeaturesUnavailable:
        pass  # the sliced Wasserstein distance needs no network
    if len(held):
        against = HeldOut(dataset.images(held), dataset.images(learnt), looks)
    else:
        chosen = np.unique(np.linspace(0, len(dataset) - 1, MEASURED).astype(np.int64))
        against = HeldOut(dataset.images(chosen), embed=looks)
    return lambda: against.measure(task.sampled(MEASURED))


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


def folder_named(init: str) -> Path:
    """The folder of what `named` gave."""
    from models.registry import Registry

    return Path(init) if Path(init).is_dir() else Registry(load().storage_dir / "models").resolve(init).folder


def loaded(init: str, parts: tuple[str, ...] = ("G_ema", "D")) -> Model:
    """Its networks, G_ema and where it was kept D. Raises CheckpointError."""
    from models.checkpoint import load_model

    return load_model(folder_named(init), parts)


def start_from(task: Any, init: str, family: str) -> None:
    """Begin with another model's weights; a StyleGAN also with those of a smaller one of its kind.

    Raises Refusal where it is another network, and CheckpointError.
    """
    model = loaded(init)
    modules = dict(model.modules)
    if model.config["family"] != family or model.config["network"] != task.config.to_json():
        if family != "stylegan" or model.config["family"] != family:
            raise Refusal(f"--init {init} is another network than the one to train")
        from models.stylegan.growing import grown

        try:
            modules = grown(modules, task.config, task.seed)
        except ValueError as error:
            raise Refusal(f"--init {init} is another network than the one to train: {error}") from error
    task.start_from(modules)
