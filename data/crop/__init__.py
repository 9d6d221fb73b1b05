"""Heads, cut out of whole pictures: found by the face finder, framed as portraits, judged, recorded."""

from data.crop.cutting import Options, Sight
from data.crop.folder import CropError, crop

__all__ = ["CropError", "Options", "Sight", "crop"]
