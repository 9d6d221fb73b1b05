"""What is clear of a person in a framed photograph, in the numbers and words of `data.labels`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from data.labels import NAMES, values
from data.pictures import Pixels
from data.vision.faces import Face
from data.vision.frame import Frame
from data.vision.people.aligning import align, frame_of
from data.vision.people.colouring import Colours, colours
from data.vision.people.fitted import Fitted, fitted
from data.vision.people.framing import whole
from data.vision.people.hair import described, named
from data.vision.people.masking import coordinates, foreground
from data.vision.people.meaning import hair_as, hair_values, hair_word, skin_tone
from data.vision.people.patches import Pyramid, gradients
from data.vision.people.reading import seen

CLEAR = 0.75  # probability from which on something is said
SURE = 0.35  # of a colour, likewise
TURNED = 0.5  # of what is read from -1 to 1: half way from the word in the middle to the others
SIDEWAYS = 0.75  # in the units of a label: what its 1 is
PARTED, GRINNING = 0.75, 0.7  # how far a mouth that is open is so, and how much somebody smiles who does
CROPPED = 0.12  # how far a man's hair is said to reach: a beard and a collar are easily taken for more of it
CHILD, ADULT = 0.1, 0.85
MOVED, GROWN = 0.2, 1.4  # of the side: so far a face in a framed picture is from where it should be


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. What is not clear is missing."""

    numbers: Mapping[str, float]  # label values by name, in the units of `data.labels.NAMES`
    words: Mapping[str, str]  # some of `data.labels.ATTRIBUTES`
    confidence: Mapping[str, float]  # of each of these words, 0…1
    mask: Pixels = field(repr=False)  # uint8 (H, W): 255 where the person is, softly 0 elsewhere
    face: float = 1.0  # the probability that there is a face; of what shows none, nothing is said

    @property
    def vector(self) -> np.ndarray:
        """float32 (len(NAMES),), NaN where nothing is known."""
        return np.array([self.numbers.get(name, np.nan) for name in NAMES], np.float32)

    def line(self) -> dict[str, Any]:
        """A line of a `labels.jsonl` (see `data.labelling.lines`) without the file's name."""
        by = {attribute: [word, "seen", round(self.confidence[attribute], 3)] for attribute, word in self.words.items()}
        numbers = {name: round(value, 3) for name, value in self.numbers.items()}
        return {**self.words, "numbers": numbers, "by": by}


def look(picture: Pixels, face: Face | None = None) -> Look:
    """What is to be seen in uint8 (H, W, 3): of a head as `framing.frame` frames it, or of a `face` in it.

    Raises PeopleUnavailable where what was fitted cannot be read.
    """
    fit = fitted()
    picture = np.ascontiguousarray(picture)
    height, width = picture.shape[:2]
    grey = Pyramid(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    begun = whole(width, height) if face is None else frame_of(face)
    aligned = align(grey, begun, fit.align)
    if not _is_near(aligned, begun):
        aligned = begun
    sure = probability(float(fit.face(gradients(grey.square(aligned)))[0]))
    mask = foreground(picture, aligned)
    said = _Said()
    if sure >= 0.5:
        told = read(fit, Pyramid(picture), aligned)
        said.read(told)
        place = coordinates(aligned, width, height)
        measured = colours(picture, mask, *place)
        hair = described(picture, *place, aligned, measured, told)
        said.colour(measured, None if hair is None else named(hair, fit.hair))
        said.numbers["roll"] = float(np.clip(aligned.turn / 20, -1.0, 1.0))
    return Look(said.numbers, said.words, said.confidence, mask, sure)


def read(fit: Fitted, picture: Pyramid, aligned: Frame) -> dict[str, float]:
    """What the linear readers say of a face in a picture (H, W, 3)."""
    return {name: float(reader(seen(name, picture, aligned))[0]) for name, reader in fit.read.items()}


def probability(odds: float) -> float:
    """Of log odds."""
    return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


def _apart(read: float) -> float:
    """How surely what is read from -1 to 1 is one of three words: 0 where it is half way between two."""
    return float(np.clip(abs(abs(read) - TURNED) / TURNED, 0.0, 1.0))


def _is_near(aligned: Frame, begun: Frame) -> bool:
    moved = float(np.hypot(aligned.x - begun.x, aligned.y - begun.y)) / begun.side
    return moved < MOVED and 1 / GROWN < aligned.side / begun.side < GROWN


@dataclass(slots=True)
class _Said:
    """What is being put together for a `Look`."""

    numbers: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)

    def say(self, attribute: str, word: str, sure: float, numbers: Mapping[str, float] | None = None) -> None:
        self.words[attribute], self.confidence[attribute] = word, sure
        self.numbers |= values(attribute, word) if numbers is None else numbers

    def either(
        self, attribute: str, yes: tuple[str, dict[str, float]], no: tuple[str, dict[str, float]], sure: float
    ) -> None:
        """One of two words, where one is clear; `sure` is the probability of the first."""
        if sure >= CLEAR:
            self.say(attribute, yes[0], sure, yes[1])
        elif sure <= 1 - CLEAR:
            self.say(attribute, no[0], 1 - sure, no[1])

    def read(self, told: Mapping[str, float]) -> None:
        yaw = told["yaw"]
        self.numbers["yaw"] = float(np.clip(SIDEWAYS * yaw, -1.0, 1.0))
        word = "front" if abs(yaw) < TURNED else "left" if yaw < 0 else "right"
        self.words["look"], self.confidence["look"] = word, _apart(yaw)
        skin = told["skin"]
        self.say("skin", "tan" if abs(skin) < TURNED else "pale" if skin < 0 else "dark", _apart(skin),
                 {"skin_tone": skin_tone(skin)})  # fmt: skip
        odds = {name: probability(value) for name, value in told.items() if name not in ("yaw", "skin")}
        self.either("glasses", ("yes", {"glasses": 1.0}), ("no", {"glasses": 0.0}), odds["glasses"])
        self.either(
            "mouth", ("open", {"mouth_opening": PARTED}), ("closed", {"mouth_opening": 0.0}), odds["mouth_opening"]
        )
        self.either("gender", ("masculine", values("gender", "masculine")), ("feminine", values("gender", "feminine")),
                    odds["masculine"])  # fmt: skip
        self.either("age", ("child", {"age": CHILD}), ("adult", {"age": ADULT}), odds["child"])
        if abs(odds["smile"] - 0.5) >= CLEAR - 0.5:
            self.numbers["smile"] = GRINNING if odds["smile"] > 0.5 else 0.0

    def colour(self, measured: Colours, called: tuple[str, str] | None) -> None:
        """What was measured, and what people would call the hair: its lightness and its family."""
        if measured.hair is not None and measured.hair.sure >= SURE:
            numbers = hair_values(measured.hair.lab)
            if called is not None:
                numbers = hair_as(numbers, *called)
            word, nearness = hair_word(numbers)
            self.say("hair", word, measured.hair.sure * nearness, numbers)
            if measured.reach is not None:
                self.numbers["hair_reach"] = CROPPED if self.words.get("gender") == "masculine" else measured.reach
            if measured.bare_forehead is not None:
                self.numbers["bare_forehead"] = measured.bare_forehead
