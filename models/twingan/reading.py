"""What the features network reads off drawings, as labels."""

from __future__ import annotations

import numpy as np

from data.labels import NAMES
from data.pictures import Faces
from data.vision.features import Features


def reading(features: Features, pictures: Faces) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (H, W, 3) each -> labels (n, len(NAMES)), NaN where none is read, and embeddings (n, d)."""
    seen = features.see(pictures)
    labels = np.full((len(seen), len(NAMES)), np.nan, np.float32)
    for row, one in enumerate(seen):
        values = {**one.numbers, "glasses": one.choices.get("glasses", {}).get("yes", np.nan)}
        for name, value in values.items():
            if name in NAMES:
                labels[row, NAMES.index(name)] = value
    return labels, np.stack([one.embedding for one in seen])
