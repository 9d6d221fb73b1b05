"""Taggers."""

from pathlib import Path

import numpy as np
import pytest

from data.vision.onnx import OnnxUnavailable, Tagger
from data.vision.onnx.tagger import on_white
from tests.data.vision.onnx.networks import constant, mean

pytest.importorskip("onnxruntime")

ROWS = [
    ("general", 9), ("sensitive", 9), ("questionable", 9), ("explicit", 9),
    ("1girl", 0), ("long_hair", 0), ("hat", 0), ("misaka_mikoto", 4), ("hatsune_miku", 4),
]  # fmt: skip
SURE = [0.8, 0.1, 0.05, 0.05, 0.99, 0.4, 0.2, 0.9, 0.5]


def listed(folder: Path, rows: list[tuple[str, int]] = ROWS) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{number},{name},{category},1000" for number, (name, category) in enumerate(rows)]
    (folder / "selected_tags.csv").write_text("\n".join(["tag_id,name,category,count", *lines]))


def tagger(folder: Path, sure: list[float] = SURE, side: int = 16, batch: int | str = "batch") -> Tagger:
    listed(folder)
    constant(folder / "model.onnx", np.array([sure]), [batch, side, side, 3])
    return Tagger(folder)


def test_tags_characters_and_ratings_are_told_apart(tmp_path: Path):
    tagged = tagger(tmp_path).see(np.zeros((20, 30, 3), np.uint8))
    assert tagged.tags == pytest.approx({"1girl": 0.99, "long_hair": 0.4, "hat": 0.2})
    assert tagged.characters == pytest.approx({"misaka_mikoto": 0.9, "hatsune_miku": 0.5})
    assert tagged.ratings == pytest.approx({"general": 0.8, "sensitive": 0.1, "questionable": 0.05, "explicit": 0.05})
    assert (tagged.rating, tagged.likely()) == ("g", {"1girl", "long_hair", "misaka_mikoto"})
    assert tagged.likely(0.1, 0.1) == {"1girl", "long_hair", "hat", "misaka_mikoto", "hatsune_miku"}
    assert tagger(tmp_path).tags(np.zeros((20, 30, 3), np.uint8)) == pytest.approx(tagged.tags | tagged.characters)


def test_the_file_may_be_named_itself(tmp_path: Path):
    tagger(tmp_path, batch=1)
    assert Tagger(tmp_path / "model.onnx").see(np.zeros((4, 4), np.uint8)).rating == "g"


def test_it_is_shown_blue_first_from_0_to_255_in_a_white_square(tmp_path: Path):
    """A network whose answers are the means of its channels."""
    listed(tmp_path, [("blue", 0), ("green", 0), ("red", 0)])
    mean(tmp_path / "model.onnx", [1, 16, 16, 3], [1, 2])
    shown = np.zeros((16, 8, 3), np.uint8)
    shown[..., 0] = 1
    square = on_white(shown, 16)
    assert (square.shape, square[8, 8].tolist(), square[8, 1].tolist()) == ((16, 16, 3), [1, 0, 0], [255, 255, 255])
    tagged = Tagger(tmp_path).see(np.full((16, 16, 3), (1, 0, 0), np.uint8))
    assert tagged.tags == pytest.approx({"blue": 0.0, "green": 0.0, "red": 1.0})


def test_pictures_of_any_shape_keep_theirs():
    wide = np.zeros((10, 40, 3), np.uint8)
    square = on_white(wide, 16)
    assert (square[:, :, 0] == 0).sum() == 4 * 16
    assert on_white(np.zeros((1, 4000, 3), np.uint8), 16).shape == (16, 16, 3)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "has no tags"),
        ("a,b\n1,2\n", "is no list of tags with name and category"),
        ("tag_id,name,category\n1\n", "is no list of tags with name and category"),
        ("name,category\n" + "x" * 200_000 + ",0", "is no list of tags"),
        ("name,category\na,0\nb,0\n", r"answers \(1, 9\), and selected_tags\.csv has 2 tags"),
    ],
)
def test_lists_of_tags_that_do_not_fit_are_a_sentence(content: str, words: str, tmp_path: Path):
    tagger(tmp_path)
    (tmp_path / "selected_tags.csv").write_text(content)
    with pytest.raises(OnnxUnavailable, match=words):
        Tagger(tmp_path).see(np.zeros((4, 4, 3), np.uint8))


def test_without_its_list_it_says_which_file_is_missing(tmp_path: Path):
    constant(tmp_path / "model.onnx", np.ones((1, 2)), [1, 16, 16, 3])
    with pytest.raises(OnnxUnavailable, match=r"selected_tags\.csv, .* cannot be read: No such file"):
        Tagger(tmp_path)


def test_other_networks_are_refused(tmp_path: Path):
    listed(tmp_path)
    for shape in ([1, 3, 16, 16], [1, 16, 20, 3], [8, 16, 16, 3], [1, "h", "w", 3]):
        constant(tmp_path / "model.onnx", np.array([SURE]), shape)
        with pytest.raises(OnnxUnavailable, match="not one square picture"):
            Tagger(tmp_path)


def test_answers_that_are_no_confidences_are_a_sentence(tmp_path: Path):
    with pytest.raises(OnnxUnavailable, match="confidences that are not between 0 and 1"):
        tagger(tmp_path, [7.0] * 9).see(np.zeros((4, 4, 3), np.uint8))
