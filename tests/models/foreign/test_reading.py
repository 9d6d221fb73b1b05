import argparse
import contextlib
import io
import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.foreign.arrays import Array, Tensor
from models.foreign.errors import Forbidden, Unreadable
from models.foreign.machine import Record
from models.foreign.reading import read, read_file
from models.foreign.vocabulary import NAMESPACE

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda values: st.lists(values) | st.dictionaries(st.text() | st.integers(), values) | st.tuples(values, values),
    max_leaves=30,
)


def weights() -> dict[str, torch.Tensor]:
    """Tensors of every kind that checkpoints hold."""
    return {
        "weight": torch.randn(3, 4),
        "parameter": torch.nn.Parameter(torch.randn(2)),
        "transposed": torch.randn(3, 4).t(),
        "part": torch.randn(7)[2:5],
        "half": torch.randn(5).half(),
        "bfloat": torch.randn(5).bfloat16(),
        "double": torch.randn(2, 1, 3).double(),
        "count": torch.tensor(7),
        "flags": torch.tensor([True, False]),
        "empty": torch.zeros(0, 3),
        "channels_last": torch.randn(1, 3, 4, 5).to(memory_format=torch.channels_last),
    }


def saved(value: Any, *, legacy: bool) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def check(found: dict[str, Tensor], expected: dict[str, torch.Tensor]) -> None:
    assert list(found) == list(expected)
    for name, value in expected.items():
        array = found[name].array()
        np.testing.assert_array_equal(array, value.detach().float().numpy(), err_msg=name)
        assert array.dtype == np.float32


@pytest.mark.parametrize("legacy", [False, True])
def test_what_torch_saves_is_read_as_it_was(legacy: bool):
    tensors = weights()
    module = torch.nn.Conv2d(2, 3, 3)
    file = saved(
        {"g": tensors, "state": module.state_dict(), "args": argparse.Namespace(size=32, steps=[1])}, legacy=legacy
    )
    found = read(memoryview(file))
    check(found["g"], tensors)
    check(found["state"], dict(module.state_dict()))
    assert isinstance(found["args"], Record)
    assert (found["args"].name, found["args"].state) == (NAMESPACE, {"size": 32, "steps": [1]})


@pytest.mark.parametrize("legacy", [False, True])
def test_an_optimizer_beside_the_weights_does_no_harm(legacy: bool):
    module = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    found = read(memoryview(saved({"g_ema": module.state_dict(), "g_optim": optimizer.state_dict()}, legacy=legacy)))
    check(found["g_ema"], dict(module.state_dict()))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_what_is_pickled_without_torch_is_read_as_it_was(protocol: int):
    tensors = weights()
    arrays = {
        "plain": np.arange(6.0).reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        "big": np.arange(3, dtype=">i4"),
        "flag": np.array([True, False]),
    }
    value = {
        "tensors": tensors, "arrays": arrays, "ordered": OrderedDict(a=1, b=[2.5, None]), "set": {1, "a"},
        "frozen": frozenset([3]), "number": np.float32(3.5), "whole": np.int64(-7), "long": -(10**30),
        "true": np.bool_(True),
        "nested": ((1, 2, 3, 4), (), [[]], {}), "name": "二次元", "arguments": argparse.Namespace(size=4),
    }  # fmt: skip
    found = read(memoryview(pickle.dumps(value, protocol)))
    check(found["tensors"], tensors)
    for name, array in arrays.items():
        assert isinstance(found["arrays"][name], Array)
        np.testing.assert_array_equal(found["arrays"][name].array(), array.astype(np.float32))
    for name in ("ordered", "set", "frozen", "number", "whole", "long", "true", "nested", "name"):
        assert found[name] == value[name], name
    assert found["arguments"].state == {"size": 4}


@given(plain, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_plain_values_come_back_as_pickle_has_them(value: Any, protocol: int):
    written = pickle.dumps(value, protocol)
    assert read(memoryview(written)) == pickle.loads(written)


def test_arrays_stay_in_the_file_until_they_are_asked_for(tmp_path: Path):
    path = tmp_path / "a.pt"
    path.write_bytes(saved({"w": torch.zeros(100, 100)}, legacy=False))
    found = read_file(path)["w"]
    assert found.storage.content.readonly
    assert len(found.storage.content) == 40_000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\n\n  <html lang='en'>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page"),
        (b"\x1f\x8b\x08\x00rest", "packed with gzip"),
        (b"hello, world\n", "no checkpoint"),
        (b'{"error": "not found"}', "no checkpoint"),
        (b"\x89PNG\r\n\x1a\n", "no checkpoint"),
        (bytes(1000), "no checkpoint"),
        (b"PK\x03\x04", "ends in the middle"),
        (b"PK\x05\x06" + bytes(18), "no checkpoint"),
        (b"\x80\x09N.", "no such version"),
        (b"\x80\x02\xff", "make no sense"),
    ],
)
def test_what_is_no_checkpoint_is_said_in_a_sentence(tmp_path: Path, content: bytes, sentence: str):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=sentence):
        read_file(path)


def test_what_is_no_file_is_said_in_a_sentence(tmp_path: Path):
    with pytest.raises(Unreadable, match="is a folder"):
        read_file(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")  # opening it would wait for ever
        with pytest.raises(Unreadable, match="is no file"):
            read_file(tmp_path / "pipe")


@pytest.mark.parametrize("legacy", [False, True, None])
def test_a_file_cut_anywhere_is_refused(legacy: bool | None):
    value = {"g_ema": {"a": torch.arange(5.0), "b": torch.zeros(2, 2)}, "args": argparse.Namespace(a=1)}
    whole = pickle.dumps(value) if legacy is None else saved(value, legacy=legacy)
    for end in range(1, len(whole), 7):
        with pytest.raises(Unreadable):
            read(memoryview(whole[:end]))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: st.DataObject):
    value = {"g": {"a": torch.arange(4.0)}, "n": np.arange(3), "args": argparse.Namespace(a=(1, "x")), "s": {1}}
    kind = data.draw(st.sampled_from([None, False, True]))
    whole = bytearray(pickle.dumps(value, data.draw(st.integers(0, 5))) if kind is None else saved(value, legacy=kind))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(memoryview(bytes(whole)))
        for array in found["g"].values() if isinstance(found, dict) and isinstance(found.get("g"), dict) else ():
            if isinstance(array, Tensor | Array):
                array.array()
    except Unreadable:
        pass


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes):
    for whole in (content, b"\x80\x04" + content, b"PK\x03\x04" + content):
        with contextlib.suppress(Unreadable):
            read(memoryview(whole))


def test_names_in_refusals_cannot_write_to_the_terminal():
    with pytest.raises(Forbidden) as refused:
        read(memoryview(b"\x80\x04\x8c\x08os\x1b[2J\x07\x0a\x8c\x06system\x93."))
    assert str(refused.value).isprintable()
