"""What the picture lane answers, and what it refuses."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from data.pictures import Encoded
from data.pictures.lane import PictureRunner
from data.pictures.layout import layout, pair_layout
from data.pictures.opening import Unreadable
from data.pictures.requests import FrameHeads, Pairs, ReadRecipe, Reencode, Sheet
from data.vision.faces import Face

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


@pytest.mark.parametrize("n", [1, 5])
def test_what_was_stands_beside_what_became_of_it(n: int) -> None:
    before, after = _faces(n, 300), 255 - _faces(n, 64)
    encoded = _run(Pairs(before, after, RECIPE, numbered=False, lossless=True))
    sheet = np.asarray(Image.open(io.BytesIO(encoded.content)).convert("RGB"))
    plan = pair_layout(n)
    assert sheet.shape[:2] == (plan.sheet.height, plan.sheet.width)
    half = plan.side // 2
    for i in range(n):
        (x, y), (u, v) = plan.befores[i], plan.afters[i]
        np.testing.assert_array_equal(sheet[y + half, x + half], before[i, 0, 0])
        np.testing.assert_array_equal(sheet[v + half, u + half], after[i, 0, 0])
    assert _run(ReadRecipe(encoded.content, 1_000_000)) == RECIPE
    assert _run(Pairs(before, after)).media_type == "image/jpeg"
    with pytest.raises(ValueError, match="no pairs"):
        Pairs(before, after[1:])


def test_the_numbers_of_pairs_are_on_what_became_of_it() -> None:
    grey = np.full((2, 64, 64, 3), 255, np.uint8)
    pictures = [_run(Pairs(grey, grey, numbered=numbered, lossless=True)) for numbered in (True, False)]
    numbered, plain = (np.asarray(Image.open(io.BytesIO(p.content)).convert("RGB")).astype(int) for p in pictures)
    changed = np.argwhere(np.abs(numbered - plain).sum(2) > 0)
    plan = pair_layout(2)
    assert len(changed)
    assert changed[:, 1].min() > plan.afters[0][0] + plan.side // 2


def test_heads_are_cut_out_upright_picture_by_picture() -> None:
    wall, colours = np.zeros((200, 300, 3), np.uint8), ((250, 0, 0), (0, 250, 0))
    picture = wall.copy()
    for colour, left in zip(colours, (40, 200), strict=True):
        picture[80:120, left : left + 36] = colour
    faces = tuple(Face((left, 80.0, 36.0, 40.0), 1.0) for left in (40.0, 200.0))
    for drawn in (False, True):
        heads = FrameHeads((picture, wall, picture), (faces, (), faces[1:]), 64, drawn)
        found = heads.join([_run(heads)])
        assert found.shape == (4, 64, 64, 3)
        for i, colour in enumerate((colours[0], colours[1], (0, 0, 0), colours[1])):
            middle = found[i, 30:45, 24:40].reshape(-1, 3).mean(0)
            assert np.abs(middle - colour).max() < 40
            assert found[i, :8].max() < 40  # above the head there is the wall
    leaning = Face((40.0, 80.0, 36.0, 40.0), 1.0, angle=30.0)
    upright, turned = (_run(FrameHeads((picture,), ((face,),), 64))[0] for face in (faces[0], leaning))
    assert np.abs(upright.astype(int) - turned).max() > 100


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
