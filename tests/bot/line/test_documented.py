"""The lines in docs/commands.md are lines that work."""

import re
from pathlib import Path

import pytest

import plugins
from bot.command import PictureName
from bot.commands import Commands
from bot.line.parser import LineParser
from bot.locale import Catalogue

DOCS = Path(__file__).parents[3] / "docs"
PARSER = LineParser(Commands.discover(plugins), Catalogue.load())


def _lines(name: str, heading: str) -> list[str]:
    """Everything below a heading that stands in a block and begins with a slash."""
    blocks = re.findall(
        r"^    (\S.*)$", (DOCS / name).read_text("utf-8").partition(f"\n## {heading}\n")[2], re.MULTILINE
    )
    parts = [part.strip() for block in blocks for part in re.split(r"\s{2,}| · |; ", block)]
    return [re.sub("@(某人|somebody)", "@qq:10002", part) for part in parts if part.startswith("/")]


@pytest.mark.parametrize(("name", "heading"), [("commands.md", "For yourself"), ("commands.zh-CN.md", "自己的")])
def test_every_documented_line_of_members_and_admins_is_understood(name: str, heading: str) -> None:
    lines = _lines(name, heading)
    assert len(lines) > 15
    for line in lines:
        word, rest, _ = PARSER.head(line)
        command = PARSER._commands.get(word)
        assert command is not None, line
        PARSER.parse(command, rest, "en", PictureName("k7f3"))
