"""Files that an answer hands over: for the visitor who was answered, and nobody else."""

from dataclasses import dataclass

from bot.services import Services
from bot.surfaces.web.visitors import Visitor


@dataclass(frozen=True, slots=True)
class Handed:
    name: str
    media_type: str
    content: bytes


async def handed(services: Services, visitor: Visitor, seq: str, n: str) -> Handed | None:
    """File `n` of answer `seq`; None where this visitor has none such. Both come from an address as they are."""
    if not (_is_number(seq) and _is_number(n)):
        return None
    entry = await services.store.web.get(visitor.id, int(seq))
    files = entry.body.get("files", ()) if entry is not None and entry.kind == "answer" else ()
    if entry is None or int(n) >= len(files):
        return None
    file = files[int(n)]
    content = await services.store.files.get(entry.files[file["file"]])
    return None if content is None else Handed(file["name"], file["media_type"], content)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18  # more than a database counts
