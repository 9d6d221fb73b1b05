"""An option that takes the rest of the line as it is: the reason of a ban, the text of an announcement.

Nothing in prose is looked at: `https://example.org` is no option called https, and a lone quotation mark is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from bot.command import Command, Option

_QUOTES = {'"': '"', "“": "”"}


def split_prose(
    command: Command,
    rest: str,
    option_of: Callable[[str], tuple[Option | None, int]],
    given: Collection[str],
) -> tuple[str, Option | None, str]:
    """`rest` without what an option takes as prose; that option, where there is any, and the prose.

    It begins at the option's name, or with the first bare word that no option before it would take. `option_of` gives
    the option that a word begins by naming, and how many of its characters that takes; `given` are the names of
    options that have a value already.
    """
    prose = next((o for o in command.options if o.prose), None)
    if prose is None:
        return rest, None, ""
    before = [o for o in command.options[: command.options.index(prose)] if o.name not in given]
    for word in re.finditer(r"\S+", rest):
        option, length = option_of(word[0])
        if option is prose:
            return _cut(rest, prose, word.start(), word.start() + length)
        if option is None and not before:
            return rest[: word.start()].rstrip(), prose, rest[word.start() :].strip()
        if option is None:
            before.pop(0)
        elif option in before:
            before.remove(option)
    return rest, None, ""


def _cut(rest: str, prose: Option, start: int, begin: int) -> tuple[str, Option, str]:
    """As `split_prose`, where the prose is named at `start` and begins at `begin`; in quotes it ends with them."""
    if rest[begin : begin + 1] in _QUOTES:
        close = rest.find(_QUOTES[rest[begin]], begin + 1)
        if close > 0:
            return f"{rest[:start]} {rest[close + 1 :]}".strip(), prose, rest[begin + 1 : close].strip()
    return rest[:start].rstrip(), prose, rest[begin:].strip()
