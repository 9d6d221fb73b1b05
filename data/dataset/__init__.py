"""Training sets, packed first: what a command line names as a source is decoded once, then only read.

A source is `PATH.zip`, a folder, a packed folder, or `drawn:[SPEC]` (faces by `data.drawn`, SPEC as in
`count=1000,seed=0`; `data.drawn.spec` has it all).
"""

from data.dataset.packed import Dataset, DatasetError, find, is_packed
from data.dataset.packing import CHUNK, Report, pack
from data.dataset.source import MAX_DRAWN, Source, resolve

__all__ = ["CHUNK", "MAX_DRAWN", "Dataset", "DatasetError", "Report", "Source", "find", "is_packed", "pack", "resolve"]
