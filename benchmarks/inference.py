"""The tuned generator against the same network as it was trained, in eager float32, on a GPU where there is one."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.figures import Figure, in_turn


def measure(models_dir: Path, model: str = "waifu", batch: int = 64, rounds: int = 9) -> list[Figure]:
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    from models.checkpoint import load_model
    from models.families import tuned
    from models.registry import Registry
    from models.tuning import to_pixels

    folder = Registry(models_dir).resolve(model).folder
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    eager = load_model(folder).modules["G_ema"].to(device)
    fast_G = tuned(load_model(folder).modules["G_ema"], device)
    z, c = torch.randn(batch, fast_G.z_dim), torch.from_numpy(fast_G.bank)[torch.arange(batch) % len(fast_G.bank)]
    z, c = z.to(device), c.to(device)

    def of_eager() -> float:
        start = time.perf_counter()
        with torch.no_grad():
            to_pixels(eager(z, c))
        return batch / (time.perf_counter() - start)

    def of_tuned() -> float:
        start = time.perf_counter()
        fast_G.pixels(z, c)
        return batch / (time.perf_counter() - start)

    for warm_up in (of_eager, of_tuned):
        warm_up()
    slow, fast = in_turn(rounds, of_eager, of_tuned)
    with torch.no_grad():
        plain = eager(z, c).clamp(-1, 1)
    error = (plain - fast_G.synthesize(z, c).clamp(-1, 1)).square().mean()
    psnr = float(10 * torch.log10(4 / error))
    name = str(fast_G.dtype).removeprefix("torch.")
    return [
        Figure(f"eager float32, batch {batch}", slow, "images/s"),
        Figure(f"tuned ({name}, folded, channels-last), batch {batch}", fast, "images/s"),
        Figure("tuned : eager", fast / slow, "x", floor=2.0),
        Figure("tuned against eager", psnr, "dB PSNR", floor=40.0),
    ]
