"""Which floating point a device is fast in."""

from __future__ import annotations

from typing import Literal, get_args

import torch

Precision = Literal["auto", "float32"]


def check_precision(value: str) -> Precision:
    """Raises ValueError for anything but "auto" and "float32"."""
    if value not in get_args(Precision):
        raise ValueError(f"precision is auto or float32, not {value!r}")
    return value  # type: ignore[return-value]


def inference_dtype(device: torch.device, precision: Precision = "auto") -> torch.dtype:
    """float16 on a GPU, bfloat16 on a CPU with instructions for it, else float32."""
    if precision == "float32":
        return torch.float32
    return torch.float16 if device.type == "cuda" else training_dtype(device)


def training_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies in it, else float32. Never float16: its gradients need loss scaling."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    # torch says that mkldnn supports bfloat16 on any AVX-512 CPU, but without these two it emulates it, slowly.
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if fast else torch.float32
