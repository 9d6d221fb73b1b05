"""What the doctor says about the packages, held against a list of its own."""

import importlib.metadata
import shlex
from pathlib import Path

import pytest

from bot.doctor import python
from bot.doctor.finding import Sign
from bot.doctor.python import check_packages, check_python, extra
from tests.bot.doctor.patients import told


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A project that asks for these packages."""
    monkeypatch.setattr(python, "ROOT", tmp_path)

    def asking(*requirements: str) -> None:
        (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = {list(requirements)!r}\n", "utf-8")

    return asking


async def test_this_python_is_fine() -> None:
    assert told(await check_python())[0][0] is Sign.GOOD


async def test_the_projects_own_packages_are_here() -> None:
    signs = [sign for sign, _ in told(await check_packages())]
    assert signs == [Sign.GOOD]


async def test_what_is_missing_is_named_with_the_command_that_brings_it(wanted) -> None:
    wanted("pytest>=9", "no-such-package-here[speed]>=2,<3")
    (finding,) = await check_packages()
    assert told([finding]) == [(Sign.BAD, "missing")]
    assert finding.values["names"] == "no-such-package-here"
    assert shlex.split(finding.values["command"])[1:] == ["-m", "pip", "install", "no-such-package-here[speed]>=2,<3"]


async def test_when_much_is_missing_all_is_installed_at_once(wanted) -> None:
    wanted(*(f"no-such-package-{i}" for i in range(9)))
    (finding,) = await check_packages()
    assert finding.values["command"].endswith("-m pip install -e .")


async def test_a_version_that_does_not_fit_is_named_with_its_own(wanted) -> None:
    wanted("pytest<1")
    (finding,) = await check_packages()
    assert told([finding]) == [(Sign.BAD, "unfit")]
    assert importlib.metadata.version("pytest") in finding.values["names"]


async def test_what_another_system_needs_is_not_missed(wanted) -> None:
    wanted("no-such-package-here; sys_platform == 'amiga'")
    assert told(await check_packages()) == [(Sign.GOOD, "all")]


async def test_an_opencv_on_top_of_ours_is_noticed(wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted("pytest", "opencv-python-headless>=4.11,<5")
    folder = tmp_path / "opencv_python-4.11.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: opencv-python\nVersion: 4.11\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert told(await check_packages()) == [(Sign.WARN, "rivals")]


async def test_without_any_list_it_says_where_to_go(wanted, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", nothing)
    assert told(await check_packages()) == [(Sign.WARN, "unknown")]


def test_an_extra_is_installed_from_where_the_bot_is(wanted) -> None:
    assert extra("ray").endswith('-m pip install "nijigen[ray]"')
    wanted()
    assert extra("ray").endswith('-m pip install -e ".[ray]"')
