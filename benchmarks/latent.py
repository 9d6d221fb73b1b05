"""`/morph`: from the command to the file, in the whole bot, as somebody in a QQ group meets it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.chat import OneBot, running_bot
from benchmarks.figures import Figure, percentile

SIDE, FRAMES = 128, 60
VERSION = "20260101T000000-000000"


async def measure(rounds: int = 5) -> list[Figure]:
    """A loop of 60 frames of 128 px past four faces of a network as large as `moe`, and of the starter's."""
    with tempfile.TemporaryDirectory() as folder:
        untrained(Path(folder) / "models" / "moe" / VERSION)
        async with running_bot(Path(folder)) as (port, _), OneBot(port) as chat:
            start = time.perf_counter()
            await chat.ask(f"/morph 1 2 3 4 frames:{FRAMES} model:moe", group=1)
            first = time.perf_counter() - start
            styles = [await chat.ask(f"/morph {i} 2 3 4 frames:{FRAMES} model:moe", group=1) for i in range(rounds)]
            pair = [await chat.ask(f"/morph {i} 2 frames:{FRAMES} model:moe", group=1) for i in range(rounds)]
            small = [await chat.ask(f"/morph {i} 2 3 4 frames:{FRAMES}", group=1) for i in range(rounds)]
    return [
        Figure(
            "/morph, StyleGAN2 128 px (channel_base 8192), four faces, p50", percentile(styles, 0.5), "s", ceiling=4
        ),
        Figure("the same past two faces, there and back, p50", percentile(pair, 0.5), "s"),
        Figure("the same, the first time a machine meets the model", first, "s"),
        Figure("the starter waifu (DCGAN, 96 px), four faces, p50", percentile(small, 0.5), "s"),
    ]


def untrained(folder: Path) -> None:
    """A model like `moe` that has learnt nothing: as quick to draw with, and harder to compress."""
    import torch

    from models.checkpoint import save_model
    from models.stylegan.generator import Generator
    from models.stylegan.options import preset

    config, _ = preset("moe", SIDE)
    torch.manual_seed(0)
    G = Generator(config)
    tensors = {f"G_ema.{key}": value for key, value in G.state_dict().items()}
    save_model(folder, tensors, {"family": "stylegan", "network": config.to_json(), "labels": []}, half=True)
