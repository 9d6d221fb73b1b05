"""How fast training pictures are drawn: one process, one core."""

from __future__ import annotations

import time

from benchmarks.figures import Figure, in_turn

HEADS = 64  # the same ones every round, so that rounds compare


def measure(rounds: int = 9) -> list[Figure]:
    from data.drawn.spec import Spec

    faces, portraits, cats = Spec(HEADS), Spec(HEADS, kind="portrait"), Spec(HEADS, kind="cat")

    def rate(spec: Spec, size: int) -> float:
        start = time.perf_counter()
        for index in range(spec.count):
            spec.draw(index, size)
        return spec.count / (time.perf_counter() - start)

    rate(Spec(4), 128)  # loads skia
    face, portrait, large, cat = in_turn(
        rounds,
        lambda: rate(faces, 128),
        lambda: rate(portraits, 96),
        lambda: rate(faces, 256),
        lambda: rate(cats, 128),
    )
    return [
        Figure("faces of 128 px", face, "faces/s a core", floor=40.0),
        Figure("portraits of 96 px", portrait, "faces/s a core"),
        Figure("faces of 256 px", large, "faces/s a core"),
        Figure("cats of 128 px", cat, "faces/s a core"),
    ]
