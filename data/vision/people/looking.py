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
from data.vision.people.fitted import fitted
from data.vision.people.framing import whole
from data.vision.people.hair import named
from data.vision.people.masking import coordinates, foreground
from data.vision.people.meaning import hair_as, hair_called, hair_families, hair_values, hair_word, skin_tone
from data.vision.people.patches import Pyramid, gradients
from data.vision.people.reading import Reading, read

CLEAR = 0.75  # probability from which on something is said
SURE = 0.35  # of a colour, likewise
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
        reading = read(Pyramid(picture), aligned)
        said.read(reading)
        said.hair(colours(picture, mask, *coordinates(aligned, width, height)), reading)
        said.numbers["roll"] = float(np.clip(aligned.turn / 20, -1.0, 1.0))
    return Look(said.numbers, said.words, said.confidence, mask, sure)


def probability(odds: float) -> float:
    """Of log odds."""
    return float(1 / (1 + np.exp(-np.clip(odds, -30, 30))))


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

    def clearly(self, attribute: str, reading: Reading, numbers: Mapping[str, Mapping[str, float]]) -> None:
        """A word with its label values, where it is clear."""
        word, sure = reading.word(attribute)
        if sure >= CLEAR:
            self.say(attribute, word, sure, numbers[word])

    def read(self, reading: Reading) -> None:
        self.say("look", *reading.word("look"),
                 {"yaw": float(np.clip(SIDEWAYS * reading.numbers["look"], -1.0, 1.0))})  # fmt: skip
        skin, sure = reading.word("skin")
        self.say("skin", _SKIN[skin], sure, {"skin_tone": skin_tone(reading.numbers["skin"])})
        self.clearly("glasses", reading, {"yes": {"glasses": 1.0}, "no": {"glasses": 0.0}})
        self.clearly("mouth", reading, {"open": {"mouth_opening": PARTED}, "closed": {"mouth_opening": 0.0}})
        self.clearly("gender", reading, {word: values("gender", word) for word in ("feminine", "masculine")})
        self.clearly("age", reading, {"child": {"age": CHILD}, "adult": {"age": ADULT}})
        smile, sure = reading.word("smile")
        if sure >= CLEAR:
            self.numbers["smile"] = GRINNING if smile == "yes" else 0.0

    def hair(self, measured: Colours, reading: Reading) -> None:
        """What people would call it, and of what colour it is where that could be measured."""
        clear = measured.hair is not None and measured.hair.sure >= SURE
        seen = hair_values(measured.hair.lab) if clear and measured.hair else None
        families = reading.words["hair"]
        if seen is not None:
            families = {word: families[word] * well for word, well in hair_families(seen).items()}
        light, called, likely = named(reading.words["lightness"], families)
        if clear or likely >= SURE:
            numbers = hair_as(hair_called(called) if seen is None else seen, light, called)
            self.say("hair", hair_word(numbers)[0], likely, numbers)
        if clear and measured.reach is not None:
            self.numbers["hair_reach"] = CROPPED if self.words.get("gender") == "masculine" else measured.reach
        if clear and measured.bare_forehead is not None:
            self.numbers["bare_forehead"] = measured.bare_forehead


_SKIN = {"light": "pale", "medium": "tan", "dark": "dark"}
