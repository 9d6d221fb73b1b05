"""`/selfie2anime`: how fast the network is, and from the command to the file in the whole bot."""

from __future__ import annotations

import io
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.chat import OneBot, running_bot
from benchmarks.figures import Figure, in_turn, percentile

BATCHES = (1, 16)


def network(rounds: int = 9) -> list[Figure]:
    """Translations a second of a network like `twin` that has learnt nothing, as it ships and as it is written."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    from data.labels import NAMES
    from models.twingan.encoder import Encoder
    from models.twingan.generator import Generator
    from models.twingan.options import preset
    from models.twingan.tuned import TunedTwin

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    config, _ = preset("twin", ("photo", "anime", "cat"), len(NAMES))
    torch.manual_seed(0)
    E = Encoder(config).eval().requires_grad_(False).to(device)
    G = Generator(config).eval().requires_grad_(False).to(device)
    tuned = TunedTwin(E, G, device)
    photos = {n: 2 * torch.rand(n, 3, config.resolution, config.resolution, device=device) - 1 for n in BATCHES}
    plain = lambda n: G(E(photos[n], "photo"), "anime").cpu()
    quick = lambda n: tuned.draw(tuned.encode(photos[n], "photo"), "photo", "anime")
    with torch.inference_mode():
        ways: list[Callable[[], Any]] = [partial(_many, way, n) for n in BATCHES for way in (plain, quick)]
        one, one_tuned, many, many_tuned = in_turn(rounds, *ways)
    name = str(tuned.dtype).removeprefix("torch.")
    return [
        Figure(f"{config.resolution} px, one at a time, tuned, {name}", 1 / one_tuned, "images/s"),
        Figure(f"batches of {BATCHES[1]}, tuned", BATCHES[1] / many_tuned, "images/s"),
        Figure("tuned : as written, one at a time", one / one_tuned, "x"),
        Figure(f"tuned : as written, batches of {BATCHES[1]}", many / many_tuned, "x"),
    ]


def _many(way: Callable[[int], Any], n: int) -> float:
    """Seconds of one batch."""
    start = time.perf_counter()
    way(n)
    return time.perf_counter() - start


async def command(rounds: int = 9) -> list[Figure]:
    """With the model `twin` that ships: somebody sends a photo of 1,024 px of a painted person, and is drawn."""
    from tests.data.people import BLOND, person

    one, two = person(), np.hstack([person(), person(hair=BLOND, long=True)])
    with tempfile.TemporaryDirectory() as folder:
        async with running_bot(Path(folder)) as (port, _), OneBot(port) as chat:
            ask = lambda picture: chat.ask("/selfie2anime", group=1, picture=picture)
            first = await ask(_photo(one, 0))
            alone = [await ask(_photo(one, 1 + i)) for i in range(rounds)]
            both = [await ask(_photo(two, 100 + i)) for i in range(rounds)]
    return [
        Figure("/selfie2anime, one person, command to answer, p50", percentile(alone, 0.5), "s", ceiling=3.0),
        Figure("the slowest", max(alone), "s", ceiling=3.0),
        Figure("two people, p50", percentile(both, 0.5), "s"),
        Figure("the first time after a start", first, "s"),
    ]


def _photo(picture: np.ndarray, seed: int) -> bytes:
    """JPEG, 1,024 px high, no two alike."""
    from PIL import Image

    size = (1024 * picture.shape[1] // picture.shape[0], 1024)
    large = np.asarray(Image.fromarray(picture).resize(size), np.int16)
    noisy = large + np.random.default_rng(seed).integers(-6, 7, large.shape)
    out = io.BytesIO()
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=90)
    return out.getvalue()
