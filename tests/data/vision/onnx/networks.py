"""Tiny ONNX files whose answers are known, and others that should not be."""

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
