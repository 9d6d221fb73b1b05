"""The plan of the house, held against the code: who may stand on whom, and what the event loop must not carry."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("data", "models", "bot", "plugins")  # from the ground up: a room may use what stands below it


def _imports(file: Path) -> set[str]:
    """The top-level packages that a file imports anywhere, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("floor", FLOORS)
def test_no_room_uses_what_stands_above_it(floor: str) -> None:
    above = set(FLOORS[FLOORS.index(floor) + 1 :]) | {"tests"}
    wrong = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / floor).rglob("*.py")
        for name in _imports(file) & above
        # The composition root names the package that is walked for commands.
        if (str(file.relative_to(ROOT)), name) != ("bot/app.py", "plugins")
    }
    assert not wrong


def _modules_used(file: Path, known: set[str]) -> set[str]:
    """The modules of ours that a file imports, for its types too."""
    used: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            used |= {f"{node.module}.{alias.name}" for alias in node.names} & known or {node.module}
    return used & known


def test_nothing_is_imported_in_a_circle() -> None:
    files = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for floor in FLOORS
        for file in (ROOT / floor).rglob("*.py")
    }
    graph = {name: _modules_used(file, set(files)) - {name} for name, file in files.items()}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_nothing_imports_a_plugin() -> None:
    wrong = [
        str(file.relative_to(ROOT))
        for floor in FLOORS[:-1]
        for file in (ROOT / floor).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("plugins.")
    ]
    assert not wrong


def test_plugins_do_not_import_each_other() -> None:
    wrong = [str(file.name) for file in (ROOT / "plugins").rglob("*.py") if "plugins" in _imports(file)]
    assert not wrong


def test_everything_that_the_event_loop_process_imports_is_light() -> None:
    """All of bot/ and plugins/ but the command line, whose heavy imports stand inside functions, and worker code."""
    script = """
import importlib, pkgutil, sys
import nonebot
nonebot.init(driver="~fastapi+~aiohttp", log_level="ERROR")
import bot, plugins
import bot.app
for package in (bot, plugins):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name != "bot.__main__" and ".migrations" not in module.name:
            importlib.import_module(module.name)
heavy = {"torch", "cv2", "skia", "PIL", "ray"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_files_are_short_enough_to_be_one_idea() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for floor in FLOORS
        for file in (ROOT / floor).rglob("*.py")
        if (lines := file.read_text("utf-8").count("\n")) > 400
    }
    assert not long
