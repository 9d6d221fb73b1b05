"""Painted people whose faces are known, and what a person would say of them."""

from data.vision.frame import Frame
from models.people.photos import Photo
from tests.data.people import BLACK, BLOND, DARK, LIGHT, person

SQUARE = Frame(64, 0.52 * 128, 0.84 * 128)


def people() -> list[Photo]:
    found = []
    for i in range(24):
        glasses, opened, aside = bool(i % 2), bool(i % 3 == 0), (-0.05, 0.0, 0.05)[i % 3]
        said = {
            "skin": "light" if i % 4 else "dark",
            "glasses": "yes" if glasses else "no",
            "mouth": "open" if opened else "closed",
            "look": ("left", "front", "right")[i % 3],
            "smile": "no" if i % 4 else "yes",
            "gender": "masculine" if i % 4 < 2 else "feminine",
            "age": "child" if i % 5 == 0 else "adult",
            "lightness": "dark" if i % 2 else "light",
            "hair": "black" if i % 2 else "blond",
        }
        picture = person(
            128, skin=LIGHT if i % 4 else DARK, hair=BLACK if i % 2 else BLOND, ground=(90 + 6 * i, 130, 200 - 7 * i),
            look=aside, mouth_open=opened, glasses=glasses,
        )  # fmt: skip
        found.append(Photo(f"{i}.png", picture, SQUARE, True, said))
    return found
