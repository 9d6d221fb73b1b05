"""Cuts one head out of a picture and measures it: the inside of the picture lane."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from PIL import Image

from data.crop.cutting import is_cut_off, shares
from data.crop.framing import around
from data.curate.picture import colour, hashes, sharpness
from data.pictures import Pixels
from data.portrait.requests import LARGEST, SEEN, CutPortrait, Flaw
from data.vision import framing
from data.vision.frame import Frame, cut

# As `python -m bot crop` and `curate` leave out by default (docs/training.md).
LEAST_SIDE, LEAST_SHARPNESS, LEAST_COLOUR, MOST_OUTSIDE = 64, 0.25, 0.05, 0.3

OBLONG = 1.4  # sides: a picture that is longer is no portrait
FILLED = 0.75  # of a portrait's longer side is what a head's frame takes at least
TIGHT = 1.35  # at most: what is closer is a face without its hair
LEANING = 6.0  # degrees: a head that leans less stays so, and its frame can be moved into the picture
EFFORT = 4  # of the encoder, 0…6: the last steps take thrice the time for a hundredth of the bytes


def cut_portrait(request: CutPortrait) -> dict[str, Any]:
    """What `CutPortrait.join` reads."""
    pixels, face = request.pixels, request.face
    frame = framed(request)
    if isinstance(frame, str):
        return {"flaw": frame}
    portrait = cut(pixels, frame, min(LARGEST, round(frame.side)))
    grey = cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY)
    sharp, colourful = sharpness(grey), colour(portrait)
    if sharp < LEAST_SHARPNESS:
        return {"flaw": "blurred"}
    if colourful < LEAST_COLOUR:
        return {"flaw": "grey"}
    looks = *hashes(grey), *hashes(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    seen = cv2.resize(framing.cut(pixels, face.box), (SEEN, SEEN), interpolation=cv2.INTER_AREA)
    return {
        "content": _webp(portrait),
        "size": len(portrait),
        "side": round(frame.side * request.scale),
        "sharpness": round(sharp, 4),
        "colour": round(colourful, 4),
        "hashes": [bytes.fromhex(look) for look in looks],
        "seen": seen.astype(np.uint8),
    }


def framed(request: CutPortrait) -> Frame | Flaw:
    """Where the head lies in its picture, upright where the eyes are seen; or why it is of no use."""
    height, width = request.pixels.shape[:2]
    face = request.face
    frame = _whole(around(face), width, height)
    if frame is None:
        frame = around(face, align=face.eyes is not None)
        if abs(frame.turn) < LEANING:
            frame = replace(frame, turn=0.0)
        frame = frame.moved(width, height)
    if frame.side * request.scale < LEAST_SIDE:
        return "small"
    if is_cut_off(face, width, height) or frame.outside(width, height) > MOST_OUTSIDE:
        return "cut_off"
    if any(shares(frame, face, other) for other in request.others):
        return "two_heads"
    return frame


def _whole(frame: Frame, width: int, height: int) -> Frame | None:
    """The frame of a picture that is a portrait already, whoever cut it: as much of it as is a square."""
    short, long = sorted((width, height))
    if long > OBLONG * short or not FILLED * long <= frame.side <= TIGHT * long:
        return None
    half = short / 2
    x, y = min(max(frame.x, half), width - half), min(max(frame.y, half), height - half)
    return replace(frame, x=x, y=y, side=float(short))


def _webp(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "WEBP", lossless=True, quality=0, method=EFFORT)
    return buffer.getvalue()
