"""What draws: torch and its device, the weights, what works on pixels."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.doctor.finding import Finding, bad, good, warn
from bot.doctor.probe import Outcome, probe
from bot.doctor.python import is_installed, python_word

if TYPE_CHECKING:
    from bot.settings import Settings

STARTERS = ("waifu",)
"""What the bot cannot draw without."""

DEVICE = re.compile(r"auto|cpu|cuda(:\d{1,3})?")


async def check_networks(settings: Settings, limit: float) -> list[Finding]:
    """Torch loads and has the devices that POOL_DEVICES wants; every model loads."""
    if not is_installed("torch"):
        return []  # among the packages it is missed already
    outcome = await probe("networks", {"models": str(settings.storage_dir / "models")}, limit)
    if outcome.ended:
        return [_ended("torch", outcome)]
    if broken := outcome.said.get("broken"):
        return [bad("torch", "windows" if sys.platform == "win32" else "broken", detail=broken, python=python_word())]
    return [_device(settings.pool_devices, outcome.said), *_weights(outcome.said)]


def _ended(check: str, outcome: Outcome) -> Finding:
    if outcome.ended == "slow":
        return warn(check, "slow")
    if outcome.ended == "crashed" and sys.platform != "win32" and int(outcome.detail) == signal.SIGILL:
        return bad(check, "old_processor")
    return bad(check, "crashed", detail=outcome.detail, python=python_word())


def _device(wanted: str, said: Mapping[str, Any]) -> Finding:
    version, devices = said["torch"], said["devices"]
    asked = [device.strip() for device in wanted.split(",") if device.strip()]
    if strange := [device for device in asked if not DEVICE.fullmatch(device)]:
        return bad("torch", "strange_device", wanted=strange[0])
    numbers = [int(device.partition(":")[2] or 0) for device in asked if device.startswith("cuda")]
    if lacking := [number for number in numbers if number >= len(devices)]:
        return bad("torch", "no_such_device", version=version, wanted=f"cuda:{lacking[0]}", count=len(devices))
    if devices and wanted != "cpu":
        return good("torch", "gpu", version=version, names=", ".join(devices))
    if wanted == "auto" and _has_nvidia():
        what = "cpu_build" if said["cuda_build"] is None else "no_driver"
        return warn("torch", what, version=version, python=python_word())
    return good("torch", "cpu", version=version)


def _has_nvidia() -> bool:
    return any(Path("/proc/driver/nvidia/gpus").glob("*")) or Path(r"C:\Windows\System32\nvidia-smi.exe").exists()


def _weights(said: Mapping[str, Any]) -> list[Finding]:
    models: dict[str, str] = said["models"]
    findings = [bad("weights", "missing", name=name) for name in STARTERS if name not in models]
    for name, wrong in models.items():
        if wrong:
            findings.append((bad if name in STARTERS else warn)("weights", "damaged", name=name, detail=wrong))
    if said["features"]:
        findings.append(warn("weights", "blind", detail=said["features"]))
    return findings or [good("weights", "all", names=", ".join(sorted(models)))]


async def check_pictures(limit: float) -> list[Finding]:
    """Pillow and OpenCV load; the drawing program draws."""
    outcome = await probe("pictures", {}, limit)
    if outcome.ended:
        return [_ended("pictures", outcome)]
    broken: dict[str, str] = outcome.said["broken"]
    findings = [
        bad("pictures", "broken", name=name, detail=detail, python=python_word())
        for name, detail in broken.items()
        if "No module named" not in detail  # missing altogether: said among the packages
    ]
    if broken:
        return findings
    if detail := outcome.said["drawing"]:
        library = any(word in detail for word in ("libEGL", "libGL", "libOpenGL"))
        return [warn("pictures", "no_egl" if library else "no_drawing", detail=detail, python=python_word())]
    return [good("pictures", "all")]


async def check_house(limit: float) -> list[Finding]:
    """The bot's own code can be imported; silent where it can."""
    outcome = await probe("house", {}, limit)
    if outcome.ended:
        return [_ended("house", outcome)]
    detail = outcome.said["broken"]
    if not detail or "No module named" in detail:
        return []
    return [bad("house", "broken", detail=detail)]
