"""`python -m bot train stylegan`, and `finetune`, which begins with a model that knows faces already."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal, refusing
from bot.cli.training import gans
from bot.cli.training.runs import DryRun, Kimg, Outdir, Resume, Run, Seed, launch, source_of

GIVEN = ("micro_batch", "lr", "gamma", "aug", "target", "freezed", "mirror", "projected")  # what goes before the preset
SIZES = ("channel_base", "channel_max", "z_dim", "w_dim")
RESOLUTION = 128
PATIENCE = 6  # snapshots of few pictures without progress

Data = Annotated[
    str | None, typer.Option(help="PATH.zip, FOLDER, a packed folder, or drawn:SPEC like drawn:count=60000,seed=0.")
]
Batch = Annotated[int | None, typer.Option(min=2, max=4096, help="Images a step.")]
MicroBatch = Annotated[int | None, typer.Option(min=1, max=4096, help="Images at a time on the device.")]
Rate = Annotated[float | None, typer.Option(min=1e-7, max=1.0, help="Learning rate of G and D.")]
Gamma = Annotated[float | None, typer.Option(min=0.0, max=10000.0, help="Weight of the R1 penalty; 0: none.")]
Aug = Annotated[
    str | None,
    typer.Option(help="none, ada, or DiffAugment: some of color,translation,cutout with commas (or diffaug)."),
]
Target = Annotated[float | None, typer.Option(min=0.0, max=1.0, help="ada: how far D's signs may be ahead.")]
FreezeD = Annotated[
    int | None, typer.Option(min=0, max=64, help="Layers of D, from the picture on, that do not learn.")
]
Projected = Annotated[
    float | None,
    typer.Option(min=0.0, max=100.0, help="Weight of discriminators that see through the features network; 0: none."),
]
Mirror = Annotated[bool | None, typer.Option(help="Flip half of the pictures.")]
KeepD = Annotated[
    bool | None, typer.Option(help="Whether the model keeps its discriminator; it does unless told not to.")
]
Patience = Annotated[
    int | None,
    typer.Option(min=0, help=f"Snapshots without progress after which it ends; 0: never; few-shot: {PATIENCE}."),
]
Snap = Annotated[int | None, typer.Option(min=1, help="kimg between snapshots; 10 unless given.")]


def train_stylegan(
    outdir: Outdir,
    data: Data = None,
    kimg: Kimg = None,
    resume: Resume = False,
    init: Annotated[
        str | None,
        typer.Option(help="Start from these weights: a model's NAME, or its folder; it may be a smaller one."),
    ] = None,
    resolution: Annotated[
        int | None, typer.Option(help=f"A power of two from 32 to 1024 px; {RESOLUTION} unless given.")
    ] = None,
    cfg: Annotated[str | None, typer.Option(help="Preset: auto (unless given), moe, small, few-shot.")] = None,
    channel_base: Annotated[int | None, typer.Option(min=32, help="Channels times pixels of a side.")] = None,
    channel_max: Annotated[int | None, typer.Option(min=4, max=4096, help="Channels at most.")] = None,
    z_dim: Annotated[int | None, typer.Option(min=4, max=4096, help="Size of a latent.")] = None,
    w_dim: Annotated[int | None, typer.Option(min=4, max=4096, help="Size of a style.")] = None,
    batch: Batch = None,
    micro_batch: MicroBatch = None,
    lr: Rate = None,
    gamma: Gamma = None,
    aug: Aug = None,
    target: Target = None,
    freezed: FreezeD = None,
    projected: Projected = None,
    mirror: Mirror = None,
    cond: Annotated[
        bool | None, typer.Option(help="Learn from labels; by default where the pictures come with labels.")
    ] = None,
    keep_d: KeepD = None,
    seed: Seed = None,
    snap: Snap = None,
    patience: Patience = None,
    dry_run: DryRun = False,
) -> None:
    """Train a StyleGAN2."""
    given = {
        "data": data, "kimg": kimg, "init": init, "resolution": resolution, "cfg": cfg,
        "channel_base": channel_base, "channel_max": channel_max, "z_dim": z_dim, "w_dim": w_dim, "batch": batch,
        "micro_batch": micro_batch, "lr": lr, "gamma": gamma, "aug": aug, "target": target, "freezed": freezed,
        "projected": projected, "mirror": mirror, "cond": cond, "keep_d": keep_d, "seed": seed, "snap": snap,
        "patience": patience,
    }  # fmt: skip
    launch(outdir, given, resume, dry_run, _resolve, learn)


def finetune(
    outdir: Outdir,
    base: Annotated[str | None, typer.Option("--from", help="The model to begin with: a NAME, or a folder.")] = None,
    data: Data = None,
    kimg: Kimg = None,
    resume: Resume = False,
    cfg: Annotated[str | None, typer.Option(help="Preset: few-shot (unless given), auto.")] = None,
    batch: Batch = None,
    micro_batch: MicroBatch = None,
    lr: Rate = None,
    gamma: Gamma = None,
    aug: Aug = None,
    target: Target = None,
    freezed: FreezeD = None,
    projected: Projected = None,
    mirror: Mirror = None,
    keep_d: KeepD = None,
    seed: Seed = None,
    snap: Snap = None,
    patience: Patience = None,
    dry_run: DryRun = False,
) -> None:
    """Teach a StyleGAN2 that knows faces one character or one style."""
    given = {
        "init": base, "data": data, "kimg": kimg, "cfg": cfg, "batch": batch, "micro_batch": micro_batch, "lr": lr,
        "gamma": gamma, "aug": aug, "target": target, "freezed": freezed, "projected": projected,
        "mirror": mirror, "keep_d": keep_d, "seed": seed, "snap": snap, "patience": patience,
    }  # fmt: skip
    launch(outdir, given, resume, dry_run, resolve_finetune, learn)


def _resolve(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is: from the options, and from the run that stands in `outdir` where it is continued."""
    from data.dataset import DatasetError
    from models.stylegan.options import preset

    earlier, asked = gans.asked(outdir, given, resume)
    try:
        source = source_of(asked, earlier)
        c_dim = gans.c_dim(asked, source)
        cfg, side = asked.get("cfg", "auto"), asked.get("resolution", RESOLUTION)
        sizes = {name: asked[name] for name in SIZES if name in asked}
        config, options = preset(cfg, side, c_dim, asked.get("batch"), **sizes)
        network = config.to_json()
        if earlier and not given.keys() & {"resolution", "cond", "cfg", *SIZES}:
            network = earlier["network"]  # another version of nijigen may build another one by itself
        options = _options(options.to_json(), asked)
    except (ValueError, DatasetError) as error:
        raise Refusal(str(error)) from error
    init = earlier["init"] if earlier else gans.named(asked.get("init"))
    return _config("train stylegan", asked, cfg, network, options, source, init)


def resolve_finetune(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is that begins with a model, whose network it has. Raises Refusal."""
    from data.dataset import DatasetError
    from models.checkpoint import CheckpointError, read_config
    from models.stylegan.config import StyleGANConfig
    from models.stylegan.options import preset_options

    earlier, asked = gans.asked(outdir, given, resume)
    if "init" not in asked:
        raise Refusal("--from says which model to begin with: a name like moe, or a folder")
    init = earlier["init"] if earlier else gans.named(asked["init"])
    assert init is not None
    try:
        model = read_config(gans.folder_named(init))
        if model.get("family") != "stylegan":
            raise Refusal(f"{init} is no StyleGAN; a DCGAN begins with another by `train dcgan --init {init}`")
        network = StyleGANConfig.from_json(model["network"])
        cfg = asked.get("cfg", "few-shot")
        options = _options(preset_options(cfg, network, asked.get("batch")).to_json(), asked)
        source = source_of(asked, earlier)
    except (ValueError, KeyError, DatasetError, CheckpointError) as error:
        raise Refusal(str(error)) from error
    return _config("finetune", asked, cfg, network.to_json(), options, source, init)


def _options(options: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """A preset's options with what was given in their place. Raises ValueError."""
    from models.stylegan.options import StyleGANOptions
    from models.training.diffaugment import POLICIES

    given = {name: asked[name] for name in GIVEN if name in asked}
    if given.get("aug") == "diffaug":
        given["aug"] = ",".join(POLICIES)
    return StyleGANOptions.from_json({**options, **given}).to_json()


def _config(
    command: str,
    asked: dict[str, Any],
    cfg: str,
    network: dict[str, Any],
    options: dict[str, Any],
    source: str,
    init: str | None,
) -> dict[str, Any]:
    return {
        "family": "stylegan",
        "command": command,
        "network": network,
        "cfg": cfg,
        "options": options,
        "data": source,
        "init": init,
        "keep_d": asked.get("keep_d", True),
        "seed": asked.get("seed", 0),
        "kimg": asked["kimg"],
        "snap": asked.get("snap", 10),
        "patience": asked.get("patience", PATIENCE if cfg == "few-shot" else 0),
        "asked": asked,
    }


def learn(run: Run) -> None:
    """Train the StyleGAN that a run's config describes, to its end. Raises Refusal."""
    import torch

    from data.labelled import unused
    from models.stylegan.config import StyleGANConfig
    from models.stylegan.options import StyleGANOptions
    from models.stylegan.train import StyleGANTask
    from models.training import several

    config = run.config
    network, options = StyleGANConfig.from_json(config["network"]), StyleGANOptions.from_json(config["options"])
    if run.device == "cuda":  # speed before the last digit: sums of many threads are not repeatable here anyway
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = False, True
    say = lambda sentence: run.console.print(sentence, highlight=False)
    if several.world() > 1 and options.batch % (2 * several.world()):
        raise Refusal(
            f"{several.world()} devices share a --batch that {2 * several.world()} divides, not {options.batch}"
        )
    with refusing():
        dataset = run.data(network.resolution)
        feed, names, vectors, labels = _feed(dataset, config, network)
        learnt, held = run.split(dataset)
        loop = replace(run.loop(dataset, options.batch, **labels), patience=config["patience"])
        task = StyleGANTask(
            network, options, config["seed"], run.device, loop.total, names, vectors,
            ("D",) if config["keep_d"] else (), say,
        )  # fmt: skip
        if config["init"] and run.begun is None:
            gans.start_from(task, config["init"], "stylegan")
        say(
            f"{len(dataset):,} pictures, {network.resolution} px, {network.c_dim or 'no'} labels, "
            f"on {run.device} in {task.dtype}"
        )
        if (sentence := unused(config["data"])) and not network.c_dim:
            say(sentence)
        if len(held):
            say(f"{len(held)} of them are held out, to see when it has learnt enough")
        some = lambda indices: feed(learnt[indices])
        end = run.train(task, some, dataset, loop, len(learnt), gans.measure(task, dataset, learnt, held))
    if end.gave_up:
        say(f"it ends at {end.nimg / 1000:g} kimg: the last {loop.patience} snapshots were not the best so far")
    folder = gans.finish(task, loop, end, config, dataset, some, len(learnt))
    run.console.print(gans.done(folder), highlight=False, soft_wrap=True)


def _feed(dataset: Any, config: dict[str, Any], network: Any) -> tuple[Any, tuple[str, ...], Any, dict[str, str]]:
    """As `gans.labelled_feed`. Pictures without labels get those that the D of the model to begin with reads off."""
    from data.labelled import has_labels
    from data.labels import NAMES

    if not network.c_dim or (network.c_dim == len(NAMES) and has_labels(config["data"])):
        return gans.labelled_feed(dataset, config["data"], network.c_dim)
    if not config["init"]:
        raise Refusal(f"{config['data']} has no labels, and the network needs {network.c_dim}")
    from models.stylegan.reading import labels_read

    base = gans.loaded(config["init"])
    if "D" not in base.modules:
        raise Refusal(f"{config['init']} keeps no D that could read labels off the pictures, and they come without")
    table = labels_read(base.modules["D"], dataset.images, len(dataset))  # type: ignore[arg-type]
    names = tuple(base.config.get("labels") or ("",) * network.c_dim)
    return gans.feed_of(dataset, table), names, table, {}  # no hash: another machine's last digits may differ
