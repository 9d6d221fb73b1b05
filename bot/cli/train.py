"""`python -m bot train …`: the networks learn."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.refusal import Refusal
from bot.settings import load

OPTIONS = "options.json"  # in the run's folder: what the run is, so that --resume needs no other option
LARGEST_SEED = 2**32 - 1
GIVEN = ("batch", "lr", "aug", "gamma", "mirror", "steer", "d_every", "g_every")  # what goes before the preset


def train_dcgan(
    outdir: Annotated[Path, typer.Option(help="Folder of the run; it must be empty unless --resume.")],
    data: Annotated[
        str | None, typer.Option(help="PATH.zip, FOLDER, a packed folder, or drawn:SPEC like drawn:count=50000,seed=0.")
    ] = None,
    kimg: Annotated[float | None, typer.Option(min=0.001, help="Length of the run, in thousands of images.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --outdir; --kimg may be larger than before.")
    ] = False,
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
    seed: Annotated[
        int | None, typer.Option(min=0, max=LARGEST_SEED, help="All chance of the run comes from it.")
    ] = None,
    snap: Annotated[int | None, typer.Option(min=1, help="kimg between snapshots; 10 unless given.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the resolved config as JSON and stop.")] = False,
) -> None:
    """Train a DCGAN."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve whatever else runs here
    given = {
        "data": data, "kimg": kimg, "init": init, "resolution": resolution, "cfg": cfg,
        "batch": batch, "lr": lr, "aug": aug, "gamma": gamma, "mirror": mirror, "steer": steer, "d_every": d_every,
        "g_every": g_every, "cond": cond, "seed": seed, "snap": snap,
    }  # fmt: skip
    config = _resolve(outdir, {name: value for name, value in given.items() if value is not None}, resume)
    if dry_run:
        typer.echo(json.dumps({**config, "outdir": str(outdir), "resume": resume}, indent=1))
        return
    _run(outdir, config, resume)


def _resolve(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is: from the options, and from the run that stands in `outdir` where it is continued."""
    from data.dataset import DatasetError, is_packed, resolve
    from data.labelled import has_labels
    from data.labels import NAMES
    from models.dcgan.network import DCGANConfig

    before = _before(outdir) if resume else {}
    asked = {**before.get("asked", {}), **given}
    if "data" not in asked or "kimg" not in asked:
        raise Refusal("--data and --kimg say what to train on and for how long; give both")
    try:
        cfg, options = _options(asked)
        if before and asked["data"] in (before["asked"]["data"], before["data"]):
            source = before["data"]  # `drawn:` meant as many faces as the run looked at when it began
        elif is_packed(asked["data"]):
            source = str(Path(asked["data"]).resolve())
        else:
            source = resolve(asked["data"], looked_at=int(asked["kimg"] * 1000)).spec
        labelled = has_labels(source)
        if asked.get("cond") and not labelled:
            raise Refusal(f"--cond needs labels, and {source} has none: put a labels.jsonl beside the pictures")
        c_dim = len(NAMES) if asked.get("cond", labelled) else 0
        network = DCGANConfig.of(asked.get("resolution", 96), c_dim, options["d_norm"]).to_json()
    except (DatasetError, ValueError) as error:
        raise Refusal(str(error)) from error
    return {
        "family": "dcgan",
        "network": network,
        "cfg": cfg,
        "options": options,
        "data": source,
        "init": before["init"] if before else _init(asked.get("init")),
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

    import torch
    from rich.console import Console

    from data.dataset import DatasetError
    from models import durable
    from models.checkpoint import CheckpointError
    from models.dcgan.network import DCGANConfig
    from models.dcgan.options import DCGANOptions
    from models.dcgan.train import DCGANTask
    from models.training import state
    from models.training.loop import LoopOptions, train
    from models.training.task import Diverged

    console = Console(stderr=True)
    network = DCGANConfig.from_json(config["network"])
    options = DCGANOptions.from_json(config["options"])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.backends.cudnn.deterministic = True  # a resumed run has the losses of one that never stopped, on a GPU too
    try:
        before = state.load(outdir) if resume else None
        dataset = _drawn_before(config["data"], before.run["data"]) if before else None
        dataset = dataset or open_data(config["data"], network.resolution, console)
        feed, names, vectors, labels = _feed(dataset, config["data"], network.c_dim)
        run = {
            **{name: config[name] for name in ("family", "network", "options", "seed", "init")},
            "data": dataset.manifest_hash,
            **labels,
        }
        loop = LoopOptions(
            outdir, config["kimg"], options.batch, config["seed"], config["snap"], run, dataset.manifest_hash
        )
        task = DCGANTask(network, options, config["seed"], device, loop.total, names, vectors)
        if config["init"] and before is None:
            _start_from(task, config["init"])
        console.print(
            f"{len(dataset):,} pictures, {network.resolution} px, {network.c_dim or 'no'} labels, "
            f"on {device} in {task.dtype}",
            highlight=False,
        )
        finish = train(
            task, feed, len(dataset), loop, resume=resume, console=console,
            ready=lambda: durable.write_text(outdir / OPTIONS, json.dumps(config, indent=1) + "\n"),
        )  # fmt: skip
    except (state.StateError, Diverged, CheckpointError, DatasetError) as error:
        raise Refusal(str(error)) from error
    if finish.stopped_by is not None:
        console.print(f"stopped at {finish.nimg / 1000:g} kimg; --resume continues from there")
        raise typer.Exit(128 + finish.stopped_by)
    console.print(f"done: {_finish(task, loop, finish, config, dataset, feed)}")


def _feed(dataset: Any, source: str, c_dim: int) -> tuple[Any, tuple[str, ...], Any, dict[str, str]]:
    """What gives batches, the labels' names, their vectors, and what names them in the run. Raises DatasetError."""
    import hashlib

    if not c_dim:
        return dataset.images, (), None, {}
    from data.labelled import vectors
    from data.labels import learnable
    from models.dcgan.train import Labelled

    table = vectors(dataset, source)  # float32 (N, c_dim)
    return (
        lambda indices: Labelled(dataset.images(indices), table[indices]),
        learnable(table),
        table,
        {"labels": hashlib.sha256(table.tobytes()).hexdigest()},
    )


def _finish(task: Any, loop: Any, finish: Any, config: dict[str, Any], dataset: Any, feed: Any) -> Path:
    """The trained model's folder, with its card and what D's logits mean."""
    from models.training import statistics
    from models.training.card import card, illustrate
    from models.training.loop import save_final

    lines = statistics.read(loop.outdir / "stats.jsonl")
    text = card(config, dataset.manifest, finish.nimg, finish.seconds, lines)
    folder = save_final(task, loop, finish.nimg, text, config["init"], task.calibration(feed, len(dataset)))
    illustrate(folder, loop.outdir)
    return folder


def _drawn_before(source: str, manifest_hash: str) -> Any:
    """The set that a run over drawn faces began with: the drawing program may have changed since."""
    from data.dataset import find

    return find(load().storage_dir / "cache" / "sets", manifest_hash) if source.startswith("drawn:") else None


def open_data(text: str, size: int, console: Any) -> Any:
    """The packed set of a source at `size` px, packed now where it was not; raises Refusal."""
    from rich.progress import Progress

    from data.dataset import Dataset, DatasetError, is_packed, pack, resolve

    try:
        if is_packed(text):
            dataset = Dataset(Path(text))
        else:
            with Progress(console=console, transient=True) as bar:
                shown = bar.add_task("packing", total=None)
                dataset = pack(
                    resolve(text), size, load().storage_dir / "cache" / "sets",
                    lambda done, total: bar.update(shown, completed=done, total=total),
                )  # fmt: skip
    except DatasetError as error:
        raise Refusal(str(error)) from error
    if dataset.size != size:
        raise Refusal(f"the pictures in {text} are {dataset.size} px and the network draws {size} px")
    if skipped := dataset.manifest["skipped"]:
        named = ", ".join(entry["file"] for entry in skipped[:3])
        console.print(f"{len(skipped)} files could not be read and are left out: {named}{' …' if skipped[3:] else ''}")
    return dataset


def _init(name: str | None) -> str | None:
    """What `--init` names: a model's folder, or the id of the version that its name means now."""
    from models.registry import Registry, UnknownModel

    if name is None:
        return None
    if (Path(name) / "config.json").is_file():
        return str(Path(name).resolve())
    try:
        return Registry(load().storage_dir / "models").resolve(name).id
    except UnknownModel as error:
        raise Refusal(str(error)) from error


def _start_from(task: Any, init: str) -> None:
    from models.checkpoint import load_model
    from models.registry import Registry

    folder = Path(init) if Path(init).is_dir() else Registry(load().storage_dir / "models").resolve(init).folder
    model = load_model(folder, ("G_ema", "D"))
    if model.config["family"] != "dcgan" or model.config["network"] != task.config.to_json():
        raise Refusal(f"--init {init} is another network than the one to train")
    task.start_from(dict(model.modules))
