"""What `drawn:…` names, and what it draws."""

import pytest

from data.drawn.characters import CHARACTERS
from data.drawn.sampling import sample_parameters, sample_portrait
from data.drawn.spec import Spec, WrongSpec


@pytest.mark.parametrize(
    "text",
    [
        "count=5,seed=3",
        "count=5,seed=3,kind=portrait",
        "count=8,seed=0,views=4",
        "count=2,seed=9,character=biri",
        "count=3,seed=0,style=retro",
    ],
)
def test_a_spec_is_its_own_text(text: str) -> None:
    assert str(Spec.parse(text, 1)) == text
    assert Spec.parse(str(Spec.parse(text, 1)), 1) == Spec.parse(text, 1)


def test_the_count_is_the_one_given_where_the_text_has_none() -> None:
    assert Spec.parse("", 70) == Spec(70)
    assert Spec.parse("seed=4,kind=portrait", 9) == Spec(9, 4, "portrait")


@pytest.mark.parametrize(
    "text",
    [
        "size=3",
        "count",
        "count=-1",
        "kind=landscape",
        "style=cubist",
        "character=nobody",
        "character=biri,views=3",
        "count=0",
        "kind=cat,views=2",
    ],
)
def test_a_text_that_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(WrongSpec, match=r"takes|knows|has no"):
        Spec.parse(text, 1)


def test_portraits_face_the_viewer_and_wear_nothing_that_hides_them() -> None:
    heads = [sample_portrait(seed) for seed in range(300)]
    assert all(abs(head.yaw) <= 24 and head.headwear == "none" and head.mask == "none" for head in heads)
    assert 0.12 < sum(head.glasses != "none" for head in heads) / len(heads) < 0.26
    assert 0.10 < sum(head.eye_open == 0 for head in heads) / len(heads) < 0.30
    assert any(abs(sample_parameters(seed).yaw) > 24 for seed in range(50))


def test_a_characters_portraits_stay_that_character() -> None:
    pytest.importorskip("skia", reason="drawing needs skia")
    spec = Spec.parse("count=4,seed=5,kind=portrait,views=2", 1)
    labels = [spec.draw(i, 32)[1] for i in range(4)]
    assert [label["character"] for label in labels] == [5, 5, 6, 6]
    assert labels[0]["hair_rgb"] == labels[1]["hair_rgb"] != labels[2]["hair_rgb"]
    assert labels[0]["yaw"] != labels[1]["yaw"]
    assert all(label["headwear"] == "none" for label in labels)
    assert Spec.parse("character=biri", 1).draw(0, 32)[1]["hair_rgb"] == [*CHARACTERS["biri"]["hair_rgb"]]


def test_all_pictures_of_a_spec_with_a_style_have_it() -> None:
    pytest.importorskip("skia", reason="drawing needs skia", exc_type=ImportError)
    for text in ("count=4,style=retro", "count=4,kind=cat,style=retro", "character=biri,style=retro"):
        spec = Spec.parse(text, 2)
        assert {spec.draw(i, 32)[1]["style"] for i in range(spec.count)} == {"retro"}
