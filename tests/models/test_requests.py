import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.requests import BadRequest, Best, Draw, Judge, Latent, Ranked, Verdict

NAMES = ("age", "glasses", "yaw")
BANK = np.arange(30, dtype=np.float32).reshape(10, 3) / 10

labels = st.dictionaries(st.from_regex(r"[a-z_]{1,32}", fullmatch=True), st.floats(-4, 4), max_size=8)


@given(st.integers(0, 2**32 - 1), labels, labels)
def test_a_latent_with_labels_comes_back_from_json(seed: int, first: dict, second: dict):
    latent = Latent(seed).step(3, 0.5).labelled(first).labelled(second)
    assert dict(latent.labels) == {**first, **second}
    assert [name for name, _ in latent.labels] == sorted({**first, **second})
    assert Latent.from_json(json.loads(json.dumps(latent.to_json()))) == latent


def test_labels_stand_in_the_recipe_only_where_there_are_any():
    assert Latent(7).to_json() == {"seed": 7}
    assert Latent(7).labelled({"glasses": 1}).to_json() == {"seed": 7, "labels": {"glasses": 1.0}}


def test_the_order_in_which_labels_were_asked_for_makes_no_other_latent():
    assert Latent(1, labels=(("b", 1), ("a", 2))) == Latent(1).labelled({"a": 2.0}).labelled({"b": 1.0})


@pytest.mark.parametrize(
    "wrong",
    [{"Hair": 1.0}, {"": 1.0}, {"a" * 33: 1.0}, {"a": math.nan}, {"a": math.inf}, {"a": 4.1}, {"a1": 0.0}],
)
def test_labels_out_of_range_are_refused(wrong: dict):
    with pytest.raises(BadRequest):
        Latent(1).labelled(wrong)
    with pytest.raises(BadRequest):
        Latent.from_json({"seed": 1, "labels": wrong})


def test_more_than_64_labels_and_one_twice_are_refused():
    many = {f"a_{'b' * i}": 0.0 for i in range(1, 31)} | {f"c_{'b' * i}": 0.0 for i in range(1, 31)}
    Latent(1).labelled(many)
    with pytest.raises(BadRequest):
        Latent(1).labelled(many | {f"d_{'b' * i}": 0.0 for i in range(1, 6)})
    with pytest.raises(BadRequest):
        Latent(1, labels=(("a", 1.0), ("a", 2.0)))
    with pytest.raises(BadRequest):
        Latent.from_json({"seed": 1, "labels": [["a", 1.0]]})


@pytest.mark.parametrize("seed", [0, 7, 2**32 - 1])
def test_what_is_not_asked_for_comes_from_the_row_that_the_seed_chooses(seed: int):
    state = np.random.RandomState(seed)
    z = state.randn(1, 8)[0].astype(np.float32)
    row = BANK[state.randint(len(BANK))]
    latent = Latent(seed)
    np.testing.assert_array_equal(latent.z(8), z)
    np.testing.assert_array_equal(latent.c(8, NAMES, BANK), row)
    np.testing.assert_array_equal(latent.step(3, 0.5).c(8, NAMES, BANK), row)
    asked = latent.labelled({"glasses": 1.0}).c(8, NAMES, BANK)
    np.testing.assert_array_equal(asked, [row[0], 1.0, row[2]])
    assert asked.dtype == np.float32


def test_a_label_that_the_model_does_not_have_is_refused():
    with pytest.raises(BadRequest, match="no label 'wings'"):
        Latent(1).labelled({"wings": 1.0}).c(8, NAMES, BANK)


def said(best: Best, logits: list[float]) -> dict:
    """What a worker would say to a piece, whose pictures are of one grey that is their index."""
    order = sorted(range(len(logits)), key=lambda i: -logits[i])[: best.keep]
    indices = [best.offset + i for i in order]
    pixels = np.stack([np.full((2, 2, 3), i, np.uint8) for i in indices])
    return {"indices": indices, "scores": [logits[i] for i in order], "pixels": pixels}


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=40), st.integers(1, 50), st.integers(1, 9), st.integers(1, 9))
def test_the_best_of_pieces_are_the_best_of_all_however_they_were_cut(
    logits: list[float], keep: int, size: int, smaller: int
):
    whole = Best("waifu@starter", tuple(Latent(i) for i in range(len(logits))), keep)
    pieces = whole.split(size)
    assert [latent for piece in pieces for latent in piece.latents] == list(whole.latents)
    assert max(piece.cost for piece in pieces) <= size
    answers: list = []
    for piece in pieces:
        again = [replace(p, offset=p.offset) for p in piece.split(smaller)]
        answers.append(piece.join([said(p, logits[p.offset : p.offset + p.cost]) for p in again]))
    ranked = whole.join(answers)
    expected = sorted(range(len(logits)), key=lambda i: (-logits[i], i))[:keep]
    assert list(ranked.indices) == expected
    assert list(ranked.scores) == [logits[i] for i in expected]
    assert ranked.pixels[:, 0, 0, 0].tolist() == expected


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"indices": [1], "scores": [0.5], "pixels": None},
        {"indices": [1], "scores": [0.5], "pixels": np.zeros((1, 2, 2, 3), np.float32)},
        {"indices": [1], "scores": [0.5], "pixels": np.zeros((2, 2, 2, 3), np.uint8)},
        {"indices": [1, 2], "scores": [0.5], "pixels": np.zeros((1, 2, 2, 3), np.uint8)},
        {"indices": ["x"], "scores": [0.5], "pixels": np.zeros((1, 2, 2, 3), np.uint8)},
        {"indices": [], "scores": [], "pixels": np.zeros((0, 2, 2, 3), np.uint8)},
    ],
)
def test_a_worker_that_talks_nonsense_is_not_believed(answer: object):
    with pytest.raises(ValueError):  # noqa: PT011 (the sentence differs)
        Best("waifu@starter", (Latent(1),), 1).join([answer])  # type: ignore[list-item]


def test_a_verdict_is_made_of_what_a_worker_says():
    judge = Judge("waifu@starter", np.zeros((40, 30, 3), np.uint8))
    assert judge.join([{"score": 0.25, "logit": -1.5}]) == Verdict(0.25, -1.5)
    assert judge.split(1) == [judge]
    with pytest.raises(ValueError, match="verdict"):
        judge.join([{"score": 0.25}])


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_only_a_picture_can_be_judged(pixels: np.ndarray):
    with pytest.raises(BadRequest):
        Judge("waifu@starter", pixels)


def test_nothing_to_choose_from_is_refused():
    with pytest.raises(BadRequest):
        Best("waifu@starter", (), 1)
    with pytest.raises(BadRequest):
        Best("waifu@starter", (Latent(1),), 0)


def test_requests_of_two_kinds_never_share_a_batch():
    latents = (Latent(1),)
    picture = np.zeros((4, 4, 3), np.uint8)
    keys = {Draw("a", latents).batch_key, Best("a", latents, 1).batch_key, Judge("a", picture).batch_key}
    assert len(keys) == 3


def test_rankings_pass_through_as_they_are():
    ranked = Ranked((1,), (0.5,), np.zeros((1, 2, 2, 3), np.uint8))
    assert Ranked.of(ranked) is ranked
