"""Letters and what they stand in."""

from __future__ import annotations

import cv2
import numpy as np

from models.finder.clutter.chances import AA, ink, sized, somewhere
from models.finder.grounds import colour

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)  # fmt: skip


def lettering(chance: np.random.Generator, canvas: np.ndarray) -> None:
    (x, y), height = somewhere(chance, canvas), sized(chance, canvas, 0.03, 0.4)
    rgb, width = ink(chance), max(1, int(height * chance.uniform(0.06, 0.2)))
    if chance.random() < 0.5:
        text = "".join(chr(c) for c in chance.integers(33, 123, int(chance.integers(2, 14))))
        font = FONTS[int(chance.integers(len(FONTS)))]
        if chance.random() < 0.4:
            cv2.putText(canvas, text, (x, y), font, height / 25, colour(chance), width + 3, AA)
        cv2.putText(canvas, text, (x, y), font, height / 25, rgb, width, AA)
        return
    down = chance.random() < 0.5
    for k in range(int(chance.integers(1, 9))):  # as Chinese characters look from afar: strokes in squares
        left, top = (x, int(y + 1.1 * k * height)) if down else (int(x + 1.1 * k * height), y)
        for _ in range(int(chance.integers(4, 11))):
            a = chance.uniform(0, height, 2)
            b = a + chance.normal(0, height * 0.5, 2) * chance.choice([[1, 0.05], [0.05, 1], [0.7, 0.7]])
            ends = [(int(left + px), int(top + py)) for px, py in (a, b.clip(0, height))]
            cv2.line(canvas, ends[0], ends[1], rgb, max(1, width // 2), AA)


def panel(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A box of text as games and pages have them, see-through at times; or a speech balloon."""
    h, w = canvas.shape[:2]
    x, y = (chance.uniform(-0.1, 0.8, 2) * (w, h)).astype(int).tolist()
    x1, y1 = int(x + w * chance.uniform(0.15, 1.0)), int(y + h * chance.uniform(0.08, 0.4))
    layer, rgb, line = canvas.copy(), colour(chance), ink(chance)
    if chance.random() < 0.3:
        cv2.ellipse(layer, ((x + x1) // 2, (y + y1) // 2), ((x1 - x) // 2, (y1 - y) // 2), 0, 0, 360, rgb, -1, AA)
    else:
        cv2.rectangle(layer, (x, y), (x1, y1), rgb, -1)
        if chance.random() < 0.5:
            cv2.rectangle(layer, (x, y), (x1, y1), line, int(chance.integers(1, 4)))
    step = int(chance.integers(6, 24))
    for top in range(y + step, y1 - step // 2, step):
        at = x + step
        while at < x1 - step:
            word = int(step * chance.uniform(0.4, 2.5))
            cv2.line(layer, (at, top), (min(at + word, x1 - step // 2), top), line, max(1, step // 3))
            at += word + step // 2
    solid = 1.0 if chance.random() < 0.5 else chance.uniform(0.4, 0.9)
    cv2.addWeighted(layer, solid, canvas, 1 - solid, 0, dst=canvas)
