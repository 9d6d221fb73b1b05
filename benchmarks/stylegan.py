"""StyleGAN2 drawing and learning, against the network as it is usually written and against its bare convolutions."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.figures import Figure, in_turn

if TYPE_CHECKING:
    import torch

    from models.stylegan.generator import Generator, StyledConv

BATCH, SIDE = 8, 128


def drawing(channel_base: int, rounds: int = 9) -> list[Figure]:
    """Pictures of 128 px a second, in batches of 8, on a GPU where there is one."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    from models.stylegan.config import StyleGANConfig
    from models.stylegan.generator import Generator
    from models.stylegan.tuned import TunedStyleGAN

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(0)
    G = Generator(StyleGANConfig(resolution=SIDE, channel_base=channel_base)).eval().requires_grad_(False).to(device)
    for conv in G.synthesis.convs():
        conv.noise_strength.fill_(0.1)
    z = torch.randn(BATCH, G.z_dim, device=device)
    exact, fast = (TunedStyleGAN(G, device, precision) for precision in ("float32", "auto"))
    with torch.inference_mode():
        ways: list[Callable[[], Any]] = [
            lambda: usual(G, G.ws(z)),
            lambda: exact.synthesize(z),
            lambda: fast.synthesize(z),
            _bare(G, torch.float32),
            _bare(G, fast.dtype),
        ]
        reference, float32, half, bare32, bare_half = in_turn(rounds, *(_rate(way) for way in ways))
        spread = float(usual(G, G.ws(z)).std())
        at_peak = lambda x: (x / (2 * spread)).clamp(-1, 1)  # as bright as pictures are
        wanted = at_peak(usual(G, G.ws(z)))
        psnr = [
            float(10 * torch.log10(4 / (at_peak(way.synthesize(z)) - wanted).square().mean())) for way in (exact, fast)
        ]
    name = str(fast.dtype).removeprefix("torch.")
    return [
        Figure(f"channel_base {channel_base}, the usual way, float32", reference, "images/s"),
        Figure("tuned, float32", float32, "images/s"),
        Figure(f"tuned, {name}", half, "images/s"),
        Figure("tuned float32 : the usual way", float32 / reference, "x", floor=3.0),
        Figure(f"tuned {name} : the usual way", half / reference, "x", floor=6.0),
        Figure("tuned float32 : bare convolutions", float32 / bare32, "x", floor=0.7),
        Figure(f"tuned {name} : bare convolutions", half / bare_half, "x", floor=0.7),
        Figure("tuned float32 against the usual way", psnr[0], "dB PSNR", floor=80.0),
        Figure(f"tuned {name} against the usual way", psnr[1], "dB PSNR", floor=40.0),
    ]


def learning(rounds: int = 5, resolution: int = 64, channel_base: int = 4096, batch: int = BATCH) -> list[Figure]:
    """Seconds for a thousand images of training, penalties in their share, against G's and D's bare convolutions."""
    import numpy as np
    import torch

    from models.stylegan.config import StyleGANConfig
    from models.stylegan.learning import Kind
    from models.stylegan.options import StyleGANOptions
    from models.stylegan.train import StyleGANTask

    device = "cuda" if torch.cuda.is_available() else "cpu"
    config = StyleGANConfig(resolution=resolution, channel_base=channel_base, mapping_layers=2)
    options = StyleGANOptions(batch=batch, aug="none", mirror=True)
    task = StyleGANTask(config, options, 0, device, total=10**6)
    pictures = np.random.RandomState(0).randint(0, 256, (batch, resolution, resolution, 3)).astype(np.uint8)
    pieces = task.inputs([Kind.MAIN, Kind.PENALTY, Kind.PATH], pictures, 0)

    def seconds(kind: Kind) -> Callable[[], float]:
        def once() -> float:
            start = time.perf_counter()
            float(next(iter(task._learn(kind, pieces[kind]).values())))
            return time.perf_counter() - start

        return once

    for kind in pieces:
        for _ in range(4 if device == "cuda" else 1):
            seconds(kind)()
    main, penalty, path = in_turn(rounds, *(seconds(kind) for kind in (Kind.MAIN, Kind.PENALTY, Kind.PATH)))
    whole = 1000 / batch * (main + penalty / options.r1_every + path / options.path_every)
    return [
        Figure(f"{resolution} px, channel_base {channel_base}, batch {batch}", whole, "s/kimg", ceiling=130.0),
        Figure("of it both networks' losses", 1000 / batch * main, "s/kimg"),
        Figure("R1", 1000 / batch * penalty / options.r1_every, "s/kimg"),
        Figure("path lengths", 1000 / batch * path / options.path_every, "s/kimg"),
    ]


def usual(G: Generator, ws: torch.Tensor) -> torch.Tensor:
    """The synthesis as it is usually written where nothing is compiled: a modulated weight for each picture in one
    grouped convolution, zeros between pixels, filters as convolutions, one operation after the other."""
    import torch
    from torch.nn.functional import conv2d, leaky_relu, pad

    line = torch.tensor([1.0, 3.0, 3.0, 1.0], device=ws.device) / 4
    kernel = line[:, None] * line

    def doubled(x: torch.Tensor, more: int) -> torch.Tensor:
        n, c, h, w = x.shape
        wide = torch.nn.functional.pad(x.reshape(n, c, h, 1, w, 1), [0, 1, 0, 0, 0, 1]).reshape(n, c, 2 * h, 2 * w)
        return conv2d(pad(wide, [2 + more, 1 + more, 2 + more, 1 + more]), kernel.expand(c, 1, 4, 4), groups=c)

    def modulated(
        x: torch.Tensor, weight: torch.Tensor, styles: torch.Tensor, demodulate: bool, up: bool
    ) -> torch.Tensor:
        n = len(x)
        each = weight[None] * styles[:, None, :, None, None]
        if demodulate:
            each = each * (each.square().sum([2, 3, 4], keepdim=True) + 1e-8).rsqrt()
        if up:
            x = doubled(x, 1)
            each = each.flip(3, 4)
        outputs, inputs, side = weight.shape[:3]
        x = conv2d(
            x.reshape(1, n * inputs, *x.shape[2:]), each.reshape(n * outputs, inputs, side, side),
            padding=0 if up else side // 2, groups=n,
        )  # fmt: skip
        return x.reshape(n, outputs, *x.shape[2:])

    def styled(conv: StyledConv, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        x = modulated(x, conv.weight, conv.affine(w), True, conv.up)
        x = x + conv.noise_const * conv.noise_strength
        return leaky_relu(x + conv.bias[:, None, None], 0.2) * math.sqrt(2)

    x, image, at = torch.empty(0), None, 0
    for block in G.synthesis.blocks():
        if block.resolution == 4:
            x = block.const.expand(len(ws), -1, -1, -1)
        else:
            x = styled(block.conv0, x, ws[:, at])
            at += 1
        x = styled(block.conv1, x, ws[:, at])
        at += 1
        rgb = block.torgb
        drawn = (
            modulated(x, rgb.weight, rgb.affine(ws[:, at]) * rgb.weight_gain, False, False) + rgb.bias[:, None, None]
        )
        image = drawn if image is None else doubled(image, 0) + drawn
    assert image is not None
    return image


def _bare(G: Generator, dtype: torch.dtype) -> Callable[[], Any]:
    """Nothing but the 3x3 convolutions, each with a map that is there already."""
    import torch
    from torch.nn.functional import conv2d, conv_transpose2d

    layers = []
    for conv in G.synthesis.convs():
        side = conv.resolution // 2 if conv.up else conv.resolution
        x = torch.randn(BATCH, conv.weight.shape[1], side, side, device=conv.weight.device, dtype=dtype)
        weight = conv.weight.transpose(0, 1).contiguous() if conv.up else conv.weight
        layers.append((x.contiguous(memory_format=torch.channels_last), weight.to(dtype), conv.up))

    def work() -> torch.Tensor:
        out = torch.empty(0)
        for x, weight, up in layers:
            out = conv_transpose2d(x, weight, stride=2) if up else conv2d(x, weight, padding=1)
        return out

    return work


def _rate(work: Callable[[], Any]) -> Callable[[], float]:
    """Pictures a second of one call."""
    import torch

    work()

    def once() -> float:
        start = time.perf_counter()
        work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return BATCH / (time.perf_counter() - start)

    return once
