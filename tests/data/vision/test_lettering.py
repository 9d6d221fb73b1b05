import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from data.vision.lettering import lettering

pytest.importorskip("skia")
from data.drawn.spec import Spec

LIMIT = 0.01  # what curate leaves out
TEXTS = ("Merry Christmas!", "Please do not repost", "(C) 2024 Studio", "@somebody_draws")


def written(pixels: np.ndarray, text: str, at: tuple[int, int], size: int, ink: str, ground: str) -> np.ndarray:
    image = Image.fromarray(pixels)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    x0, y0, x1, y1 = draw.textbbox(at, text, font=font)
    draw.rectangle((x0 - 3, y0 - 3, x1 + 3, y1 + 3), fill=ground)
    draw.text(at, text, font=font, fill=ink)
    return np.asarray(image)


@pytest.mark.parametrize(("ink", "ground"), [("black", "white"), ("white", "navy"), ("crimson", "white")])
def test_captions_are_found_whatever_their_colours(ink: str, ground: str):
    faces = Spec(8, seed=70)
    found = [
        lettering(written(faces.draw(i, 256)[0], TEXTS[i % 4], (8, 4 + 220 * (i % 2)), 16, ink, ground)) > LIMIT
        for i in range(8)
    ]
    assert sum(found) >= 6


def test_drawn_faces_without_any_have_none():
    faces = Spec(40, seed=170)
    assert sum(lettering(faces.draw(i, 256)[0]) > LIMIT for i in range(40)) <= 1


def test_a_larger_copy_has_as_much_of_it():
    picture = written(np.full((256, 256, 3), 230, np.uint8), TEXTS[1], (10, 100), 18, "black", "white")
    large = np.asarray(Image.fromarray(picture).resize((900, 900), Image.Resampling.LANCZOS))
    assert lettering(large) == pytest.approx(lettering(picture), rel=0.5)


def test_a_plain_picture_has_none():
    assert lettering(np.full((40, 60, 3), 128, np.uint8)) == 0.0
