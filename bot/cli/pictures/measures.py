"""What is known of the pictures of a source before anything is decided of them, kept in the cache."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from bot.cli.progress import shown
from bot.cli.refusal import Refusal
from bot.settings import load

if TYPE_CHECKING:
    from rich.console import Console

    from data.curate import Measured
    from data.dataset import Source


def quick() -> Literal["float32", "bfloat16"]:
    """What this machine's processor is quick in."""
    import torch

    from models.precision import inference_dtype

    return "bfloat16" if inference_dtype(torch.device("cpu")) == torch.bfloat16 else "float32"


def measures(source: Source, console: Console) -> list[Measured]:
    """What is measured of every picture of a source. Raises Refusal."""
    from data.curate import measure
    from data.dataset import DatasetError
    from data.vision.features import FeaturesUnavailable
    from data.vision.finder import FinderUnavailable

    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        with shown(console, "measuring") as report:
            return measure(source, load().storage_dir / "cache" / "measures", report, dtype=quick())
    except (DatasetError, FeaturesUnavailable, FinderUnavailable) as error:
        raise Refusal(str(error)) from error


def opinions(
    source: Source, measured: Sequence[Measured], console: Console, tags: bool = True, ratings: bool = True
) -> list[Measured]:
    """The same with what networks of others say, where settings name them: `tags`, `ratings`. Raises Refusal."""
    from data.curate import opinions
    from data.vision.onnx import OnnxUnavailable

    settings, found = load(), list(measured)
    tagger, rater, cache = settings.tagger_onnx, settings.rater_onnx, settings.storage_dir / "cache" / "measures"
    try:
        if tagger is not None and (tags or (ratings and rater is None)):
            with shown(console, "tagging") as report:
                found = opinions.tagged(source, found, cache, tagger, report)
        if rater is not None and ratings:
            with shown(console, "rating") as report:
                found = opinions.rated(source, found, cache, rater, report)
    except OnnxUnavailable as error:
        raise Refusal(str(error)) from error
    return found
