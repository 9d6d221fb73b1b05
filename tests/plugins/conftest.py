"""Plugins are tested in a whole bot."""

from pathlib import Path

import pytest

from bot.pool.lane import LaneSpec
from data.labels import NAMES
from tests.bot.conftest import home
from tests.bot.house import house
from tests.models import tiny
from tests.models.stylegan import tiny as tiny_stylegan

VERSION = "20260131T101500-1a2b3c"

__all__ = ["home"]


@pytest.fixture
async def obedient(tmp_path: Path):
    """A house whose model can be told what to draw."""
    async with house(tmp_path, labels=NAMES) as built:
        yield built


@pytest.fixture
async def gallery(tmp_path: Path):
    """A house with real networks, of few channels: `dots` is a DCGAN, `moe` a StyleGAN that takes labels, and `misaka`
    began as `moe`."""
    folder = tmp_path / "var" / "models"
    tiny.store(folder / "dots" / VERSION)
    tiny_stylegan.store(folder / "moe" / VERSION)
    tiny_stylegan.store(folder / "misaka" / VERSION, 1, parent=f"moe@{VERSION}")
    lanes = [
        LaneSpec(
            lane="model",
            factory="models.runner:Runner",
            kwargs={"models_dir": folder, "cache_dir": tmp_path / "var" / "cache"},
            devices=("cpu",),
            threads=1,
            start_method="forkserver",
        ),
        LaneSpec(lane="picture", factory="data.pictures.lane:PictureRunner", first_batch=1, start_method="forkserver"),
    ]
    async with house(tmp_path, lanes) as built:
        yield built
