"""👍 and 👎 on what a character's own model has drawn: they weigh in whether it stays."""

from __future__ import annotations

from bot.characters.voting import vote
from bot.chat import Chat
from bot.command import PictureName, Reply, command


@command("upvote", zh="赞", hidden=True, bare=False)
async def upvote(chat: Chat, picture: PictureName) -> Reply:
    """That is how she looks."""
    return await _voted(chat, picture, good=True)


@command("downvote", zh="踩", hidden=True, bare=False)
async def downvote(chat: Chat, picture: PictureName) -> Reply:
    """That is not how she looks."""
    return await _voted(chat, picture, good=False)


async def _voted(chat: Chat, picture: PictureName, *, good: bool) -> Reply:
    recipe = await chat.recipe(picture)
    voted = await vote(chat.services, chat.actor, recipe, picture.face, good)
    values = {
        "name": voted.character.name,
        "version": voted.version.rpartition("-")[2],
        "good": voted.votes.good,
        "bad": voted.votes.bad,
    }
    lines = [chat.text("vote.up" if good else "vote.down", **values)]
    if voted.promoted:
        lines.append(chat.text("vote.promoted", **values))
    return Reply("\n".join(lines), private=True)
