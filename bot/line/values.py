"""What a word of a line stands for: a number, a seed, a picture's name, so many of so many.

Each raises `UserError` with a sentence that says what would be right; `called` is the option as the member knows it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from bot.command import (
    MOST_FACES,
    MOST_KEPT,
    MOST_TRIED,
    FaceNames,
    Kind,
    MemberName,
    Option,
    Pick,
    PictureName,
    Range,
    Seed,
    UserError,
)
from bot.line.wishes import NO, YES
from bot.store.recipes import normalise_id
from models.requests import MAX_SEED, seed_of

MAX_TEXT = 64  # characters of a text option or a text seed

WIDE = str.maketrans("／＃．０１２３４５６７８９－", "/#.0123456789-")
FIGURE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_COUNTERS = "张个位"
_PICK = re.compile(r"(?:(?P<keep>\d{1,6})\s*(?:of|/)\s*)?(?P<of>\d{1,6})", re.ASCII | re.IGNORECASE)
MEMBER_ID = re.compile(r"(?:qq|discord|web):[\w-]{1,64}", re.ASCII)
_PICKED = re.compile(r"(?P<of>\d{1,6})\s*[选挑取]\s*(?P<keep>\d{1,6})", re.ASCII)


def quoted(text: str) -> str:
    """What a member typed, short and without control characters, to say back to them."""
    clean = "".join(c for c in text if c.isprintable())
    return clean if len(clean) <= 24 else clean[:23] + "…"


def number(option: Option, raw: str, called: str, seed_hint: str) -> int | float:
    whole = option.kind is Kind.INT
    limits = option.range or Range(-math.inf, math.inf)
    values = {"option": called, "value": quoted(raw), "low": f"{limits.low:g}", "high": f"{limits.high:g}"}
    text = raw.translate(WIDE)
    if whole and len(text) > 1 and text[-1] in _COUNTERS:  # 9张
        text = text[:-1]
    if not re.fullmatch(r"[+-]?\d{1,18}" if whole else r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)", text, re.ASCII):
        # `/waifu misaka` is a seed in the wrong place more often than a wrong number
        if seed_hint and re.match(r"[^\W\d]", raw):
            raise UserError("line.number_or_seed", **values, seed=seed_hint)
        raise UserError("line.whole" if whole else "line.number", **values)
    value = int(text) if whole else float(text)
    if not limits.low <= value <= limits.high:
        raise UserError("line.range", **values)
    return value


def yes_or_no(raw: str, called: str) -> bool:
    folded = raw.casefold()
    if folded in YES or folded in NO:
        return folded in YES
    raise UserError("line.yes_or_no", option=called, value=quoted(raw))


def pick(raw: str, called: str) -> Pick:
    pick = pick_of(raw.translate(WIDE))
    keep = 1 if pick is None or pick.keep is None else pick.keep
    if pick is None or not 1 <= pick.of <= MOST_TRIED or not 1 <= keep <= min(MOST_KEPT, pick.of):
        raise UserError("line.pick", option=called, value=quoted(raw), keep=MOST_KEPT, of=MOST_TRIED)
    return pick


def pick_of(text: str) -> Pick | None:
    """`64of512`, `512选64`, `512`."""
    found = _PICK.fullmatch(text.strip()) or _PICKED.fullmatch(text.strip())
    if found is None:
        return None
    return Pick(None if found["keep"] is None else int(found["keep"]), int(found["of"]))


def seed(raw: str, called: str) -> Seed:
    text = raw.translate(WIDE)
    if re.fullmatch(r"\d+", text, re.ASCII):
        if len(text) > 10 or int(text) > MAX_SEED:
            raise UserError("line.seed_large", option=called, most=MAX_SEED)
        return Seed(text)
    if re.fullmatch(r"-\d+", text, re.ASCII):
        raise UserError("line.seed_negative", option=called, most=MAX_SEED)
    if len(raw) > MAX_TEXT:
        raise UserError("line.text_long", option=called, most=MAX_TEXT)
    return Seed(seed_of(raw))


def picture_name(raw: str, replied: PictureName | None) -> PictureName:
    text = raw.translate(WIDE).removeprefix("#")
    if replied is not None and re.fullmatch(r"\d{1,2}", text, re.ASCII):
        return PictureName(replied.id, int(text))
    name, dot, face = text.partition(".")
    id = normalise_id(name)
    if id is None or (dot and not re.fullmatch(r"[1-9]\d?", face, re.ASCII)):
        raise UserError("line.picture", value=quoted(raw))
    return PictureName(id, int(face) if dot else None)


def face_names(raw: str, replied: PictureName | None, called: str) -> FaceNames:
    """`#k7f3.1,#k7f3.2 7 misaka`."""
    words = [word for word in re.split(r"[\s,，、;；]+", raw) if word]
    return few_enough([_face_name(word, replied, called) for word in words])


def few_enough(names: Iterable[PictureName | Seed]) -> FaceNames:
    found = FaceNames(names)
    if len(found) > MOST_FACES:
        raise UserError("line.many_faces", most=MOST_FACES)
    return found


def _face_name(word: str, replied: PictureName | None, called: str) -> PictureName | Seed:
    text = word.translate(WIDE)
    if text.startswith("#") or (replied is not None and re.fullmatch(r"[1-9]\d?", text, re.ASCII)):
        return picture_name(text, replied)
    return seed(word, called)


def member_name(raw: str, called: str) -> MemberName:
    """`qq:10001`; a bare number stays one, since the line does not know its platform."""
    text = raw.translate(WIDE).removeprefix("@")
    if not (MEMBER_ID.fullmatch(text) or re.fullmatch(r"\d{4,20}", text, re.ASCII)):
        raise UserError("line.member", option=called, value=quoted(raw))
    return MemberName(text)
