"""What the doctor says about torch, devices, weights and pixels."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import engine
from bot.doctor.engine import check_house, check_networks, check_pictures
from bot.doctor.finding import Sign
from bot.doctor.probe import Outcome
from models.registry import WEIGHTS
from tests.bot.doctor.patients import settings, told

LIMIT = 300.0  # seconds; the machine of the tests may be busy
WELL = {"torch": "2.13.0", "cuda_build": "13.0", "devices": [], "models": {"waifu": ""}, "features": ""}


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch):
    """A machine whose probe says something that ours would not."""

    def says(**changes: Any) -> None:
        async def probe(*asked: object) -> Outcome:
            return Outcome(WELL | changes)

        monkeypatch.setattr(engine, "probe", probe)

    return says


async def test_torch_and_the_starters_load(tmp_path: Path) -> None:
    (device, weights) = told(await check_networks(settings(tmp_path, pool_devices="cpu"), LIMIT))
    assert device == (Sign.GOOD, "cpu")
    assert weights == (Sign.GOOD, "all")


async def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    version = tmp_path / "var" / "models" / "waifu" / "20260131T101500-1a2b3c"
    shutil.copytree(WEIGHTS / "waifu", version)
    file = version / "model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])
    findings = await check_networks(settings(tmp_path, pool_devices="cpu"), LIMIT)
    assert told(findings)[1:] == [(Sign.BAD, "damaged")]
    assert findings[1].values["name"] == "waifu"


async def test_pixels_can_be_worked_on() -> None:
    assert told(await check_pictures(LIMIT)) == [(Sign.GOOD, "all")]


async def test_of_a_house_in_order_nothing_is_said() -> None:
    assert await check_house(LIMIT) == []


@pytest.mark.parametrize(
    ("wanted", "devices", "found"),
    [
        ("auto", ["H200"], (Sign.GOOD, "gpu")),
        ("cpu", ["H200"], (Sign.GOOD, "cpu")),
        ("cuda:0,cuda:1", ["H200", "H200"], (Sign.GOOD, "gpu")),
        ("cuda:0,cuda:1", ["H200"], (Sign.BAD, "no_such_device")),
        ("cuda", [], (Sign.BAD, "no_such_device")),
        ("gpu", [], (Sign.BAD, "strange_device")),
        ("cuda:first", ["H200"], (Sign.BAD, "strange_device")),
    ],
)
async def test_devices_are_held_against_what_is_asked_for(
    saying, tmp_path: Path, wanted: str, devices: list[str], found: tuple[Sign, str]
) -> None:
    saying(devices=devices)
    assert told(await check_networks(settings(tmp_path, pool_devices=wanted), LIMIT))[0] == found


@pytest.mark.parametrize(("build", "what"), [(None, "cpu_build"), ("13.0", "no_driver")])
async def test_a_card_that_is_not_used_is_noticed(
    saying, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: str | None, what: str
) -> None:
    monkeypatch.setattr(engine, "_has_nvidia", lambda: True)
    saying(cuda_build=build)
    assert told(await check_networks(settings(tmp_path), LIMIT))[0] == (Sign.WARN, what)


async def test_starters_that_are_missing_are_to_be_mended_and_eyes_are_not(saying, tmp_path: Path) -> None:
    saying(models={}, features="FeaturesUnavailable: gone")
    findings = await check_networks(settings(tmp_path, pool_devices="cpu"), LIMIT)
    assert told(findings)[1:] == [(Sign.BAD, "missing"), (Sign.WARN, "blind")]


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        (Outcome(ended="slow"), (Sign.WARN, "slow")),
        (Outcome(ended="crashed", detail="4"), (Sign.BAD, "old_processor")),
        (Outcome(ended="crashed", detail="9"), (Sign.BAD, "crashed")),
        (Outcome(ended="failed", detail="no idea"), (Sign.BAD, "crashed")),
        (Outcome({"broken": "OSError: libtorch"}), (Sign.BAD, "broken")),
    ],
)
async def test_a_torch_that_does_not_load_is_told_by_how_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, found: tuple[Sign, str]
) -> None:
    async def probe(*asked: object) -> Outcome:
        return outcome

    monkeypatch.setattr(engine, "probe", probe)
    assert told(await check_networks(settings(tmp_path), LIMIT)) == [found]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"broken": {"cv2": "ImportError: libGL.so.1"}, "drawing": ""}, [(Sign.BAD, "broken")]),
        ({"broken": {"cv2": "ModuleNotFoundError: No module named 'cv2'"}, "drawing": ""}, []),
        ({"broken": {}, "drawing": "DrawingUnavailable: libEGL.so.1: no such file"}, [(Sign.WARN, "no_egl")]),
        ({"broken": {}, "drawing": "ValueError: x"}, [(Sign.WARN, "no_drawing")]),
    ],
)
async def test_what_is_broken_is_told_from_what_the_bot_can_do_without(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, Any], found: list[tuple[Sign, str]]
) -> None:
    async def probe(*asked: object) -> Outcome:
        return Outcome(said)

    monkeypatch.setattr(engine, "probe", probe)
    assert told(await check_pictures(LIMIT)) == found
