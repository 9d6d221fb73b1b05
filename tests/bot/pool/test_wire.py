"""Answers survive the way out of a worker; what no worker says is refused."""

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from bot.pool.events import Failure
from bot.pool.wire import MAX_MESSAGE, Malformed, Packing, Unpacking, hear, say
from data.pictures import Encoded

ARRAYS = hnp.arrays(
    st.sampled_from(["uint8", "bool", "int64", "float32", ">f4", ">i2"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5),
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text()
ENCODED = st.builds(Encoded, st.binary(), st.just("image/png"), st.integers(1, 9999), st.integers(1, 9999))
ANSWERS = st.recursive(
    SCALARS | st.binary() | ENCODED | ARRAYS,
    lambda answers: st.lists(answers, max_size=4) | st.dictionaries(st.text(), answers, max_size=4),
    max_leaves=12,
)


def travel(answer: object) -> object:
    packing = Packing()
    message = say(answers=[packing.pack(answer)])
    memory = memoryview(bytearray(packing.size))
    packing.write(memory)
    (arrived,) = [Unpacking(memory).unpack(item) for item in hear(message)["answers"]]
    memory[:] = bytes(len(memory))  # the worker's next answer must not change this one
    return arrived


def same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return (
            a.shape == b.shape
            and a.dtype == b.dtype.newbyteorder("=")
            and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        )
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANSWERS)
def test_answers_arrive_as_they_were(answer: object):
    assert same(travel(answer), answer)


def test_arrays_arrive_whatever_their_strides():
    picture = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)
    arrived = travel([picture[::-1, ::2], picture.transpose(1, 0, 2)])
    assert same(arrived, [picture[::-1, ::2], picture.transpose(1, 0, 2)])


def test_numpy_scalars_and_tuples_arrive_as_what_json_has():
    assert travel((np.float32(0.5), np.int64(3))) == [0.5, 3]


def test_exceptions_arrive_as_failures():
    assert travel(ValueError("no face")) == Failure("ValueError: no face")


@pytest.mark.parametrize("answer", [object(), {1: "a key"}, np.array([object()]), np.array(["text"]), {1, 2}])
def test_other_things_do_not_travel(answer: object):
    with pytest.raises(TypeError):
        Packing().pack(answer)


def test_too_much_json_does_not_travel():
    with pytest.raises(ValueError, match="JSON"):
        say(answers=["x" * MAX_MESSAGE])


@pytest.mark.parametrize(
    "answer",
    [
        {"array": [0, "uint8", [101]]},
        {"array": [90, "uint8", [11]]},
        {"array": [-1, "uint8", [1]]},
        {"array": [0, "uint8", [-1]]},
        {"array": [0, "uint8", [True]]},
        {"array": [0, "uint8", [1.0]]},
        {"array": [0, "uint8", "1"]},
        {"array": [0, "uint8", [1] * 9]},
        {"array": [0, "object", [1]]},
        {"array": [0, "O", [1]]},
        {"array": [0, "float64", [2**62, 2**62]]},
        {"array": [0, "uint8", [0, 10**9] + [10**9] * 6]},
        {"array": [0, "uint8", [0, 10**30]]},
        {"array": [10**400, "uint8", [1]]},
        {"array": [0, "uint8"]},
        {"bytes": [0, 101]},
        {"bytes": ["0", 1]},
        {"encoded": [0, 1, "image/png", -1, 1]},
        {"encoded": [0, 1, None, 1, 1]},
        {"bytes": [0, 1], "array": [0, "uint8", [1]]},
        [{"bytes": [0, 60]}, {"bytes": [0, 60]}],  # one block twice is how a little memory becomes a lot
        {"dict": [1]},
        {"failure": 1},
        {"code": "import os"},
        {},
    ],
)
def test_malformed_answers_are_refused(answer: object):
    with pytest.raises(Malformed):
        Unpacking(memoryview(bytearray(100))).unpack(answer)


@pytest.mark.parametrize("data", [b"", b"\x80\x05K\x01.", b"[1]", b"{", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}"])
def test_malformed_messages_are_refused(data: bytes):
    with pytest.raises(Malformed):
        hear(data)
