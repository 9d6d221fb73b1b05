import json
from pathlib import Path

import pytest
import typer

from bot.cli.pictures.crop import crop
from bot.cli.refusal import Refusal
from data import origins

pytest.importorskip("skia")
from tests.data.scenes import encoded, scene


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.png").write_bytes(encoded(scene(1, heads=2)[0]))
    for number in range(7):
        (folder / f"none-{number}.png").write_bytes(b"<html>")
    return folder


def test_heads_are_cut_and_what_cannot_be_read_is_named(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    crop(str(pictures), tmp_path / "out", size=64, align=True)
    said = capsys.readouterr()
    assert said.out == f"8 pictures: 2 heads cut, 7 unreadable: {tmp_path / 'out'}\n"
    assert "none-0.png: it is no picture of a known format" in said.err
    assert "and 2 more that cannot be read; crops.jsonl names them" in said.err
    assert len(origins.read(tmp_path / "out")) == 2
    assert json.loads((tmp_path / "out" / "crop.json").read_text())["align"] is True


def test_what_cannot_be_is_refused(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Refusal, match="needs eyes"):
        crop(str(pictures), tmp_path / "out", align=True, finder="cascade")
    with pytest.raises(Refusal, match="name another folder"):
        crop(str(pictures), pictures / "out")
    with pytest.raises(Refusal, match="is no folder, no zip file"):
        crop(str(tmp_path / "nowhere"), tmp_path / "out")
    with pytest.raises(typer.BadParameter, match="is no rating"):
        crop(str(pictures), tmp_path / "out", rating="nsfw")
    (pictures / "manifest.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(Refusal, match=r"manifest\.sqlite cannot be read"):
        crop(str(pictures), tmp_path / "out")
    monkeypatch.setenv("ANIMEFACE_CASCADE", str(tmp_path / "nowhere.xml"))
    with pytest.raises(Refusal, match="holds no cascade"):
        crop(str(pictures), tmp_path / "out", finder="cascade")
