import numpy as np

from data.hashes import BYTES, distances, joined


def test_the_distance_is_that_of_the_nearest_way_to_see_it():
    one, other = bytes(BYTES), bytes([0b101, *[0] * (BYTES - 2), 1])
    hashes = joined([one, other, bytes([255]) * BYTES])
    assert hashes.shape == (3, 4)
    assert distances(hashes, one).tolist() == [0, 3, 256]
    assert distances(hashes, one, bytes([255]) * BYTES).tolist() == [0, 3, 0]


def test_of_none_there_are_no_distances():
    assert distances(joined([]), bytes(BYTES)).shape == (0,)
    assert np.array_equal(joined([bytes(range(BYTES))])[0].tobytes(), bytes(range(BYTES)))
