"""A training run as the command line sees it: its folder, its data, how it ends. Every network's `train` uses it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from bot.cli.refusal import Refusal
from bot.cli.sets import open_data, sets

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from data.dataset import Dataset
    from models.training.loop import Finish, LoopOptions

Outdir = Annotated[Path, typer.Option(help="Folder of the run; it must be empty unless --resume.")]
Kimg = Annotated[float | None, typer.Option(min=0.001, help="Length of the run, in thousands of images.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Continue the run in --outdir; --kimg may be larger than before.")
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**32 - 1, help="All chance of the run comes from it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the resolved config as JSON and stop.")]

OPTIONS = "options.json"  # in the run's folder: what the run is, so that --resume needs no other option


def before(outdir: Path, resume: bool) -> dict[str, Any]:
    """What the run in `outdir` was, {} for a new one. Raises Refusal where there is none to continue."""
    if not resume:
        return {}
    try:
        return json.loads((outdir / OPTIONS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refusal(f"there is no run to continue in {outdir}; without --resume one begins there") from None
    except (OSError, ValueError) as error:
        raise Refusal(f"{outdir / OPTIONS} cannot be read: {error}") from error


def source_of(asked: Mapping[str, Any], earlier: Mapping[str, Any]) -> str:
    """What names the pictures of a run for good. `asked` has `data` and `kimg`. Raises Refusal."""
    from data.dataset import DatasetError, is_packed, resolve

    data: str = asked["data"]
    if earlier and data in (earlier["asked"]["data"], earlier["data"]):
        return earlier["data"]  # `drawn:` meant as many faces as the run looked at when it began
    if is_packed(data):
        return str(Path(data).resolve())
    try:
        return resolve(data, looked_at=int(asked["kimg"] * 1000)).spec
    except DatasetError as error:
        raise Refusal(str(error)) from error


class Pictures(Protocol):
    """What a run learns on: a packed set, or what its pictures are made of."""

    manifest_hash: str

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class Run:
    """One run, new or continued. `config` has family, network, options, data, init, seed, kimg and snap."""

    outdir: Path
    config: dict[str, Any]
    resume: bool
    console: Console = field(repr=False)

    @classmethod
    def begin(cls, outdir: Path, config: dict[str, Any], resume: bool) -> Run:
        """Meets the other processes, where torchrun started some. Raises Refusal where the folder is not free."""
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve whatever else runs here
        from data import durable
        from models.training import several

        if several.join() is not None and config["family"] not in ("stylegan", "twingan"):
            raise Refusal("only a StyleGAN or a TwinGAN learns on several devices; start it without torchrun")
        if several.rank() == 0 and not resume and durable.is_used(outdir):
            raise Refusal(f"{outdir} is not empty: continue the run in it with --resume, or name another --outdir")
        from rich.console import Console

        return cls(outdir, config, resume, Console(stderr=True, quiet=several.rank() > 0))

    @cached_property
    def device(self) -> str:
        """Where it is trained."""
        import torch

        torch.backends.cudnn.deterministic = True  # a resumed run has the losses of one that never stopped, there too
        return "cuda" if torch.cuda.is_available() else "cpu"

    @cached_property
    def begun(self) -> dict[str, Any] | None:
        """What the saved state says of the run, None for one that has learnt nothing yet. Raises StateError."""
        from models.training import state

        progress = state.load(self.outdir) if self.resume else None
        return None if progress is None else dict(progress.run)

    def data(self, size: int) -> Dataset:
        """The set that it learns from, at `size` px: the one that it began with, were the drawings changed since."""
        from data.dataset import find
        from models.training import several

        if several.rank():
            several.wait()  # the first process packs it
        kept = find(sets(), self.begun["data"]) if self.begun and self.config["data"].startswith("drawn:") else None
        dataset = kept or open_data(self.config["data"], size, self.console)
        if not several.rank():
            several.wait()
        return dataset

    def loop(self, dataset: Pictures, batch: int, **more: Any) -> LoopOptions:
        """The loop's options; `more` must also be the same when the run is continued."""
        from models.training.loop import LoopOptions

        config = self.config
        same = {name: config[name] for name in ("family", "network", "options", "seed", "init")}
        run = {**same, "data": dataset.manifest_hash, **more}
        return LoopOptions(
            self.outdir, config["kimg"], batch, config["seed"], config["snap"], run, dataset.manifest_hash
        )

    def split(self, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
        """Which of the pictures to learn from and which to hold out, int64, ascending."""
        from models.training.held_out import split

        return split(len(dataset), self.config["seed"])

    def told(self, nimg: int, line: Mapping[str, Any]) -> None:
        """Of every line of statistics, and of what is measured at snapshots."""

    def train(
        self,
        task: Any,
        feed: Callable[..., Any],
        dataset: Pictures,
        loop: LoopOptions,
        count: int | None = None,
        measure: Callable[[], Mapping[str, float]] | None = None,
    ) -> Finish:
        """Until the end, or a signal: then it says how to go on, and exits as a shell expects of a signal.

        `count` are the pictures that `feed` knows, where some are held out; see `models.training.loop.train`.
        """
        from data import durable
        from models.training import several
        from models.training.loop import train

        if several.rank():
            accompanied = several.Accompanied(loop.total, loop.batch, loop.seed, self.resume)
            several.accompany(task, feed, len(dataset) if count is None else count, self.outdir, accompanied)
            several.wait()
            raise typer.Exit(0)
        finish = train(
            task, feed, len(dataset) if count is None else count, loop, resume=self.resume, console=self.console,
            measure=measure, tell=self.told,
            ready=lambda: durable.write_text(self.outdir / OPTIONS, json.dumps(self.config, indent=1) + "\n"),
        )  # fmt: skip
        several.wait()
        if finish.stopped_by is not None:
            self.console.print(f"stopped at {finish.nimg / 1000:g} kimg; --resume continues from there")
            raise typer.Exit(128 + finish.stopped_by)
        return finish


def launch(
    outdir: Path,
    given: Mapping[str, Any],
    resume: bool,
    dry_run: bool,
    resolve: Callable[[Path, dict[str, Any], bool], dict[str, Any]],
    run: Callable[[Run], None],
) -> None:
    """A command that trains: `resolve` says what the run is from those options that were `given`; `run` runs it.

    With `dry_run` it is only printed. Raises Refusal.
    """
    config = resolve(outdir, {name: value for name, value in given.items() if value is not None}, resume)
    if dry_run:
        typer.echo(json.dumps({**config, "outdir": str(outdir), "resume": resume}, indent=1))
    else:
        run(Run.begin(outdir, config, resume))
