"""YuNet, of which nothing ships: tiny networks that answer as it does."""

from pathlib import Path

import numpy as np
import pytest

from data.vision.people import PeopleUnavailable
from data.vision.people.yunet import YuNet

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

STRIDES = (8, 16, 32)
PARTS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}


def network(file: Path, values: dict[str, list[float]], parts: dict[str, int] = PARTS, least: float = 0.25) -> Path:
    """One whose cell at stride 32 answers `values` where the picture's blue is above `least` of its brightest, and
    nothing elsewhere; the finer strides answer nothing."""
    nodes, constants, outputs = [], [], []
    nodes.append(helper.make_node("Slice", ["input", "zero", "one", "axis"], ["blue"]))
    constants += [
        numpy_helper.from_array(np.array([0], np.int64), "zero"),
        numpy_helper.from_array(np.array([1], np.int64), "one"),
        numpy_helper.from_array(np.array([1], np.int64), "axis"),
    ]
    for stride in STRIDES:
        pool = f"pool{stride}"
        nodes.append(helper.make_node("AveragePool", ["blue"], [pool], kernel_shape=[stride] * 2, strides=[stride] * 2))
        for part, channels in parts.items():
            name = f"{part}_{stride}"
            weight, bias = np.zeros((channels, 1, 1, 1), np.float32), np.zeros(channels, np.float32)
            if part in ("cls", "obj"):
                if stride == 32:
                    weight[:], bias[:] = 1.0, -255 * least
            elif stride == 32:
                bias[:] = values[part]
            constants += [
                numpy_helper.from_array(weight, f"w_{name}"),
                numpy_helper.from_array(bias, f"b_{name}"),
                numpy_helper.from_array(np.array([1, -1, channels], np.int64), f"s_{name}"),
            ]
            made = [f"c_{name}"]
            nodes.append(helper.make_node("Conv", [pool, f"w_{name}", f"b_{name}"], made))
            if part in ("cls", "obj"):
                nodes.append(helper.make_node("Sigmoid", made, [f"g_{name}"]))
                made = [f"g_{name}"]
            nodes.append(helper.make_node("Transpose", made, [f"t_{name}"], perm=[0, 2, 3, 1]))
            nodes.append(helper.make_node("Reshape", [f"t_{name}", f"s_{name}"], [name]))
            outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, channels]))
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, "h", "w"])
    graph = helper.make_graph(
        nodes,
        "yunet",
        [given],
        outputs,
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(file))
    return file


# In cells of 32 px from the cell's corner: eyes at (-0.5, 0) and (0.5, 0), nose between, the mouth's corners below.
LEVEL = {
    "bbox": [0.0, 0.0, np.log(2.0), np.log(2.0)],
    "kps": [-0.5, 0.0, 0.5, 0.0, 0.0, 0.5, -0.3, 1.0, 0.3, 1.0],
}


def lamp(x: int, y: int) -> np.ndarray:
    """A picture of 192 x 128 px, one cell of which is blue."""
    picture = np.zeros((128, 192, 3), np.uint8)
    picture[y * 32 : y * 32 + 32, x * 32 : x * 32 + 32, 2] = 255
    return picture


def test_a_face_lies_about_its_eyes_and_mouth(tmp_path: Path):
    (face,) = YuNet(network(tmp_path / "yunet.onnx", LEVEL)).find(lamp(3, 2))
    assert face.eyes is not None
    assert face.chin is not None
    left, right = face.eyes
    assert (left[1], right[1]) == pytest.approx((64, 64), abs=1)
    assert ((left[0] + right[0]) / 2, face.chin[0]) == pytest.approx((96, 96), abs=1)
    assert 64 + 32 < face.chin[1] < 64 + 64
    x, y, w, h = face.box
    assert x < left[0] < right[0] < x + w
    assert y < 64 < y + h
    assert (face.angle, face.score) == (pytest.approx(0, abs=0.1), pytest.approx(1, abs=0.01))


def test_who_leans_has_level_eyes_no_more(tmp_path: Path):
    leaning = {**LEVEL, "kps": [-0.5, -0.25, 0.5, 0.25, 0.0, 0.5, -0.3, 0.9, 0.3, 1.1]}
    (face,) = YuNet(network(tmp_path / "yunet.onnx", leaning)).find(lamp(3, 2))
    assert face.angle == pytest.approx(np.degrees(np.arctan2(0.5, 1.0)), abs=0.5)


def test_large_pictures_are_made_small_and_faces_are_in_their_pixels(tmp_path: Path):
    finder = YuNet(network(tmp_path / "yunet.onnx", LEVEL))
    large = np.repeat(np.repeat(lamp(3, 2), 10, 0), 10, 1)  # 1920 px: shown at 960
    (face,) = [face for face in finder.find(large) if face.score > 0.6][:1]
    assert face.box[0] + face.box[2] / 2 > 500
    assert finder.find(np.zeros((128, 192, 3), np.uint8)) == []
    assert finder.find(np.zeros((40, 30), np.uint8)) == []


def test_eyes_and_mouth_in_one_place_are_no_face(tmp_path: Path):
    nowhere = {**LEVEL, "kps": [0.0] * 10}
    assert YuNet(network(tmp_path / "yunet.onnx", nowhere)).find(lamp(1, 1)) == []


def test_what_is_no_yunet_is_refused_in_a_sentence(tmp_path: Path):
    with pytest.raises(PeopleUnavailable, match="is no file"):
        YuNet(tmp_path / "gone.onnx")
    (tmp_path / "page.onnx").write_bytes(b"<html>")
    with pytest.raises(PeopleUnavailable, match="no network that OpenCV can run"):
        YuNet(tmp_path / "page.onnx")
    with pytest.raises(PeopleUnavailable, match="is no YuNet"):
        YuNet(network(tmp_path / "other.onnx", LEVEL, {"cls": 1, "obj": 1, "bbox": 4}))
