import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bot.cli.faces import faces
from bot.cli.refusal import Refusal
from data.vision.finder.boxes import overlaps
from tests.data.people import person

FRAMES = 40


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORAGE_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("ANIMEFACE_CASCADE", raising=False)
    return tmp_path / "var"


@pytest.fixture(scope="module")
def head() -> Image.Image:
    """A drawn head on nothing, and where its face is."""
    pytest.importorskip("skia")
    from data.drawn import Parameters, draw

    drawing = draw(Parameters(seed=4, background="transparent", scale=0.25, shift_y=-0.1), 256)
    image = Image.fromarray(drawing.pixels)
    image.info["face"] = drawing.labels["face_box"]
    return image


def found(folder: Path, capsys: pytest.CaptureFixture[str], **options: str) -> tuple[dict, str]:
    faces(folder, as_json=True, **options)  # type: ignore[arg-type]
    captured = capsys.readouterr()
    return json.loads(captured.out), captured.err


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Of boxes x, y, w, h: the common part of all that they cover."""
    boxes = np.array([a, b], np.float64)
    boxes[:, 2:] += boxes[:, :2]
    return float(overlaps(boxes[0], boxes[1:])[0][0])


def test_each_picture_has_its_faces_by_its_relative_path(
    tmp_path: Path, head: Image.Image, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "in"
    (folder / "deep" / "er").mkdir(parents=True)
    head.save(folder / "deep" / "er" / "a.png")
    Image.new("RGB", (80, 60), "white").save(folder / "b.webp")
    report, errors = found(folder, capsys)
    assert list(report) == ["b.webp", "deep/er/a.png"]
    assert report["b.webp"] == []
    (face,) = report["deep/er/a.png"]
    assert overlap(face["box"], head.info["face"]) > 0.75
    assert set(face) == {"box", "head_box", "score", "angle", "eyes", "chin"}
    assert [len(eye) for eye in face["eyes"]] == [2, 2]
    assert errors == ""


def test_boxes_are_in_pixels_of_the_file_however_large(
    tmp_path: Path, head: Image.Image, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "in"
    folder.mkdir()
    head.resize((3000, 3000)).save(folder / "large.png")
    report, _ = found(folder, capsys)
    (face,) = report["large.png"]
    assert overlap([value * 256 / 3000 for value in face["box"]], head.info["face"]) > 0.75


def bomb() -> bytes:
    """A PNG of 30000 x 30000 pixels in a few bytes of header."""
    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    parts = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (chunk, data, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_what_is_no_picture_is_named_on_stderr_and_the_rest_goes_on(
    tmp_path: Path, head: Image.Image, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("INTAKE_MAX_BYTES", "1000000")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "page.png").write_text("<html>not found</html>")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "bomb.png").write_bytes(bomb())
    (folder / "heavy.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1_000_001))
    head.save(folder / "whole.png")
    (folder / "torn.png").write_bytes((folder / "whole.png").read_bytes()[:2000])
    (folder / "nowhere.png").symlink_to(folder / "gone.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    report, errors = found(folder, capsys)
    assert list(report) == ["whole.png"]
    assert len(report["whole.png"]) == 1
    told = dict(line.split(": ", 1) for line in errors.splitlines())
    assert told["page.png"] == told["empty.jpg"] == "not a picture"
    assert told["bomb.png"] == "more pixels than INTAKE_MAX_PIXELS"
    assert told["heavy.png"] == "more bytes than INTAKE_MAX_BYTES"
    assert told["torn.png"] == "damaged"
    assert told["pipe.png"] == "not a file"
    assert told["nowhere.png"].startswith("cannot be read")


def test_every_kind_of_picture_is_taken(tmp_path: Path, head: Image.Image, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "in"
    folder.mkdir()
    flat = Image.new("RGB", head.size, "white")
    flat.paste(head, mask=head.getchannel("A"))
    flat.convert("CMYK").save(folder / "cmyk.jpg")
    flat.convert("L").save(folder / "grey.png")
    flat.convert("P").save(folder / "palette.gif")
    flat.save(folder / "moving.webp", save_all=True, append_images=[flat.rotate(i) for i in range(1, FRAMES)])
    Image.fromarray(np.asarray(flat.convert("L")).astype(np.uint16) * 257).save(folder / "deep.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    flat.transpose(Image.Transpose.ROTATE_90).save(folder / "turned.jpg", exif=exif)
    report, errors = found(folder, capsys)
    assert errors == ""
    assert {name: len(faces) for name, faces in report.items()} == dict.fromkeys(
        ["cmyk.jpg", "deep.png", "grey.png", "moving.webp", "palette.gif", "turned.jpg"], 1
    )
    assert report["turned.jpg"][0]["box"] == pytest.approx(head.info["face"], abs=16)


def test_without_json_a_line_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "in").mkdir()
    Image.new("RGB", (40, 40)).save(tmp_path / "in" / "a\x1b[31m.png")
    faces(tmp_path / "in")
    assert capsys.readouterr().out == "'a\\x1b[31m.png': 0\n"


def test_an_empty_folder_is_an_empty_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "in").mkdir()
    assert found(tmp_path / "in", capsys) == ({}, "")


def test_other_finders_answer_in_the_same_words(
    tmp_path: Path, head: Image.Image, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "in"
    folder.mkdir()
    head.save(folder / "a.png")
    monkeypatch.setenv("ANIMEFACE_CASCADE", str(Path(cv2.__file__).parent / "data" / "haarcascade_eye.xml"))
    report, _ = found(folder, capsys, finder="cascade")
    for face in report["a.png"]:
        assert (face["head_box"], face["eyes"], face["chin"], face["angle"]) == (None, None, None, 0.0)


def test_people_are_found_in_photographs_or_by_a_network_that_a_setting_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "in"
    folder.mkdir()
    Image.fromarray(person()).resize((1024, 1024)).save(folder / "a.png")
    report, _ = found(folder, capsys, finder="real")
    (face,) = report["a.png"]
    assert overlap([value / 4 for value in face["box"]], (64, 77, 128, 148)) > 0.6
    assert face["eyes"][0][0] < 512 < face["eyes"][1][0]
    monkeypatch.setenv("PEOPLE_ONNX", str(tmp_path / "gone.onnx"))
    with pytest.raises(Refusal, match=r"gone\.onnx is no file"):
        found(folder, capsys, finder="real")


def test_a_cascade_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ANIMEFACE_CASCADE", str(tmp_path / "gone.xml"))
    with pytest.raises(Refusal, match="holds no cascade"):
        faces(tmp_path, finder="cascade")


def test_no_folder_is_refused_in_one_sentence(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "bot", "faces", str(tmp_path / "gone"), "--json"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'gone'} is no folder\n"


def test_a_yolo_network_is_named_by_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    pytest.importorskip("onnxruntime")
    from tests.data.vision.onnx.networks import constant

    folder = tmp_path / "in"
    folder.mkdir()
    Image.new("RGB", (128, 64)).save(folder / "a.png")
    with pytest.raises(Refusal, match="FINDER_ONNX names no file"):
        found(folder, capsys, finder="onnx")
    answer = np.array([32, 16, 16, 16, 0.9], np.float32).reshape(1, 5, 1)
    about = {"names": "{0: 'head'}", "imgsz": "[64, 64]"}
    file = constant(tmp_path / "head.onnx", answer, [1, 3, "h", "w"], about=about)
    monkeypatch.setenv("FINDER_ONNX", str(file))
    faces_of, _ = found(folder, capsys, finder="onnx")
    assert faces_of["a.png"][0]["head_box"] == [48.0, 16.0, 32.0, 32.0]
    assert (faces_of["a.png"][0]["score"], faces_of["a.png"][0]["eyes"]) == (0.9, None)
    constant(file, np.ones((1, 9, 2)), [1, 3, "h", "w"], about=about)
    with pytest.raises(Refusal, match=r"answers \(1, 9, 2\), which is no YOLO"):
        found(folder, capsys, finder="onnx")
    file.write_bytes(b"<html>")
    with pytest.raises(Refusal, match="cannot be run by onnxruntime"):
        found(folder, capsys, finder="onnx")
