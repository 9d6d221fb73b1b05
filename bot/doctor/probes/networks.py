"""Loads torch, looks for its devices, and loads every model that the bot would draw with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.doctor.probes import answer, why


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """`asked`: `models`, the folder of stored models. `models` of the answer: name -> what is wrong with it, or ""."""
    try:
        import torch

        found: dict[str, Any] = {
            "torch": str(torch.__version__),
            "cuda_build": torch.version.cuda,
            "devices": [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())],
        }
    except Exception as error:
        return {"broken": why(error)}
    from models.registry import Registry

    registry = Registry(Path(asked["models"]))
    models = {name: _wrong_with(registry, name) for name in registry.names()}
    return found | {"models": models, "features": _wrong_with_features()}


def _wrong_with(registry: Any, name: str) -> str:
    try:
        from models.checkpoint import load_model

        load_model(registry.resolve(name).folder)
    except Exception as error:
        return why(error)
    return ""


def _wrong_with_features() -> str:
    try:
        from data.vision.features.seeing import Features

        Features()
    except Exception as error:
        return why(error)
    return ""


if __name__ == "__main__":
    answer(look)
