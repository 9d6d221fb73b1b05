"""`python -m bot train finder`: the face finder learns on scenes of drawn heads."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal, refusing
from bot.cli.sets import sets
from bot.cli.training.runs import DryRun, Kimg, Outdir, Resume, Run, Seed, before, launch, source_of

DATA = "drawn:count=3600"


def train_finder(
    outdir: Outdir,
    data: Annotated[str | None, typer.Option(help=f"Drawn heads that scenes are made of; {DATA} unless given.")] = None,
    photos: Annotated[
        Path | None, typer.Option(help="A folder of photographs without drawn faces, to put in their way.")
    ] = None,
    kimg: Kimg = None,
    resume: Resume = False,
    init: Annotated[Path | None, typer.Option(help="Start from the weights in this model's folder.")] = None,
    batch: Annotated[int | None, typer.Option(min=2, max=1024, help="Scenes a step.")] = None,
    lr: Annotated[float | None, typer.Option(min=1e-7, max=1.0, help="Highest learning rate.")] = None,
    seed: Seed = None,
    snap: Annotated[int | None, typer.Option(min=1, help="kimg between snapshots; 10 unless given.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Train the face finder on scenes that are composed while it learns.

    The learning rate falls until --kimg as it is when the run begins.
    """
    given = {
        "data": data, "photos": None if photos is None else str(photos.resolve()), "kimg": kimg,
        "init": None if init is None else str(init.resolve()), "batch": batch, "lr": lr, "seed": seed, "snap": snap,
    }  # fmt: skip
    launch(outdir, given, resume, dry_run, _resolve, _run)


def _resolve(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is: from the options, and from the run that stands in `outdir` where it is continued."""
    from data.vision.finder.network import FinderConfig
    from models.finder.train import FinderOptions

    earlier = before(outdir, resume)
    asked = {"data": DATA, "seed": 0, "snap": 10, **earlier.get("asked", {}), **given}
    if "kimg" not in asked:
        raise Refusal("--kimg says for how long to train; give it")
    chosen = {name: asked[name] for name in ("batch", "lr") if name in asked}
    options = earlier["options"] | chosen if earlier else FinderOptions(decay_kimg=asked["kimg"], **chosen).to_json()
    return {
        "family": "finder",
        "network": earlier["network"] if earlier else FinderConfig().to_json(),
        "options": options,
        "data": source_of(asked, earlier),
        **{name: asked.get(name) for name in ("photos", "init", "seed", "kimg", "snap")},
        "asked": asked,
    }


def _run(run: Run) -> None:
    import numpy as np
    import torch
    from rich.progress import Progress

    from data.dataset import resolve
    from data.vision.finder import FinderUnavailable, stored
    from data.vision.finder.network import FinderConfig
    from models.finder.feed import Feed
    from models.finder.heads import NoHeads, drawn_heads
    from models.finder.photos import photographs
    from models.finder.scenes import Composer
    from models.finder.train import SIDE, FinderOptions, FinderTask
    from models.training.loop import save_final

    config = run.config
    options, network = FinderOptions(**config["options"]), FinderConfig.from_json(config["network"])
    with refusing(FinderUnavailable, NoHeads):
        with Progress(console=run.console, transient=True) as bar:
            shown = bar.add_task("drawing", total=None)
            heads = drawn_heads(
                resolve(config["data"]), sets(), lambda done, total: bar.update(shown, completed=done, total=total)
            )
        photos = photographs(Path(config["photos"])) if config["photos"] else []
        composer = Composer(heads, SIDE, photos)
        loop = run.loop(heads, options.batch, photos=config["photos"])
        # A GPU, or many threads, learn from a scene in less time than a core needs to compose it.
        busy = 1 if run.device != "cpu" else torch.get_num_threads()
        loop = dataclasses.replace(loop, processes=max(1, (os.cpu_count() or 1) - busy))
        chance = np.random.default_rng([config["seed"], 0])
        gallery = np.stack([composer.scene(chance).pixels for _ in range(36)])
        task = FinderTask(network, options, config["seed"], gallery, run.device)
        if config["init"] and run.begun is None:
            start, _ = stored(Path(config["init"]))
            if start.config != network:
                raise Refusal(f"--init {config['init']} is another network than the one to train")
            task.start_from(start)
        told = f"{len(heads):,} heads, {len(photos):,} photographs, on {run.device} in {task.dtype}"
        run.console.print(told, highlight=False)
        finish = run.train(task, Feed(composer), heads, loop)
    card = _card(config, heads.manifest, len(photos), finish.nimg)
    folder = save_final(task, loop, finish.nimg, card, config["init"])
    run.console.print(f"done: {folder}")


def _card(config: dict[str, Any], manifest: dict[str, Any], photos: int, nimg: int) -> str:
    network = config["network"]
    return (
        "# The face finder\n\n"
        f"- Network: widths {network['widths']}, a pyramid of {network['neck']} channels at strides 8, 16 and 32\n"
        f"- Trained on: scenes of {manifest['count']:,} drawn heads, `{config['data']}` (heads "
        f"{manifest['hash'][:12]}), and {photos:,} photographs as distractors; {nimg / 1000:g} kimg\n"
        f"- Started from: {config['init'] or 'nothing'}; seed {config['seed']}; {json.dumps(config['options'])}\n"
    )
