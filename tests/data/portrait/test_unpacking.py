import io
import zipfile
from dataclasses import replace

import pytest

from data.portrait.requests import Unpack, Unpacked, is_zip
from data.portrait.unpacking import MOST_ENTRIES, unpack


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(content: bytes, **limits: int) -> Unpacked | None:
    request = Unpack(content, **limits)
    return request.join([unpack(request)])


def test_pictures_come_out_in_the_order_of_their_names():
    content = packed({"b/2.JPG": b"two", "b/10.png": b"ten", "a.webp": b"one", "b/": b""})
    assert is_zip(content)
    assert unpacked(content) == Unpacked((b"one", b"ten", b"two"))


def test_what_is_called_something_else_is_none_of_them():
    names = ["notes.txt", "inner.zip", ".hidden.png", "__MACOSX/a.png", ".folder/a.png", "../a.png", "a.exe", "png"]
    assert unpacked(packed({**dict.fromkeys(names, b"x"), "b.png": b"b"})) == Unpacked((b"b",))


def test_no_more_and_no_larger_ones_than_are_wanted():
    content = packed({f"{n}.png": bytes([65 + n]) * 100 for n in range(5)})
    assert unpacked(content, most=2) == Unpacked((b"A" * 100, b"B" * 100), 3)
    assert unpacked(content, most_bytes=99) == Unpacked((), 5)
    assert unpacked(content, most_total=250) == Unpacked((b"A" * 100, b"B" * 100), 3)


def test_a_bomb_is_left_out_whatever_it_says_of_its_size():
    bomb = packed({"bomb.png": bytes(5_000_000), "fine.png": b"fine"})
    assert len(bomb) < 10_000
    assert unpacked(bomb, most_bytes=1_000_000) == Unpacked((b"fine",), 1)
    lies = bytearray(bomb)
    for place in (bomb.index(b"PK\x01\x02") + 24, 22):  # in the list of contents, and where it lies
        lies[place : place + 4] = (1000).to_bytes(4, "little")
    found = unpacked(bytes(lies), most_bytes=1_000_000)
    assert found is not None
    assert found.contents == (b"fine",)


def test_passwords_damage_and_odd_methods_are_left_out():
    content = bytearray(packed({"a.png": b"a" * 50, "b.png": b"b" * 50}, zipfile.ZIP_STORED))
    content[content.index(b"a" * 50)] = 0  # the checksum says so
    assert unpacked(bytes(content)) == Unpacked((b"b" * 50,), 1)
    locked = bytearray(packed({"a.png": b"a" * 50}))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(header) + flags] |= 1
    assert unpacked(bytes(locked)) == Unpacked((), 1)
    assert unpacked(packed({"a.png": b"a"}, zipfile.ZIP_LZMA)) == Unpacked((), 1)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)[:10], b"\x89PNG", bytes(1000)])
def test_what_is_no_zip_is_none(content: bytes):
    assert unpacked(content) is None


def test_a_list_of_contents_without_an_end_is_not_begun():
    assert unpacked(b"PK\x03\x04" + b"PK\x01\x02" * (MOST_ENTRIES + 1)) is None


def test_what_a_worker_makes_up_is_no_answer():
    request = replace(Unpack(b""), most=1, most_bytes=2)
    assert request.join([{"contents": [b"ab"], "left_out": 0}]) == Unpacked((b"ab",))
    for contents in ([b"a", b"b"], [b"abc"], ["a"], b"a"):
        with pytest.raises(ValueError, match="Unpack"):
            request.join([{"contents": contents, "left_out": 0}])
