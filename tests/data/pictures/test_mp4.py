"""Recipes in MP4 files, of ffmpeg's making and of strangers'."""

import struct

import pytest

from data.pictures.mp4 import comment_in, is_mp4
from data.pictures.recipe import MAX_BYTES, read_recipe

RECIPE = b'{"op":"walk"}'


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def film(comment: bytes = RECIPE, before: bytes = b"") -> bytes:
    """As a player finds it: what is shown first, then what is said of it."""
    item = box(b"\xa9too", box(b"data", bytes(8) + b"ffmpeg")) + box(
        b"\xa9cmt", box(b"data", b"\0\0\0\1\0\0\0\0" + comment)
    )
    meta = box(b"meta", bytes(4) + box(b"hdlr", bytes(25)) + box(b"ilst", item))
    moov = box(b"moov", box(b"mvhd", bytes(100)) + before + box(b"udta", meta))
    return box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + box(b"mdat", b"\1" * 300) + moov


def test_the_comment_is_found_where_players_look_for_it() -> None:
    assert is_mp4(film())
    assert comment_in(film()) == RECIPE
    assert read_recipe(film(), 1) == RECIPE.decode()


def test_sizes_of_eight_bytes_and_those_that_go_to_the_end_are_understood() -> None:
    content = film()
    at = content.index(b"mdat") - 4
    wide = struct.pack(">I4sQ", 1, b"mdat", 316) + b"\1" * 300
    assert comment_in(content[:at] + wide + content[at + 308 :]) == RECIPE
    at = content.index(b"moov") - 4
    assert comment_in(content[:at] + bytes(4) + content[at + 4 :]) == RECIPE


def test_no_cut_and_no_lie_about_a_size_is_more_than_no_recipe() -> None:
    content = film()
    for cut in range(16, len(content)):
        assert read_recipe(content[:cut], 1) == ""
    for name in (b"mdat", b"moov", b"mvhd", b"udta", b"meta", b"ilst", b"data"):
        for size in (1, 2, 7, 2**31, 2**32 - 1):
            at = content.rindex(name) - 4
            assert read_recipe(content[:at] + struct.pack(">I", size) + content[at + 4 :], 1) == ""


@pytest.mark.parametrize(
    "content",
    [
        film(b"made by somebody else"),
        film(b"{" + b"x" * MAX_BYTES),
        film(before=box(b"free") * 10_001),
        box(b"ftyp", b"isom") + bytes(80_000),
    ],
)
def test_what_is_no_recipe_is_none(content: bytes) -> None:
    assert read_recipe(content, 1) == ""
