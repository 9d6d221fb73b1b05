"""Ways through latent space."""

import numpy as np
import pytest

from models.latent.walk import ease, loop, slerp, stops, there


@pytest.mark.parametrize(("stations", "frames"), [(2, 8), (3, 60), (4, 60), (7, 60), (8, 8)])
def test_a_loop_shows_each_station_once_and_goes_on_to_the_next(stations: int, frames: int) -> None:
    places = loop(stations, frames)
    assert len(places) == frames
    assert [places[i][0] for i in stops(places)] == list(range(stations))
    assert all(end == (start + 1) % stations and 0 <= share < 1 for start, end, share in places)
    lengths = [sum(start == i for start, _, _ in places) for i in range(stations)]
    assert max(lengths) - min(lengths) <= 1


def test_an_eased_way_begins_and_ends_slowly_and_an_even_one_does_not() -> None:
    eased, even = (
        np.diff([share for start, _, share in loop(2, 40, eased=is_eased) if not start]) for is_eased in (True, False)
    )
    assert even == pytest.approx(np.full(19, 1 / 20))
    assert eased[0] < even[0] / 4 < eased[9]
    assert [ease(share) for share in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]


def test_there_and_back_again_takes_so_many_frames() -> None:
    shares = there(60)
    assert 2 * (len(shares) - 1) == 60
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_a_way_that_cannot_be_gone_is_refused() -> None:
    for stations, frames in ((1, 60), (9, 8)):
        with pytest.raises(ValueError, match="frames past"):
            loop(stations, frames)


def test_what_lies_in_one_direction_or_in_opposite_ones_is_reached_straight() -> None:
    a = np.array([1.0, 0.0])
    assert slerp(a, 3 * a, 0.5) == pytest.approx([2.0, 0.0])
    assert np.isfinite(slerp(a, -a, 0.3)).all()
    assert np.isfinite(slerp(a, 0 * a, 0.3)).all()
