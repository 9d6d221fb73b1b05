"""All pixel work that is not a network's: grids, enlarging, encoding, and reading what strangers send."""

from data.pictures.types import Encoded, Faces, Pixels, Upload

__all__ = ["Encoded", "Faces", "Pixels", "Upload"]
