"""Finding commands, and what an author may get wrong."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import pytest

from bot.chat import Chat
from bot.command import Button, Kind, PictureName, Range, Reply, Seed, command
from bot.commands import Commands

GOOD = """
from bot.chat import Chat
from bot.command import Reply, command

@command("hello", zh="你好")
async def hello(chat: Chat, name: str = "you") -> Reply:
    return Reply()
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A package of plugins: one that works and one that does not."""
    folder = tmp_path / "some_plugins"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "good.py").write_text(GOOD, encoding="utf-8")
    (folder / "bad.py").write_text("raise RuntimeError('broken on import')\n")
    (folder / "uses.py").write_text("from some_plugins.good import hello\n")
    monkeypatch.syspath_prepend(tmp_path)
    import some_plugins  # type: ignore[import-not-found]

    yield some_plugins
    for name in [name for name in sys.modules if name.startswith("some_plugins")]:
        del sys.modules[name]


def test_a_plugin_that_cannot_be_imported_does_not_take_the_others_down(package: object) -> None:
    commands = Commands.discover(package)  # type: ignore[arg-type]
    assert [c.name for c in commands.all()] == ["hello"]


def test_a_command_goes_by_either_name_in_any_case(package: object) -> None:
    commands = Commands.discover(package)  # type: ignore[arg-type]
    assert commands.get("HELLO") is commands.get("你好") is not None


def test_annotations_become_options() -> None:
    @command("x", zh="某")
    async def x(
        chat: Chat,
        picture: PictureName,
        count: Annotated[int, Range(1, 9)] = 4,
        seed: Seed | None = None,
        style: Literal["flat", "cel"] | None = None,
        wild: bool = False,
    ) -> Reply:
        return Reply()

    found = x.__nijigen_command__  # type: ignore[attr-defined]
    kinds = [o.kind for o in found.options]
    assert kinds == [Kind.PICTURE, Kind.INT, Kind.SEED, Kind.CHOICE, Kind.BOOL]
    assert [o.required for o in found.options] == [True, False, False, False, False]
    assert found.option("count").range == Range(1, 9)
    assert found.option("style").choices == ("flat", "cel")
    assert found.replies_to_picture


def test_a_type_that_no_surface_knows_is_the_authors_mistake() -> None:
    with pytest.raises(TypeError, match="things"):

        @command("y", zh="某")
        async def y(chat: Chat, things: list[int]) -> Reply:
            return Reply()


def test_a_button_is_the_line_that_a_member_would_type() -> None:
    sheet = Button("more", "more", {"picture": PictureName("k7f3"), "count": 4}, per_face=True)
    assert sheet.line() == "/more #k7f3 count:4"
    assert sheet.line(2) == "/more #k7f3.2 count:4"


GROUPED = """
from bot.chat import Chat
from bot.command import Reply, command

@command("cats add", zh="猫 添加", aliases=("加猫",))
async def add(chat: Chat) -> Reply:
    return Reply()

@command("cats list", zh="猫 列表")
async def list_(chat: Chat) -> Reply:
    return Reply()
"""


def test_commands_of_a_group_go_by_two_words_in_either_language(package: object, tmp_path: Path) -> None:
    (tmp_path / "some_plugins" / "cats.py").write_text(GROUPED, encoding="utf-8")
    commands = Commands.discover(package)  # type: ignore[arg-type]
    one = commands.get("cats add")
    assert one is not None
    for name in ("Cats  ADD", "猫 添加", "cats 添加", "猫 add", "加猫"):
        assert commands.get(name) is one, name
    assert commands.get("cats") is None
    assert (
        [c.name for c in commands.group("猫")] == [c.name for c in commands.group("CATS")] == ["cats add", "cats list"]
    )
    assert commands.group("hello") == []
    assert one.group == "cats"


def test_a_name_is_never_both_a_command_and_a_group(package: object, tmp_path: Path) -> None:
    (tmp_path / "some_plugins" / "cats.py").write_text(
        GROUPED.replace("cats add", "hello add").replace("cats list", "hello list"), encoding="utf-8"
    )
    with pytest.raises(ValueError, match="hello"):
        Commands.discover(package)  # type: ignore[arg-type]
