import numpy as np
import pytest

from data.drawn import sample_parameters
from data.drawn.cats import sample_cat
from data.drawn.meaning import reading
from data.drawn.palettes import EYE_COLORS, HAIR_COLORS
from data.drawn.parameters import Parameters
from data.labels import ATTRIBUTES, NAMES, blend, encode, learnable, mirrored, obeyed, told, values, words


def by_name(labels: dict) -> dict[str, float]:
    return dict(zip(NAMES, encode(labels).tolist(), strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_what_was_drawn_comes_out_as_numbers_about_one(seed: int):
    p = sample_parameters(seed)
    vector = encode({**p.to_dict(), **reading(p)})
    assert vector.dtype == np.float32
    assert vector.shape == (len(NAMES),)
    assert np.abs(vector).max() <= 2.5
    assert vector[[NAMES.index(n) for n in NAMES if n.startswith("style_")]].sum() == 1


def test_a_face_is_told_by_its_pose_and_what_it_wears():
    named = by_name(
        Parameters(
            yaw=35, pitch=-15, roll=10, glasses="half", ears="elf", headwear="cap", ribbon="both", back="drills"
        ).to_dict()
    )
    assert (named["yaw"], named["pitch"], named["roll"]) == (1, -1, 0.5)
    assert [named[n] for n in ("glasses", "ears_elf", "ears_cat", "headwear", "ribbon", "twin_tails")] == [
        1, 1, 0, 1, 1, 1,
    ]  # fmt: skip


def test_a_wink_counts_half():
    assert by_name(Parameters(wink=1).to_dict())["eyes_open"] == 0.5
    assert by_name(Parameters(eye_open=0.0).to_dict())["eyes_open"] == 0.0


def test_labels_of_an_older_drawing_program_lack_names_and_are_understood():
    old = {"yaw": 7.0, "hair_rgb": [250, 167, 177], "left_eye": [36.1, 49.62], "mouth": [53.0, 70.9], "glasses": "none"}
    named = by_name(old)
    assert named["yaw"] == pytest.approx(0.2)
    assert (named["glasses"], named["style_cel"]) == (0, 1)


@pytest.mark.parametrize(("attribute", "choice"), [(a, c) for a, choices in ATTRIBUTES.items() for c in choices])
def test_every_choice_stands_for_values_of_the_vector_and_reads_as_itself(attribute: str, choice: str):
    chosen = values(attribute, choice)
    assert chosen
    assert set(chosen) <= set(NAMES)
    named = by_name({attribute: choice})
    assert {name: named[name] for name in chosen} == pytest.approx(chosen, abs=1e-6)


@pytest.mark.parametrize(
    ("attribute", "rgb", "colours"), [("hair", "hair_rgb", HAIR_COLORS), ("eyes", "eye_rgb", EYE_COLORS)]
)
def test_a_colour_by_name_is_the_middle_of_its_family(attribute: str, rgb: str, colours: dict):
    for family, colour in colours.items():
        drawn = by_name({rgb: list(colour)})
        assert {name: drawn[name] for name in values(attribute, family)} == pytest.approx(
            values(attribute, family), abs=1e-6
        )


def test_a_style_says_of_all_styles_whether_it_is_them():
    assert values("style", "soft") == {
        "style_flat": 0, "style_cel": 0, "style_soft": 1, "style_chibi": 0, "style_retro": 0, "style_ink": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("attribute", "choice"), [("hair", "plaid"), ("shoes", "red")])
def test_an_unknown_attribute_or_choice_is_a_key_error(attribute: str, choice: str):
    with pytest.raises(KeyError):
        values(attribute, choice)


@pytest.mark.parametrize(
    "labels", [{"yaw": float("nan")}, {"yaw": 1000}, {"smile": "much"}, {"hair_rgb": ["a", "b", "c"]}]
)
def test_labels_that_mean_nothing_are_refused(labels: dict):
    with pytest.raises(ValueError, match="labels"):
        encode(labels)


def test_between_two_choices_lies_what_is_between_them():
    one, other = values("hair", "black"), {**values("hair", "white"), "glasses": 1.0}
    assert blend(one, other, 0.0) == {**one, "glasses": 1.0}
    assert blend(one, other, 1.0) == other
    assert blend(one, other, 0.25)["hair_l"] == pytest.approx(0.75 * one["hair_l"] + 0.25 * other["hair_l"])


def test_a_mirror_turns_the_head_and_nothing_else():
    vector = encode(Parameters(yaw=20, roll=-10, pitch=5).to_dict())
    again = mirrored(vector)
    changed = [name for name, a, b in zip(NAMES, vector, again, strict=True) if a != b]
    assert changed == ["yaw", "roll"]
    np.testing.assert_array_equal(mirrored(again), vector)


def test_a_model_obeys_the_attributes_whose_names_it_has():
    assert obeyed(NAMES) == tuple(ATTRIBUTES)
    assert obeyed(["glasses", "hair_l"]) == ("glasses",)
    assert obeyed([]) == ()


def test_what_is_the_same_in_all_pictures_cannot_be_asked_for():
    vectors = np.stack([encode({"glasses": "yes", "style": "soft"}), encode({"hair": "pink", "style": "flat"})])
    names = learnable(vectors)
    assert len(names) == len(NAMES)
    assert [a for a, b in zip(NAMES, names, strict=True) if b not in (a, "")] == []
    assert obeyed(names) == ("hair", "glasses", "style")
    assert "style_ink" in names  # unseen, but a style is asked for by naming all of them
    assert "headwear" not in names


def test_a_file_name_alone_is_no_label():
    assert not words({"file": "a.png"})
    assert words({"file": "a.png", "hair": "pink"})


def test_labels_tell_only_what_they_say():
    assert told({"glasses": "yes", "numbers": {"yaw": 0.5, "moo": 1.0}}) == {"glasses": 1.0, "yaw": 0.5}
    assert set(told({"mouth": "smile"})) == {"mouth_opening", "smile"}
    assert set(told({"glasses": "none"})) == {"glasses"}  # a parameter and no word
    assert told({"file": "a.png"}) == {}


def test_a_drawn_picture_s_labels_tell_everything():
    p = sample_parameters(3)
    labels = {**p.to_dict(), **reading(p)}
    assert told(labels) == by_name(labels)


def test_a_cat_s_coat_is_its_hair():
    cat = sample_cat(2, coat_rgb=HAIR_COLORS["pink"], mouth_shape="open", mouth_open=1.0, yaw=35.0)
    found = told(cat.to_dict())
    assert {name: found[name] for name in ("hair_l", "hair_a", "hair_b")} == pytest.approx(values("hair", "pink"))
    assert (found["yaw"], found["mouth_opening"]) == (1, 1)
    assert found.keys().isdisjoint({"glasses", "skin_tone", "masculine", "hair_reach"})
