"""What the doctor runs in processes of their own: each reads a JSON object from stdin and prints one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def answer(look: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Ask `look` what was asked, and print what it says as the last line."""
    asked = json.loads(sys.stdin.read() or "{}")
    print(json.dumps(look(asked)), flush=True)


def why(error: BaseException) -> str:
    """An error in one line."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}"[:300]
