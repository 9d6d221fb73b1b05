"""Boxes and decoded faces: overlap, and many answers about one face made into one. Numpy only."""

from __future__ import annotations

import numpy as np

from data.vision.finder.coding import ROW

SAME = 0.4  # overlap (IoU) of two answers about one face
INSIDE = 0.75  # or this share of the smaller one lies in the larger


def overlaps(box: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(x0, y0, x1, y1) against (n, 4): intersection over union, and intersection over the smaller area, (n,) each."""
    low = np.maximum(box[:2], others[:, :2])
    high = np.minimum(box[2:], others[:, 2:])
    common = (high - low).clip(0).prod(1)
    area = (box[2:] - box[:2]).clip(0).prod()
    areas = (others[:, 2:] - others[:, :2]).clip(0).prod(1)
    tiny = 1e-9
    return common / (area + areas - common + tiny), common / (np.minimum(area, areas) + tiny)


def merged(found: np.ndarray) -> np.ndarray:
    """Rows of `coding.decoded` (n, ROW) -> one a face, best first: the mean of all that mean it, by their scores.

    The score is the best one's. Non-maximum suppression, but nothing is thrown away.
    """
    left = found[np.argsort(-found[:, 0], kind="stable")]
    faces = []
    while len(left):
        iou, inside = overlaps(left[0, 1:5], left[:, 1:5])
        same = (iou >= SAME) | (inside >= INSIDE)
        same[0] = True
        group, left = left[same], left[~same]
        near = group[iou[same] >= SAME] if (iou[same] >= SAME).any() else group[:1]
        weights = near[:, :1] ** 2
        face = (near * weights).sum(0) / weights.sum()
        face[0] = group[0, 0]
        angles = near[:, 15]
        face[15] = np.arctan2((np.sin(angles) * weights[:, 0]).sum(), (np.cos(angles) * weights[:, 0]).sum())
        faces.append(face)
    return np.stack(faces) if faces else np.zeros((0, ROW), np.float32)
