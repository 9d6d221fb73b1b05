"""An answer as the page is told it: JSON that stays true after a restart, in either language."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from bot.command import Button, Picture, PictureName, Reply
from data.pictures import Encoded

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif", "video/mp4": ".mp4"}


def answer_body(
    reply: Reply, to: int | None, hold: Callable[[Encoded], str]
) -> tuple[dict[str, Any], list[tuple[bytes, str]]]:
    """The body of an answer to message `to` (None: nobody asked), and the files (bytes, suffix) that it names by their
    place: its pictures, then what it hands over. Of a fleeting picture it has what `hold` calls it, and no file."""
    kept = [p for p in reply.pictures if not p.fleeting]
    files = [(p.encoded.content, SUFFIXES.get(p.encoded.media_type, ".bin")) for p in kept]
    handed = [{"name": f.name, "media_type": f.media_type, "file": n} for n, f in enumerate(reply.files, len(files))]
    files += [(f.content, _suffix(f.name)) for f in reply.files]
    body = {
        "to": to,
        "text": reply.text,
        "failed": reply.failed,
        "pictures": [
            _picture(p, {"held": hold(p.encoded)} if p.fleeting else {"file": kept.index(p)}) for p in reply.pictures
        ],
        "buttons": [_button(b, reply.pictures) for b in reply.buttons],
        "files": handed,
    }
    return body, files


def with_addresses(body: Mapping[str, Any], keys: Sequence[str], is_held: Callable[[str], bool]) -> dict[str, Any]:
    """A stored body as the page gets it: each picture with its address, without those that are gone."""
    addressed = ({**p, "url": _address(p, keys, is_held)} for p in body.get("pictures", ()))
    return {**body, "pictures": [p for p in addressed if p["url"] is not None]}


def _address(picture: Mapping[str, Any], keys: Sequence[str], is_held: Callable[[str], bool]) -> str | None:
    if "held" in picture:
        return f"/held/{picture['held']}" if is_held(picture["held"]) else None
    return f"/pictures/{keys[picture['file']]}" if picture["file"] < len(keys) else None


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ".bin"


def _picture(picture: Picture, where: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": picture.id,
        **where,
        "width": picture.encoded.width,
        "height": picture.encoded.height,
        "alt": picture.alt,
        "faces": [{"n": f.number, "x": f.x, "y": f.y, "w": f.width, "h": f.height} for f in picture.faces],
    }


def _button(button: Button, pictures: Sequence[Picture]) -> dict[str, Any]:
    """A button as the line it stands for. Its label goes as the catalogue's key: the page speaks both languages."""
    body: dict[str, Any] = {"label": button.label, "line": button.line(), "picture": None, "lines": {}}
    if button.spot:
        body["spot"] = True
    if button.brings:
        body["brings"] = True
    if button.per_face:
        named = next((v.id for v in button.args.values() if isinstance(v, PictureName)), None)
        sheet = next((p for p in pictures if p.id is not None and p.id == named), None)
        if sheet is not None and sheet.faces:
            body["picture"] = sheet.id
            body["lines"] = {str(f.number): button.line(f.number) for f in sheet.faces}
    return body
