from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from data.pictures import Pixels
from data.vision.faces import Face
from data.vision.people import PeopleFinder
from models.finder.measure import is_hit
from tests.data.people import BLOND, DARK, person

BOX = (64.0, 77.0, 128.0, 148.0)  # of the face of a person of 256 px


@pytest.fixture(scope="module")
def finder() -> PeopleFinder:
    return PeopleFinder()


def pasted(people: Sequence[tuple[Pixels, float, float, float]], height: int = 480, width: int = 640) -> Pixels:
    """People on a soft ground: each with its middle across and down, and how far it leans."""
    canvas = np.full((height, width, 3), (120, 128, 140), np.uint8)
    for picture, x, y, turn in people:
        side = picture.shape[0]
        matrix = cv2.getRotationMatrix2D((side / 2, side / 2), -turn, 1.0)
        matrix[:, 2] += [x - side / 2, y - side / 2]
        cv2.warpAffine(picture, matrix, (width, height), dst=canvas, borderMode=cv2.BORDER_TRANSPARENT)
    return canvas


@pytest.mark.parametrize(
    "picture",
    [person(), person(skin=DARK), person(hair=BLOND, long=True), person(glasses=True), person(mouth_open=True)],
    ids=["plain", "dark", "long hair", "glasses", "mouth"],
)
def test_a_face_is_found_where_it_is(finder: PeopleFinder, picture: Pixels):
    (face,) = finder.find(picture)
    assert is_hit(face.box, BOX)
    assert face.box == pytest.approx(BOX, abs=14)
    assert face.score > 0.8
    assert abs(face.angle) < 4
    assert face.eyes is not None
    assert face.chin is not None
    assert face.eyes[0][0] < 128 < face.eyes[1][0]
    assert face.chin[1] == pytest.approx(0.88 * 256, abs=12)


@pytest.mark.parametrize("turn", [-20.0, 14.0, 45.0])
def test_a_head_that_leans_is_found_and_its_lean_is_known(finder: PeopleFinder, turn: float):
    (face,) = finder.find(pasted([(person(), 320, 240, turn)]))
    assert face.angle == pytest.approx(turn, abs=5)
    assert is_hit(face.box, (320 - 64, 240 - 51, 128, 148))


def test_of_several_each_is_found_once(finder: PeopleFinder):
    people = [(person(160), 120, 160, 0.0), (person(220, glasses=True), 420, 300, 8.0)]
    faces = finder.find(pasted(people))
    assert len(faces) == 2
    assert sorted(round(face.box[0] + face.box[2] / 2) for face in faces) == pytest.approx([120, 420], abs=12)


def test_any_size_will_do(finder: PeopleFinder):
    for scale in (0.3, 6):
        side = round(256 * scale)
        (face,) = finder.find(cv2.resize(person(), (side, side), interpolation=cv2.INTER_AREA))
        assert is_hit([value / scale for value in face.box], BOX)


@pytest.mark.parametrize("shape", [(120, 90, 3), (120, 90, 4), (120, 90), (1, 1, 3), (3, 700, 3)])
def test_where_there_is_nothing_nobody_is_found(finder: PeopleFinder, shape: tuple[int, ...]):
    assert finder.find(np.full(shape, 200, np.uint8)) == []


def test_drawn_faces_are_nobody(finder: PeopleFinder):
    pytest.importorskip("skia")
    from data.drawn.spec import Spec

    spec = Spec(8, 500, "portrait")
    assert sum(len(finder.find(spec.draw(number, 160)[0])) for number in range(4)) == 0


def test_what_is_no_picture_is_an_error(finder: PeopleFinder):
    with pytest.raises(ValueError, match="no picture"):
        finder.find(np.zeros((4, 4, 3), np.float32))


def test_faces_travel(finder: PeopleFinder):
    from data.vision.requests import FindReal, told

    request = FindReal((person(),))
    (faces,) = request.join([told([finder.find(person())])])
    assert isinstance(faces[0], Face)
    assert faces[0].eyes is not None
