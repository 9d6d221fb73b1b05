import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.dataset import DatasetError, pack, resolve
from data.dataset.reading import Reader, Unusable, leads_out, picture, pictures_of
from tests.data.dataset.pictures import fill, noise, png, zipped
from tests.data.pictures.strangers import png as parts


@pytest.mark.parametrize(
    "name",
    ["../a.png", "b/../../a.png", "/etc/a.png", "..\\a.png", "C:\\a.png", "C:a.png", "\\\\host\\a.png", "a\0.png"],
)
def test_a_name_that_leads_out_of_an_archive_is_known_on_every_system(name: str):
    assert leads_out(name)


@pytest.mark.parametrize("name", ["a.png", "00000/img00000000.png", "..a/b..png", "老婆/1.png"])
def test_an_ordinary_name_does_not_lead_out(name: str):
    assert not leads_out(name)


def test_what_an_archive_must_not_hold_is_left_out_with_a_sentence(tmp_path: Path):
    bomb = b"\x89PNG\r\n\x1a\n" + bytes(30_000_000)
    huge = parts(30_000, 30_000, 8, 2, b"\0")
    archive = zipped(
        tmp_path / "set.zip",
        {
            "../outside.png": png((1, 2, 3)),
            "/absolute.png": png((1, 2, 3)),
            "bomb.png": bomb,
            "fine.png": png((1, 2, 3)),
            "huge.png": huge,
            "page.png": b"<html>",
            "torn.png": noise(1, 64)[:900],
        },
        zipfile.ZIP_DEFLATED,
    )
    dataset = pack(resolve(str(archive)), 8, tmp_path / "cache")
    assert len(dataset) == 1
    assert {entry["file"]: entry["error"] for entry in dataset.manifest["skipped"]} == {
        "../outside.png": "its path leads out of the archive",
        "/absolute.png": "its path leads out of the archive",
        "bomb.png": "it unpacks to more than 200 times its size, as bombs do",
        "huge.png": "the picture is larger than 50 million pixels",
        "page.png": "it is no picture of a known format",
        "torn.png": "the picture is damaged",
    }


def test_a_member_that_is_larger_than_it_says_is_not_read_to_its_end(tmp_path: Path):
    path = zipped(tmp_path / "set.zip", {"liar.png": png((1, 2, 3)), "fine.png": png((1, 2, 3))})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\1\2") + 24  # the unpacked size, in the list of files
    content[at : at + 4] = (20).to_bytes(4, "little")
    path.write_bytes(content)
    source = resolve(str(path))
    with Reader(source) as reader:
        with pytest.raises(Unusable), picture(reader.content("liar.png")):
            pass
        with picture(reader.content("fine.png")) as image:
            assert image.size == (40, 40)


def test_a_file_that_is_gone_is_left_out(tmp_path: Path):
    root = fill(tmp_path / "pictures", 2)
    source = resolve(str(root))
    (root / "00001.png").unlink()
    with Reader(source) as reader, pytest.raises(Unusable, match="cannot be read: FileNotFoundError"):
        reader.content("00001.png")


def test_sixteen_bits_are_scaled_and_not_cut_off(tmp_path: Path):
    content = io.BytesIO()
    Image.fromarray(np.full((8, 8), 0x8000, np.uint16)).save(content, "PNG")
    with picture(content.getvalue()) as image:
        assert image.mode == "RGB"
        assert np.asarray(image)[0, 0].tolist() == [128, 128, 128]


def test_the_pictures_of_a_packed_folder_are_looked_at_like_files(tmp_path: Path):
    dataset = pack(resolve(str(fill(tmp_path / "pictures", 3))), 8, tmp_path / "cache")
    source = pictures_of(str(dataset.folder))
    assert source.names == ("00000000.png", "00000001.png", "00000002.png")
    with Reader(source) as reader, picture(reader.content("00000002.png")) as image:
        assert (np.asarray(image) == dataset.images(np.array([2]))[0]).all()
    with pytest.raises(DatasetError, match="pack it first"):
        pictures_of("drawn:count=3")
