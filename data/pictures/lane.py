"""The inside of a worker of the picture lane."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, singledispatchmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import AvifImagePlugin, Image

from data.pictures.animate import animate, encode_loop
from data.pictures.compose.cutting import NoHead, cut_head
from data.pictures.compose.found import anchors_of
from data.pictures.conhead import on_paper, put_heads
from data.pictures.decode import decode, decode_motion
from data.pictures.encode import encode_jpeg, encode_png, reencode
from data.pictures.grid import draw_pairs, draw_sheet
from data.pictures.opening import Unreadable
from data.pictures.recipe import read_recipe
from data.pictures.requests import (
    Animate,
    CutHead,
    Decode,
    FrameHeads,
    Loop,
    Pairs,
    PictureRequest,
    PutHeads,
    ReadRecipe,
    Reencode,
    Sheet,
    ShowHeads,
    Thumbnail,
)
from data.pictures.types import Encoded, Pixels
from data.portrait.requests import Cards, Compare, CutPortrait, Unpack
from data.vision.requests import FindReal, told

if TYPE_CHECKING:
    from data.vision.people import PeopleFinder
    from data.vision.people.yunet import YuNet


class PictureRunner:
    """Runs `PictureRequest`s and `FindReal`, one at a time.

    `people` is a YuNet as an ONNX file that finds people's faces in the place of OpenCV's cascades.
    """

    def __init__(self, people: Path | None = None) -> None:
        cv2.setNumThreads(1)  # faces are small, and the cores belong to the networks
        AvifImagePlugin.DEFAULT_MAX_THREADS = 1
        self._yunet = people

    def run(self, requests: Sequence[PictureRequest | FindReal]) -> list[Any]:
        """One answer a request; a request that is refused has its exception in place of the answer."""
        answers: list[Any] = []
        for request in requests:
            try:
                answers.append(self._run(request))
            except Unreadable as error:
                answers.append(error)
        return answers

    def best_batch(self, request: PictureRequest | FindReal) -> int:
        return 1

    @singledispatchmethod
    def _run(self, request: PictureRequest) -> Any:
        raise TypeError(f"the picture lane has no answer to {type(request).__name__}")

    @_run.register
    def _(self, request: Sheet) -> Encoded:
        sheet = draw_sheet(request.faces, request.big, request.numbered, request.columns)
        if request.big or request.lossless:
            return encode_png(sheet, request.recipe)
        return encode_jpeg(sheet, recipe=request.recipe)

    @_run.register
    def _(self, request: Pairs) -> Encoded:
        sheet = draw_pairs(request.before, request.after, request.numbered)
        return encode_png(sheet, request.recipe) if request.lossless else encode_jpeg(sheet, recipe=request.recipe)

    @_run.register
    def _(self, request: Animate) -> Encoded:
        return animate(request.faces, request.recipe, gif=request.gif)

    @_run.register
    def _(self, request: Loop) -> Encoded:
        return encode_loop(
            request.faces,
            request.order,
            request.durations,
            request.recipe,
            form=request.form,
            most_bytes=request.most_bytes,
        )

    @_run.register
    def _(self, request: Reencode) -> Encoded:
        return reencode(request.content, request.max_side, request.quality)

    @_run.register
    def _(self, request: Thumbnail) -> Encoded:
        image = Image.fromarray(request.pixels)
        image.thumbnail((request.max_side, request.max_side), Image.Resampling.LANCZOS)
        return encode_jpeg(image)

    @_run.register
    def _(self, request: ReadRecipe) -> str:
        return read_recipe(request.content, request.max_pixels)

    @_run.register
    def _(self, request: Decode) -> dict[str, Any]:
        try:
            found = decode(request.content, request.max_pixels, request.max_side, request.alpha)
            motion = None
            if request.frames > 1 and found.frames > 1:
                motion = decode_motion(request.content, request.max_pixels, request.frame_side, request.frames)
        except Unreadable as error:
            return {"refused": error.reason}
        return {
            "pixels": found.pixels,
            "size": [found.width, found.height],
            "media_type": found.media_type,
            "frames": found.frames,
            "recipe": found.recipe,
            **({} if motion is None else {"motion": motion.frames, "durations": list(motion.durations)}),
        }

    @_run.register
    def _(self, request: CutHead) -> dict[str, Any] | None:
        height, width = request.pixels.shape[:2]
        try:
            head = cut_head(request.pixels, request.face and anchors_of(request.face, width, height))
        except NoHead:
            return None
        return {"content": encode_png(Image.fromarray(head.pixels)).content, "place": list(head.anchors.numbers)}

    @_run.register
    def _(self, request: ShowHeads) -> Encoded:
        return encode_jpeg(draw_sheet([on_paper(content) for content in request.heads], False, request.numbered))

    @_run.register
    def _(self, request: FindReal) -> dict[str, Any]:
        return told([self._people.find(picture) for picture in request.pictures])

    @_run.register
    def _(self, request: FrameHeads) -> Pixels:
        from data.vision.people.framing import DRAWN_SIDE, SIDE, framed

        side = DRAWN_SIDE if request.drawn else SIDE
        pairs = zip(request.pictures, request.faces, strict=True)
        return np.concatenate([framed(picture, faces, request.size, side) for picture, faces in pairs])

    @cached_property
    def _people(self) -> PeopleFinder | YuNet:
        from data.vision.people import PeopleFinder  # few ask
        from data.vision.people.yunet import YuNet

        return PeopleFinder() if self._yunet is None else YuNet(self._yunet)

    @_run.register
    def _(self, request: PutHeads) -> dict[str, Any]:
        found, picture = put_heads(request)
        return {"found": found, "picture": picture}

    @_run.register
    def _(self, request: CutPortrait) -> dict[str, Any]:
        from data.portrait.cutting import cut_portrait  # which brings the measures of whole sets, and few ask

        return cut_portrait(request)

    @_run.register
    def _(self, request: Compare) -> list[bool]:
        from data.portrait.comparing import compare

        return compare(request)

    @_run.register
    def _(self, request: Unpack) -> dict[str, Any] | None:
        from data.portrait.unpacking import unpack

        return unpack(request)

    @_run.register
    def _(self, request: Cards) -> Encoded:
        from data.portrait.showing import draw_cards

        return encode_jpeg(draw_cards(request.cards))
