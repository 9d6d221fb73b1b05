"""What a plugin sees of a chat: one message, who sent it, ways to answer, and the rest of the bot."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from bot.characters.acting import Actor
from bot.command import Face, MemberName, Picture, PictureName, Role, UserError
from bot.line.values import quoted
from bot.pool.base import Asker, PoolBusy, PoolClosed, PoolTimeout, Priority, Request, RequestFailed, WorkerDied
from bot.services import Services
from bot.store.recipes import Recipe
from bot.surfaces.base import Incoming, PictureLink, Responder, Way
from data.pictures import Decoded, Encoded, Faces, Form, Refused, Upload
from data.pictures.layout import Layout, layout, pair_layout
from data.pictures.requests import Animate, Decode, Loop, Pairs, Sheet

ENCODES_AGAIN = frozenset({"discord"})  # surfaces that make previews of their own, which a JPEG would spoil
ONLY_GIF = frozenset({"qq"})  # surfaces that show a WebP as a still
# What moves is made no larger, for what a platform makes smaller is a still: Discord takes 10 MB from anybody, QQ more,
# but a GIF of more than this is slow to open in a group.
MOVING_BYTES = {"qq": 4_000_000}
MOST_MOVING_BYTES = 8_000_000
PATIENCE = 2.0  # seconds after which a member is told where they stand, and how often that is looked at again

_GROUP_ID = re.compile(r"[a-z]+:[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moving:
    """How faces are shown one after the other: their numbers from 0, and how long each is shown, in ms. `form` None: as
    the chat's platform likes it."""

    order: tuple[int, ...]
    durations: tuple[int, ...]
    form: Form | None = None


class Chat:
    """The chat that a command was given in."""

    def __init__(
        self,
        services: Services,
        incoming: Incoming,
        responder: Responder,
        role: Role,
        locale: str,
        replied: PictureName | None,
    ) -> None:
        self.services = services  # the rest of the bot
        self.surface = incoming.surface  # "web", "qq", "discord"
        self.id = incoming.chat  # the group `qq:30003`, or a private chat `qq:@10001`
        self.member = incoming.member  # `qq:10001`
        self.group = incoming.group  # None in a private chat
        self.role = role
        self.locale = locale  # "zh-CN", "en"
        self.replied = replied  # the picture of the bot's that the message replies to
        self.replied_message = incoming.replied_to  # the platform's id of the message that it replies to
        self._brought: tuple[Upload | PictureLink, ...] = (*incoming.uploads, *sorted(incoming.links, key=_nearness))
        self._avatars = incoming.avatar is not None
        self._numbered = not incoming.clickable
        self._responder = responder

    def text(self, key: str, **values: Any) -> str:
        """The catalogue's text in the chat's language."""
        return self.services.catalogue.text(self.locale, key, **values)

    def member_id(self, name: MemberName) -> str:
        """The whole id of a member: a bare number is one of the chat's own platform. Raises `UserError` on the page,
        which is of no platform."""
        if ":" in name:
            return str(name)
        if self.surface == "web":
            raise UserError("line.member_bare", value=str(name))
        return f"{self.surface}:{name}"

    def other_group(self, typed: str) -> str:
        """The id of a group that a superuser names from anywhere. Raises `UserError` for everybody else."""
        if self.role < Role.SUPERUSER:
            raise UserError("group.not_yours")
        if not _GROUP_ID.fullmatch(typed):
            raise UserError("group.no_id", value=quoted(typed))
        return typed

    @property
    def actor(self) -> Actor:
        """Who asks, as `bot.characters` wants to know it."""
        return Actor(self.member, self.group, self.role, self.surface)

    @property
    def brought(self) -> int:
        """How many pictures the message brings or points at."""
        return len(self._brought)

    @property
    def ways(self) -> tuple[Way, ...]:
        """How the pictures come that the message brings or points at, in the order of `pictures`."""
        return tuple("attached" if isinstance(one, Upload) else one.how for one in self._brought)

    @property
    def attached(self) -> bool:
        """Whether the message itself brings a picture."""
        return "attached" in self.ways

    async def pictures(self, most: int = 1) -> tuple[Upload, ...]:
        """The first `most` pictures of the message: attached, then in the message replied to, then the avatars of
        members who are mentioned; () where there are none. Each call fetches them again.

        To be called at once: their addresses soon expire. Raises `UserError` where one cannot be had.
        """
        found: list[Upload] = []
        async for one in self.each_picture(most):
            if isinstance(one, UserError):
                raise one
            found.append(one)
        return tuple(found)

    async def each_picture(
        self, most: int, *, first: int = 0, ways: Collection[Way] = get_args(Way)
    ) -> AsyncIterator[Upload | UserError]:
        """As `pictures`, one after the other, each fetched when it is asked for; in place of one that cannot be had,
        what is to be said of it. Only those that come in one of `ways`, from the one with the number `first` on."""
        chosen = [one for one, way in zip(self._brought, self.ways, strict=True) if way in ways]
        for one in chosen[first : first + most]:
            try:
                async with self.services.door.turn(self.member):
                    found = await self._fetched(one)
            except UserError as error:
                yield error
            else:
                yield found

    async def decoded(
        self,
        most: int = 1,
        *,
        first: int = 0,
        max_side: int = 1024,
        frames: int = 0,
        frame_side: int = 480,
        alpha: bool = False,
    ) -> tuple[Decoded, ...]:
        """As `pictures`, but as pixels, no side longer than `max_side` px, opaque unless `alpha`; of animations as many
        as `frames`, no side longer than `frame_side`; from the picture number `first` on, from 0. At least one: raises
        `UserError` where the message has none, or one that cannot be had or read."""
        if not self._brought[first:]:
            raise UserError("intake.none_or_avatar" if self._avatars else "intake.none")
        how = (self.services.door.max_pixels, max_side, frames, frame_side, alpha)
        return tuple([await self._decoded(one, *how) for one in self._brought[first : first + most]])

    async def _decoded(self, one: Upload | PictureLink, *how: Any) -> Decoded:
        door = self.services.door
        async with door.turn(self.member):  # until it is decoded, which lets go of the file
            upload = await self._fetched(one)
            try:
                answer: Decoded | Refused = await self.run(Decode(upload.content, *how))
            except RequestFailed:
                raise door.refusal("damaged") from None
        if isinstance(answer, Refused):
            raise door.refusal(answer.reason)
        return answer

    async def _fetched(self, one: Upload | PictureLink) -> Upload:
        if isinstance(one, Upload):
            return one
        if one.file:
            content = await self.services.store.files.get(one.file)
            if content is None:
                raise self.services.door.refusal("gone")
            return Upload(content, "application/octet-stream", "store")
        address = one.address if one.find is None else await one.find()
        if not address:  # the platform has forgotten where it was, or keeps it to itself
            raise self.services.door.refusal("gone" if one.find is None else "withheld")
        return await self.services.door.fetch(address, self.surface)

    async def progress(self, text: str, fraction: float | None = None) -> None:
        """Say how far it is, where the platform can say it without being rude."""
        await self._responder.progress(text, fraction)

    async def delete_message(self, message_id: str) -> bool:
        """Take back one of the bot's own messages in this chat; False where the platform refuses."""
        return await self._responder.delete(message_id)

    async def run(self, request: Request, *, priority: Priority = Priority.INTERACTIVE, quiet: bool = False) -> Any:
        """The pool's answer; while it takes long the member sees their place in the queue, unless `quiet`.

        Raises `UserError` where the pool is busy or gave up, `RequestFailed` where the runner refused the request.
        """
        try:
            job = self.services.pool.submit(request, Asker(self.member, self.group), priority=priority)
            answer = asyncio.ensure_future(job.result())
            try:
                while not (await asyncio.wait({answer}, timeout=PATIENCE))[0]:
                    place = job.place()
                    key = "pool.waiting" if place else "pool.drawing"
                    if not quiet:
                        await self.progress(self.text(key, place=place))
                return answer.result()
            finally:
                answer.cancel()
        except PoolBusy:
            raise UserError("pool.busy") from None
        except PoolTimeout:
            raise UserError("pool.timeout") from None
        except WorkerDied:
            raise UserError("pool.poison") from None
        except PoolClosed:
            raise UserError("error.closing") from None

    async def moving(self, faces: Faces, how: Moving, recipe: str = "") -> Encoded:
        """Faces one after the other, as the platform likes it and no larger than it takes. Raises as `run`."""
        form = how.form or ("gif" if self.surface in ONLY_GIF else "webp")
        most = MOVING_BYTES.get(self.surface, MOST_MOVING_BYTES)
        return await self.run(Loop(faces, how.order, how.durations, recipe, form, most))

    async def recipe(self, picture: PictureName | None) -> Recipe:
        """The recipe of a named picture. Raises `UserError`: none named, or unknown."""
        if picture is None:
            raise UserError("picture.which")
        recipe = await self.services.store.recipes.get(picture.id)
        if recipe is None:
            raise UserError("picture.unknown", picture=str(PictureName(picture.id)))
        return recipe

    async def publish(
        self,
        drawing: Awaitable[Faces],
        recipe: Mapping[str, Any],
        *,
        parents: Sequence[str] = (),
        alt: str = "",
        columns: int = 0,
        moving: Moving | None = None,
        before: Faces = (),
        fleeting: bool = False,
        numbered: bool = False,
    ) -> Picture:
        """Make what is being drawn a picture of the bot's: an id, a stored recipe, a sheet that carries both; where the
        recipe says `"animated": true`, a loop through the faces and back in place of the sheet; `moving` says of
        another loop how it goes. `before` stand beside the faces, one each: what they were, squares (S, S, 3).
        They are `numbered` where the answer speaks of their numbers, or they cannot be pointed at.
        """
        # Kept while it is being drawn: a recipe whose picture was never sent harms nobody.
        keeping = asyncio.ensure_future(
            self.services.store.recipes.add(recipe, member=self.member, group=self.group, parents=parents)
        )
        try:
            faces = await drawing
        finally:
            stored = await keeping
        n, (h, w, _) = len(faces), faces[0].shape
        big = bool(recipe.get("big", False))
        carried = json.dumps({"id": stored.id, **recipe}, separators=(",", ":"))
        if moving is not None:
            return Picture(stored.id, await self.moving(faces, moving, carried), (), alt, fleeting)
        if len(before):
            pairs = Pairs(before, faces, carried, self._numbered, lossless=self.surface in ENCODES_AGAIN)
            return Picture(stored.id, await self.run(pairs), _faces_on(pair_layout(n).sheet), alt, fleeting)
        if recipe.get("animated"):
            back_and_forth: Encoded = await self.run(Animate(faces, carried, gif=self.surface in ONLY_GIF))
            return Picture(stored.id, back_and_forth, (), alt)
        encoded: Encoded = await self.run(
            Sheet(faces, carried, big, numbered or self._numbered, columns, lossless=self.surface in ENCODES_AGAIN)
        )
        return Picture(stored.id, encoded, _faces_on(layout(n, w, h, big, columns)), alt, fleeting)


def _faces_on(sheet: Layout) -> tuple[Face, ...]:
    """Where faces can be pointed at; () where there is one."""
    if len(sheet.places) < 2:
        return ()
    return tuple(Face(i, x, y, sheet.cell_width, sheet.cell_height) for i, (x, y) in enumerate(sheet.places, start=1))


def _nearness(link: PictureLink) -> int:
    """What was meant first: a picture that was attached before one that was replied to, and so on."""
    return get_args(Way).index(link.how)
