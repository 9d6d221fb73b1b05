"""What becomes of a stranger's picture: pixels as they were meant."""

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from data.pictures.decode import resizable
from tests.data.pictures.strangers import (
    BLUE,
    FORMATS,
    GREEN,
    GREY,
    RED,
    WHITE,
    assert_corners,
    decoded,
    png,
    quarters,
    saved,
)


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


def test_sixteen_bits_a_channel_are_scaled_too() -> None:
    pixel = struct.pack(">HHH", 257 * 200, 257 * 100, 257 * 50)
    assert_corners(decoded(png(4, 4, 16, 2, (b"\0" + pixel * 4) * 4)).pixels, (200, 100, 50), within=1)
    half = struct.pack(">HHHH", 65535, 0, 0, 32768)
    assert_corners(decoded(png(4, 4, 16, 6, (b"\0" + half * 4) * 4)).pixels, (255, 127, 127), within=1)


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
