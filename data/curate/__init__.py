"""Choosing pictures for a training set: what is measured of each, which are the same, and what becomes of them.

Nothing is deleted: the source stays as it is, and a file of decisions that a person may edit says why a picture is left
out.
"""

from data.curate.deciding import Limits, are_heads, decide
from data.curate.decisions import CurateError, Decision
from data.curate.folder import write_folder
from data.curate.measuring import measure
from data.curate.picture import Measured

__all__ = ["CurateError", "Decision", "Limits", "Measured", "are_heads", "decide", "measure", "write_folder"]
