"""`python -m bot train features`: the network that sees learns on drawn faces."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal
from bot.cli.train import LARGEST_SEED, OPTIONS, open_data
from bot.settings import load

DATA = "drawn:count=40000,views=4"


def train_features(
    outdir: Annotated[Path, typer.Option(help="Folder of the run; it must be empty unless --resume.")],
    data: Annotated[
        str | None, typer.Option(help=f"Labelled drawn faces, several of each character; {DATA} unless given.")
    ] = None,
    kimg: Annotated[float | None, typer.Option(min=0.001, help="Length of the run, in thousands of images.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --outdir; --kimg may be larger than before.")
    ] = False,
    init: Annotated[Path | None, typer.Option(help="Start from the weights in this model's folder.")] = None,
    batch: Annotated[int | None, typer.Option(min=4, max=4096, help="Images a step.")] = None,
    lr: Annotated[float | None, typer.Option(min=1e-7, max=1.0, help="Highest learning rate.")] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, help="All chance of the run comes from it.")
    ] = None,
    snap: Annotated[int | None, typer.Option(min=1, help="kimg between snapshots; 20 unless given.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the resolved config as JSON and stop.")] = False,
) -> None:
    """Train the network that sees: attributes, and an embedding of characters.

    The learning rate falls until --kimg as it is when the run begins.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve whatever else runs here
    given = {
        "data": data, "kimg": kimg, "init": None if init is None else str(init.resolve()), "batch": batch, "lr": lr,
        "seed": seed, "snap": snap,
    }  # fmt: skip
    config = _resolve(outdir, {name: value for name, value in given.items() if value is not None}, resume)
    if dry_run:
        typer.echo(json.dumps({**config, "outdir": str(outdir), "resume": resume}, indent=1))
        return
    _run(outdir, config, resume)


def _resolve(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is: from the options, and from the run that stands in `outdir` where it is continued."""
    from data.dataset import DatasetError, is_packed, resolve
    from models.features.train import FeaturesOptions, config

    before = _before(outdir) if resume else {}
    asked = {"data": DATA, "seed": 0, "snap": 20, **before.get("asked", {}), **given}
    if "kimg" not in asked:
        raise Refusal("--kimg says for how long to train; give it")
    chosen = {name: asked[name] for name in ("batch", "lr") if name in asked}
    options = before["options"] | chosen if before else FeaturesOptions(decay_kimg=asked["kimg"], **chosen).to_json()
    try:
        if before and asked["data"] in (before["asked"]["data"], before["data"]):
            source = before["data"]  # `drawn:views=4` meant as many faces as the run looked at when it began
        elif is_packed(asked["data"]):
            source = str(Path(asked["data"]).resolve())
        else:
            source = resolve(asked["data"], looked_at=int(asked["kimg"] * 1000)).spec
    except DatasetError as error:
        raise Refusal(str(error)) from error
    return {
        "family": "features",
        "network": before["network"] if before else config().to_json(),
        "options": options,
        "data": source,
        **{name: asked.get(name) for name in ("init", "seed", "kimg", "snap")},
        "asked": asked,
    }


def _before(outdir: Path) -> dict[str, Any]:
    try:
        return json.loads((outdir / OPTIONS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal(f"there is no run to continue in {outdir}") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"{outdir / OPTIONS} cannot be read: {error}") from error


def _run(outdir: Path, config: dict[str, Any], resume: bool) -> None:
    if not resume and outdir.exists() and (not outdir.is_dir() or any(outdir.iterdir())):
        raise Refusal(f"{outdir} is not empty: continue the run in it with --resume, or name another --outdir")

    import numpy as np
    import torch
    from rich.console import Console

    from data.dataset import find
    from data.vision.features import Features, FeaturesUnavailable
    from data.vision.features.network import FeaturesConfig
    from models import durable
    from models.features.feed import Feed, Unlabelled
    from models.features.train import GALLERY, SIDE, FeaturesOptions, FeaturesTask
    from models.training import state
    from models.training.loop import LoopOptions, save_final, train
    from models.training.task import Diverged

    console = Console(stderr=True)
    options, network = FeaturesOptions(**config["options"]), FeaturesConfig.from_json(config["network"])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        before = state.load(outdir) if resume else None
        # The drawing program may have changed since the run began.
        kept = find(load().storage_dir / "cache" / "sets", before.run["data"]) if before else None
        dataset = kept or open_data(config["data"], SIDE, console)
        feed = Feed(dataset, options.views)
        run = {
            **{name: config[name] for name in ("family", "network", "options", "seed", "init")},
            "data": dataset.manifest_hash,
        }
        loop = LoopOptions(
            outdir, config["kimg"], options.batch, config["seed"], config["snap"], run, dataset.manifest_hash
        )
        gallery = dataset.images(np.arange(min(GALLERY, len(dataset))))
        task = FeaturesTask(network, options, config["seed"], gallery, device)
        if config["init"] and before is None:
            start = Features(Path(config["init"]))
            if start.config != network:
                raise Refusal(f"--init {config['init']} is another network than the one to train")
            task.start_from(start.network)
        console.print(f"{len(dataset):,} pictures, on {device} in {task.dtype}", highlight=False)
        finish = train(
            task, feed, len(dataset), loop, resume=resume, console=console,
            ready=lambda: durable.write_text(outdir / OPTIONS, json.dumps(config, indent=1) + "\n"),
        )  # fmt: skip
    except (state.StateError, Diverged, FeaturesUnavailable, Unlabelled) as error:
        raise Refusal(str(error)) from error
    if finish.stopped_by is not None:
        console.print(f"stopped at {finish.nimg / 1000:g} kimg; --resume continues from there")
        raise typer.Exit(128 + finish.stopped_by)
    folder = save_final(task, loop, finish.nimg, _card(config, dataset.manifest, finish.nimg), config["init"])
    console.print(f"done: {folder}")


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
