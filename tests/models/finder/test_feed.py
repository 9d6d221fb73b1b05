import pickle

import numpy as np

from models.finder.feed import Feed
from models.finder.heads import Heads
from models.finder.scenes import Composer


def test_another_process_composes_the_same_scenes(heads: Heads):
    feed = Feed(Composer(heads, 64))
    indices = np.array([3, 1, 4])
    first, second = feed(indices), pickle.loads(pickle.dumps(feed))(indices)
    np.testing.assert_array_equal(first.images, second.images)
    for one, other in zip(first.maps, second.maps, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_feed_takes_little_along(heads: Heads):
    assert len(pickle.dumps(Feed(Composer(heads, 64)))) < 2000
