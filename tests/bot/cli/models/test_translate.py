import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.cli.models.translate import translate
from bot.cli.models.translate_job import names_of
from bot.cli.refusal import Refusal
from tests.data.people import BLOND, person
from tests.models.twingan import tiny


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.store(tmp_path_factory.mktemp("models") / "twin")


def two(height: int = 320, width: int = 640) -> np.ndarray:
    picture = np.full((height, width, 3), (120, 128, 140), np.uint8)
    picture[40:296, 30:286] = person()
    picture[40:296, 350:606] = person(hair=BLOND, long=True)
    return picture


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    Image.fromarray(person()).save(folder / "one.jpg")
    Image.fromarray(two()).save(folder / "deep" / "two.png")
    Image.new("RGB", (200, 160), "grey").save(folder / "wall.png")
    (folder / "page.png").write_text("<html>not found</html>")
    return folder


def run(photos: Path, out: Path, twin: Path, **more: Any) -> None:
    translate(photos, out, model=str(twin), **more)


def made(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def opened(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def test_every_face_gets_a_picture_and_what_shows_none_is_named(
    photos: Path, twin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    run(photos, tmp_path / "out", twin)
    said = capsys.readouterr()
    assert made(tmp_path / "out") == ["deep/two-1.png", "deep/two-2.png", "one.png"]
    assert said.out == f"3 faces of 2 pictures, 1 without a face, 1 unreadable: {tmp_path / 'out'}\n"
    assert "wall.png: no face in it; --centre takes the middle" in said.err
    assert "page.png: not a picture" in said.err
    one, left, right = (opened(tmp_path / "out" / name) for name in ("one.png", "deep/two-1.png", "deep/two-2.png"))
    assert one.shape == (32, 32, 3)
    apart = lambda a, b: float(np.abs(a.astype(float) - b).mean())
    assert apart(one, left) < apart(one, right)  # read from left to right: the first is the one with black hair


def test_a_picture_with_two_faces_and_one_with_its_ending_keep_their_names(photos: Path, twin: Path, tmp_path: Path):
    Image.fromarray(person(glasses=True)).save(photos / "one.png")
    run(photos, tmp_path / "out", twin)
    assert made(tmp_path / "out") == ["deep/two-1.png", "deep/two-2.png", "one.jpg.png", "one.png.png"]


def test_no_file_is_called_as_what_comes_of_another():
    named = lambda *files: [*names_of(Path("in"), [Path("in", file) for file in files]).values()]
    assert named("a.jpg", "deep/a.jpg") == ["a", "deep/a"]
    assert named("a.jpg", "a-1.jpg", "b-2.jpg") == ["a.jpg", "a-1", "b-2"]
    assert named("a.jpg", "a.png", "a.jpg.png") == ["a.jpg", "a.png", "a.jpg.png"]


def test_the_middle_stands_in_variants_are_told_apart_and_the_head_is_shown_beside(
    photos: Path, twin: Path, tmp_path: Path
):
    (photos / "deep" / "two.png").unlink()
    run(photos, tmp_path / "out", twin, centre=True, seeds="0,7", side_by_side=True)
    assert made(tmp_path / "out") == ["one.0.png", "one.7.png", "wall.0.png", "wall.7.png"]
    plain, varied = (opened(tmp_path / "out" / f"one.{seed}.png") for seed in (0, 7))
    assert plain.shape == (32, 64, 3)
    assert (plain[:, :32] == varied[:, :32]).all()
    assert (plain[:, 32:] != varied[:, 32:]).any()
    before = np.asarray(Image.fromarray(person()).resize((32, 32)))
    assert np.abs(plain[:, :32].astype(int) - before).mean() < 25


def test_a_sheet_shows_heads_before_and_after(photos: Path, twin: Path, tmp_path: Path):
    run(photos, tmp_path / "out", twin, sheet=tmp_path / "sheet.png")
    sheet = opened(tmp_path / "sheet.png")
    assert sheet.shape == (2 * 192, 3 * 192, 3)
    after = np.asarray(
        Image.fromarray(opened(tmp_path / "out" / "one.png")).resize((192, 192), Image.Resampling.LANCZOS)
    )
    assert any(np.abs(sheet[192:, i * 192 : (i + 1) * 192].astype(int) - after).mean() < 3 for i in range(3))


def test_what_is_done_is_not_done_again_and_what_is_gone_is(
    photos: Path, twin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    import bot.cli.models.translate_job as job

    out = tmp_path / "out"
    run(photos, out, twin)
    before = {name: (out / name).stat().st_mtime_ns for name in made(out)}
    (out / "one.png").unlink()
    heads = job.Job._heads
    looked_at: list[str] = []
    monkeypatch.setattr(job.Job, "_heads", lambda self, path: looked_at.append(path.name) or heads(self, path))
    run(photos, out, twin)
    assert looked_at == ["one.jpg", "page.png", "wall.png"]
    assert "two.png" not in looked_at
    assert made(out) == sorted(before)
    assert (out / "deep/two-1.png").stat().st_mtime_ns == before["deep/two-1.png"]
    run(photos, out, twin, strength=0.5)  # another wish is another run
    assert (out / "deep/two-1.png").stat().st_mtime_ns != before["deep/two-1.png"]


def test_a_kill_leaves_whole_files_and_the_next_run_ends_as_if_there_was_none(photos: Path, twin: Path, tmp_path: Path):
    run(photos, tmp_path / "whole", twin)
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom data import durable\n"
        "from bot.cli.models.translate import translate\n"
        "write, count = durable.write_bytes, [0]\n"
        "def once(path, content):\n"
        "    if count[0] == 2:\n        path.with_name('.torn.part').write_bytes(content[:9]); os._exit(9)\n"
        "    count[0] += 1; write(path, content)\n"
        "durable.write_bytes = once\n"
        "translate(Path(sys.argv[1]), Path(sys.argv[2]), model=sys.argv[3])\n"
    )
    arguments = [str(photos), str(tmp_path / "out"), str(twin)]
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, env={**os.environ})
    assert done.returncode == 9
    run(photos, tmp_path / "out", twin)
    whole, out = tmp_path / "whole", tmp_path / "out"
    assert [name for name in made(out) if not name.endswith(".part")] == made(whole)
    first, *_ = names = made(whole)
    for name in names:
        one, other = (opened(folder / name).astype(int) for folder in (whole, out))
        # How many faces are drawn at once a machine finds out by the clock, and the last digits of sums differ by that.
        assert np.abs(one - other).mean() < 2, name
        assert name == first or np.abs(one - opened(whole / first)).mean() > 4  # as far apart as others are


def test_a_turned_photo_of_24_megapixels_is_taken_and_one_of_more_than_allowed_is_named(
    twin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    photos = tmp_path / "photos"
    photos.mkdir()
    canvas = Image.new("RGB", (6000, 4000), (120, 128, 140))
    lying = Image.fromarray(person()).resize((2400, 2400)).transpose(Image.Transpose.ROTATE_90)
    canvas.paste(lying, (1500, 600))
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", exif=exif, quality=70)
    (photos / "turned.jpg").write_bytes(buffer.getvalue())
    run(photos, tmp_path / "out", twin, side_by_side=True)
    assert made(tmp_path / "out") == ["turned.png"]
    head = opened(tmp_path / "out" / "turned.png")[:, :32]
    assert np.abs(head.astype(int) - np.asarray(Image.fromarray(person()).resize((32, 32)))).mean() < 25
    monkeypatch.setenv("INTAKE_MAX_PIXELS", "23000000")
    run(photos, tmp_path / "other", twin)
    assert "turned.jpg: more pixels than INTAKE_MAX_PIXELS" in capsys.readouterr().err


def test_a_look_is_taken_of_another_picture(photos: Path, twin: Path, tmp_path: Path):
    Image.fromarray(tiny.photos(1)[0]).save(tmp_path / "like.png")
    run(photos, tmp_path / "plain", twin)
    run(photos, tmp_path / "liked", twin, like=tmp_path / "like.png")
    assert (opened(tmp_path / "plain/one.png") != opened(tmp_path / "liked/one.png")).any()
    with pytest.raises(Refusal, match="not a picture"):
        run(photos, tmp_path / "out", twin, like=photos / "page.png")


def test_what_cannot_be_is_refused_in_a_sentence(photos: Path, twin: Path, tmp_path: Path):
    from tests.models import tiny as drawing

    with pytest.raises(Refusal, match="is no folder"):
        run(tmp_path / "gone", tmp_path / "out", twin)
    with pytest.raises(Refusal, match="nothing is written over"):
        run(photos, photos, twin)
    with pytest.raises(Refusal, match="there is no model"):
        translate(photos, tmp_path / "out", model="nobody")
    with pytest.raises(Refusal, match="draws from latents; it never translates pictures"):
        translate(photos, tmp_path / "out", model=str(drawing.store(tmp_path / "drawing")))
    with pytest.raises(Refusal, match="has no 'cat', only photo, anime"):
        run(photos, tmp_path / "out", twin, to="cat")
    with pytest.raises(Refusal, match="knows no label 'hair_a'"):
        run(photos, tmp_path / "out", twin, labels="hair=pink")
    with pytest.raises(Refusal, match=r"ends in \.png or \.jpg"):
        run(photos, tmp_path / "out", twin, sheet=tmp_path / "sheet.gif")
    with pytest.raises(Refusal, match="more than 16 variants"):
        run(photos, tmp_path / "out", twin, seeds="0-16")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="there is no file"):
        run(tmp_path / "empty", tmp_path / "out", twin)
    assert not (tmp_path / "out" / "one.png").exists()


def test_exit_statuses(photos: Path, twin: Path, tmp_path: Path):
    command = [sys.executable, "-m", "bot", "translate"]
    wrong = subprocess.run([*command, "--in", str(photos)], capture_output=True, text=True)
    assert wrong.returncode == 2
    done = subprocess.run(
        [*command, "--in", str(tmp_path / "gone"), "--out", str(tmp_path / "out")], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'gone'} is no folder\n"
