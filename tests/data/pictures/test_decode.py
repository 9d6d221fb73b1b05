"""What becomes of a stranger's picture: pixels as they were meant, or a reason."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from data.pictures import Decoded, Pixels, Refused
from data.pictures.decode import resizable
from data.pictures.lane import PictureRunner
from data.pictures.opening import MOST_FRAMES, MOST_SCANS
from data.pictures.requests import Decode, Sheet

ROOT = Path(__file__).parents[3]
FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP"]
RED, GREEN, BLUE, WHITE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (128, 128, 128)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def quarters(width: int = 64, height: int = 48) -> Image.Image:
    """Red and green above, blue and white below."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def ask(content: bytes, **options: Any) -> Decoded | Refused:
    request = Decode(content, **options)
    return request.join(PictureRunner().run([request]))


def decoded(content: bytes, **options: Any) -> Decoded:
    answer = ask(content, **options)
    assert isinstance(answer, Decoded), answer
    h, w, _ = answer.pixels.shape
    assert answer.pixels.dtype == np.uint8
    assert max(h, w) <= options.get("max_side", 1024)
    return answer


def refusal(content: bytes, **options: Any) -> str:
    answer = ask(content, **options)
    assert isinstance(answer, Refused), answer
    return answer.reason


def assert_corners(pixels: Pixels, *expected: tuple[int, int, int], within: int = 12) -> None:
    """The middles of the quarters, in reading order."""
    h, w, _ = pixels.shape
    for i, colour in enumerate(expected):
        found = pixels[h // 4 + h // 2 * (i // 2), w // 4 + w // 2 * (i % 2)].astype(int)
        assert np.abs(found - colour).max() <= within, (i, found)


# ---------------------------------------------------------------------------------------------------------------------
# Pixels as they were meant


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_known_by_its_content(kind: str) -> None:
    found = decoded(saved(quarters(), kind))
    assert (found.width, found.height, found.frames, found.recipe) == (64, 48, 1, "")
    assert found.media_type == f"image/{kind.lower()}"
    assert found.pixels.shape == (48, 64, 3)
    assert_corners(found.pixels, RED, GREEN, BLUE, WHITE)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_large_one_is_made_as_small_as_was_asked_for(kind: str) -> None:
    found = decoded(saved(quarters(900, 300), kind), max_side=90)
    assert (found.width, found.height) == (900, 300)
    assert found.pixels.shape == (30, 90, 3)
    assert_corners(found.pixels, RED, GREEN, BLUE, WHITE)


def test_a_sliver_keeps_a_pixel() -> None:
    assert decoded(saved(Image.new("RGB", (3000, 1), RED), "JPEG"), max_side=100).pixels.shape == (1, 100, 3)


ORIENTED = {
    1: (RED, GREEN, BLUE, WHITE),
    2: (GREEN, RED, WHITE, BLUE),
    3: (WHITE, BLUE, GREEN, RED),
    4: (BLUE, WHITE, RED, GREEN),
    5: (RED, BLUE, GREEN, WHITE),
    6: (BLUE, RED, WHITE, GREEN),
    7: (WHITE, GREEN, BLUE, RED),
    8: (GREEN, WHITE, RED, BLUE),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", ORIENTED)
def test_a_picture_that_lies_is_put_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = decoded(saved(quarters(), kind, exif=exif))
    assert_corners(found.pixels, *ORIENTED[orientation])
    assert (found.width, found.height) == found.pixels.shape[1::-1] == ((64, 48) if orientation < 5 else (48, 64))


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"]
)
def test_nonsense_in_the_metadata_does_not_spoil_a_picture(exif: bytes) -> None:
    assert_corners(decoded(saved(quarters(), "JPEG", exif=exif)).pixels, RED, GREEN, BLUE, WHITE)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode: str) -> None:
    image = quarters().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 32, 24))
    image.paste((0, 0, 0, 128), (32, 0, 64, 24))
    if mode == "P":
        image = image.convert("RGB").quantize(8)
        content = saved(image, transparency=image.getpixel((5, 5)))  # all that is black
        assert_corners(decoded(content).pixels, WHITE, WHITE, BLUE, WHITE)
    else:
        found = decoded(saved(image.convert(mode))).pixels
        assert_corners(found, WHITE, (127, 127, 127), (29, 29, 29) if mode == "LA" else BLUE, WHITE)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_alpha_of_every_format_is_white(kind: str) -> None:
    image = quarters().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 32, 24))
    assert_corners(decoded(saved(image, kind)).pixels, WHITE, GREEN, BLUE, WHITE)


def test_a_gif_with_a_transparent_colour_is_white_there() -> None:
    image = quarters().quantize(8)
    content = saved(image, "GIF", transparency=image.getpixel((5, 5)))
    assert_corners(decoded(content).pixels, WHITE, GREEN, BLUE, WHITE)


def test_a_colour_that_stands_for_transparent_is_white() -> None:
    assert_corners(decoded(saved(quarters(), transparency=GREEN)).pixels, RED, WHITE, BLUE, WHITE)
    grey = Image.new("L", (64, 48), 40)
    grey.paste(200, (0, 0, 32, 48))
    assert_corners(decoded(saved(grey, transparency=40)).pixels, (200, 200, 200), WHITE)


def test_transparent_edges_bring_no_dark_fringe_when_it_is_made_small() -> None:
    """Transparent pixels have colours too, mostly black; averaged with the others they would show."""
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[::2, ::2] = (255, 255, 255, 255)
    assert decoded(saved(Image.fromarray(pixels)), max_side=16).pixels.min() > 250


def test_sixteen_bits_are_scaled_and_not_clipped() -> None:
    grey = np.zeros((48, 64), np.uint16)
    grey[:24, :32], grey[:24, 32:], grey[24:, :32], grey[24:, 32:] = 0, 257 * 60, 257 * 128, 65535
    found = decoded(saved(Image.fromarray(grey)))
    assert_corners(found.pixels, (0, 0, 0), (60, 60, 60), GREY, WHITE, within=1)


def _png(width: int, height: int, depth: int, colours: int, rows: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG from its parts; Pillow cannot write all that it reads."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    parts = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in parts)


def test_sixteen_bits_a_channel_are_scaled_too() -> None:
    pixel = struct.pack(">HHH", 257 * 200, 257 * 100, 257 * 50)
    assert_corners(decoded(_png(4, 4, 16, 2, (b"\0" + pixel * 4) * 4)).pixels, (200, 100, 50), within=1)
    half = struct.pack(">HHHH", 65535, 0, 0, 32768)
    assert_corners(decoded(_png(4, 4, 16, 6, (b"\0" + half * 4) * 4)).pixels, (255, 127, 127), within=1)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB", "HSV", "RGBX"])
def test_other_modes_come_out_as_the_same_grey(mode: str) -> None:
    grey = WHITE if mode == "1" else GREY
    image = Image.new("RGB", (8, 8), grey)
    match mode:
        case "P":
            image = image.quantize(4)
        case "LAB":  # Pillow converts nothing into it
            image = Image.new("LAB", (8, 8), GREY)
        case _:
            image = image.convert(mode)
    assert_corners(np.asarray(resizable(image).convert("RGB")), grey, within=12)


@pytest.mark.parametrize(("mode", "values"), [("I", [0, 32896, 65535]), ("F", [0.0, 0.5, 1.0]), ("F", [0, 128, 255])])
def test_wide_modes_are_scaled(mode: str, values: list[float]) -> None:
    image = Image.fromarray(np.array([values], np.int32 if mode == "I" else np.float32))
    assert image.mode == mode
    assert np.abs(np.asarray(resizable(image)).astype(int) - [[0, 128, 255]]).max() <= 1
    nonsense = Image.fromarray(np.array([[np.nan, np.inf, -np.inf]], np.float32))
    assert resizable(nonsense).mode == "L"


def test_a_printers_jpeg_is_not_inverted() -> None:
    found = decoded(saved(quarters().convert("CMYK"), "JPEG", quality=95))
    assert_corners(found.pixels, RED, GREEN, BLUE, WHITE)


def _profile(space: str) -> bytes:
    """A profile whose primaries are far from sRGB's: what is pure red there is none here."""
    assert space == "swapped"
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack_from(">I", profile, 128)[0]
    tags = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_colours_are_what_the_profile_says(kind: str) -> None:
    found = decoded(saved(quarters(), kind, icc_profile=_profile("swapped")))
    assert_corners(found.pixels, BLUE, GREEN, RED, WHITE, within=16)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK"])
def test_a_profile_that_does_not_fit_is_no_reason_to_refuse(mode: str) -> None:
    content = saved(quarters().convert(mode), "JPEG" if mode == "CMYK" else "PNG", icc_profile=b"nonsense" * 40)
    assert decoded(content).pixels.shape == (48, 64, 3)
    cmyk = b"\0" * 16 + b"CMYKLab " + b"\0" * 200
    assert decoded(saved(quarters(), icc_profile=cmyk)).pixels.shape == (48, 64, 3)


# ---------------------------------------------------------------------------------------------------------------------
# Animations, and the bot's own


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
    content = _png(4, 4, 8, 2, row * 4, (b"acTL", struct.pack(">II", number, 0)))
    assert 1 <= decoded(content).frames <= MOST_FRAMES


def test_a_gif_made_of_tiny_blocks_is_not_counted_forever() -> None:
    content = saved(quarters().quantize(8), "GIF")[:-1] + b"\x21\xfe" + b"\x01x" * 2_000_000
    assert decoded(content).frames == 1


def test_a_picture_of_ours_brings_its_recipe() -> None:
    recipe = '{"op":"draw","model":"waifu@starter","latents":[{"seed":7}],"trunc":0.7}'
    faces = np.full((1, 96, 96, 3), 120, np.uint8)
    for big in (False, True):
        (sheet,) = PictureRunner().run([Sheet(faces, recipe, big)])
        assert decoded(sheet.content).recipe == recipe


def test_text_in_a_picture_that_is_no_recipe_is_none() -> None:
    info = PngInfo()
    info.add_text("nijigen", "hello")
    assert decoded(saved(quarters(), pnginfo=info)).recipe == ""


# ---------------------------------------------------------------------------------------------------------------------
# What is refused


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
            return _png(width, height, 8, 2, b"")
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
        ask(_png(4, 4, 8, 2, row * 4, more))  # refused or passed over: it only must not take the memory, see below


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
    text = _png(4, 4, 8, 2, (b"\0" + bytes(RED) * 4) * 4, (b"zTXt", b"nijigen\0\0" + bomb))
    for hostile in (_claims("PNG", 30000, 30000), _claims("VP8L", 16384, 16384), text):
        answer, used = _in_a_worker(hostile, 1 << 30)
        assert answer != "decoded"
        assert used < 64 << 20
    large = saved(Image.new("L", (7000, 7000)))
    assert _in_a_worker(large, 1 << 30)[0] == "decoded"
    assert _in_a_worker(large, 32 << 20)[0] == "too_many_pixels"


# ---------------------------------------------------------------------------------------------------------------------
# What travels


@pytest.mark.parametrize(
    "answer",
    [
        {"refused": "because"},
        {"pixels": np.zeros((4, 4), np.uint8), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((4, 4, 3), np.float32), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((4, 2000, 3), np.uint8), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((0, 4, 3), np.uint8), "size": [4, 4], "media_type": "", "frames": 1, "recipe": ""},
        {"pixels": np.zeros((4, 4, 3), np.uint8), "size": ["4", 4], "media_type": "", "frames": 1, "recipe": ""},
        None,
    ],
)
def test_a_worker_that_lost_its_mind_is_not_believed(answer: Any) -> None:
    with pytest.raises(ValueError, match="not the answer"):
        Decode(b"").join([answer])
