"""All pixel work that is not a network's: grids, enlarging, encoding, and reading what strangers send."""

from data.pictures.types import Decoded, Encoded, Faces, Form, Motion, Pixels, Refused, Upload

__all__ = ["Decoded", "Encoded", "Faces", "Form", "Motion", "Pixels", "Refused", "Upload"]
