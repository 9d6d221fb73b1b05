"""A file is whole or not there."""

import hashlib
from pathlib import Path

import pytest

from data.booru import files

PNG = b"\x89PNG\r\n\x1a\n and so on"
MD5 = hashlib.md5(PNG).hexdigest()


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "host" / "7.png"
    written = files.write(path, PNG, MD5)
    assert path.read_bytes() == PNG
    assert written == files.Written(hashlib.sha256(PNG).hexdigest(), len(PNG))
    assert files.present(path, MD5) == written
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"<html>no</html>", b"\x89PN", b"\0" * 100])
def test_what_does_not_begin_as_a_picture_is_not_written(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(files.Unfit, match="begin as a picture"):
        files.write(tmp_path / "7.png", content, None)
    assert not list(tmp_path.iterdir())


def test_another_picture_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(files.Unfit, match="MD5"):
        files.write(tmp_path / "7.png", PNG + b"!", MD5)
    assert not list(tmp_path.iterdir())


def test_a_file_that_does_not_fit_is_not_taken_for_it(tmp_path: Path) -> None:
    path = tmp_path / "7.png"
    assert files.present(path, MD5) is None
    path.write_bytes(PNG + b"!")
    assert files.present(path, MD5) is None
    assert files.present(path, None) is not None
    path.write_bytes(b"text")
    assert files.present(path, None) is None


def test_what_a_killed_crawl_left_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".7.png.part").write_bytes(b"half of a pict")
    files.write(tmp_path / "7.png", PNG, MD5)
    assert [path.name for path in tmp_path.iterdir()] == ["7.png"]


def test_a_file_of_this_machine_is_there_by_another_name_however_often(tmp_path: Path) -> None:
    source, path = tmp_path / "7.png", tmp_path / "host" / "7.png"
    source.write_bytes(PNG)
    for _ in range(2):  # the second time as after a kill before the row was written
        assert files.adopt(path, source) == files.Written(hashlib.sha256(PNG).hexdigest(), len(PNG))
    assert path.samefile(source)
    assert list(path.parent.iterdir()) == [path]


def test_where_a_file_cannot_have_another_name_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def across(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", across)
    source, path = tmp_path / "7.png", tmp_path / "host" / "7.png"
    source.write_bytes(PNG)
    files.adopt(path, source)
    assert path.read_bytes() == PNG
    assert not path.samefile(source)
    assert list(path.parent.iterdir()) == [path]
