"""Drawing new faces, as `/waifu` and `/railgun` do, and what can be done next with them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping

from bot.chat import Chat
from bot.command import Button, Pick, Picture, PictureName, Reply, UserError
from bot.faces.attributes import in_words, labels_for, obeyed_by
from bot.faces.models import USES, called, has_styles
from bot.faces.recipes import draw_body
from bot.pool.base import RequestFailed
from bot.store.characters import number_of as taught
from data.pictures import Pixels
from models.requests import MAX_SEED, Best, Draw, Latent, Ranked

FACES_A_COMMAND = 64  # that one command of a member's day is good for
PIECE = 64  # faces of a choice between two words on how far it is
VOTES = "upvote", "downvote"  # on what a group has taught the bot
PLAIN = USES[0]  # the model that is not worth a word


async def draw_new(
    chat: Chat,
    model: str,
    first: int,
    count: int,
    trunc: float,
    wishes: Mapping[str, str],
    best: Pick | None = None,
    labels: Mapping[str, float] | None = None,
) -> Reply:
    """Faces from the seed `first` on: `count` of them, or the best of as many as `best` says. `labels` stand in for
    wishes."""
    asked = labels if labels is not None else labels_for(chat, model, wishes)
    tried = count if best is None else best.of
    latents = tuple(Latent((first + i) % (MAX_SEED + 1)).labelled(asked) for i in range(tried))
    if best is None:
        body = draw_body(model, latents, trunc, wishes=wishes)
        made = await chat.publish(chat.run(Draw(model, latents, trunc)), body, alt=alt(chat, count))
    else:
        assert best.keep is not None
        ranked = await best_of(chat, Best(model, latents, best.keep, trunc))
        kept = [latents[i] for i in ranked.indices]
        body = draw_body(model, kept, trunc, wishes=wishes, best={"of": best.of, "seed": first})
        made = await chat.publish(_ready(ranked.pixels), body, alt=alt(chat, len(kept)))
        count = len(kept)
    lines = [chat.text("waifu.drawn", count=count, picture=f"#{made.id}", seed=first)]
    if (name := await called(chat, model)) != PLAIN:
        lines.insert(0, chat.text("waifu.by", model=name))
    if wishes:
        lines.append(in_words(chat, wishes))
    if best is not None:
        lines.append(chat.text("waifu.chosen", keep=count, of=best.of))
    text = chat.text("waifu.joined").join(lines)
    return Reply(text, (made,), offers(chat, made, model), counts=math.ceil(tried / FACES_A_COMMAND))


async def best_of(chat: Chat, request: Best) -> Ranked:
    """The faces that the discriminator likes best; the member sees how far it is. Raises `UserError` where the model
    keeps no discriminator."""
    pieces, done = request.split(PIECE), 0

    async def drawn(piece: Best) -> Ranked:
        nonlocal done
        ranked = await chat.run(piece, quiet=True)
        done += piece.cost
        await chat.progress(chat.text("waifu.choosing", done=done, of=request.cost), done / request.cost)
        return ranked

    await chat.progress(chat.text("waifu.choosing", done=0, of=request.cost), 0.0)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(drawn(piece)) for piece in pieces]
    except* UserError as errors:
        raise errors.exceptions[0] from None
    except* RequestFailed:
        raise UserError("waifu.cannot_choose") from None
    return request.join([task.result() for task in tasks])


def offers(chat: Chat, picture: Picture, model: str, *, big: bool = True) -> tuple[Button, ...]:
    """What can be done next with a drawn picture."""
    assert picture.id is not None
    name = PictureName(picture.id)
    several = len(picture.faces) > 1
    labels = ["again", "more", "bigger", "save"] if big else ["again", "more", "save"]
    if obeyed_by(chat, model):
        labels.append("fade")
    if several:
        labels.append("morph")
        labels += ["mix"] if has_styles(chat, model) else []
    labels += VOTES if taught(model.partition("@")[0]) is not None else []
    whole = ("again", "morph", "mix", *VOTES)
    return tuple(Button(label, label, {"picture": name}, per_face=several and label not in whole) for label in labels)


def row_offers(picture: Picture, animated: bool) -> tuple[Button, ...]:
    """Under one face in steps: what moves can be laid out, what is laid out can move."""
    assert picture.id is not None
    name = {"picture": PictureName(picture.id)}
    if animated:
        return (Button("again", "again", name), Button("steps", "steps", name))
    each = tuple(Button(label, label, name, per_face=True) for label in ("more", "bigger", "save"))
    return (Button("again", "again", name), Button("animate", "animate", name), *each)


def alt(chat: Chat, count: int) -> str:
    """What a drawn picture is to who cannot see it."""
    return chat.text("waifu.alt", count=count)


async def _ready(pixels: Pixels) -> Pixels:
    return pixels
