"""Which pictures are opened, and how far: animations by their first frame, bombs and broken ones not at all."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.pictures.opening import MOST_FRAMES, MOST_SCANS
from tests.data.pictures.strangers import FORMATS, RED, ask, assert_corners, decoded, png, quarters, refusal, saved

ROOT = Path(__file__).parents[3]


def _animated(kind: str, frames: int) -> bytes:
    colours = [RED, *((0, 60 * i % 256, i // 4) for i in range(1, frames))]  # no two alike in a row: they are merged
    first, *others = [Image.new("RGB", (16, 16), colour) for colour in colours]
    return saved(first, kind, save_all=True, append_images=others, duration=20, loop=0)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_of_an_animation_the_first_frame_is_seen(kind: str) -> None:
    found = decoded(_animated(kind, 5))
    assert found.frames == 5
    assert_corners(found.pixels, RED)


def test_thousands_of_frames_cost_no_more_than_one() -> None:
    found = decoded(_animated("GIF", MOST_FRAMES + 500))
    assert found.frames == MOST_FRAMES
    assert_corners(found.pixels, RED)


@pytest.mark.parametrize("number", [0, 1, 2**31])
def test_the_number_of_frames_is_not_believed(number: int) -> None:
    row = b"\0" + bytes(RED) * 4
    content = png(4, 4, 8, 2, row * 4, (b"acTL", struct.pack(">II", number, 0)))
    assert 1 <= decoded(content).frames <= MOST_FRAMES


def test_a_gif_made_of_tiny_blocks_is_not_counted_forever() -> None:
    content = saved(quarters().quantize(8), "GIF")[:-1] + b"\x21\xfe" + b"\x01x" * 2_000_000
    assert decoded(content).frames == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"<!DOCTYPE html><title>404</title>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"II*\0" + b"\0" * 100,
        b"BMW is a car, and this is a text",
        b'{"retcode":-5503007,"retmsg":"download url has expired"}',
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\x01\0\x01\0\x10\x10",
    ],
    ids=["nothing", "zeros", "html", "svg", "pdf", "tiff", "text", "json", "heic", "ico"],
)
def test_what_is_no_picture_of_a_known_format_is_called_so(content: bytes) -> None:
    assert refusal(content) == "not_a_picture"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_ends_too_early_is_called_damaged(kind: str) -> None:
    whole = saved(quarters(640, 480), kind)
    assert refusal(whole[: len(whole) // 2]) == "damaged"
    assert refusal(whole[:34]) == "damaged"


@pytest.mark.parametrize("kind", FORMATS)
def test_however_a_picture_is_damaged_it_is_an_answer(kind: str) -> None:
    random = np.random.RandomState(0)
    whole = saved(quarters(), kind)
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(random.randint(1, 8)):
            broken[random.randint(len(broken))] = random.randint(256)
        ask(bytes(broken), max_pixels=1_000_000)


def _claims(kind: str, width: int, height: int) -> bytes:
    """A small file that says that it is this large."""
    match kind:
        case "PNG":
            return png(width, height, 8, 2, b"")
        case "GIF":
            return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0" + saved(quarters(), "GIF")[13:]
        case "BMP":
            return b"BM" + struct.pack("<IIIIiiHHII", 100, 0, 54, 40, width, height, 1, 24, 0, 0) + b"\0" * 16
        case "JPEG":
            content = saved(quarters(), "JPEG")
            at = content.index(b"\xff\xc0")
            return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]
        case "VP8X":
            size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
            return b"RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size + b"\0" * 32
        case "VP8L":
            bits = (min(width, 16384) - 1) | (min(height, 16384) - 1) << 14
            return b"RIFF\x64\0\0\0WEBPVP8L\x32\0\0\0\x2f" + struct.pack("<I", bits) + b"\0" * 32
        case _:
            small = saved(quarters(), "AVIF")
            at = small.index(b"ispe") + 8
            return small[:at] + struct.pack(">II", width, height) + small[at + 8 :]


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "JPEG", "VP8X", "VP8L", "AVIF"])
def test_a_bomb_is_refused_by_what_its_header_says(kind: str) -> None:
    assert refusal(_claims(kind, 30000, 30000)) in ("too_many_pixels", "damaged")
    if kind != "AVIF":  # its reader has a limit of its own
        assert refusal(_claims(kind, 30000, 30000)) == "too_many_pixels"
        assert refusal(_claims(kind, 10000, 10000), max_pixels=99_999_999) == "too_many_pixels"


def test_the_limit_is_the_settings_limit() -> None:
    content = saved(quarters(100, 100))
    assert decoded(content, max_pixels=10_000)
    assert refusal(content, max_pixels=9_999) == "too_many_pixels"


def test_a_bomb_in_the_metadata_is_not_unpacked() -> None:
    row = b"\0" + bytes(RED) * 4
    bomb = zlib.compress(bytes(100_000_000), 9)
    for more in ((b"zTXt", b"nijigen\0\0" + bomb), (b"iTXt", b"nijigen\0\1\0\0\0" + bomb), (b"iCCP", b"x\0\0" + bomb)):
        ask(png(4, 4, 8, 2, row * 4, more))  # refused or passed over: it only must not take the memory, see below


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    content = saved(quarters(64, 64), "JPEG", progressive=True)
    begin = content.index(b"\xff\xda")
    end = content.index(b"\xff", begin + 2)
    scan = content[begin:end]
    assert decoded(content)
    assert refusal(content[:begin] + scan * (MOST_SCANS + 1) + content[begin:]) == "damaged"


def test_a_video_behind_a_photo_does_not_count_as_scans() -> None:
    """Phones append one to the picture."""
    assert decoded(saved(quarters(), "JPEG") + b"\xff\xda\0\x02" * 1000)


MEASURE = """
import resource, sys
from bot.pool.memory import limit_memory
from data.pictures.lane import PictureRunner
from data.pictures.requests import Decode
runner = PictureRunner()
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
limit_memory(int(sys.argv[1]))
(answer,) = runner.run([Decode(content)])
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(answer.get("refused", "decoded"), used * 1024)
"""


def _in_a_worker(content: bytes, limit: int) -> tuple[str, int]:
    """The answer of a process that may map only `limit` bytes more, and how many it used."""
    command = [sys.executable, "-c", MEASURE, str(limit)]
    done = subprocess.run(command, cwd=ROOT, input=content, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    answer, used = done.stdout.decode().split()
    return answer, int(used)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds what a process maps")
def test_memory_is_bounded() -> None:
    bomb = zlib.compress(bytes(300_000_000), 9)
    text = png(4, 4, 8, 2, (b"\0" + bytes(RED) * 4) * 4, (b"zTXt", b"nijigen\0\0" + bomb))
    for hostile in (_claims("PNG", 30000, 30000), _claims("VP8L", 16384, 16384), text):
        answer, used = _in_a_worker(hostile, 1 << 30)
        assert answer != "decoded"
        assert used < 64 << 20
    large = saved(Image.new("L", (7000, 7000)))
    assert _in_a_worker(large, 1 << 30)[0] == "decoded"
    assert _in_a_worker(large, 32 << 20)[0] == "too_many_pixels"
