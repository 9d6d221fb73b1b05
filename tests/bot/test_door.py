"""Few at a time, and every refusal a sentence."""

import asyncio
from typing import get_args

import pytest

from bot.command import UserError
from bot.door import MOST_AT_ONCE, MOST_OF_ONE, Door
from bot.locale import LOCALES, Catalogue
from bot.settings import Settings
from data.intake import Reason
from data.pictures.types import Refusal
from tests.wire.picture_host import PictureHost


def door(host: PictureHost | None = None, **given: object) -> Door:
    allowed = [host.address] if host else []
    return Door(Settings(_env_file=None, intake_allow=allowed, **given))  # type: ignore[call-arg, arg-type]


async def test_a_picture_is_fetched_where_the_operator_allows_it() -> None:
    async with PictureHost() as host:
        host.files["/a.png"] = b"picture"
        assert (await door(host).fetch(host.url("/a.png"), "qq")).content == b"picture"
        with pytest.raises(UserError) as refused:
            await door().fetch(host.url("/a.png"), "qq")
    assert refused.value.key == "intake.not_allowed"


async def test_the_settings_bound_what_is_fetched() -> None:
    async with PictureHost() as host:
        host.files["/a.png"] = b"picture"
        with pytest.raises(UserError) as refused:
            await door(host, intake_max_bytes=6).fetch(host.url("/a.png"), "qq")
    assert refused.value.key == "intake.too_large"


@pytest.mark.parametrize("reason", [*get_args(Reason), *get_args(Refusal)])
def test_every_reason_is_a_sentence_in_every_language(reason: str) -> None:
    catalogue = Catalogue.load()
    error = door().refusal(reason)
    assert catalogue.has(error.key)
    for locale in LOCALES:
        assert "{" not in catalogue.text(locale, error.key, **error.values)
    assert "20 MB" in catalogue.text("en", "intake.too_large", **error.values)
    assert "50,000,000" in catalogue.text("en", "intake.too_many_pixels", **error.values)


class Crowd:
    """Members who stay at the door until they are told to go."""

    def __init__(self) -> None:
        self.door = door()
        self.inside: list[str] = []
        self.go = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, *members: str) -> None:
        self.tasks += [asyncio.create_task(self._stay(member)) for member in members]
        await asyncio.sleep(0)  # each runs until it is inside, or waits
        await asyncio.sleep(0)

    async def _stay(self, member: str) -> None:
        async with self.door.turn(member):
            self.inside.append(member)
            await self.go.wait()

    async def leave(self) -> None:
        self.go.set()
        await asyncio.gather(*self.tasks)


async def test_one_member_does_not_keep_the_door_from_the_others() -> None:
    crowd = Crowd()
    await crowd.come(*["qq:1"] * 20, "qq:2")
    assert sorted(crowd.inside) == ["qq:1"] * MOST_OF_ONE + ["qq:2"]
    await crowd.leave()
    assert crowd.inside.count("qq:1") == 20


async def test_the_bot_lets_in_only_so_many_at_once() -> None:
    crowd = Crowd()
    await crowd.come(*(f"qq:{i}" for i in range(MOST_AT_ONCE + 5)))
    assert len(crowd.inside) == MOST_AT_ONCE
    await crowd.leave()
    assert len(crowd.inside) == MOST_AT_ONCE + 5


async def test_who_waits_too_long_is_told_so_and_keeps_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.door.WAIT_SECONDS", 0.05)
    crowd = Crowd()
    await crowd.come(*(f"qq:{i}" for i in range(MOST_AT_ONCE)))
    with pytest.raises(UserError) as refused:
        async with crowd.door.turn("qq:late"):
            pass
    assert refused.value.key == "intake.busy"
    await crowd.leave()
    for _ in range(MOST_AT_ONCE * 2):
        async with crowd.door.turn("qq:late"):
            pass
