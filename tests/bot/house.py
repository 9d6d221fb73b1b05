"""A bot of real parts for the tests: store, gate, pool with its processes, dispatcher; only the networks are toys."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safetensors.numpy import save_file

import plugins
from bot.command import Reply, Role
from bot.commands import Commands
from bot.dispatch import Dispatcher
from bot.gate import Gate
from bot.locale import Catalogue
from bot.monitoring.metrics import Metrics
from bot.pool.lane import LaneSpec
from bot.pool.local import LocalPool
from bot.services import Services
from bot.settings import Settings
from bot.store import Store
from bot.surfaces.base import Incoming, SendFailed
from data.labels import NAMES
from models.registry import Registry
from tests.bot import toy_models

ROOT = Path(__file__).parents[2]


@dataclass
class Answers:
    """A responder that keeps what is sent."""

    replies: list[Reply] = field(default_factory=list)
    progressed: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refuse: bool = False  # the platform does not take it
    ids: Any = field(default_factory=lambda: map(str, itertools.count(1)))

    async def send(self, reply: Reply) -> str | None:
        if self.refuse:
            raise SendFailed("muted")
        self.replies.append(reply)
        return next(self.ids)

    async def progress(self, text: str, fraction: float | None) -> None:
        self.progressed.append(text)

    async def delete(self, message_id: str) -> bool:
        self.deleted.append(message_id)
        return True

    @property
    def last(self) -> Reply:
        return self.replies[-1]


def heard(text: str, **changes: Any) -> Incoming:
    """A message in a group of QQ, from member 1, in Chinese, that does not mention the bot."""
    base = Incoming(surface="qq", chat="qq:7", member="qq:1", text=text, addressed=False, group="qq:7")
    return replace(base, **changes)


class House:
    """A bot, and somebody who talks to it."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.answers = Answers()

    async def say(self, text: str, **changes: Any) -> Reply | None:
        """Say something in the group; what the bot answers, None where it does not."""
        before = len(self.answers.replies)
        await self.services.dispatcher.handle(heard(text, **changes), self.answers)
        return self.answers.replies[-1] if len(self.answers.replies) > before else None

    async def ask(self, text: str, **changes: Any) -> Reply:
        """Say something that must be answered."""
        reply = await self.say(text, **changes)
        assert reply is not None, f"{text!r} was met with silence"
        return reply


@asynccontextmanager
async def house(
    tmp_path: Path,
    lanes: list[LaneSpec] | None = None,
    *,
    labels: Sequence[str] = (),
    models: str = toy_models.FACTORY,
    pictures: str = "data.pictures.lane:PictureRunner",
    **settings: Any,
) -> AsyncIterator[House]:
    """A bot with its store in `tmp_path`. Cooldown is off unless asked for; its model knows `labels`."""
    resolved = Settings(_env_file=None, storage_dir=tmp_path / "var", **{"cooldown_seconds": 0, **settings})  # type: ignore[call-arg]
    weights = tmp_path / "weights" / "waifu"
    weights.mkdir(parents=True, exist_ok=True)
    write_toy(weights, labels)
    store = await Store.open(resolved)
    metrics = Metrics()
    pool = LocalPool(
        lanes
        or [
            LaneSpec(
                lane="model",
                factory=models,
                devices=("cpu",),
                threads=1,
                warm_up=("waifu",),
                start_method="forkserver",  # as quick as it gets: a house is built for each test
            ),
            LaneSpec(
                lane="picture",
                factory=pictures,
                first_batch=1,
                start_method="forkserver",
            ),
        ],
        observe=metrics.batch,
    )
    services = Services(
        settings=resolved,
        catalogue=Catalogue.load(),
        commands=Commands.discover(plugins),
        store=store,
        models=Registry(resolved.storage_dir / "models", tmp_path / "weights"),
        pool=pool,
        gate=Gate(resolved, store),
        metrics=metrics,
    )
    services.dispatcher = Dispatcher(services)
    await pool.start()
    try:
        yield House(services)
    finally:
        await pool.stop(grace=0.5)
        await store.close()


def write_toy(folder: Path, labels: Sequence[str]) -> None:
    """What the bot's own process reads of a model, for one that knows these labels."""
    if not labels:
        (folder / "config.json").write_text("{}")
        (folder / "model.safetensors").touch()
        return
    config = {"labels": list(labels), "network": {"z_dim": toy_models.Z_DIM}}
    (folder / "config.json").write_text(json.dumps(config))
    bank = toy_models.bank()[:, [NAMES.index(name) for name in labels]]
    save_file({"G_ema.c_bank": bank}, folder / "model.safetensors")


SUPERUSER = {"role": Role.SUPERUSER}


def write_twin(folder: Path, domains: Sequence[str], labels: Sequence[str] = (), **more: Any) -> None:
    """What the bot's own process reads of a model that translates between these domains."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"family": "twingan", "labels": list(labels), "network": {"domains": list(domains), "resolution": 32}}
    (folder / "config.json").write_text(json.dumps(config | more))
    (folder / "model.safetensors").touch()
