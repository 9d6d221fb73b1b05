"""The interpreter, and the packages in it, held against what the project asks for."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.doctor.finding import Finding, bad, good, warn
from bot.doctor.probe import ROOT

FEW = 4  # packages that are named in a command; more are installed all at once
OPENCV = ("opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless")
"""These put their files where opencv-python-headless has its own: whichever came last is used."""


def python_word() -> str:
    """How this interpreter is called on the command line."""
    found = shutil.which("python")
    same = found is not None and Path(found).absolute() == Path(sys.executable).absolute()
    return "python" if same else shlex.quote(sys.executable) if sys.platform != "win32" else f'"{sys.executable}"'


async def check_python() -> list[Finding]:
    """The version is new enough, or nothing here would run; so what is left is where it lives."""
    version = platform.python_version()
    if sys.maxsize < 2**32:
        return [bad("python", "narrow", version=version)]
    what = "alone" if sys.prefix != sys.base_prefix else "shared"
    return [good("python", what, version=version, path=sys.prefix)]


async def check_packages() -> list[Finding]:
    """Every package that the project asks for is there, in a version that fits."""
    wanted = _requirements()
    if wanted is None:
        return [warn("packages", "unknown")]
    missing, unfit = [], []
    for text in wanted:
        name, fits = _parsed(text)
        if name is None:
            continue  # not for this system
        installed = _installed(name)
        if installed is None:
            missing.append(text)
        elif not fits(installed):
            unfit.append((text, f"{name} {installed}"))
    findings = []
    if missing:
        names = ", ".join(_name(text) for text in missing)
        findings.append(bad("packages", "missing", count=len(missing), names=names, command=_install(missing)))
    if unfit:
        names = ", ".join(f"{found} ({text})" for text, found in unfit)
        findings.append(bad("packages", "unfit", names=names, command=_install([text for text, _ in unfit])))
    if rivals := [name for name in OPENCV if _installed(name)]:
        command = f"{python_word()} -m pip uninstall -y {' '.join(rivals)} opencv-python-headless"
        again = _install([text for text in wanted if _name(text) == "opencv-python-headless"])
        findings.append(warn("packages", "rivals", names=", ".join(rivals), command=command, again=again))
    return findings or [good("packages", "all", count=len(wanted))]


def is_installed(name: str) -> bool:
    """Whether the distribution `name` is there, whatever its state."""
    return _installed(name) is not None


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name) or None
    except importlib.metadata.PackageNotFoundError:
        return None


def _requirements() -> list[str] | None:
    """What `pip install` would bring, without extras. A clone's pyproject.toml is newer than what was installed."""
    try:
        return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    except (OSError, ValueError, KeyError):
        pass
    try:
        wanted = importlib.metadata.requires("nijigen") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return [text for text in wanted if "extra ==" not in text]


def _name(text: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", text)[0]  # type: ignore[index]  # a requirement begins with its name


def _parsed(text: str) -> tuple[str | None, Callable[[str], bool]]:
    """The name, None where the marker says that it is not for this system, and what a version is asked."""
    try:
        requirement = _requirement(text)
    except ImportError:  # then the version is pip's business: that the package is there must do
        return (None if ";" in text else _name(text)), lambda version: True
    if requirement.marker is not None and not requirement.marker.evaluate():
        return None, lambda version: True
    return requirement.name, lambda version: requirement.specifier.contains(version, prereleases=True)


def _requirement(text: str) -> Any:
    try:
        from packaging.requirements import Requirement
    except ImportError:
        from pip._vendor.packaging.requirements import Requirement
    return Requirement(text)


def _install(wanted: list[str]) -> str:
    if len(wanted) > FEW:
        return f"{python_word()} -m pip install {'-e .' if (ROOT / 'pyproject.toml').exists() else '--upgrade nijigen'}"
    return f"{python_word()} -m pip install {' '.join(_quoted(text) for text in wanted)}"


def _quoted(text: str) -> str:
    return f'"{text.partition(";")[0].strip()}"'


def extra(name: str) -> str:
    """The command that installs an extra of ours."""
    target = f".[{name}]" if (ROOT / "pyproject.toml").exists() else f"nijigen[{name}]"
    return f'{python_word()} -m pip install {"-e " if target.startswith(".") else ""}"{target}"'
