"""What a trainer says of how far it is."""

import pytest

from bot.characters.progress import STAGES, Progress
from bot.locale import Catalogue


def test_it_is_as_far_as_its_time_or_its_images_whichever_is_more():
    progress = Progress(minutes=10)
    assert progress.to_json(5.0)["eta"] is None
    assert progress.hear({"kind": "stage", "stage": "learning"}, 100.0)
    assert progress.to_json(100.0)["eta"] == 600
    assert progress.hear({"kind": "progress", "kimg": 2.0, "of": 20, "numbers": {"loss_G": 1.5}}, 130.0)
    now = progress.to_json(130.0)
    assert (now["stage"], now["kimg"], now["share"], now["eta"]) == ("learning", 2.0, 0.1, 270)
    assert now["numbers"] == {"loss_G": 1.5}
    assert progress.to_json(400.0)["share"] == 0.5
    assert progress.to_json(900.0)["eta"] == 0
    assert progress.share(10_000.0) == 1.0
    assert progress.hear({"kind": "measured", "kimg": 2, "of": 20, "numbers": {"distance": 0.5}}, 500.0)
    assert progress.measured == [{"kimg": 2.0, "distance": 0.5}]
    assert progress.hear({"kind": "stage", "stage": "comparing"}, 700.0)
    assert progress.to_json(700.0)["eta"] is None


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "stage", "stage": "dreaming"},
        {"kind": "stage"},
        {"kind": "progress", "kimg": "2", "of": 20, "numbers": {}},
        {"kind": "progress", "kimg": float("nan"), "of": 20, "numbers": {}},
        {"kind": "progress", "kimg": True, "of": 20, "numbers": {}},
        {"kind": "progress", "kimg": 1.0, "of": 20, "numbers": []},
        {"kind": "alive"},
    ],
)
def test_what_no_trainer_says_changes_nothing(said):
    progress = Progress(minutes=10)
    assert not progress.hear(said, 1.0)
    assert progress == Progress(minutes=10)


def test_what_is_no_number_is_left_out():
    progress = Progress(minutes=10)
    assert progress.hear({"kind": "progress", "kimg": 1.0, "of": 2, "numbers": {"a": 1, "b": None, "c": "x"}}, 1.0)
    assert progress.numbers == {"a": 1.0}


def test_every_stage_has_its_words():
    catalogue = Catalogue.load()
    assert all(catalogue.has(f"retrain.stage.{stage}") for stage in STAGES)
