"""ONNX files that come from strangers."""

import sys
from pathlib import Path

import numpy as np
import pytest

from data.vision.onnx import session
from data.vision.onnx.session import OnnxUnavailable, Session
from tests.data.vision.onnx.networks import TensorProto, constant, helper, mean, onnx, write

pytest.importorskip("onnxruntime")

PICTURE = [1, 3, 4, 4]


def answer(file: Path, shape: tuple[int, ...] = (1, 3, 4, 4)) -> np.ndarray:
    return Session(file).run(np.full(shape, 0.5, np.float32))


def test_what_a_network_answers_comes_as_float32(tmp_path: Path):
    assert answer(mean(tmp_path / "a.onnx", PICTURE, [2, 3])).tolist() == [[0.5, 0.5, 0.5]]
    half = constant(tmp_path / "b.onnx", np.ones((1, 2)), PICTURE, kind=TensorProto.FLOAT16)
    assert (answer(half).tolist(), answer(half).dtype) == ([[1.0, 1.0]], np.float32)


@pytest.mark.parametrize("content", [b"", b"hello", b"<html></html>", bytes(range(256)) * 40])
def test_what_is_no_network_is_a_sentence(content: bytes, tmp_path: Path):
    (tmp_path / "a.onnx").write_bytes(content)
    with pytest.raises(OnnxUnavailable, match=r"a\.onnx (cannot be run by onnxruntime|does not take one picture)"):
        answer(tmp_path / "a.onnx")


def test_no_file_and_too_large_a_file_are_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(OnnxUnavailable, match=r"a\.onnx is no file"):
        Session(tmp_path / "a.onnx")
    file = mean(tmp_path / "a.onnx", PICTURE, [2, 3])
    monkeypatch.setattr(session, "MAX_BYTES", 10)
    with pytest.raises(OnnxUnavailable, match=r"a\.onnx is larger than 10 bytes"):
        Session(file)


@pytest.mark.parametrize("location", ["weights.bin", "../weights.bin", "/etc/passwd"])
def test_weights_in_another_file_are_not_read(location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = constant(tmp_path / "in" / "a.onnx", np.ones((1, 2)), PICTURE)
    (tmp_path / "in" / "weights.bin").write_bytes(np.ones(2, np.float32).tobytes())
    (tmp_path / "weights.bin").write_bytes(np.ones(2, np.float32).tobytes())
    model = onnx.load(str(file))
    tensor = next(one for one in model.graph.initializer if one.name == "answer")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    file.write_bytes(model.SerializeToString())
    monkeypatch.chdir(file.parent)
    with pytest.raises(OnnxUnavailable, match=r"a\.onnx cannot be run by onnxruntime: ") as raised:
        answer(file)
    assert "\n" not in str(raised.value)


def test_operations_of_its_own_are_refused(tmp_path: Path):
    file = mean(tmp_path / "a.onnx", PICTURE, [2, 3])
    model = onnx.load(str(file))
    model.graph.node[0].domain, model.graph.node[0].op_type = "evil", "Run"
    model.opset_import.append(helper.make_opsetid("evil", 1))
    file.write_bytes(model.SerializeToString())
    with pytest.raises(OnnxUnavailable, match=r"cannot be run by onnxruntime: .*evil"):
        answer(file)


def test_inputs_that_are_no_picture_are_refused(tmp_path: Path):
    huge = mean(tmp_path / "a.onnx", [1, 3, 100_000, 100_000], [2, 3])
    text = write(
        tmp_path / "b.onnx", [helper.make_node("Identity", ["images"], ["output0"])], [1], [1], kind=TensorProto.STRING
    )
    for file in (huge, text):
        with pytest.raises(OnnxUnavailable, match="does not take one picture of floats, of 2048 px at most"):
            Session(file)


def test_a_picture_that_it_does_not_take_and_answers_that_are_no_numbers_are_sentences(tmp_path: Path):
    with pytest.raises(OnnxUnavailable, match=r"does not take a picture of \(1, 3, 5, 5\)"):
        answer(mean(tmp_path / "a.onnx", PICTURE, [2, 3]), (1, 3, 5, 5))
    with pytest.raises(OnnxUnavailable, match="numbers that are not finite"):
        answer(constant(tmp_path / "b.onnx", np.array([[np.nan, 1.0]]), PICTURE))
    whole = [helper.make_node("Cast", ["images"], ["output0"], to=TensorProto.INT64)]
    file = write(tmp_path / "c.onnx", whole, PICTURE, PICTURE)
    model = onnx.load(str(file))
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    file.write_bytes(model.SerializeToString())
    with pytest.raises(OnnxUnavailable, match="answers something else than numbers"):
        answer(file)


def test_one_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    turn = helper.make_graph(
        [helper.make_node("Identity", ["going"], ["still"]), helper.make_node("Sin", ["value"], ["next"])],
        "turn",
        [
            helper.make_tensor_value_info("number", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, PICTURE),
        ],
        [
            helper.make_tensor_value_info("still", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, PICTURE),
        ],
    )
    nodes = [helper.make_node("Loop", ["most", "yes", "images"], ["output0"], body=turn)]
    constants = {"most": np.array(2**62), "yes": np.array(True)}
    file = write(tmp_path / "a.onnx", nodes, PICTURE, PICTURE, constants)
    monkeypatch.setattr(session, "SECONDS", 0.3)
    with pytest.raises(OnnxUnavailable, match=r"no answer after 0\.3 s"):
        answer(file)


def test_without_onnxruntime_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(OnnxUnavailable, match=r'needs onnxruntime: pip install "nijigen\[onnx\]"'):
        Session(tmp_path / "a.onnx")
