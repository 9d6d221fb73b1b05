from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.requests import BadRequest, Embed, Translate, Translated

PICTURE = np.zeros((4, 6, 3), np.uint8)


def asked(**changes: Any) -> Translate:
    return Translate(**{"model": "twin@starter", "pictures": (PICTURE,), "source": "photo", "to": "anime", **changes})


def said(request: Translate) -> dict[str, Any]:
    """What a worker would say: every picture drawn of the grey that is its number plus its seed, in a request whose
    pictures are of the grey that is their number."""
    numbers = [int(picture[0, 0, 0]) for picture in request.pictures]
    pixels = [np.full((2, 2, 3), number + seed, np.uint8) for number in numbers for seed in request.seeds]
    embedding = np.array([[number, 1.0] for number in numbers], np.float32)
    encodings = [bytes([number]) for number in numbers] if request.encode else []
    return {"pixels": np.stack(pixels), "embedding": embedding, "encodings": encodings}


@given(st.integers(1, 7), st.integers(1, 5), st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_the_answer_to_pieces_is_that_to_the_whole_however_they_were_cut(
    count: int, seeds: int, size: int, smaller: int, encode: bool
):
    pictures = tuple(np.full((3, 3, 3), 20 * i, np.uint8) for i in range(count))
    whole = asked(pictures=pictures, seeds=tuple(range(seeds)), encode=encode)
    pieces = whole.split(size)
    assert max(piece.cost for piece in pieces) <= size
    assert sum(piece.cost for piece in pieces) == whole.cost == count * seeds
    answers = [piece.join([again.join([said(again)]) for again in piece.split(smaller)]) for piece in pieces]
    joined, at_once = whole.join(answers), whole.join([said(whole)])
    np.testing.assert_array_equal(joined.pixels, at_once.pixels)
    np.testing.assert_array_equal(joined.embedding, at_once.embedding)
    assert joined.encodings == at_once.encodings == (tuple(bytes([20 * i]) for i in range(count)) if encode else ())
    assert joined.pixels[:, 0, 0, 0].tolist() == [20 * i + seed for i in range(count) for seed in range(seeds)]


def test_encodings_are_parted_like_pictures():
    request = asked(pictures=(), encodings=(b"a", b"b", b"c"), seeds=(0, 5))
    assert [(piece.encodings, piece.seeds) for piece in request.split(4)] == [((b"a", b"b"), (0, 5)), ((b"c",), (0, 5))]
    assert [(piece.encodings, piece.seeds) for piece in request.split(1)][:3] == [
        ((b"a",), (0,)), ((b"a",), (5,)), ((b"b",), (0,)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"pictures": ()}, {"encodings": (b"x",)}, {"pictures": (PICTURE[..., 0],)}, {"pictures": (PICTURE / 2,)},
        {"pictures": (np.zeros((0, 4, 3), np.uint8),)}, {"pictures": ("photo.png",)}, {"like": PICTURE[..., :2]},
        {"like": b"GIF"}, {"strength": -0.1}, {"strength": 1.6}, {"strength": float("nan")}, {"seeds": ()},
        {"seeds": (-1,)}, {"seeds": (2**32,)}, {"seeds": tuple(range(65))}, {"labels": (("Hair", 1.0),)},
        {"labels": (("hair_l", 9.0),)}, {"labels": (("a", 1.0), ("a", 2.0))},
        {"pictures": (), "encodings": ("text",)}, {"pictures": (), "encodings": (bytes(40_000_000),)},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]):
    with pytest.raises(BadRequest):
        asked(**wrong)


def test_only_requests_from_and_to_the_same_domains_share_a_batch():
    keys = {asked().batch_key, asked(to="cat").batch_key, asked(source="anime").batch_key, asked(model="b").batch_key}
    keys.add(Embed("twin@starter", (PICTURE,), "photo").batch_key)
    assert len(keys) == 5
    assert asked(strength=0.5, labels=(("age", 1.0),), seeds=(3,)).batch_key == asked().batch_key


GOOD = {"pixels": np.zeros((1, 2, 2, 3), np.uint8), "embedding": np.ones((1, 2), np.float32), "encodings": []}


@pytest.mark.parametrize(
    "wrong",
    [
        None, {}, {"pixels": None}, {"pixels": np.zeros((1, 2, 2, 3), np.float32)},
        {"pixels": np.zeros((2, 2, 2, 3), np.uint8)}, {"pixels": np.zeros((1, 2, 2, 4), np.uint8)},
        {"pixels": np.zeros((0, 2, 2, 3), np.uint8)}, {"embedding": None}, {"embedding": np.ones((2, 2), np.float32)},
        {"embedding": np.ones((1, 2))}, {"embedding": np.full((1, 2), np.nan, np.float32)},
        {"embedding": np.ones((1, 0), np.float32)}, {"encodings": [b"x"]}, {"encodings": ["x"]}, {"encodings": 3},
    ],
)  # fmt: skip
def test_a_worker_that_talks_nonsense_is_not_believed(wrong: Any):
    assert asked().join([GOOD]).pixels is GOOD["pixels"]
    with pytest.raises(ValueError):  # noqa: PT011 (the sentence differs)
        asked().join([GOOD | wrong if wrong else wrong])


def test_pieces_that_do_not_fit_together_are_refused():
    whole = asked(pictures=(PICTURE, PICTURE))
    larger = GOOD | {"pixels": np.zeros((1, 4, 4, 3), np.uint8)}
    for answers in ([GOOD], [GOOD] * 3, [GOOD, larger]):
        with pytest.raises(ValueError):  # noqa: PT011
            whole.join(answers)


def test_translations_pass_through_as_they_are():
    answer = Translated(GOOD["pixels"], GOOD["embedding"])
    assert Translated.of(answer) is answer
    assert asked().join([answer]).embedding.tolist() == [[1.0, 1.0]]


def test_embeddings_of_pieces_are_those_of_all():
    request = Embed("twin@starter", (PICTURE,) * 5, "photo")
    rows = np.arange(10, dtype=np.float32).reshape(5, 2)
    pieces = request.split(2)
    assert [piece.cost for piece in pieces] == [2, 2, 1]
    np.testing.assert_array_equal(request.join([rows[:2], rows[2:4], rows[4:]]), rows)
    for wrong in ([rows[:2]], [rows[0]], [rows.astype(np.float64)], ["x"]):
        with pytest.raises(ValueError):  # noqa: PT011
            request.join(wrong)  # type: ignore[arg-type]
    with pytest.raises(BadRequest):
        Embed("twin@starter", (), "photo")
