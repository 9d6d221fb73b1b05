"""`/selfie2anime` as a test asks for it, and what came of it. The toys take yellow, cyan and magenta rectangles for
people; what is translated has one colour."""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from bot.command import Reply
from bot.surfaces.base import PictureLink
from data.labels import NAMES
from data.pictures import Upload
from data.pictures.layout import layout, pair_layout
from tests.bot.house import House
from tests.plugins.brought import upload

YELLOW, CYAN, MAGENTA = (255, 255, 0), (0, 255, 255), (255, 0, 255)
PEOPLE = {YELLOW: 40, CYAN: 180, MAGENTA: 320}  # left edges
WALL = (90, 90, 90)
DOMAINS = ("photo", "anime", "cat")
LABELS = ("hair_l", "hair_a", "hair_b", "glasses")
assert set(LABELS) <= set(NAMES)


def people(*colours: tuple[int, int, int], shift: int = 0) -> Image.Image:
    """They stand on a wall; the farther they have moved, the darker they are."""
    image = Image.new("RGB", (440, 300), WALL)
    for colour in colours:
        left = PEOPLE[colour] + shift
        image.paste(tuple(max(0, part - 2 * shift) for part in colour), (left, 120, left + 70, 200))
    return image


def photo(*colours: tuple[int, int, int]) -> Upload:
    return upload(people(*(colours or (YELLOW,))))


def film(frames: int = 12, kind: str = "GIF", *colours: tuple[int, int, int]) -> Upload:
    made = [people(*(colours or (YELLOW,)), shift=2 * (i % 12)) for i in range(frames)]
    return upload(made[0], kind, save_all=True, append_images=made[1:], duration=80, loop=0)


def shown(reply: Reply) -> Image.Image:
    (picture,) = reply.pictures
    return Image.open(io.BytesIO(picture.encoded.content))


def lasts(reply: Reply) -> int:
    """ms, of an animation. Frames that are alike may have become one."""
    image = shown(reply)
    total = 0
    for n in range(getattr(image, "n_frames", 1)):
        image.seek(n)
        image.load()
        total += image.info["duration"]
    return total


def drawn(reply: Reply, count: int = 1, *, side: bool = False) -> list[np.ndarray]:
    """int (3,): the colour in the middle of each face of an answer."""
    pixels = np.asarray(shown(reply).convert("RGB")).astype(int)
    if side:
        plan = pair_layout(count)
        return [pixels[y + plan.side // 2, x + plan.side // 2] for x, y in plan.afters]
    plan = layout(count, 32, 32)
    return [pixels[y + plan.cell_height // 2, x + plan.cell_width // 2] for x, y in plan.places]


def opposite(colour: tuple[int, int, int]) -> np.ndarray:
    """What the toy makes of somebody."""
    return 255 - np.array(colour)


def near(one: np.ndarray, other: np.ndarray, most: int = 14) -> bool:
    return int(np.abs(one.astype(int) - other).max()) <= most


def replied(upload: Upload) -> PictureLink:
    """A picture in the message that is replied to."""
    return PictureLink("replied", "base64://" + base64.b64encode(upload.content).decode())


def answered(reply: Reply) -> PictureLink:
    """An answer's own picture, as a platform brings it along with a press."""
    return PictureLink("replied", "base64://" + base64.b64encode(reply.pictures[0].encoded.content).decode())


async def ask(home: House, line: str = "/selfie2anime", *colours: tuple[int, int, int], **changes: Any) -> Reply:
    reply = await home.ask(line, **{"uploads": (photo(*colours),), "locale": "en", **changes})
    assert not reply.failed, reply.text
    return reply


async def refused(home: House, line: str = "/selfie2anime", **changes: Any) -> str:
    reply = await home.ask(line, **{"uploads": (photo(),), "locale": "en", **changes})
    assert reply.failed, reply.text
    return reply.text


async def body(home: House, reply: Reply) -> dict[str, Any]:
    recipe = await home.services.store.recipes.get(reply.pictures[0].id or reply.recipe or "")
    assert recipe is not None
    return recipe.body


def pressed(reply: Reply, label: str) -> str:
    """The line of a button under an answer."""
    (button,) = [button for button in reply.buttons if button.label == label]
    return button.line()
