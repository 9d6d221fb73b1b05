"""Who a drawn head is: the parameters that stay when pose, expression, clothes, style and light change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from data.drawn.parameters import Parameters
from data.drawn.sampling import sample_parameters

IDENTITY: tuple[str, ...] = (
    "age", "masculine", "face_point", "face_length", "cheek", "ears", "skin_tone", "skin_rgb", "nose",
    "eye_shape", "eye_width", "eye_height", "eye_gap", "iris", "pupil", "lash", "brow_weight",
    "eye_color", "eye_rgb", "other_eye_color", "other_eye_rgb",
    "fringe", "fringe_length", "back", "hair_volume", "hair_length", "hair_wave", "strands", "side_locks", "ahoge",
    "part", "dye", "hair_color", "hair_rgb", "hair_tip_rgb",
    "glasses", "ribbon", "hairpin", "hairpin_side", "hairband", "accent_rgb",
)  # fmt: skip
"""The parameters that make a character; `accent_rgb` is the colour of what is worn in the hair."""

CHARACTERS: dict[str, dict[str, Any]] = {
    # The mascot of the house.
    "biri": {
        "age": 0.48, "masculine": 0.0, "face_point": 0.5, "face_length": 1.0, "cheek": 0.5, "ears": "human",
        "skin_tone": 0.06, "skin_rgb": (254, 236, 222), "nose": 0.4,
        "eye_shape": "round", "eye_width": 0.325, "eye_height": 0.285, "eye_gap": 0.47, "iris": 0.8, "pupil": 0.36,
        "lash": 0.55, "brow_weight": 0.45,
        "eye_color": "brown", "eye_rgb": (158, 96, 48), "other_eye_color": "brown", "other_eye_rgb": (158, 96, 48),
        "fringe": "swept_left", "fringe_length": 0.45, "back": "bob", "hair_volume": 0.6, "hair_length": 0.3,
        "hair_wave": 0.15, "strands": 0.55, "side_locks": 0.55, "ahoge": 0.0, "part": -0.25, "dye": "none",
        "hair_color": "chestnut", "hair_rgb": (176, 106, 64), "hair_tip_rgb": (176, 106, 64),
        "glasses": "none", "ribbon": "none", "hairpin": "flower", "hairpin_side": 1, "hairband": False,
        "accent_rgb": (246, 196, 206),
    },
}  # fmt: skip
"""Those who have a name: name -> all of IDENTITY."""


def sample_character(seed: int) -> dict[str, Any]:
    """Somebody by chance: all of IDENTITY, for `sample_parameters(view_seed, **character)`. Any integer is a seed."""
    p = sample_parameters(seed)
    return {name: getattr(p, name) for name in IDENTITY}


def view_seed(character: int | str, number: int) -> int:
    """The seed, below 2**32, of what changes in picture `number` of a character: no two characters share poses."""
    digest = hashlib.blake2b(f"nijigen/view/{character}/{number}".encode(), digest_size=4).digest()
    return int.from_bytes(digest)


def view(character: int | str, number: int, sample: Callable[..., Parameters] = sample_parameters) -> Parameters:
    """Picture `number` of a character: a name in CHARACTERS (else KeyError), or the seed of `sample_character`.

    `sample(seed, **fixed)` chooses all that does not make the character.
    """
    fixed = CHARACTERS[character] if isinstance(character, str) else sample_character(character)
    return sample(view_seed(character, number), **fixed)
