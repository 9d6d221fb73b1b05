"""Pictures that members give, a toy that looks at them, and who gives them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from bot.characters import consent
from bot.characters.acting import Actor
from bot.characters.characters import create
from bot.characters.contributing import Batch, open_batch
from bot.characters.outcomes import Outcome
from bot.command import Role
from bot.commands import Commands
from bot.gate import Gate
from bot.locale import Catalogue
from bot.monitoring.metrics import Metrics
from bot.services import Services
from bot.settings import Settings
from bot.store import Store
from bot.store.characters import Character
from data.pictures import Pixels, Upload
from data.vision.requests import EMBEDDING, Rate, See, spoken
from models.registry import Registry
from tests.bot.house import House
from tests.bot.monitoring.peers import StillPool
from tests.bot.toy_models import ToyModels, _seen

FACTORY = f"{__name__}:LookingToyModels"
UNRATING = f"{__name__}:UnratingToyModels"

GROUP, OTHER = "qq:7", "qq:8"
ADMIN = Actor("qq:2", GROUP, Role.ADMIN, "qq")
MEMBER = Actor("qq:1", GROUP, Role.MEMBER, "qq")
SUPERUSER = Actor("web:local", None, Role.SUPERUSER, "web")
ALONE = Actor("qq:1", None, Role.MEMBER, "qq")
STRANGER = Actor("qq:9", OTHER, Role.ADMIN, "qq")

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
HAIR, ALIEN = (240, 200, 60), (40, 90, 160)
SIDE = 110  # px of a face


class LookingToyModels(ToyModels):
    """What it sees in a face is the colour around it, and in a picture that has a black stripe at its left edge
    something that is not for everybody, the surer the wider it is."""

    def _one(self, request: Any) -> Any:
        match request:
            case See():
                return spoken([_embedded(picture) for picture in request.pictures])
            case Rate():
                return np.array([_stripe(picture) / 100 for picture in request.pictures], np.float32)
        return super()._one(request)


class UnratingToyModels(LookingToyModels):
    """One whose classifier is broken."""

    def _one(self, request: Any) -> Any:
        return ToyModels._one(self, request) if isinstance(request, Rate) else super()._one(request)


def _embedded(picture: Pixels) -> Any:
    """Its first three numbers are the colour of the corners, about grey."""
    corners = np.median(np.concatenate([picture[:12, :12].reshape(-1, 3), picture[:12, -12:].reshape(-1, 3)]), 0)
    vector = np.zeros(EMBEDDING, np.float32)
    vector[:3] = corners - 128
    seen = _seen(0.5, 0.1)
    return type(seen)(seen.choices, seen.numbers, vector / np.linalg.norm(vector))


def _stripe(picture: Pixels) -> int:
    return min(100, int((picture[:, :100].max(2) < 30).all(0).sum()))


def picture(
    number: int, faces: Sequence[tuple[int, int, int]] = (RED,), hair: tuple[int, int, int] = HAIR, stripe: int = 0
) -> Pixels:
    """Faces, from left to right, with hair of a colour around them, and no two numbers alike."""
    chance = np.random.default_rng(number)
    width = 160 + 320 * len(faces)
    pixels = np.full((420, width, 3), 235, np.uint8)
    for place, face in enumerate(faces):
        x, y = 160 + 320 * place, 180
        cv2.rectangle(pixels, (x - 80, y - 120), (x + SIDE + 80, y + SIDE + 60), hair, -1)
        for _ in range(9):
            ink = tuple(int(v) for v in chance.integers(60, 190, 3))
            a, b = (int(v) for v in chance.integers(-60, SIDE + 50, 2))
            cv2.circle(pixels, (x + a, y + b), int(chance.integers(14, 40)), ink, -1)
        cv2.rectangle(pixels, (x, y), (x + SIDE - 1, y + SIDE - 1), face, -1)
        for _ in range(5):  # what the face is like; still of its colour to the toy that finds
            a, b = (int(v) for v in chance.integers(10, SIDE - 30, 2))
            shade = tuple(205 if c == 255 else 50 for c in face)
            cv2.rectangle(pixels, (x + a, y + b), (x + a + 22, y + b + 14), shade, -1)
    pixels[:, :stripe] = 0
    return pixels


def file(pixels: Pixels, kind: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def zipped(*contents: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number:03}.png", content)
    return buffer.getvalue()


def services_of(settings: Settings, store: Store) -> Services:
    """A bot that has a store, and nobody who works."""
    return Services(
        settings=settings,
        catalogue=Catalogue.load(),
        commands=Commands([]),
        store=store,
        models=Registry(settings.storage_dir / "models", settings.storage_dir / "no-starters"),
        pool=StillPool(),
        gate=Gate(settings, store),
        metrics=Metrics(),
    )


async def uploads(*contents: bytes) -> AsyncIterator[Upload]:
    for content in contents:
        yield Upload(content, "image/png", "test")


async def character(home: House, name: str = "Mikoto", actor: Actor = ADMIN, **more: Any) -> Character:
    return await create(home.services.store, actor, name, **more)


async def batch(home: House, who: Character, actor: Actor = MEMBER) -> Batch:
    """Of a member who has said yes."""
    await consent.give(home.services.store, actor.member)
    return await open_batch(home.services, actor, who)


async def give(home: House, who: Character, *numbers: int, actor: Actor = MEMBER, **look: Any) -> list[Outcome]:
    """Pictures of those numbers, sent together."""
    sent = await batch(home, who, actor)
    return [await sent.take(file(picture(number, **look))) for number in numbers]


def kept_files(home: House) -> list[Path]:
    return [path for path in (home.services.settings.storage_dir / "files").rglob("*") if path.is_file()]
