"""`python -m bot measure --photos`: whether people are still themselves after a TwinGAN has drawn them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.cli.refusal import Refusal
from bot.settings import load

if TYPE_CHECKING:
    from data.pictures import Pixels
    from data.vision.requests import Seen

SHOWN = 256  # px of a result that the networks which see are shown


def measure_twin(
    model: str, photos: Path, labels: Path | None = None, of: str = "photo", to: str = "anime"
) -> tuple[Path, dict[str, Any]]:
    """The model's folder, and how far what is seen in drawings of people agrees with what a person said of the photos.

    `face`: the share of the drawings in which the face finder finds a face; `mirrored`: the share of those who looked
    aside who look to the other side now; for each attribute the share that agrees. Raises Refusal.
    """
    from bot.cli.translator import MAX_SIDE, Framer, translator
    from data.pictures.decode import decode
    from models.people.held_out import HELD_OUT, NoLabels, agreement, held_out, of_seen
    from models.requests import Translate

    settings = load()
    twin = translator(model, settings)
    twin.check(of, to)
    try:
        described, missing = held_out(photos, labels or HELD_OUT)
    except NoLabels as error:
        raise Refusal(str(error)) from error
    if not described:
        raise Refusal(f"none of the {len(missing)} photographs that are described is in {photos}, such as {missing[0]}")
    framer = Framer(of, settings)
    heads, framed = [], 0
    for photo in described:
        picture = decode(photo.content, settings.intake_max_pixels, MAX_SIDE).pixels
        faces = sorted(framer.faces(picture), key=lambda face: -face.box[2] * face.box[3])[:1]
        framed += bool(faces)
        heads.append(framer.framed(picture, faces)[0])
    drawn = twin.run(Translate(twin.model.id, tuple(heads), of, to)).pixels
    found, seen = _seen(drawn)
    said = [photo.said for photo in described]
    words = [of_seen(one) for one in seen]
    aside = [(a["look"], b["look"]) for a, b in zip(said, words, strict=True) if a.get("look") in ("left", "right")]
    return twin.model.folder, {
        "model": model,
        "kimg": twin.model.config.get("kimg"),
        "photographs": len(described),
        "missing": len(missing),
        "framed": round(framed / len(described), 3),
        "face": round(found / len(described), 3),
        "mirrored": round(sum(a != b and b != "front" for a, b in aside) / max(1, len(aside)), 3),
        "agreement": agreement(said, words),
    }


def _seen(drawn: Pixels) -> tuple[int, Sequence[Seen]]:
    """In how many drawings there is a face, and what is seen of each: there, or where a portrait has it."""
    import cv2

    from data.vision.features import Features, FeaturesUnavailable
    from data.vision.finder import Finder, FinderUnavailable
    from data.vision.framing import cut
    from data.vision.people.framing import DRAWN_BOX

    try:
        finder, features = Finder(), Features()
    except (FinderUnavailable, FeaturesUnavailable) as error:
        raise Refusal(str(error)) from error
    found, crops = 0, []
    for picture in drawn:
        large = np.asarray(cv2.resize(picture, (SHOWN, SHOWN), interpolation=cv2.INTER_CUBIC), np.uint8)
        faces = finder.find(large)
        found += bool(faces)
        box = faces[0].box if faces else tuple(side * SHOWN for side in DRAWN_BOX)
        crops.append(cut(large, box))
    return found, features.see(crops)


def markdown(answer: dict[str, Any]) -> str:
    """For the card of the model."""
    names = {
        "lightness": "hair lightness (dark, mid, light)", "hair": "hair colour family", "look": "head direction",
        "mouth": "mouth open or closed", "glasses": "glasses", "skin": "skin family",
    }  # fmt: skip
    rows = [
        f"| face found in the drawing | {100 * answer['face']:.1f} % |",
        f"| mirrored, of those who look aside | {100 * answer['mirrored']:.1f} % |",
    ]
    rows += [
        f"| {text} kept | {100 * told['agree']:.1f} % of {told['of']} |"
        for name, text in names.items()
        if (told := answer["agreement"][name])["agree"] is not None
    ]
    return (
        f"{answer['photographs']} photographs of synthetic people that it did not learn from, described by hand "
        "(`benchmarks/held_out_photos.json`); the drawings read by the features network.\n\n| | |\n| --- | --- |\n"
        + "\n".join(rows)
    )
