"""The buttons under an answer, and the question which face one of them is for.

Up to five faces: two actions have a button a face, 像 1 … 像 4, and the rest ask. More faces do not fit into Discord's
five rows of five: there every action on a face asks for its number, which the sheet shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from loguru import logger

from bot.command import Button, PictureName, Reply
from bot.locale import Catalogue
from bot.surfaces.discord.presses import Press

PER_ROW, ROWS = 5, 5
FACE_ROWS = 2  # actions that have a button a face
LONGEST_LABEL = 80
ANSWER = "face"  # the question's one field
QUESTION_SECONDS = 900.0

Item = discord.ui.Button[discord.ui.View]


class PressButton(discord.ui.DynamicItem[Item], template=r"nj1:(?s:.*)"):
    """A button that knows nothing but its `custom_id`. What is pressed goes to the client's `pressed`."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Any, /
    ) -> PressButton:
        assert isinstance(item, discord.ui.Button)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.client.pressed(interaction)


def view_of(catalogue: Catalogue, locale: str, reply: Reply) -> discord.ui.View | None:
    """The buttons of an answer, None for none. They work for ever: nothing of them is kept."""
    view = discord.ui.View(timeout=None)
    rows = [row for row in _rows(catalogue, locale, reply) if row][:ROWS]
    for place, row in enumerate(rows):
        for label, press in row[:PER_ROW]:
            try:
                item = Item(label=label[:LONGEST_LABEL], custom_id=press.custom_id, row=place)
            except ValueError as error:  # a fault of the plugin's, which need not cost its answer
                logger.error("discord: {}; the answer goes without it", error)
            else:
                view.add_item(PressButton(item))
    return view if view.children else None


def question(catalogue: Catalogue, locale: str, press: Press) -> discord.ui.Modal:
    """Asks for the number of a face."""
    title = catalogue.text(locale, "discord.which_title")
    label = catalogue.text(locale, "discord.which_label", count=press.faces)
    modal = discord.ui.Modal(title=title, custom_id=press.custom_id, timeout=QUESTION_SECONDS)
    field = discord.ui.TextInput[Any](custom_id=ANSWER, min_length=1, max_length=2, placeholder="1")
    modal.add_item(discord.ui.Label(text=label, component=field))
    return modal


def answer_in(components: Any) -> str:
    """What was entered into a question's field, wherever Discord puts it; "" for nothing."""
    for part in components if isinstance(components, list) else ():
        if part.get("custom_id") == ANSWER:
            return str(part.get("value", "")).strip()
        inside = part.get("components") or [part.get("component") or {}]
        if inside != [{}] and (found := answer_in(inside)):
            return found
    return ""


def _rows(catalogue: Catalogue, locale: str, reply: Reply) -> Iterator[list[tuple[str, Press]]]:
    """Rows of labels and presses: an action a face each, then what is about the whole picture or asks."""
    text, rest, spelt_out = catalogue.text, [], 0
    for button in reply.buttons:
        label = text(locale, f"button.{button.label}")
        faces = _faces(reply, button)
        if faces < 2:
            rest.append((label, Press.of(button)))
        elif faces <= PER_ROW and spelt_out < FACE_ROWS:
            spelt_out += 1
            word = text(locale, f"word.{button.label}") if catalogue.has(f"word.{button.label}") else label
            yield [
                (text(locale, "discord.face", word=word, face=face), Press.of(button, face=face))
                for face in range(1, faces + 1)
            ]
        else:
            rest.append((text(locale, "discord.which", label=label), Press.of(button, faces=faces)))
    for start in range(0, len(rest), PER_ROW):
        yield rest[start : start + PER_ROW]


def _faces(reply: Reply, button: Button) -> int:
    """How many faces a button can be about; 0 for one that is about the whole answer."""
    if not button.per_face:
        return 0
    named = next((v.id for v in button.args.values() if isinstance(v, PictureName)), None)
    return next((len(p.faces) for p in reply.pictures if p.id == named), 0)
