"""Names that members give to things, and type again."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^\W_](?:[\w .·!?！？~☆★♪-]*[^\W_]|[!?！？~☆★♪])?")


def is_plain(name: str) -> bool:
    """Whether a line would read it as nothing else: no quotation marks, commas, colons or `#` in it."""
    return _PLAIN.fullmatch(name) is not None


def spelt(name: str) -> str:
    """A name as it is typed behind `who:`."""
    return f'"{name}"' if " " in name else name
