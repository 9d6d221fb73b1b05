"""Faces that move from frame to frame."""

import numpy as np
import pytest

from data.pictures.compose.anchors import Anchors
from data.pictures.compose.tracks import MISSED, tracks_of

FRAMES = 24


def _face(x: float, y: float = 100.0, size: float = 40.0, roll: float = 0.0) -> Anchors:
    return Anchors((x, y - size), (x, y), (x - 1.25 * size, y - 2.7 * size, 2.5 * size, 2.7 * size), roll)


def _trembling(sigma: float, speed: float = 3.0) -> list[list[Anchors]]:
    """One face that walks, seen by a finder that errs by `sigma` px."""
    noise = np.random.RandomState(5).randn(FRAMES, 4) * sigma
    return [[_face(60 + speed * i + dx, 100 + dy, 40 + dz / 2, dr)] for i, (dx, dy, dz, dr) in enumerate(noise)]


def _jitter(values: list[float]) -> float:
    """How far a path leaves a straight one from frame to frame."""
    return float(np.abs(np.diff(values, 2)).mean())


@pytest.mark.parametrize("speed", [0.0, 3.0, 9.0])
def test_a_head_does_not_tremble_with_the_finder(speed: float) -> None:
    frames = _trembling(2.0, speed)
    (track,) = tracks_of(frames)
    assert len(track.faces) == FRAMES
    for read in (lambda f: f.chin[0], lambda f: f.chin[1], lambda f: f.roll, lambda f: f.reach):
        seen, shown = ([read(face) for face in faces] for faces in ([f[0] for f in frames], track.faces))
        assert _jitter(shown) < 0.2 * _jitter(seen)
    assert max(abs(f.chin[0] - (60 + speed * i)) for i, f in enumerate(track.faces)) < 4


def test_it_stays_where_the_face_is_when_that_turns_back() -> None:
    path = [100 + 30 * np.sin(i / 4) for i in range(FRAMES)]
    (track,) = tracks_of([[_face(x)] for x in path])
    assert max(abs(f.chin[0] - x) for f, x in zip(track.faces, path, strict=True)) < 3


def test_a_face_that_is_overlooked_for_a_moment_keeps_its_head() -> None:
    frames = [[_face(60 + 2 * i)] for i in range(FRAMES)]
    for i in range(8, 8 + MISSED):
        frames[i] = []
    (track,) = tracks_of(frames)
    assert (track.start, len(track.faces)) == (0, FRAMES)
    assert track.faces[9].chin[0] == pytest.approx(78, abs=1.5)


def test_a_slip_of_the_finder_gets_no_head() -> None:
    frames = [[_face(60)] for _ in range(FRAMES)]
    frames[7] = [_face(60), _face(300, 250)]
    assert len(tracks_of(frames)) == 1
    assert tracks_of([[], [_face(60)], []] + [[]] * 9) == []


def test_one_wild_place_does_not_move_the_head() -> None:
    frames = [[_face(60)] for _ in range(FRAMES)]
    frames[10] = [_face(80, 112)]
    (track,) = tracks_of(frames)
    assert max(abs(face.chin[0] - 60) for face in track.faces) < 1


def test_two_that_pass_each_other_on_the_way_keep_their_sizes() -> None:
    frames = [[_face(40 + 8 * i, 100, 40), _face(300 - 8 * i, 160, 18)] for i in range(FRAMES)]
    tracks = tracks_of(frames)
    assert len(tracks) == 2
    for track, reach in zip(sorted(tracks, key=lambda t: -t.reach), (40, 18), strict=True):
        assert len(track.faces) == FRAMES
        assert track.reach == pytest.approx(2.6 * reach, rel=0.05)


def test_a_cut_to_another_scene_is_no_movement() -> None:
    frames = [[_face(60)] for _ in range(10)] + [[_face(400, 300)] for _ in range(10)]
    assert sorted((t.start, len(t.faces)) for t in tracks_of(frames)) == [(0, 10), (10, 10)]


@pytest.mark.parametrize("roll", [178.0, -179.0])
def test_a_head_that_stands_on_its_head_does_not_spin(roll: float) -> None:
    frames = [[_face(60, roll=roll if i % 2 else -roll)] for i in range(FRAMES)]
    (track,) = tracks_of(frames)
    assert all(abs(abs(face.roll) - 180) < 3 for face in track.faces)


def test_nothing_seen_is_no_track() -> None:
    assert tracks_of([]) == []
    assert tracks_of([[], []]) == []
