"""What the tests of the gate ask of it, and the house that it stands in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.command import Command, Reply, UserError
from bot.gate import Gate
from bot.locale import LOCALES, Catalogue
from bot.settings import Settings
from bot.store import Store
from bot.surfaces.base import Incoming

CATALOGUE = Catalogue.load()


MEMBER, OTHER, BOSS = "qq:10001", "qq:10002", "qq:10009"


GROUP = "qq:30003"


class Time:
    """Both of the gate's clocks; they move only when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, 12, tzinfo=UTC)  # 20:00 in Shanghai
        self.ran = 0.0  # seconds, as a clock counts them that nobody can set

    def clock(self) -> float:
        return self.ran

    def pass_by(self, **duration: float) -> None:
        self.now += timedelta(**duration)
        self.ran += timedelta(**duration).total_seconds()

    def set(self, **by: float) -> None:
        """Somebody sets the machine's clock: no time passes."""
        self.now += timedelta(**by)


@dataclass
class House:
    settings: Settings
    store: Store
    time: Time
    gate: Gate

    def rebuild(self, **settings: Any) -> None:
        """The same store behind a gate with other settings."""
        self.settings = self.settings.model_copy(update=settings)
        self.gate = Gate(self.settings, self.store, clock=self.time.clock, now=lambda: self.time.now)

    async def draw(self, incoming: Incoming, command: Command | None = None) -> None:
        """A command that succeeds."""
        async with self.gate.admit(incoming, command or DRAW) as admission:
            await admission.succeeded()

    async def refusal(self, incoming: Incoming, command: Command | None = None) -> UserError:
        """Why a command is refused; every such sentence can be said in both languages."""
        with pytest.raises(UserError) as refused:
            await self.draw(incoming, command)
        error = refused.value
        assert CATALOGUE.has(error.key), error.key
        for locale in LOCALES:
            said = CATALOGUE.text(locale, error.key, **error.values)
            assert all(str(value) in said for name, value in error.values.items() if name not in ("command", "zh"))
        return error


async def _handler() -> Reply:
    return Reply("")


def command_of(name: str = "help", zh: str = "帮助", **properties: Any) -> Command:
    return Command(name, zh, _handler, (), **properties)


DRAW = command_of("waifu", "老婆", costs=True)


HELP = command_of()


def in_group(member: str = MEMBER, **properties: Any) -> Incoming:
    return Incoming("qq", GROUP, member, "/waifu", addressed=True, group=GROUP, **properties)


def in_private(member: str = MEMBER, **properties: Any) -> Incoming:
    return Incoming("qq", f"qq:@{member}", member, "/waifu", addressed=True, **properties)
