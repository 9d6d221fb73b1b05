"""Imported before anything else in a worker and in the forkserver: threads that wait must not spin.

libgomp spins at its barriers; with more threads than cores (two workers, or a neighbour process) that costs up to
twenty times the speed. The variable is read once, when torch loads the library, so it must be there before.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("KMP_BLOCKTIME", "0")  # the same for Intel's and LLVM's OpenMP (macOS, Windows)
