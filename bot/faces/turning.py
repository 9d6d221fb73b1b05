"""The recipe of faces that were turned from one domain into another: a photo into a drawing, and back.

`{"op": "translate", "model": "twin@starter", "source": "photo", "to": "anime", "seeds": [0], "strength": 1.0,
"heads": 2}` says how, and not of whom: the picture that was turned is not in it, nor what the network made of it.
Whoever has the picture can do the same again; what a member saves has what it takes to draw it (`bot.store.encodings`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.faces.attributes import as_typed, known_wishes
from models.errors import BadRequest
from models.requests import MAX_SEED

USUAL = 1.0  # strength
STRONGEST = 1.5
MOST_HEADS = 9  # of one picture
MOST_VARIANTS = 4
BROUGHT = "picture"  # whose look it is, where that was brought along


@dataclass(frozen=True, slots=True)
class Turning:
    """How the heads in a picture were turned: each in as many variants as there are seeds."""

    model: str
    source: str  # a domain: "photo", "anime", "cat"
    to: str
    seeds: tuple[int, ...] = (0,)
    strength: float = USUAL
    wishes: Mapping[str, str] = field(default_factory=dict)  # what the faces are to have besides
    like: str = ""  # whose look they have: "#k7f3.2", or BROUGHT
    heads: int = 1  # 0: none was found, and nothing was made
    only: int = 0  # the number of the face that was meant, from the left; 0: all
    middle: bool = False  # of the picture, for no face was found
    side: bool = False  # shown beside what they were
    animated: bool = False

    def __post_init__(self) -> None:
        fits = 0 <= self.heads <= MOST_HEADS and 0.0 <= self.strength <= STRONGEST and self.only >= 0
        if not fits or not 1 <= len(self.seeds) <= MOST_VARIANTS or not all(0 <= s <= MAX_SEED for s in self.seeds):
            raise BadRequest(f"no turning of faces: {self}")

    @property
    def count(self) -> int:
        """Faces in the picture, in reading order: all variants of the first head first. An animation is one."""
        return 1 if self.animated else self.heads * len(self.seeds)

    def seed_of(self, number: int) -> int:
        """The seed of a face by its number, from 1."""
        return self.seeds[(number - 1) % len(self.seeds)]

    def head_of(self, number: int) -> int:
        """The head of which a face was made, from 0."""
        return (number - 1) // len(self.seeds)

    def body(self) -> dict[str, Any]:
        """The recipe. What is as usual is left out."""
        more = {
            "wishes": dict(self.wishes),
            "like": self.like,
            "only": self.only,
            "middle": self.middle,
            "side": self.side,
            "animated": self.animated,
        }
        return {
            "op": "translate",
            "model": self.model,
            "source": self.source,
            "to": self.to,
            "seeds": list(self.seeds),
            "strength": self.strength,
            "heads": self.heads,
            **{name: value for name, value in more.items() if value},
        }

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Turning:
        """From a recipe. Raises BadRequest, KeyError, TypeError or ValueError for what is none."""
        if body["op"] != "translate":
            raise BadRequest("not the recipe of faces that were turned")
        return cls(
            str(body["model"]),
            str(body["source"]),
            str(body["to"]),
            tuple(int(seed) for seed in body["seeds"]),
            float(body["strength"]),
            known_wishes(body.get("wishes")),
            str(body.get("like", "")),
            int(body["heads"]),
            int(body.get("only", 0)),
            bool(body.get("middle", False)),
            bool(body.get("side", False)),
            bool(body.get("animated", False)),
        )

    @property
    def line(self) -> str:
        """The command that does the same, to be sent along with the picture."""
        words = [
            "/selfie2anime",
            "middle:yes" if self.middle else "",
            f"face:{self.only}" if self.only else "",
            f"to:{self.to}" if self.to != "anime" else "",
            as_typed(self.wishes),
            f"like:{self.like}" if self.like.startswith("#") else "",
            f"strength:{self.strength:g}" if self.strength != USUAL else "",
            f"variants:{len(self.seeds)}" if len(self.seeds) > 1 else "",
            f"seed:{self.seed_of(1)}" if self.seed_of(1) else "",
            "side:yes" if self.side else "",
        ]
        return " ".join(word for word in words if word)
