"""One small network that sees a face: attributes, numbers, and an embedding in which one character's pictures are near.

Importing it loads torch; `data.vision.requests`, which the bot's process uses, does not.
"""

from data.vision.features.seeing import WEIGHTS, Features, FeaturesUnavailable

__all__ = ["WEIGHTS", "Features", "FeaturesUnavailable"]
