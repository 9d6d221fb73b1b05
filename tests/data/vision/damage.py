"""Folders of weights that are none, for all who load some."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

Load = Callable[[Path], object]


def damaged_weights_are_refused(folder: Path, load: Load, unavailable: type[Exception], key: str) -> None:
    """`key` is the name of a weight with two axes or more, without its network's."""
    tensors = load_file(folder / "model.safetensors")
    (name,) = (one for one in tensors if one.partition(".")[2] == key)

    def refused(changed: dict[str, torch.Tensor], reason: str) -> None:
        save_file(changed, folder / "model.safetensors")
        with pytest.raises(unavailable, match=reason):
            load(folder)

    refused({k: v for k, v in tensors.items() if k != name}, rf"does not fit its config\.json: {name}")
    refused({**tensors, "other": torch.zeros(1)}, r"does not fit its config\.json: other")
    refused({**tensors, name: torch.zeros(1, 1)}, f"{key} is F32")
    refused({**tensors, name: tensors[name].to(torch.int64)}, f"{key} is I64")
    refused({**tensors, name: tensors[name] * torch.nan}, "not finite")
    (folder / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(unavailable, match="cannot be read"):
        load(folder)


def other_configs_are_refused(folder: Path, load: Load, unavailable: type[Exception], family: str) -> None:
    """Also one of the right family whose network is none."""
    for text in ("", "[]", '{"family": "dcgan"}', f'{{"family": "{family}", "network": {{"size": 9, "neck": 9}}}}'):
        (folder / "config.json").write_text(text)
        with pytest.raises(unavailable):
            load(folder)
