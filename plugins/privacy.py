"""What is kept of a member, handed to them; and forgotten. docs/privacy.md says the same in words."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from typing import Any

from bot.chat import Chat
from bot.command import Attachment, Button, Reply, command
from bot.faces.twins import embeddings_of, let_go_unless_saved
from bot.store.privacy import export, forget, kept, page_log

LARGE = 1_000_000  # bytes of JSON from which it is packed: chats take files of some megabytes


@command("mydata", zh="我的数据", always=True, even_banned=True, bare=False)
async def mydata(chat: Chat) -> Reply:
    """Everything that is kept of the member, as a file."""
    data = await export(chat.services.store, chat.member)
    data["embeddings"] = await embeddings_of(chat.services, await _saved(chat))
    file = await asyncio.to_thread(_file, data)
    counts = {"recipes": len(data["recipes"]), "favourites": len(data["favourites"])}
    return Reply(chat.text("mydata.here", **counts), files=(file,), private=True)


@command("forgetme", zh="忘记我", always=True, even_banned=True, bare=False)
async def forgetme(chat: Chat, confirm: bool = False) -> Reply:
    """Delete what is kept of the member; asks back first."""
    store = chat.services.store
    if not confirm:
        recipes, favourites, contributions = await kept(store, chat.member)
        button = Button("forgetme", "forgetme", {"confirm": "yes"})
        counts = {"recipes": recipes, "favourites": favourites, "contributions": contributions}
        key = "forgetme.ask_contributions" if contributions else "forgetme.ask"
        return Reply(chat.text(key, **counts), buttons=(button,), private=True)
    for entry in await page_log(store, chat.member):  # off the open tabs, too
        await chat.delete_message(str(entry.seq))
    saved = await _saved(chat)
    gone = await forget(store, chat.member, chat.services.gate.now())
    await let_go_unless_saved(chat.services, saved)
    lines = [chat.text("forgetme.done", recipes=gone.recipes, favourites=gone.favourites)]
    if gone.heads:
        lines.append(chat.text("forgetme.heads", count=gone.heads))
    if gone.contributions:
        key = "forgetme.contributions_learnt" if gone.versions else "forgetme.contributions"
        lines.append(chat.text(key, count=gone.contributions, versions=gone.versions))
    if gone.characters:
        await chat.services.trainings.sweep()
        lines.append(chat.text("forgetme.characters", count=gone.characters))
    if gone.encodings:
        lines.append(chat.text("forgetme.encodings", count=gone.encodings))
    if gone.anonymous:
        lines.append(chat.text("forgetme.anonymous", count=gone.anonymous))
    return Reply("\n".join(lines), private=True, unrecorded=True)


async def _saved(chat: Chat) -> list[tuple[str, int | None]]:
    """The faces that a member has saved."""
    favourites = chat.services.store.favourites
    kept = await favourites.list(chat.member, limit=await favourites.count(chat.member))
    return [(favourite.picture, favourite.face) for favourite in kept]


def _file(data: dict[str, Any]) -> Attachment:
    content = json.dumps(data, ensure_ascii=False, indent=1).encode()
    name = f"nijigen-{re.sub(r'[^0-9A-Za-z-]', '-', data['member'])}-{data['exported'][:10]}.json"
    if len(content) < LARGE:
        return Attachment(name, "application/json", content)
    return Attachment(f"{name}.gz", "application/gzip", gzip.compress(content))
