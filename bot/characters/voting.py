"""What members think of what a version of a character draws: a vote on a picture, which weighs in whether it stays."""

from __future__ import annotations

from dataclasses import dataclass

from bot.characters.acting import Actor, sees
from bot.command import UserError
from bot.services import Services
from bot.store.characters import Character, number_of
from bot.store.recipes import Recipe
from bot.store.votes import Tally


@dataclass(frozen=True, slots=True)
class Voted:
    character: Character
    version: str
    votes: Tally  # on the version, with this one
    promoted: bool  # whether they have brought it into use just now


async def vote(services: Services, actor: Actor, picture: Recipe, face: int | None, good: bool) -> Voted:
    """One member's vote on a picture, or on one face of it, from 1; a second one replaces the first. Raises
    `UserError` where it is no picture of a character who is known here."""
    number = number_of(picture.model.partition("@")[0])
    character = None if number is None else await services.store.characters.get(number)
    if character is None or not sees(actor, character):
        raise UserError("vote.not_hers")
    latents = picture.body.get("latents")
    count = len(latents) if isinstance(latents, list) else 1
    if face is not None and not 1 <= face <= count:
        raise UserError("picture.no_face", picture=f"#{picture.id}", count=count, face=face)
    name = picture.id if face is None else f"{picture.id}.{face}"
    tally = await services.store.votes.cast(picture.model, name, actor.member, good)
    if tally is None:
        raise UserError("vote.gone")
    promoted = await services.trainings.lineage.reconsider(character, picture.model)
    return Voted(character, picture.model, tally, promoted)
