"""All chance in a run comes from (seed, nimg), so that a resumed run continues as if it had never stopped."""

from __future__ import annotations

import numpy as np
import torch


def noise(seed: int, nimg: int) -> torch.Generator:
    """What a step draws from: the step that begins at `nimg` images of the run with `seed`.

    A CPU generator on every device, so that a run's noise does not depend on where it runs.
    """
    state = np.random.SeedSequence([seed, nimg]).generate_state(2)
    return torch.Generator().manual_seed((int(state[0]) << 32 | int(state[1])) >> 1)


class Order:
    """The order in which a run looks at `count` pictures: a new permutation every epoch, drawn from (seed, epoch)."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self.seed = seed
        self._epoch = -1
        self._permutation = np.empty(0, np.int64)

    def batch(self, nimg: int, size: int) -> np.ndarray:
        """int64 (size,): the indices of pictures number nimg … nimg + size - 1 of the run."""
        return np.array([self._at(position) for position in range(nimg, nimg + size)], np.int64)

    def _at(self, position: int) -> int:
        epoch, place = divmod(position, self.count)
        if epoch != self._epoch:
            self._epoch = epoch
            self._permutation = np.random.default_rng([self.seed, epoch]).permutation(self.count)
        return int(self._permutation[place])
