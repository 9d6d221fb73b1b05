"""Tiny ONNX files whose answers are known, and others that should not be."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

Shape = Sequence[int | str | None]


def write(
    file: Path, nodes: list[Any], given: Shape, out: Shape, constants: dict[str, np.ndarray] | None = None,
    about: dict[str, str] | None = None, kind: int = TensorProto.FLOAT,
) -> Path:  # fmt: skip
    """A network from `images` to `output0`."""
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("images", kind, given)],
        [helper.make_tensor_value_info("output0", kind, out)],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    for key, value in (about or {}).items():
        model.metadata_props.add(key=key, value=value)
    file.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(file))
    return file


def constant(file: Path, answer: np.ndarray, given: Shape, **more: Any) -> Path:
    """One that answers the same whatever it is shown."""
    nodes = [
        helper.make_node("ReduceSum", ["images"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "zero"], ["nothing"]),
        helper.make_node("Add", ["nothing", "answer"], ["output0"]),
    ]
    dtype = np.float16 if more.get("kind") == TensorProto.FLOAT16 else np.float32
    constants = {"zero": np.zeros((), dtype), "answer": answer.astype(dtype)}
    return write(file, nodes, given, answer.shape, constants, **more)


def mean(file: Path, given: Shape, axes: Sequence[int], **more: Any) -> Path:
    """One that answers means of what it is shown: of `axes`, in the shape (1, what is left)."""
    node = helper.make_node("ReduceMean", ["images"], ["output0"], axes=list(axes), keepdims=0)
    left = [side for axis, side in enumerate(given) if axis not in axes]
    return write(file, [node], given, left, **more)


def colours_tagger(folder: Path, tags: Sequence[str], ratings: Sequence[str] = ()) -> Path:
    """A tagger in a folder: it is as sure of its three tags as a picture is blue, green and red; of `ratings`, too."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["means"], axes=[1, 2], keepdims=0),
        helper.make_node("MatMul", ["means", "parts"], ["output0"]),
    ]
    names = [*tags, *ratings]
    parts = np.tile(np.eye(3, dtype=np.float32) / 255, 2)[:, : len(names)]
    write(folder / "model.onnx", nodes, [1, 16, 16, 3], [1, len(names)], {"parts": parts})
    rows = [f"{number},{name},{0 if number < len(tags) else 9}" for number, name in enumerate(names)]
    (folder / "selected_tags.csv").write_text("\n".join(["tag_id,name,category", *rows]))
    return folder


def red_rater(folder: Path, labels: tuple[str, str] = ("safe", "r18")) -> Path:
    """A rating classifier in a folder: the redder a picture, the surer it is of the first of two labels."""
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["means", "weights"], ["parts"]),
        helper.make_node("Add", ["parts", "half"], ["output0"]),
    ]
    weights = np.array([[0.5, -0.5], [0, 0], [0, 0]], np.float32)
    half = np.array([[0.5, 0.5]], np.float32)
    write(folder / "model.onnx", nodes, [1, 3, 16, 16], [1, 2], {"weights": weights, "half": half})
    (folder / "meta.json").write_text(json.dumps({"labels": labels}))
    return folder
