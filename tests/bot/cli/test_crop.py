import json
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from bot.cli.crop import crop
from bot.cli.refusal import Refusal
from data import labelled, origins
from tests.data.people import DARK, person

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


def test_people_are_cut_out_with_a_mask_and_what_is_seen_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder, out = tmp_path / "photos", tmp_path / "out"
    folder.mkdir()
    two = np.full((320, 640, 3), (120, 128, 140), np.uint8)
    two[40:296, 10:266], two[40:296, 370:626] = person(glasses=True), person(skin=DARK)
    Image.fromarray(two).save(folder / "two.png")
    Image.new("RGB", (200, 200), "grey").save(folder / "wall.png")
    crop(str(folder), out, size=96, people=True, max_upscale=2, min_sharpness=0)
    assert capsys.readouterr().out == f"2 pictures: 2 heads cut, 1 no head: {out}\n"
    lines = labelled.lines(out)
    assert [line["file"] for line in lines] == ["two.png.0.png", "two.png.1.png"]
    by_glasses = {line["glasses"]: line for line in lines}
    assert set(by_glasses) == {"yes", "no"}
    assert by_glasses["no"]["numbers"]["skin_tone"] > by_glasses["yes"]["numbers"]["skin_tone"]
    with Image.open(out / "two.png.0.png") as image:
        assert (image.mode, image.size) == ("RGBA", (96, 96))
        alpha = np.asarray(image)[..., 3]
    assert alpha[48, 48] == 255
    assert alpha[4, 4] < 20
    changed = [{**line, "hair": "pink"} for line in lines]
    (out / labelled.FILE).write_bytes(labelled.written(changed))
    crop(str(folder), out, size=96, people=True, max_upscale=2, min_sharpness=0)
    assert [line["hair"] for line in labelled.lines(out)] == ["pink", "pink"]
    assert {line["glasses"] for line in labelled.lines(out)} == {"yes", "no"}


def test_what_cannot_be_is_refused(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(Refusal, match="needs eyes"):
        crop(str(pictures), tmp_path / "out", align=True, finder="cascade")
    with pytest.raises(Refusal, match="--people has a finder of its own"):
        crop(str(pictures), tmp_path / "out", align=True, people=True)
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
