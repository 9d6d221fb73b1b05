from pathlib import Path

import numpy as np
from PIL import Image

from data.vision.faces import Face
from data.vision.frame import Frame
from models.people.measure import alone, measure_alarms, measure_found
from models.people.photos import Photo
from tests.data.people import person

GREEN = (30, 250, 60)  # as nothing else is: what photographs are pasted on has 226 at most


def photos() -> list[Photo]:
    picture = person(128, skin=GREEN)
    return [Photo(f"{i}.png", picture, Frame(64, 0.52 * 128, 0.84 * 128), True, {}) for i in range(4)]


def test_a_finder_that_finds_nothing_and_one_that_sees_faces_everywhere():
    nothing = measure_found(lambda picture: [], photos())
    assert {told["found"] for told in nothing.values()} == {0.0}
    assert {told["alarms"] for told in nothing.values()} == {0}
    assert [told["faces"] for told in nothing.values()] == [4, 4, 4, 4]
    corner = lambda picture: [Face((0.0, 0.0, 6.0, 6.0), 0.5)]
    wrong = measure_found(corner, photos())
    assert [told["alarms"] for told in wrong.values()] == [4, 4, 4, 1]


def test_what_is_pasted_is_where_it_is_said_to_be():
    """By a finder that knows the painted skin."""

    def by_skin(picture: np.ndarray) -> list[Face]:
        skin = np.abs(picture.astype(int) - GREEN).max(-1) < 24
        ys, xs = np.nonzero(skin)
        if len(xs) < 30:
            return []
        x, y = np.percentile(xs, [2, 98]), np.percentile(ys, [2, 98])
        return [Face((float(x[0]), float(y[0]), float(np.ptp(x)), float(np.ptp(y))), 1.0, None, 0.0)]

    report = measure_found(by_skin, photos())
    assert report["as they are"]["found"] == 1.0
    assert report["small in a large picture"]["found"] == 1.0
    assert report["leaning by 20 degrees"]["found"] == 1.0
    assert report["leaning by 20 degrees"]["degrees off"] == 20.0


def test_alarms_are_counted_in_drawings(tmp_path: Path):
    Image.fromarray(person(96)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("<html>")
    assert measure_alarms(lambda picture: [], tmp_path) == {"pictures": 1, "alarms": 0, "in": []}
    told = measure_alarms(lambda picture: [Face((1, 1, 5, 5), 1.0)], tmp_path)
    assert (told["alarms"], told["in"]) == (1, ["a.png"])


def test_what_was_used_before_finds_a_plain_face():
    assert len(alone(person())) == 1
