"""Which drawn pictures: the text `count=1000,seed=0,kind=portrait` as a value that draws them one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from data.drawn.characters import CHARACTERS, view
from data.drawn.parameters import STYLES
from data.drawn.sampling import sample_parameters, sample_portrait

KINDS = ("face", "portrait", "cat")
MOST = 10_000_000


class WrongSpec(ValueError):
    """The text names no drawn pictures; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Spec:
    """`count` pictures. Each shows somebody else, `views` pictures show one, or all show the named `character`."""

    count: int
    seed: int = 0  # the first face's, or the first character's where there are views
    kind: str = "face"  # one of KINDS; portraits are what a small network learns, see sampling.py
    views: int = 0  # pictures of each character; 0: every face is another's
    character: str = ""  # the name of the one that all pictures show
    style: str = ""  # the one style of all pictures; any where there is none

    def __str__(self) -> str:
        kind = f",kind={self.kind}" if self.kind != "face" else ""
        views = f",views={self.views}" if self.views else ""
        character = f",character={self.character}" if self.character else ""
        style = f",style={self.style}" if self.style else ""
        return f"count={self.count},seed={self.seed}{kind}{views}{character}{style}"

    @classmethod
    def parse(cls, text: str, count: int) -> Self:
        """Read a spec; `count` where it does not say how many. Raises WrongSpec."""
        values: dict[str, Any] = {"count": count}
        for part in filter(None, text.split(",")):
            name, _, value = part.partition("=")
            if name in ("count", "seed", "views") and value.isascii() and value.isdigit():
                values[name] = int(value)
            elif (name == "kind" and value in KINDS) or (name == "style" and value in STYLES):
                values[name] = value
            elif name == "character":
                if value not in CHARACTERS:
                    raise WrongSpec(f"knows no character {value!r}; there is {', '.join(CHARACTERS)}")
                values[name] = value
            else:
                raise WrongSpec(
                    "takes count=…, seed=… and views=… with whole numbers, character=NAME, "
                    f"kind={'|'.join(KINDS)} and style={'|'.join(STYLES)}, not {part!r}"
                )
        spec = cls(**values)
        if not 1 <= spec.count <= MOST or spec.seed + spec.count > 2**32:
            raise WrongSpec(f"takes a count from 1 and seeds below 2**32, not {text!r}")
        if spec.character and (spec.views or spec.kind != "face"):
            raise WrongSpec(f"takes character=… of one, or views=… and kind=… of many, not both: {text!r}")
        if spec.views and spec.kind == "cat":
            raise WrongSpec(f"has no characters among its cats: {text!r}")
        return spec

    def draw(self, index: int, size: int) -> tuple[Any, dict[str, Any]]:
        """Pixels (size, size, 3) uint8 and labels of picture `index`; labels name the `character` where it is one's.

        Raises DrawingUnavailable.
        """
        from data.drawn import draw
        from data.drawn.cats import draw_cat, sample_cat

        fixed = {"style": self.style} if self.style else {}
        if self.kind == "cat":
            cat = draw_cat(sample_cat(self.seed + index, **fixed), size)
            return cat.pixels, cat.labels
        sample = partial(sample_portrait if self.kind == "portrait" else sample_parameters, **fixed)
        who: int | str | None = None
        if self.character:
            who, parameters = self.character, view(self.character, self.seed + index, sample)
        elif self.views:
            who = self.seed + index // self.views
            parameters = view(who, index % self.views, sample)
        else:
            parameters = sample(self.seed + index)
        face = draw(parameters, size)
        return face.pixels, face.labels if who is None else {**face.labels, "character": who}
