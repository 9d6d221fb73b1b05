"""What the picture lane answers to `PutHeads`."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from data.pictures import Encoded
from data.pictures.animate import MOST_BYTES, encode_frames
from data.pictures.lane import PictureRunner
from data.pictures.requests import CutHead, Decode, Headed, PutHeads, ReadRecipe, ShowHeads, Thumbnail
from data.pictures.types import Decoded, HeadFile
from data.vision.faces import Face
from data.vision.requests import FindReal
from tests.data.pictures.scenes import crowd, face_in, person

RECIPE = '{"id":"k7f3","op":"conhead","who":"biri","mood":"calm","only":0}'
PEOPLE = [person(seed, 128, yaw=0, roll=0, scale=0.25) for seed in (31, 32, 33)]


def _run(request):
    return PictureRunner().run([request])[0]


def _ask(pictures, faces, **options) -> Headed:
    request = PutHeads(tuple(pictures), tuple(faces), ("biri",), "calm", **options)
    return request.join([_run(request)])


def _opened(picture: Encoded | None) -> np.ndarray:
    assert picture is not None
    return np.asarray(Image.open(io.BytesIO(picture.content)).convert("RGB")).astype(int)


def _touched(before: np.ndarray, after: np.ndarray) -> list[bool]:
    """Which of the people side by side."""
    changed = np.abs(after - before).mean(axis=(0, 2))
    return [bool(changed[i * 128 + 20 : i * 128 + 108].mean() > 12) for i in range(before.shape[1] // 128)]


@pytest.mark.parametrize(
    ("only", "touched"),
    [(0, [True] * 3), (1, [True, False, False]), (2, [False, True, False]), (3, [False] * 2 + [True])],
)
def test_faces_are_counted_from_left_to_right(only: int, touched: list[bool]) -> None:
    picture, faces = crowd(PEOPLE)
    shuffled = (faces[1], faces[2], faces[0])
    headed = _ask([picture], [shuffled], only=only)
    assert headed.found == 3
    assert _touched(picture, _opened(headed.picture)) == touched


def test_a_number_that_nobody_has_gets_no_picture() -> None:
    picture, faces = crowd(PEOPLE)
    assert _ask([picture], [faces], only=4) == Headed(3, None)
    assert _ask([picture], [()]) == Headed(0, None)


@pytest.mark.parametrize("side", [0.0, 1e-9, 2.0, 900.0, 5e6])
def test_a_speck_and_a_face_larger_than_the_picture_are_slips_of_the_finder(side: float) -> None:
    picture, faces = crowd(PEOPLE)
    assert _ask([picture], [(Face((10.0, 10.0, side, side), 0.9), *faces)]).found == 3


def test_the_recipe_travels_in_it_and_nothing_else_does() -> None:
    picture, faces = crowd(PEOPLE[:1])
    headed = _ask([picture], [faces], recipe=RECIPE)
    assert headed.picture is not None
    assert headed.picture.media_type == "image/jpeg"
    assert _run(ReadRecipe(headed.picture.content)) == RECIPE


def _moving(n: int = 8) -> tuple[list[np.ndarray], list[tuple[Face, ...]]]:
    frames, faces = [], []
    for i in range(n):
        frame = np.full((128, 200, 3), 210, np.uint8)
        frame[:, 6 * i : 6 * i + 128] = PEOPLE[0].pixels
        frames.append(frame)
        faces.append((face_in(PEOPLE[0].labels, x=6 * i),))
    return frames, faces


@pytest.mark.parametrize("gif", [False, True])
def test_an_animation_stays_one_of_as_many_frames_as_long(gif: bool) -> None:
    frames, faces = _moving()
    durations = (50, 60, 70, 80, 90, 100, 110, 120)
    headed = _ask(frames, faces, durations=durations, recipe=RECIPE, gif=gif)
    assert headed.found == 1
    assert headed.picture is not None
    assert headed.picture.media_type == ("image/gif" if gif else "image/webp")
    assert _run(ReadRecipe(headed.picture.content)) == RECIPE
    image = Image.open(io.BytesIO(headed.picture.content))
    shown = [(np.asarray(f.convert("RGB")).astype(int), f.info["duration"]) for f in ImageSequence.Iterator(image)]
    assert [duration for _, duration in shown] == list(durations)
    for i, (frame, _) in enumerate(shown):
        x, y = (round(v) for v in faces[i][0].chin or (0, 0))
        assert np.abs(frame[y - 30 : y - 5, x - 15 : x + 15] - frames[i][y - 30 : y - 5, x - 15 : x + 15]).mean() > 5


def test_a_face_that_flashes_up_in_one_frame_gets_no_head() -> None:
    frames, faces = _moving()
    faces = [faces[0], *[()] * 7]
    assert _ask(frames, faces, durations=(80,) * 8) == Headed(0, None)


@pytest.mark.parametrize("gif", [False, True])
def test_an_animation_is_small_enough_for_a_chat(gif: bool) -> None:
    noise = np.random.RandomState(0).randint(0, 256, (24, 320, 480, 3), np.uint8)
    encoded = encode_frames(list(noise), [80] * 24, gif=gif)
    assert len(encoded.content) <= MOST_BYTES
    assert abs(encoded.width / encoded.height - 1.5) < 0.05


@pytest.mark.parametrize(
    ("pictures", "faces", "durations"), [((), (), ()), ((1,), (), ()), ((1, 1), ((), ()), ()), ((1,), ((),), (80,))]
)
def test_what_does_not_fit_together_is_no_request(pictures: tuple, faces: tuple, durations: tuple) -> None:
    frame = np.zeros((8, 8, 3), np.uint8)
    with pytest.raises(ValueError, match="pictures"):
        PutHeads(tuple(frame for _ in pictures), faces, ("biri",), "calm", durations=durations)


@pytest.mark.parametrize(
    "answer", [None, {}, {"found": -1, "picture": None}, {"found": 1}, {"found": 1, "picture": b""}]
)
def test_what_is_no_answer_is_not_believed(answer: object) -> None:
    request = PutHeads((np.zeros((8, 8, 3), np.uint8),), ((),), ("biri",), "calm")
    with pytest.raises(ValueError, match="not the answer"):
        request.join([answer])


@pytest.mark.parametrize("shape", [(1, 1280), (1280, 1), (900, 1280), (40, 30)])
def test_a_thumbnail_is_never_larger_than_was_asked_for(shape: tuple[int, int]) -> None:
    encoded = _run(Thumbnail(np.full((*shape, 3), 99, np.uint8), 512))
    assert max(encoded.width, encoded.height) <= min(512, max(shape))
    assert _opened(encoded).shape == (encoded.height, encoded.width, 3)


# -------------------------------------------------------------------------------------------------- heads cut out

TEAL = (0, 140, 130)


def _ball(side: int = 200) -> np.ndarray:
    ys, xs = np.mgrid[0:side, 0:side]
    inside = (xs - side / 2) ** 2 + (ys - side / 2) ** 2 <= (0.45 * side) ** 2
    return np.dstack([np.full((side, side, 3), TEAL, np.uint8), np.where(inside, 255, 0).astype(np.uint8)])


def _cut(pixels: np.ndarray, face: Face | None = None) -> HeadFile | None:
    request = CutHead(pixels, face)
    return request.join([_run(request)])


def test_a_head_that_was_cut_out_is_put_on_and_others_are_dealt_in_turn() -> None:
    head = _cut(_ball())
    assert head is not None
    picture, faces = crowd(PEOPLE)
    request = PutHeads((picture,), (faces,), (head, 7), "calm")
    made = _opened(request.join([_run(request)]).picture)
    middles = [tuple(round(v) for v in (face.chin or (0, 0))) for face in faces]
    teal = [bool(np.abs(made[y - 18, x] - TEAL).max() < 90 and made[y - 18, x, 0] < 90) for x, y in middles]
    assert teal == [True, False, True]


def test_a_picture_without_a_head_gives_none() -> None:
    assert _cut(np.full((80, 80, 3), 200, np.uint8)) is None
    assert _cut(np.zeros((80, 80, 4), np.uint8)) is None


def test_heads_are_shown_side_by_side_on_white() -> None:
    head = _cut(_ball())
    assert head is not None
    one, two = (_opened(_run(ShowHeads((head.content,) * n, numbered=n > 1))) for n in (1, 2))
    assert one[2, 2].min() > 245
    assert two.shape[1] > 1.7 * two.shape[0]


@pytest.mark.parametrize(
    "answer",
    [1, {}, {"content": "text", "place": [0.0] * 10}, {"content": b"", "place": [0.0] * 9},
     {"content": b"", "place": [float("nan")] * 10}, {"content": b"", "place": ["1"] * 10}],
)  # fmt: skip
def test_what_is_no_head_is_not_believed(answer: object) -> None:
    with pytest.raises(ValueError, match="not the answer"):
        CutHead(_ball()).join([answer])


def test_nobodys_head_is_no_request() -> None:
    with pytest.raises(ValueError, match="nobody"):
        PutHeads((np.zeros((8, 8, 3), np.uint8),), ((),), (), "calm")


def test_what_is_see_through_stays_so_only_where_that_is_asked_for() -> None:
    content = io.BytesIO()
    Image.fromarray(_ball()).save(content, "PNG")
    for alpha, channels in ((True, 4), (False, 3)):
        request = Decode(content.getvalue(), alpha=alpha)
        found = request.join([_run(request)])
        assert isinstance(found, Decoded)
        assert found.pixels.shape[2] == channels
    opaque = io.BytesIO()
    Image.fromarray(_ball()).convert("RGB").save(opaque, "JPEG")
    request = Decode(opaque.getvalue(), alpha=True)
    found = request.join([_run(request)])
    assert isinstance(found, Decoded)
    assert found.pixels.shape[2] == 3
    with pytest.raises(ValueError, match="not the answer"):
        Decode(content.getvalue()).join([_run(Decode(content.getvalue(), alpha=True))])


def test_people_in_photographs_are_looked_for_in_the_picture_lane() -> None:
    request = FindReal((np.full((120, 160, 3), 128, np.uint8),) * 2)
    assert request.lane == "picture"
    pieces = request.split(1)
    assert [type(piece) for piece in pieces] == [FindReal, FindReal]
    assert request.join([piece.join([_run(piece)]) for piece in pieces]) == ((), ())
