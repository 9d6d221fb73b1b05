import numpy as np
import pytest

from data.curate.likeness import duplicates, fit

pytest.importorskip("skia")
from tests.data.curate.faces import cropped, faces, measures, mirrored, smaller


@pytest.mark.parametrize(
    "change",
    [
        lambda face: face,
        lambda face: smaller(face, 100),
        mirrored,
        lambda face: smaller(mirrored(face), 90),
        lambda face: cropped(face, 8),
        lambda face: cropped(face, 16),
        lambda face: smaller(mirrored(cropped(face, 12)), 120),
        lambda face: (face * 0.8 + 30).astype(np.uint8),
    ],
    ids=["equal", "resized", "mirrored", "both", "cropped to 95 %", "to 90 %", "cropped and mirrored", "lighter"],
)
def test_a_copy_is_found(change):
    originals = faces()
    found = duplicates(measures(*originals, *(change(face) for face in originals)))
    assert found == [None] * 6 + [0, 1, 2, 3, 4, 5]


def test_two_pictures_of_one_character_are_no_copies():
    assert duplicates(measures(*faces(16, views=4, seed=900))) == [None] * 16


def test_a_copy_of_a_copy_must_be_like_the_first_one_itself():
    face = faces()[0]
    steps = [cropped(face, by) for by in (0, 16, 32, 48, 64, 80)]
    found = duplicates(measures(*steps))
    assert found[:2] == [None, 0]
    assert found[5] is None or found[5] > 0
    assert all(original is None or found[original] is None for original in found)


def test_a_plain_surface_is_a_part_of_nothing():
    plain = np.full((32, 32, 3), 128, np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    assert fit(plain, noise) == fit(noise, plain) == -1
    assert fit(noise, noise) == pytest.approx(1, abs=1e-4)
    assert fit(noise, mirrored(noise)) == pytest.approx(1, abs=1e-4)


def test_nothing_is_compared_with_nothing():
    assert duplicates([]) == []
