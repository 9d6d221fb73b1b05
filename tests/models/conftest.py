"""Networks this small are fastest on one thread, and threads that spin would starve whatever else runs here."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

torch.set_num_threads(1)
