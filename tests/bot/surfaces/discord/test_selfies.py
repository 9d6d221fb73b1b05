"""What members of a Discord server meet: photos turned into drawings, and twins. Only the networks are toys."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot import chat
from tests.bot import toy_twins
from tests.bot.house import House, house, write_twin
from tests.bot.surfaces.discord.conftest import connected, on
from tests.plugins.brought import RED, scene, upload
from tests.plugins.selfies import CYAN, DOMAINS, LABELS, YELLOW, film, near, opposite, people, photo
from tests.wire.fake_discord import FakeDiscord, Interaction


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow machine "Drawing…" would be the first answer."""
    monkeypatch.setattr(chat, "PATIENCE", 600.0)


@pytest.fixture
async def home(tmp_path: Path, fake: FakeDiscord) -> AsyncIterator[House]:
    write_twin(tmp_path / "weights" / "twin", DOMAINS, LABELS)
    networks: dict[str, Any] = {"models": toy_twins.FACTORY, "pictures": toy_twins.PICTURES}
    host = fake.base.removeprefix("http://")
    async with house(tmp_path, intake_allow=[host], **networks, **on(fake)) as built, connected(built.services):
        yield built


def opened(it: Interaction) -> Image.Image:
    return Image.open(io.BytesIO(next(iter(it.files.values()))))


async def done(it: Interaction) -> Interaction:
    """Once its answer is there, which has buttons: before, it says how far it is."""
    async with asyncio.timeout(60):
        while not (it.messages and it.message["components"]):  # noqa: ASYNC110 - it does not tell
            await asyncio.sleep(0.01)
    return it


def middle(it: Interaction) -> np.ndarray:
    pixels = np.asarray(opened(it).convert("RGB")).astype(int)
    return pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]


async def test_a_photo_is_turned_by_the_command_and_from_a_messages_menu(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("selfie2anime", {"picture": photo(CYAN).content, "strength": 0.5})).answered()
    assert "as anime" in it.content
    assert "strength 0.5" in it.content
    assert {"Another one", "Stronger", "Side by side", "Keep"} <= set(it.labels)
    message = await fake.message("me", files={"a.png": photo(CYAN).content})
    it = await (await fake.menu("Selfie2anime", message)).answered()
    assert near(middle(it), opposite(CYAN))
    it = await done(await fake.slash("selfie2anime", {"picture": film().content}))
    assert opened(it).format == "WEBP"
    second = {"picture": photo().content, "picture2": upload(scene(RED)).content}
    it = await (await fake.slash("selfie2anime", second)).answered()
    assert near(middle(it), np.array(RED))


async def test_a_press_finds_the_photo_in_the_message_that_was_answered(home: House, fake: FakeDiscord) -> None:
    message = await fake.message("动漫化", mention_bot=True, files={"a.png": photo(CYAN).content})
    answer = await fake.replied(message)
    labels = {c["label"]: c["custom_id"] for row in answer["components"] for c in row["components"]}
    stronger = await (await fake.click(answer, labels["更强"], locale="en-US")).answered()
    assert "strength 1.25" in stronger.content
    kept = await (await fake.click(answer, labels["收藏"], locale="en-US")).answered()
    assert "is yours now" in kept.content
    assert kept.ephemeral


async def test_a_press_under_a_command_asks_for_the_photo_unless_it_stands_above(
    home: House, fake: FakeDiscord
) -> None:
    it = await (await fake.slash("selfie2anime", {"picture": photo(CYAN).content})).answered()
    asked = await (await fake.click(it.message, it.labels["Stronger"])).answered()
    assert "don't keep photos" in asked.content
    assert "/selfie2anime strength:1.25" in asked.content
    it = await (await fake.slash("selfie2anime", {"picture": photo(CYAN, YELLOW).content, "side": True})).answered()
    stronger = await (await fake.click(it.message, it.labels["Stronger"])).answered()
    assert "2 faces as anime" in stronger.content
    assert "strength 1.25" in stronger.content


async def test_where_no_face_is_found_the_middle_is_taken_by_a_press(home: House, fake: FakeDiscord) -> None:
    it = await (await fake.slash("selfie2anime", {"picture": upload(people()).content})).answered()
    assert "can't find a face" in it.content
    made = await (await fake.click(it.message, it.labels["Use the middle"])).answered()
    assert "as anime" in made.content


async def test_twins_are_found_by_the_command_and_from_a_messages_menu(home: House, fake: FakeDiscord) -> None:
    it = await done(await fake.slash("twin", {"picture": photo().content}))
    assert "the 5 who look most like that" in it.content
    assert "Bigger…" in it.labels or "big 1" in it.labels
    message = await fake.message("who", files={"a.png": upload(scene(RED)).content})
    it = await (await fake.menu("Twin", message)).answered()
    assert "the 5 who look most like that" in it.content
    big = await (await fake.click(it.message, it.labels["big 2"])).answered()
    assert opened(big).format == "PNG"


async def test_every_option_of_the_command_fits_into_discords_list(home: House, fake: FakeDiscord) -> None:
    await fake.wait_request("PUT", r"/applications/\d+/commands$")
    commands = {(c["type"], c["name"]): c for c in fake.commands["global"]}
    names = {option["name"] for option in commands[1, "selfie2anime"]["options"]}
    assert len(names) == 25
    assert {"picture", "picture2", "avatar", "id", "to", "like", "hair", "side", "middle"} <= names
    menus = {name: menu["name_localizations"]["zh-CN"] for (kind, name), menu in commands.items() if kind == 3}
    assert menus == {
        "Conhead": "接头", "Recipe": "配方", "Judge": "鉴定", "Selfie2anime": "动漫化", "Twin": "撞脸"
    }  # fmt: skip
