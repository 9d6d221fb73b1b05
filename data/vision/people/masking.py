"""What of a framed photograph belongs to the person: GrabCut (Rother, Kolmogorov and Blake 2004) about the face."""

from __future__ import annotations

import cv2
import numpy as np

from data.pictures import Pixels
from data.vision.frame import Frame
from data.vision.people.aligning import LOOKED_AT
from data.vision.people.colouring import far, oklab, within

SIDE = 128  # px that are worked on: edges are soft all the same
ROUNDS = 4
SOFT = 1.3  # px of these: sigma of the edge
RIM = 0.04  # of the picture: how wide its edge is

# In parts of FFHQ's square, see `aligning`. Ellipses: middle, half of the width, half of the height.
_FACE = (0.5, 0.56, 0.19, 0.27)  # surely the person
_CROWN = (0.5, 0.12, 0.12, 0.055)  # too: hair, a hat or a bald head
_HEAD = (0.5, 0.46, 0.38, 0.47)  # likely, with the hair
_SHOULDERS = 0.95  # from here on down it is likely the person, the wider the lower
_ASIDE, _BESIDE = 0.36, 0.66  # half of the widths: what of the rim, and what of all above the chin, is hardly hers
_LIKE_HAIR = 0.13  # in OKLab with half of the lightness: what is so near to the crown's colour may be hair anywhere


def coordinates(aligned: Frame, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """float32 (height, width) twice: how far across and down FFHQ's square of a face each pixel lies, in its sides."""
    whole = aligned.side / LOOKED_AT[2]
    turn = np.radians(aligned.turn)
    x = np.arange(width, dtype=np.float32)[None] + 0.5 - aligned.x
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5 - aligned.y
    across = (x * np.cos(turn) + y * np.sin(turn)) / whole + LOOKED_AT[0]
    down = (y * np.cos(turn) - x * np.sin(turn)) / whole + LOOKED_AT[1]
    return across.astype(np.float32), down.astype(np.float32)


def foreground(picture: Pixels, aligned: Frame) -> np.ndarray:
    """uint8 (H, W, 3) with a face in it -> uint8 (H, W): 255 where the person is, softly 0 elsewhere."""
    height, width = picture.shape[:2]
    scale = SIDE / max(height, width)
    size = max(2, round(width * scale)), max(2, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)
    across, down = coordinates(Frame(aligned.x * scale, aligned.y * scale, aligned.side * scale, aligned.turn), *size)
    likely = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    likely[within(_HEAD, across, down)] = cv2.GC_PR_FGD
    likely[(np.abs(across - 0.5) < 0.14 + 0.9 * (down - 0.85)) & (down > 0.85)] = cv2.GC_PR_FGD
    likely[(np.abs(across - 0.5) < 0.25 + 0.9 * (down - _SHOULDERS)) & (down > _SHOULDERS)] = cv2.GC_PR_FGD
    crown = within(_CROWN, across, down)
    likely[within(_FACE, across, down) | crown] = cv2.GC_FGD
    likely[_elsewhere(across, down) & ~_like(small, crown)] = cv2.GC_BGD
    if not (likely == cv2.GC_BGD).any():
        return np.full((height, width), 255, np.uint8)
    cv2.setRNGSeed(0)  # its mixtures begin by chance: the same picture is to have the same mask
    found, _, _ = cv2.grabCut(
        small, likely, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK
    )
    hers = _whole((found == cv2.GC_FGD) | (found == cv2.GC_PR_FGD))
    soft = cv2.GaussianBlur(hers.astype(np.float32) * 255, (0, 0), SOFT)
    return cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR).round().clip(0, 255).astype(np.uint8)


def _elsewhere(across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """The upper corners and sides of the picture, where only much hair would be."""
    aside = np.abs(across - 0.5)
    rim = np.zeros(across.shape, bool)
    wide = max(1, round(RIM * across.shape[1]))
    rim[:, :wide] = rim[:, -wide:] = rim[:wide] = True
    return ((aside > _ASIDE) & ((rim & (down < 0.6)) | (down < 0.1))) | ((aside > _BESIDE) & (down < 0.62))


def _like(picture: Pixels, crown: np.ndarray) -> np.ndarray:
    """What has a colour as the crown has it."""
    lab = oklab(np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.0), np.uint8))
    if not crown.any():
        return np.zeros(crown.shape, bool)
    return far(lab, np.median(lab[crown], axis=0)) < _LIKE_HAIR


def _whole(mask: np.ndarray) -> np.ndarray:
    """Its largest part, without holes."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count > 1:
        mask = parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    count, holes, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    small = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] < mask.size * 0.02]
    return mask | np.isin(holes, small)
