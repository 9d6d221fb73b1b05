"""What the picture lane answers, and what it refuses."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from data.pictures import Encoded
from data.pictures.lane import PictureRunner
from data.pictures.layout import layout
from data.pictures.opening import Unreadable
from data.pictures.requests import ReadRecipe, Reencode, Sheet

RECIPE = '{"op":"draw","model":"waifu@starter","latents":[{"seed":7}],"trunc":0.7}'


def _run(request):
    return PictureRunner().run([request])[0]


def _faces(n: int, side: int = 96) -> np.ndarray:
    """Faces of one colour each, so that a place on a sheet tells which is there."""
    colours = np.random.RandomState(0).randint(0, 255, (n, 1, 1, 3), np.uint8)
    return np.broadcast_to(colours, (n, side, side, 3)).copy()


@pytest.mark.parametrize("n", [1, 5])
def test_a_lossless_sheet_is_a_png_of_just_those_faces(n: int) -> None:
    faces = _faces(n)
    encoded = _run(Sheet(faces, RECIPE, numbered=False, lossless=True))
    assert encoded.media_type == "image/png"
    plan = layout(n, 96, 96)
    sheet = np.asarray(Image.open(io.BytesIO(encoded.content)).convert("RGB"))
    for face, (x, y) in zip(faces, plan.places, strict=True):
        centre = sheet[y + plan.cell_height // 2, x + plan.cell_width // 2]
        np.testing.assert_array_equal(centre, face[0, 0])
    assert _run(ReadRecipe(encoded.content, 1_000_000)) == RECIPE


@pytest.mark.parametrize("n", [1, 2, 5, 64])
def test_a_sheet_shows_each_face_in_its_place(n: int) -> None:
    faces = _faces(n)
    encoded = _run(Sheet(faces))
    plan = layout(n, 96, 96)
    sheet = np.asarray(Image.open(io.BytesIO(encoded.content)).convert("RGB")).astype(int)
    assert sheet.shape[:2] == (encoded.height, encoded.width) == (plan.height, plan.width)
    for face, (x, y) in zip(faces, plan.places, strict=True):
        centre = sheet[y + plan.cell_height // 2, x + plan.cell_width // 2]
        assert np.abs(centre - face[0, 0]).max() < 8


def test_faces_of_several_sizes_share_a_sheet() -> None:
    encoded = _run(Sheet([_faces(1, 96)[0], _faces(1, 128)[0]]))
    assert encoded.width > encoded.height


@pytest.mark.parametrize("big", [False, True])
def test_the_recipe_travels_in_the_picture(big: bool) -> None:
    encoded = _run(Sheet(_faces(1), RECIPE, big))
    assert encoded.media_type == ("image/png" if big else "image/jpeg")
    assert _run(ReadRecipe(encoded.content)) == RECIPE


def test_a_picture_without_a_recipe_has_none() -> None:
    assert _run(ReadRecipe(_run(Sheet(_faces(1))).content)) == ""


def test_reencoding_makes_it_smaller_and_drops_the_metadata() -> None:
    large = _run(Sheet(_faces(64), RECIPE))
    small = _run(Reencode(large.content, large.media_type, max_side=300, quality=70))
    assert isinstance(small, Encoded)
    assert max(small.width, small.height) == 300
    assert len(small.content) < len(large.content)
    assert _run(ReadRecipe(small.content)) == ""


def _png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>not a picture</html>", b"GIF89a", _png_header(30000, 30000), b"\xff\xd8\xff" + b"\0" * 64],
    ids=["empty", "html", "gif", "bomb", "broken jpeg"],
)
def test_what_is_no_picture_is_refused_and_not_raised(content: bytes) -> None:
    answer = _run(ReadRecipe(content))
    assert isinstance(answer, Unreadable)


def test_a_truncated_picture_of_ours_is_refused_or_still_read_but_never_raises() -> None:
    whole = _run(Sheet(_faces(1), RECIPE, big=True)).content
    for cut in range(0, len(whole), max(1, len(whole) // 40)):
        assert isinstance(_run(ReadRecipe(whole[:cut])), (str, Unreadable))
