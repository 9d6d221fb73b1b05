"""Videos: shots of them, in another process."""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.booru.local import video
from data.booru.local.gather import Gathering
from data.booru.local.source import SourceError
from data.booru.manifest import Manifest
from tests.data.booru.local.gathering import ANY, Taken
from tests.data.booru.local.videos import shot, write
from tests.data.killing import killed
from tests.wire.fake_booru import table

pytest.importorskip("av")


def taken(file: Path, out: Path, limit: int = 100, ending: str = "jpg", most: int = 1_000_000) -> Taken:
    lines: list[str] = []
    with Manifest(out) as manifest:
        work = Gathering(video.place(file), ANY, manifest, limit, most, say=lines.append)
        return Taken(work.run(lambda at: video.pictures(file, at, most, ending, work.kept())), lines)


def rows(out: Path) -> list[dict]:
    return sorted(table(out), key=lambda row: float(row["url"].rpartition("=")[2]))


def test_one_frame_a_shot_and_none_that_was_there_before(tmp_path: Path):
    a, b, c = (shot(seed) for seed in (1, 2, 3))
    black = np.zeros_like(a)
    file = write(tmp_path / "a.mp4", [a, b, a, black, b[:, ::-1].copy(), c])
    assert taken(file, tmp_path / "out").tally.kept == 3
    found = rows(tmp_path / "out")
    for row, picture, begin in zip(found, (a, b, c), (0, 1, 5), strict=True):
        assert begin <= float(row["url"].rpartition("#t=")[2]) < begin + 1
        assert row["source"].startswith("a.mp4 at 0:00:0")
        with Image.open(tmp_path / "out" / row["path"]) as image:
            assert image.format == "JPEG"
            assert np.abs(np.asarray(image).astype(int) - picture).mean() < 12
    assert (found[0]["host"], found[0]["site"], found[0]["width"], found[0]["height"]) == ("local", "video", 320, 180)


def test_a_frame_that_has_settled_is_taken_not_one_of_the_fading(tmp_path: Path):
    a, b = shot(1), shot(2)
    fading = [np.round(a * (1 - t) + b * t).astype(np.uint8) for t in np.linspace(0, 1, 7)]
    frames = [a] * 12 + fading + [b] * 12
    file = write(tmp_path / "a.mp4", frames, seconds=1 / 12)
    taken(file, tmp_path / "out")
    last = rows(tmp_path / "out")[-1]
    with Image.open(tmp_path / "out" / last["path"]) as image:
        assert np.abs(np.asarray(image).astype(int) - b).mean() < 12


def test_what_the_camera_passes_by_slowly_is_several_pictures(tmp_path: Path):
    wide = np.concatenate([shot(seed) for seed in (1, 2, 3)], axis=1)
    frames = [wide[:, x : x + 320].copy() for x in range(0, 640, 8)]
    file = write(tmp_path / "a.mp4", frames, seconds=1 / 12)
    assert taken(file, tmp_path / "out").tally.kept >= 3


def test_frames_are_shown_as_they_are_meant(tmp_path: Path):
    file = write(tmp_path / "a.mkv", [shot(1, 320, 240)], aspect=Fraction(4, 3), codec="libx264")
    taken(file, tmp_path / "out", ending="png")
    row = rows(tmp_path / "out")[0]
    assert (row["width"], row["height"], row["path"][-4:]) == (427, 240, ".png")


def test_high_definition_has_its_own_colours(tmp_path: Path):
    import av

    red = np.full((720, 1280, 3), (200, 10, 10), np.uint8)
    red[:, 640:] = 255
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv444p"
        for _ in range(8):
            frame = av.VideoFrame.from_ndarray(red, format="rgb24").reformat(format="yuv444p", dst_colorspace="itu709")
            frame.colorspace = 2  # as most files have it: unspecified
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    taken(tmp_path / "a.mkv", tmp_path / "out", ending="png")
    with Image.open(tmp_path / "out" / rows(tmp_path / "out")[0]["path"]) as image:
        assert np.abs(np.asarray(image)[20, 20].astype(int) - (200, 10, 10)).max() <= 8


def test_a_limit_stops_it_and_the_next_run_goes_on_without_taking_its_pictures_again(tmp_path: Path):
    file = write(tmp_path / "a.mp4", [shot(seed) for seed in (1, 2, 1, 3, 4)])
    assert taken(file, tmp_path / "out", limit=2).tally.kept == 2
    more = taken(file, tmp_path / "out").tally
    assert (more.kept, more.fetched) == (4, 2)
    assert taken(file, tmp_path / "out").tally.seen == 0


def test_killed_anywhere_it_takes_the_same_pictures(tmp_path: Path):
    file = write(tmp_path / "a.mp4", [shot(seed) for seed in (1, 2, 1, 3, 2, 4, 5)])
    taken(file, tmp_path / "whole")
    script = """
from pathlib import Path
from data.booru.local import video
from data.booru.local.gather import Gathering
from data.booru.manifest import Manifest
from data.booru.query import Query
file, out = Path(sys.argv[2]), Path(sys.argv[3])
with Manifest(out) as manifest:
    work = Gathering(video.place(file), Query(), manifest, 100, 10**6, show=lambda tally: report(tally.kept, 5))
    work.run(lambda at: video.pictures(file, at, 10**6, "jpg", work.kept()))
"""
    for done in (1, 3):
        killed(script, done, file, tmp_path / "out")
    assert taken(file, tmp_path / "out").tally.kept == 5
    assert [row["sha256"] for row in rows(tmp_path / "out")] == [row["sha256"] for row in rows(tmp_path / "whole")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.mp4", b"<html>", "is no video that FFmpeg can read"),
        ("a.mp4", os.urandom(20_000), "is no video that FFmpeg can read"),
        ("a.m3u8", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "is no video that FFmpeg can read"),
        ("a.ffconcat", b"ffconcat version 1.0\nfile whole.mp4\n", "is no video that FFmpeg can read"),
        ("a.mp4", b"", "is no video that FFmpeg can read"),
    ],
)
def test_what_is_no_video_is_a_sentence(name: str, content: bytes, words: str, tmp_path: Path):
    write(tmp_path / "whole.mp4", [shot(1)])
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=f"^{name} {words}$"):
        taken(tmp_path / name, tmp_path / "out")


def test_a_torn_one_gives_what_it_has(tmp_path: Path):
    file = write(tmp_path / "a.mkv", [shot(seed) for seed in range(8)])
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    assert 2 <= taken(file, tmp_path / "out").tally.kept <= 5
    file.write_bytes(content[: len(content) // 2] + os.urandom(len(content) // 2))
    assert taken(file, tmp_path / "2").tally.kept >= 2


def test_frames_that_are_too_large_are_not_decoded(tmp_path: Path):
    file = write(tmp_path / "a.mp4", [shot(1, 640, 480)])
    with pytest.raises(SourceError, match=r"a\.mp4 has frames of 640x480 pixels, more than INTAKE_MAX_PIXELS"):
        taken(file, tmp_path / "out", most=100_000)


def test_sound_alone_is_a_sentence(tmp_path: Path):
    import av

    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(SourceError, match=r"a\.mkv holds no video"):
        taken(tmp_path / "a.mkv", tmp_path / "out")


def test_a_decoder_that_crashes_or_hangs_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = write(tmp_path / "a.mp4", [shot(1)])
    (tmp_path / "hurt").mkdir()
    # Python reads this before anything else: a stand-in for a fault of FFmpeg's.
    (tmp_path / "hurt" / "sitecustomize.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hurt"))
    with pytest.raises(SourceError, match=r"a\.mp4 made its decoder crash"):
        taken(file, tmp_path / "out")
    hang = "import sys, threading\nif sys.argv[0] == '-m':\n    threading.Event().wait()\n"
    (tmp_path / "hurt" / "sitecustomize.py").write_text(hang)
    with pytest.raises(SourceError, match=r"was decoded for 0\.2 s without a frame"):
        list(video.pictures(file, "", 10**6, "jpg", silence=0.2))


def test_without_pyav_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = write(tmp_path / "a.mp4", [shot(1)])
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SourceError, match=r'a video needs PyAV: pip install "nijigen\[video\]"'):
        video.place(file)
