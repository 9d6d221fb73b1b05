"""A model that translates, as the command line uses it: with no pool about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bot.cli.refusal import Refusal
from bot.settings import Settings

if TYPE_CHECKING:
    from data.pictures import Pixels
    from data.vision.faces import Face
    from models.loaded import Translating
    from models.requests import Translate, Translated

MAX_SIDE = 1280  # px of what a head is cut out of, as in the chat
HEAD = 256  # px of a head that is cut out; the network makes of it what it takes


@dataclass(frozen=True)
class Translator:
    """One model."""

    model: Translating = field(repr=False)

    @property
    def domains(self) -> tuple[str, ...]:
        return self.model.twin.config.domains

    @property
    def version(self) -> str:
        """Another one for other weights."""
        from data.vision.stored import digest

        return digest(self.model.folder)

    def check(self, *domains: str) -> None:
        """Raises Refusal for a domain that it lacks."""
        for domain in domains:
            if domain not in self.domains:
                raise Refusal(f"{self.model.id} has no {domain!r}, only {', '.join(self.domains)}")

    def run(self, request: Translate) -> Translated:
        """Raises Refusal for what the model cannot answer."""
        from models.requests import BadRequest
        from models.translating import translate

        answers = []
        for piece in request.split(max(1, self.model.best_batch)):
            (answer,) = translate(self.model, [piece])
            if isinstance(answer, BadRequest):
                raise Refusal(str(answer))
            answers.append(answer)
        return request.join(answers)


def translator(name: str, settings: Settings) -> Translator:
    """The model that is called so, or that lies in a folder. Raises Refusal."""
    import torch

    from models.checkpoint import CheckpointError
    from models.loaded import Translating, loaded
    from models.registry import Registry, UnknownModel

    try:
        if (Path(name) / "config.json").is_file():
            folder, known = Path(name), name
        else:
            version = Registry(settings.storage_dir / "models").resolve(name)
            folder, known = version.folder, version.id
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        model = loaded(folder, known, device, "auto", settings.storage_dir / "cache")
    except (CheckpointError, UnknownModel) as error:
        raise Refusal(str(error)) from error
    if not isinstance(model, Translating):
        raise Refusal(f"{known} {model.does}; it never {Translating.does}")
    return Translator(model)


class Framer:
    """Cuts the heads of one domain out of pictures, as the networks have learnt them. Raises Refusal."""

    def __init__(self, domain: str, settings: Settings) -> None:
        from bot.cli.faces import finder_of, people_finder

        kinds: dict[str, Literal["people", "drawn"]] = {"photo": "people", "anime": "drawn"}
        self._kind = kinds.get(domain)  # of another domain nobody knows what a face is
        self._find: Any = None
        if self._kind is not None:
            self._find = people_finder(settings) if self._kind == "people" else finder_of("own", settings)

    def faces(self, pixels: Pixels) -> list[Face]:
        """In reading order; [] where nobody is found, or nobody looks."""
        from data.vision.faces import in_reading_order

        return in_reading_order(self._find(pixels)) if self._find is not None else []

    @property
    def looks(self) -> bool:
        """Whether there are faces to be found at all."""
        return self._find is not None

    def framed(self, pixels: Pixels, faces: Sequence[Face]) -> Pixels:
        """uint8 (N, HEAD, HEAD, 3): a head a face; the middle of the picture where there is none."""
        from data.vision.people.framing import DRAWN_SIDE, SIDE, framed

        return framed(pixels, faces, HEAD, DRAWN_SIDE if self._kind == "drawn" else SIDE)

    def one(self, pixels: Pixels) -> Pixels:
        """uint8 (HEAD, HEAD, 3): the head of the largest face, or the middle."""
        faces = sorted(self.faces(pixels), key=lambda face: -face.box[2] * face.box[3])
        return np.ascontiguousarray(self.framed(pixels, faces[:1])[0])
