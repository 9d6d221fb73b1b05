"""Faces that change by degrees: what a change runs from and to, drawing it, and doing the same to another face."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.chat import Chat
from bot.command import PictureName, Reply, UserError
from bot.faces.attributes import attribute_name, choice_name, in_words, names_of
from bot.faces.drawing import row_offers
from bot.faces.recipes import Fade, random_seed, version
from bot.store.recipes import Recipe
from data.labels import ATTRIBUTES, values
from models.bank import labels_of
from models.errors import BadRequest
from models.latent.points import Point, labels_common
from models.requests import Draw, Latent

MOST_IN_A_ROW = 5  # more stand in two rows, or a phone shows stamps

# Where a change runs that nobody describes: ends that are far apart, and look well.
USUAL = {
    "hair": ("black", "pink"), "eyes": ("blue", "red"), "lids": ("open", "closed"), "glasses": ("no", "yes"),
    "mouth": ("closed", "open"), "age": ("child", "adult"), "gender": ("feminine", "masculine"),
    "length": ("short", "long"), "ears": ("human", "cat"), "style": ("flat", "soft"), "skin": ("pale", "dark"),
    "look": ("left", "right"), "blush": ("no", "yes"), "hairstyle": ("loose", "twin_tails"), "headwear": ("no", "yes"),
}  # fmt: skip


async def show_fade(
    chat: Chat, fade: Fade, *, animated: bool, parent: PictureName | None = None, hint: bool = False
) -> Reply:
    """Draw it, as a row of steps or as an animation; `hint` says what else could change."""
    drawing = chat.run(Draw(version(chat, fade.model), fade.latents, fade.trunc))
    one, other = (_end(chat, fade.attribute, word) for word in fade.words)
    attribute = attribute_name(chat, fade.attribute)
    made = await chat.publish(
        drawing,
        fade.body(animated=animated),
        parents=() if parent is None else (str(parent).removeprefix("#"),),
        alt=chat.text("fade.alt", attribute=attribute, one=one, other=other),
        columns=_columns(fade.steps),
    )
    lines = [chat.text("fade.shown", picture=f"#{made.id}", attribute=attribute, one=one, other=other)]
    if fade.wishes:
        lines.append(in_words(chat, fade.wishes))
    text = chat.text("waifu.joined").join(lines)
    return Reply(f"{text}\n{chat.text('fade.hint')}" if hint else text, (made,), row_offers(made, animated))


async def fade_again(chat: Chat, recipe: Recipe) -> Reply:
    """The same change of another face."""
    found = fade_in(recipe)
    model = version(chat, found.model.partition("@")[0])
    asked = labels_common([found.latent])
    if not {*asked, *found.start, *found.end} <= set(names_of(chat, model)):
        raise UserError("waifu.wishes_gone")
    latent = Latent(random_seed()).labelled(asked)
    one, start = found.words[0], dict(found.start)
    if one is None:  # it began with the other face's own
        start = await own_values(chat, model, latent, found.attribute)
        one, _ = ends_of(found.attribute, start, None, found.words[1])
        start = values(found.attribute, one) if one is not None else start
    made = replace(found, model=model, latent=latent, start=start, words=(one, found.words[1]))
    return await show_fade(chat, made, animated=bool(recipe.body.get("animated")))


def fade_in(recipe: Recipe) -> Fade:
    """What a recipe says of a fade. Raises `UserError` where it is something else."""
    try:
        if recipe.op != "fade":
            raise UserError("fade.not_a_fade", picture=f"#{recipe.id}")
        return Fade.of(recipe.body)
    except (BadRequest, KeyError, TypeError, ValueError):
        raise UserError("fade.not_a_fade", picture=f"#{recipe.id}") from None


async def own_values(chat: Chat, model: str, latent: Point, attribute: str) -> dict[str, float]:
    """The label values of an attribute as this face has them by herself; {} where the model does not say."""
    found = await asyncio.to_thread(labels_of, chat.services.models.resolve(model), latent)
    found |= labels_common([latent])
    names = values(attribute, ATTRIBUTES[attribute][0])
    return {name: found[name] for name in names if name in found} if found.keys() >= names.keys() else {}


def ends_of(attribute: str, own: dict[str, float], one: str | None, other: str | None) -> tuple[str | None, str]:
    """Both ends as choices; the first None where it is the face's own, `own`. They differ."""
    usual, end = USUAL[attribute]
    if one is not None:
        return one, other or (end if one != end else usual)
    near = _nearest(attribute, own) if own else None
    if other is None:
        other = end if near != end else usual
    if near is not None and near != other:
        asked_for = all(abs(own[name] - value) < 1e-6 for name, value in values(attribute, near).items())
        return (near if asked_for else None), other
    return (usual if other != usual else end), other


def _nearest(attribute: str, own: dict[str, float]) -> str:
    """The choice that label values come nearest to."""

    def distance(choice: str) -> float:
        return sum((value - own[name]) ** 2 for name, value in values(attribute, choice).items())

    return min(ATTRIBUTES[attribute], key=distance)


def _end(chat: Chat, attribute: str, word: str | None) -> str:
    return chat.text("fade.own") if word is None else choice_name(chat, attribute, word)


def _columns(steps: int) -> int:
    return steps if steps <= MOST_IN_A_ROW else -(-steps // 2)
