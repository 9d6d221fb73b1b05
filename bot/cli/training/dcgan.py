"""`python -m bot train …`: the networks learn."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal, refusing
from bot.cli.training import gans
from bot.cli.training.runs import DryRun, Kimg, Outdir, Resume, Run, Seed, launch, source_of

GIVEN = ("batch", "lr", "aug", "gamma", "mirror", "steer", "d_every", "g_every")  # what goes before the preset


def train_dcgan(
    outdir: Outdir,
    data: Annotated[
        str | None, typer.Option(help="PATH.zip, FOLDER, a packed folder, or drawn:SPEC like drawn:count=50000,seed=0.")
    ] = None,
    kimg: Kimg = None,
    resume: Resume = False,
    init: Annotated[str | None, typer.Option(help="Start from these weights: a model's NAME, or its folder.")] = None,
    resolution: Annotated[int | None, typer.Option(help="64, 96, 128 or 256 px; 96 unless given.")] = None,
    cfg: Annotated[str | None, typer.Option(help="Preset: waifu (unless given), small, classic.")] = None,
    batch: Annotated[int | None, typer.Option(min=2, max=4096, help="Images a step.")] = None,
    lr: Annotated[float | None, typer.Option(min=1e-7, max=1.0, help="Learning rate of G and D.")] = None,
    aug: Annotated[
        str | None, typer.Option(help="DiffAugment: none, or some of color,translation,cutout with commas.")
    ] = None,
    gamma: Annotated[float | None, typer.Option(min=0.0, max=1000.0, help="Weight of the R1 penalty; 0: none.")] = None,
    mirror: Annotated[bool | None, typer.Option(help="Flip half of the pictures.")] = None,
    steer: Annotated[
        bool | None, typer.Option(help="Lower the rate and hold G or D back as the losses say; no fixed schedule.")
    ] = None,
    d_every: Annotated[int | None, typer.Option(min=1, max=1000, help="D learns from every n-th batch.")] = None,
    g_every: Annotated[int | None, typer.Option(min=1, max=1000, help="G learns from every n-th batch.")] = None,
    cond: Annotated[
        bool | None, typer.Option(help="Learn from labels; by default where the pictures come with labels.")
    ] = None,
    seed: Seed = None,
    snap: Annotated[int | None, typer.Option(min=1, help="kimg between snapshots; 10 unless given.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Train a DCGAN."""
    given = {
        "data": data, "kimg": kimg, "init": init, "resolution": resolution, "cfg": cfg,
        "batch": batch, "lr": lr, "aug": aug, "gamma": gamma, "mirror": mirror, "steer": steer, "d_every": d_every,
        "g_every": g_every, "cond": cond, "seed": seed, "snap": snap,
    }  # fmt: skip
    launch(outdir, given, resume, dry_run, _resolve, _run)


def _resolve(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is: from the options, and from the run that stands in `outdir` where it is continued."""
    from data.dataset import DatasetError
    from models.dcgan.network import DCGANConfig

    earlier, asked = gans.asked(outdir, given, resume)
    try:
        cfg, options = _options(asked)
        source = source_of(asked, earlier)
        c_dim = gans.c_dim(asked, source)
        network = DCGANConfig.of(asked.get("resolution", 96), c_dim, options["d_norm"]).to_json()
        if earlier and not given.keys() & {"resolution", "cond", "cfg"}:
            network = earlier["network"]  # another version of nijigen may build another one by itself
    except (ValueError, DatasetError) as error:
        raise Refusal(str(error)) from error
    return {
        "family": "dcgan",
        "network": network,
        "cfg": cfg,
        "options": options,
        "data": source,
        "init": earlier["init"] if earlier else gans.named(asked.get("init")),
        "seed": asked.get("seed", 0),
        "kimg": asked["kimg"],
        "snap": asked.get("snap", 10),
        "asked": asked,
    }


def _options(asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The preset's name, and its options with what was given in their place. Raises Refusal and ValueError."""
    from models.dcgan.options import PRESETS, DCGANOptions

    if (cfg := asked.get("cfg", "waifu")) not in PRESETS:
        raise Refusal(f"there is no preset {cfg!r}; there is {', '.join(PRESETS)}")
    options = {**PRESETS[cfg].to_json(), **{name: asked[name] for name in GIVEN if name in asked}}
    if asked.get("steer"):  # the losses decide in place of whatever schedule the preset has
        options |= {"schedule": [], "decay": 0.0}
    return cfg, DCGANOptions.from_json(options).to_json()


def _run(run: Run) -> None:
    from data.labelled import unused
    from models.dcgan.network import DCGANConfig
    from models.dcgan.options import DCGANOptions
    from models.dcgan.train import DCGANTask

    config = run.config
    network, options = DCGANConfig.from_json(config["network"]), DCGANOptions.from_json(config["options"])
    with refusing():
        dataset = run.data(network.resolution)
        feed, names, vectors, labels = gans.labelled_feed(dataset, config["data"], network.c_dim)
        loop = run.loop(dataset, options.batch, **labels)
        task = DCGANTask(network, options, config["seed"], run.device, loop.total, names, vectors)
        if config["init"] and run.begun is None:
            gans.start_from(task, config["init"], "dcgan")
        run.console.print(
            f"{len(dataset):,} pictures, {network.resolution} px, {network.c_dim or 'no'} labels, "
            f"on {run.device} in {task.dtype}",
            highlight=False,
        )
        if (sentence := unused(config["data"])) and not network.c_dim:
            run.console.print(sentence, highlight=False)
        end = run.train(task, feed, dataset, loop)
    folder = gans.finish(task, loop, end, config, dataset, feed, len(dataset))
    run.console.print(gans.done(folder), highlight=False, soft_wrap=True)
