import numpy as np
import pytest

from data.drawn.color import to_oklch
from data.labels import NAMES, encode
from data.pictures import Pixels
from data.vision.frame import Frame
from data.vision.people.aligning import face_of
from data.vision.people.colouring import oklab
from data.vision.people.framing import framed
from data.vision.people.looking import Look, look
from data.vision.people.meaning import family, hair_values, hair_word, lightness, skin_tone
from tests.data.people import BLACK, BLOND, DARK, LIGHT, RED, person

HERS = face_of(Frame(0.5 * 256, 0.52 * 256, 0.84 * 256), 1.0)


def seen(picture: Pixels) -> Look:
    return look(framed(picture, [HERS], 192)[0])


def test_colours_are_as_the_drawing_program_counts_them():
    for rgb in (BLACK, BLOND, RED, LIGHT, (0, 0, 255)):
        lightness_, chroma, hue = to_oklch(rgb)
        lab = oklab(np.array(rgb, np.uint8))
        assert lab[0] == pytest.approx(lightness_, abs=1e-4)
        assert np.hypot(lab[1], lab[2]) == pytest.approx(chroma, abs=1e-4)
        assert np.degrees(np.arctan2(lab[2], lab[1])) % 360 == pytest.approx(hue, abs=0.2)


@pytest.mark.parametrize(("hair", "word"), [(BLACK, "black"), (RED, "red"), ((60, 90, 170), "other")])
@pytest.mark.parametrize("ground", [(235, 60, 50), (30, 40, 60), (70, 190, 90)], ids=["red", "night", "green"])
def test_hair_is_of_its_own_colour_whatever_is_behind(hair: tuple, word: str, ground: tuple):
    found = seen(person(hair=hair, ground=ground))
    assert family(found.words["hair"]) == word
    assert found.confidence["hair"] > 0.3


def test_skin_is_light_or_dark():
    light, dark = seen(person(skin=LIGHT)), seen(person(skin=DARK))
    assert light.numbers["skin_tone"] < 0.5 < dark.numbers["skin_tone"]


def test_glasses_and_mouths_are_seen():
    plain, worn, opened = seen(person()), seen(person(glasses=True)), seen(person(mouth_open=True))
    assert (plain.words["glasses"], plain.words["mouth"]) == ("no", "closed")
    assert worn.words["glasses"] == "yes"
    assert plain.numbers["mouth_opening"] == 0
    assert opened.confidence["mouth"] < plain.confidence["mouth"] - 0.03  # nobody in a photograph opens it like that


def test_a_mirror_turns_the_head_and_nothing_else():
    right = framed(person(look=0.05), [HERS], 192)[0]
    left = np.ascontiguousarray(right[:, ::-1])
    one, other = look(right), look(left)
    assert one.numbers["yaw"] > 0.15
    assert other.numbers["yaw"] == pytest.approx(-one.numbers["yaw"], abs=0.1)
    for name in ("hair_l", "skin_tone", "glasses", "mouth_opening"):
        assert one.numbers[name] == pytest.approx(other.numbers[name], abs=0.05)


def test_what_is_not_clear_is_not_said():
    nobody = look(np.full((96, 96, 3), 128, np.uint8))
    assert (nobody.numbers, nobody.words) == ({}, {})
    assert nobody.face < 0.5
    assert np.isnan(nobody.vector).all()
    somebody = seen(person())
    assert np.isnan(somebody.vector[NAMES.index("ears_cat")])
    assert set(somebody.confidence) == set(somebody.words)


def test_a_line_says_it_in_the_words_of_the_labels():
    found = seen(person(glasses=True))
    line = {"file": "a.png", **found.line()}
    vector = encode(line)
    assert vector[NAMES.index("glasses")] == 1.0
    assert vector[NAMES.index("hair_l")] == pytest.approx(found.numbers["hair_l"], abs=2e-3)
    assert line["by"]["glasses"][:2] == ["yes", "seen"]


def test_a_face_that_is_given_is_looked_at_where_it_is():
    picture = np.full((400, 600, 3), 90, np.uint8)
    picture[100:356, 300:556] = person(glasses=True)
    face = face_of(Frame(300 + 128, 100 + 0.52 * 256, 0.84 * 256), 1.0)
    found = look(picture, face)
    assert found.words["glasses"] == "yes"
    assert found.mask.shape == (400, 600)
    assert found.mask[100:356, :200].max() == 0


def test_of_a_photograph_the_lit_hair_is_meant_and_drawn_hair_is_clearer():
    night = hair_values((0.22, 0.0, 0.0))
    assert hair_word(night)[0] == "black"
    assert lightness(night["hair_l"]) == "dark"
    straw = hair_values((0.68, 0.01, 0.05))
    assert family(hair_word(straw)[0]) == "blond"
    assert lightness(straw["hair_l"]) == "light"
    assert straw["hair_b"] > 0.5
    assert skin_tone(-1.1) < 0.1 < skin_tone(0.0) < 0.5 < 0.8 < skin_tone(1.0)
