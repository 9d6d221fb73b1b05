"""`python -m bot train twingan`: pictures of one domain become pictures of another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.progress import shown
from bot.cli.refusal import Refusal, refusing
from bot.cli.sets import open_data, sets
from bot.cli.training import gans
from bot.cli.training.runs import DryRun, Kimg, Outdir, Resume, Run, Seed, before, launch, source_of

if TYPE_CHECKING:
    from models.checkpoint import Model
    from models.training.loop import Finish, LoopOptions
    from models.twingan.domains import Domain
    from models.twingan.train import TwinTask

FIRST = {"a": "photo", "b": "anime", "c": "cat"}  # the domains that have an option of their own
GIVEN = ("micro_batch", "lr", "penalty", "gamma", "grow", "back", "aug", "mirror")  # what goes before the preset
SIZES = ("channel_base", "channel_max", "norm", "skip_max")
HELD = 32  # photos that no step sees, where no list says which

_SOURCE = "PATH.zip, FOLDER, a packed folder, or drawn:SPEC"


def train_twingan(
    outdir: Outdir,
    a: Annotated[str | None, typer.Option(help=f"The domain photo, photos of people: {_SOURCE}.")] = None,
    b: Annotated[str | None, typer.Option(help=f"The domain anime: {_SOURCE} like drawn:kind=portrait.")] = None,
    c: Annotated[str | None, typer.Option(help=f"The domain cat: {_SOURCE} like drawn:kind=cat.")] = None,
    domain: Annotated[
        list[str] | None, typer.Option(help="NAME=SOURCE: another domain; may come more than once.")
    ] = None,
    kimg: Kimg = None,
    resume: Resume = False,
    init: Annotated[
        str | None,
        typer.Option(help="Start from these weights: a model's NAME, or its folder. Domains that it lacks are added."),
    ] = None,
    held_out: Annotated[
        Path | None,
        typer.Option(help=f"JSON or lines of the names or SHA-256 of photos to leave out; {HELD} by chance otherwise."),
    ] = None,
    cfg: Annotated[
        str | None, typer.Option(help="Preset: small (unless given; 64 px, for a CPU), twin (128 px).")
    ] = None,
    resolution: Annotated[
        int | None, typer.Option(help="A power of two from 8 to 512 px; the preset's unless given.")
    ] = None,
    channel_base: Annotated[int | None, typer.Option(min=32, help="Channels times pixels of a side.")] = None,
    channel_max: Annotated[int | None, typer.Option(min=4, max=4096, help="Channels at most.")] = None,
    norm: Annotated[str | None, typer.Option(help="group (unless given), instance, batch_renorm.")] = None,
    skip_max: Annotated[int | None, typer.Option(min=4, help="Side of the largest map that E hands to G.")] = None,
    batch: Annotated[int | None, typer.Option(min=4, max=4096, help="Images of each domain a step.")] = None,
    micro_batch: Annotated[
        int | None, typer.Option(min=4, max=4096, help="Images at a time on the device, a multiple of four.")
    ] = None,
    lr: Annotated[float | None, typer.Option(min=1e-7, max=1.0, help="Learning rate of E, G and the Ds.")] = None,
    penalty: Annotated[str | None, typer.Option(help="r1, or dragan.")] = None,
    gamma: Annotated[float | None, typer.Option(min=0.0, max=10000.0, help="Weight of the penalty; 0: none.")] = None,
    grow: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Part of the run in which it grows from 4 px; 0: it does not."),
    ] = None,
    back: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="How often a step learns a way that is not from the first domain."),
    ] = None,
    aug: Annotated[
        str | None, typer.Option(help="DiffAugment where pictures are few: none, or color,translation,cutout.")
    ] = None,
    mirror: Annotated[bool | None, typer.Option(help="Flip half of the pictures.")] = None,
    weight: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of a loss or a share, like cycle=0.1; --dry-run shows all.")
    ] = None,
    keep_d: Annotated[
        bool | None, typer.Option(help="Whether the model keeps its discriminators; not unless told to.")
    ] = None,
    seed: Seed = None,
    snap: Annotated[int | None, typer.Option(min=1, help="kimg between snapshots; 10 unless given.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Train a TwinGAN."""
    given = {
        "a": a, "b": b, "c": c, "domain": domain or None, "kimg": kimg, "init": init,
        "held_out": None if held_out is None else str(held_out), "cfg": cfg, "resolution": resolution,
        "channel_base": channel_base, "channel_max": channel_max, "norm": norm, "skip_max": skip_max, "batch": batch,
        "micro_batch": micro_batch, "lr": lr, "penalty": penalty, "gamma": gamma, "grow": grow, "back": back,
        "aug": aug, "mirror": mirror, "weight": weight or None, "keep_d": keep_d, "seed": seed, "snap": snap,
    }  # fmt: skip
    launch(outdir, given, resume, dry_run, _resolve, _run)


def _resolve(outdir: Path, given: dict[str, Any], resume: bool) -> dict[str, Any]:
    """What the run is: from the options, and from the run that stands in `outdir` where it is continued."""
    from data.dataset import DatasetError
    from data.labels import NAMES
    from models.checkpoint import CheckpointError, read_config
    from models.twingan.config import TwinConfig
    from models.twingan.options import preset

    earlier = before(outdir, resume)
    asked = {**earlier.get("asked", {}), **given}
    data = _sources(asked, earlier)
    init = earlier["init"] if earlier else gans.named(asked.get("init"))
    try:
        cfg = asked.get("cfg", "small")
        sizes = {name: asked[name] for name in SIZES if name in asked}
        network, options = preset(cfg, tuple(data), len(NAMES), asked.get("resolution"), asked.get("batch"), **sizes)
        if init is not None:
            model = read_config(gans.folder_named(init))
            if model.get("family") != "twingan":
                raise Refusal(f"{init} is no TwinGAN")
            network = TwinConfig.from_json(model["network"])
            for name in data:
                network = network if name in network.domains else network.with_domain(name)
        if earlier and not given.keys() & {"resolution", "cfg", *SIZES}:
            network = TwinConfig.from_json(earlier["network"])
        resolved = _options(options.to_json(), asked)
    except (ValueError, KeyError, DatasetError, CheckpointError) as error:
        raise Refusal(str(error)) from error
    options_of = {domain: option for option, domain in FIRST.items()}
    sources: dict[str, Any] = {options_of[name]: text for name, text in data.items() if name in options_of}
    if others := [f"{name}={text}" for name, text in data.items() if name not in options_of]:
        sources["domain"] = others
    return {
        "family": "twingan",
        "network": network.to_json(),
        "cfg": cfg,
        "options": resolved,
        "data": data,
        "sources": sources,
        "held_out": asked.get("held_out"),
        "init": init,
        "keep_d": asked.get("keep_d", False),
        "seed": asked.get("seed", 0),
        "kimg": asked["kimg"],
        "snap": asked.get("snap", 10),
        "asked": asked,
    }


def _sources(asked: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, str]:
    """The domains in order, and what names the pictures of each for good. Raises Refusal."""
    from models.twingan.config import is_domain

    texts = {name: asked[option] for option, name in FIRST.items() if option in asked}
    for entry in asked.get("domain", ()):
        name, _, text = entry.partition("=")
        if not is_domain(name) or not text or name in texts:
            raise Refusal(f"--domain is NAME=SOURCE, another one each time; not {entry!r}")
        texts[name] = text
    if len(texts) < 2 or "kimg" not in asked:
        raise Refusal(
            "--a, --b and --kimg say what to translate from and to, and for how long to train; give all three"
        )
    known: Mapping[str, str] = earlier.get("data", {})
    before_ = earlier.get("asked", {})
    typed = {name: before_.get(option) for option, name in FIRST.items()}
    typed |= dict(entry.partition("=")[::2] for entry in before_.get("domain", ()))
    found = {}
    for name, text in texts.items():
        past = {"asked": {"data": typed.get(name)}, "data": known[name]} if name in known else {}
        found[name] = source_of({"data": text, "kimg": asked["kimg"]}, past)
    return found


def _options(options: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """A preset's options with what was given in their place. Raises ValueError."""
    from models.twingan.options import TwinOptions

    given = {name: asked[name] for name in GIVEN if name in asked}
    for entry in asked.get("weight", ()):
        name, _, value = entry.partition("=")
        if not isinstance(options.get(name), float):
            names = ", ".join(name for name, value in options.items() if isinstance(value, float))
            raise ValueError(f"--weight is NAME=VALUE, the name one of {names}; not {entry!r}")
        given[name] = float(value)
    return TwinOptions.from_json({**options, **given}).to_json()


def _run(run: Run) -> None:
    import torch

    from data.labels import learnable
    from models.training import several
    from models.twingan.config import TwinConfig
    from models.twingan.measure import Agreement
    from models.twingan.options import TwinOptions
    from models.twingan.train import TwinTask

    config = run.config
    network, options = TwinConfig.from_json(config["network"]), TwinOptions.from_json(config["options"])
    if run.device == "cuda":  # speed before the last digit: sums of many threads are not repeatable here anyway
        torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = False, True
    say: Callable[[str], None] = lambda sentence: run.console.print(sentence, highlight=False)
    if several.world() > 1 and options.batch % (4 * several.world()):
        raise Refusal(
            f"{several.world()} devices share a --batch that {4 * several.world()} divides, not {options.batch}"
        )
    if several.world() > 1 and network.norm == "batch_renorm":
        raise Refusal("with batch_renorm a TwinGAN learns on one device: what it counts is not shared")
    with refusing(ValueError):
        domains, manifests = _domains(run, network.resolution)
        hashes = {name: manifest["hash"] for name, manifest in manifests.items()}
        held = hashlib.sha256(json.dumps([domain.held.tolist() for domain in domains]).encode()).hexdigest()
        loop = run.loop(_Together(domains), options.batch, sets=hashes, held=held)
        names = learnable(_known(domains))
        model = gans.loaded(config["init"], _kept_parts(network.domains)) if config["init"] else None
        fresh = tuple(name for name in network.domains if model is not None and name not in model.config["domains"])
        task = TwinTask(
            network, options, domains, config["seed"], run.device, loop.total, names, fresh, config["keep_d"], say
        )
        if model is not None and run.begun is None:
            task.start_from(_grown(model, network.domains))
        for one in domains:
            labels = "with" if one.is_labelled else "without"
            say(f"{one.name}: {len(one.learnt):,} pictures {labels} labels, {len(one.held)} held out")
        say(f"{network.resolution} px, {network.norm} norm, on {run.device} in {task.dtype}")
        if fresh:
            say(f"{', '.join(fresh)}: nothing else changes")
        count = max(len(one.learnt) for one in domains)
        end = run.train(task, lambda indices: indices, _Together(domains), loop, count, Agreement.of(task))
    say(f"done: {_finish(task, loop, end, config, manifests)}")


def _kept_parts(domains: tuple[str, ...]) -> tuple[str, ...]:
    return "E_ema", "G_ema", *(f"D_{name}" for name in domains)


class _Together:
    """All sets of a run, as `Run` knows one."""

    def __init__(self, domains: list[Domain]) -> None:
        self._count = max(len(domain.learnt) for domain in domains)
        self.manifest_hash = hashlib.sha256("".join(domain.manifest_hash for domain in domains).encode()).hexdigest()

    def __len__(self) -> int:
        return self._count


def _domains(run: Run, size: int) -> tuple[list[Domain], dict[str, Any]]:
    """The pictures of every domain that has some, in the order of the config, and their manifests."""
    from data.dataset.people import pack_people
    from data.labelled import has_labels
    from models.twingan.domains import CATS, FACES, PICTURES, of_people, of_set

    data: Mapping[str, str] = run.config["data"]
    kind = lambda text: (CATS if "kind=cat" in text else FACES) if text.startswith("drawn:") else PICTURES
    kinds = sorted({kind(text) for text in data.values()} - {PICTURES})
    domains, manifests = [], {}
    for name in (name for name in run.config["network"]["domains"] if name in data):
        text = data[name]
        if name.startswith("photo") and not text.startswith("drawn:"):
            with shown(run.console, f"looking at {name}s") as report:
                people = pack_people(text, size, sets(), kinds, report)
            domains.append(of_people(name, people, _held(people, run.config)))
            manifests[name] = people.manifest
        else:
            dataset = _kept(run, name) or open_data(text, size, run.console)
            domains.append(of_set(name, dataset, kind(text), has_labels(text)))
            manifests[name] = dataset.manifest
    return domains, manifests


def _kept(run: Run, name: str) -> Any:
    """The drawings that the run began with, were the drawing program changed since; None where there are none."""
    from data.dataset import find

    if not run.begun or not run.config["data"][name].startswith("drawn:"):
        return None
    return find(sets(), run.begun["sets"][name])


def _held(people: Any, config: Mapping[str, Any]) -> Any:
    """Which photos no step sees: those of a list, or some by what they are. Raises Refusal where a list has none."""
    import numpy as np

    n = len(people)
    if config["held_out"] is None:
        order = sorted(range(n), key=lambda at: people.digests[at])  # the same ones, whatever is added to the set
        return np.sort(np.array(order[: min(HELD, max(2, n // 10)) if n > 3 else 0], np.int64))
    try:
        words = _words(Path(config["held_out"]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal(f"{config['held_out']} cannot be read: {error}") from error
    held = [at for at in range(n) if {people.names[at], people.digests[at], people.sources[at]} & words]
    if not held:
        raise Refusal(f"{config['held_out']} names no photo of {config['data']['photo']}")
    return np.array(held, np.int64)


def _words(text: str) -> set[str]:
    """Every text in a JSON file, or every line of another one."""
    if not text.lstrip().startswith(("{", "[")):
        return {line.strip() for line in text.splitlines() if line.strip()}
    found, waiting = set(), [json.loads(text)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found


def _known(domains: list[Domain]) -> Any:
    """float32 (n, c_dim): the labels of those pictures of which most are known, for what can be asked for."""
    best = max(domains, key=lambda domain: float(domain.said.sum()) * (not domain.people))
    return best.c


def _grown(model: Model, domains: tuple[str, ...]) -> dict[str, Any]:
    """The networks of a model, with those domains that it lacks."""
    modules = dict(model.modules)
    known = model.config["network"]["domains"]
    like = known[-1] if len(known) < 2 else known[1]
    for name in domains:
        if name not in known:
            for network in ("E_ema", "G_ema"):
                modules[network].add_domain(name, like)  # type: ignore[operator]
            if f"D_{like}" in modules:
                modules[f"D_{name}"] = modules[f"D_{like}"]
    return modules


def _finish(
    task: TwinTask, loop: LoopOptions, end: Finish, config: Mapping[str, Any], manifests: Mapping[str, Any]
) -> Path:
    """The trained model's folder, with its card."""
    from models.training import statistics
    from models.training.card import card, illustrate
    from models.training.loop import save_final

    lines = statistics.read(loop.outdir / "stats.jsonl")
    metrics = statistics.read(loop.outdir / "metrics.jsonl")
    text = card(config, manifests, end.nimg, end.seconds, lines, metrics, end.nimg)
    folder = save_final(task, loop, end.nimg, text, config["init"])
    illustrate(folder, loop.outdir)
    return folder
