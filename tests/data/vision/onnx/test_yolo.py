"""YOLO networks: where what they answer is in the picture."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.vision.onnx import OnnxUnavailable, YoloFinder
from data.vision.onnx.yolo import face_of, letterboxed
from tests.data.vision.onnx.networks import constant, helper, write

pytest.importorskip("onnxruntime")

HEAD = {"names": "{0: 'head'}", "imgsz": "[64, 64]"}
ANY = [1, 3, "height", "width"]


def rows(*boxes: tuple[float, ...], classes: int = 1) -> np.ndarray:
    """(1, 4 + classes, N) of (middle x, middle y, w, h, score[, class]) in the input."""
    found = np.zeros((1, 4 + classes, len(boxes)), np.float32)
    for i, (x, y, w, h, score, *number) in enumerate(boxes):
        found[0, :4, i] = x, y, w, h
        found[0, 4 + int(number[0] if number else 0), i] = score
    return found


def finder(folder: Path, answer: np.ndarray, about: dict[str, str] = HEAD, given: Any = ANY, **more: Any) -> YoloFinder:
    return YoloFinder(constant(folder / "model.onnx", answer, given, about=about), **more)


def picture(height: int, width: int) -> np.ndarray:
    return np.zeros((height, width, 3), np.uint8)


def test_a_head_in_the_input_is_where_it_was_in_the_picture(tmp_path: Path):
    """200 x 100 becomes 64 x 32: no margin at multiples of 32."""
    (face,) = finder(tmp_path, rows((32, 16, 16, 16, 0.9))).find(picture(100, 200))
    assert face.head_box == pytest.approx((75, 25, 50, 50))
    assert face.box == pytest.approx(face_of((75, 25, 50, 50)))
    assert (face.score, face.angle, face.eyes) == (pytest.approx(0.9), 0.0, None)


def test_margins_are_taken_off_and_boxes_end_at_the_edge(tmp_path: Path):
    """160 x 100 becomes 64 x 40 in 64 x 64, with 12 px above."""
    faces = finder(tmp_path, rows((32, 32, 32, 40, 0.9), (60, 14, 20, 20, 0.8))).find(picture(100, 160))
    assert faces[0].head_box == pytest.approx((40, 0, 80, 100))
    assert faces[1].head_box == pytest.approx((125, 0, 35, 30))


def test_networks_of_one_size_are_shown_that_size(tmp_path: Path):
    found = finder(tmp_path, rows((32, 48, 64, 16, 0.9)), {"names": "{0: 'head'}"}, [1, 3, 96, 64])
    (face,) = found.find(picture(30, 40))
    assert face.head_box == pytest.approx((0, 10, 40, 10))


def test_what_it_is_shown_is_rgb_from_0_to_1_with_a_grey_margin():
    seen = picture(10, 20)
    seen[..., 0] = 255
    given, scale, (left, top) = letterboxed(seen, (64, 64), fixed=True)
    assert (given.shape, given.dtype, scale, left, top) == ((1, 3, 64, 64), np.float32, 3.2, 0, 16)
    assert given[0, :, 32, 32].tolist() == [1.0, 0.0, 0.0]
    assert given[0, :, 2, 2] == pytest.approx(114 / 255)


def test_of_boxes_of_one_head_the_best_stays_and_neighbours_stay_too(tmp_path: Path):
    answer = rows((20, 20, 20, 20, 0.7), (21, 20, 20, 20, 0.9), (34, 20, 20, 20, 0.6), (50, 50, 20, 20, 0.1))
    faces = finder(tmp_path, answer).find(picture(64, 64))
    assert [round(face.score, 1) for face in faces] == [0.9, 0.6]
    assert len(finder(tmp_path, answer, least=0.05).find(picture(64, 64))) == 3


def test_a_face_network_gives_faces_without_heads(tmp_path: Path):
    (face,) = finder(tmp_path, rows((32, 32, 20, 20, 0.9)), HEAD | {"names": "{0: 'face'}"}).find(picture(64, 64))
    assert (face.box, face.head_box) == (pytest.approx((22, 22, 20, 20)), None)


def test_other_classes_are_passed_over(tmp_path: Path):
    names = {"names": "{0: 'person', 1: 'head'}", "imgsz": "[64, 64]"}
    answer = rows((20, 20, 20, 20, 0.9, 0), (44, 44, 20, 20, 0.8, 1), classes=2)
    (face,) = finder(tmp_path, answer, names).find(picture(64, 64))
    assert face.score == pytest.approx(0.8)


def test_networks_that_sort_out_overlaps_themselves(tmp_path: Path):
    answer = np.array([[[10, 10, 30, 40, 0.9, 0], [0, 0, 0, 0, 0, 0]]], np.float32)
    (face,) = finder(tmp_path, answer).find(picture(64, 64))
    assert face.head_box == pytest.approx((10, 10, 20, 30))


def test_it_sees_the_picture_and_not_only_answers(tmp_path: Path):
    """A network whose score is the mean of what it is shown."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[0, 1, 2, 3], keepdims=0),
        helper.make_node("Reshape", ["mean", "one"], ["score"]),
        helper.make_node("Concat", ["box", "score"], ["output0"], axis=1),
    ]
    constants = {"one": np.array([1, 1, 1]), "box": np.array([[[32], [32], [20], [20]]], np.float32)}
    found = YoloFinder(write(tmp_path / "a.onnx", nodes, ANY, [1, 5, 1], constants, HEAD))
    assert found.find(picture(64, 64)) == []
    assert found.find(picture(64, 64) + 200)[0].score == pytest.approx(200 / 255, abs=1e-4)
    assert found.find(np.full((64, 64), 200, np.uint8))[0].score == pytest.approx(200 / 255, abs=1e-4)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (np.ones((1, 7, 20)), r"answers \(1, 7, 20\), which is no YOLO of 1 classes"),
        (np.ones((5, 20)), r"answers \(5, 20\), which is no YOLO"),
        (np.full((1, 5, 20), 40.0), "scores that are not between 0 and 1"),
        (np.full((1, 5, 20), np.inf), "numbers that are not finite"),
    ],
)
def test_strange_answers_are_a_sentence(answer: np.ndarray, words: str, tmp_path: Path):
    with pytest.raises(OnnxUnavailable, match=words):
        finder(tmp_path, answer).find(picture(64, 64))


@pytest.mark.parametrize(
    ("about", "given", "words"),
    [
        ({"names": "{0: 'car'}"}, ANY, "finds car, neither heads nor faces"),
        (HEAD, [1, 1, 64, 64], r"takes \(1, 1, 64, 64\), not one picture"),
        (HEAD, [1, 64], r"takes \(1, 64\), not one picture"),
    ],
)
def test_other_networks_are_refused(about: dict[str, str], given: Any, words: str, tmp_path: Path):
    with pytest.raises(OnnxUnavailable, match=words):
        finder(tmp_path, rows((1, 1, 1, 1, 1)), about, given)


@pytest.mark.parametrize("names", ["", "__import__('os')", "[" * 5000, "{0: 'head'", "{'a': 1}", "7"])
def test_names_that_mean_nothing_leave_one_class_of_heads(names: str, tmp_path: Path):
    (face,) = finder(tmp_path, rows((32, 32, 20, 20, 0.9)), {"names": names, "imgsz": "x"}).find(picture(640, 640))
    assert face.head_box is not None


def test_what_is_no_picture_is_an_error(tmp_path: Path):
    with pytest.raises(ValueError, match="no picture"):
        finder(tmp_path, rows((1, 1, 1, 1, 1))).find(np.zeros((4, 4, 3), np.float32))
