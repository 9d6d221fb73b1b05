"""Loads what works on pixels, and draws one head with the drawing program (skia, which needs EGL and GL)."""

from __future__ import annotations

import importlib
from typing import Any

from bot.doctor.probes import answer, why


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """`broken`: module -> why it cannot be loaded; `drawing`: why nothing can be drawn, or ""."""
    broken: dict[str, str] = {}
    for module in ("numpy", "PIL.Image", "cv2"):
        try:
            importlib.import_module(module)
        except Exception as error:
            broken[module.partition(".")[0]] = why(error)
    drawing = ""
    if not broken:
        try:
            from data.drawn import draw, sample_parameters

            draw(sample_parameters(0))
        except Exception as error:
            drawing = why(error)
    return {"broken": broken, "drawing": drawing}


if __name__ == "__main__":
    answer(look)
