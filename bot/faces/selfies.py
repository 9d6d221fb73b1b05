"""Turning the faces in a picture that somebody brings, and saying what came of it. Nothing of the picture is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bot.chat import Chat, Moving
from bot.command import Button, Picture, PictureName, Reply, UserError
from bot.faces.attributes import in_words, labels_for
from bot.faces.models import domains_of, drawn_by, takes_looks, translator
from bot.faces.portraits import Found, faces_in, faces_in_each, framed, largest
from bot.faces.recipes import version
from bot.faces.shown import look_of
from bot.faces.steady import followed, looks
from bot.faces.turning import BROUGHT, MOST_HEADS, STRONGEST, USUAL, Turning
from bot.likeness.embedding import DRAWN, PHOTO
from bot.pool.base import Priority, RequestFailed
from data.pictures import Motion, Pixels
from data.pictures.requests import Thumbnail
from models.registry import ModelVersion
from models.requests import Translate, Translated

SIDE = 1280  # px of a picture in which faces are looked for
SHOWN = 1024  # px of what was looked at, where there was no face in it: a press works on that
MOST_FRAMES, MOVING_SIDE = 24, 480  # of an animation


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture whose faces are to be turned: as it came, or heads out of it that are framed already."""

    still: Pixels = field(repr=False)
    motion: Motion | None = field(default=None, repr=False)
    heads: tuple[Pixels, ...] = field(default=(), repr=False)
    domain: str = PHOTO  # of the heads


@dataclass(frozen=True, slots=True)
class Heads:
    """What a network is shown, all of one domain."""

    pixels: Sequence[Pixels] = field(repr=False)
    domain: str
    found: int  # faces in the picture


def model_here(chat: Chat) -> ModelVersion:
    """The model that turns faces. Raises `UserError` where there is none."""
    found = translator(chat.services.models)
    if found is None:
        raise UserError("selfie.no_model")
    return found


async def turned(chat: Chat, photo: Photo, turning: Turning, look: Pixels | None = None) -> Reply:
    """The answer with the faces of a picture turned as is wished. `look` (H, W, 3) is whose look they take, framed."""
    model = model_here(chat)
    turning = replace(turning, model=model.id)
    check_domain(chat, model, turning.to, drawn_by(model))
    if (turning.like or look is not None) and not takes_looks(model):
        raise UserError("selfie.no_looks")
    labels_for(chat, model.id, turning.wishes)  # says what the model does not obey before anybody has to wait
    if photo.motion is not None:
        return await _moving(chat, photo, photo.motion, turning, look)
    heads = await heads_of(chat, photo, turning)
    if not heads.pixels:
        return await _nobody(chat, photo.still, turning)
    check_domain(chat, model, heads.domain)
    turning = replace(turning, source=heads.domain, heads=len(heads.pixels))
    made = await translated(chat, turning, heads.pixels, look)
    seeds = len(turning.seeds)
    picture = await chat.publish(
        _ready(list(made.pixels)),
        turning.body(),
        parents=_parents(turning),
        alt=chat.text("selfie.alt", count=turning.count),
        before=[head for head in heads.pixels for _ in range(seeds)] if turning.side else (),
        fleeting=turning.side,
    )
    return _said(chat, picture, turning, model, heads.found)


async def heads_of(chat: Chat, photo: Photo, turning: Turning) -> Heads:
    """The heads in a picture; without any where no face was found. Raises `UserError`."""
    if photo.heads:
        return Heads(photo.heads, photo.domain, len(photo.heads))
    if turning.middle:
        return Heads(await framed(chat, (photo.still,), ((),), PHOTO), PHOTO, 1)
    found = await faces_in(chat, photo.still)
    faces = _meant(found, turning.only)
    if not faces:
        return Heads((), found.domain, 0)
    return Heads(await framed(chat, (photo.still,), (faces,), found.domain), found.domain, len(found.faces))


async def translated(
    chat: Chat, turning: Turning, heads: Sequence[Pixels], look: Pixels | None, *, encode: bool = False
) -> Translated:
    """Heads as the model of `turning` draws them. Raises `UserError`."""
    model = version(chat, turning.model)
    labels = labels_for(chat, model, turning.wishes)
    if look is None:
        look = await look_of(chat, turning.like)
    request = Translate(
        model,
        tuple(heads),
        turning.source,
        turning.to,
        tuple(labels.items()),
        look,
        turning.strength,
        turning.seeds,
        encode=encode,
    )
    priority = Priority.ANIMATION if turning.animated else Priority.INTERACTIVE
    try:
        return await chat.run(request, priority=priority)
    except RequestFailed:
        raise UserError("selfie.cannot") from None


def check_domain(chat: Chat, model: ModelVersion, domain: str, domains: Sequence[str] | None = None) -> None:
    """Raises `UserError` where a model does not know pictures of that kind, or they are not among `domains`."""
    domains = domains_of(model) if domains is None else domains
    if domain not in domains:
        known = chat.text("list.comma").join(domain_name(chat, name) for name in domains)
        raise UserError("selfie.no_domain", domain=domain_name(chat, domain), known=known)


def domain_name(chat: Chat, domain: str) -> str:
    """What members call a kind of pictures."""
    key = f"choice.to.{domain}"
    return chat.text(key) if chat.services.catalogue.has(key) else domain


# ---------------------------------------------------------------------------------------------------------------------


async def _moving(chat: Chat, photo: Photo, motion: Motion, turning: Turning, look: Pixels | None) -> Reply:
    """One head of an animation, frame by frame, in one variant."""
    frames = list(motion.frames)
    model = model_here(chat)
    if turning.middle:
        domain, count, boxes = PHOTO, 1, [()] * len(frames)
    else:
        await chat.progress(chat.text("selfie.looking", frames=len(frames)))
        at = looks(len(frames))
        # Two halves, for there are two who look.
        halves = [[frames[i] for i in part] for part in (at[: len(at) // 2], at[len(at) // 2 :]) if part]
        found = [one for half in await asyncio.gather(*(faces_in_each(chat, half) for half in halves)) for one in half]
        domain = _commonest(found)
        kind = [one.faces if one.domain == domain else () for one in found]
        count = max(map(len, kind))
        if turning.only > count > 0:
            raise UserError("selfie.no_such_face", face=turning.only, count=count)
        face = followed(kind, at, len(frames), turning.only)
        if face is None:
            return await _nobody(chat, photo.still, turning)
        boxes = [(one,) for one in face]
    check_domain(chat, model, domain)
    turning = replace(turning, source=domain, heads=1, animated=True, seeds=(turning.seed_of(1),))
    side = _resolution(model)
    heads = await framed(chat, frames, boxes, domain, side)
    await chat.progress(chat.text("selfie.turning", frames=len(frames)))
    made = (await translated(chat, turning, heads, look)).pixels
    shown = list(made)
    if turning.side and made.shape[1] == side:
        shown = [np.concatenate(pair, axis=1) for pair in zip(heads, made, strict=True)]
    picture = await chat.publish(
        _ready(shown),
        turning.body(),
        parents=_parents(turning),
        alt=chat.text("selfie.alt", count=1),
        moving=Moving(tuple(range(len(shown))), motion.durations),
        fleeting=turning.side,
    )
    return _said(chat, picture, turning, model, count)


def _meant(found: Found, only: int) -> Sequence:
    """The faces that are meant, of all the largest. Raises `UserError`."""
    if found.faces and only > len(found.faces):
        raise UserError("selfie.no_such_face", face=only, count=len(found.faces))
    return found.faces[only - 1 : only] if only else largest(found.faces, MOST_HEADS)


def _commonest(found: Sequence[Found]) -> str:
    """What kind of faces most frames show."""
    kinds = [one.domain for one in found if one.faces]
    return max(set(kinds), key=kinds.count, default=PHOTO)


def _resolution(model: ModelVersion) -> int:
    """px of what a model draws."""
    network = model.config.get("network")
    side = network.get("resolution") if isinstance(network, dict) else None
    return side if isinstance(side, int) and 8 <= side <= 512 else 128


async def _nobody(chat: Chat, looked_at: Pixels, turning: Turning) -> Reply:
    """That there is no face, and in what; and that its middle can be taken for one."""
    shown = await chat.run(Thumbnail(looked_at, SHOWN))
    body = replace(turning, heads=0).body()
    stored = await chat.services.store.recipes.add(body, member=chat.member, group=chat.group)
    picture = Picture(None, shown, (), chat.text("selfie.looked_at"), fleeting=True)
    button = Button("middle", "middle", {"picture": PictureName(stored.id)}, brings=True)
    return Reply(chat.text("selfie.nobody"), (picture,), (button,), failed=True, recipe=stored.id)


def _said(chat: Chat, picture: Picture, turning: Turning, model: ModelVersion, found: int) -> Reply:
    name = f"#{picture.id}"
    if turning.source == turning.to == DRAWN:
        key = "selfie.drawn_already"
    elif turning.animated:
        key = "selfie.done_moving"
    else:
        key = "selfie.done" if turning.count == 1 else "selfie.done_several"
    to = domain_name(chat, turning.to)
    lines = [chat.text(key, picture=name, count=turning.count, to=to)]
    if turning.wishes:
        lines.append(in_words(chat, turning.wishes))
    if turning.strength != USUAL:
        lines.append(chat.text("selfie.strength", strength=f"{turning.strength:g}"))
    text = chat.text("waifu.joined").join(lines)
    if found > MOST_HEADS and not turning.only:
        text += "\n" + chat.text("selfie.largest", most=MOST_HEADS, count=found)
    elif turning.animated and found > 1 and not turning.only:
        text += "\n" + chat.text("selfie.one_of", count=found)
    return Reply(text, (picture,), _offers(picture, turning, drawn_by(model)))


def _offers(picture: Picture, turning: Turning, domains: Sequence[str]) -> tuple[Button, ...]:
    """What can be done next, with the photo at hand."""
    assert picture.id is not None
    labels = ["another"]
    labels += ["stronger"] if turning.strength < STRONGEST else []
    labels += [] if turning.side else ["beside"]
    labels += ["tophoto"] if turning.source == turning.to == DRAWN and PHOTO in domains else []
    labels += [] if turning.animated or turning.like == BROUGHT else ["save"]
    name = {"picture": PictureName(picture.id)}
    several = turning.count > 1
    return tuple(Button(label, label, name, per_face=several and label == "save", brings=True) for label in labels)


def _parents(turning: Turning) -> tuple[str, ...]:
    """The picture of ours whose look was taken."""
    return (turning.like.removeprefix("#"),) if turning.like.startswith("#") else ()


async def _ready(pixels: list[Pixels]) -> list[Pixels]:
    return pixels
