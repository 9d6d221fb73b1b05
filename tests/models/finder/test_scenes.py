import math

import numpy as np
import pytest

from models.finder.heads import Heads
from models.finder.scenes import Composer, Labelled, Scene


def scenes(heads: Heads, count: int, **options: object) -> list[Scene]:
    composer = Composer(heads, 128)
    return [composer.scene(np.random.default_rng(i), **options) for i in range(count)]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(heads: Heads) -> list[Scene]:
    return scenes(heads, 160)


def faces_of(made: list[Scene]) -> list[Labelled]:
    return [face for scene in made for face in scene.faces if face.counted]


def test_scenes_come_with_nobody_somebody_and_many(made: list[Scene]):
    counts = [len(scene.faces) for scene in made]
    assert min(counts) == 0
    assert counts.count(1) > 10
    assert max(counts) >= 4
    assert all(scene.pixels.shape == (128, 128, 3) and scene.pixels.dtype == np.uint8 for scene in made)


def test_the_same_chance_gives_the_same_scene(heads: Heads, made: list[Scene]):
    (again,) = scenes(heads, 1)
    np.testing.assert_array_equal(again.pixels, made[0].pixels)
    assert again.faces == made[0].faces


def test_sizes_and_angles_are_as_wide_as_they_are_promised(made: list[Scene]):
    sizes = [face.box[2] - face.box[0] for face in faces_of(made)]
    angles = [math.degrees(face.angle) for face in faces_of(made)]
    assert min(sizes) < 20
    assert max(sizes) > 80
    assert min(angles) < -40
    assert max(angles) > 40


def test_eyes_stand_above_the_chin_along_the_angle(made: list[Scene]):
    for face in faces_of(made):
        ax, ay, bx, by, cx, cy = face.points
        up = np.array([(ax + bx) / 2 - cx, (ay + by) / 2 - cy])
        told = np.array([math.sin(face.angle), -math.cos(face.angle)])
        # A face that looks aside has its eyes beside the line from the chin.
        assert up @ told > 0.7 * np.linalg.norm(up)


def test_a_head_box_holds_the_middle_of_its_face_box(made: list[Scene]):
    for face in faces_of(made):
        x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
        assert face.head_box[0] < x < face.head_box[2]
        assert face.head_box[1] < y < face.head_box[3]


def test_hidden_faces_are_not_asked_for(heads: Heads):
    class Covering(Composer):
        def _head(self, chance, canvas, index, size, close) -> None:  # type: ignore[no-untyped-def]
            super()._head(chance, canvas, index, size, close)
            before = canvas.pixels.copy()
            canvas.pixels[:] = 255 - canvas.pixels
            canvas.covered(before)

    composer = Covering(heads, 128)
    assert not any(composer.scene(np.random.default_rng(i)).faces for i in range(20))


def test_photographs_come_among_the_grounds(heads: Heads):
    photo = np.full((40, 40, 3), (1, 2, 3), np.uint8)
    composer = Composer(heads, 64, [photo])
    shown = [composer.scene(np.random.default_rng(i), degrade=False).pixels for i in range(60)]
    assert any(((picture == (1, 2, 3)).all(2)).mean() > 0.3 for picture in shown)
