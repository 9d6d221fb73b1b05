"""How somebody may look: what is drawn otherwise than when they are calm."""

from collections.abc import Mapping
from typing import Any

MOODS: Mapping[str, Mapping[str, Any]] = {
    "calm": {"mouth_shape": "smile", "brow_tilt": -0.05},
    "happy": {"expression": "happy", "mouth_shape": "open_smile", "mouth_open": 0.7, "brow_height": 0.7},
    "laughing": {"expression": "laughing", "mouth_shape": "open_smile", "mouth_open": 0.9, "eye_open": 0.0,
                 "eye_arc": 1.0, "brow_height": 0.8, "blush": 0.6},
    "winking": {"expression": "happy", "mouth_shape": "cat", "wink": 1, "brow_height": 0.7},
    "shy": {"expression": "shy", "mouth_shape": "wavy", "blush": 0.95, "brow_tilt": -0.6, "gaze_x": 0.5},
    "sad": {"expression": "sad", "mouth_shape": "frown", "brow_tilt": -0.9, "eye_open": 0.85},
    "angry": {"expression": "angry", "mouth_shape": "pout", "brow_tilt": 0.9, "brow_height": 0.1},
    "surprised": {"expression": "surprised", "mouth_shape": "open_o", "mouth_open": 0.8, "brow_height": 1.0},
    "smug": {"expression": "smug", "mouth_shape": "grin", "eye_open": 0.7, "brow_tilt": 0.35},
    "asleep": {"expression": "sleepy", "mouth_shape": "open_o", "mouth_open": 0.3, "eye_open": 0.0, "eye_arc": -0.7},
}  # fmt: skip
"""Mood -> parameters of `data.drawn.Parameters`."""
