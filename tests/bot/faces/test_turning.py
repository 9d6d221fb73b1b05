"""The recipe of faces that were turned."""

from typing import Any

import pytest

from bot.faces.turning import Turning
from models.errors import BadRequest

FULL = Turning(
    "twin@starter", "photo", "cat", (7, 8), 0.5, {"hair": "pink"}, "#k7f3.2", 3, 2, True, True, False
)  # fmt: skip


@pytest.mark.parametrize("turning", [Turning("twin@starter", "photo", "anime"), FULL])
def test_it_comes_back_from_its_body(turning: Turning) -> None:
    assert Turning.of(turning.body()) == turning


@pytest.mark.parametrize(
    "changed",
    [{"op": "draw"}, {"seeds": []}, {"seeds": [-1]}, {"seeds": [0] * 5}, {"heads": 10}, {"heads": -1}, {"strength": 2},
     {"strength": float("nan")}, {"only": -1}, {"seeds": None}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises((BadRequest, TypeError, ValueError)):
        Turning.of(FULL.body() | changed)


def test_faces_are_counted_head_by_head() -> None:
    assert FULL.count == 6
    assert [FULL.seed_of(n) for n in range(1, 7)] == [7, 8] * 3
    assert [FULL.head_of(n) for n in range(1, 7)] == [0, 0, 1, 1, 2, 2]


def test_the_line_says_all_that_is_not_as_usual() -> None:
    assert Turning("twin@starter", "photo", "anime").line == "/selfie2anime"
    assert FULL.line == (
        "/selfie2anime middle:yes face:2 to:cat hair:pink like:#k7f3.2 strength:0.5 variants:2 seed:7 side:yes"
    )
    assert "like" not in Turning("twin@starter", "photo", "anime", like="picture").line
