"""`python -m bot train features`: the network that sees learns on drawn faces."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal, refusing
from bot.cli.training.runs import DryRun, Kimg, Outdir, Resume, Run, Seed, before, launch, source_of

DATA = "drawn:count=40000,views=4"


def train_features(
    outdir: Outdir,
    data: Annotated[
        str | None, typer.Option(help=f"Labelled drawn faces, several of each character; {DATA} unless given.")
    ] = None,
    kimg: Kimg = None,
    resume: Resume = False,
    init: Annotated[Path | None, typer.Option(help="Start from the weights in this model's folder.")] = None,
    batch: Annotated[int | None, typer.Option(min=4, max=4096, help="Images a step.")] = None,
    lr: Annotated[float | None, typer.Option(min=1e-7, max=1.0, help="Highest learning rate.")] = None,
    seed: Seed = None,
    snap: Annotated[int | None, typer.Option(min=1, help="kimg between snapshots; 20 unless given.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Train the network that sees: attributes, and an embedding of characters.

    The learning rate falls until --kimg as it is when the run begins.
    """
    given = {
        "data": data, "kimg": kimg, "init": None if init is None else str(init.resolve()), "batch": batch, "lr": lr,
        "seed": seed, "snap": snap,
    }  # fmt: skip
    launch(outdir, given, resume, dry_run, _resolve, _run)


def _resolve(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is: from the options, and from the run that stands in `outdir` where it is continued."""
    from models.features.train import FeaturesOptions, config

    earlier = before(outdir, resume)
    asked = {"data": DATA, "seed": 0, "snap": 20, **earlier.get("asked", {}), **given}
    if "kimg" not in asked:
        raise Refusal("--kimg says for how long to train; give it")
    chosen = {name: asked[name] for name in ("batch", "lr") if name in asked}
    options = earlier["options"] | chosen if earlier else FeaturesOptions(decay_kimg=asked["kimg"], **chosen).to_json()
    return {
        "family": "features",
        "network": earlier["network"] if earlier else config().to_json(),
        "options": options,
        "data": source_of(asked, earlier),
        **{name: asked.get(name) for name in ("init", "seed", "kimg", "snap")},
        "asked": asked,
    }


def _run(run: Run) -> None:
    import numpy as np

    from data.vision.features import Features, FeaturesUnavailable
    from data.vision.features.network import FeaturesConfig
    from models.features.feed import Feed, Unlabelled
    from models.features.train import GALLERY, SIDE, FeaturesOptions, FeaturesTask
    from models.training.loop import save_final

    config = run.config
    options, network = FeaturesOptions(**config["options"]), FeaturesConfig.from_json(config["network"])
    with refusing(FeaturesUnavailable, Unlabelled):
        dataset = run.data(SIDE)
        feed = Feed(dataset, options.views)
        loop = run.loop(dataset, options.batch)
        gallery = dataset.images(np.arange(min(GALLERY, len(dataset))))
        task = FeaturesTask(network, options, config["seed"], gallery, run.device)
        if config["init"] and run.begun is None:
            start = Features(Path(config["init"]))
            if start.config != network:
                raise Refusal(f"--init {config['init']} is another network than the one to train")
            task.start_from(start.network)
        run.console.print(f"{len(dataset):,} pictures, on {run.device} in {task.dtype}", highlight=False)
        finish = run.train(task, feed, dataset, loop)
    folder = save_final(task, loop, finish.nimg, _card(config, dataset.manifest, finish.nimg), config["init"])
    run.console.print(f"done: {folder}")


def _card(config: dict[str, Any], manifest: dict[str, Any], nimg: int) -> str:
    network = config["network"]
    return (
        "# The features network: it sees faces\n\n"
        f"- Network: {network['size']} px, widths {network['widths']}; heads for {len(network['choices'])} attributes "
        f"and {len(network['numbers'])} numbers; an embedding of 128 dimensions\n"
        f"- Trained on: {manifest['count']:,} pictures of `{config['data']}` (set {manifest['hash'][:12]}), "
        f"{nimg / 1000:g} kimg, augmented as `models/features/augment.py` says\n"
        f"- Started from: {config['init'] or 'nothing'}; seed {config['seed']}; {json.dumps(config['options'])}\n"
    )
