"""Our own face finder: one small network that finds drawn faces of any size and lean in a picture.

Importing it loads torch; `data.vision.faces` and `data.vision.requests`, which the bot's process uses, do not.
"""

from data.vision.finder.finding import LEAST, WEIGHTS, Finder, FinderUnavailable, stored

__all__ = ["LEAST", "WEIGHTS", "Finder", "FinderUnavailable", "stored"]
