"""Pictures that a member gives: each is looked at, and accepted, left waiting for an admin, or refused for a reason."""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from typing import Any, Literal

import numpy as np
from loguru import logger

from bot.characters import consent
from bot.characters.acting import Actor, manages, must_see
from bot.characters.outcomes import Note, Outcome, Reason, refused, unfetched
from bot.command import Role, UserError
from bot.pool.base import Asker, PoolBusy, PoolClosed, PoolTimeout, Priority, Request, RequestFailed, WorkerDied
from bot.services import Services
from bot.store import StorageFull
from bot.store.characters import Character
from bot.store.contribution import Contribution, Draft, Known, Limits, NotKept, State
from bot.store.recipes import new_id
from data.hashes import distances
from data.pictures import Decoded, Pixels, Refused, Upload
from data.pictures.requests import Decode
from data.portrait.requests import Compare, CutPortrait, Flawed, Portrait, Unpack, Unpacked, is_zip
from data.vision.faces import Face
from data.vision.framing import cut
from data.vision.requests import Find, Rate, See, Seen

SIDE = 2048  # px of a picture that heads are cut out of; what is larger is made so large
SURE = 0.6  # score of a face that is one
GROWN = 0.6  # of the largest face's size: smaller ones are somebody in the background
MOST_SHOWN = 9  # faces to choose from
MOST_FILES = 200  # of one zip
ALIKE, LOOKED_AT = 112, 8  # bits of 256 in which copies' hashes differ at most; of the nearest so many are laid over it
COMPARED = 10  # accepted pictures from which on new ones are compared with what they have in common
UNLIKE = 0.5  # cosine to that below which somebody should have a look
DOUBTFUL, ADULT = 0.3, 0.85  # probability of a classifier from which on somebody should have a look; no one need to


class Batch:
    """Pictures that are sent together. `open_batch` makes one; `take` and `take_all` may be called as often as there
    are pictures, and one after the other."""

    def __init__(self, services: Services, actor: Actor, character: Character, known: Known) -> None:
        self.id = new_id(8)  # by which it can be undone
        self.character = character
        self.inside = 0  # outcomes that zips have brought besides their own: how many the rest brings is not known yet
        self._services = services
        self._actor = actor
        self._known = known
        self._limits = Limits(_midnight(services), services.settings.contributions_per_day, consent.TEXT)

    async def take_all(
        self, uploads: AsyncIterable[Upload | UserError], face: int | None = None
    ) -> AsyncIterator[Outcome]:
        """Each in turn, as `Chat.each_picture` has them, zips unpacked; ends early after an outcome that `ends`. Raises
        as `take`."""
        async for upload in uploads:
            if isinstance(upload, UserError):
                yield unfetched(upload)
                continue
            unpacked = await self._unpacked(upload) if is_zip(upload.content) else Unpacked((upload.content,))
            self.inside += max(1, len(unpacked.contents)) + bool(unpacked.left_out) - 1
            if not unpacked.contents:
                yield refused("empty_zip")
            for content in unpacked.contents:
                outcome = await self.take(content, face)
                yield outcome
                if outcome.ends:
                    return
            if unpacked.left_out:
                yield refused("left_out", count=unpacked.left_out)

    async def take(self, content: bytes, face: int | None = None) -> Outcome:
        """Look at one picture, and keep the head in it if it is good; `face` is the number of the one that is meant,
        from the left, where there are several. Raises `bot.store.StoreUnavailable`."""
        try:
            return await self._take(content, face)
        except _Refused as ending:
            return ending.outcome
        except NotKept as obstacle:
            return refused(obstacle.reason, obstacle.first, **obstacle.values)
        except StorageFull as error:
            logger.warning("a contribution was refused: {}", error)
            return refused("storage_full")

    # -----------------------------------------------------------------------------------------------------------------

    async def _take(self, content: bytes, number: int | None) -> Outcome:
        most = self._services.settings.intake_max_pixels
        decoded: Decoded | Refused = await self._ask(Decode(content, most, SIDE), "damaged")
        if isinstance(decoded, Refused):
            raise _Refused(decoded.reason, pixels=f"{most:,}")
        face, others = await self._face(decoded.pixels, number)
        scale = decoded.width / decoded.pixels.shape[1]
        portrait: Portrait | Flawed = await self._ask(CutPortrait(decoded.pixels, face, others, scale), "damaged")
        if isinstance(portrait, Flawed):
            raise _Refused(portrait.flaw)
        await self._refuse_copies(portrait)
        seen, nsfw = await asyncio.gather(self._seen(portrait), self._rated(decoded.pixels))
        likeness = likeness_of(seen.embedding, self._known)
        state, note = self._judged(nsfw, likeness)
        embedding = seen.embedding.astype("<f2").tobytes()
        draft = Draft(
            self.character.id, self._actor.member, self.id, self._actor.surface, state, note, portrait.content,
            portrait.phash, portrait.whole, (portrait.mirrored, portrait.whole_mirrored), embedding, portrait.side,
            portrait.sharpness, likeness, nsfw, score_of(portrait.side, portrait.sharpness, likeness),
        )  # fmt: skip
        kept = await self._services.store.contributions.add(draft, self._limits)
        return Outcome(state, note, {"number": kept.id}, kept, portrait.content)

    async def _face(self, pixels: Pixels, number: int | None) -> tuple[Face, tuple[Face, ...]]:
        """The face that is meant, and the others. Raises `_Refused`."""
        (found,) = await self._ask(Find((pixels,)), "blind")
        faces = sorted((face for face in found if face.score >= SURE), key=lambda face: face.box[0] + face.box[2] / 2)
        if not faces:
            raise _Refused("no_face")
        grown = [face for face in faces if _size(face) >= GROWN * max(map(_size, faces))]
        if number is None and len(grown) == 1:
            chosen = grown[0]
        elif number is None:
            choices = await asyncio.to_thread(_cut_all, pixels, faces[:MOST_SHOWN])
            raise _Refused("which_face", choices=choices, count=len(faces))
        elif not 1 <= number <= len(faces):
            raise _Refused("no_such_face", face=number, count=len(faces))
        else:
            chosen = faces[number - 1]
        return chosen, tuple(face for face in faces if face is not chosen)

    async def _refuse_copies(self, portrait: Portrait) -> None:
        """Raises `NotKept` for a copy of what is there, also of what this batch has brought."""
        contributions = self._services.store.contributions
        same = await contributions.same(self.character.id, hashlib.sha256(portrait.content).hexdigest())
        if same is not None:
            raise NotKept("refused_before" if same.state == "refused" else "duplicate", same)
        self._known += await contributions.known(self.character.id, self._known.last)
        alike = await self._alike(portrait)
        if alike:
            copies = await self._ask(Compare(portrait.content, tuple(seen for _, seen in alike)), "damaged")
            for (first, _), copy in zip(alike, copies, strict=True):
                if copy:
                    raise NotKept("duplicate", first)

    async def _alike(self, portrait: Portrait) -> list[tuple[Contribution, tuple[bytes, bool]]]:
        """Those of which it may be a copy, likeliest first: each with its file, and whether it is seen in a mirror."""
        hashes, store = self._known.hashes, self._services.store
        plain, mirrored = distances(hashes, portrait.phash), distances(hashes, portrait.mirrored)
        bits = np.minimum(plain, mirrored)
        found = []
        for index in np.argsort(bits, kind="stable")[:LOOKED_AT]:
            one = await store.contributions.get(int(self._known.ids[index])) if bits[index] <= ALIKE else None
            content = None if one is None or one.file is None else await store.files.get(one.file)
            if one is not None and content is not None:
                found.append((one, (content, bool(mirrored[index] < plain[index]))))
        return found

    async def _seen(self, portrait: Portrait) -> Seen:
        (seen,) = await self._ask(See((portrait.seen,)), "blind")
        return seen

    async def _rated(self, pixels: Pixels) -> float | None:
        """None where no classifier is set, or the one that is does not answer: then somebody has to look."""
        if self._services.settings.rater_onnx is None:
            return None
        try:
            return float((await self._ask(Rate((pixels,)), "blind"))[0])
        except _Refused as ending:
            if ending.outcome.reason != "blind":
                raise
            return None

    def _judged(self, nsfw: float | None, likeness: float | None) -> tuple[State, Note | Literal[""]]:
        """Raises `_Refused`."""
        if nsfw is not None and nsfw >= ADULT:
            raise _Refused("nsfw")
        review, trusted = self.character.review, manages(self._actor, self.character)
        if nsfw is not None and nsfw >= DOUBTFUL:
            return "waiting", "doubtful"
        if trusted or review == "never":
            return "accepted", ""
        if review == "always":
            return "waiting", "reviewed"
        if nsfw is None:
            return "waiting", "unrated"
        return ("waiting", "unlike") if likeness is not None and likeness < UNLIKE else ("accepted", "")

    async def _unpacked(self, upload: Upload) -> Unpacked:
        most = self._services.door.max_bytes
        try:
            found: Unpacked | None = await self._ask(Unpack(upload.content, MOST_FILES, most, 4 * most), "empty_zip")
        except _Refused:
            return Unpacked(())
        return found or Unpacked(())

    async def _ask(self, request: Request, failed: Reason) -> Any:
        """The pool's answer. Raises `_Refused`, for the reason `failed` where the request was refused there."""
        asker = Asker(self._actor.member, self._actor.group)
        try:
            return await self._services.pool.run(request, asker, priority=Priority.ANIMATION)
        except PoolBusy:
            raise _Refused("pool_busy") from None
        except PoolTimeout:
            raise _Refused("pool_timeout") from None
        except PoolClosed:
            raise _Refused("pool_closed") from None
        except WorkerDied:
            raise _Refused("poison") from None
        except RequestFailed as error:
            logger.info("{} is not answered: {}", type(request).__name__, error)
            raise _Refused(failed) from None


async def open_batch(services: Services, actor: Actor, character: Character) -> Batch:
    """Begin to contribute. Raises `UserError` where the member may not, `consent.ConsentMissing` where they have not
    said yes yet."""
    must_see(actor, character)
    consent.check_surface(services.settings, actor.surface)
    if not manages(actor, character):
        if character.contributors == "nobody":
            raise UserError("contribute.closed", name=character.name)
        if character.contributors == "admins" and actor.role < Role.ADMIN:
            raise UserError("contribute.admins", name=character.name)
    if not await consent.given(services.store, actor.member):
        raise consent.ConsentMissing
    return Batch(services, actor, character, await services.store.contributions.known(character.id))


def likeness_of(embedding: np.ndarray, known: Known) -> float | None:
    """Cosine between float32 (128,) and what the accepted pictures have in common; None where they are too few."""
    if int(known.accepted.sum()) < COMPARED:
        return None
    middle = known.embeddings[known.accepted].astype(np.float32).mean(0)
    length = float(np.linalg.norm(middle))
    return round(float(embedding @ middle) / length, 4) if length > 0 else None


def score_of(side: int, sharpness: float, likeness: float | None) -> float:
    """What a picture has to teach, 0…1: as large as networks draw, as sharp as drawings are, as much like her."""
    parts = [min(1.0, side / 256), min(1.0, sharpness / 0.6), *([] if likeness is None else [max(0.0, likeness)])]
    return round(math.prod(parts) ** (1 / len(parts)), 4)


class _Refused(Exception):
    """Ends the way of one picture."""

    def __init__(self, reason: Reason, *, choices: tuple[Pixels, ...] = (), **values: Any) -> None:
        super().__init__(reason)
        self.outcome = Outcome("refused", reason, values, choices=choices)


def _midnight(services: Services) -> datetime:
    """When the day that counts began, in the bot's time zone."""
    return services.gate.now().replace(hour=0, minute=0, second=0, microsecond=0)


def _size(face: Face) -> float:
    return math.sqrt(face.box[2] * face.box[3])


def _cut_all(pixels: Pixels, faces: list[Face]) -> tuple[Pixels, ...]:
    return tuple(cut(pixels, face.box) for face in faces)
